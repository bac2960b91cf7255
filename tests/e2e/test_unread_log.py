"""The shipped bot with a full standard error that nobody reads: it answers, makes videos and stops."""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from bot.sandbox.keeper import BotKeeper
from bot.sandbox.stage import Stage
from tests.e2e.acting import create, result_of
from tests.e2e.stages import QUICK_BOT, quick_stage
from tests.extent import only_in_full

pytestmark = only_in_full("what writes the log is tested in tests/unit/test_log_writer.py")

LINE = b"an older line\n"


class UnreadKeeper(BotKeeper):
    """The bot writes its log to a pipe that is full."""

    def __init__(self, data: Path, pipe: int) -> None:
        super().__init__(data, program=QUICK_BOT)
        self._pipe = pipe

    def output(self) -> BinaryIO:
        return os.fdopen(os.dup(self._pipe), "wb")


@pytest.fixture
def full_pipe() -> Iterator[tuple[int, int]]:
    """The read end and the write end, which blocks."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, LINE)
    os.set_blocking(writing, True)
    yield reading, writing
    os.close(reading)
    os.close(writing)


@pytest.fixture
async def stage(tmp_path: Path, full_pipe: tuple[int, int]) -> AsyncIterator[Stage]:
    stage = quick_stage(tmp_path, {})
    stage.keeper = UnreadKeeper(tmp_path, full_pipe[1])
    async with stage.running() as running:
        yield running


async def test_a_bot_whose_log_nobody_reads_makes_a_video_and_stops(stage: Stage, full_pipe: tuple[int, int]) -> None:
    assert (await result_of(stage, await create(stage, prompt="a patient fox"))).media
    assert await stage.keeper.stop() == 0
    os.set_blocking(full_pipe[0], False)
    assert set(os.read(full_pipe[0], 1 << 20).splitlines(keepends=True)[:-1]) == {LINE}  # nobody read from it meanwhile
