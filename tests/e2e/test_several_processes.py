"""Kinora in several processes on one PostgreSQL: one answers people, others make the videos and serve the pages."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.keeper import BotKeeper
from bot.sandbox.stage import Stage
from tests.contract.databases import a_url, postgres_is_off
from tests.e2e.acting import answer, create, says, until
from tests.e2e.stages import QUICK_BOT, quick_stage
from tests.extent import only_in_full
from tests.ports import free_port
from tests.waiting import comes_true

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(600), only_in_full("each process takes seconds to start")]

LEASE = "2"  # seconds


@dataclass(kw_only=True)
class Town:
    """A gateway on a stage, and the other processes."""

    stage: Stage
    folder: Path
    beside: list[BotKeeper] = field(default_factory=list)

    async def starts(self, command: str, **settings: str) -> BotKeeper:
        keeper = BotKeeper(self.folder / f"process-{len(self.beside)}", program=(*QUICK_BOT, command))
        self.beside.append(keeper)
        assert self.stage._sandbox is not None
        await keeper.start({**self.stage._settings(self.stage._sandbox), **settings})
        return keeper

    def films(self, channel: str = "studio") -> Sequence[Message]:
        seen = self.stage.person("ann").sees(channel)
        return [message for message in seen if message.media and "k1:remix:" in str(message.components)]


@asynccontextmanager
async def a_town(folder: Path, command: str = "run --no-work", **settings: str) -> AsyncIterator[Town]:
    with a_url("postgres", folder) as url:
        settings |= {"DATABASE_URL": url, "LEASE_SECONDS": LEASE}
        stage = quick_stage(folder / "stage", settings, program=(*QUICK_BOT, *command.split()))
        town = Town(stage=stage, folder=folder)
        async with stage.running():
            try:
                yield town
            finally:
                for keeper in town.beside:
                    await keeper.stop()


async def test_a_gateway_leaves_the_work_to_workers_and_one_that_is_killed_is_taken_over(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        stage = town.stage
        stage.host.render_seconds = 6.0
        card = await create(stage, prompt="a fox in the snow")
        await asyncio.sleep(1.5)
        assert not stage.host.created, "the gateway orders nothing itself"
        first = await town.starts("work")
        await until(stage, lambda: stage.host.created)
        await until(stage, lambda: "Rendering" in card.text)
        await first.kill()
        await town.starts("work")
        await until(stage, town.films)
        await until(stage, lambda: card.deleted)
        assert len(stage.host.created) == 1
        assert len(town.films()) == 1
        assert "Traceback" not in "".join(each.log.read_text() for each in (stage.keeper, *town.beside))


HERE, ELSEWHERE = "0", "1"  # the shard of the stage's server, and the other one


async def test_each_shard_has_one_gateway_and_the_next_in_line_takes_over(tmp_path: Path) -> None:
    async with a_town(tmp_path, SHARD_COUNT="2", SHARD_IDS=HERE) as town:
        stage = town.stage
        other = await town.starts("run --no-work", SHARD_IDS=ELSEWHERE)
        standby = await town.starts("run --no-work", SHARD_IDS=HERE)
        await says(other, "ready as")
        await says(standby, "this one waits for its turn")
        await town.starts("work")
        await create(stage, prompt="a fox in the snow")
        await until(stage, town.films)
        await stage.keeper.kill()
        await says(standby, "this one answers people now")
        await says(standby, "ready as")
        await create(stage, prompt="a fox in the rain")
        await until(stage, lambda: len(town.films()) == 2)
        assert stage.world.gateway.identifies == 3


async def test_a_gateway_whose_turn_cannot_be_renewed_disconnects_and_comes_back_with_the_database(
    tmp_path: Path,
) -> None:
    async with a_town(tmp_path, command="run") as town:
        stage = town.stage
        stage.host.render_seconds = 3.0
        before = await create(stage, prompt="a fox before the outage")
        await until(stage, lambda: "Rendering" in before.text)
        async with postgres_is_off():
            await says(stage.keeper, "disconnecting from the gateway")
            await until(stage, lambda: not stage.world.gateway.online)
        await until(stage, lambda: stage.world.gateway.online)
        await until(stage, lambda: before.deleted)
        await create(stage, prompt="a fox after it")
        await until(stage, lambda: len(town.films()) == 2)
        assert len(stage.host.created) == 2


async def test_pages_are_served_by_a_process_of_another_machine(tmp_path: Path) -> None:
    port = free_port()
    async with a_town(tmp_path, PUBLIC_URL=f"http://127.0.0.1:{port}") as town:
        stage = town.stage
        await town.starts("work")
        await create(stage, prompt="a fox in the snow")
        await until(stage, town.films)
        await town.starts("web", HTTP_PORT=str(port), DATA_DIR=str(tmp_path / "elsewhere"))
        listing = await answer(stage, await stage.person("ann").types("/history"))
        await until(stage, lambda: any(button.label == "Open gallery" for button in listing.buttons))
        [link] = [str(button.url) for button in listing.buttons if button.label == "Open gallery"]
        await comes_true(lambda: is_served(port))
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as visitor:
            async with visitor.get(link) as page:
                assert page.status == 200
                assert "a fox in the snow" in await page.text()
            async with visitor.get(f"http://127.0.0.1:{port}/readyz") as page:
                assert await page.json() == {"ready": True, "database": True, "disk": True}


def is_served(port: int) -> bool:
    with socket.socket() as door:
        return door.connect_ex(("127.0.0.1", port)) == 0
