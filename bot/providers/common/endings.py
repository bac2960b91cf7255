"""How a render ended without a video, in words that all dialects share."""

from __future__ import annotations

from bot.domain.messages import Foreign, Message, msg
from bot.providers.common.response import ApiError

SOURCE_UNKNOWN = msg("The video service no longer has the original of this remix.")


def blocked() -> Message:
    return msg("The video service's moderation blocked this video.")


def stopped() -> Message:
    return msg("The video service stopped this video.")


def given_up() -> Message:
    return msg("The video service gave up on this video.")


def could_not_make(api_error: ApiError) -> Message:
    if not api_error.said:
        return msg("The video service hit an error and gave no reason.")
    return msg("The video service hit an error: {reason}.", reason=Foreign(api_error.said))
