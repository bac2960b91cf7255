"""Runs of the crash matrix: orders, a service that answers in one of ten ways, a process that dies at one point.

A process is a store, a runner and files of its own, as the shipped bot builds them, over connections of its own; dying
is an exception nothing catches, after which its objects are thrown away and others are made on the same database. Time
is a number, so that leases and the settle window pass at once. What is paid for is read from the service's own bill.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.domain.errors import MovedOn
from bot.domain.job import Job
from bot.domain.money.costs import Period
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Failed, NeedsReview, name_of
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.jobs.context import StepContext
from bot.jobs.runner import Runner
from bot.providers.common.timeouts import Timeouts
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.openai.orders import take_in
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Fault, Hang, Operation, Reset, Say
from storage.db.database import Database
from storage.messages import MessageRows
from tests.builders import an_account
from tests.contract.databases import BUDGET, GUILD, World, a_job
from tests.crash.fate import Channel, Fate, Killed, MortalFiles, MortalProvider, MortalPublisher, MortalStore
from tests.workbench import a_step_context

PLACES = ConcurrencyLimits(total=3)
MOST_ROUNDS = 300  # claims of one process; a job needs about twenty
RENDER_SECONDS = 1.0  # so that the first look finds it finished
LATE_COMMIT = 150.0  # seconds after the request; the settle window is 180
ANSWERING, COMMITTING = 10.0, 0.2  # seconds an order is waited for: usually, and when its answer comes too late
PRICE = Usd.of("0.40")

MakeRunner = Callable[[StepContext], Runner]


class Answers(StrEnum):
    """How the service answers the first order. All later ones are taken."""

    OK = "ok"
    REFUSED = "refused 400"
    BUSY = "429 then ok"
    BROKEN = "500 before it was taken"
    BROKEN_AFTER = "500 after it was taken"
    RESET = "reset before it was taken"
    RESET_AFTER = "reset after it was taken"
    LATE = "time-out, taken 150 s later"
    NO_ID = "200 without an id"
    BROKEN_BLIND = "500 after it was taken, and no list to look in"


FAULTS: dict[Answers, Fault] = {
    Answers.REFUSED: Say(status=400, body={"error": {"message": "We do not paint foxes.", "code": "invalid_value"}}),
    Answers.BUSY: Say(status=429, body={"error": {"message": "Slow down."}}, headers={"Retry-After": "7"}),
    Answers.BROKEN: Say(status=500, body={"error": {"message": "Broken."}}),
    Answers.BROKEN_AFTER: Say(status=500, body={"error": {"message": "Broken."}}, after=True),
    Answers.BROKEN_BLIND: Say(status=500, body={"error": {"message": "Broken."}}, after=True),
    Answers.RESET: Reset(),
    Answers.RESET_AFTER: Reset(after=True),
    Answers.NO_ID: Say(status=200, body={"object": "video", "status": "queued"}, after=True),
}

# What becomes of the first order when nobody dies.
UNDISTURBED: dict[Answers, type[Done | Failed | NeedsReview]] = {
    **dict.fromkeys(Answers, Done),
    Answers.REFUSED: Failed,
    Answers.BROKEN: Failed,
    Answers.RESET: Failed,
    Answers.BROKEN_BLIND: NeedsReview,
}


class Orders(StrEnum):
    """What people order."""

    ONE = "one order"
    ALIKE = "two alike"
    DIFFERENT = "two different"

    @property
    def prompts(self) -> Sequence[str]:
        match self:
            case Orders.ONE:
                return ["a fox in the snow"]
            case Orders.ALIKE:
                return ["a fox in the snow", "a fox in the snow"]
            case Orders.DIFFERENT:
                return ["a fox in the snow", "a whale in the sky"]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a run ended, counted on the service's bill and in the channel."""

    passed: Sequence[str]  # the points the first process came by
    jobs: Sequence[Job]
    paid: int
    complaints: Sequence[str]  # everything that is not as promised, a sentence each
    paid_twice: int
    lost: int

    @property
    def phases(self) -> list[str]:
        return [name_of(job.phase) for job in self.jobs]


class Site:
    """One address for a service that is built anew for each run, and the adapters that speak to it."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        base_url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/video/openai/v1"
        self.providers = {
            seconds: MortalProvider(an_account(key=SANDBOX_KEY, base_url=base_url), Timeouts(submit=seconds, look=10.0))
            for seconds in (ANSWERING, COMMITTING)
        }

    @asynccontextmanager
    async def serving(self, service: web.Application) -> AsyncIterator[None]:
        whole = web.Application()
        whole.add_subapp("/video/openai", service)
        runner = web.AppRunner(whole, access_log=None, shutdown_timeout=1.0)
        await runner.setup()
        try:
            await web.SockSite(runner, self._listener.dup()).start()
            yield
        finally:
            await runner.cleanup()

    async def close(self) -> None:
        for provider in self.providers.values():
            await provider.close()
        self._listener.close()


@dataclass(kw_only=True)
class Run:
    """One run: who orders what, how the service answers, where the first process dies."""

    world: World
    machines: Sequence[Database]  # where the first process runs, and where its successor does
    site: Site
    folder: Path
    answers: Answers
    orders: Orders
    dies_at: str | None = None
    make_runner: MakeRunner = Runner
    channel: Channel = field(default_factory=Channel)
    commit: asyncio.Event = field(default_factory=asyncio.Event)  # the late order is taken now
    committed: asyncio.Event = field(default_factory=asyncio.Event)
    asked_at: float | None = None  # when the service was asked to make a video for the first time
    fate: Fate = field(default_factory=Fate)

    def __post_init__(self) -> None:
        self.jobs = [a_job(prompt, interaction_id=number) for number, prompt in enumerate(self.orders.prompts)]
        self.host = VideoHost(render_seconds=RENDER_SECONDS, clock=lambda: self.world.clock.now().timestamp())
        self.fate = Fate(dies_at=self.dies_at)

    async def to_its_end(self) -> Outcome:
        """Until nothing is left to do, over one death at most."""
        self._script_trouble()
        service = self.host.application()
        service.middlewares.insert(0, self._witness())
        async with self.site.serving(service):
            first = self.fate
            await self._lifetime(self.machines[0], first)
            if first.dead.is_set():
                await self._lifetime(self.machines[1], Fate())
            await self._take_late_order()
        return await judge(self, first)

    def _script_trouble(self) -> None:
        fault = Hang(until=self.commit) if self.answers is Answers.LATE else FAULTS.get(self.answers)
        if fault is not None:
            self.host.trouble.next(Operation.CREATE, fault)
        if self.answers is Answers.BROKEN_BLIND:
            self.host.trouble.next(Operation.LIST, *[Say(status=404, body={"detail": "Not Found"})] * MOST_ROUNDS)

    def _witness(self) -> Middleware:
        """What the service sees of the process. It finishes what it has begun, whoever has died meanwhile."""

        @web.middleware
        async def witness(request: web.Request, handler: Handler) -> web.StreamResponse:
            name = request.match_info.route.name
            is_first_order = name == Operation.CREATE and self.asked_at is None
            if is_first_order:
                self.asked_at = self.world.clock.now().timestamp()
            if name in {Operation.CREATE, Operation.CONTENT}:
                await take_in(request)  # it has arrived in full
                self.fate.reaches(f"while the request to {name} is on its way")
            response = await handler(request)
            if is_first_order:
                self.committed.set()
            if name == Operation.CREATE:
                self.fate.reaches("while the answer to create is on its way")
            return response

        return witness

    # One process

    async def _lifetime(self, database: Database, fate: Fate) -> None:
        """From start to death, or until nothing is left to do."""
        self.fate = fate
        provider = self.site.providers[COMMITTING if self.answers is Answers.LATE else ANSWERING]
        provider.fate = fate
        store = MortalStore(database=database, clock=self.world.clock, budget=BUDGET, fate=fate)
        files = MortalFiles(self.folder, fate)
        publisher = MortalPublisher(
            channel=self.channel, messages=MessageRows(database=database), files=files, fate=fate
        )
        context = a_step_context(
            database, store=store, clock=self.world.clock, provider=provider, publisher=publisher, files=files
        )
        await self._until_dead(fate, self._work(store, self.make_runner(context)))

    async def _until_dead(self, fate: Fate, work: Awaitable[None]) -> None:
        working, dying = asyncio.ensure_future(work), asyncio.ensure_future(fate.dead.wait())
        await asyncio.wait({working, dying}, return_when=asyncio.FIRST_COMPLETED)
        for task in (working, dying):
            task.cancel()
        outcome, _ = await asyncio.gather(working, dying, return_exceptions=True)
        if isinstance(outcome, BaseException) and not isinstance(outcome, Killed | asyncio.CancelledError):
            raise outcome

    async def _work(self, store: MortalStore, runner: Runner) -> None:
        for job in self.jobs:
            if await store.get(job.id) is None:  # whoever got no answer orders again
                await store.add(job)
        for _ in range(MOST_ROUNDS):
            leases = await store.claim("worker", PLACES, 10)
            for lease in leases:
                try:
                    await runner.advance(lease)
                except MovedOn:
                    continue
            await self.world.clock.sleep(0.01)  # PostgreSQL's own clock went on meanwhile, and so does ours
            if not leases:
                due = await store.next_due()
                if due is None:
                    return
                await self._pass(due + 0.01)
        raise AssertionError(f"still busy after {MOST_ROUNDS} rounds")

    async def _pass(self, seconds: float) -> None:
        """Time goes by; when the late order is taken, it is taken then and no later."""
        now = self.world.clock.now().timestamp()
        due = None if self.asked_at is None else self.asked_at + LATE_COMMIT
        if self.answers is Answers.LATE and due is not None and not self.commit.is_set() and now + seconds >= due:
            await self.world.passes(max(0.0, due - now))
            await self._take_late_order()
            seconds -= max(0.0, due - now)
        await self.world.passes(max(0.0, seconds))

    async def _take_late_order(self) -> None:
        if self.answers is Answers.LATE and self.asked_at is not None and not self.commit.is_set():
            self.commit.set()
            await self.committed.wait()


async def judge(run: Run, first: Fate) -> Outcome:
    """Compare what was promised with the bill, the channel, the files and the books."""
    store = run.world.store
    jobs = [job for wanted in run.jobs if (job := await store.get(wanted.id)) is not None]
    bill = [line.id for line in run.host.created]
    done = [job for job in jobs if isinstance(job.phase, Done)]
    reviewed = [job for job in jobs if isinstance(job.phase, NeedsReview)]
    ours = [job.phase.remote_id for job in done if isinstance(job.phase, Done)]
    costs = await store.costs(GUILD, None, Period.ALL)
    checks = {
        "an order vanished": len(jobs) == len(run.jobs),
        "a job was left undone": all(job.is_at_rest for job in jobs),
        "a service that lists leaves nothing to review": run.answers is Answers.BROKEN_BLIND or not reviewed,
        "two jobs have one video": len(set(ours)) == len(ours),
        "a video was shown that is on no bill": set(ours) <= set(bill),
        "a failure was charged": not any(
            job.cost or job.phase.charged for job in jobs if isinstance(job.phase, Failed)
        ),
        "a video was not shown exactly once": sorted(job_id for job_id, _ in run.channel.posts)
        == sorted(job.id for job in done),
        "a shown video is not kept": all((run.folder / job.video.video).is_file() for job in done if job.video),
        f"spent {costs.spent}": costs.spent == PRICE * len(done),
        f"promised {costs.reserved}": costs.reserved == PRICE * len(reviewed),
    }
    paid_twice = max(0, len(bill) - len(jobs))
    lost = len(set(bill) - set(ours)) - len(reviewed) if not paid_twice else 0
    return Outcome(
        passed=first.passed,
        jobs=jobs,
        paid=len(bill),
        complaints=[*(words for words, fine in checks.items() if not fine), *map(str, await store.check_books())],
        paid_twice=paid_twice,
        lost=max(0, lost),
    )
