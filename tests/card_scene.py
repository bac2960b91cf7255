"""Jobs, their cards and a Discord, for tests of drawing cards on an event loop that skips time."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any, TypeVar, TypeVarTuple, Unpack

import discord

from bot.domain.access.preferences import MemberPreferences, Notify
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage, QueuePosition
from bot.domain.messages import plain
from bot.domain.phases import Cause, Done, Failed, Phase, Queued, Rendering, name_of
from bot.domain.ports.messages import CardState, Shown
from bot.domain.video import Picture
from bot.jobs.delivery.batch_news import BatchNews
from bot.jobs.delivery.cards import CardRemoval, CardTroubles, LostCards
from bot.jobs.timing.estimates import JobEstimate, RenderOutlook, estimate
from bot.jobs.timing.forecast import RenderForecast
from bot.jobs.timing.render_times import RenderTimes
from bot.jobs.use_cases.guild import GuildPreferences
from bot.ui.cards.batch_rendering import BatchRenderer
from bot.ui.cards.rendering import CardRenderer
from bot.ui.interactions.buttons import JobButton
from bot.ui.publish.discord_cards import DiscordCards
from bot.ui.publish.live_cards import LiveCards
from tests.builders import CHANNEL, NOON, a_video
from tests.changes import some_changes
from tests.languages import ENGLISH_ONLY
from tests.scripted import MemoryRecords, SteppingClock

FAILED = Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=False, finished_at=NOON)
RENDERING = Rendering(remote_id="r", started_at=NOON)
DONE = Done(video=a_video(), remote_id="r", finished_at=NOON)
US = "us"
PICTURE = Picture(key="p.png", preview="p.jpg", sha256="0", note="")

Args = TypeVarTuple("Args")
Result = TypeVar("Result")


class SkippingSelector(selectors.SelectSelector):
    """Where the loop would wait for its clock, the clock is advanced instead; threads are waited for."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped = 0.0
        self.in_threads = 0

    def select(self, timeout: float | None = None) -> list[Any]:
        waits = timeout is None or (timeout > 0 and self.in_threads > 0)
        ready = super().select(None if waits else 0)
        if not ready and timeout:
            self.skipped += timeout
        return ready


class SkippingLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self.selector = SkippingSelector()
        super().__init__(self.selector)

    def time(self) -> float:
        """The seconds that a slow machine takes do not count."""
        return self.selector.skipped

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Args]], Result], *args: *Args
    ) -> asyncio.Future[Result]:
        self.selector.in_threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(lambda _: self._back())
        return future

    def _back(self) -> None:
        self.selector.in_threads -= 1

    async def shutdown_default_executor(self, _: float | None = None) -> None:
        """Without the limit that Python 3.12 and later set: threads take real time, which this clock would skip."""
        await super().shutdown_default_executor()


@dataclass(frozen=True)
class Edit:
    at: float
    job: str
    words: str
    uploads: int


@dataclass
class Told:
    """The BatchOwnerChannel, and its owner's preferences."""

    notify: Notify = Notify.PING
    said: list[tuple[int, int, bool]] = field(default_factory=list)

    async def of(self, _member: int) -> MemberPreferences:
        return MemberPreferences(notify=self.notify)

    async def say_ready(
        self, _lead: Job, _card: PostedMessage, there: int, ordered: int, *, direct: bool, nonce: str
    ) -> PostedMessage:
        assert nonce.endswith("-ready")
        self.said.append((there, ordered, direct))
        return PostedMessage(channel_id=CHANNEL, message_id=77)


@dataclass
class Scene:
    """Jobs, their cards, and a Discord that takes edits or answers with the next fault: everything LiveCards needs."""

    jobs: dict[JobId, Job] = field(default_factory=dict)
    cards: dict[JobId, PostedMessage] = field(default_factory=dict)
    noted: dict[JobId, str] = field(default_factory=dict)
    results: dict[JobId, PostedMessage] = field(default_factory=dict)
    lost: list[Job] = field(default_factory=list)
    records: MemoryRecords = field(default_factory=MemoryRecords)
    edits: list[Edit] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    history: list[Any] = field(default_factory=list)  # messages in the channel
    batches: dict[JobId, list[JobId]] = field(default_factory=dict)
    votes: dict[JobId, int] = field(default_factory=dict)
    told: Told = field(default_factory=Told)
    copied: tuple[JobId, PostedMessage] | None = None
    searches: int = 0
    user: str = US
    trouble: list[Exception] = field(default_factory=list)
    tried: int = 0
    queue_reads: int = 0
    looks: int = 0  # at jobs
    drawings: int = 0
    usual: float | None = None  # typical seconds of a render
    while_noting: Callable[[], object] = lambda: None  # called between the storing of a card and its answer

    def __post_init__(self) -> None:
        outside: Any = self
        channel, clock = DiscordCards(client=outside), SteppingClock()
        self.renderer = CardRenderer(
            browse=outside,
            alternatives=outside,
            messages=outside,
            files=outside,
            spoilers=outside,
            languages=ENGLISH_ONLY,
        )
        self.batch_renderer = BatchRenderer(
            browse=outside, messages=outside, files=outside, spoilers=outside, votes=outside, languages=ENGLISH_ONLY
        )
        self.troubles = CardTroubles(records=self.records, clock=clock)
        self.live = LiveCards(
            channel=channel,
            renderer=self.renderer,
            batches=self.batch_renderer,
            news=BatchNews(choices=self.told, messages=outside, records=self.records, channel=self.told),
            browse=outside,
            messages=outside,
            removal=CardRemoval(
                messages=outside,
                preferences=GuildPreferences(records=self.records, changes=some_changes()),
                channel=channel,
            ),
            lost=LostCards(messages=outside, records=self.records, channel=channel, clock=clock),
            troubles=self.troubles,
        )

    async def ordered(self, job: Job) -> Job:
        """An order whose card was sent, with a known id."""
        self.jobs[job.id] = job
        await self.live.remember([job], self.message(job), await self.renderer.draw(job))
        return job

    def moves(self, job: Job, phase: Phase) -> Job:
        self.jobs[job.id] = job.moved_to(phase)
        self.live.heard(self.jobs[job.id])
        return self.jobs[job.id]

    def message(self, job: Job) -> Any:
        return a_card(job, ["reference.jpg"] if job.request.picture else [])

    @property
    def private_videos(self) -> Scene:
        return self

    async def taken_down(self, _jobs: list[Job]) -> dict[JobId, Any]:
        return {}

    def of(self, job: Job) -> list[Edit]:
        return [edit for edit in self.edits if edit.job == job.id]

    # Discord

    def get_partial_messageable(self, _channel: int) -> Any:
        return SimpleNamespace(get_partial_message=self.get_partial_message, history=self.messages)

    def get_partial_message(self, message: int) -> Any:
        job = next(job for job in self.jobs.values() if int(job.id, 36) == message)
        return SimpleNamespace(edit=partial(self.edit, job), delete=partial(self.delete, job))

    async def edit(self, job: Job, *, view: Any, attachments: Sequence[Any], **_others: Any) -> Any:
        self.tried += 1
        if self.trouble:
            raise self.trouble.pop(0)
        uploads = sum(isinstance(each, discord.File) for each in attachments)
        said = str(view.to_components())
        self.edits.append(Edit(at=asyncio.get_running_loop().time(), job=job.id, words=said, uploads=uploads))
        names = [each.filename if isinstance(each, discord.File) else each.name for each in attachments]
        return a_card(job, names)

    async def messages(self, **_about: Any) -> AsyncIterator[Any]:
        self.searches += 1
        if self.trouble:
            raise self.trouble.pop(0)
        for message in self.history:
            message.id = max((int(job, 36) for job in self.jobs), default=0)
            yield message

    async def delete(self, job: Job) -> None:
        self.tried += 1
        if self.trouble:
            raise self.trouble.pop(0)
        self.removed.append(job.id)

    # What is stored

    async def find(self, job_id: JobId) -> Job | None:
        self.looks += 1
        return self.jobs.get(job_id)

    async def batch(self, lead: JobId) -> list[Job]:
        return [self.jobs[job_id] for job_id in self.batches[lead]]

    async def estimates(self, _guild: int, jobs: Sequence[Job]) -> dict[JobId, JobEstimate]:
        return {job.id: await self.estimate(job) for job in jobs}

    async def counted(self, _batch: JobId) -> dict[JobId, int]:
        return self.votes

    async def waiting(self, _guild: int) -> list[tuple[JobId, int]]:
        self.queue_reads += 1
        return list(
            {job.card_id: job.channel_id for job in self.jobs.values() if isinstance(job.phase, Queued)}.items()
        )

    async def estimate(self, job: Job) -> JobEstimate:
        self.drawings += 1
        if isinstance(job.phase, Rendering) and self.usual is not None:
            now = NOON + timedelta(seconds=asyncio.get_running_loop().time())
            outlook = RenderOutlook(forecast=RenderForecast.of([], self.usual), began=job.phase.started_at)
            return estimate(job, None, RenderTimes((self.usual,), typical=None), now, outlook)
        if not isinstance(job.phase, Queued):
            return JobEstimate(line=None, ready_at=None)
        ahead = list(self.jobs).index(job.id) - sum(not isinstance(each.phase, Queued) for each in self.jobs.values())
        return JobEstimate(line=QueuePosition(ahead=ahead, running=1, places=1), ready_at=self.now())

    def now(self) -> datetime:
        """In whole seconds: a newly computed estimate is never exactly the same."""
        return NOON + timedelta(seconds=len(self.edits) % 2)

    def label(self, job: Job) -> str:
        return job.request.model

    async def alternatives(self, _job: Job) -> None:
        return None

    async def read(self, _key: str, _most: int | None = None) -> bytes:
        return b"jpeg"

    async def covers(self, _job: Job) -> bool:
        return False

    async def shown(self, job_id: JobId) -> Shown:
        return Shown(card=self.cards.get(job_id), result=self.results.get(job_id))

    async def remember_card(
        self, job_id: JobId, message: PostedMessage, drawn: str | None = None
    ) -> dict[JobId, CardState]:
        on_card = self.batches.get(job_id, [job_id])
        for shown in on_card:
            self.cards[shown] = message
            if drawn is not None:
                self.noted[shown] = drawn
        found = {shown: CardState.of(self.jobs[shown]) for shown in on_card}
        self.while_noting()
        return found

    async def forget_card(self, job_id: JobId, *, unless_noted: bool = False) -> None:
        for shown in self.batches.get(job_id, [job_id]):
            if not unless_noted:
                self.cards.pop(shown, None)

    async def remember_copy(self, job_id: JobId, message: PostedMessage) -> None:
        self.copied = job_id, message

    async def cardless(self, _since: datetime, _most: int) -> list[Job]:
        return self.lost

    async def remember_drawn(self, job_id: JobId, state: str) -> None:
        self.noted[job_id] = state

    async def outdated_cards(self, _most: int) -> list[Job]:
        return [self.jobs[card] for card in self.cards if self.noted.get(card) != name_of(self.jobs[card].phase)]

    async def open_cards(self, _most: int) -> list[Job]:
        return [self.jobs[card] for card in self.cards if not self.jobs[card].is_at_rest]

    def stands(self, job: Job, *, channel_id: int = CHANNEL) -> Job:
        """Its result is posted, and that is stored."""
        self.results[job.id] = PostedMessage(channel_id=channel_id, message_id=99)
        return self.moves(job, DONE)


def a_message_with(*buttons: JobButton) -> Any:
    return SimpleNamespace(author=US, channel=SimpleNamespace(id=CHANNEL), components=[each.item for each in buttons])


def a_card(job: Job, files: Sequence[str]) -> Any:
    """The message as Discord returns it: only components tell of the files that they show."""
    media = [
        {"media": {"url": f"https://cdn.test/attachments/1/{number}/{name}?ex=1", "attachment_id": str(number)}}
        for number, name in enumerate(files, start=5)
    ]
    shown = [discord.components._component_factory({"type": 12, "id": 1, "items": media})]  # type: ignore[typeddict-item]
    return SimpleNamespace(id=int(job.id, 36), components=shown, attachments=[])


def skipping(scenario: Callable[[Scene], Awaitable[None]]) -> Callable[[], None]:
    """A test on a loop whose clock is advanced wherever it would wait."""

    async def run() -> None:
        scene = Scene()
        await scenario(scene)
        await scene.live.close()

    def test() -> None:
        with asyncio.Runner(loop_factory=SkippingLoop) as runner:
            runner.run(run())

    test.__name__ = scenario.__name__
    return test


def unavailable(status: int = 503) -> Exception:
    return discord.DiscordServerError(SimpleNamespace(status=status, reason="no"), "Scripted trouble")


def not_found(code: int = 10008) -> Exception:
    return discord.NotFound(SimpleNamespace(status=404, reason="no"), {"code": code, "message": "Unknown"})


def bad_request() -> Exception:
    return discord.HTTPException(
        SimpleNamespace(status=400, reason="no"), {"code": 50035, "message": "Invalid Form Body"}
    )


def forbidden() -> Exception:
    return discord.Forbidden(
        SimpleNamespace(status=403, reason="no"), {"code": 50013, "message": "Missing Permissions"}
    )
