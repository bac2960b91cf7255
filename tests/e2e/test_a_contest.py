"""A contest on the shipped bot: started, entered by two, voted on, ended while the bot was down, and announced once."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, card_goes, create, more_of, result_of, the_form, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("a whole walk; what it is made of is tested in parts"),
]

FOUR_DAYS = 4 * 24 * 3600
START = {
    "Theme": "Winter *games*",
    "Videos can be entered until": "3 days",
    "Videos of each member": "2",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    program = ("-m", "tests.e2e.later_bot")
    async with quick_stage(tmp_path_factory.mktemp("contests"), {}, program=program).running() as running:
        yield running


def beginning(stage: Stage, words: str) -> list[Message]:
    return [m for m in stage.person("ann").sees() if m.text.startswith(words) and not m.deleted]


async def finished(stage: Stage, name: str, prompt: str) -> Message:
    card = await create(stage, name, prompt=prompt)
    film = await result_of(stage, card, name)
    await card_goes(stage, card)
    return film


async def voted(stage: Stage, name: str, card: Message, film: str) -> None:
    """Somebody votes for a video on the page that shows the entries, with their posters."""
    person = stage.person(name)
    ballot = await answer(stage, await person.clicks("Vote", on=card))
    await until(stage, lambda: len(ballot.attachments) == 2)
    (button,) = [each.label for each in ballot.buttons if film in (each.custom_id or "")]
    assert button.startswith("Vote for")
    await person.clicks(button, on=ballot)
    await until(stage, lambda: "You voted for" in ballot.text)


async def test_two_enter_one_wins_and_that_is_told_once(stage: Stage) -> None:
    ann, maxim, sam = (stage.person(name) for name in ("ann", "max", "sam"))
    form = the_form(await maxim.types("/contest start", channel="studio"))
    started = await answer(stage, await maxim.fills(form, START))
    assert "It costs nothing" in started.text
    [card] = beginning(stage, "## 🏆 Contest: Winter")
    fox = await finished(stage, "ann", "a fox in the snow")
    owl = await finished(stage, "max", "an owl on skates")

    which = await answer(stage, await ann.clicks("Enter a contest…", on=await more_of(stage, fox)))
    await ann.clicks("Winter *games*", on=which)
    await until(stage, lambda: "Good luck!" in which.text)
    (owl_id,) = re.findall(r"k1:remix:(\w{6})", str(owl.components))
    choices = await answer(stage, await maxim.clicks("Enter a video", on=card))
    await maxim.picks(owl_id, on=choices)
    await until(stage, lambda: "**2 videos** so far" in card.text)

    for name in ("ann", "sam"):
        await voted(stage, name, card, owl_id)
    refused = await answer(stage, await sam.clicks("Manage…", on=card))
    assert "Only members with Manage Server can run contests" in refused.text

    await stage.keeper.kill()
    (stage.data / "seconds_later").write_text(str(FOUR_DAYS))
    await stage.keeper.start()
    await until(stage, lambda: beginning(stage, "## 🏆 Result: Winter"))
    await until(stage, lambda: "over: [see the result]" in card.text)
    await stage.keeper.restart()
    await until(stage, lambda: stage.world.gateway.online)
    [result] = beginning(stage, "## 🏆 Result: Winter")
    assert "2 videos were entered" in result.text
    assert f"by <@{maxim.user.id}>" in result.text
    assert "2 votes" in result.text
    assert len(result.media) == 1
    listed = await answer(stage, await sam.types("/contest list", channel="studio"))
    assert f"won by <@{maxim.user.id}>" in listed.text
