"""The shipped bot when its database, disk space, Discord's events or its own process fail during work."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from typing import Literal

import pytest
import pytest_asyncio

from bot.domain.money.usd import Usd
from bot.sandbox.discord.people.outcome import Outcome
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.trouble import Hang, Operation, Reset, Say, Truncate
from storage.db.database import Database
from tests.e2e.acting import (
    answer,
    asked,
    asked_to_delete,
    card_says,
    create,
    result_of,
    the_form,
    until,
    video_of,
)
from tests.e2e.stages import quick_stage
from tests.extent import FULL, only_in_full
from tests.scripted import SteppingClock
from tests.stores import JobStores
from tests.waiting import comes_true

pytestmark = pytest.mark.asyncio(loop_scope="module")

KEY = "canary-key-0123456789"
SIGNATURE = "canary-signature"
SETTINGS = {
    "LEASE_SECONDS": "4",
    "LOG_LEVEL": "DEBUG",
    "OPENAI_API_KEY": KEY,
    "GUILD_MONTHLY_BUDGET_USD": "100",
    "MAX_CONCURRENT_JOBS": "5",
}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    stage = quick_stage(tmp_path_factory.mktemp("faults"), SETTINGS)
    stage.host = VideoHost(render_seconds=0.5, key=KEY, frame_rate=2, sound=False)
    async with stage.running() as running:
        yield running


async def requested(stage: Stage, operation: Operation, before: int) -> None:
    """Wait until the service got one more request."""
    await comes_true(lambda: stage.host.asked[operation] > before)


async def start(stage: Stage) -> None:
    await stage.keeper.start()
    await until(stage, lambda: stage.world.gateway.online)


async def film_of(stage: Stage, prompt: str) -> Message:
    """The finished video of a prompt, whether or not it replies to a card."""

    def found() -> Message | None:
        here = stage.person("ann").sees("studio")
        return next((message for message in here if message.media and prompt in message.text), None)

    film: Message = await until(stage, found)
    return film


def paid(stage: Stage, prompt: str) -> int:
    return len([made for made in stage.host.created if made.prompt == prompt])


@contextmanager
def locked(stage: Stage) -> Iterator[None]:
    """Another process holds the database's write lock."""
    with closing(sqlite3.connect(stage.data / "kinora.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


# The database


async def test_a_database_locked_during_create_is_waited_for_and_nothing_is_paid_meanwhile(stage: Stage) -> None:
    with locked(stage):
        outcome = await stage.person("ann").types("/create", prompt="locked at first")
        assert outcome.failed is None
        assert outcome.deferred
        await asyncio.sleep(2.0)
        assert paid(stage, "locked at first") == 0
    await result_of(stage, await answer(stage, outcome))
    assert paid(stage, "locked at first") == 1


async def test_a_database_locked_during_the_steps_loses_nothing(stage: Stage) -> None:
    before = stage.host.asked[Operation.CREATE]
    arrived = asyncio.Event()
    stage.host.trouble.next(Operation.CREATE, Hang(until=arrived, after=True))
    card = await create(stage, prompt="locked while it is sent")
    await requested(stage, Operation.CREATE, before)
    with locked(stage):
        arrived.set()
        await asyncio.sleep(2.0)
    await result_of(stage, card)
    assert paid(stage, "locked while it is sent") == 1


async def test_a_database_that_is_gone_is_a_sentence_and_nothing_is_spent(stage: Stage) -> None:
    file = stage.data / "kinora.db"
    file.rename(stage.data / "moved away.db")
    try:
        refused = await create(stage, prompt="nowhere to be stored")
        assert refused.ephemeral
        assert "Nothing more was ordered" in refused.text
        assert paid(stage, "nowhere to be stored") == 0
    finally:
        (stage.data / "moved away.db").rename(file)
    await result_of(stage, await create(stage, prompt="stored again"))


# Interactions and the gateway


async def test_an_interaction_sent_twice_is_one_job_and_one_payment(stage: Stage) -> None:
    stage.world.trouble.repeats_interactions()
    await result_of(stage, await create(stage, prompt="said twice"))
    assert paid(stage, "said twice") == 1
    assert asked(stage, "SELECT count(*) FROM jobs WHERE prompt = 'said twice'") == [(1,)]


async def test_a_form_sent_twice_is_one_job_and_one_payment(stage: Stage) -> None:
    """As a client lets people do if its first request was not answered."""
    ann = stage.person("ann")
    film = await result_of(stage, await create(stage, prompt="to be changed"))
    form = the_form(await ann.clicks("Remix", on=film))
    change = {"What should change?": "sent twice"}
    outcomes = await asyncio.gather(ann.fills(form, change), ann.fills(form, change))
    told = [(await answer(stage, outcome)).text for outcome in outcomes]
    assert [text for text in told if "it counts once" in text] == told[1:]
    assert asked(stage, "SELECT count(*) FROM jobs WHERE prompt LIKE '%sent twice%'") == [(1,)]


async def test_a_form_whose_answer_did_not_come_can_be_sent_again(stage: Stage) -> None:
    ann = stage.person("ann")
    film = await result_of(stage, await create(stage, prompt="to be changed later"))
    form = the_form(await ann.clicks("Remix", on=film))
    stage.world.trouble.fails("POST", "/interactions/.*/callback", 404, 10062)
    patient, stage.world.rules.ack_seconds = stage.world.rules.ack_seconds, 1.0
    try:
        outcome = await ann.fills(form, {"What should change?": "unheard at first"})
    finally:
        stage.world.rules.ack_seconds = patient
    assert outcome.failed is not None
    await result_of(stage, await answer(stage, await ann.fills(form, {"What should change?": "unheard at first"})))
    states = asked(stage, "SELECT state FROM jobs WHERE prompt LIKE '%unheard at first%' ORDER BY created_at")
    assert [state == "cancelled" for (state,) in states] == [True, False]


async def test_a_yes_that_is_pressed_twice_says_where_to_look_before_ordering_again(stage: Stage) -> None:
    question = await answer(stage, await stage.person("ann").types("/create", prompt="dear to her", model="sora-2-pro"))
    held = asyncio.Event()
    stage.world.trouble.slow("POST", r"/channels/\d+/messages$", held)
    try:
        first = await stage.person("ann").clicks("Go · $1.20", on=question)
        again = await stage.person("ann").clicks("Go · $1.20", on=question)
        await until(stage, lambda: again.followups or again.message)
    finally:
        held.set()
    assert (first.failed, again.failed) == (None, None)
    told = (await answer(stage, again)).text
    assert told.startswith("That question is closed: it was answered before")
    assert "Look in `/status` before you order again." in told
    await film_of(stage, "dear to her")
    assert paid(stage, "dear to her") == 1


@pytest.mark.parametrize("event", ["drop", "invalid session", "reconnect"] if FULL else ["drop"])
async def test_a_gateway_that_fails_in_the_middle_of_a_job_changes_nothing(stage: Stage, event: str) -> None:
    prompt = f"through a {event}"
    card = await create(stage, prompt=prompt)
    gateway = stage.world.gateway
    {"drop": gateway.drop, "invalid session": gateway.invalidate, "reconnect": gateway.reconnect}[event]()
    await result_of(stage, card)
    assert paid(stage, prompt) == 1
    await until(stage, lambda: gateway.online)


async def test_an_expired_interaction_orders_nothing(stage: Stage) -> None:
    stage.world.trouble.fails("POST", "/interactions/.*/callback", 404, 10062)
    patient, stage.world.rules.ack_seconds = stage.world.rules.ack_seconds, 1.0
    try:
        outcome = await stage.person("ann").types("/create", prompt="too late")
    finally:
        stage.world.rules.ack_seconds = patient
    assert outcome.failed is not None
    await result_of(stage, await create(stage, prompt="in time"))
    assert asked(stage, "SELECT state, reserved FROM jobs WHERE prompt = 'too late'") == [("cancelled", None)]
    assert paid(stage, "too late") == 0


async def test_a_restart_between_the_answer_and_its_card_loses_no_video(stage: Stage) -> None:
    held = asyncio.Event()
    stage.world.trouble.slow("POST", "/interactions/.*/callback", held)
    answering = asyncio.create_task(stage.person("ann").types("/create", prompt="cut off"))
    await comes_true(lambda: asked(stage, "SELECT 1 FROM jobs WHERE prompt = 'cut off'"))
    await stage.keeper.kill()
    held.set()
    await answering
    await start(stage)
    await film_of(stage, "cut off")
    assert paid(stage, "cut off") == 1


async def test_a_card_edit_that_discord_does_not_take_is_made_up_for(stage: Stage) -> None:
    stage.world.trouble.fails("PATCH", "/channels/.*/messages/", 503, times=3)
    card = await create(stage, prompt="a [breaks] toy")
    await card_says(stage, card, "Failed")
    await comes_true(lambda: (card.id, "failed") in asked(stage, "SELECT message_id, drawn FROM messages"))


async def test_why_a_card_lags_behind_is_told_to_managers(stage: Stage) -> None:
    stage.world.trouble.fails("PATCH", "/channels/.*/messages/", 403, 50013, times=99)
    try:
        card = await create(stage, prompt="a [breaks] card")
        video = await until(stage, lambda: video_of(stage, card))
        await comes_true(lambda: asked(stage, "SELECT 1 FROM records WHERE namespace = 'card trouble'"))
        told = await answer(stage, await stage.person("max").types("/status", video=video))
        assert "Discord refused to update its card in the channel <t:" in told.text
    finally:
        stage.world.trouble.clear()


async def test_an_answer_to_a_message_that_was_dismissed_meanwhile_comes_as_a_new_one(stage: Stage) -> None:
    ann = stage.person("ann")
    question = await asked_to_delete(stage, await result_of(stage, await create(stage, prompt="soon forgotten")))
    await comes_true(lambda: asked(stage, "SELECT 1 FROM jobs WHERE prompt = 'soon forgotten' AND state = 'done'"))
    held = asyncio.Event()
    stage.world.trouble.slow("PATCH", "/webhooks/.*/messages/@original", held)
    outcome = await ann.clicks("Delete for good", on=question)
    ann.deletes(question)
    held.set()
    await until(stage, lambda: outcome.followups)
    assert "was deleted, with its poster and stills" in outcome.followups[0].text
    assert "Something went wrong" not in "".join(each.text for each in outcome.followups)


async def test_files_for_a_message_that_was_dismissed_meanwhile_come_in_a_new_one(stage: Stage) -> None:
    ann = stage.person("ann")
    await result_of(stage, await create(stage, prompt="counted in a chart"))
    stats = await answer(stage, await ann.types("/stats"))
    chart = await told_anew(stage, lambda: ann.clicks("Chart", on=stats))
    assert [picture.content_type for picture in chart.media] == ["image/png"] * 2
    page = await told_anew(stage, lambda: ann.types("/history"))
    assert "counted in a chart" in page.text
    assert page.file(page.thumbnails[0].filename)


async def test_a_press_on_a_message_that_is_dismissed_in_that_moment_is_answered_in_a_new_one(stage: Stage) -> None:
    max_ = stage.person("max")
    page = await answer(stage, await max_.types("/settings open"))
    stage.world.trouble.slow("POST", "/interactions/.*/callback", Meanwhile(lambda: max_.deletes(page)))
    told = await answer(stage, await max_.picks("Budgets", on=page))
    assert told.ephemeral
    assert "This month's budget" in told.text


class Meanwhile(asyncio.Event):
    """Something that happens just before a request is served."""

    def __init__(self, happens: Callable[[], None]) -> None:
        super().__init__()
        self._happens = happens

    async def wait(self) -> Literal[True]:
        self._happens()
        return True


async def told_anew(stage: Stage, ask: Callable[[], Awaitable[Outcome]]) -> Message:
    """The answer to ann, who dismisses the "thinking…" before it can be filled in."""
    held = asyncio.Event()
    stage.world.trouble.slow("PATCH", "/webhooks/.*/messages/@original", held)
    outcome = await ask()
    assert outcome.message is not None
    stage.person("ann").deletes(outcome.message)
    held.set()
    await until(stage, lambda: outcome.followups)
    (told,) = outcome.followups
    assert told.ephemeral
    return told


@pytest.mark.parametrize("private", [False, True])
async def test_an_order_whose_answer_fails_is_told_as_ordered(stage: Stage, private: bool) -> None:
    prompt = f"stored and {'secretly ' if private else ''}unseen"
    stage.world.trouble.fails("POST", "/interactions/.*/callback", 400, 50035)
    outcome = await stage.person("ann").types("/create", prompt=prompt, private=private)
    told = await answer(stage, outcome)
    ((job_id,),) = asked(stage, "SELECT id FROM jobs WHERE prompt = ?", prompt)
    assert f"{str(job_id)[:3]}-{str(job_id)[3:]} was ordered for about $0.40" in told.text
    await comes_true(lambda: paid(stage, prompt) == 1)


# Shutdown

HELD = "SELECT id FROM jobs WHERE lease_until IS NOT NULL"


def stops_logged(stage: Stage) -> int:
    return stage.keeper.log.read_text().count("stopping:")


async def test_stopping_while_idle_is_clean(stage: Stage) -> None:
    assert await stage.keeper.stop() == 0
    assert asked(stage, HELD) == []
    await start(stage)
    await result_of(stage, await create(stage, prompt="after the break"))


@only_in_full("the stop takes ten seconds; test_shipped_bot kills the same bot right after it sent")
async def test_stopping_while_an_order_is_sent_pays_once_and_goes_on_at_the_next_start(stage: Stage) -> None:
    before, never = stage.host.asked[Operation.CREATE], asyncio.Event()
    stage.host.trouble.next(Operation.CREATE, Hang(until=never, after=True))
    card = await create(stage, prompt="sent while stopping")
    await requested(stage, Operation.CREATE, before)
    assert await stage.keeper.stop() == 0
    assert asked(stage, HELD) == []
    never.set()
    await start(stage)
    await result_of(stage, card)
    assert paid(stage, "sent while stopping") == 1


async def test_stopping_while_downloading_finishes_it_and_posts_at_the_next_start(stage: Stage) -> None:
    before, slowly = stage.host.asked[Operation.CONTENT], asyncio.Event()
    stage.host.trouble.next(Operation.CONTENT, Hang(until=slowly))
    card = await create(stage, prompt="downloaded while stopping")
    await requested(stage, Operation.CONTENT, before)
    stops = stops_logged(stage)
    stopping = asyncio.create_task(stage.keeper.stop())
    await comes_true(lambda: stops_logged(stage) > stops)
    slowly.set()
    assert await stopping == 0
    assert asked(stage, HELD) == []
    await start(stage)
    await result_of(stage, card)
    assert paid(stage, "downloaded while stopping") == 1


# Secrets, and the books after everything


async def test_no_secret_is_written_anywhere(stage: Stage) -> None:
    place = f"{stage.url}/video/openai/v1/videos/{{}}/content?sig={SIGNATURE}&hm={SIGNATURE}"
    for prompt in ("a [refused] secret", "a [breaks] secret", "a [lost] secret"):
        await create(stage, prompt=prompt)
    stage.host.trouble.next(Operation.LOOK, Say(status=500, body=f"see {place} with {KEY}"), Reset())
    stage.host.trouble.next(
        Operation.CONTENT,
        Say(status=302, headers={"Location": place.format("nowhere")}),
        Say(status=400, body={"detail": f"fetch it from {place.format('elsewhere')}"}),
        Truncate(keep=100),
    )
    stage.world.trouble.fails("PATCH", "/webhooks/", 500, times=2)
    stage.world.trouble.resets("PATCH", "/webhooks/")
    await create(stage, prompt="a secret success")
    await film_of(stage, "a secret success")
    await film_of(stage, "lost")
    log = stage.keeper.log.read_text()
    shown = "\n".join(str(message.components) + message.text for message in everything_shown(stage))
    with closing(sqlite3.connect(stage.data / "kinora.db")) as database:
        stored = "\n".join(database.iterdump())
    tokens = [interaction.token for interaction in stage.world.interactions.values()]
    assert tokens
    for where in (log, shown, stored):
        for secret in (KEY, SIGNATURE, stage.world.token, *tokens):
            assert secret not in where
        assert not re.search(r"(?i)[?&](hm|sig)=(?!\[secret\])", where)


def everything_shown(stage: Stage) -> list[Message]:
    return [message for messages in stage.world.messages.values() for message in messages.values()]


async def test_after_all_of_this_the_books_add_up(stage: Stage) -> None:
    told = await answer(stage, await stage.person("max").types("/costs", scope="server", period="all"))
    spent = asked(stage, "SELECT coalesce(sum(cost), 0) FROM jobs")[0][0]
    assert isinstance(spent, int)
    assert f"**The server has spent {Usd(spent)} " in told.text
    database = await Database.open(f"sqlite:///{stage.data / 'kinora.db'}")
    try:
        assert await JobStores(database=database, clock=SteppingClock(), budget=Usd.of(100)).check_books() == []
    finally:
        await database.close()
