"""A job that is set aside for a person keeps what is needed to go on from where it was."""

from __future__ import annotations

import pytest

from bot.domain.messages import msg
from bot.domain.phases import NeedsReview, Phase, Posting, Queued, Rendering, Saving, Submitting, Unknown
from bot.domain.video import RemixMethod
from bot.jobs.steps.set_aside import set_aside_for_review
from tests.builders import NOON, a_video

EDIT = RemixMethod.EDIT
WHY = msg("It stopped.")


@pytest.mark.parametrize(
    ("phase", "aside"),
    [
        (Queued(), NeedsReview(was="queued", reason=WHY)),
        (
            Submitting(sent_at=NOON, fingerprint="f", method=EDIT),
            NeedsReview(was="submitting", reason=WHY, sent_at=NOON, method=EDIT),
        ),
        (
            Unknown(sent_at=NOON, fingerprint="f", method=EDIT),
            NeedsReview(was="unknown", reason=WHY, sent_at=NOON, method=EDIT),
        ),
        (
            Rendering(remote_id="video_1", started_at=NOON, method=EDIT),
            NeedsReview(was="rendering", reason=WHY, remote_id="video_1", sent_at=NOON, method=EDIT),
        ),
        (
            Saving(remote_id="video_1", started_at=NOON, method=EDIT),
            NeedsReview(was="saving", reason=WHY, remote_id="video_1", sent_at=NOON, method=EDIT),
        ),
        (
            Posting(video=a_video(), remote_id="video_1", method=EDIT, since=NOON),
            NeedsReview(was="posting", reason=WHY, remote_id="video_1", sent_at=NOON, method=EDIT, video=a_video()),
        ),
    ],
)
def test_what_is_known_of_a_job_stays_known(phase: Phase, aside: NeedsReview) -> None:
    assert set_aside_for_review(phase, WHY) == aside
