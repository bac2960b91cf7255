"""Since when a service has been at its address, and when the operator is told that it moved."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.domain.accounts import KeyOwner
from bot.jobs.providers.endpoints import EndpointHistory
from tests.builders import ANN, NOON
from tests.scripted import MemoryRecords, SteppingClock

ONE, TWO = "https://one.example/v1", "https://two.example/v1"


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def history(clock: SteppingClock) -> EndpointHistory:
    return EndpointHistory(records=MemoryRecords(), clock=clock)


async def test_a_service_was_always_where_it_was_first_seen(history: EndpointHistory) -> None:
    """Also for videos that were ordered before Kinora noted addresses."""
    await history.settle("openai", ONE)
    assert await history.since(["openai", "gemini"]) == {}


async def test_the_last_move_counts(history: EndpointHistory, clock: SteppingClock) -> None:
    await history.settle("openai", ONE)
    for address in (TWO, ONE, ONE.upper() + "/"):
        clock.forward(60)
        await history.settle("openai", address)
    assert await history.since(["openai"]) == {"openai": NOON + timedelta(minutes=2)}


async def test_the_operator_is_told_of_a_move_alone(history: EndpointHistory, caplog: pytest.LogCaptureFixture) -> None:
    for address in (ONE, ONE, TWO, TWO):
        await history.settle("openai", address)
    assert [record.getMessage() for record in caplog.records] == [
        "openai is at a new address: videos ordered before are remixed from their files"
    ]


async def test_the_operator_is_not_told_of_a_members_new_key(
    history: EndpointHistory, caplog: pytest.LogCaptureFixture
) -> None:
    for key in ("a key", "another key"):
        await history.settle(KeyOwner(guild_id=1, member_id=ANN).account("openai"), key)
    assert caplog.records == []
