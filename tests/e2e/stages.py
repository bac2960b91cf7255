"""A stage on which little time is spent waiting: short films, short renders, cards that are redrawn at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from bot.sandbox.keeper import BotKeeper
from bot.sandbox.services import Scene
from bot.sandbox.stage import Stage

QUICK_BOT = ("-m", "tests.e2e.quick_bot")


def quick_stage(
    folder: Path,
    settings: Mapping[str, str],
    *,
    render_seconds: float = 0.5,
    program: tuple[str, ...] = QUICK_BOT,
    scene: Scene | None = None,
) -> Stage:
    stage = Stage(folder, settings={"POLL_MAX_SECONDS": "0.5", **settings}, scene=scene)
    stage.host = stage.scene.service(render_seconds=render_seconds, frame_rate=4)
    stage.keeper = BotKeeper(stage.data, program=program)
    stage.world.rules.real_buckets = False
    return stage
