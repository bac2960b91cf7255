"""Options besides prompt, length and size: each dialect sends them as documented, or sends no order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.errors import Refused
from bot.domain.models.abilities import Ability
from bot.domain.ports.provider import Order
from bot.domain.video import Lora, RemixMethod, Size, VideoOptions
from bot.providers.openai.server_profiles import BY_NAME
from bot.sandbox.video.openai.accents import SIMULATED_ACCENTS
from bot.sandbox.video.openai.videos import Ordered
from tests.contract import gemini_services, openrouter_services
from tests.contract.conformance import SUBJECTS, Subject
from tests.contract.openrouter_services import SEEDANCE, an_openrouter
from tests.contract.profile_scenes import a_scene
from tests.contract.video_services import a_picture

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")

VEO = "google/veo-3.1-lite"
WIDE = Size(1280, 720)


START, END = a_picture(), a_picture(colour="red")
EVERYTHING: dict[Ability, VideoOptions[bytes]] = {
    Ability.SOUND: VideoOptions(sound=False),
    Ability.SEED: VideoOptions(seed=7),
    Ability.NEGATIVE_PROMPT: VideoOptions(negative_prompt="rain"),
    Ability.END: VideoOptions(end=END),
    Ability.LORA: VideoOptions(lora=Lora(name="Noir")),
}


def made(ordered: Ordered) -> dict[str, Any]:
    """The options that arrived."""
    return {
        "sound": ordered.sound,
        "seed": ordered.seed,
        "negative_prompt": ordered.without,
        "end": ordered.end,
        "references": ordered.references,
    }


def asked(options: VideoOptions[bytes]) -> dict[str, Any]:
    return {
        "sound": options.sound,
        "seed": options.seed,
        "negative_prompt": options.negative_prompt,
        "end": options.end,
        "references": options.references,
    }


# Servers of the OpenAI dialect


@pytest.mark.parametrize("ability", Ability)
@pytest.mark.parametrize("name", SIMULATED_ACCENTS)
async def test_a_server_gets_an_option_in_its_own_field_or_no_order_at_all(name: str, ability: Ability) -> None:
    async with a_scene(name) as scene:
        order = replace(scene.order(), options=EVERYTHING[ability])
        if ability in BY_NAME[name].options:
            await scene.submit(order)
            (line,) = scene.service.host.created
            usual = {"seed": line.ordered.seed} if BY_NAME[name].repeats and ability is not Ability.SEED else {}
            assert made(line.ordered) == asked(order.options) | usual
            return
        with pytest.raises(Refused, match=f"`{ability}`, which the catalogue promises for Sora 2"):
            await scene.submit(order)
        assert scene.service.host.created == ()


@pytest.mark.parametrize("name", [name for name in SIMULATED_ACCENTS if Ability.SEED in BY_NAME[name].options])
async def test_several_go_together(name: str) -> None:
    options: VideoOptions[bytes] = VideoOptions(seed=2**31 - 1, negative_prompt="rain, „Nebel“")
    async with a_scene(name) as scene:
        await scene.submit(replace(scene.order(), options=options, picture=START))
        (line,) = scene.service.host.created
        assert (made(line.ordered), line.ordered.picture) == (asked(options), START)


async def test_a_server_that_repeats_itself_is_given_another_seed_each_time() -> None:
    async with a_scene("sglang") as scene:
        for _ in range(3):
            await scene.submit(scene.order())
        assert len({line.ordered.seed for line in scene.service.host.created} - {1024}) == 3


async def test_a_remix_by_its_id_has_no_room_for_options() -> None:
    async with a_scene("plain") as scene:
        source = await scene.finished()
        order = replace(scene.order(method=RemixMethod.NATIVE, source_id=source), options=VideoOptions(seed=1))
        with pytest.raises(Refused, match="`seed`"):
            await scene.submit(order)
        assert len(scene.service.host.created) == 1


# All dialects


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
@pytest.mark.parametrize("ability", Ability)
async def test_no_dialect_leaves_out_what_it_was_asked_for(subject: Subject, ability: Ability) -> None:
    """For each dialect's default model: the option arrives, or nothing was ordered. Our name may be sent as a seed."""
    async with subject.open() as service:
        order = replace(subject.order(), picture=START, options=EVERYTHING[ability], own_name=None)
        try:
            await service.provider.submit(order)
        except Refused:
            assert service.host.created == ()
        else:
            (line,) = service.host.created
            arrived, wanted = made(line.ordered), asked(order.options)
            usual = {name: arrived[name] for name in subject.has_usual if wanted[name] in {None, ""}}
            assert arrived == wanted | usual


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
async def test_no_dialect_leaves_out_reference_pictures(subject: Subject) -> None:
    async with subject.open() as service:
        order = replace(subject.order(), options=VideoOptions(references=(START, END)))
        try:
            await service.provider.submit(order)
        except Refused:
            assert service.host.created == ()
        else:
            (line,) = service.host.created
            assert (line.ordered.references, line.prompt) == ((START, END), order.prompt)


async def test_gemini_is_told_in_the_prompt_what_each_picture_is_for() -> None:
    async with gemini_services.a_gemini() as service:
        order = replace(gemini_services.an_order("a fox"), picture=START, options=VideoOptions(end=END))
        await service.provider.submit(order)
        (line,) = service.host.created
        assert (line.prompt, line.ordered.picture, line.ordered.end) == ("a fox", START, END)


def an_openrouter_order(remote: str, options: VideoOptions[bytes], **changes: Any) -> Order:
    return replace(openrouter_services.an_order(remote=remote, seconds=4, size=WIDE), options=options, **changes)


async def test_openrouter_takes_them_all_together() -> None:
    options = VideoOptions(sound=False, seed=7, negative_prompt="rain", end=END)
    async with an_openrouter() as service:
        remote_id = await service.provider.submit(an_openrouter_order(VEO, options, picture=START))
        (line,) = service.host.created
        assert (made(line.ordered), line.ordered.picture) == (asked(options), START)
        service.finish()
        assert str(await service.provider.look(remote_id)).count("120000") == 1  # 4 s without sound at $0.03


async def test_openrouter_is_not_asked_for_what_it_would_drop() -> None:
    async with an_openrouter() as service:
        with pytest.raises(Refused, match="`negative-prompt`"):
            await service.provider.submit(an_openrouter_order(SEEDANCE, VideoOptions(negative_prompt="rain")))
        assert service.host.created == ()
