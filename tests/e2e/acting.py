"""Acts as a person on a stage: order a video, wait for the result."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from bot.health.heartbeat import heartbeat_file, read_heartbeat
from bot.sandbox.discord.people.outcome import Form, Outcome
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.keeper import BotKeeper
from bot.sandbox.stage import Stage
from tests.waiting import PATIENCE, comes_true

LOOKS_AGAIN = 0.2  # seconds


async def until(stage: Stage, condition: Callable[[], Any], patience: float = PATIENCE) -> Any:
    """The first answer that is true. Raises TimeoutError.

    Each change in the simulated Discord is seen at once. The condition may also depend on what tells of no change, such
    as the bot's database and the simulated service: that is looked at again and again.
    """
    async with asyncio.timeout(patience):
        while True:
            with contextlib.suppress(TimeoutError):
                return await stage.world.until(condition, timeout=LOOKS_AGAIN)


def asked(stage: Stage, query: str, *values: object) -> list[tuple[object, ...]]:
    """Rows of the bot's own database."""
    with closing(sqlite3.connect(stage.data / "kinora.db")) as database:
        return database.execute(query, values).fetchall()


def is_ready(data: Path) -> bool:
    """Whether the bot with this data folder reports that it is ready."""
    return all((read_heartbeat(heartbeat_file(data)) or {"alive": False}).values())


async def answer(stage: Stage, outcome: Outcome) -> Message:
    """The message that answers, once it is filled in; or the sentence that came instead."""
    assert outcome.failed is None, outcome.failed
    await outcome.settled(PATIENCE)
    if outcome.message is not None:
        return outcome.message
    await stage.world.until(lambda: outcome.followups, timeout=PATIENCE)
    return outcome.followups[-1]


def the_form(outcome: Outcome) -> Form:
    """The form that opened."""
    assert outcome.form is not None, outcome
    return outcome.form


async def create(stage: Stage, who: str = "ann", *, channel: str = "studio", **options: Any) -> Message:
    """The card of a new order."""
    return await answer(stage, await stage.person(who).types("/create", channel=channel, **options))


def video_of(stage: Stage, card: Message) -> str | None:
    """The id of the video that a card is about, as stored by the bot; also if the card has been removed."""
    with closing(sqlite3.connect(stage.data / "kinora.db")) as database:
        noted = database.execute("SELECT job_id FROM messages WHERE kind = 'card' AND message_id = ?", (card.id,))
        return next((str(job_id) for (job_id,) in noted), None)


async def result_of(stage: Stage, card: Message, who: str = "ann") -> Message:
    """The message with the video of a card."""

    def found() -> Message | None:
        video = video_of(stage, card)
        here = stage.person(who).sees(card.channel_id) if video else ()
        return next((m for m in here if m.media and f"k1:remix:{video}" in str(m.components)), None)

    message: Message = await until(stage, found)
    return message


async def more_of(stage: Stage, film: Message, who: str = "ann") -> Message:
    """The options for a person behind **More…** on a video."""
    return await answer(stage, await stage.person(who).clicks("More…", on=film))


async def asked_to_delete(stage: Stage, film: Message, who: str = "ann") -> Message:
    """The confirmation before a video is deleted."""
    return await answer(stage, await stage.person(who).clicks("Delete", on=await more_of(stage, film, who)))


async def agreed(stage: Stage, button: str, question: Message, who: str = "ann") -> Message:
    """The card of an order that was confirmed first: a separate message."""
    person, channel = stage.person(who), question.channel_id
    before = {message.id for message in person.sees(channel)}

    def card() -> Message | None:
        new = (m for m in person.sees(channel) if m.id not in before and not m.media and m.origin is None)
        return next(new, None)

    outcome = await person.clicks(button, on=question)
    assert outcome.failed is None, outcome.failed
    found: Message = await until(stage, card)
    return found


async def card_goes(stage: Stage, card: Message) -> None:
    """Its video is posted, and is the only message about it."""
    await until(stage, lambda: card.deleted)


async def card_says(stage: Stage, card: Message, words: str) -> None:
    await until(stage, lambda: words in card.text)


async def logged(stage: Stage, words: str) -> None:
    await says(stage.keeper, words)


async def says(keeper: BotKeeper, words: str) -> None:
    """The log of a bot's process, which may only be starting."""
    await comes_true(lambda: keeper.log.exists() and words in keeper.log.read_text())
