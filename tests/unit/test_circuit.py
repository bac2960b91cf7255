"""An account in trouble pauses its queue, is reported once, and recovers by itself; a host's hints bind all jobs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from sqlalchemy.exc import OperationalError

from bot.domain.errors import AccountTrouble, OutcomeUnknown, Unavailable
from bot.domain.hints import LONGEST_HINT
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import Done, Failed, NeedsReview, Phase, Queued, Rendering, Saving
from bot.domain.ports.provider import Ready, Waiting
from bot.domain.ports.records import Record
from bot.jobs.providers.circuit_breaker import STAYS_CLOSED, Circuit
from bot.jobs.providers.throttle import Request, Throttle
from bot.jobs.reconcile.sweep import MOST_TRIES
from bot.jobs.runner import Runner
from bot.jobs.steps.paying_account import NO_ACCOUNT
from bot.jobs.steps.render import MOST_BARRED
from storage.records import SqlRecords
from tests.builders import NOON, a_job, a_request
from tests.workbench import PLACES, Bench, a_bench

T = TypeVar("T")
REFUSED = AccountTrouble("video.example rejected the key in OPENAI_API_KEY (401).")


class FailingOnce(Circuit):
    """The database fails when it is first told that the account works."""

    failures = iter([OperationalError("UPDATE", {}, Exception("the server went away"))])

    async def note_success(self, account: str, *, paid: bool = False) -> bool:
        for failure in self.failures:
            raise failure
        return await super().note_success(account, paid=paid)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as bench:
        yield bench


def numbered(number: int) -> Job:
    return a_job(
        request=a_request(prompt=f"fox number {number}"), owner_id=number, created_at=NOON + timedelta(seconds=number)
    )


async def phase_of(bench: Bench, job_id: JobId) -> Phase:
    return (await bench.job(job_id)).phase


def errors(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]


async def test_one_refusal_pauses_the_whole_queue_and_is_told_once(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.provider.submits = [REFUSED, REFUSED, REFUSED]
    jobs = [await bench.order(numbered(n)) for n in range(3)]
    await bench.step()
    await bench.step(forward=59)
    assert len(bench.provider.orders) == 1
    for job_id in jobs:
        assert await phase_of(bench, job_id) == Queued(waits_for=NO_ACCOUNT)
    (said,) = errors(caplog)
    assert said.startswith("video.example rejected the key in OPENAI_API_KEY (401).")


async def test_one_order_tries_after_one_five_and_then_every_fifteen_minutes(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    bench.provider.submits = [REFUSED for _ in range(9)]
    for n in range(3):
        await bench.order(numbered(n))
    tried = []
    for minute in range(55):
        before = len(bench.provider.orders)
        await bench.step()
        tried += [minute] * (len(bench.provider.orders) - before)
        bench.clock.forward(60)
    assert tried == [0, 1, 6, 21, 36, 51]
    assert len(errors(caplog)) == 1


async def test_it_closes_when_an_order_is_taken_and_the_others_follow_at_once(bench: Bench) -> None:
    bench.provider.submits = [REFUSED, "video_1", "video_2", "video_3"]
    jobs = [await bench.order(numbered(n)) for n in range(3)]
    await bench.step()
    await bench.step(forward=61)
    await bench.step()
    for job_id in jobs:
        assert isinstance(await phase_of(bench, job_id), Rendering | Saving)


async def test_a_database_that_fails_once_an_order_is_stored_costs_no_crash_and_sends_nothing_again(
    bench: Bench,
) -> None:
    """The lease was already handed back with the id; the account's recovery isn't recorded yet."""
    bench.provider.submits = [REFUSED, "video_1", "video_2"]
    first = await bench.order(numbered(1))
    await bench.step()
    bench.runner = Runner(replace(bench.context, circuit=FailingOnce(records=bench.records, clock=bench.clock)))
    with pytest.raises(OperationalError):
        await bench.step(forward=61)
    assert isinstance(await phase_of(bench, first), Rendering)
    bench.clock.forward(5)
    (lease,) = await bench.store.claim("another", PLACES, 10)
    assert lease.crashes == 0
    await bench.store.hand_back([lease])
    second = await bench.order(numbered(2))
    for job_id in (first, second):  # its trial is the proof
        assert isinstance((await bench.run(job_id)).phase, Done)
    assert len(bench.provider.orders) == 3


async def test_it_holds_in_other_processes_and_after_a_restart(bench: Bench) -> None:
    await bench.context.circuit.note_refusal(bench.provider, REFUSED, paid=True)
    other = Circuit(records=bench.records, clock=bench.clock)
    assert await other.until_trial("openai") == 60
    await other.try_now("openai")
    assert await other.until_trial("openai") is None  # this process tries
    assert await bench.context.circuit.until_trial("openai") == 60  # the others wait for the result


async def test_a_restart_may_have_brought_a_new_key_which_is_tried_at_once(bench: Bench) -> None:
    bench.provider.submits, bench.provider.lists = [REFUSED, "video_1"], [[]]
    job_id = await bench.order()
    await bench.step()
    await bench.sweep._begin(bench.provider)
    await bench.step()
    assert isinstance(await phase_of(bench, job_id), Rendering)


async def test_a_list_that_is_refused_pauses_the_queue_like_an_order(bench: Bench) -> None:
    bench.provider.lists = [REFUSED for _ in range(MOST_TRIES)]
    await bench.sweep._begin(bench.provider)
    assert await bench.context.circuit.is_open("openai")


async def test_a_look_that_works_does_not_prove_that_there_is_credit(bench: Bench) -> None:
    bench.provider.submits = [REFUSED]
    await bench.order()
    await bench.step()
    assert not await bench.context.circuit.note_success("openai")
    assert await bench.context.circuit.until_trial("openai") == 60
    assert await bench.context.circuit.note_success("openai", paid=True)
    assert await bench.context.circuit.until_trial("openai") is None


class CountedRecords(SqlRecords):
    """Counts how often a record was read."""

    reads = 0

    async def read(self, record: Record[T], key: str = "") -> T | None:
        self.reads += 1
        return await super().read(record, key)


def counted(bench: Bench) -> tuple[Circuit, CountedRecords]:
    records = CountedRecords(database=bench.store.database, clock=bench.clock)
    return Circuit(records=records, clock=bench.clock), records


async def test_of_many_looks_that_work_at_once_one_asks_whether_the_account_was_refused(bench: Bench) -> None:
    circuit, records = counted(bench)
    assert await asyncio.gather(*[circuit.note_success("openai") for _ in range(50)]) == [False] * 50
    assert records.reads == 1


async def test_of_many_looks_that_work_at_once_one_lets_the_queue_go_on(bench: Bench) -> None:
    circuit, _ = counted(bench)
    await circuit.note_refusal(bench.provider, REFUSED)
    assert sorted(await asyncio.gather(*[circuit.note_success("openai") for _ in range(50)])) == [*[False] * 49, True]
    assert not await circuit.is_open("openai")


async def test_an_order_that_works_proves_it_whatever_a_look_is_asking(bench: Bench) -> None:
    circuit, _ = counted(bench)
    await circuit.note_refusal(bench.provider, REFUSED, paid=True)
    look, order = await asyncio.gather(circuit.note_success("openai"), circuit.note_success("openai", paid=True))
    assert (look, order) == (False, True)


@pytest.mark.parametrize("refused", [("an order", "a look"), ("a look", "an order")])
async def test_no_look_proves_that_orders_work_once_one_was_refused(bench: Bench, refused: tuple[str, str]) -> None:
    for what in refused:
        await bench.context.circuit.note_refusal(bench.provider, REFUSED, paid=what == "an order")
    assert not await bench.context.circuit.note_success("openai")
    assert await bench.context.circuit.is_open("openai")


async def test_a_look_that_works_ends_a_later_refusal_too(bench: Bench) -> None:
    assert not await bench.context.circuit.note_success("openai")
    bench.clock.forward(STAYS_CLOSED.total_seconds())
    await bench.context.circuit.note_refusal(bench.provider, REFUSED)
    assert await bench.context.circuit.note_success("openai")


async def test_a_look_that_works_is_not_overheard_after_the_clock_was_set_back(bench: Bench) -> None:
    await bench.context.circuit.note_success("openai")
    bench.clock.forward(-3600)
    await Circuit(records=bench.records, clock=bench.clock).note_refusal(bench.provider, REFUSED)  # another process
    assert await bench.context.circuit.note_success("openai")


async def test_a_list_that_works_lets_the_queue_go_on(bench: Bench) -> None:
    await bench.context.circuit.note_refusal(bench.provider, REFUSED)
    bench.provider.lists = [[]]
    await bench.sweep.sweep(bench.provider, starting=False)
    assert not await bench.context.circuit.is_open("openai")


async def test_renders_under_way_are_looked_at_more_slowly_and_not_lost(bench: Bench) -> None:
    bench.provider.looks = [REFUSED, Ready()]
    job_id = await bench.order()
    await bench.step()
    await bench.step(forward=3)
    assert 59 <= (await bench.store.next_due() or 0) <= 61
    assert await bench.context.circuit.until_trial("openai") == 60
    assert isinstance((await bench.run(job_id)).phase, Done)
    assert await bench.context.circuit.until_trial("openai") is None


@pytest.mark.parametrize(("trials", "wait"), [(0, 60.0), (1, 300.0)])
async def test_a_render_is_polled_again_with_the_next_order_but_no_sooner_than_after_a_minute(
    bench: Bench, trials: int, wait: float
) -> None:
    bench.provider.looks, circuit = [REFUSED], bench.context.circuit
    await bench.order()
    await bench.step()
    await circuit.note_refusal(bench.provider, REFUSED)
    for _ in range(trials):
        bench.clock.forward(60)
        assert await circuit.until_trial("openai") is None
    await bench.step(forward=0 if trials else 40)
    assert await bench.store.next_due() == wait


async def test_a_refused_download_uses_up_no_tries(bench: Bench) -> None:
    bench.provider.fetches, bench.provider.looks = [REFUSED for _ in range(30)], [Ready(), REFUSED]
    job_id = await bench.order()
    for _ in range(20):
        await bench.step(forward=901)
    phase = await phase_of(bench, job_id)
    assert isinstance(phase, Saving)
    assert phase.tries == 0


async def test_a_file_alone_that_is_refused_pauses_no_account_and_is_told_to_people(bench: Bench) -> None:
    """BerriAI/litellm#17016: "Incorrect API key provided: None", for the file of a video that it lists."""
    bench.provider.fetches = [REFUSED for _ in range(30)]
    job_id = await bench.order()
    for _ in range(20):
        await bench.step(forward=901)
    phase = await phase_of(bench, job_id)
    assert isinstance(phase, Saving)
    assert phase.is_stuck
    assert not await bench.context.circuit.is_open("openai")


async def test_a_render_alone_that_is_not_shown_pauses_no_account_and_becomes_a_managers_matter(bench: Bench) -> None:
    bench.provider.looks = [AccountTrouble("It won't show this video (403).", barred=True)]
    job_id = await bench.order()
    await bench.step()
    waits = []
    for _ in range(MOST_BARRED):
        await bench.step(forward=await bench.store.next_due() or 0.0)
        assert isinstance(await phase_of(bench, job_id), Rendering)
        waits.append(await bench.store.next_due() or 0.0)
    assert waits == [60, 120, 240, 480, 600, 600, 600, 600]
    await bench.step(forward=600)
    phase = await phase_of(bench, job_id)
    assert isinstance(phase, NeedsReview)
    assert str(phase.reason) == "It won't show this video (403). This video may have been charged."
    assert not await bench.context.circuit.is_open("openai")


async def test_a_render_that_is_shown_in_between_is_not_a_managers_matter(bench: Bench) -> None:
    barred = AccountTrouble("It won't show this video (403).", barred=True)
    bench.provider.looks = [*[barred] * MOST_BARRED, Waiting(), *[barred] * MOST_BARRED, Ready()]
    assert isinstance((await bench.run(await bench.order())).phase, Done)


async def test_a_finished_video_that_is_not_shown_pauses_no_account_and_is_told_to_people(bench: Bench) -> None:
    bench.provider.fetches = [AccountTrouble("It won't show this video (403).", barred=True) for _ in range(30)]
    bench.provider.looks = [Ready(), AccountTrouble("It won't show this video (403).", barred=True)]
    job_id = await bench.order()
    for _ in range(20):
        await bench.step(forward=901)
    phase = await phase_of(bench, job_id)
    assert isinstance(phase, Saving)
    assert phase.is_stuck
    assert not await bench.context.circuit.is_open("openai")


# Hints


async def test_a_wish_at_one_order_holds_for_all(bench: Bench) -> None:
    bench.provider.submits = [Unavailable("429", retry_after=40), "video_1", "video_2"]
    first = await bench.order(numbered(1))
    await bench.step()
    second = await bench.order(numbered(2))
    await bench.step(forward=30)
    assert len(bench.provider.orders) == 1
    assert isinstance(await phase_of(bench, second), Queued)
    for _ in range(3):
        await bench.step(forward=15)
    assert len(bench.provider.orders) == 3
    for job_id in (first, second):
        assert not isinstance(await phase_of(bench, job_id), Queued)


async def test_discord_is_not_asked_about_orders_that_wait_for_their_service(bench: Bench) -> None:
    bench.publisher.may_make = False
    bench.context.throttle.hold("openai", Request.PAID, 20, bench.clock.now())
    job_id = await bench.order()
    await bench.step()
    assert isinstance(await phase_of(bench, job_id), Queued)
    for _ in range(2):
        await bench.step(forward=15)
    assert isinstance(await phase_of(bench, job_id), Failed)


async def test_a_wish_at_one_look_holds_for_all(bench: Bench) -> None:
    bench.provider.submits = ["video_1", "video_2"]
    await bench.order(numbered(1))
    await bench.step()
    await bench.order(numbered(2))
    await bench.step()
    bench.provider.looks = [Unavailable("429", retry_after=100), Waiting(progress=1)]
    await bench.step(forward=4)
    assert len(bench.provider.looks) == 1  # one look was made; the other render was left alone
    assert 99 <= (await bench.store.next_due() or 0) <= 125
    await bench.step(forward=99)
    assert bench.context.throttle.seconds_left("openai", Request.FREE, bench.clock.now()) == 1


def test_a_wish_that_was_heard_under_a_clock_days_ahead_is_over_once_that_is_right() -> None:
    throttle = Throttle()
    throttle.hold("openai", Request.FREE, 60, NOON + timedelta(days=2))
    assert throttle.seconds_left("openai", Request.FREE, NOON) == 0


async def test_an_account_refused_under_a_clock_days_ahead_is_tried_once_that_is_right(bench: Bench) -> None:
    bench.clock.forward(2 * 86400)
    await bench.context.circuit.note_refusal(bench.provider, REFUSED, paid=True)
    bench.clock.forward(-2 * 86400)
    assert await bench.context.circuit.until_trial("openai") is None
    assert await bench.context.circuit.until_trial("openai") == 300


def test_a_shorter_wish_never_cuts_a_longer_one_and_none_is_longer_than_ten_minutes() -> None:
    throttle = Throttle()
    throttle.hold("openai", Request.PAID, 86400, NOON)
    throttle.hold("openai", Request.PAID, 5, NOON)
    throttle.hold("openai", Request.FREE, None, NOON)
    assert throttle.seconds_left("openai", Request.PAID, NOON) == LONGEST_HINT
    assert throttle.seconds_left("openai", Request.FREE, NOON) == 0
    assert throttle.seconds_left("openai", Request.PAID, NOON + timedelta(seconds=601)) == 0


def test_the_end_of_one_wait_ends_no_other() -> None:
    throttle = Throttle()
    for account, request in (("openai", Request.PAID), ("openai", Request.FREE), ("gpu1", Request.PAID)):
        throttle.hold(account, request, 60, NOON)
    throttle.release("openai", Request.PAID)
    assert throttle.seconds_left("openai", Request.PAID, NOON) == 0
    assert (
        throttle.seconds_left("openai", Request.FREE, NOON) == throttle.seconds_left("gpu1", Request.PAID, NOON) == 60
    )


async def test_what_was_not_asked_of_a_service_does_not_say_that_its_account_works(bench: Bench) -> None:
    bench.provider.submits = [OutcomeUnknown("no answer")]
    await bench.order()
    await bench.step()
    await bench.context.circuit.note_refusal(bench.provider, REFUSED)
    bench.provider.lists = [None, None]
    await bench.sweep.sweep(bench.provider, starting=False)
    await bench.step()
    assert await bench.context.circuit.is_open("openai")
