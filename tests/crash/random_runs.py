"""Random runs: several orders, several deaths, and a service and a Discord that answer at random.

All random numbers of a run are drawn from its seed, and recorded in its diary, so that a run can be repeated. At its
end the faults stop and a manager decides what was set aside, as the card says: by the one video that may be it.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.domain.job import Job
from bot.domain.money.costs import Period
from bot.domain.money.usd import FREE
from bot.domain.phases import Cancelled, Done, Failed, NeedsReview, Undelivered, name_of
from bot.domain.video import RemixMethod
from bot.jobs.context import StepContext
from bot.jobs.runner import Runner
from bot.jobs.use_cases.review import Review
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.openai.orders import take_in
from bot.sandbox.video.trouble import Fault, Operation, Reset, Say, Truncate
from storage.db.database import Database
from storage.messages import MessageRows
from tests.builders import a_card, a_catalogue, a_member
from tests.contract.databases import BUDGET, GUILD, World, a_job
from tests.crash.cards import MortalCards, OddCards, PatientCards, the_cards, wrong_cards
from tests.crash.fate import Channel, Fate, MortalFiles, MortalStore
from tests.crash.lives import Site, Stills, claim_and_advance, until_dead
from tests.crash.matrix import PAID, PRICE, RENDER_SECONDS, MakeRunner, Outcome
from tests.crash.odd_discord import OddDiscord, a_result_delivery
from tests.crash.scripts import FAULTS, FOX, NO_DELETE, NO_ROUTE, WHALE, Answers
from tests.workbench import a_step_context

MOST_ROUNDS = 800  # claims of one process
MOST_POINTS = 60  # that a process passes before it dies
MOST_FAULTS = 12  # of the service; more would only make a run longer
MOST_CANCELS = 2
MOST_DECISIONS = 4  # rounds of a manager's, before a job counts as stuck
FAULTY, CANCELLED = 0.3, 0.04  # of all requests; of all rounds
ANYWHERE, STAYS_DOWN = 0.4, 0.6  # of all deaths
DOWN_FOR = 600.0  # seconds, after which no nonce is remembered
WINDOWS = (  # between an irreversible action and its record
    f"while the request to {Operation.CREATE} is on its way",
    f"while the answer to {Operation.CREATE} is on its way",
    f"while the answer to {Operation.REMIX} is on its way",
    "before rendering is stored",
    "after posting, before it is remembered",
    "before done is stored",
)
WAYS = (RemixMethod.NATIVE, RemixMethod.FRAME, RemixMethod.REPROMPT)
LATER: Sequence[Fault] = [Say(status=503), Say(status=429, headers={"Retry-After": "7"}), Reset()]
NO_VIDEO = Say(status=404, body={"error": {"message": "No such video."}})
LISTED = (Answers.REFUSED, Answers.BUSY, Answers.BROKEN, Answers.BROKEN_AFTER)
ANSWERS: Sequence[Fault] = [FAULTS[each] for each in (*LISTED, Answers.RESET, Answers.RESET_AFTER, Answers.NO_ID)]
ODD: Mapping[Operation, Sequence[Fault]] = {
    Operation.CREATE: ANSWERS,
    Operation.REMIX: [*ANSWERS, NO_ROUTE],
    Operation.LOOK: [*LATER, NO_VIDEO],
    Operation.LIST: LATER,
    Operation.CONTENT: [*LATER, Truncate(keep=100)],
    Operation.DELETE: [*LATER, NO_DELETE, Reset(after=True)],
}


@dataclass(kw_only=True)
class RandomRun:
    """A random run. `machines`: processes use them in turn."""

    world: World
    machines: Sequence[Database]
    site: Site
    folder: Path
    seed: int
    make_runner: MakeRunner = Runner
    with_cards: bool = False
    card_channel: Channel = field(default_factory=Channel)
    diary: list[str] = field(default_factory=list)
    fate: Fate = field(default_factory=Fate)
    lives: int = 0
    deaths: int = 0
    is_calm: bool = True
    faults: int = 0
    cancels: int = 0

    def __post_init__(self) -> None:
        self.dice = {
            who: random.Random(f"{self.seed}, {who}") for who in ("service", "people", "fate", "Discord", "cards")
        }
        people = self.dice["people"]
        self.ways = tuple(way for way in WAYS if people.random() < 0.7) or WAYS
        self.source = a_job("a hare in the grass", interaction_id=0)
        self.orders = [self._order(number) for number in range(1, people.randint(2, 5) + 1)]
        self.host = VideoHost(render_seconds=RENDER_SECONDS, clock=lambda: self.world.clock.now().timestamp())
        self.discord = OddDiscord(clock=self.world.clock, dice=self.dice["Discord"], diary=self.diary)

    def _order(self, number: int) -> Job:
        people = self.dice["people"]
        job = a_job(people.choice([FOX, FOX, WHALE]), interaction_id=number)
        is_remix = people.random() < 0.4
        return replace(job, request=replace(job.request, source=self.source.id)) if is_remix else job

    async def to_its_end(self) -> Outcome:
        """Until nothing is left to do, over all its deaths."""
        service = self.host.application()
        service.middlewares.insert(0, self._witness())
        async with self.site.serving(service):
            await self._live(Fate(), [self.source])
            self._begin_trouble(begins=True)
            for _ in range(self.dice["fate"].randint(2, 4)):
                await self._live(self._a_fate(), self.orders)
                if self.dice["fate"].random() < STAYS_DOWN:
                    await self.world.passes(DOWN_FOR)
            await self._live(Fate(), self.orders)
            self._begin_trouble(begins=False)
            await self._decide()
            if self.with_cards:
                await self._live(Fate(), self.orders)  # the next start catches up on whatever failed until the end
        return await judge(self)

    def _a_fate(self) -> Fate:
        """A death anywhere, or where it does most damage: at most points nothing is at stake."""
        dice = self.dice["fate"]
        if dice.random() < ANYWHERE:
            return Fate(dies_after=dice.randint(1, MOST_POINTS))
        return Fate(dies_at=f"{dice.choice(WINDOWS)} (1)", dies_after=2 * MOST_POINTS)

    def _begin_trouble(self, *, begins: bool) -> None:
        self.is_calm = self.discord.is_calm = not begins

    def note(self, words: str) -> None:
        self.diary.append(f"{len(self.diary)}: {words}")

    def _witness(self) -> Middleware:
        @web.middleware
        async def witness(request: web.Request, handler: Handler) -> web.StreamResponse:
            name = str(request.match_info.route.name)
            if name in {*PAID, Operation.CONTENT}:
                await take_in(request)
                self.fate.reaches(f"while the request to {name} is on its way")
            self._throw_for(name)
            response = await handler(request)
            if name in PAID:
                self.fate.reaches(f"while the answer to {name} is on its way")
            return response

        return witness

    def _throw_for(self, name: str) -> None:
        """The fault for this request."""
        dice = self.dice["service"]
        odd = ODD.get(Operation(name), ()) if name in set(Operation) else ()
        if self.is_calm or not odd or self.faults >= MOST_FAULTS or dice.random() >= FAULTY:
            return
        self.faults += 1
        fault = dice.choice(odd)
        self.note(f"the service answers {name} with {fault}")
        self.host.trouble.next(Operation(name), fault)

    # One process

    async def _live(self, fate: Fate, wanted: Sequence[Job]) -> None:
        """From start to death, or until nothing is left to do."""
        database = self.machines[self.lives % len(self.machines)]
        self.fate = self.discord.fate = fate
        self.lives += 1
        store = MortalStore(database=database, clock=self.world.clock, budget=BUDGET, fate=fate)
        runner = self.make_runner(self._context(database, store, fate))
        await until_dead(fate, self._work(store, runner, wanted, self._cards(database, fate)))
        if fate.dead.is_set():
            self.deaths += 1
            self.note(f"life {self.lives} ends {fate.passed[-1]}")

    def _context(self, database: Database, store: MortalStore, fate: Fate) -> StepContext:
        provider = self.site.provider_of("openai")
        provider.fate, provider.has_arrived = fate, None
        return a_step_context(
            database,
            store=store,
            clock=self.world.clock,
            provider=provider,
            publisher=a_result_delivery(database, self.discord),
            files=MortalFiles(self.folder, fate),
            media=Stills(),
            catalogue=a_catalogue(a_card(remix=self.ways)),
        )

    def _cards(self, database: Database, fate: Fate) -> PatientCards | None:
        if not self.with_cards:
            return None
        discord = MortalCards(channel=self.card_channel, fate=fate)
        if not self.is_calm:
            discord = OddCards(channel=self.card_channel, fate=fate, dice=self.dice["cards"], diary=self.diary)
        return PatientCards(cards=the_cards(database, self.card_channel, self.world.clock, fate, discord))

    async def _work(
        self, store: MortalStore, runner: Runner, wanted: Sequence[Job], patient: PatientCards | None
    ) -> None:
        for job in wanted:
            is_known = await store.get(job.id) is not None
            added = None if is_known else await store.add(job)
            if patient is not None and added is not None:
                await patient.cards.show(added)
            elif patient is not None:
                patient.sought[job.id] = job
        for _ in range(MOST_ROUNDS):
            await self._maybe_cancel()
            steps = await claim_and_advance(store, runner)
            await self.world.clock.sleep(0.01)
            if not steps:
                if patient is not None:
                    await patient.catch_up()
                due = await store.next_due()
                if due is None:
                    return
                await self.world.passes(due + 0.01)
        raise AssertionError(f"still busy after {MOST_ROUNDS} rounds")

    async def _maybe_cancel(self) -> None:
        """Somebody cancels, through a different process than the one that dies."""
        people = self.dice["people"]
        if self.is_calm or self.cancels >= MOST_CANCELS or people.random() >= CANCELLED:
            return
        self.cancels += 1
        job = await self.world.store.get(people.choice(self.orders).id)
        if job is not None:
            self.note(f"{job.id} is called off while {name_of(job.phase)}")
            await self.world.store.cancel(job.id, job.owner_id)

    # What only a person can decide

    async def _decide(self) -> None:
        for _ in range(MOST_DECISIONS):
            jobs = [await self.world.store.get(job.id) for job in self.orders]
            reviewed = [job for job in jobs if job is not None and isinstance(job.phase, NeedsReview)]
            if not reviewed:
                return
            for job in reviewed:
                await self._decide_on(job)
            await self._live(Fate(), self.orders)

    async def _decide_on(self, job: Job) -> None:
        fate, database = Fate(), self.world.database
        store = MortalStore(database=database, clock=self.world.clock, budget=BUDGET, fate=fate)
        context = self._context(database, store, fate)
        review = Review(
            queue=store,
            queries=store,
            provider_orders=store,
            providers=context.providers,
            catalogue=context.catalogue,
            events=context.events,
            clock=self.world.clock,
        )
        member = a_member(guild_id=GUILD, manages=True)
        assert isinstance(job.phase, NeedsReview)
        video = await review.candidate(job) or await self._on_the_bill(job)
        self.note(f"a manager decides on {job.phase} with {video}")
        if job.phase.can_go_on:
            await review.go_on(member, job)
        elif video is not None:
            await review.adopt(member, job, video)
        else:
            await review.give_up(member, job, charged=False)

    async def _on_the_bill(self, job: Job) -> str | None:
        """Of two that look alike to the bot a manager takes either: a video with this prompt that no job has."""
        bill = [line.id for line in self.host.created if line.prompt.endswith(job.request.prompt)]
        taken = await self.world.store.known(job.account, bill)
        return next((remote_id for remote_id in bill if remote_id not in taken), None)


async def judge(run: RandomRun) -> Outcome:
    """Compare the promises with the bill, the channel, the files and the books."""
    store, wanted = run.world.store, [run.source, *run.orders]
    jobs = [job for each in wanted if (job := await store.get(each.id)) is not None]
    bill = [line.id for line in run.host.created]
    kept = [job for job in jobs if isinstance(job.phase, Done | Undelivered)]
    ours = [job.phase.remote_id for job in kept if isinstance(job.phase, Done | Undelivered)]
    charged = [job for job in jobs if isinstance(job.phase, Cancelled | Failed) and job.phase.charged]
    shown = [job.id for job in jobs if isinstance(job.phase, Done)]
    costs = await store.costs(GUILD, None, Period.ALL)
    checks = {
        "an order vanished": len(jobs) == len(wanted),
        "a job was left undone": all(job.is_at_rest and not isinstance(job.phase, NeedsReview) for job in jobs),
        "two jobs have one video": len(set(ours)) == len(ours),
        "a video is kept that is on no bill": set(ours) <= set(bill),
        "a paid video failed": not any(isinstance(job.phase, Failed) for job in charged),
        "a video was not shown exactly once": sorted(run.discord.shown) == sorted(shown),
        "a video was kept aside that nobody refused": run.discord.refused or len(shown) == len(kept),
        "a video is not kept": all((run.folder / job.video.video).is_file() for job in kept if job.video),
        f"spent {costs.spent}": costs.spent == PRICE * len([*kept, *charged]),
        f"promised {costs.reserved}": costs.reserved == FREE,
    }
    return Outcome(
        passed=run.diary,
        jobs=jobs,
        paid=len(bill),
        complaints=[
            *(words for words, fine in checks.items() if not fine),
            *map(str, await store.check_books()),
            *await wrong_cards(run.card_channel, MessageRows(database=run.world.database), jobs),
        ],
        paid_twice=max(0, len(bill) - len(jobs)),
        lost=abs(len(set(bill) - set(ours)) - len(charged)),
    )
