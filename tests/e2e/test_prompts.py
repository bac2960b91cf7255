"""The prompt helper, through the shipped bot: an idea and an image become prompts, and the prompts orders."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image

from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = [pytest.mark.asyncio(loop_scope="module"), only_in_full("its parts are tested by themselves")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("prompts"), {"CONFIRM_ABOVE_USD": "0.10"}).running() as running:
        yield running


async def test_an_idea_is_seen_before_and_after_and_ordered_only_with_a_yes_to_its_price(stage: Stage) -> None:
    ann = stage.person("ann")
    shown = await answer(stage, await ann.types("/prompt", idea="a fox"))
    assert shown.ephemeral
    assert "**Before**\na fox" in shown.text
    assert "**After**\na fox, slow dolly in" in shown.text
    assert "The prompt helper charged <$0.01" in shown.text
    asked = await answer(stage, await ann.clicks("Use it…", on=shown))
    assert asked.ephemeral
    assert "Make this video for **$0.40**?" in asked.text
    form = (await ann.clicks("Edit", on=asked)).form
    assert form is not None
    assert str(form.field("prompt").value).startswith("a fox, slow dolly in")
    own = await answer(stage, await ann.clicks("Keep mine…", on=shown))
    form = (await ann.clicks("Edit", on=own)).form
    assert form is not None
    assert form.field("prompt").value == "a fox"
    costs = await answer(stage, await ann.types("/costs"))
    assert "You've spent $0.00 this month" in costs.text
    assert "<$0.01 more was spent on the prompt helper (1 time)" in costs.text


async def test_a_question_about_a_price_offers_to_improve_its_prompt_and_keeps_its_other_choices(stage: Stage) -> None:
    ann = stage.person("ann")
    asked = await answer(stage, await ann.types("/create", prompt="a boat", seconds=8))
    shown = await answer(stage, await ann.clicks("Improve prompt", on=asked))
    assert "**After**\na boat, slow dolly in" in shown.text
    now = await answer(stage, await ann.clicks("Use it…", on=shown))
    assert "Make this video for **$0.80**?" in now.text
    await ann.clicks("Go · $0.80", on=now)
    await until(stage, lambda: any(job.text.count("a boat, slow dolly in") for job in ann.sees("studio")))


async def test_an_image_becomes_a_prompt(stage: Stage) -> None:
    ann, picture = stage.person("ann"), io.BytesIO()
    Image.new("RGB", (3000, 2000), "#c8642a").save(picture, "PNG")
    shown = await answer(stage, await ann.types("/describe", image=("photo.png", picture.getvalue())))
    assert "**A prompt from your image**\nA still scene" in shown.text
    form = (await ann.clicks("Create…", on=shown)).form
    assert form is not None
    assert str(form.field("prompt").value).startswith("A still scene")


async def test_what_the_helper_refuses_or_loses_is_said_with_what_it_cost(stage: Stage) -> None:
    ann = stage.person("ann")
    refused = await answer(stage, await ann.types("/prompt", idea="[refused] x"))
    assert refused.text.startswith("The prompt helper rejected this. You weren't charged.")
    lost = await answer(stage, await ann.types("/prompt", idea="[broken] x"))
    assert lost.text.startswith("The prompt helper's reply was lost. It may have been charged, so <$0.01 counts")
    stranger = await answer(stage, await stage.person("sam").types("/prompt", idea="x"))
    assert "role" in stranger.text or "make videos" in stranger.text
