"""Whatever Google answers, the adapter reports something Kinora understands, and never more than Google did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import Gone, Unavailable
from bot.domain.ports.provider import Asset
from bot.providers.gemini.cost import MILLION, PRICES, cost_of
from bot.sandbox.video.trouble import Operation, Say
from tests.contract.gemini_services import MODEL, Service, a_gemini
from tests.contract.strategies import EXAMPLES, GEMINI, shaped


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_gemini() as service:
        yield service


@EXAMPLES
@given(body=shaped(GEMINI))
async def test_whatever_a_finished_interaction_holds_only_a_video_is_kept(
    service: Service, body: dict[str, object], tmp_path: Path
) -> None:
    service.host.trouble.next(Operation.LOOK, Say(body=body | {"id": "v1_a", "status": "completed"}))
    with pytest.raises((Unavailable, Gone)):
        await service.provider.fetch("v1_a", Asset.VIDEO, tmp_path / "v.mp4")
    assert not (tmp_path / "v.mp4").exists()


@given(counts=st.tuples(*[st.integers(0, 10**6)] * 4))
@settings(derandomize=True)
def test_a_cost_is_never_less_than_its_tokens_and_less_than_a_micro_dollar_more(counts: tuple[int, ...]) -> None:
    film, other, read, thought = counts
    usage = {
        "total_output_tokens": film + other,
        "total_input_tokens": read,
        "total_thought_tokens": thought,
        "output_tokens_by_modality": [{"modality": "video", "tokens": film}],
    }
    cost, prices = cost_of({"model": MODEL, "usage": usage}), PRICES[MODEL]
    exact = film * prices.video.micros + (other + thought) * prices.output.micros + read * prices.input.micros
    assert cost is not None
    assert 0 <= cost.micros * MILLION - exact < MILLION
