"""The card of a server that Kinora has just joined."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.messages import Choice, Message, Term, msg

HEAD = msg("**Kinora is here.** Type `/create` and say what a video should show; it's made and posted in the channel.")
STEPS = msg(
    "First steps for managers: say who can make videos, and how much the server can spend each month. "
    "Until a role is granted, only members with Manage Server can make videos."
)
ALL_RIGHT = msg("✅ Kinora has every permission that it needs in this channel.")
OPEN, BUDGET, NOTICES = msg("Open settings"), msg("Set the budget…"), msg("Choose a channel for notices")
FIRST_VIDEO, FREE_TEST = msg("Make a first video…"), msg("Free test video")
SAMPLE = msg("A paper boat on a calm lake at sunrise, slow camera")


def lacking(permissions: Sequence[str]) -> Message:
    """`permissions` as Discord calls them."""
    return msg(
        "⚠️ In this channel Kinora lacks {permissions}. Videos can't be made here until it has that.",
        permissions=Choice(tuple(map(Term, permissions)), every=True),
    )
