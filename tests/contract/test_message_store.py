"""Where cards and results are posted, and small records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import cast

import pytest

from bot.domain.errors import MovedOn
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.phases import Rendering
from bot.domain.ports.messages import CardState, Route, Shown
from bot.domain.ports.publishing import CardChannel
from bot.jobs.delivery.cards import LostCards
from storage.messages import MessageRows
from storage.records import SqlRecords
from tests.builders import NOON
from tests.contract.databases import World, a_batch, a_job, claimed, done

CARD = PostedMessage(channel_id=2**62, message_id=2**62 + 1)
RESULT = PostedMessage(channel_id=2**62, message_id=2**62 + 2)


async def test_a_job_nobody_posted_about_is_shown_nowhere(world: World) -> None:
    assert await MessageRows(database=world.database).shown(JobId("K7Q4FD")) == Shown()


async def test_card_and_result_are_remembered_each_on_its_own(world: World) -> None:
    job, messages = await world.store.add(a_job()), MessageRows(database=world.database)
    await messages.remember_card(job.id, CARD)
    assert await messages.shown(job.id) == Shown(card=CARD)
    await messages.remember_result(job.id, RESULT)
    assert await messages.shown(job.id) == Shown(card=CARD, result=RESULT)


async def test_the_message_of_a_video_is_stored_with_its_end_or_neither_is(world: World) -> None:
    messages, job = MessageRows(database=world.database), await world.store.add(a_job())
    overtaken = await claimed(world.store)
    await world.passes(61)
    lease = await claimed(world.store)
    with pytest.raises(MovedOn):
        await world.store.move(overtaken, overtaken.job.moved_to(done()), result=CARD)
    assert await messages.shown(job.id) == Shown()
    await world.store.move(lease, lease.job.moved_to(done()), result=RESULT)
    assert await messages.shown(job.id) == Shown(result=RESULT)


async def test_a_card_is_noted_together_with_a_look_at_its_jobs_as_they_are_then(world: World) -> None:
    messages = MessageRows(database=world.database)
    lead, *others = await world.store.add_all(a_batch(3))
    cancelled = await world.store.cancel(others[0].id, others[0].owner_id)
    found = await messages.remember_card(lead.id, CARD, "queued")
    assert found == {job.id: CardState.of(job) for job in (lead, cancelled, others[1])}
    assert await messages.remember_card(lead.id, RESULT, "queued") == found
    assert await messages.remember_card(JobId("K7Q4FD"), CARD) == {}


async def test_a_card_is_noted_together_with_who_has_asked_to_cancel(world: World) -> None:
    phase = Rendering(remote_id="r", started_at=NOON)
    job = await world.store.add(a_job(phase=phase))
    await world.store.cancel(job.id, 7)
    found = await MessageRows(database=world.database).remember_card(job.id, CARD)
    assert found == {job.id: CardState(phase=phase, cancel_asked_by=7)}


async def test_the_last_route_is_remembered_and_marks_what_went_to_direct_messages(world: World) -> None:
    job, messages = await world.store.add(a_job()), MessageRows(database=world.database)
    assert await messages.route_taken(job.id) is None
    await messages.remember_route(job.id, Route.DIRECT)
    assert await messages.route_taken(job.id) is Route.DIRECT
    await messages.remember_route(job.id, Route.PARENT, 5)
    assert (await messages.place_of(job.id, Route.PARENT), await messages.place_of(job.id, Route.CHOSEN)) == (5, None)
    await messages.remember_route(job.id, Route.DIRECT, 6)
    assert await messages.route_taken(job.id) is Route.DIRECT
    assert await messages.shown(job.id) == Shown()
    for channel_id, is_direct in ((5, False), (6, True)):
        await messages.remember_result(job.id, PostedMessage(channel_id=channel_id, message_id=9))
        result = PostedMessage(channel_id=channel_id, message_id=9, direct=is_direct)
        assert await messages.shown(job.id) == Shown(result=result)


async def test_a_message_posted_anew_takes_the_place_of_the_old(world: World) -> None:
    job, messages = await world.store.add(a_job()), MessageRows(database=world.database)
    await messages.remember_card(job.id, RESULT)
    await messages.remember_card(job.id, CARD)
    assert await messages.shown(job.id) == Shown(card=CARD)


async def test_a_forgotten_result_is_gone_and_the_card_stays(world: World) -> None:
    job, messages = await world.store.add(a_job()), MessageRows(database=world.database)
    await messages.remember_card(job.id, CARD)
    await messages.remember_result(job.id, RESULT)
    await messages.forget_result(job.id)
    await messages.forget_result(job.id)
    assert await messages.shown(job.id) == Shown(card=CARD)


async def test_a_card_is_outdated_until_it_shows_its_jobs_state(world: World) -> None:
    job, messages = await world.store.add(a_job()), MessageRows(database=world.database)
    assert await messages.outdated_cards(10) == []
    await messages.remember_card(job.id, CARD)
    assert [outdated.id for outdated in await messages.outdated_cards(10)] == [job.id]
    await messages.remember_drawn(job.id, "queued")
    assert await messages.outdated_cards(10) == []
    await world.store.cancel(job.id, job.owner_id)
    assert [outdated.id for outdated in await messages.outdated_cards(10)] == [job.id]


async def test_a_card_that_is_gone_is_neither_shown_nor_outdated_nor_missing_until_there_is_another(
    world: World,
) -> None:
    job, messages = await world.store.add(a_job()), MessageRows(database=world.database)
    await messages.remember_card(job.id, CARD)
    await messages.forget_card(job.id)
    await messages.remember_drawn(job.id, "queued")
    await world.store.mark_deleted(job.id)
    assert await messages.shown(job.id) == Shown()
    assert await messages.outdated_cards(10) == []
    assert await messages.cardless(NOON - timedelta(days=1), 10) == []
    await messages.remember_card(job.id, CARD)
    assert await messages.shown(job.id) == Shown(card=CARD)
    assert [outdated.id for outdated in await messages.outdated_cards(10)] == [job.id]


async def test_a_card_that_was_noted_while_it_was_looked_for_in_vain_stays(world: World) -> None:
    noted, lost = [await world.store.add(a_job(interaction_id=number)) for number in range(2)]
    messages = MessageRows(database=world.database)
    await messages.remember_card(noted.id, CARD)
    for job in (noted, lost):
        await messages.forget_card(job.id, unless_noted=True)
    assert await messages.shown(noted.id) == Shown(card=CARD)
    assert await messages.shown(lost.id) == Shown()
    assert await messages.cardless(noted.created_at, 10) == []


@dataclass(frozen=True, kw_only=True)
class BusyChannel:
    """A channel where an order's card appears right after its history was read."""

    messages: MessageRows

    async def find_card(self, job: Job) -> PostedMessage | None:
        await self.messages.remember_card(job.id, CARD, "queued")
        return None


async def test_an_order_while_the_bot_starts_keeps_its_card(world: World) -> None:
    job, messages = await world.store.add(a_job()), MessageRows(database=world.database)
    channel = cast("CardChannel", BusyChannel(messages=messages))
    records = SqlRecords(database=world.database, clock=world.clock)
    lost = LostCards(messages=messages, records=records, channel=channel, clock=world.clock)
    assert [candidate.id for candidate in await lost.candidates()] == [job.id]
    assert await lost.find(job)
    assert await messages.shown(job.id) == Shown(card=CARD)


async def test_cards_that_were_never_noted_are_known_until_one_is_noted_or_given_up(world: World) -> None:
    messages = MessageRows(database=world.database)
    first, second, third = [await world.store.add(a_job(interaction_id=number)) for number in range(3)]
    assert [job.id for job in await messages.cardless(first.created_at, 10)] == [third.id, second.id, first.id]
    assert [job.id for job in await messages.cardless(second.created_at, 1)] == [third.id]
    await messages.remember_card(third.id, CARD)
    await messages.forget_card(second.id)
    assert [job.id for job in await messages.cardless(first.created_at, 10)] == [first.id]


async def test_the_card_of_a_deleted_video_is_outdated(world: World) -> None:
    job, messages = await world.store.add(a_job()), MessageRows(database=world.database)
    await messages.remember_card(job.id, CARD)
    await messages.remember_drawn(job.id, "queued")
    await world.store.mark_deleted(job.id)
    assert [outdated.id for outdated in await messages.outdated_cards(10)] == [job.id]
