"""`/create` with sound, an end image and more, and a remix from a new image, through the shipped bot."""

from __future__ import annotations

import io
import re
from pathlib import Path

from PIL import Image

from bot.sandbox.services import Scene
from tests.e2e.acting import answer, create, result_of, the_form, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

SETTINGS = {"CONFIRM_ABOVE_USD": "100"}
SEEDANCE, VEO, HAILUO = "seedance-2.0-mini", "veo-3.1-lite", "hailuo-3-max"


def a_picture(colour: str) -> tuple[str, bytes]:
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), colour).save(picture, "PNG")
    return f"{colour}.png", picture.getvalue()


@only_in_full("its parts have tests of their own")
async def test_what_a_person_asks_for_reaches_the_service_and_is_told(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, SETTINGS, scene=Scene(provider="openrouter")).running() as stage:
        ann = stage.person("ann")
        opened = await ann.types("/create", prompt="a fox", model=VEO, seconds=4, sound=False, more=True)
        assert opened.form is not None, await answer(stage, opened)
        labels = [field.label for field in opened.form.fields]
        assert labels == ["Prompt", "Seed", "Negative prompt", "Start image", "End image"]
        files = {"image": a_picture("teal"), "end": a_picture("red")}
        bad = await answer(stage, await ann.fills(opened.form, {"seed": "soon", "negative": "rain", **files}))
        assert "“soon” isn't a whole number" in bad.text
        sent = await ann.fills(the_form(await ann.clicks("Edit", on=bad)), {"seed": "42"})
        card = (await until(stage, lambda: sent.followups))[-1]
        assert re.search("Sound: off · Seed: 42 · Negative prompt: rain · End image: yes", card.text)
        film = await result_of(stage, card)
        made = stage.host.created[-1].ordered
        assert (made.seed, made.without, made.sound) == (42, "rain", False)
        assert None not in {made.picture, made.end}

        lacking = await answer(stage, await ann.types("/create", prompt="a fox", model=HAILUO, sound=True))
        assert lacking.ephemeral
        assert "MiniMax H3 Max can't be told whether to make sound. Leave out `sound`" in lacking.text

        remix = the_form(await ann.clicks("Remix", on=film))
        second = await answer(stage, await ann.fills(remix, {"prompt": "at night", "image": a_picture("gold")}))
        assert "Starts from an image" in second.text
        await result_of(stage, second)
        last = stage.host.created[-1].ordered
        assert (last.seed, last.without, last.sound, last.end) == (None, "rain", False, None)
        assert last.picture not in {None, made.picture}
        assert len(stage.host.created) == 2


@only_in_full("its parts have tests of their own")
async def test_a_model_without_more_says_so_and_an_order_without_options_is_as_before(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, SETTINGS).running() as stage:
        said = await answer(stage, await stage.person("ann").types("/create", prompt="a fox", more=True))
        assert said.ephemeral
        assert "Sora 2 has no more options." in said.text
        await result_of(stage, await create(stage, prompt="a fox"))
        assert len(stage.host.created) == 1
