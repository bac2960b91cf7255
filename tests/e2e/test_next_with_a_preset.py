"""A preset from a result to the next video, through the shipped bot."""

from __future__ import annotations

from pathlib import Path

from bot.sandbox.services import Scene
from tests.e2e.acting import agreed, answer, create, more_of, result_of, the_form, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

VEO = "veo-3.1-lite"


@only_in_full("its parts have tests of their own")
async def test_what_a_result_was_made_of_is_saved_and_makes_the_next_video(tmp_path: Path) -> None:
    scene = Scene(provider="openrouter")
    async with quick_stage(tmp_path, {"CONFIRM_ABOVE_USD": "100"}, scene=scene).running() as stage:
        ann, max_ = stage.person("ann"), stage.person("max")
        film = await result_of(stage, await create(stage, prompt="a fox", model=VEO, seconds=6, sound=False))
        form = the_form(await ann.clicks("Save as preset…", on=await more_of(stage, film)))
        assert [field.label for field in form.fields] == ["Name", "Style", "What it remembers"]
        kept = {"name": "Noir", "style": "film grain", "keep": ["model", "seconds", "size", "sound"]}
        said = await answer(stage, await ann.fills(form, kept))
        assert "You have the preset “Noir” now" in said.text

        assert [each["value"] for each in await ann.suggests("/create", "preset", "noi")] == ["mine:Noir"]
        assert await max_.suggests("/create", "preset", "") == []
        card = await create(stage, prompt="an owl", preset="mine:Noir", sound=True)
        assert "an owl, film grain" in card.text
        await result_of(stage, card)
        made = stage.host.created[-1].ordered
        assert (made.prompt, made.seconds, made.sound) == ("an owl, film grain", 6, True)

        unknown = await answer(stage, await max_.types("/create", prompt="an owl", preset="mine:Noir"))
        assert "There is no preset “Noir” here" in unknown.text
        assert len(stage.host.created) == 2
        without = await answer(stage, await max_.fills(the_form(await max_.clicks("Edit", on=unknown))))
        await result_of(stage, without, "max")
        assert stage.host.created[-1].ordered.prompt == "an owl", "what they were told is not there is not asked for"

        typo = await answer(stage, await ann.types("/create", prompt="a cat", preset="Noir", seconds=5))
        form = the_form(await ann.clicks("Edit", on=typo))
        card = await answer(stage, await ann.fills(form, {"seconds": "4"}))
        assert "a cat, film grain" in card.text, "what was refused for another reason is still asked for"


@only_in_full("its parts have tests of their own")
async def test_presets_are_made_looked_at_used_and_carried_by_a_file(tmp_path: Path) -> None:
    async with quick_stage(tmp_path, {"CONFIRM_ABOVE_USD": "100"}).running() as stage:
        ann, max_ = stage.person("ann"), stage.person("max")
        page = await answer(stage, await ann.types("/presets"))
        assert "**Your presets** (0 of 25)" in page.text
        form = the_form(await ann.clicks("New…", on=page))
        await ann.fills(form, {"name": "Noir", "style": "film grain"})
        await until(stage, lambda: "“a fox in the snow” becomes “a fox in the snow, film grain”" in page.text)

        file = ("own.json", b'{"kinora_presets": 1, "presets": [{"name": "noir", "style": "x", "model": "gone-1"}, 5]}')
        brought = await answer(stage, await ann.types("/presets", file=file))
        assert "1 was there already, and stays as it was: “noir”" in brought.text
        assert "Preset 2: it has to be an object in braces." in brought.text
        await ann.clicks("Replace 1", on=brought)
        await until(stage, lambda: "1 preset is now as the file has it." in brought.text)
        shared = await answer(stage, await max_.types("/presets", file=file, for_server=True))
        assert "1 preset was added to the server:** “noir”" in shared.text
        suggested = await ann.suggests("/create", "preset", "noir")
        assert [each["value"] for each in suggested] == ["mine:noir", "server:noir"]

        question = await answer(stage, await ann.types("/create", prompt="an owl", preset="Noir"))
        assert "gone-1 can't be ordered here now. Nearest: " in question.text
        assert not stage.host.created
        card = await agreed(stage, "Go on with that", question)
        assert "an owl, x" in card.text
        await result_of(stage, card)
        assert stage.host.created[-1].ordered.prompt == "an owl, x"
