"""`/metrics` over real HTTP, with the figures of a real database, on SQLite and PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from prometheus_client.parser import text_string_to_metric_families

from bot.domain.errors import AccountTrouble, OutcomeUnknown, Unavailable, Undeliverable
from bot.domain.links import PlayerLinks
from bot.domain.money.usd import Usd
from bot.domain.phases import PHASES, Rendering
from bot.domain.ports.provider import Waiting
from bot.jobs.context import StepContext
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.reconcile.sweep import Reconciler
from bot.jobs.runner import Runner
from bot.jobs.worker import Worker
from bot.web.loop_lag import EVERY, LoopLag
from bot.web.metrics import Metrics
from bot.web.pages.kept_files import FilePages
from bot.web.player import PlayerPages
from bot.web.server import serve
from bot.web.step_times import StepTimes
from storage.files.local import LocalFiles
from storage.records import SqlRecords
from tests.contract.databases import BACKENDS, PLENTY, World, a_world, claimed, done, sending, started
from tests.contract.databases import a_job as an_order
from tests.ports import free_port
from tests.scripted import RecordingPublisher, ScriptedProvider
from tests.workbench import a_listed, a_step_context


@dataclass(kw_only=True)
class Watched:
    """An installation and its monitoring."""

    world: World
    context: StepContext
    files: LocalFiles
    provider: ScriptedProvider
    publisher: RecordingPublisher
    step_times: StepTimes = field(default_factory=StepTimes)

    @asynccontextmanager
    async def page(self, *, token: str | None = None, is_public: bool = False) -> AsyncIterator[str]:
        port = free_port()
        metrics = Metrics(
            installation_stats=self.world.store.installation_stats,
            circuit_open=self.context.circuit.is_open,
            providers=["openai"],
            counters=self.context.counters,
            lag=LoopLag(),
            step_times=self.step_times,
            token=token,
            is_public=is_public,
        )
        links, files = PlayerLinks(base="", key=b"k" * 32), FilePages(files=self.files)
        pages = PlayerPages(find=self.world.store.get, files=files, links=links, clock=self.world.clock)
        stop = await serve(pages, "127.0.0.1", port, metrics)
        try:
            yield f"http://127.0.0.1:{port}/metrics"
        finally:
            await stop()

    async def read(self) -> Mapping[str, float]:
        """What Prometheus would read; names with their labels, as it writes them."""
        async with self.page() as address:
            status, text = await fetched(address)
        assert status == 200
        return samples(text)

    async def works_off(self, rounds: int = 12) -> None:
        runner = Runner(self.context)
        for _ in range(rounds):
            for lease in await self.world.store.claim("worker", PLENTY, 10):
                await runner.advance(lease)
            await self.world.passes(60)


async def fetched(address: str, **headers: str) -> tuple[int, str]:
    async with aiohttp.ClientSession() as visitor, visitor.get(address, headers=headers) as response:
        return response.status, await response.text()


def samples(text: str) -> dict[str, float]:
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sample.labels.items())
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return found


@pytest_asyncio.fixture(params=BACKENDS)
async def watched(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Watched]:
    async with a_world(request.param, tmp_path) as world:
        provider, publisher, files = ScriptedProvider(), RecordingPublisher(), LocalFiles(tmp_path / "files")
        await files.check()
        context = a_step_context(
            world.database, store=world.store, clock=world.clock, provider=provider, publisher=publisher, files=files
        )
        yield Watched(world=world, context=context, files=files, provider=provider, publisher=publisher)


async def test_an_idle_installation_shows_every_phase_and_no_trouble(watched: Watched) -> None:
    read = await watched.read()
    assert {name: read[f"kinora_jobs{{phase={name}}}"] for name in PHASES} == dict.fromkeys(PHASES, 0.0)
    gauges = ("oldest_due_step_seconds", "oldest_expired_lease_seconds", "oldest_due_webhook_seconds")
    for name in (*gauges, "reserved_dollars", "spent_today_dollars"):
        assert read[f"kinora_{name}"] == 0.0
    for name in ("rescues", "fenced_writes", "unattributed_videos"):
        assert read[f"kinora_{name}_total"] == 0.0
    assert read["kinora_account_circuit_open{provider=openai}"] == 0.0


async def test_jobs_and_money_are_shown_as_the_database_has_them(watched: Watched) -> None:
    store = watched.world.store
    for prompt in ("one", "two"):
        await store.add(an_order(prompt))
    first, second = await store.claim("worker", PLENTY, 2)
    await store.move(first, first.job.moved_to(sending("print")), 60)
    kept = await store.move(second, second.job.moved_to(sending("other")), keep=True)
    finished = done("remote")
    await store.move(kept, replace(kept.job.moved_to(finished), cost=Usd.of("0.35")))
    await store.add(an_order("three"))

    read = await watched.read()

    assert (read["kinora_jobs{phase=queued}"], read["kinora_jobs{phase=submitting}"]) == (1, 1)
    assert read["kinora_jobs{phase=done}"] == 1
    assert read["kinora_reserved_dollars"] == pytest.approx(0.80)
    assert read["kinora_spent_today_dollars"] == pytest.approx(0.35)


async def test_the_oldest_expired_lease_rescues_and_refused_writes_are_shown(watched: Watched) -> None:
    """The ninth condition of docs/explanation/reliability.md."""
    store = watched.world.store
    job = await started(store, an_order())
    dead = await claimed(store, "one that dies")
    await watched.world.passes(store.lease_seconds + 30)

    waiting = await watched.read()
    assert waiting["kinora_oldest_expired_lease_seconds"] == pytest.approx(30, abs=5)
    assert waiting["kinora_oldest_due_step_seconds"] == pytest.approx(store.lease_seconds + 30, abs=5)

    watched.provider.looks = [Waiting(progress=10), Waiting(progress=50)]
    worker = Worker(
        store, Runner(watched.context), PLENTY, name="the next", lease_seconds=60.0, counters=watched.context.counters
    )
    await worker._round()
    worker.stop()
    await worker.run()
    await worker._step(dead)

    read = await watched.read()
    assert read["kinora_rescues_total"] == 1
    assert read["kinora_fenced_writes_total"] == 1
    assert read["kinora_oldest_expired_lease_seconds"] == 0.0
    now = await store.get(job.id)
    assert now is not None
    assert isinstance(now.phase, Rendering)
    assert now.phase.progress == 10


async def test_paid_requests_are_counted_by_outcome(watched: Watched) -> None:
    watched.provider.submits = [Unavailable("busy"), "video_1", OutcomeUnknown("lost")]
    await watched.world.store.add(an_order("one"))
    await watched.works_off()
    await watched.world.store.add(an_order("two"))
    await watched.works_off(2)

    read = await watched.read()

    outcomes = {"not taken": 1, "taken": 1, "unknown": 1}
    assert {each: read[f"kinora_paid_requests_total{{outcome={each}}}"] for each in outcomes} == outcomes


async def test_failed_posts_are_counted_by_whether_they_pass(watched: Watched) -> None:
    watched.publisher.troubles = [Unavailable("Discord is having trouble."), Undeliverable("gone")]
    await watched.world.store.add(an_order("one"))
    await watched.works_off()
    read = await watched.read()
    assert read["kinora_failed_posts_total{kind=trouble}"] == 1
    assert read["kinora_failed_posts_total{kind=refused}"] == 1
    assert read["kinora_jobs{phase=undelivered}"] == 1


async def test_an_open_account_circuit_and_videos_that_nobody_ordered_are_shown(watched: Watched) -> None:
    records = SqlRecords(database=watched.world.database, clock=watched.world.clock)
    await Circuit(records=records, clock=watched.world.clock).note_refusal(
        watched.provider, AccountTrouble("The key was refused.")
    )
    assert (await watched.read())["kinora_account_circuit_open{provider=openai}"] == 1

    watched.provider.lists = [[a_listed("stranger")], [a_listed("stranger")]]
    sweep = Reconciler(context=watched.context, records=records)
    await sweep.sweep(watched.provider, starting=False)
    await sweep.sweep(watched.provider, starting=False)
    read = await watched.read()
    assert read["kinora_unattributed_videos_total"] == 1
    assert read["kinora_account_circuit_open{provider=openai}"] == 0


async def test_the_lag_of_the_loop_is_measured_while_pages_are_served(watched: Watched) -> None:
    async with watched.page() as address:
        await asyncio.sleep(3 * EVERY)
        _, text = await fetched(address)
    assert samples(text)["kinora_loop_lag_seconds_count"] >= 1


@pytest.mark.parametrize(
    ("token", "is_public", "sent", "status"),
    [
        (None, False, "", 200),
        (None, True, "", 403),
        ("a word", True, "", 403),
        ("a word", True, "Bearer another", 403),
        ("a word", True, "Bearer ünïcode", 403),
        ("a word", True, "Bearer a word", 200),
        ("a word", False, "", 403),
    ],
)
async def test_money_is_shown_to_nobody_from_outside(
    watched: Watched, token: str | None, is_public: bool, sent: str, status: int
) -> None:
    async with watched.page(token=token, is_public=is_public) as address:
        told, text = await fetched(address, Authorization=sent)
    assert told == status
    assert ("kinora_spent_today_dollars" in text) is (status == 200)


@pytest.mark.parametrize("token", [None, "a word"])
async def test_a_header_that_is_no_text_is_refused_without_a_traceback(
    watched: Watched, token: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    async with watched.page(token=token) as address:
        port = int(address.split(":")[2].partition("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \xff\xfe\r\n\r\n")
        assert await reader.readline() == b"HTTP/1.1 401 Unauthorized\r\n"
        writer.close()
    assert not any(record.exc_info for record in caplog.records)


async def test_steps_are_timed_by_the_phase_that_they_began_in(watched: Watched) -> None:
    ended = asyncio.Event()

    def took(phase: str, seconds: float) -> None:
        watched.step_times.took(phase, seconds)
        ended.set()

    await watched.world.store.add(an_order())
    worker = Worker(
        watched.world.store,
        Runner(watched.context),
        PLENTY,
        name="worker",
        lease_seconds=60,
    )
    worker.tell(took)
    working = asyncio.create_task(worker.run())
    await ended.wait()
    worker.stop()
    await working
    assert (await watched.read())["kinora_step_seconds_count{phase=queued}"] == 1


async def test_the_oldest_order_in_line_is_shown_and_what_discord_and_services_did(watched: Watched) -> None:
    await watched.world.store.add(an_order(created_at=watched.world.clock.now() - timedelta(seconds=90)))
    counters = watched.context.counters
    counters.rate_limited()
    counters.webhook_calls.update(["refused", "nudged", "refused"])
    read = await watched.read()
    assert read["kinora_oldest_queued_seconds"] == 90
    assert read["kinora_discord_rate_limits_total"] == 1
    assert read["kinora_webhook_calls_total{result=refused}"] == 2
