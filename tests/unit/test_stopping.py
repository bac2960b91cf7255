"""Being asked to stop."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import pytest

from bot.stopping import asked_to_stop
from tests.waiting import PATIENCE

SIGNALS = (signal.SIGINT, signal.SIGTERM)

pytestmark = pytest.mark.skipif(os.name != "posix", reason="sends signals to itself")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
async def test_a_signal_asks_to_stop_and_ends_nothing(number: signal.Signals) -> None:
    asked = asked_to_stop()
    assert not asked.is_set()
    os.kill(os.getpid(), number)
    await asyncio.wait_for(asked.wait(), PATIENCE)


async def test_where_the_loop_takes_no_signals_they_ask_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def takes_none(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.get_running_loop(), "add_signal_handler", takes_none)
    asked = asked_to_stop()
    signal.raise_signal(signal.SIGTERM)
    await asyncio.wait_for(asked.wait(), PATIENCE)
