"""Whatever a host answers, the adapter says something Kinora understands, and never more than the host did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from bot.domain.errors import AccountTrouble, Gone, OutcomeUnknown, Refused, Unavailable
from bot.domain.ports.provider import Broken, Ready, Waiting
from bot.providers.openai.status import DONE
from bot.sandbox.video.trouble import Operation, Say
from tests.contract.video_services import Service, a_service, an_order
from tests.extent import examples

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

SOME_DAY = datetime(2026, 9, 1, tzinfo=UTC)
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
statuses = st.sampled_from(
    ["completed", "queued", "in_progress", "failed", "expired", "cancelled", "Completed", "weird"]
)
fields: dict[str, st.SearchStrategy[Any]] = {
    "id": st.one_of(anything, st.just("video_1")),
    "status": st.one_of(statuses, anything),
    "progress": anything,
    "created_at": anything,
    "completed_at": anything,
    "error": anything,
    "detail": anything,
    "data": anything,
    "videos": anything,
    "content_filter": anything,
    "metadata": anything,
    "url": anything,
}
videos = st.fixed_dictionaries({}, optional=fields)  # shaped like a video, filled with anything
pages = st.one_of(words, st.binary(max_size=40), st.sampled_from(["", "{", "[]", "null", '{"id":', "<html>Bad</html>"]))
bodies = st.one_of(videos, anything, pages)
codes = st.sampled_from([200, 201, 202, 400, 401, 402, 403, 404, 408, 409, 410, 422, 429, 451, 500, 501, 502, 503, 504])


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_service() as service:
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
        assert 300 <= status < 500
    except Unavailable:
        assert status == 429
    except OutcomeUnknown:
        assert status < 400 or status == 408 or status >= 500
    else:
        assert 200 <= status < 300
        assert isinstance(body, dict)
        assert remote_id == str(body["id"])


@EXAMPLES
@given(video=st.fixed_dictionaries({}, optional={name: made for name, made in fields.items() if name != "id"}))
async def test_an_order_answered_without_an_id_is_unknown(service: Service, video: dict[str, object]) -> None:
    service.host.trouble.next(Operation.CREATE, Say(status=200, body=video))
    with pytest.raises(OutcomeUnknown):
        await service.provider.submit(an_order())


@EXAMPLES
@given(status=codes, body=bodies)
async def test_whatever_a_look_is_answered_with_has_a_meaning(service: Service, status: int, body: object) -> None:
    service.host.trouble.next(Operation.LOOK, Say(status=status, body=body))
    try:
        seen = await service.provider.look("video_1")
    except (Unavailable, AccountTrouble, Gone):
        return
    assert isinstance(body, dict)
    match seen:
        case Ready():
            assert says_that_it_is_done(body)
        case Waiting(progress=progress):
            assert progress is None or 0 <= progress <= 99
        case Broken(reason=reason):
            assert reason


def says_that_it_is_done(body: dict[str, object]) -> bool:
    video = body.get("detail", body)
    return isinstance(video, dict) and "id" in video and str(video["status"]).lower() in DONE


@EXAMPLES
@given(status=codes, body=bodies)
@example(status=410, body={})
async def test_whatever_a_list_holds_it_is_complete_or_none(service: Service, status: int, body: object) -> None:
    service.host.trouble.next(Operation.LIST, *[Say(status=status, body=body)] * 3)
    try:
        listed = await service.provider.recent(SOME_DAY)
    except Unavailable:
        listed = None
    finally:
        while service.host.trouble.take(Operation.LIST):
            pass
    if listed is not None:
        assert status in range(200, 300)
        assert isinstance(body, dict)
        assert {entry.remote_id for entry in listed} <= {entry["id"] for entry in body["data"]}
