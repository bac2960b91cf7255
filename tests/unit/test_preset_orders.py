"""Orders with a preset: it fills gaps, typed values win, and unavailable ones become the nearest, with a note."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.models.abilities import Abilities, Ability
from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.studio.presets import Preset, styled
from bot.domain.video import Lora, VideoOptions
from bot.jobs.ordering.presets import PresetOrder, fitted, with_model
from bot.jobs.ordering.quoting import OrderRequest
from bot.sandbox.discord.checks.modal_checks import check_modal
from bot.ui.dialogs.create_form import CreateForm
from bot.ui.dialogs.drafts import Drafts
from bot.ui.dialogs.presets.step import PresetStep
from bot.ui.dialogs.quoting.options_form import OptionsForm
from bot.ui.dialogs.quoting.typed_order import TypedOrder
from bot.ui.interactions.suggestions import ModelSuggestions, suggested_presets
from bot.ui.text.phrases.studio.presets import differs
from bot.ui.text.render import render
from tests.builders import TALL, WIDE, a_card, a_catalogue, a_member
from tests.scripted import MemoryRecords
from tests.tiers import a_tier

ABLE = Abilities(options=frozenset({Ability.SOUND, Ability.SEED, Ability.NEGATIVE_PROMPT}))
SORA = a_card(abilities=ABLE)
WAN = a_card(id="wan", label="Wan", seconds=(5, 10), takes_picture=False)
FLAT = a_card(id="flat", label="Flat", seconds=(8,), sizes=(TALL,), per_second={TALL: Usd.of("0.01")})
OPTIONS: VideoOptions[Any] = VideoOptions(sound=False, seed=7, negative_prompt="rain")
MODELS = a_catalogue()
NOIR = Preset(name="Noir", style="film grain", model="sora-2", seconds=12, size=WIDE, options=OPTIONS)


def ordered(
    preset: Preset = NOIR, *cards: ModelCard, limits: OrderLimits = UNLIMITED, **typed: Any
) -> tuple[OrderRequest, str]:
    """The resulting order, and the notes about it."""
    catalogue, order = a_catalogue(*(cards or (SORA, WAN, FLAT))), OrderRequest(prompt="a fox", **typed)
    allowed = limits.cards(catalogue)
    wanted = with_model(order, preset, allowed.values(), catalogue.label(preset.model or ""))
    made = fitted(order, wanted, allowed[cast("str", wanted.order.model)])
    return made.order, "\n".join(map(render, made.changes))


@pytest.mark.parametrize(
    ("style", "prompt", "whole"),
    [
        ("film grain", "a fox", "a fox, film grain"),
        ("film grain", " A fox runs. ", "A fox runs. film grain"),
        ("film grain", "狐が走る。", "狐が走る。 film grain"),
        ("A slow shot of {prompt}, 35 mm", "a fox", "A slow shot of a fox, 35 mm"),
        ("", " a fox ", "a fox"),
        ("{prompt}", "{prompt} {style}", "{prompt} {style}"),
    ],
)
def test_a_style_goes_around_the_prompt_or_after_it(style: str, prompt: str, whole: str) -> None:
    assert styled(style, prompt) == whole


def test_a_preset_fills_in_what_is_left_open() -> None:
    order, told = ordered()
    assert (order.model, order.seconds, order.size, order.options) == ("sora-2", 12, "1280x720", OPTIONS)
    assert told == ""


def test_what_is_typed_wins_even_where_it_can_not_be_had() -> None:
    order, told = ordered(seconds=9, size="1x1", options=VideoOptions(sound=True, seed=1))
    assert (order.seconds, order.size) == (9, "1x1")
    assert order.options == VideoOptions(sound=True, seed=1, negative_prompt="rain")
    assert told == ""


def test_what_the_model_that_is_typed_lacks_is_told_and_left_out() -> None:
    order, told = ordered(model="wan", options=VideoOptions(seed=1))
    assert (order.model, order.seconds, order.options) == ("wan", 10, VideoOptions(seed=1))
    assert "Wan can't make 12 s here. Nearest: 10 s." in told
    assert "Wan can't be told whether to make sound" in told
    assert "Wan takes no negative prompt" in told
    assert "seed" not in told, "it was asked for: whoever quotes it refuses it"


def test_a_lora_that_the_model_does_not_list_is_told_and_left_out() -> None:
    lora = Lora(name="Film grain", strength=0.6)
    order, told = ordered(replace(NOIR, options=VideoOptions(lora=lora)), model="wan")
    assert (order.options, "Wan doesn't take the preset's LoRA" in told) == (VideoOptions(), True)
    order, told = ordered(replace(NOIR, options=VideoOptions(lora=lora)), model="wan", options=VideoOptions(lora=lora))
    assert (order.options.lora, "LoRA" in told) == (lora, False), "it was asked for: whoever quotes it refuses it"


def test_a_model_that_left_is_replaced_by_the_one_of_nearest_shape_and_length() -> None:
    gone = replace(NOIR, model="gone-1", options=VideoOptions())
    order, told = ordered(gone)
    assert (order.model, order.seconds) == ("sora-2", 12)
    assert told == "gone-1 can't be ordered here now. Nearest: Sora 2."
    assert ordered(replace(gone, seconds=10))[0].model == "wan"
    assert ordered(replace(gone, size=None, seconds=None))[0].model == "flat", "the cheapest, if nothing else counts"
    assert ordered(replace(gone, seconds=10), image=b"i")[0].model == "sora-2", "which starts from an image"


def test_where_no_model_starts_from_the_image_it_is_refused() -> None:
    with pytest.raises(BadRequest, match=r"“Noir” uses gone-1, .* no other model can take its place"):
        ordered(replace(NOIR, model="gone-1"), WAN, image=b"i")


def test_a_tier_holds_for_presets_too() -> None:
    short = OrderLimits(tier=a_tier("Basic", longest_seconds=8))
    order, told = ordered(limits=short)
    assert (order.seconds, told) == (8, "Sora 2 can't make 12 s here. Nearest: 8 s.")
    only_wan = OrderLimits(tier=a_tier("Basic", models=frozenset({"wan"}), longest_seconds=5))
    order, told = ordered(replace(NOIR, options=VideoOptions()), limits=only_wan)
    assert (order.model, order.seconds) == ("wan", 5)
    assert "Sora 2 can't be ordered here now. Nearest: Wan." in told


def test_the_order_is_given_the_whole_prompt_and_keeps_the_typed_one_for_its_form() -> None:
    order, _ = ordered()
    made = PresetOrder(order=order, preset=NOIR)
    typed = TypedOrder(prompt="a {red,blue} fox", preset="mine:Noir").with_preset(made)
    assert (typed.prompt, typed.wanted(None).prompt) == ("a {red,blue} fox", "a {red,blue} fox, film grain")
    assert (typed.wanted(None).options, typed.seconds, typed.preset) == (OPTIONS, "12", "")
    again = TypedOrder(**typed.as_fields()).with_fields({"prompt": "an owl"})
    assert again.wanted(None).prompt == "an owl, film grain"


async def test_the_model_in_the_place_of_one_that_left_takes_the_images_that_were_given() -> None:
    asked: list[OrderRequest] = []

    class Applying:
        presets: Any

        async def named(self, _member: Member, _typed: str) -> Preset:
            return NOIR

        async def apply(self, _member: Member, order: OrderRequest, preset: Preset) -> PresetOrder:
            asked.append(order)
            return PresetOrder(order=order, preset=preset)

    async def go_on(*_: object) -> None:
        pass

    anything: Any = Applying()
    anything.presets = anything
    step = PresetStep(apply=anything, questions=anything, drafts=Drafts(records=MemoryRecords()))
    interaction: Any = SimpleNamespace(extras={})
    for image in "https://cdn.discordapp.com/a.png", "":
        typed = TypedOrder(prompt="a fox", preset="Noir", image=image, image_bytes="9", end=image, end_bytes="9")
        await step.with_preset(interaction, a_member(), typed, go_on)
    assert [(order.image is None, order.options.end is None) for order in asked] == [(False, False), (True, True)]


def test_words_alone_are_given_no_model_that_always_starts_from_an_image() -> None:
    from_images, gone = replace(SORA, id="from-images", needs_picture=True), replace(NOIR, model="gone-1")
    made = with_model(OrderRequest(prompt="a fox"), gone, [from_images, FLAT], "gone-1")
    assert made.order.model == FLAT.id
    with_one = with_model(OrderRequest(prompt="a fox", image=b"a picture"), gone, [from_images], "gone-1")
    assert with_one.order.model == "from-images"


def test_what_differs_is_told_before_anything_is_ordered() -> None:
    made = with_model(OrderRequest(prompt="a fox"), replace(NOIR, model="gone-1"), [SORA], "gone-1")
    assert render(differs(made)).splitlines() == [
        "**The preset “Noir” can't be used as it is.** Nothing was ordered.",
        "gone-1 can't be ordered here now. Nearest: Sora 2.",
    ]


def test_presets_are_suggested_by_name_or_style() -> None:
    servers = replace(NOIR, name="Rain & Co", guild_id=1, style="x" * 500)
    assert [each.value for each in suggested_presets([NOIR, servers], "", MODELS)] == ["mine:Noir", "server:Rain & Co"]
    assert [each.value for each in suggested_presets([NOIR, servers], "GRAIN", MODELS)] == ["mine:Noir"]
    assert suggested_presets([servers], "rain", MODELS)[0].name.startswith(
        "Rain & Co (server) · Sora 2 · 12 s · 1280x720"
    )
    assert all(len(each.name) <= 100 for each in suggested_presets([NOIR, servers], "", MODELS))


async def test_the_form_has_the_model_of_the_preset_among_more_than_a_menu_holds() -> None:
    class Healthy:
        async def ailing_lately(self) -> dict[str, Any]:
            return {}

        def ends(self, _card: ModelCard) -> None:
            return None

    anything: Any = Healthy()
    many = a_catalogue(*(a_card(id=f"m{number}", label=f"M {number}") for number in range(30)))
    suggestions = ModelSuggestions(catalogue=many, health=anything)
    for model in "m3", "m29":
        shown = await suggestions.models("", UNLIMITED, seconds="", chosen=model)
        assert len(shown) == 25
        form: Any = CreateForm("0" * 16, TypedOrder(prompt="a fox", model=model), shown).to_dict()
        options = form["components"][1]["component"]["options"]
        assert [each["value"] for each in options if each.get("default")] == [model]


def test_forms_say_beside_the_prompt_what_the_preset_adds() -> None:
    typed = TypedOrder(prompt="a fox", style="film grain " * 40)
    for form in CreateForm("0" * 16, typed, []), OptionsForm("0" * 16, SORA, typed.as_fields()):
        data: Any = form.to_dict()
        check_modal({"data": data})
        assert data["components"][0]["description"].startswith("The preset adds: film grain")
        assert data["components"][0]["component"]["value"] == "a fox"
