"""One of several processes answers people, on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
from typing import cast

import pytest

from bot.answering_turn import LEASE, MARGIN, AnsweringTurn, is_gone, is_predecessor, this_process
from bot.domain.ports.gateway_lock import GatewayLock, Shards
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
    await lock.take(BOT, "second", 0.0, nobody)  # renewed, and expired at once
    assert await lock.take(BOT, "third", LEASE, nobody) == "third"


async def test_one_whose_process_is_gone_holds_nothing(world: World) -> None:
    lock = a_lock(world)
    await lock.take(BOT, "killed", LEASE, nobody)
    assert await lock.take(BOT, "next", LEASE, lambda holder: holder == "killed") == "next"


async def test_a_lease_from_a_clock_that_was_ahead_holds_nobody_up(world: World) -> None:
    lock = a_lock(world)
    await lock.take(BOT, "yesterday's tomorrow", 2 * 86400, nobody)
    assert await lock.take(BOT, "now", LEASE, nobody) == "now"


async def test_each_shard_has_one_holder_and_all_or_none_are_taken(world: World) -> None:
    lock = a_lock(world)

    async def takes(holder: str, *ids: int) -> str:
        return await lock.take(BOT, holder, LEASE, nobody, Shards(count=4, ids=ids))

    assert await takes("first", 0, 1) == "first"
    assert await takes("second", 1, 2) == "first"
    assert await takes("second", 2, 3) == "second"
    assert await takes("third", 2) == "second"
    await lock.release(BOT, "first")
    assert await takes("third", 0, 1) == "third"


async def test_another_count_of_shards_has_the_same_servers(world: World) -> None:
    lock = a_lock(world)
    assert await lock.take(BOT, "whole", LEASE, nobody) == "whole"
    assert await lock.take(BOT, "half", LEASE, nobody, Shards(count=2, ids=(1,))) == "whole"
    await lock.release(BOT, "whole")
    assert await lock.take(BOT, "half", LEASE, nobody, Shards(count=2, ids=(1,))) == "half"
    assert await lock.take(BOT, "whole", LEASE, nobody) == "half"


async def test_of_many_that_want_one_shard_one_gets_it_and_of_another_another(world: World) -> None:
    lock = a_lock(world)
    asked = [(f"process {n}", Shards(count=2, ids=(n % 2,))) for n in range(8)]
    taken = await asyncio.gather(*(lock.take(BOT, name, LEASE, nobody, shards) for name, shards in asked))
    assert len(set(taken[::2])) == len(set(taken[1::2])) == 1
    assert taken[0] != taken[1]


async def test_sessions_of_one_bucket_begin_one_after_the_other(world: World) -> None:
    lock = a_lock(world)
    waits = await asyncio.gather(*(lock.identify(BOT, 0, 5.0) for _ in range(3)))
    assert sorted(waits) == pytest.approx([0.0, 5.0, 10.0], abs=0.5)
    assert await lock.identify(BOT, 1, 5.0) == 0.0
    assert await lock.identify(BOT + 1, 0, 5.0) == 0.0


class LostDatabase:
    """A lock that answers once, and never again."""

    def __init__(self) -> None:
        self.asked = 0

    async def take(self, _bot: int, holder: str, _seconds: float, _gone: object, _shards: Shards) -> str:
        self.asked += 1
        if self.asked > 1:
            raise ConnectionError("the database is away")
        return holder


class Hand:
    """A clock that is moved by hand."""

    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


async def test_a_turn_that_cannot_be_renewed_is_over_before_somebody_else_can_have_it() -> None:
    hand, lock = Hand(), LostDatabase()
    turn = AnsweringTurn(cast("GatewayLock", lock), "first", now=hand)
    await turn.begin(BOT)
    await turn.begins()
    hand.seconds += LEASE - MARGIN - 0.01
    assert turn.is_ours, "for so long nobody else can have it"
    keeping = asyncio.create_task(turn.keep())
    hand.seconds += 0.02
    async with asyncio.timeout(LEASE):
        await turn.ends()
    keeping.cancel()
    assert not turn.is_ours


async def test_a_process_that_stood_still_past_its_turn_does_not_answer() -> None:
    hand = Hand()
    turn = AnsweringTurn(cast("GatewayLock", LostDatabase()), "frozen", now=hand)
    await turn.begin(BOT)
    hand.seconds += 3600
    assert not turn.is_ours


async def test_the_second_says_that_another_one_answers_and_takes_over_after_it(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = AnsweringTurn(a_lock(world), "first"), AnsweringTurn(a_lock(world), "second")
    await first.begin(BOT)
    await second.begin(BOT)
    assert (first.is_ours, second.is_ours) == (True, False)
    assert "another Kinora is connected with this token (first)" in caplog.text
    keeping = asyncio.create_task(second.keep())
    await first.end()
    async with asyncio.timeout(LEASE):
        await second.begins()
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
