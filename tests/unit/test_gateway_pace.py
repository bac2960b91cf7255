"""How quickly the gateway is reconnected to."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.client import NO_SESSION, VideoBot
from bot.gateway.pace import DAY, LONGEST, MOST_IDENTIFIES, GatewayPace
from bot.interaction_registry import InteractionRegistry
from bot.ui.interactions.error_handler import ReportingTree
from tests.scripted import MemoryRecords


class Day:
    """A clock that advances as its users sleep."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def read(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


async def connections(pace: GatewayPace, day: Day, count: int, *, lasting: float) -> None:
    for _ in range(count):
        await pace.connecting()
        day.now += lasting


async def test_connections_that_do_not_last_are_made_ever_slower() -> None:
    day = Day()
    pace = GatewayPace(day.read, day.sleep)
    await connections(pace, day, 4, lasting=0.01)
    assert (day.slept, pace.is_failing) == ([], True), "three more at once"
    await connections(pace, day, 8, lasting=0.01)
    assert day.slept == [1, 2, 4, 8, 16, 32, LONGEST, LONGEST]


async def test_after_one_that_lasted_the_next_is_made_at_once() -> None:
    day = Day()
    pace = GatewayPace(day.read, day.sleep)
    await connections(pace, day, 6, lasting=0.01)
    day.now += 60
    assert not pace.is_failing
    day.slept.clear()
    await connections(pace, day, 50, lasting=3600)
    assert day.slept == []


def test_no_more_sessions_are_begun_in_a_day_than_leave_the_token_alone() -> None:
    day = Day()
    pace = GatewayPace(day.read, day.sleep)
    for _ in range(MOST_IDENTIFIES):
        pace.identifying()
    with pytest.raises(TimeoutError):
        pace.identifying()
    day.now += DAY + 1
    pace.identifying()


async def test_a_session_whose_resumption_leads_nowhere_is_forgotten() -> None:
    client = VideoBot(records=MemoryRecords(), registry=InteractionRegistry(), tree_cls=ReportingTree)
    ws: Any = SimpleNamespace(session_id="stale")
    client.ws = ws
    client.dispatch("disconnect")
    assert ws.session_id == "stale"
    for _ in range(4):
        await client.pace.connecting()
    client.dispatch("disconnect")
    assert ws.session_id == NO_SESSION
