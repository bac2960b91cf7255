"""The card for a server that Kinora has just joined."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.messages import Message, msg
from bot.ui.text.phrases.access.permissions import all_of

HEAD = msg("**Kinora is here.** Type `/create` and describe a video. It's posted in the channel.")
HELP = msg("`/help` lists the commands.")
STEPS = msg(
    "First steps for managers: choose who can make videos, and how much the server can spend each month. "
    "Until then only members with Manage Server can make videos."
)
ALL_RIGHT = msg("✅ Kinora has every permission it needs in this channel.")
OPEN, BUDGET, NOTICES = msg("Open settings"), msg("Set the budget…"), msg("Choose a channel for notices")
FIRST_VIDEO, FREE_TEST = msg("Make a first video…"), msg("Free test video")
SAMPLE = msg("A paper boat on a calm lake at sunrise, slow camera")


def lacking(permissions: Sequence[str]) -> Message:
    """`permissions` by Discord's names."""
    return msg(
        "⚠️ Kinora lacks {permissions} in this channel. Videos can't be made here until that's fixed.",
        permissions=all_of(permissions),
    )
