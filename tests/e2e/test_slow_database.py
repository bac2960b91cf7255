"""The shipped bot with a database that takes a second or two for each query: Discord is answered in time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
import pytest_asyncio

from bot.sandbox.discord.people.outcome import Outcome
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.keeper import BotKeeper
from bot.sandbox.stage import Stage
from bot.sandbox.video.openai.host import VideoHost
from tests.e2e.acting import answer, card_says, create, result_of, until
from tests.e2e.slow_bot import SECONDS
from tests.extent import only_in_full
from tests.waiting import PATIENCE

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("each read takes a second, or two"),
    pytest.mark.timeout(300),
]

SLOW, VERY_SLOW = 1.0, 2.0  # seconds a read
SETTINGS = {"POLL_MAX_SECONDS": "0.5", "GUILD_MONTHLY_BUDGET_USD": "100", "CONFIRM_ABOVE_USD": "1.00"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path_factory.mktemp("slow"), settings=SETTINGS)
    stage.host = VideoHost(render_seconds=0.3, frame_rate=2, sound=False)
    stage.keeper = BotKeeper(stage.data, program=("-m", "tests.e2e.slow_bot"))
    async with stage.running() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def film(stage: Stage) -> Message:
    """A finished video of Ann's."""
    return await result_of(stage, await create(stage, prompt="a patient fox"))


@contextmanager
def slow(stage: Stage, seconds: float) -> Iterator[None]:
    draft = stage.data / f"{SECONDS}.new"
    draft.write_text(str(seconds))
    draft.replace(stage.data / SECONDS)  # the bot may read it at any time
    try:
        yield
    finally:
        (stage.data / SECONDS).unlink()


def named(film: Message) -> str:
    """The video's id as people type it."""
    return next(word for word in film.text.split() if len(word) == 7 and word[3] == "-")


def ordered(stage: Stage) -> int:
    """How often the film's own prompt was paid for; orders of other tests may still be in progress."""
    return sum(made.prompt == "a patient fox" for made in stage.host.created)


async def pressed(stage: Stage, film: Message, label: str) -> Outcome:
    outcome = await stage.person("ann").clicks(label, on=film)
    assert outcome.failed is None, outcome.failed
    return outcome


async def said(stage: Stage, outcome: Outcome) -> Message:
    """The message that only the member saw after a click."""
    await stage.world.until(lambda: outcome.followups, timeout=PATIENCE)
    return outcome.followups[-1]


async def test_a_remix_is_answered_in_time_and_its_card_is_public(stage: Stage, film: Message) -> None:
    with slow(stage, VERY_SLOW):
        card = await answer(stage, await stage.person("ann").types("/remix", video=named(film), prompt="at last"))
    assert not card.ephemeral
    assert (await result_of(stage, card)).media
    assert [m for m in stage.person("ann").sees() if m.thinking] == []


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("/status", {}),
        ("/history", {}),
        ("/settings budget", {"dollars": "100"}),
    ],
)
async def test_a_list_is_answered_in_time_for_the_askers_eyes(
    stage: Stage, film: Message, command: str, options: dict[str, str]
) -> None:
    assert film.media
    with slow(stage, VERY_SLOW):
        told = await answer(stage, await stage.person("max").types(command, **options))
    assert told.ephemeral
    assert told.text


async def test_a_create_is_answered_in_time_and_so_is_its_refusal(stage: Stage) -> None:
    with slow(stage, VERY_SLOW):
        card = await create(stage, prompt="a slow start")
        refused = await answer(stage, await stage.person("sam").types("/create", prompt="not for Sam"))
    assert not card.ephemeral
    assert refused.ephemeral
    assert "You weren't charged" in refused.text


async def test_again_orders_once_and_leaves_the_pressed_message_alone(stage: Stage, film: Message) -> None:
    before, paid = film.text, ordered(stage)
    with slow(stage, VERY_SLOW):
        outcome = await pressed(stage, film, "Run again · $0.40")
        card = await said(stage, outcome)
    assert not card.ephemeral
    assert (await result_of(stage, card)).media
    assert film.text == before
    assert ordered(stage) == paid + 1


async def test_a_form_still_opens_when_each_read_takes_a_second(stage: Stage, film: Message) -> None:
    with slow(stage, SLOW):
        outcome = await pressed(stage, film, "Remix")
        assert outcome.form is not None
        card = await answer(stage, await stage.person("ann").fills(outcome.form, prompt="a form in time"))
    assert not card.ephemeral


async def test_where_it_is_too_late_for_a_form_a_sentence_says_so(stage: Stage, film: Message) -> None:
    with slow(stage, VERY_SLOW):
        outcome = await pressed(stage, film, "Remix")
        told = await said(stage, outcome)
    assert told.ephemeral
    assert "form took too long to open" in told.text


async def test_cancelling_and_deleting_are_answered_in_time(stage: Stage) -> None:
    stage.host.render_seconds = 30.0
    try:
        card = await create(stage, prompt="to be cancelled")
        with slow(stage, VERY_SLOW):
            await pressed(stage, card, "Cancel")
        await card_says(stage, card, "Cancelled")
    finally:
        stage.host.render_seconds = 0.3
    film = await result_of(stage, await create(stage, prompt="to be deleted"))
    with slow(stage, VERY_SLOW):
        panel = await said(stage, await pressed(stage, film, "More…"))
        question = await said(stage, await pressed(stage, panel, "Delete"))
        await pressed(stage, question, "Delete for good")
        await until(stage, lambda: film.deleted)
        await until(stage, lambda: "deleted" in question.text.lower() and not question.buttons)


async def test_nothing_broke_on_the_way(stage: Stage) -> None:
    log = stage.keeper.log.read_text()
    assert "Traceback" not in log
    assert "Discord is told to wait" in log
