"""Whether a listed video is from the model that was ordered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.domain.ports.provider import Listed
from bot.jobs.reconcile.matching import SETTLE, Expected, MatchConfidence
from tests.builders import a_job

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent", "listed", "fits"),
    [
        ("sora-2", "sora-2", MatchConfidence.SURE),
        ("sora-2", "azure/sora-2", MatchConfidence.SURE),
        ("openai/sora-2", "azure/sora-2", MatchConfidence.SURE),
        ("google/veo-3.1", "openrouter/google/veo-3.1", MatchConfidence.SURE),
        ("sora-2", "sora-2-pro", MatchConfidence.MAYBE),
        ("fal-ai/ltx-2.3/text-to-video/fast", "fal-ai/ltx-2.3/text-to-video/fast", MatchConfidence.SURE),
        ("fal-ai/ltx-2.3/text-to-video/fast", "fal-ai/vidu/q3/text-to-video/fast", MatchConfidence.MAYBE),
        ("fal-ai/wan/v2.6/text-to-video", "fal-ai/pixverse/v6/text-to-video", MatchConfidence.MAYBE),
    ],
)
def test_a_model_is_known_by_all_of_its_name_but_a_vendor_before_it(
    sent: str, listed: str, fits: MatchConfidence
) -> None:
    mine = Expected(job=a_job(), prompts=frozenset({"a fox"}), model=sent, earliest=AT, latest=AT + SETTLE)
    entry = Listed(remote_id="r", created_at=AT, model=listed, prompt="a fox", seconds=None, size=None)
    assert mine.fit(entry) is fits
