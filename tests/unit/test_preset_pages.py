"""The pages and forms of /presets: what each shows to whom, and how input is handled."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from discord.ui import LayoutView, TextDisplay

from bot.domain.errors import BadRequest
from bot.domain.messages import Count, msg
from bot.domain.models.abilities import Abilities, Ability
from bot.domain.studio.presets import LONGEST_NAME, LONGEST_STYLE, MOST_PRESETS, Preset
from bot.domain.video import VideoOptions
from bot.jobs.use_cases.presets.files import ImportedPresets
from bot.sandbox.discord.checks.modal_checks import check_modal
from bot.ui.dialogs.drafts import refilled
from bot.ui.dialogs.presets.edit_forms import PresetForms, fields_of
from bot.ui.dialogs.presets.save_form import SavePresetForm, preset_of
from bot.ui.interactions.buttons import LastingButton
from bot.ui.screens.presets.pages import PresetPage, PresetReader, PresetsPage
from bot.ui.text.phrases.studio.preset_files import imported
from bot.ui.text.render import render
from tests.builders import GUILD, TALL, WIDE, a_card, a_catalogue, a_done_job, a_request

OPTIONS: VideoOptions[Any] = VideoOptions(sound=False, seed=7, negative_prompt="rain")
NOIR = Preset(name="Noir", style="film grain", model="sora-2", seconds=8, size=WIDE, options=OPTIONS, member_id=1)
SERVERS = replace(NOIR, name="Rain", member_id=0, guild_id=GUILD)
ABLE = a_card(abilities=Abilities(options=frozenset({Ability.SOUND, Ability.SEED, Ability.NEGATIVE_PROMPT})))
MODELS = a_catalogue(ABLE)
FORMS = PresetForms(MODELS)
MEMBER, MANAGER = PresetReader(manages=False, catalogue=MODELS), PresetReader(manages=True, catalogue=MODELS)


def labels(view: LayoutView) -> set[str]:
    return {str(part.item.label) for part in view.walk_children() if isinstance(part, LastingButton)}


def text_of(view: LayoutView) -> str:
    return "\n".join(part.content for part in view.walk_children() if isinstance(part, TextDisplay))


@pytest.mark.parametrize("fields", [{"seed": "7"}, {"negative": "rain"}, {"lora": "film"}])
def test_an_option_that_the_model_lacks_is_refused_once(fields: dict[str, str]) -> None:
    with pytest.raises(BadRequest) as refusal:
        PresetForms(a_catalogue(a_card())).with_options(NOIR, fields)
    assert refusal.value.sentence.endswith("Leave it out or pick another model. Nothing was changed.")


def test_a_full_list_fits_into_a_message() -> None:
    own = [replace(NOIR, name=f"{number} {'*' * LONGEST_NAME}", style="_" * 500) for number in range(MOST_PRESETS)]
    page = PresetsPage([*own, *(replace(each, member_id=0, guild_id=GUILD) for each in own)], MEMBER, None)
    assert len(text_of(page)) <= 4000
    assert "**Your presets** (25 of 25), on every server" in text_of(page)
    assert labels(page) == {"New…", "Export mine", "Export the server's"}
    longest = replace(NOIR, style="_" * LONGEST_STYLE, options=replace(OPTIONS, negative_prompt="*" * 1000))
    assert len(text_of(PresetPage(longest, MEMBER))) <= 4000


def test_without_any_it_says_how_to_make_one() -> None:
    page = PresetsPage([], MEMBER)
    assert "**More…** on a video has **Save as preset…**" in text_of(page)
    assert labels(page) == {"New…"}


@pytest.mark.parametrize(
    ("reader", "preset", "offered"),
    [
        pytest.param(MEMBER, NOIR, {"Edit…", "Options…", "Remove…"}, id="a member's own"),
        pytest.param(MEMBER, SERVERS, {"Copy to mine"}, id="the server's, to a member"),
        pytest.param(MANAGER, NOIR, {"Edit…", "Options…", "Remove…", "Copy to the server"}, id="a manager's own"),
        pytest.param(
            MANAGER, SERVERS, {"Edit…", "Options…", "Remove…", "Copy to mine"}, id="the server's, to a manager"
        ),
    ],
)
def test_each_is_offered_what_they_can_do(reader: PresetReader, preset: Preset, offered: set[str]) -> None:
    assert labels(PresetPage(preset, reader)) == {"Use…", "Back", *offered}


def test_a_preset_is_shown_whole_with_an_example() -> None:
    assert text_of(PresetPage(NOIR, MEMBER)).splitlines() == [
        "**Your preset “Noir”**",
        "Sora 2 · 8 s · 1280x720 · Sound: off · Seed: 7 · Negative prompt: rain",
        "> film grain",
        "-# “a fox in the snow” becomes “a fox in the snow, film grain”",
    ]
    assert text_of(PresetPage(Preset(name="Grain", style="film grain"), MEMBER)).splitlines()[1] == "> film grain"


def test_what_was_ticked_of_an_order_is_remembered() -> None:
    request = a_request(seconds=8, size=TALL, options=OPTIONS)
    data: Any = SavePresetForm(a_done_job(request=request), "Sora 2", is_own=True, may_be_servers=True).to_dict()
    check_modal({"data": data})
    group = data["components"][2]["component"]["options"]
    assert [each["label"] for each in group] == [
        *("Model: Sora 2", "Length: 8 s", "Size: 720x1280"),
        *("Sound: off", "Seed: 7", "Negative prompt: rain", "Its prompt, as the style: a fox in the snow"),
    ]
    assert [each["value"] for each in group if not each.get("default")] == ["prompt"]
    entered = {"name": "Noir", "style": "film grain"}
    everything = preset_of(request, entered, [each["value"] for each in group])
    assert everything == replace(NOIR, member_id=0, size=TALL)
    assert preset_of(request, entered, []) == Preset(name="Noir", style="film grain")
    assert preset_of(request, {"name": "Noir", "style": " "}, ["prompt"]).style == "a fox in the snow"
    others: Any = SavePresetForm(a_done_job(request=request), "Sora 2", is_own=False, may_be_servers=True).to_dict()
    assert "prompt" not in [each["value"] for each in others["components"][2]["component"]["options"]]


def test_a_form_that_was_refused_opens_again_with_what_was_ticked() -> None:
    form = SavePresetForm(a_done_job(), "Sora 2", is_own=True, may_be_servers=True)
    data: Any = refilled(form, {"name": "Noir", "keep": "model\nsize", "for-server": "True"}, None).to_dict()
    name, _, kept, servers = [part["component"] for part in data["components"]]
    assert name["value"] == "Noir"
    assert [each["value"] for each in kept["options"] if each.get("default")] == ["model", "size"]
    assert servers["default"]


def test_the_forms_have_what_the_preset_says_and_nothing_changes_where_nothing_is_entered() -> None:
    for form in FORMS.edit("edit-preset", NOIR.mark, fields_of(NOIR)), FORMS.options("preset-options", NOIR.mark, {}):
        check_modal({"data": form.to_dict()})
    assert FORMS.edited(NOIR, fields_of(NOIR)) == NOIR
    assert FORMS.with_options(NOIR, fields_of(NOIR)) == NOIR
    assert FORMS.edited(NOIR, {"name": "Noir"}) == replace(NOIR, model=None, seconds=None, size=None)
    assert FORMS.with_options(NOIR, {}) == replace(NOIR, options=VideoOptions())


def test_a_model_that_left_stays_until_another_is_chosen() -> None:
    gone = replace(NOIR, model="gone-1", seconds=7)
    data: Any = FORMS.edit("edit-preset", gone.mark, fields_of(gone)).to_dict()
    options = data["components"][2]["component"]["options"]
    assert [(each["value"], each.get("default", False)) for each in options] == [("sora-2", False), ("gone-1", True)]
    assert FORMS.edited(gone, fields_of(gone)) == gone
    many = PresetForms(a_catalogue(*(a_card(id=f"m{number}", label=f"M {number}") for number in range(26))))
    typed: Any = many.edit("edit-preset", NOIR.mark, fields_of(replace(NOIR, model="m3"))).to_dict()
    assert typed["components"][2]["component"]["value"] == "M 3"
    assert many.edited(NOIR, {"model": "m 25"}).model == "m25"


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("seconds", "soon", "“soon” isn't a length from 1 to 600 seconds"),
        ("seconds", "601", "“601” isn't a length"),
        ("seconds", "9", "Sora 2 makes no videos of 9 seconds. Possible: 4, 8 or 12"),
        ("size", "wide", "“wide” isn't a size like 1280x720"),
        ("size", "99x99", "Sora 2 makes no videos of 99x99. Possible: 1280x720 or 720x1280"),
        ("model", "sore", "There's no model called “sore”"),
    ],
)
def test_what_can_not_be_is_refused_by_its_name(field: str, typed: str, said: str) -> None:
    with pytest.raises(BadRequest, match=f"{said}.*Nothing was changed") as refused:
        FORMS.edited(NOIR, {**fields_of(NOIR), field: typed})
    assert "charged" not in refused.value.sentence


@pytest.mark.parametrize("seed", ["soon", "-1", "2147483648", "½"])
def test_a_seed_is_a_whole_number(seed: str) -> None:
    with pytest.raises(BadRequest, match=r"isn't a whole number from 0 to .* Nothing was changed"):
        FORMS.with_options(NOIR, {"seed": seed})


def test_an_option_that_the_model_lacks_is_refused() -> None:
    with pytest.raises(BadRequest, match="Sora 2 takes no seed"):
        PresetForms(a_catalogue()).with_options(NOIR, {"seed": "7"})
    open_to_any = replace(NOIR, model=None, options=VideoOptions())
    assert PresetForms(a_catalogue()).with_options(open_to_any, {"seed": "7"}).options.seed == 7


def test_what_came_of_a_file_is_told() -> None:
    several = [replace(NOIR, name=name) for name in ("A", "B")]
    mistakes = [msg("Preset {number}: …", number=Count(number)) for number in range(17)]
    made = ImportedPresets(added=several, known=several[:1], no_room=several, mistakes=mistakes, for_server=True)
    said = render(imported(made)).splitlines()
    assert said[:4] == [
        "**2 presets were added to the server:** “A” and “B”",
        "1 was there already, and stays as it was: “A”",
        "2 were left out, because there can be 25 presets: “A” and “B”",
        "17 were left out, because of mistakes in the file:",
    ]
    assert said[-1] == "… and 2 more."
    nothing = ImportedPresets(added=[], known=[], no_room=[], mistakes=[], for_server=False)
    assert render(imported(nothing)) == "**No preset was added.**"
