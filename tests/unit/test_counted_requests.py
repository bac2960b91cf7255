"""Each paid request is counted by its outcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.domain.errors import (
    AccountTrouble,
    FailedToTake,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unavailable,
)
from bot.domain.phases import Cause
from tests.workbench import a_bench


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        ("video_1", "taken"),
        (Refused("no", Cause.MODERATION), "refused"),
        (AccountTrouble("no"), "account refused"),
        (Unavailable("busy"), "not taken"),
        (OutcomeUnknown("no answer"), "unknown"),
        (FailedToTake("500"), "unknown"),
    ],
    ids=repr,
)
async def test_an_answer_is_counted_once_as_what_it_is(
    tmp_path: Path, answer: str | ProviderError, counted: str
) -> None:
    async with a_bench(tmp_path) as bench:
        bench.provider.submits = [answer]
        await bench.order()
        await bench.step()
        assert bench.context.counters.paid_requests == {counted: 1}
