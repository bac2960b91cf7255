"""A job set aside for a person, with everything it needs to go on from where it was."""

from __future__ import annotations

from bot.domain.phases import NeedsReview, Phase, Posting, Rendering, Saving, Submitting, Unknown, name_of


def set_aside_for_review(phase: Phase, reason: str) -> NeedsReview:
    """`reason` is a sentence for people."""
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
