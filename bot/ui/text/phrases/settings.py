"""What a server chose about how Kinora behaves there."""

from __future__ import annotations

from bot.domain.guild import GuildOptions
from bot.domain.messages import Message, msg
from bot.ui.text.phrases.values import lines

CARDS_STAY = msg("**Cards of finished videos** stay as one line beside the video's own message.")
CARDS_GO = msg("**Cards of finished videos** are removed: each video is one message.")


def how_videos_are_shown(options: GuildOptions) -> Message:
    return lines(CARDS_STAY if options.keep_cards else CARDS_GO)
