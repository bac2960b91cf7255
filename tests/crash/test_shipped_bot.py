"""The shipped bot between a simulated Discord and a simulated video service, killed and restarted."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.keeper import BotKeeper
from bot.sandbox.stage import Stage
from tests.crash.mortal_bot import KILLED, ORDER_TO_DIE
from tests.e2e.acting import asked, card_goes, create, result_of, until
from tests.e2e.stages import patient
from tests.extent import FULL
from tests.waiting import comes_true

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.crash, pytest.mark.usefixtures("cheap_films")]

POINTS = (
    "before rendering is stored",  # paid, and nobody knows the id
    "before posting is stored",  # the files are stored, and the job does not know
    "before done is stored",  # people see the video, and the bot does not know
    "before submitting is stored",
    "after rendering was stored",
    "before saving is stored",
    "after posting was stored",
    "before a card is remembered",
    "before it is stored that a card is gone",
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    quick = {"POLL_MAX_SECONDS": "1", "LEASE_SECONDS": "1"}
    stage = patient(Stage(tmp_path_factory.mktemp("mortal"), render_seconds=1.0, settings=quick))
    stage.keeper = BotKeeper(stage.data, program=("-m", "tests.crash.mortal_bot"))
    async with stage.running() as running:
        yield running


@pytest.mark.parametrize("point", POINTS if FULL else POINTS[:3])
async def test_a_bot_that_dies_pays_once_and_posts_once(stage: Stage, point: str) -> None:
    paid = len(stage.host.created)
    (stage.data / ORDER_TO_DIE).write_text(point)
    card = await create(stage, prompt=f"dies {point}")
    assert await stage.keeper.ended() == KILLED
    await stage.keeper.start()
    result = await result_of(stage, card)
    await card_goes(stage, card)
    await comes_true(lambda: (card.id,) in asked(stage, "SELECT message_id FROM messages WHERE drawn = 'gone'"))
    assert len(stage.host.created) == paid + 1
    assert [m for m in stage.person("ann").sees() if f"dies {point}" in m.text] == [result]


async def test_the_books_of_a_bot_that_died_add_up(stage: Stage) -> None:
    await stage.keeper.restart()
    await until(stage, lambda: stage.world.gateway.online)
    assert "the ledger does not add up" not in stage.keeper.log.read_text()
