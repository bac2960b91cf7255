"""Runs of the crash matrix: orders, a service that answers in one of twelve ways, a process that dies at one point.

A process is its own store, runner and files, built like those of the shipped bot, with its own connections; dying is an
exception that nothing catches, after which its objects are discarded and new ones are created on the same database.
Time is a number, so that leases and the settle window pass at once. What was paid is read from the service's own bill.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.domain.accounts import KeyOwner
from bot.domain.job import Job
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import (
    AwaitingApproval,
    Cancelled,
    Done,
    Failed,
    NeedsReview,
    Phase,
    Queued,
    Rendering,
    Submitting,
    name_of,
)
from bot.domain.ports.clock import Clock
from bot.domain.ports.provider import Provider
from bot.domain.video import Mode, VideoOptions
from bot.jobs.context import StepContext
from bot.jobs.events import JobEvents
from bot.jobs.providers.open_keys import OpenKeys
from bot.jobs.providers.registry import ProviderRegistry
from bot.jobs.reconcile.sweep import Reconciler
from bot.jobs.runner import Runner
from bot.jobs.use_cases.review import Review
from bot.sandbox.video.comfyui.service import ComfyUIHost
from bot.sandbox.video.openai.orders import take_in
from bot.sandbox.video.trouble import Hang, Operation, Say
from storage.db.database import Database
from storage.keys.store import SqlKeyStore
from storage.messages import MessageRows
from storage.records import SqlRecords
from tests.approvers import approvals_on
from tests.builders import a_catalogue, a_member, an_account
from tests.contract.databases import ANN, BUDGET, GUILD, World, a_job, in_a_batch
from tests.crash.cards import CardsOfAProcess, the_batch_cards, the_cards
from tests.crash.fate import Channel, Fate, MortalFiles, MortalPublisher, MortalStore
from tests.crash.hosts import card_for, host_for, id_on_the_bill
from tests.crash.lives import Site, Stills, claim_and_advance, until_dead
from tests.crash.scripts import AN_HOUR, FAULTS, LATER, STOPPABLE, Answers, Orders
from tests.keys import PlainCipher, stored
from tests.workbench import a_step_context

MOST_ROUNDS = 300  # claims of one process; a job needs about twenty
MOST_LATE_ROUNDS = 1000  # likewise, if an order is looked for for a long time
RENDER_SECONDS = 1.0  # so that the first poll finds it finished
STOPPABLE_SECONDS = 600.0  # for an order that is to be stopped: longer than the search for a lost answer
PAID = frozenset({Operation.CREATE, Operation.REMIX, Operation.EDIT, Operation.EXTEND})
PRICE = Usd.of("0.40")
OWN = KeyOwner(guild_id=GUILD, member_id=ANN).account("openai")
APPROVAL_TIME = timedelta(hours=24)
APPROVER = a_member(guild_id=GUILD, id=7, manages=True)

MakeRunner = Callable[[StepContext], Runner]


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a run ended, by the service's bill and the channel."""

    passed: Sequence[str]  # the points that the first process passed
    jobs: Sequence[Job]
    paid: int
    complaints: Sequence[str]  # everything that is not as promised, a sentence each
    paid_twice: int
    lost: int

    @property
    def phases(self) -> list[str]:
        return [name_of(job.phase) for job in self.jobs]


@dataclass(kw_only=True)
class Run:
    """One run: who orders what, how the service answers, where the first process dies."""

    world: World
    machines: Sequence[Database]  # the database connections of the first process and of its successor
    site: Site
    folder: Path
    answers: Answers
    orders: Orders
    dies_at: str | None = None
    make_runner: MakeRunner = Runner
    channel: Channel = field(default_factory=Channel)
    commit: asyncio.Event = field(default_factory=asyncio.Event)  # the late order is accepted now
    committed: asyncio.Event = field(default_factory=asyncio.Event)
    take_it: Callable[[], Awaitable[object]] | None = None  # accepts an order that was answered with an error
    arrived: asyncio.Event = field(default_factory=asyncio.Event)  # the service has received all of the first order
    asked_at: float | None = None  # when the service was first asked to make a video
    fate: Fate = field(default_factory=Fate)

    is_scripted: bool = False  # the preparations are done, the faults begin
    cancelled: bool = False  # its owner asks once
    key_removed: bool = False
    ended: Collection[str] = ()  # renders ended by a restart of the service: never delivered, never charged

    def __post_init__(self) -> None:
        self.earlier = [a_job("a hare in the grass", interaction_id=-1)] if self.orders.is_remix else []
        self.jobs = [a_job(prompt, interaction_id=number) for number, prompt in enumerate(self.orders.prompts)]
        if self.orders is Orders.BATCH:
            self.jobs = in_a_batch(self.jobs)
        if self.orders.needs_approval:
            now = self.world.clock.now()
            self.jobs = [job.moved_to(AwaitingApproval(since=now, until=now + APPROVAL_TIME)) for job in self.jobs]
        if self.orders is Orders.OWN_KEY:
            self.jobs = [replace(job, account=OWN) for job in self.jobs]
        if self.orders is Orders.WITH_OPTIONS:
            self.jobs = [with_seed(job, seed) for seed, job in enumerate(self.jobs)]
        for source in self.earlier:
            self.jobs = [
                replace(job, request=replace(job.request, source=source.id, aim=self.orders.aim)) for job in self.jobs
            ]
        self.host = host_for(self.orders, self.render_seconds, lambda: self.world.clock.now().timestamp())
        self.fate = Fate(dies_at=self.dies_at)

    @property
    def render_seconds(self) -> float:
        """A video that is to be stopped is still being made when it is found after its answer was lost."""
        if self.orders is Orders.CANCELLED_TOO_LATE:
            return 0.0
        return STOPPABLE_SECONDS if self.orders in STOPPABLE else RENDER_SECONDS

    @property
    def later(self) -> float:
        """Seconds from the request until an order that is answered too late is accepted."""
        return AN_HOUR if self.orders.is_taken_too_late else LATER.get(self.answers, 0.0)

    async def to_its_end(self) -> Outcome:
        """Until nothing is left to do, over one death at most."""
        service = self.host.application()
        service.middlewares.insert(0, self._witness())
        async with self.site.serving(service, self.orders.dialect):
            first = self.fate
            if self.orders is Orders.OWN_KEY:
                await stored(self.keys, OWN)
            if self.earlier:
                await self._lifetime(self.machines[0], Fate(), self.earlier)
            self._script_trouble()
            await self._lifetime(self.machines[0], first, self.jobs)
            if first.dead.is_set():
                if isinstance(self.host, ComfyUIHost) and self.orders is Orders.RESTARTED:
                    self.ended = self.host.restart()
                await self._lifetime(self.machines[1], Fate(), self.jobs)
            await self._take_late_order()
        return await judge(self, first)

    @property
    def keys(self) -> SqlKeyStore:
        return SqlKeyStore(database=self.world.database, clock=self.world.clock)

    async def _remove_key(self, store: MortalStore) -> None:
        """Its owner removes it while its order renders; it has to remain usable until that is over."""
        if self.orders is not Orders.OWN_KEY:
            return
        job = await store.get(self.jobs[0].id)
        if job is not None and isinstance(job.phase, Rendering):
            self.key_removed = True
            await self.keys.remove(OWN)

    def _script_trouble(self) -> None:
        for operation, faults in self.orders.faults.items():
            self.host.trouble.next(operation, *faults)
        fault = Hang(until=self.commit) if self.answers is Answers.LATE else FAULTS.get(self.answers)
        if fault is not None:
            times = 2 if self.answers is Answers.BROKEN_TWICE else 1
            self.host.trouble.next(self.orders.operation, *[fault] * times)
        self.is_scripted = True
        if self.answers is Answers.BROKEN_BLIND:
            self.host.trouble.next(Operation.LIST, *[Say(status=404, body={"detail": "Not Found"})] * MOST_ROUNDS)

    def _witness(self) -> Middleware:
        """What the service sees of the process. It finishes what it began, even if the process has died meanwhile."""

        @web.middleware
        async def witness(request: web.Request, handler: Handler) -> web.StreamResponse:
            name = request.match_info.route.name
            is_first_order = self.is_scripted and name == self.orders.operation and self.asked_at is None
            if is_first_order:
                self.asked_at = self.world.clock.now().timestamp()
            if name in {*PAID, Operation.CONTENT}:
                await take_in(request)  # it has arrived completely
                self.fate.reaches(f"while the request to {name} is on its way")
            if name in PAID:
                await self._cancel_while(Submitting)
            if is_first_order:
                self.arrived.set()  # the process stops waiting for an answer now
            response = await handler(request)
            if is_first_order:
                self.committed.set()
                self.take_it = partial(handler, request) if self.answers is Answers.BROKEN_SHOWS else None
            if name in PAID:
                self.fate.reaches(f"while the answer to {name} is on its way")
            return response

        return witness

    # One process

    async def _lifetime(self, database: Database, fate: Fate, wanted: Sequence[Job]) -> None:
        """From start to death, or until nothing is left to do."""
        self.fate = fate
        is_late = self.is_scripted and self.answers is Answers.LATE and not self.arrived.is_set()
        provider = self.site.provider_of(self.orders.server)
        provider.fate, provider.has_arrived = fate, self.arrived if is_late else None
        store = MortalStore(database=database, clock=self.world.clock, budget=BUDGET, fate=fate)
        files = MortalFiles(self.folder, fate)
        publisher = MortalPublisher(
            channel=self.channel,
            batch_cards=the_batch_cards(database, self.channel, self.world.clock, fate),
            files=files,
            fate=fate,
            meanwhile=lambda: self._cancel_while(Queued),
        )
        context = a_step_context(
            database,
            store=store,
            clock=self.world.clock,
            provider=provider,
            publisher=publisher,
            files=files,
            media=Stills(fate),
            catalogue=a_catalogue(card_for(self.orders)),
        )
        if self.orders is Orders.OWN_KEY:
            context = replace(context, providers=with_own_keys(provider, database, self.world.clock))
        cards = the_cards(database, self.channel, self.world.clock, fate)
        runner, sweep = self.make_runner(context), partial(self._sweep, context, provider)
        await until_dead(fate, self._work(store, runner, wanted, cards, sweep))

    async def _sweep(self, context: StepContext, provider: Provider) -> None:
        """Orders that were accepted too late are made by then."""
        await self._take_late_order()
        await self.world.passes(2 * RENDER_SECONDS)
        records = SqlRecords(database=self.world.database, clock=self.world.clock)
        await Reconciler(context=context, records=records).sweep(provider, starting=False)

    async def _work(
        self,
        store: MortalStore,
        runner: Runner,
        wanted: Sequence[Job],
        cards: CardsOfAProcess,
        sweep: Callable[[], Awaitable[None]],
    ) -> None:
        for ordered in [wanted] if self.orders is Orders.BATCH else [[job] for job in wanted]:
            if await store.get(ordered[0].id) is None:  # a member without an answer orders again
                await cards.show((await store.add_all(ordered))[0] if len(ordered) > 1 else await store.add(ordered[0]))
            else:
                await cards.lost.find(ordered[0])
        rounds = MOST_LATE_ROUNDS if self.orders.may_stay_unknown else MOST_ROUNDS
        is_swept = not self.orders.is_taken_too_late
        for _ in range(rounds):
            await self._cancel_while(Rendering)
            await self._decide(store)
            await self._remove_key(store)
            steps = await claim_and_advance(store, runner)
            await self.world.clock.sleep(0.01)  # PostgreSQL's own clock advanced meanwhile, and so does ours
            if not steps:
                await cards.catch_up()
                due = await store.next_due()
                if due is None and is_swept:
                    return
                if due is None:
                    await sweep()
                    is_swept = True
                    continue
                await self._pass(due + 0.01)
        raise AssertionError(f"still busy after {rounds} rounds")

    async def _decide(self, store: MortalStore) -> None:
        """An approver decides about the first order; after a death they have decided, or decide again."""
        if not self.orders.is_decided_on:
            return
        job, approvals = await store.get(self.jobs[0].id), approvals_on(store)
        if job is not None and self.orders is Orders.PAID_AGAIN and isinstance(job.phase, NeedsReview):
            await a_review(store).pay_again(APPROVER, job)
            return
        if job is None or not isinstance(job.phase, AwaitingApproval):
            return
        if self.orders is Orders.APPROVED:
            await approvals.approve(APPROVER, job.id)
        elif self.orders is Orders.DENIED:
            await approvals.deny(APPROVER, job.id, "Too dear.")

    async def _cancel_while(self, phase: type[Phase]) -> None:
        """Its owner cancels once, through a different process than the one that dies."""
        if self.orders.cancelled_while is not phase or self.cancelled:
            return
        job = await self.world.store.get(self.jobs[0].id)
        if job is not None and isinstance(job.phase, phase):
            self.cancelled = True
            await self.world.store.cancel(job.id, job.owner_id)

    async def _pass(self, seconds: float) -> None:
        """Let time pass; a late order is accepted exactly when it is due."""
        now = self.world.clock.now().timestamp()
        due = None if self.asked_at is None else self.asked_at + self.later
        if self.answers in LATER and due is not None and not self.commit.is_set() and now + seconds >= due:
            await self.world.passes(max(0.0, due - now))
            await self._take_late_order()
            seconds -= max(0.0, due - now)
        await self.world.passes(max(0.0, seconds))

    async def _take_late_order(self) -> None:
        if self.answers in LATER and self.asked_at is not None and not self.commit.is_set():
            self.commit.set()
            await (self.take_it() if self.take_it is not None else self.committed.wait())


def a_review(store: MortalStore) -> Review:
    return Review(
        queue=store,
        queries=store,
        provider_orders=store,
        providers={},
        catalogue=a_catalogue(),
        events=JobEvents(),
        clock=store.clock,
    )


def with_seed(job: Job, seed: int) -> Job:
    return replace(job, request=replace(job.request, options=VideoOptions(seed=seed, negative_prompt="hounds")))


def with_own_keys(provider: Provider, database: Database, clock: Clock) -> ProviderRegistry:
    """Own keys belong to the same account as the provider's own, which is never closed here."""
    keys = OpenKeys(
        keys=SqlKeyStore(database=database, clock=clock),
        cipher=PlainCipher(),
        accounts={provider.name: an_account()},
        open_account=lambda _: provider,
        learned=lambda _: None,
    )
    return ProviderRegistry({provider.name: provider}, keys)


async def stands_on_its_card(run: Run, job: Job) -> bool:
    shown = await MessageRows(database=run.world.database).shown(job.id)
    return shown.is_on_its_card and shown.card is not None and shown.card.message_id in run.channel.cards


async def judge(run: Run, first: Fate) -> Outcome:
    """Compare the promises with the bill, the channel, the files and the books."""
    store = run.world.store
    all_wanted = [*run.jobs, *run.earlier]
    jobs = [job for wanted in all_wanted if (job := await store.get(wanted.id)) is not None]
    jobs += [job for job in await store.latest(GUILD, None, 10) if job.doubles is not None]
    bill = [line.id for line in run.host.created if line.id not in run.ended]
    done = [job for job in jobs if isinstance(job.phase, Done)]
    reviewed = [job for job in jobs if isinstance(job.phase, NeedsReview)]
    stopped = [job for job in jobs if isinstance(job.phase, Cancelled) and job.phase.charged]
    ours = [id_on_the_bill(run.host, job.phase.remote_id) for job in done if isinstance(job.phase, Done)]
    is_unfindable = run.answers is Answers.BROKEN_BLIND  # for us; a person is asked
    cards = set(run.channel.cards.values())
    on_card = [job.id for job in done if await stands_on_its_card(run, job)]
    costs = await store.costs(GUILD, None, Period.ALL)
    await run.keys.purge()
    key_is_gone = await run.keys.sealed(OWN) is None
    checks = {
        "a key went too early or stayed too long": run.orders is not Orders.OWN_KEY
        or key_is_gone == (run.key_removed and not reviewed),
        "an own key's order counts in its server's month": run.orders is not Orders.OWN_KEY
        or (await store.month(GUILD)).used == FREE,
        "an order vanished": len([job for job in jobs if job.doubles is None]) == len(all_wanted),
        "a job was left undone": all(job.is_at_rest for job in jobs),
        "a service that lists leaves nothing to review": is_unfindable or run.orders.may_stay_unknown or not reviewed,
        "a service that shows what it has made leaves some of it to review": is_unfindable
        or not run.orders.may_stay_unknown
        or run.orders is Orders.RESTARTED
        or set(bill) <= set(ours),
        "two jobs have one video": len(set(ours)) == len(ours),
        "a video was shown that is on no bill": set(ours) <= set(bill),
        "a failure was charged": not any(
            job.cost or job.phase.charged for job in jobs if isinstance(job.phase, Failed)
        ),
        "a video was not shown exactly once": sorted([*(job_id for job_id, _ in run.channel.posts), *on_card])
        == sorted(job.id for job in done),
        "a shown video has a card beside it": cards.isdisjoint(job.id for job in done if job.batch is None),
        "an order has two cards": len(cards) == len(run.channel.cards),
        "a shown video is not kept": all((run.folder / job.video.video).is_file() for job in done if job.video),
        "an order was made without its options, or with another's": all(
            (line.ordered.seed, line.ordered.without) == (job.request.options.seed, job.request.options.negative_prompt)
            for job in done
            for line in run.host.created
            if isinstance(job.phase, Done) and not run.orders.is_named and line.id == job.phase.remote_id
        ),
        "an extension is not one with its source": all(
            job.video is not None and job.video.extension is not None and job.video.extension.is_whole
            for job in done
            if job.request.mode is Mode.EXTEND
        ),
        f"spent {costs.spent}": costs.spent == PRICE * len([*done, *stopped]),
        f"promised {costs.reserved}": costs.reserved == PRICE * len(reviewed),
    }
    paid_twice = max(0, len(bill) - len(jobs))
    lost = len(set(bill) - set(ours)) - len([*reviewed, *stopped]) if not paid_twice else 0
    return Outcome(
        passed=first.passed,
        jobs=jobs,
        paid=len(bill),
        complaints=[*(words for words, fine in checks.items() if not fine), *map(str, await store.check_books())],
        paid_twice=paid_twice,
        lost=max(0, lost),
    )
