"""Cards in Discord follow their jobs: each state in the end, none too often. Time is skipped, not spent."""

from __future__ import annotations

import asyncio
import logging
import re
import selectors
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, TypeVar, TypeVarTuple, Unpack

import discord

from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage, QueuePosition
from bot.domain.messages import plain
from bot.domain.phases import Cause, Failed, Phase, Queued, Rendering, name_of
from bot.domain.ports.messages import Shown
from bot.domain.video import Picture
from bot.jobs.timing.estimates import JobEstimate, RenderTimes, estimate
from bot.ui.cards.rendering import CardRenderer
from bot.ui.publish.live_cards import LiveCards
from tests.builders import NOON, a_job, a_request

FAILED = Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=False, finished_at=NOON)
RENDERING = Rendering(remote_id="r", started_at=NOON)
PICTURE = Picture(key="p.png", preview="p.jpg", sha256="0", note="")

Args = TypeVarTuple("Args")
Result = TypeVar("Result")


class SkippingSelector(selectors.SelectSelector):
    """Where the loop would wait for its clock, the clock is put forward instead; threads are waited for."""

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
        return super().time() + self.selector.skipped

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[Unpack[Args]], Result], *args: *Args
    ) -> asyncio.Future[Result]:
        self.selector.in_threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(lambda _: self._back())
        return future

    def _back(self) -> None:
        self.selector.in_threads -= 1


@dataclass(frozen=True)
class Edit:
    at: float
    job: str
    words: str
    uploads: int


@dataclass
class Scene:
    """Jobs, their cards, and a Discord that takes edits or answers with the next trouble: all that LiveCards asks."""

    jobs: dict[JobId, Job] = field(default_factory=dict)
    cards: dict[JobId, PostedMessage] = field(default_factory=dict)
    noted: dict[JobId, str] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    trouble: list[Exception] = field(default_factory=list)
    tried: int = 0
    queue_reads: int = 0
    usual: float | None = None  # seconds of a render

    def __post_init__(self) -> None:
        outside: Any = self
        self.renderer = CardRenderer(browse=outside, alternatives=outside, messages=outside, files=outside)
        self.live = LiveCards(client=outside, renderer=self.renderer, browse=outside, messages=outside)

    async def ordered(self, job: Job) -> Job:
        """Its card is sent, and its id known."""
        self.jobs[job.id] = job
        await self.live.remember(job, self.message(job), await self.renderer.draw(job))
        return job

    def moves(self, job: Job, phase: Phase) -> Job:
        self.jobs[job.id] = job.moved_to(phase)
        self.live.heard(self.jobs[job.id])
        return self.jobs[job.id]

    def message(self, job: Job) -> Any:
        files = [SimpleNamespace(id=5)] if job.request.picture else []
        return SimpleNamespace(id=int(job.id, 36), attachments=files)

    def of(self, job: Job) -> list[Edit]:
        return [edit for edit in self.edits if edit.job == job.id]

    # Discord

    def get_partial_messageable(self, _channel: int) -> Scene:
        return self

    def get_partial_message(self, message: int) -> Any:
        job = next(job for job in self.jobs.values() if int(job.id, 36) == message)
        return SimpleNamespace(edit=partial(self.edit, job))

    async def edit(self, job: Job, *, view: Any, attachments: Sequence[Any], **_others: Any) -> Any:
        self.tried += 1
        if self.trouble:
            raise self.trouble.pop(0)
        uploads = sum(isinstance(each, discord.File) for each in attachments)
        said = str(view.to_components())
        self.edits.append(Edit(at=asyncio.get_running_loop().time(), job=job.id, words=said, uploads=uploads))
        return self.message(job)

    # What is stored

    async def find(self, job_id: JobId) -> Job | None:
        return self.jobs.get(job_id)

    async def waiting(self, _guild: int) -> list[tuple[JobId, int]]:
        self.queue_reads += 1
        return [(job.id, job.channel_id) for job in self.jobs.values() if isinstance(job.phase, Queued)]

    async def estimate(self, job: Job) -> JobEstimate:
        if isinstance(job.phase, Rendering) and self.usual is not None:
            now = NOON + timedelta(seconds=asyncio.get_running_loop().time())
            return estimate(job, None, RenderTimes((self.usual,), typical=None), now)
        if not isinstance(job.phase, Queued):
            return JobEstimate(line=None, ready_at=None)
        ahead = list(self.jobs).index(job.id) - sum(not isinstance(each.phase, Queued) for each in self.jobs.values())
        return JobEstimate(line=QueuePosition(ahead=ahead, running=1, places=1), ready_at=self.now())

    def now(self) -> datetime:
        """Whole seconds: an estimate made anew is never quite the same."""
        return NOON + timedelta(seconds=len(self.edits) % 2)

    def label(self, job: Job) -> str:
        return job.request.model

    async def alternatives(self, _job: Job) -> None:
        return None

    @asynccontextmanager
    async def local(self, _key: str) -> AsyncIterator[Any]:
        yield SimpleNamespace(read_bytes=lambda: b"jpeg")

    async def shown(self, job_id: JobId) -> Shown:
        return Shown(card=self.cards.get(job_id))

    async def remember_card(self, job_id: JobId, message: PostedMessage) -> None:
        self.cards[job_id] = message

    async def remember_drawn(self, job_id: JobId, state: str) -> None:
        self.noted[job_id] = state

    async def outdated_cards(self, _most: int) -> list[Job]:
        return [self.jobs[card] for card in self.cards if self.noted.get(card) != name_of(self.jobs[card].phase)]


class Log(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def skipping(scenario: Callable[[Scene], Awaitable[None]]) -> Callable[[], None]:
    """A test on a loop whose clock is put forward wherever it would be waited for."""

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


def not_found() -> Exception:
    return discord.NotFound(SimpleNamespace(status=404, reason="no"), {"code": 10008, "message": "Unknown Message"})


@skipping
async def test_a_card_whose_last_edit_fails_once_says_failed_within_a_minute(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.trouble = [unavailable()]
    scene.moves(job, FAILED)
    await asyncio.sleep(60)
    assert "It broke." in scene.of(job)[-1].words
    assert scene.noted[job.id] == "failed"


@skipping
async def test_a_card_is_right_within_a_minute_of_a_long_outage(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.trouble = [unavailable()] * 10_000
    scene.moves(job, FAILED)
    await asyncio.sleep(3600)
    assert scene.edits == []
    assert scene.tried <= 130
    scene.trouble = []
    await asyncio.sleep(60)
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_fault_of_our_own_is_logged_once_and_a_closed_connection_without_a_traceback(scene: Scene) -> None:
    log = Log()
    logging.getLogger("bot.ui.publish.card_updates").addHandler(log)
    for fault, tracebacks in ((RuntimeError("Session is closed"), 0), (RuntimeError("a fault of ours"), 1)):
        job = await scene.ordered(a_job())
        log.records.clear()
        scene.trouble = [fault] * 5
        scene.moves(job, FAILED)
        await asyncio.sleep(60)
        assert sum(record.exc_info is not None for record in log.records) == tracebacks
        assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_card_that_is_gone_is_not_tried_again(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.trouble = [not_found()]
    scene.moves(job, FAILED)
    await asyncio.sleep(600)
    assert scene.tried == 1


@skipping
async def test_a_job_that_ends_before_its_cards_id_is_known_is_drawn_once_it_is(scene: Scene) -> None:
    job = a_job()
    scene.jobs[job.id] = job
    drawn = await scene.renderer.draw(job)
    scene.moves(job, FAILED)
    await asyncio.sleep(10)
    assert scene.edits == []
    await scene.live.remember(job, scene.message(job), drawn)
    await asyncio.sleep(1)
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_card_that_another_process_left_behind_is_caught_up_with(scene: Scene) -> None:
    await scene.live.catch_up()
    job = await scene.ordered(a_job())
    await asyncio.sleep(10)
    scene.jobs[job.id] = job.moved_to(FAILED)  # nobody here is told
    await asyncio.sleep(60)
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_a_card_is_edited_every_five_seconds_at_most_but_for_new_phases(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    scene.moves(job, RENDERING)
    for second in range(100):
        await asyncio.sleep(1)
        scene.moves(job, replace(RENDERING, progress=second))
    scene.moves(job, FAILED)
    await asyncio.sleep(10)
    rendering = [edit.at for edit in scene.of(job)][:-1]
    assert 19 <= len(rendering) <= 21
    assert min(after - before for before, after in pairwise(rendering)) >= 5
    assert "It broke." in scene.of(job)[-1].words


@skipping
async def test_news_without_anything_new_is_no_edit(scene: Scene) -> None:
    job = await scene.ordered(a_job())
    for _ in range(20):
        await asyncio.sleep(10)
        scene.moves(job, RENDERING)
    assert len(scene.of(job)) == 1


@skipping
async def test_a_cards_picture_is_uploaded_once(scene: Scene) -> None:
    job = await scene.ordered(a_job(request=a_request(picture=PICTURE)))
    for progress in (10, 20, 30):
        scene.moves(job, replace(RENDERING, progress=progress))
        await asyncio.sleep(10)
    assert [edit.uploads for edit in scene.of(job)] == [0, 0, 0]


@skipping
async def test_the_queue_is_looked_at_and_drawn_only_when_its_places_change(scene: Scene) -> None:
    first, second = await scene.ordered(a_job()), await scene.ordered(a_job())
    scene.moves(first, RENDERING)
    await asyncio.sleep(10)
    assert "Next in line" in scene.of(second)[-1].words
    drawn, reads = len(scene.of(second)), scene.queue_reads
    for progress in range(20):
        scene.moves(first, replace(RENDERING, progress=progress))
        await asyncio.sleep(1)
    assert (len(scene.of(second)), scene.queue_reads) == (drawn, reads)


@skipping
async def test_a_hundred_orders_in_a_second_take_two_looks_at_the_queue(scene: Scene) -> None:
    for _ in range(100):
        scene.live.heard(await scene.ordered(a_job()))
        await asyncio.sleep(0.005)
    await asyncio.sleep(10)
    assert scene.queue_reads == 2


@skipping
async def test_a_card_follows_the_clock_although_nothing_happens(scene: Scene) -> None:
    scene.usual = 20.0
    job = await scene.ordered(a_job())
    began = NOON + timedelta(seconds=asyncio.get_running_loop().time())
    scene.moves(job, replace(RENDERING, started_at=began))
    await asyncio.sleep(300)
    edits = scene.of(job)
    bars = [re.findall("≈ [0-9]+ %", edit.words) for edit in edits]
    assert (len(edits), bars[0], bars[-2:]) == (6, ["≈ 0 %"], [["≈ 90 %"], []])
    assert ["any moment now" in edit.words for edit in edits] == [False, False, False, False, True, False]
    assert "Taking longer than usual" in edits[-1].words
    assert min(after.at - before.at for before, after in pairwise(edits)) >= 5
