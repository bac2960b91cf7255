"""A posted video covered as a spoiler, or uncovered: the message stays as it is otherwise, with the file it has."""

from __future__ import annotations

from typing import Any

import discord
from discord.ui import LayoutView, MediaGallery, Thumbnail

from bot.domain.job import PostedMessage
from bot.ui.interactions.discord_errors import is_gone, our_errors


async def cover_post(client: discord.Client, post: PostedMessage, *, covered: bool) -> None:
    """Nothing where the message is gone. Raises Undeliverable and Unavailable."""
    with our_errors():
        try:
            message = await client.get_partial_messageable(post.channel_id).fetch_message(post.message_id)
            await message.edit(view=covered_view(message, covered=covered), allowed_mentions=NOBODY)
        except discord.NotFound as error:
            if not is_gone(error):
                raise


NOBODY = discord.AllowedMentions.none()


def covered_view(message: discord.Message, *, covered: bool) -> LayoutView:
    """The message as it is, with what it shows covered or not. Files are named, since their addresses expire."""
    files = {file.id: f"attachment://{file.filename}" for file in message.attachments}
    view = LayoutView.from_message(message, timeout=None)
    for part in view.walk_children():
        if isinstance(part, MediaGallery):
            part.items = [_item(item, files, covered=covered) for item in part.items]
        elif isinstance(part, Thumbnail):
            part.media = _place(part.media, files)
            part.spoiler = covered
    view.stop()  # its buttons are answered by their ids, as before
    return view


def _item(item: discord.MediaGalleryItem, files: dict[int, str], *, covered: bool) -> discord.MediaGalleryItem:
    return discord.MediaGalleryItem(_place(item.media, files), description=item.description, spoiler=covered)


def _place(media: Any, files: dict[int, str]) -> Any:
    return files.get(media.attachment_id, media)
