"""Cards whose place was never noted are looked for once, and cards of orders that produced nothing can be removed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Cancelled
from bot.domain.ports.messages import CardState, Shown
from bot.jobs.delivery.cards import CardPlacing, CardRemoval, LostCards
from storage.messages import MessageRows
from tests.builders import CHANNEL, NOON, a_done_job, a_job
from tests.workbench import Bench, a_bench

CARD, OTHER = (PostedMessage(channel_id=CHANNEL, message_id=number) for number in (500, 501))


@dataclass
class Channel:
    """A channel of which only the cards matter."""

    card: PostedMessage | None = None
    refusal: Undeliverable | None = None
    noted_meanwhile: MessageRows | None = None  # where another process notes the card during the search
    searched: int = 0
    removed: list[PostedMessage] = field(default_factory=list)

    async def find_card(self, job: Job) -> PostedMessage | None:
        self.searched += 1
        if self.noted_meanwhile is not None:
            await self.noted_meanwhile.remember_card(job.id, OTHER)
        if self.refusal is not None:
            raise self.refusal
        return self.card

    async def remove(self, card: PostedMessage) -> None:
        self.removed.append(card)


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    async with a_bench(tmp_path) as opened:
        yield opened


def messages_of(bench: Bench) -> MessageRows:
    return MessageRows(database=bench.store.database)


def lost(bench: Bench, channel: Channel) -> LostCards:
    return LostCards(messages=messages_of(bench), records=bench.records, channel=channel, clock=bench.clock)


async def ordered(bench: Bench, **changes: Any) -> Job:
    return await bench.job(await bench.order(a_job(interaction_id=77, **changes)))


async def card_of(bench: Bench, job: Job) -> PostedMessage | None:
    return (await messages_of(bench).shown(job.id)).card


async def test_a_card_that_its_channel_shows_is_noted(bench: Bench) -> None:
    job = await ordered(bench)
    assert await lost(bench, Channel(CARD)).find(job)
    assert await card_of(bench, job) == CARD


async def test_a_card_that_is_known_is_not_looked_for(bench: Bench) -> None:
    job, channel = await ordered(bench), Channel(CARD)
    await messages_of(bench).remember_card(job.id, OTHER)
    assert await lost(bench, channel).find(job)
    assert (channel.searched, await card_of(bench, job)) == (0, OTHER)


@pytest.mark.parametrize("refusal", [None, Undeliverable("Kinora can't read the channel's history.")])
async def test_a_card_that_is_nowhere_is_given_up(bench: Bench, refusal: Undeliverable | None) -> None:
    job = await ordered(bench)
    missing = lost(bench, Channel(refusal=refusal))
    assert [each.id for each in await missing.candidates()] == [job.id]
    assert not await missing.find(job)
    assert (await missing.candidates(), await card_of(bench, job)) == ([], None)


async def test_a_card_that_was_noted_during_the_search_stays_noted(bench: Bench) -> None:
    job = await ordered(bench)
    assert await lost(bench, Channel(noted_meanwhile=messages_of(bench))).find(job)
    assert await card_of(bench, job) == OTHER


async def test_the_card_of_a_private_order_is_the_first_message_of_its_interaction(bench: Bench) -> None:
    channel = Channel(CARD)
    job, cards = await ordered(bench, private=True), lost(bench, channel)
    await cards.expect(78, CARD)
    assert not await cards.find(job)
    await cards.expect(77, OTHER)
    assert await cards.find(job)
    assert (channel.searched, await card_of(bench, job)) == (0, OTHER)


async def test_a_dismissed_card_is_removed_and_forgotten_and_without_one_nothing_is(bench: Bench) -> None:
    job, channel, messages = await ordered(bench), Channel(), messages_of(bench)
    preferences: Any = None
    removal = CardRemoval(messages=messages, preferences=preferences, channel=channel)
    await removal.dismiss(job)
    assert channel.removed == []
    await messages.remember_card(job.id, CARD)
    await removal.dismiss(job)
    assert (channel.removed, await card_of(bench, job)) == ([CARD], None)


@dataclass
class Keeping:
    keeps: bool

    async def keep_card_of(self, _job: Job) -> bool:
        return self.keeps


ELSEWHERE = PostedMessage(channel_id=CHANNEL + 1, message_id=502)
DONE = a_done_job()


@pytest.mark.parametrize(
    ("jobs", "shown", "keeps", "is_due"),
    [
        pytest.param([DONE], Shown(card=CARD, result=OTHER), False, True, id="shown in its channel"),
        pytest.param([DONE], Shown(card=CARD, result=OTHER), True, False, id="its server keeps cards"),
        pytest.param([DONE], Shown(card=CARD, result=ELSEWHERE), False, False, id="shown elsewhere"),
        pytest.param([DONE], Shown(card=CARD), False, False, id="not shown yet"),
        pytest.param([DONE], Shown(result=OTHER), False, False, id="no card"),
        pytest.param([a_job()], Shown(card=CARD, result=OTHER), False, False, id="not done"),
        pytest.param([replace(DONE, deleted=True)], Shown(card=CARD), True, True, id="deleted"),
        pytest.param([replace(DONE, deleted=True), DONE], Shown(card=CARD), False, False, id="one of two deleted"),
    ],
)
async def test_a_card_is_removed_once_its_video_stands_in_its_place(
    bench: Bench, jobs: list[Job], shown: Shown, keeps: bool, is_due: bool
) -> None:
    removal = CardRemoval(messages=messages_of(bench), preferences=Keeping(keeps), channel=Channel())
    assert await removal.is_due(jobs, shown) is is_due


async def test_what_changes_while_the_place_of_a_card_is_noted_is_passed_on_afterwards() -> None:
    job, cancelled = a_job(), a_job(Cancelled(by=7, finished_at=NOON))

    class Slow:
        async def remember_card(self, *_: object) -> dict[JobId, CardState]:
            placing.heard(replace(cancelled, id=job.id))
            return {job.id: CardState.of(job)}

    messages: Any = Slow()
    placing = CardPlacing(messages)
    assert await placing.note(job, CARD, None) == {job.id: CardState.of(cancelled)}
