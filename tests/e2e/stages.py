"""A stage with little waiting: short films, short renders, cards that are redrawn at once."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from bot.sandbox.keeper import BotKeeper
from bot.sandbox.services import Scene
from bot.sandbox.stage import Stage
from tests.extent import FULL
from tests.migrated import a_migrated_database

STALLED = 30.0  # seconds; longer than a disk was seen to stall, which is not tested here
QUICK_BOT = ("-m", "tests.e2e.quick_bot")


class ServiceClock:
    """The time that a simulated service uses, in Unix seconds: the real time, or later."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self._ahead

    @contextmanager
    def later(self, seconds: float) -> Iterator[None]:
        """Everything that would be rendered by then is."""
        self._ahead += seconds
        try:
            yield
        finally:
            self._ahead -= seconds


class QuickStage(Stage):
    """Its bot starts with an empty database instead of none, except in the full matrix."""

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[Stage]:
        file = self.data / "kinora.db"
        if not FULL and not file.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            await a_migrated_database(file)
        async with super().running(port) as running:
            yield running


def quick_stage(
    folder: Path,
    settings: Mapping[str, str],
    *,
    render_seconds: float = 0.5,
    program: tuple[str, ...] = QUICK_BOT,
    scene: Scene | None = None,
    clock: Callable[[], float] = time.time,
) -> Stage:
    stage = QuickStage(folder, settings={"POLL_MAX_SECONDS": "0.5", **settings}, scene=scene)
    stage.host = stage.scene.service(render_seconds=render_seconds, frame_rate=4, clock=clock)
    stage.keeper = BotKeeper(stage.data, program=program, patience=STALLED)
    stage.world.rules.real_buckets = False
    return patient(stage)


def patient(stage: Stage) -> Stage:
    """Answers may take long there: only tests/e2e/test_slow_database.py is about the three seconds."""
    stage.world.rules.ack_seconds = STALLED
    return stage
