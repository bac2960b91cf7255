"""An order nobody can resolve is put before the managers of its server, on its own card."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from bot.sandbox.video.trouble import Operation, Say
from tests.e2e.acting import answer, card_says, create, result_of, until
from tests.e2e.stages import quick_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

BUTTONS = ["Link existing video…", "Retry and pay…", "Close…"]
NO_LIST = Say(status=404, body={"error": {"message": "Not found"}})


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("review"), {}).running() as running:
        # Nothing is ordered before the sweep at start-up, so later on no fault for a search hits the sweep.
        await result_of(running, await create(running, prompt="the first of the day"))
        yield running


async def undecided(stage: Stage, prompt: str) -> Message:
    """The card of an order whose answer got lost, at a service without a list."""
    stage.host.trouble.next(Operation.LIST, NO_LIST)
    card = await create(stage, prompt=f"{prompt} [lost]")
    await card_says(stage, card, "Needs a manager")
    assert [button.label for button in card.buttons] == BUTTONS
    return card


async def test_a_manager_adopts_the_video_that_the_service_has(stage: Stage) -> None:
    before = len(stage.host.created)
    card = await undecided(stage, "a parcel")
    opened = await stage.person("max").clicks("Link existing video…", on=card)
    assert opened.form is not None
    (field,) = opened.form.fields
    assert field.value == stage.host.created[-1].id
    said = await answer(stage, await stage.person("max").fills(opened.form, prompt=field.value))
    assert said.ephemeral
    assert "continues with that video" in said.text
    await result_of(stage, card)
    assert len(stage.host.created) == before + 1


async def test_a_video_of_another_order_is_not_adopted(stage: Stage) -> None:
    first = await undecided(stage, "one of two")
    opened = await stage.person("max").clicks("Link existing video…", on=first)
    assert opened.form is not None
    theirs = opened.form.fields[0].value
    await stage.person("max").fills(opened.form, prompt=theirs)
    await result_of(stage, first)
    second = await undecided(stage, "two of two")
    opened = await stage.person("max").clicks("Link existing video…", on=second)
    assert opened.form is not None
    said = await answer(stage, await stage.person("max").fills(opened.form, prompt=theirs))
    assert "belongs to another order" in said.text
    again = await stage.person("max").clicks("Edit", on=said)
    assert again.form is not None
    assert again.form.fields[0].value == theirs
    assert "Needs a manager" in second.text


async def test_only_managers_decide_and_find_it_in_status(stage: Stage) -> None:
    card = await undecided(stage, "a letter")
    for label in BUTTONS:
        refused = await answer(stage, await stage.person("ann").clicks(label, on=card))
        assert refused.ephemeral
        assert "Only members with Manage Server" in refused.text
    listed = await answer(stage, await stage.person("max").types("/status"))
    assert "with `/status video:`" in listed.text
    assert "a letter" in listed.text
    mine = await answer(stage, await stage.person("ann").types("/status"))
    assert "with `/status video:`" not in mine.text


async def test_paying_again_names_the_price_and_the_risk_and_orders_once_more(stage: Stage) -> None:
    card = await undecided(stage, "a postcard")
    before = len(stage.host.created)
    question = await answer(stage, await stage.person("max").clicks("Retry and pay…", on=card))
    assert question.ephemeral
    assert "you'll pay twice ($0.80)" in question.text
    await stage.person("max").clicks("Retry and pay · $0.40", on=question)
    await result_of(stage, card)
    assert len(stage.host.created) == before + 1
    await until(stage, lambda: "is queued again" in question.text)


@pytest.mark.parametrize(
    ("label", "says"),
    [
        ("It wasn't charged", "You weren't charged."),
        ("It was charged · $0.40", "The service still charged for this"),
    ],
)
async def test_giving_up_asks_what_the_books_shall_say(stage: Stage, label: str, says: str) -> None:
    card = await undecided(stage, f"given up: {label[:10]}")
    question, twice = [await answer(stage, await stage.person("max").clicks("Close…", on=card)) for _ in range(2)]
    await stage.person("max").clicks(label, on=question)
    await card_says(stage, card, says)
    assert [button.label for button in card.buttons] == ["Edit the prompt", "Run again", "Dismiss", "Another model"]
    late = await answer(stage, await stage.person("max").clicks(label, on=twice))
    assert "already been decided" in late.text


async def test_managers_are_told_in_the_channel_of_their_choice(stage: Stage) -> None:
    max_ = stage.person("max")
    chosen = await answer(stage, await max_.types("/settings notices", {"channel": "lounge"}))
    assert "off → <#" in chosen.text
    card = await undecided(stage, "a secret")

    def notices() -> list[Message]:
        return [message for message in max_.sees("lounge") if f"{card.channel_id}/{card.id}" in message.text]

    await until(stage, notices)
    (notice,) = notices()
    assert "secret" not in notice.text
    assert [button.label for button in notice.buttons] == BUTTONS
    opened = await max_.clicks("Link existing video…", on=notice)
    assert opened.form is not None
    await max_.fills(opened.form, prompt=opened.form.fields[0].value)
    await until(stage, lambda: "no longer needs a manager" in notice.text)
    assert notice.buttons == []
    refused = await answer(stage, await max_.types("/settings notices", {"channel": "read-only"}))
    assert "can't post there without Send Messages" in refused.text
    off = await answer(stage, await max_.types("/settings notices", off=True))
    assert "→ off" in off.text


async def test_a_restart_finds_the_video_by_itself(stage: Stage) -> None:
    before = len(stage.host.created)
    card = await undecided(stage, "a message in a bottle")
    await stage.keeper.restart()
    await result_of(stage, card)
    assert len(stage.host.created) == before + 1


async def test_the_log_holds_no_traceback(stage: Stage) -> None:
    assert "Traceback" not in stage.keeper.log.read_text()
