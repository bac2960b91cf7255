"""Covers a posted video as a spoiler, or uncovers it, and leaves the rest of the message as it is, with its file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import discord
from discord.ui import LayoutView, MediaGallery, Thumbnail

from bot.domain.job import PostedMessage
from bot.ui.interactions.buttons import parts_of
from bot.ui.interactions.discord_errors import gone_is_fine
from bot.ui.publish.own_messages import NOBODY


async def cover_post(client: discord.Client, post: PostedMessage, *, covered: bool, only: str | None = None) -> None:
    """Does nothing if the message is gone or shows nothing. Raises Undeliverable and Unavailable.

    `only`: the name of the one file to change if a message shows several videos.
    """
    with gone_is_fine():
        message = await client.get_partial_messageable(post.channel_id).fetch_message(post.message_id)
        view = covered_view(message, covered=covered, only=only)
        if any(isinstance(part, MediaGallery | Thumbnail) for part in view.walk_children()):
            await message.edit(view=view, allowed_mentions=NOBODY)


def covered_view(message: discord.Message, *, covered: bool | None = None, only: str | None = None) -> LayoutView:
    """The same message with its media covered or uncovered. Files are referred to by name, as their addresses expire.

    `covered`: None leaves spoilers as they are, too.
    """
    files = _files(message)
    view = LayoutView.from_message(message, timeout=None)
    for part in view.walk_children():
        if isinstance(part, MediaGallery):
            part.items = [_item(item, files, covered=covered, only=only) for item in part.items]
        elif isinstance(part, Thumbnail):
            part.media = files.get(part.media.url, part.media.url)
            part.spoiler = part.spoiler if covered is None else covered
    view.stop()  # its buttons are still handled by their ids
    return view


def _item(
    item: discord.MediaGalleryItem, files: Mapping[str, str], *, covered: bool | None, only: str | None
) -> discord.MediaGalleryItem:
    media = files.get(item.media.url, item.media)
    is_meant = covered is not None and (only is None or media == f"attachment://{only}")
    return discord.MediaGalleryItem(
        media, description=item.description, spoiler=bool(covered) if is_meant else item.spoiler
    )


def _files(message: discord.Message) -> Mapping[str, str]:
    """The names of the message's own files, by the addresses at which they are shown."""
    names = {file.id: f"attachment://{file.filename}" for file in message.attachments}
    shown = [media for part in parts_of(message) for media in _media(part)]
    return {media.url: names[media.attachment_id] for media in shown if media.attachment_id in names}


def _media(part: Any) -> Iterator[Any]:
    match part:
        case discord.MediaGalleryComponent():
            yield from (item.media for item in part.items)
        case discord.SectionComponent(accessory=discord.ThumbnailComponent() as thumbnail):
            yield thumbnail.media
        case _:
            pass
