"""Several videos at once, on the shipped bot: from the panel, from braces and for comparison."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import agreed, answer, asked, asked_to_delete, card_says, create, more_of, result_of, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("whole walks; what they are made of is tested in parts"),
]

SETTINGS = {"MAX_CONCURRENT_JOBS": "4", "MEMBER_WAITING_JOBS": "8", "CONFIRM_ABOVE_USD": "5"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("batches"), SETTINGS).running() as running:
        yield running


async def posters(stage: Stage, card: Message, number: int) -> None:
    await until(stage, lambda: len(card.attachments) == number)


async def test_four_variations_come_on_one_card_and_each_can_be_shown_and_deleted(stage: Stage) -> None:
    film = await result_of(stage, await create(stage, prompt="a fox in the snow"))
    ann = stage.person("ann")
    question = await answer(stage, await ann.clicks("Variations…", on=await more_of(stage, film)))
    assert re.search(r"×2 · \$\d\.\d\d", str(question.components))
    [four] = re.findall(r"×4 · \$\d\.\d\d", str(question.components))
    card = await agreed(stage, four, question)
    await posters(stage, card, 4)
    edits = stage.world.diary.of("PATCH", f"/messages/{card.id}") + stage.world.diary.of("PATCH", "/@original")
    uploads = [name for each in edits for name in each.files if name.startswith("poster-")]
    assert len(uploads) == len(set(uploads)) == 4
    assert "4 videos for" in card.text
    await until(stage, lambda: any("your 4 videos are ready" in m.text for m in ann.sees(card.channel_id)))
    shown = await ann.clicks("Show 2", on=card)
    assert shown.failed is None
    [(second,)] = asked(stage, "SELECT id FROM jobs WHERE batch_number = 2")

    def posted() -> Message | None:
        here = [m for m in ann.sees(card.channel_id) if m.media and m is not card]
        return next((m for m in here if f"k1:remix:{second}" in str(m.components)), None)

    again = await until(stage, posted)
    await ann.clicks("Delete for good", on=await asked_to_delete(stage, again))
    await posters(stage, card, 3)
    assert not card.deleted
    assert asked(stage, "SELECT count(*) FROM jobs WHERE batch IS NOT NULL AND deleted = 0") == [(3,)]


async def test_choices_in_braces_are_asked_about_with_their_total(stage: Stage) -> None:
    ann = stage.person("ann")
    question = await answer(stage, await ann.types("/create", channel="studio", prompt="a {red,blue} [refused] fox"))
    assert "Make 2 videos for" in question.text
    assert "a red" in question.text
    [go] = re.findall(r"Make 2 · \$\d\.\d\d", str(question.components))
    card = await agreed(stage, go, question)
    await until(stage, lambda: card.text.count("**Failed.**") == 2)
    assert "0 of 2 videos made, nothing charged" in card.text


async def test_two_models_are_compared_with_one_vote_a_member(stage: Stage) -> None:
    ann, maxim = stage.person("ann"), stage.person("max")
    models = {"model": "sora-2", "against": "sora-2-pro"}
    question = await answer(stage, await ann.types("/compare", channel="studio", prompt="a hare", **models))
    card = await agreed(stage, re.findall(r"Make 2 · \$\d\.\d\d", str(question.components))[0], question)
    await posters(stage, card, 2)
    await ann.clicks("Vote 1 · 0", on=card)
    await until(stage, lambda: "Vote 1 · 1" in str(card.components))
    await maxim.clicks("Vote 2 · 0", on=card)
    await until(stage, lambda: "Vote 2 · 1" in str(card.components))
    await ann.clicks("Vote 2 · 1", on=card)
    await until(stage, lambda: "Vote 2 · 2" in str(card.components) and "Vote 1 · 0" in str(card.components))


async def test_a_finished_video_is_compared_with_another_model_from_its_panel(stage: Stage) -> None:
    film = await result_of(stage, await create(stage, prompt="an owl at night"))
    ann = stage.person("ann")
    choice = await answer(stage, await ann.clicks("Compare…", on=await more_of(stage, film)))
    assert "Compare Sora 2 with which model?" in choice.text
    [offered] = choice.selects
    [other] = [each["label"] for each in offered.options if "Pro" in each["label"]]
    question = await answer(stage, await ann.picks(other, on=choice))
    card = await agreed(stage, re.findall(r"Make 2 · \$\d\.\d\d", str(question.components))[0], question)
    await posters(stage, card, 2)
    assert "an owl at night" in card.text


async def test_those_that_failed_are_ordered_again_all_at_once(stage: Stage) -> None:
    ann = stage.person("ann")
    for prompt, model in ("[breaks] a whale", "sora-2"), ("[breaks] a boat", "sora-2-pro"):
        await card_says(stage, await create(stage, prompt=prompt, model=model), "Failed")
    page = await answer(stage, await ann.types("/history", state="failed"))
    await ann.clicks("Select several…", on=page)
    await until(stage, lambda: "Choose videos…" in str(page.components))
    [choice] = page.selects
    ours = [each["value"] for each in choice.options if "breaks" in each["label"]]
    assert len(ours) == 2, choice.options
    await ann.picks(ours, on=page)
    await until(stage, lambda: "Retry 2…" in str(page.components))
    question = await answer(stage, await ann.clicks("Retry 2…", on=page))
    assert "[breaks] a boat" in question.text.replace("\\", "")
    card = await agreed(stage, re.findall(r"Make 2 · \$\d\.\d\d", str(question.components))[0], question)
    assert "Several orders" in card.text
