"""Whatever a host answers, the adapter reports something Kinora understands, and never more than the host did."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.errors import Unavailable
from bot.sandbox.video.trouble import Operation, Say
from tests.contract.strategies import EXAMPLES, OPENAI, anything, codes, pages, shaped
from tests.contract.video_services import Service, a_service

bodies = st.one_of(shaped(OPENAI), anything, pages)
pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

SOME_DAY = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with a_service() as service:
        yield service


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
