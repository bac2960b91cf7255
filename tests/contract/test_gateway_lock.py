"""One of several processes answers people, on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys

import pytest

from bot.answering_turn import LEASE, AnsweringTurn, is_gone, is_predecessor, this_process
from storage.gateway_lock import SqlGatewayLock
from tests.contract.databases import World

BOT = 7


def nobody(_holder: str) -> bool:
    return False


def a_lock(world: World) -> SqlGatewayLock:
    return SqlGatewayLock(database=world.database, clock=world.clock)


async def test_the_first_holds_it_and_the_second_learns_who_it_is(world: World) -> None:
    lock = a_lock(world)
    assert await lock.take(BOT, "first", LEASE, nobody) == "first"
    assert await lock.take(BOT, "second", LEASE, nobody) == "first"
    assert await lock.take(BOT, "first", LEASE, nobody) == "first"
    assert await lock.take(BOT + 1, "second", LEASE, nobody) == "second"


async def test_many_that_start_together_agree(world: World) -> None:
    lock = a_lock(world)
    holders = await asyncio.gather(*(lock.take(BOT, f"process {n}", LEASE, nobody) for n in range(8)))
    assert len(set(holders)) == 1


async def test_it_passes_on_when_it_is_let_go_and_when_it_runs_out(world: World) -> None:
    lock = a_lock(world)
    await lock.take(BOT, "first", LEASE, nobody)
    await lock.release(BOT, "second")
    assert await lock.take(BOT, "second", LEASE, nobody) == "first"
    await lock.release(BOT, "first")
    assert await lock.take(BOT, "second", LEASE, nobody) == "second"
    await lock.take(BOT, "second", 0.0, nobody)  # renewed, and over at once
    assert await lock.take(BOT, "third", LEASE, nobody) == "third"


async def test_one_whose_process_is_gone_holds_nothing(world: World) -> None:
    lock = a_lock(world)
    await lock.take(BOT, "killed", LEASE, nobody)
    assert await lock.take(BOT, "next", LEASE, lambda holder: holder == "killed") == "next"


async def test_a_lease_from_a_clock_that_was_ahead_holds_nobody_up(world: World) -> None:
    lock = a_lock(world)
    await lock.take(BOT, "yesterday's tomorrow", 2 * 86400, nobody)
    assert await lock.take(BOT, "now", LEASE, nobody) == "now"


async def test_the_second_says_that_another_one_answers_and_takes_over_after_it(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    answers: dict[str, bool] = {}
    first = AnsweringTurn(a_lock(world), lambda does: answers.update(first=does), "first")
    second = AnsweringTurn(a_lock(world), lambda does: answers.update(second=does), "second")
    await first.begin(BOT)
    await second.begin(BOT)
    assert answers == {"first": True, "second": False}
    assert "another Kinora is connected with this token (first)" in caplog.text
    keeping = asyncio.create_task(second.keep())
    await first.end()
    async with asyncio.timeout(LEASE):
        while not answers["second"]:  # noqa: ASYNC110 (nothing else tells of it)
            await asyncio.sleep(0.05)
    keeping.cancel()
    assert caplog.messages[-1] == "the other Kinora is gone; this one answers people now"


def test_a_process_of_this_machine_is_known_to_be_gone() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    here = socket.gethostname()
    assert is_gone(f"{here} {ended.pid} x")
    assert not is_gone(f"{here} {os.getppid()} x")
    assert not is_gone(f"elsewhere {ended.pid} x")
    assert not is_gone("nonsense")
    assert not is_gone(this_process())
    assert is_predecessor(this_process())
    assert not is_predecessor(f"elsewhere {os.getpid()} x")
