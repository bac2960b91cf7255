"""Whatever Google answers, the adapter says something Kinora understands, and never more than Google did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.errors import AccountTrouble, Gone, OutcomeUnknown, Refused, Unavailable
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Asset, Broken, Ready, Waiting
from bot.providers.gemini.cost import MILLION, PRICES, cost_of
from bot.sandbox.video.trouble import Operation, Say
from tests.contract.gemini_services import MODEL, Service, a_gemini, an_order
from tests.extent import examples

EXAMPLES = settings(
    max_examples=examples(80),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.one_of(st.integers(), st.floats())
scalars = st.one_of(st.none(), st.booleans(), numbers, words)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=8,
)
statuses = st.sampled_from(
    ["completed", "queued", "in_progress", "failed", "cancelled", "incomplete", "requires_action", "COMPLETED", "weird"]
)
kinds = st.fixed_dictionaries(
    {}, optional={"modality": st.one_of(st.just("video"), anything), "tokens": st.one_of(st.integers(), anything)}
)
usages = st.fixed_dictionaries(
    {},
    optional={
        "total_output_tokens": st.one_of(st.integers(0, 10**6), anything),
        "total_input_tokens": st.one_of(st.integers(0, 10**6), anything),
        "total_thought_tokens": anything,
        "output_tokens_by_modality": st.one_of(st.lists(kinds, max_size=3), anything),
    },
)
parts = st.fixed_dictionaries(
    {}, optional={"type": st.one_of(st.sampled_from(["video", "text"]), anything), "text": anything, "data": anything}
)
steps = st.fixed_dictionaries(
    {}, optional={"type": st.one_of(st.just("model_output"), anything), "content": st.lists(parts, max_size=3)}
)
errors = st.fixed_dictionaries({}, optional=dict.fromkeys(("code", "status", "message", "details"), anything))
fields: dict[str, st.SearchStrategy[Any]] = {
    "id": st.one_of(anything, st.just("v1_a")),
    "status": st.one_of(statuses, anything),
    "model": st.one_of(st.just(MODEL), anything),
    "service_tier": st.one_of(st.just("standard"), anything),
    "updated": anything,
    "error": st.one_of(errors, anything),
    "usage": st.one_of(usages, anything),
    "steps": st.one_of(st.lists(st.one_of(steps, anything), max_size=3), anything),
}
interactions = st.fixed_dictionaries({}, optional=fields)  # shaped like an interaction, filled with anything
pages = st.one_of(words, st.binary(max_size=40), st.sampled_from(["", "{", "[]", "null", '{"id":', "<html>Bad</html>"]))
bodies = st.one_of(interactions, anything, pages, st.lists(interactions, max_size=2))
codes = st.sampled_from([200, 201, 202, 400, 401, 402, 403, 404, 408, 409, 410, 422, 429, 451, 500, 501, 502, 503, 504])


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_gemini() as service:
        yield service


@EXAMPLES
@given(status=codes, body=bodies)
@example(status=403, body={})
async def test_whatever_an_order_is_answered_with_has_a_meaning(service: Service, status: int, body: object) -> None:
    service.host.trouble.next(Operation.CREATE, Say(status=status, body=body))
    try:
        remote_id = await service.provider.submit(an_order())
    except Refused:
        assert 400 <= status < 500 or status == 501
    except AccountTrouble:
        assert 300 <= status < 500
    except Unavailable:
        assert status == 429
    except OutcomeUnknown:
        assert status < 400 or status == 408 or status >= 500
    else:
        assert 200 <= status < 300
        assert isinstance(body, dict)
        assert remote_id == body["id"]


@EXAMPLES
@given(shown=st.fixed_dictionaries({}, optional={name: made for name, made in fields.items() if name != "id"}))
async def test_an_order_answered_without_an_id_is_unknown(service: Service, shown: dict[str, object]) -> None:
    service.host.trouble.next(Operation.CREATE, Say(status=200, body=shown))
    with pytest.raises(OutcomeUnknown):
        await service.provider.submit(an_order())


@EXAMPLES
@given(status=codes, body=bodies)
async def test_whatever_a_look_is_answered_with_has_a_meaning(service: Service, status: int, body: object) -> None:
    service.host.trouble.next(Operation.LOOK, Say(status=status, body=body))
    try:
        seen = await service.provider.look("v1_a")
    except (Unavailable, AccountTrouble, Gone):
        return
    assert isinstance(body, dict)
    match seen:
        case Ready(cost=cost):
            assert str(body["status"]).lower() == "completed"
            assert cost is None or cost > Usd(0)
        case Waiting(progress=progress):
            assert progress is None
        case Broken(reason=reason, cost=cost):
            assert reason
            assert cost is None or cost >= Usd(0)


@EXAMPLES
@given(body=interactions)
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
    exact = film * prices.film.micros + (other + thought) * prices.output.micros + read * prices.input.micros
    assert cost is not None
    assert 0 <= cost.micros * MILLION - exact < MILLION
