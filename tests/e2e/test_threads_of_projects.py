"""A video continues in a thread: its remixes are posted there, and if the bot may not create one it says so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.discord.world import admin
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.places import THREAD
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, card_goes, create, more_of, result_of, the_form, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("its parts are tested by themselves; the way through takes five seconds"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("threads"), {}).running() as running:
        yield running


async def test_the_remixes_of_a_video_go_to_its_thread(stage: Stage) -> None:
    ann = stage.person("ann")
    card = await create(stage, prompt="a fox in the snow")
    fox = await result_of(stage, card)
    await card_goes(stage, card)
    panel = await more_of(stage, fox)
    admin.deny(stage.world, "kinora", "studio", may.CREATE_PUBLIC_THREADS)
    refused = await answer(stage, await ann.clicks("Continue in a thread", on=panel))
    assert "can't start a thread in" in refused.text
    assert "Create Public Threads" in refused.text
    admin.allow(stage.world, "kinora", "studio", may.CREATE_PUBLIC_THREADS)
    told = await answer(stage, await ann.clicks("Continue in a thread", on=panel))
    (thread,) = [each for each in stage.world.channels.values() if each.type == THREAD and each.id == fox.id]
    assert thread.name == "a fox in the snow"
    assert f"<#{thread.id}>" in told.text
    again = await answer(stage, await ann.clicks("Continue in a thread", on=panel))
    assert "already" in again.text

    form = the_form(await ann.clicks("Remix", on=fox))
    (text,) = [field.label for field in form.fields if "change" in field.label.lower()][:1]
    await ann.fills(form, {text: "make it night"})
    await until(stage, lambda: [each for each in ann.sees(thread) if each.media])
    (night,) = [each for each in ann.sees(thread) if each.media]
    assert "make it night" in night.text
    assert "Ordered in" in night.text
