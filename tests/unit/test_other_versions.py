"""Buttons and forms that this version doesn't know, or that are malformed, get an error message."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.errors import BadRequest
from bot.domain.video import Aim
from bot.interaction_registry import InteractionRegistry
from bot.member_limits import MemberLimits
from bot.ui.dialogs.drafts import Drafts
from bot.ui.dialogs.forms import text_in
from bot.ui.dialogs.quoting.prompt_forms import picture_in
from bot.ui.dialogs.remix_form import input_of
from bot.ui.interactions.picture_choices import Offered
from bot.ui.interactions.selects import chosen_among
from bot.ui.screens.video.stills import STILL_NUMBERS
from bot.wiring.cogs.commands import commands_only
from cogs.answers import Answers
from cogs.costs import CostsCog
from cogs.stats import Stats
from tests.builders import ANN
from tests.scripted import MemoryRecords

OTHER_BUTTON = "This button is from another version of the bot."
OTHER_FORM = "This form is from another version of the bot."
A_TEXT = {"type": 18, "component": {"type": 4, "custom_id": "prompt", "value": "a fox"}}


async def said(kind: discord.InteractionType, data: Mapping[str, Any], registry: InteractionRegistry) -> list[str]:
    """The message for someone who sends this."""
    sent: list[str] = []

    async def send_message(*, content: str, **_: Any) -> Any:
        sent.append(content)
        return SimpleNamespace(resource=None)

    async def original_response() -> None:
        return None

    response = SimpleNamespace(is_done=lambda: bool(sent), send_message=send_message)
    interaction: Any = SimpleNamespace(
        id=1,
        type=kind,
        data=dict(data),
        message=None,
        extras={},
        response=response,
        original_response=original_response,
        locale=discord.Locale.american_english,
        user=SimpleNamespace(id=ANN),
        client=SimpleNamespace(is_answering=True, limits=MemberLimits()),
    )
    await Answers(registry, drafts=Drafts(records=MemoryRecords())).on_interaction(interaction)
    return sent


@pytest.mark.parametrize(
    "custom_id",
    [
        "k1:nuke:K7Q4FD",
        "k1:cancel:k7q4fd",
        "k1:cancel:",
        "k1:cancel:K7Q4FD:more",
        "k1:history:all:older",
        "k1:history:nothing:older:K7Q4FD",
        "k1:models:at:",
        "k1:",
        "k2:cancel:K7Q4FD",
    ],
)
async def test_a_button_of_another_version_gets_a_sentence(custom_id: str) -> None:
    bot = await commands_only()
    (told,) = await said(discord.InteractionType.component, {"custom_id": custom_id}, bot.registry)
    assert told.startswith(OTHER_BUTTON)


@pytest.mark.parametrize("custom_id", ["k1:cancel:K7Q4FD", "k1:history:all:older:K7Q4FD", "k1:models:at:sora-2"])
async def test_a_button_of_ours_is_left_to_its_cog(custom_id: str) -> None:
    bot = await commands_only()
    assert await said(discord.InteractionType.component, {"custom_id": custom_id}, bot.registry) == []


@pytest.mark.parametrize(
    "custom_id", ["k1:form:nuke:K7Q4FD:1a2b", "k1:form:remix", "k1:form:remix:K7Q4FD", "k1:form:", "k2:form:a:b:c"]
)
@pytest.mark.parametrize("components", [[A_TEXT], [], [{"type": 10}]])
async def test_a_form_of_another_version_gets_a_sentence(custom_id: str, components: list[Any]) -> None:
    bot = await commands_only()
    data = {"custom_id": custom_id, "components": components}
    (told,) = await said(discord.InteractionType.modal_submit, data, bot.registry)
    assert told.startswith(OTHER_FORM)


@pytest.mark.parametrize("data", [None, {"values": []}, {"values": ["next year"]}, {"values": ["9"]}])
async def test_a_choice_that_this_version_does_not_offer_is_told(data: Any) -> None:
    nothing: Any = None
    costs = CostsCog(InteractionRegistry(), report=nothing, painter=nothing)
    stats = Stats(InteractionRegistry(), report=nothing, painter=nothing)
    interaction: Any = SimpleNamespace(data=data)
    menu: Any = SimpleNamespace(asked=None)
    for handler in (costs.period_chosen, costs.grouping_chosen, stats.period_chosen):
        with pytest.raises(BadRequest, match="another version"):
            await handler(interaction, menu)
    with pytest.raises(BadRequest, match="another version"):
        chosen_among(interaction, STILL_NUMBERS)


async def test_parts_of_a_form_without_words_are_passed_over() -> None:
    registry, taken = InteractionRegistry(), list[Any]()

    async def sent(_: Any, about: str, fields: Mapping[str, str]) -> None:
        taken.append((about, fields))

    registry.add_form("remix", sent)
    parts = [{"type": 10, "content": "words"}, A_TEXT, {"type": 1, "components": []}]
    data = {"custom_id": "k1:form:remix:K7Q4FD:1a2b", "components": parts}
    assert await said(discord.InteractionType.modal_submit, data, registry) == []
    assert taken == [("K7Q4FD", {"prompt": "a fox"})]


def test_a_field_that_is_missing_or_unknown_is_told_and_a_choice_that_is_missing_is_the_usual_one() -> None:
    fox = Offered(url="https://cdn.example/fox.png", name="fox.png")
    assert (text_in({"prompt": "a fox"}), picture_in({}, [fox])) == ("a fox", fox)
    assert input_of({"prompt": "at night"}, prefilled=False).aim is Aim.CHANGE
    assert input_of({"prompt": "a fox at night"}, prefilled=True).aim is Aim.REPLACE
    with pytest.raises(BadRequest, match="another version"):
        input_of({"aim": "change"}, prefilled=False)
    with pytest.raises(BadRequest, match="another version"):
        text_in({})
    with pytest.raises(BadRequest, match="another version"):
        input_of({"prompt": "a fox", "aim": "nuke"}, prefilled=False)
    for number in ("1", "-1", "first"):
        with pytest.raises(BadRequest, match="another version"):
            picture_in({"picture": number}, [fox])
