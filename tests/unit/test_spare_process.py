"""The process that examines a video starts while the video is downloaded; nothing is left of it afterwards."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import Process
from pathlib import Path

import pytest

from bot.domain.media import Footage
from bot.media.processor import SubprocessMediaProcessor
from bot.media.worker.message import WorkerMessage
from bot.media.worker.process import converse
from bot.media.worker.spare import BEGINNING, SpareProcess
from tests.films import a_film
from tests.waiting import PATIENCE, comes_true

ECHO = """
import os
open(f"{__file__}.{os.getpid()}", "w").close()
from bot.media.worker.child import serve
from bot.media.worker.message import WorkerMessage
serve(lambda message: WorkerMessage(head={"process": os.getpid()}))
"""


@pytest.fixture
def spare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SpareProcess:
    """Its task reports the process's id."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "echo_task.py").write_text(ECHO)
    return SpareProcess("echo_task", 5.0)


async def taken(spare: SpareProcess) -> Process:
    process = await spare.take()
    assert process is not None
    return process


async def end(process: Process) -> None:
    process.kill()
    await process.wait()


async def born(folder: Path) -> int:
    """The process that wrote a file at its start."""
    file, *_ = await comes_true(lambda: list(folder.glob("echo_task.py.*")))
    return int(file.suffix[1:])


async def test_the_process_that_was_begun_does_the_task(spare: SpareProcess) -> None:
    async with spare.expecting():
        process = await taken(spare)
        answer = await converse("echo_task", WorkerMessage(head={}), 20.0, process)
    assert answer.head == {"process": process.pid}
    assert process.returncode == 0


async def test_what_nobody_took_is_gone_once_nothing_is_expected(spare: SpareProcess, tmp_path: Path) -> None:
    async with spare.expecting():
        process = await born(tmp_path)
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert await spare.take() is None


async def test_it_is_gone_as_well_if_whoever_takes_it_is_stopped_once_it_has_begun(spare: SpareProcess) -> None:
    async with spare.expecting():
        [beginning] = [task for task in asyncio.all_tasks() if task.get_name() == BEGINNING]
        beginning.add_done_callback(lambda _: taking.cancel())  # before `take` is notified
        taking = asyncio.create_task(spare.take())
        await asyncio.wait([taking])
    assert taking.cancelled()
    async with asyncio.timeout(PATIENCE):
        assert await beginning.result().wait() == -signal.SIGKILL


async def test_many_that_are_expected_share_one_process(spare: SpareProcess) -> None:
    async with spare.expecting():
        async with spare.expecting(), spare.expecting():
            pass
        process = await taken(spare)  # started for the first of them
        assert await spare.take() is None
        await end(process)


async def test_once_it_is_taken_the_next_one_is_begun_if_another_task_is_expected(spare: SpareProcess) -> None:
    async with spare.expecting(), spare.expecting():
        first, second = await taken(spare), await taken(spare)
        assert first.pid != second.pid
        await end(first)
        await end(second)


async def test_a_process_that_cannot_be_begun_is_none(spare: SpareProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    async with spare.expecting():
        assert await spare.take() is None


async def test_a_video_that_was_expected_is_inspected_as_any_other(tmp_path: Path) -> None:
    media, film = SubprocessMediaProcessor(), a_film(tmp_path / "film.mp4")

    async def inspected() -> Footage:
        return await media.inspect(film, tmp_path / "poster.webp", tmp_path / "sheet.jpg")

    plain = await inspected()
    async with media.expecting_video():
        assert await inspected() == plain
    assert plain.size.width > 0
