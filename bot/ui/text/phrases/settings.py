"""What a server chose about how Kinora behaves there."""

from __future__ import annotations

from bot.domain.guild import GuildOptions
from bot.domain.messages import Message, Moment, MomentStyle, msg
from bot.ui.text.phrases.values import lines

CARDS_STAY = msg("**Cards of finished videos** stay as one line beside the video's own message.")
CARDS_GO = msg("**Cards of finished videos** are removed: each video is one message.")
PRIVATE_HIDDEN = msg(
    "**Private videos** can be watched by their owners only. Managers see that they exist and what they cost."
)
PRIVATE_SHOWN = msg("**Private videos** can be watched by members with Manage Server, too.")


def how_videos_are_shown(options: GuildOptions) -> Message:
    return lines(CARDS_STAY if options.keep_cards else CARDS_GO, _private_videos(options))


def _private_videos(options: GuildOptions) -> Message:
    """What managers see of them."""
    if not options.show_private:
        return PRIVATE_HIDDEN
    if options.private_shown_since is None:
        return PRIVATE_SHOWN
    return msg(
        "**Private videos** can be watched by members with Manage Server if they were ordered since {day}; "
        "whoever orders one is told.",
        day=Moment(options.private_shown_since, MomentStyle.DAY),
    )
