"""The shipped bot with all its real pauses: five seconds before a card is redrawn or a lost order looked for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.stage import Stage
from tests.e2e.acting import card_goes, create, result_of
from tests.e2e.stages import patient
from tests.extent import only_in_full

pytestmark = [pytest.mark.asyncio(loop_scope="module"), only_in_full("its pauses are those of the shipped bot")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with patient(Stage(tmp_path_factory.mktemp("pauses"), render_seconds=1.0)).running() as running:
        yield running


async def test_a_card_follows_its_video_to_the_end(stage: Stage) -> None:
    card = await create(stage, prompt="a fox in the snow")
    await result_of(stage, card)
    await card_goes(stage, card)


async def test_a_lost_answer_is_found_again_and_paid_once(stage: Stage) -> None:
    before = len(stage.host.created)
    card = await create(stage, prompt="a [lost] parcel")
    await result_of(stage, card)
    assert len(stage.host.created) == before + 1
