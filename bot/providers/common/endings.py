"""How a render ends, in hosts' words and in ours. All dialects share them: gateways pass on others' words."""

from __future__ import annotations

from bot.domain.messages import Foreign, Message, msg
from bot.providers.common.response import ApiError

LONGEST = 10**9  # seconds; a longer duration is nonsense

DONE = frozenset({"completed", "complete", "succeeded", "success", "done", "finished"})
FAILED = frozenset({"failed", "failure", "error", "rejected", "timeout", "timed_out", "aborted", "terminated"})
BLOCKED = frozenset({"blocked", "content_filtered", "flagged", "moderated", "nsfw"})
STOPPED = frozenset({"cancelled", "canceled", "deleted"})
LOST = frozenset({"expired", "incomplete"})
ENDED = DONE | FAILED | BLOCKED | STOPPED | LOST
GOING_ON = frozenset(
    {"queued", "pending", "submitted", "not_start", "starting", "in_progress", "processing", "running", "unknown"}
)

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


def measured(seconds: object) -> float | None:
    """A duration as a service reports it; None if it is none."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    return float(seconds) if 0 <= seconds <= LONGEST else None
