"""A job set aside for a person, with everything it needs to continue from where it was."""

from __future__ import annotations

from bot.domain.messages import Message, Term, msg
from bot.domain.phases import NeedsReview, Phase, Posting, Rendering, Saving, Submitting, Unknown, name_of


def set_aside_for_review(phase: Phase, reason: Message) -> NeedsReview:
    was = name_of(phase)
    match phase:
        case Submitting() | Unknown():
            return NeedsReview(was=was, reason=reason, sent_at=phase.sent_at, method=phase.method)
        case Rendering() | Saving():
            return NeedsReview(
                was=was, reason=reason, remote_id=phase.remote_id, sent_at=phase.started_at, method=phase.method
            )
        case Posting():
            return NeedsReview(
                was=was,
                reason=reason,
                remote_id=phase.remote_id,
                sent_at=phase.since,
                method=phase.method,
                video=phase.video,
            )
        case _:
            return NeedsReview(was=was, reason=reason)


def no_longer_set_up(provider: str) -> Message:
    """Why nothing can be asked about a job whose provider was removed from the settings."""
    return msg("The video service “{service}” is no longer set up here.", service=Term(provider))
