"""Edits posted messages in place, with their files: covers a video as a spoiler, or uncovers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus

import discord
from discord.ui import LayoutView, MediaGallery, Thumbnail

from bot.domain.job import PostedMessage
from bot.ui.cards.own_files import own_files
from bot.ui.interactions.discord_errors import gone_is_fine
from bot.ui.publish.own_messages import NOBODY

Change = Callable[[LayoutView], None]  # of a message whose media are at their addresses


async def cover_post(client: discord.Client, post: PostedMessage, *, covered: bool, only: str | None = None) -> None:
    """Does nothing if the message is gone or shows nothing. Raises Undeliverable and Unavailable.

    `only`: the name of the one file to change if a message shows several videos.
    """
    with gone_is_fine():
        message = await client.get_partial_messageable(post.channel_id).fetch_message(post.message_id)
        meant = None if only is None else {at for at, file in own_files(message).items() if file.name == only}
        if _shows_media(LayoutView.from_message(message, timeout=None)):
            await edit_in_place(message, partial(cover, covered=covered, meant=meant))


async def edit_in_place(message: discord.Message, change: Change) -> None:
    """Edit our message. Its files are referred to by name, as their addresses expire after a day.

    Discord does not document that a file which is already there may be referred to so. Should it refuse, the addresses
    are used. Raises discord.HTTPException.
    """
    names = {at: file.reference for at, file in own_files(message).items()}
    try:
        await message.edit(view=changed_view(message, change, names), allowed_mentions=NOBODY)
    except discord.HTTPException as error:
        if error.status != HTTPStatus.BAD_REQUEST or not names:
            raise
        await message.edit(view=changed_view(message, change, {}), allowed_mentions=NOBODY)


def changed_view(message: discord.Message, change: Change, names: Mapping[str, str]) -> LayoutView:
    """The message as it is to be; its media by `names`, where their addresses have one."""
    view = LayoutView.from_message(message, timeout=None)
    change(view)
    for part in view.walk_children():
        if isinstance(part, MediaGallery):
            part.items = [_renamed(item, names) for item in part.items]
        elif isinstance(part, Thumbnail):
            part.media = names.get(part.media.url, part.media.url)
    view.stop()  # its buttons are still handled by their ids
    return view


def cover(view: LayoutView, *, covered: bool, meant: set[str] | None = None) -> None:
    """Make its media spoilers, or not; `meant`: only those at these addresses."""
    for part in view.walk_children():
        if isinstance(part, MediaGallery):
            for item in part.items:
                item.spoiler = covered if meant is None or item.media.url in meant else item.spoiler
        elif isinstance(part, Thumbnail) and (meant is None or part.media.url in meant):
            part.spoiler = covered


def _shows_media(view: LayoutView) -> bool:
    return any(isinstance(part, MediaGallery | Thumbnail) for part in view.walk_children())


def _renamed(item: discord.MediaGalleryItem, names: Mapping[str, str]) -> discord.MediaGalleryItem:
    media = names.get(item.media.url, item.media)
    return discord.MediaGalleryItem(media, description=item.description, spoiler=item.spoiler)
