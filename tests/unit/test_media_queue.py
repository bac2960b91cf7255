"""Who may start the next media process: members' images don't delay each other's, nor a finished video."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.domain.media import Fit
from bot.domain.video import Size
from bot.media import processor
from bot.media.fair_queue import ANYBODY, VIDEOS, FairQueue
from bot.media.processor import SubprocessMediaProcessor
from bot.media.worker.message import WorkerMessage
from tests.builders import ANN, MAX, SAM
from tests.waiting import PATIENCE


class Work:
    """Work that lasts until told to end; `begun` lists the order in which it began."""

    def __init__(self, queue: FairQueue) -> None:
        self.begun: list[str] = []
        self._queue = queue
        self._ends: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def wait(self, name: str, line: int) -> None:
        """Wait in line until nothing moves any more."""
        self._ends[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._do(name, line))
        await self._settled()

    async def end(self, name: str) -> None:
        self._ends[name].set()
        await self.tasks.pop(name)
        await self._settled()

    async def end_all(self) -> list[str]:
        """The names of all in the order they began, ending each once it has begun."""
        while self.tasks:
            await self.end(next(name for name in self.begun if name in self.tasks))
        return self.begun

    async def _do(self, name: str, line: int) -> None:
        async with self._queue.place(line):
            self.begun.append(name)
            await self._ends[name].wait()

    async def _settled(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


@asynccontextmanager
async def working(total: int) -> AsyncIterator[Work]:
    work = Work(FairQueue(total))
    yield work
    await work.end_all()


async def test_each_members_pictures_have_their_turn() -> None:
    async with working(1) as work:
        for name, line in (("a1", ANN), ("a2", ANN), ("a3", ANN), ("m1", MAX), ("m2", MAX), ("s1", SAM)):
            await work.wait(name, line)

        assert await work.end_all() == ["a1", "a2", "m1", "s1", "a3", "m2"]


async def test_a_finished_video_comes_before_every_picture_that_waits() -> None:
    async with working(1) as work:
        for name, line in (("a1", ANN), ("a2", ANN), ("m1", MAX), ("v1", VIDEOS), ("v2", VIDEOS)):
            await work.wait(name, line)

        assert await work.end_all() == ["a1", "v1", "v2", "a2", "m1"]


async def test_one_members_pictures_leave_a_place_for_a_video() -> None:
    async with working(2) as work:
        for number in range(12):
            await work.wait(f"a{number}", ANN)
        await work.wait("v1", VIDEOS)

        assert work.begun == ["a0", "v1"]


async def test_pictures_that_are_no_members_take_every_place() -> None:
    async with working(2) as work:
        for number in range(3):
            await work.wait(f"p{number}", ANYBODY)

        assert work.begun == ["p0", "p1"]


async def test_who_gives_up_in_the_line_takes_no_place() -> None:
    async with working(1) as work:
        for name, line in (("a1", ANN), ("a2", ANN), ("m1", MAX)):
            await work.wait(name, line)
        gone = work.tasks.pop("a2")
        gone.cancel()
        with pytest.raises(asyncio.CancelledError):
            await gone

        assert await work.end_all() == ["a1", "m1"]


async def test_who_gives_up_as_the_turn_comes_passes_it_on() -> None:
    queue = FairQueue(1)

    async def work() -> None:
        async with queue.place(ANN):
            pass

    async with queue.place(ANN):
        gone, last = asyncio.create_task(work()), asyncio.create_task(work())
        await asyncio.sleep(0)
    gone.cancel()  # already called, but not awake yet

    await last
    assert gone.cancelled()


async def test_the_media_processor_serves_videos_first_and_members_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[str] = []
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_module: str, message: WorkerMessage, _seconds: float, _begun: object) -> WorkerMessage:
        served.append(message.parts[0].decode() if message.parts else "video")
        begun.set()
        await go_on.wait()
        return WorkerMessage(head={"note": ""}, parts=(b"", b""))

    monkeypatch.setattr(processor, "converse", slow)
    media, size = SubprocessMediaProcessor(at_once=1), Size(128, 72)
    orders = [(b"ann's first", ANN), (b"ann's second", ANN), (b"ann's third", ANN), (b"max's", MAX)]
    async with asyncio.TaskGroup() as tasks:
        for picture, owner in orders:
            tasks.create_task(media.fit(picture, size, Fit.CROP, owner))
        await begun.wait()
        tasks.create_task(media.self_test(Path("film.mp4")))
        await asyncio.sleep(0)
        go_on.set()

    assert served == ["ann's first", "video", "ann's second", "max's", "ann's third"]


async def test_however_many_videos_are_joined_a_picture_finds_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """A join may take ten minutes, so two of them would keep everyone from ordering with an image."""
    served, fitted, go_on = list[str](), asyncio.Event(), asyncio.Event()

    async def slow(module: str, _message: WorkerMessage, _seconds: float, _begun: object) -> WorkerMessage:
        served.append(module.rpartition(".")[2])
        await (go_on.wait() if served[-1] == "join" else asyncio.sleep(0))
        return WorkerMessage(head={"note": "", "copied": True}, parts=(b"", b""))

    async def fit() -> None:
        await media.fit(b"max's", Size(128, 72), Fit.CROP, MAX)
        fitted.set()

    monkeypatch.setattr(processor, "converse", slow)
    media = SubprocessMediaProcessor(at_once=2)
    async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
        for name in ("a", "b"):
            tasks.create_task(media.join(Path(name), Path(name), Path("whole")))
        tasks.create_task(fit())
        await fitted.wait()
        go_on.set()
    assert served == ["join", "reference", "join"]
