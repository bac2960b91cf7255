"""The files of a message of ours, as components refer to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

import discord

from bot.data_classes import value_object
from bot.ui.interactions.buttons import parts_of


@value_object
class OwnFile:
    """A file that a message has. In an edit's `attachments` it stays as it is."""

    id: int
    name: str

    @property
    def reference(self) -> str:
        """For components: valid as long as the message has the file, while its address expires after a day."""
        return f"attachment://{self.name}"

    def to_dict(self) -> dict[str, Any]:
        """As discord.py sends it."""
        return {"id": str(self.id)}


def own_files(message: discord.Message) -> Mapping[str, OwnFile]:
    """By the addresses at which they are shown.

    `message.attachments` has none of them: files that components show are told of there alone
    (https://github.com/discord/discord-api-docs/pull/8279).
    """
    shown = [media for part in parts_of(message) for media in _media(part)]
    return {media.url: OwnFile(id=media.attachment_id, name=_name(media.url)) for media in shown if media.attachment_id}


def _media(part: Any) -> Iterator[Any]:
    match part:
        case discord.MediaGalleryComponent():
            yield from (item.media for item in part.items)
        case discord.SectionComponent(accessory=discord.ThumbnailComponent() as thumbnail):
            yield thumbnail.media
        case _:
            pass


def _name(address: str) -> str:
    """The last part of a path on Discord's CDN (https://docs.discord.com/developers/reference#signed-attachment-cdn-urls)."""
    return unquote(urlsplit(address).path.rpartition("/")[2])
