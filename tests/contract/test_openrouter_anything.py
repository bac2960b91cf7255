"""Whatever OpenRouter answers, the adapter says something Kinora understands, and never more than the host did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import AccountTrouble, Gone, OutcomeUnknown, Refused, Unavailable
from bot.domain.ports.provider import Broken, Ready, Waiting
from bot.sandbox.video.trouble import Operation, Say
from tests.contract.openrouter_services import Service, an_openrouter, an_order
from tests.extent import examples

EXAMPLES = settings(
    max_examples=examples(80),
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.one_of(st.integers(), st.floats())  # Python reads and writes NaN and infinities, as some servers do
scalars = st.one_of(st.none(), st.booleans(), numbers, words)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=8,
)
statuses = st.sampled_from(["completed", "pending", "in_progress", "failed", "expired", "cancelled", "Completed"])
faults = st.fixed_dictionaries({"name": st.just("ZodError"), "message": st.one_of(words, st.just('[{"path": 1}, 2]'))})
fields: dict[str, st.SearchStrategy[Any]] = {
    "id": st.one_of(anything, st.just("gen-vid-1-x")),
    "status": st.one_of(statuses, anything),
    "usage": st.one_of(anything, st.fixed_dictionaries({"cost": anything})),
    "unsigned_urls": anything,
    "error": st.one_of(anything, faults, st.fixed_dictionaries({"message": words, "metadata": anything})),
    "data": anything,
}
videos = st.fixed_dictionaries({}, optional=fields)  # shaped like a video, filled with anything
pages = st.one_of(words, st.binary(max_size=40), st.sampled_from(["", "{", "[]", "null", '{"id":', "<html>Bad</html>"]))
bodies = st.one_of(videos, anything, pages)
codes = st.sampled_from([200, 202, 400, 401, 402, 403, 404, 408, 409, 410, 422, 429, 451, 500, 501, 502, 503, 504])


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with an_openrouter() as service:
        yield service


@EXAMPLES
@given(status=codes, body=bodies)
async def test_whatever_an_order_is_answered_with_has_a_meaning(service: Service, status: int, body: object) -> None:
    service.host.trouble.next(Operation.CREATE, Say(status=status, body=body))
    try:
        remote_id = await service.provider.submit(an_order())
    except Refused:
        assert 400 <= status < 500 or status == 501
    except AccountTrouble:
        assert 400 <= status < 500
    except Unavailable:
        assert status == 429
    except OutcomeUnknown:
        assert status < 400 or status == 408 or status >= 500
    else:
        assert 200 <= status < 300
        assert isinstance(body, dict)
        assert remote_id == body["id"]


@EXAMPLES
@given(video=st.fixed_dictionaries({}, optional={name: made for name, made in fields.items() if name != "id"}))
async def test_an_order_answered_without_an_id_is_unknown(service: Service, video: dict[str, object]) -> None:
    service.host.trouble.next(Operation.CREATE, Say(status=202, body=video))
    with pytest.raises(OutcomeUnknown):
        await service.provider.submit(an_order())


@EXAMPLES
@given(status=codes, body=bodies)
async def test_whatever_a_look_is_answered_with_has_a_meaning(service: Service, status: int, body: object) -> None:
    service.host.trouble.next(Operation.LOOK, Say(status=status, body=body))
    try:
        seen = await service.provider.look("gen-vid-1-x")
    except (Unavailable, AccountTrouble, Gone):
        return
    assert 200 <= status < 300
    assert isinstance(body, dict)
    match seen:
        case Ready(cost=cost):
            assert str(body["status"]).lower() == "completed"
            assert cost is None or cost.micros >= 0
        case Waiting(progress=progress):
            assert progress is None
        case Broken(reason=reason, charged=charged, cost=cost):
            assert reason
            assert charged == (cost is not None and cost.micros > 0)


@EXAMPLES
@given(status=codes, body=bodies)
async def test_whatever_a_list_of_models_holds_it_is_names_or_none(service: Service, status: int, body: object) -> None:
    service.host.trouble.next(Operation.MODELS, Say(status=status, body=body))
    served = await service.provider.served()
    if served is not None:
        assert isinstance(body, dict)
        assert set(served) <= {row["id"] for row in body["data"] if isinstance(row, dict)}
