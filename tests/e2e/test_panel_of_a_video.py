"""A path through **More…**: from a video to its remix, its family, and a video that starts from a frame."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image

from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, asked_to_delete, card_goes, create, more_of, result_of, the_form, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("its parts are tested by themselves; the way through takes six seconds"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("more"), {}).running() as running:
        yield running


async def test_a_video_is_remixed_deleted_and_started_from(stage: Stage) -> None:
    ann = stage.person("ann")
    card = await create(stage, prompt="a fox in the snow")
    fox = await result_of(stage, card)
    await card_goes(stage, card)
    form = the_form(await ann.clicks("Remix", on=fox))
    (text,) = [field.label for field in form.fields if "change" in field.label.lower()][:1]
    remix_card = await answer(stage, await ann.fills(form, {text: "make it night"}))
    night = await result_of(stage, remix_card)
    await card_goes(stage, remix_card)

    panel = await more_of(stage, night)
    recipe = await answer(stage, await ann.clicks("Recipe", on=panel))
    assert recipe.ephemeral
    assert "make it night" in recipe.text
    assert "a fox in the snow" in recipe.text
    lineage = await answer(stage, await ann.clicks("Lineage", on=panel))
    assert "2 videos" in lineage.text
    (tree,) = lineage.media
    assert Image.open(io.BytesIO(lineage.file(tree.filename))).format == "JPEG"

    (source,) = re.findall(r"k1:remix:(\w{6})", str(fox.components))
    jumped = await answer(stage, await ann.picks(source, on=lineage))
    await ann.clicks("Favourite", on=jumped)
    await until(stage, lambda: "Favourite ✓" in [button.label for button in jumped.buttons])
    assert "Open its message" in [button.label for button in jumped.buttons]

    stills = await answer(stage, await ann.clicks("Animate a frame…", on=panel))
    chosen = the_form(await ann.picks("4", on=stills))
    before = len([message for message in ann.sees() if message.media and not message.ephemeral])
    await answer(stage, await ann.fills(chosen, {"Prompt": "it wakes up"}))
    await until(stage, lambda: len([m for m in ann.sees() if m.media and not m.ephemeral and not m.deleted]) > before)
    assert any("it wakes up" in m.text and "Starts from an image" in m.text for m in ann.sees() if m.media)

    without_a_role = [button.label for button in (await more_of(stage, night, "sam")).buttons]
    assert not {"Animate a frame…", "Variations…", "Extend…"} & set(without_a_role)

    question = await asked_to_delete(stage, fox)
    await ann.clicks("Delete for good", on=question)
    await until(stage, lambda: "was deleted" in question.text)
    again = await answer(stage, await ann.clicks("Lineage", on=await more_of(stage, night)))
    assert "2 videos · 1 deleted (✕)" in again.text
