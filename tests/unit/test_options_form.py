"""The form of `/create more:true`: a model's options, typed, attached, kept, and read back."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from bot.domain.errors import BadRequest
from bot.domain.models.abilities import MOST_LORAS, Abilities, Ability, AllowedLora
from bot.domain.video import Lora, VideoOptions
from bot.sandbox.discord.checks.modal_checks import check_modal
from bot.ui.dialogs.forms import Upload, files_in
from bot.ui.dialogs.quoting.options_form import OptionsForm
from bot.ui.dialogs.quoting.typed_order import TypedOrder
from bot.ui.dialogs.remix_form import RemixForm, RemixFormFacts
from bot.ui.interactions.error_handler import _opens_form
from tests.builders import a_card, a_done_job, a_request
from tests.unit.test_remix_form import an_offer, an_option

BEFORE = {"prompt", "model", "seconds", "size", "private", "fit", "image", "image_bytes"}


def parts(*abilities: Ability, references: int = 0, **typed: str) -> list[dict[str, Any]]:
    card = a_card(abilities=Abilities(options=frozenset(abilities), references=references))
    order = TypedOrder(prompt="a fox", **typed)
    data: Any = OptionsForm("0" * 16, card, order.as_fields()).to_dict()
    check_modal({"data": data})
    return [part["component"] for part in data["components"]]


def ids(*abilities: Ability, references: int = 0, **typed: str) -> list[str]:
    return [part["custom_id"] for part in parts(*abilities, references=references, **typed)]


def hint(*abilities: Ability, references: int = 0, **typed: str) -> str:
    """The hint next to the prompt."""
    card = a_card(abilities=Abilities(options=frozenset(abilities), references=references))
    form: Any = OptionsForm("0" * 16, card, TypedOrder(prompt="a fox", **typed).as_fields()).to_dict()
    return str(form["components"][0]["description"])


def test_the_form_has_the_prompt_and_exactly_what_the_model_takes() -> None:
    assert ids(Ability.SEED) == ["prompt", "seed"]
    assert ids(Ability.SOUND, Ability.END) == ["prompt", "image", "end", "sound"]
    assert ids(references=3) == ["prompt", "references"]
    assert parts(references=3)[1]["max_values"] == 3


def test_of_more_than_a_form_holds_it_leaves_out_what_the_command_has_options_for() -> None:
    assert ids(*Ability, references=3) == ["prompt", "seed", "negative", "references", "image"]


def test_what_there_is_no_room_for_is_named_with_the_command_that_takes_it() -> None:
    assert hint(*Ability, references=3) == "No room here for: End image, Sound. Give those as options of /create."
    assert hint(*Ability, style="watercolour") == "The preset adds: watercolour"
    assert hint(Ability.SEED) == "You aren't charged until you send it."


def test_who_attached_the_image_to_start_from_is_asked_for_that_to_end_with_first() -> None:
    assert ids(*Ability, references=3, image="https://x/s") == ["prompt", "seed", "negative", "references", "end"]
    assert ids(Ability.END, image="https://x/s") == ["prompt", "end", "image"]


def test_it_opens_again_as_it_was_filled_in() -> None:
    text, seed, sound = parts(Ability.SEED, Ability.SOUND, seed="7", sound="off")
    assert (text["value"], seed["value"]) == ("a fox", "7")
    assert [option["value"] for option in sound["options"] if option.get("default")] == ["off"]


def test_what_was_entered_becomes_the_order() -> None:
    typed = TypedOrder(prompt="a fox", more="yes").with_fields(
        {"prompt": "a hound", "seed": " 42 ", "negative": "rain", "sound": "off"}
    )
    ends, refs = (
        [Upload(url="https://x/e", bytes=1)],
        [Upload(url="https://x/r", bytes=2), Upload(url="https://x/s", bytes=3)],
    )
    typed = typed.with_files({"end": ends, "references": refs, "image": []})
    assert list(typed.inputs()) == ends + refs
    wanted = typed.wanted(b"i", [b"e", b"r", b"s"])
    options = VideoOptions(sound=False, seed=42, negative_prompt="rain", end=b"e", references=(b"r", b"s"))
    assert (wanted.prompt, wanted.image, wanted.options) == ("a hound", b"i", options)
    assert replace(typed, sound="usual").wanted(None, [b"e", b"r", b"s"]).options.sound is None
    assert list(typed.with_files({"end": [], "references": [], "image": []}).inputs()) == ends + refs, "kept"


@pytest.mark.parametrize("seed", ["soon", "-1", "1.5", "½", "0x1"])
def test_a_seed_that_is_no_whole_number_is_refused(seed: str) -> None:
    with pytest.raises(BadRequest, match="can't be a seed"):
        TypedOrder(prompt="a fox", seed=seed).wanted(None)


def test_versions_without_options_can_read_the_draft_of_an_order_without_any() -> None:
    assert TypedOrder(prompt="a fox", model="b").as_fields().keys() == BEFORE
    typed = TypedOrder(prompt="a fox", seed="7", more="yes")
    assert typed.as_fields().keys() == BEFORE | {"seed", "more"}
    assert TypedOrder(**typed.as_fields()) == typed


def test_files_are_read_from_what_discord_resolved() -> None:
    data = {
        "components": [
            {"type": 18, "component": {"type": 19, "custom_id": "end", "values": ["1"]}},
            {"type": 18, "component": {"type": 19, "custom_id": "references", "values": ["2", "3", "9"]}},
            {"type": 18, "component": {"type": 4, "custom_id": "prompt", "value": "a fox"}},
        ],
        "resolved": {"attachments": {str(n): {"url": f"https://x/{n}", "size": n} for n in (1, 2, 3)}},
    }
    interaction: Any = SimpleNamespace(data=data)
    assert files_in(interaction, "end") == [Upload(url="https://x/1", bytes=1)]
    assert [each.bytes for each in files_in(interaction, "references")] == [2, 3]
    assert files_in(interaction, "image") == []


@pytest.mark.parametrize(("more", "opens"), [(True, True), (False, False), (None, False)])
def test_a_command_that_asks_for_more_opens_a_form(more: bool | None, opens: bool) -> None:
    options = [{"name": "prompt", "value": "more"}] + ([] if more is None else [{"name": "more", "value": more}])
    assert _opens_form({"type": 1, "options": options}) is opens


@pytest.mark.parametrize(("prompt", "has"), [("a fox", True), ("a fox " * 30, False)])
def test_the_remix_form_takes_an_image_where_it_has_room(prompt: str, has: bool) -> None:
    facts = RemixFormFacts(offers=[an_offer("a", an_option(), None)])
    data: Any = RemixForm(a_done_job(request=a_request(prompt=prompt)), facts).to_dict()
    check_modal({"data": data})
    assert any(part.get("component", {}).get("custom_id") == "image" for part in data["components"]) is has


LORAS = {"Film grain": AllowedLora(file="f", strength=0.8, least=0.2, most=1.2), "Pixel art": AllowedLora(file="p")}


def lora_parts(loras: dict[str, AllowedLora], lora: str = "") -> list[dict[str, Any]]:
    card = a_card(abilities=Abilities(options=frozenset({Ability.LORA}), loras=loras))
    data: Any = OptionsForm("0" * 16, card, TypedOrder(prompt="a fox", lora=lora).as_fields()).to_dict()
    check_modal({"data": data})
    (_, part) = data["components"]
    options: list[dict[str, Any]] = part["component"]["options"]
    return options


def test_loras_are_a_list_with_their_usual_strength_and_their_bounds() -> None:
    options = lora_parts(LORAS, lora="Film grain:1.2")
    assert [option["value"] for option in options] == ["Film grain", "Film grain:0.2", "Film grain:1.2", "Pixel art"]
    assert [option["value"] for option in options if option.get("default")] == ["Film grain:1.2"]


def test_of_more_loras_than_fit_with_their_bounds_each_is_there_once() -> None:
    many = {f"Look {number}": LORAS["Film grain"] for number in range(MOST_LORAS)}
    assert [option["value"] for option in lora_parts(many)] == list(many)


@pytest.mark.parametrize("number", [2, MOST_LORAS])
def test_a_strength_of_a_preset_that_is_no_bound_is_not_lost_in_the_form(number: int) -> None:
    many = {f"Look {each}": LORAS["Film grain"] for each in range(number)}
    options = lora_parts(many, lora="Look 1:0.5")
    assert [option["value"] for option in options if option.get("default")] == ["Look 1:0.5"]
    assert {option["value"] for option in options} >= set(many)


def test_what_the_model_has_no_more_is_no_choice() -> None:
    assert "Noir" not in {option["value"] for option in lora_parts(LORAS, lora="Noir")}


@pytest.mark.parametrize(
    ("text", "lora"),
    [
        ("", None),
        ("Film grain", Lora(name="Film grain")),
        (" Film grain : 0.6 ", Lora(name="Film grain", strength=0.6)),
        ("Film grain:much", Lora(name="Film grain:much")),
        (":0.5", Lora(name=":0.5")),
    ],
)
def test_a_lora_is_read_as_it_is_written(text: str, lora: Lora | None) -> None:
    assert TypedOrder(prompt="a fox").with_fields({"lora": text}).wanted(None).options.lora == lora
    assert lora is None or Lora.of(str(lora)) == lora
