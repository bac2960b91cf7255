"""The pictures of a message that somebody wants to animate, remembered while their form is open.

A form has no room for an address, and without the message intent Discord does not show a bot the picture again. So they
are remembered once per member, who has only one form open at a time; this survives restarts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import discord

from bot.data_classes import value_object
from bot.domain.errors import BadRequest
from bot.domain.ports.records import Record, Records
from bot.domain.video import Size
from bot.ui.interactions.attachments import check_attachment
from bot.ui.interactions.buttons import parts_of
from bot.ui.text.phrases import errors

KINDS = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
MOST = 10  # choices in a form


@value_object
class Offered:
    """One picture, as Discord describes it. Sizes in bytes and pixels; 0 if unknown."""

    url: str
    name: str
    bytes: int = 0
    width: int = 0
    height: int = 0

    @property
    def shape(self) -> Size | None:
        return Size(self.width, self.height) if self.width and self.height else None


@value_object
class _Choices:
    """What the form with this mark offers."""

    mark: str
    pictures: tuple[Offered, ...]


CHOICES = Record("picture choices", _Choices, lasts=timedelta(days=1))  # by member


def pictures_of(message: discord.Message, hosts: frozenset[str]) -> Sequence[Offered]:
    """The pictures that can be fetched. Raises BadRequest, with the reason, if there are none."""
    usable, problem = [], BadRequest(errors.NO_PICTURE)
    for picture in _shown_in(message):
        try:
            check_attachment(picture.url, picture.bytes, hosts)
            usable.append(picture)
        except BadRequest as refused:
            problem = refused
    if not usable:
        raise problem
    return usable[:MOST]


def _shown_in(message: discord.Message) -> Iterator[Offered]:
    forwarded = [each for snapshot in message.message_snapshots for each in snapshot.attachments]
    for attached in [*message.attachments, *forwarded]:
        if _is_picture(attached.content_type):
            yield Offered(
                url=attached.url,
                name=attached.filename,
                bytes=attached.size,
                width=attached.width or 0,
                height=attached.height or 0,
            )
    for part in parts_of(message):  # how other bots post their pictures
        for item in getattr(part, "items", ()):
            media = item.media
            if _is_picture(media.content_type):
                name = media.url.partition("?")[0].rpartition("/")[2]
                yield Offered(url=media.url, name=name, width=media.width or 0, height=media.height or 0)


def _is_picture(content_type: str | None) -> bool:
    return (content_type or "").partition(";")[0].strip().lower() in KINDS


async def remember(records: Records, member_id: int, mark: str, pictures: Sequence[Offered]) -> None:
    await records.write(CHOICES, str(member_id), _Choices(mark=mark, pictures=tuple(pictures)))


async def recall(records: Records, member_id: int, mark: str) -> Sequence[Offered]:
    """The pictures of the form with this mark. Raises BadRequest if the member has opened another one since."""
    choices = await records.read(CHOICES, str(member_id))
    if choices is None or choices.mark != mark:
        raise BadRequest(errors.REPLACED)
    return list(choices.pictures)
