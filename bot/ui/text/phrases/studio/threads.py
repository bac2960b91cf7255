"""Continuing in a thread."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.job import Job
from bot.domain.messages import Channel, Message, VideoId, msg
from bot.ui.text.phrases.access.permissions import all_of, called

CONTINUE = msg("Continue in a thread")
NO_THREADS_THERE = msg(
    "No thread can start where this video is, such as in a thread. Remixes that are ordered there stay there. Nothing "
    "was changed."
)
TOO_MANY_THREADS = msg(
    "This server has as many open threads as Discord allows. Archive one, then try again. Nothing was changed."
)
MESSAGE_GONE = msg("The video's message was deleted, so no thread can start on it. Nothing was changed.")


def kinora_lacks(channel_id: int, permissions: Sequence[str]) -> Message:
    """`permissions` by Discord's names."""
    return msg(
        "Kinora can't start a thread in {channel} without {permissions}. Ask a server manager to allow that. Nothing "
        "was changed.",
        channel=Channel(channel_id),
        permissions=all_of(permissions),
    )


def you_lack(channel_id: int, permission: str) -> Message:
    return msg(
        "You can't start a thread in {channel} without {permission}. Nothing was changed.",
        channel=Channel(channel_id),
        permission=called(permission),
    )


def goes_on(job: Job, thread_id: int, channel_id: int, *, is_new: bool) -> Message:
    if not is_new:
        return msg("{video} already continues in {thread}.", video=VideoId(job.id), thread=Channel(thread_id))
    return msg(
        "{video} continues in {thread}. Its remixes, and theirs, are posted there if they are ordered there or in "
        "{channel}.",
        video=VideoId(job.id),
        thread=Channel(thread_id),
        channel=Channel(channel_id),
    )
