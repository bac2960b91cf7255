"""Events are stored with what happened, and sent at least once: with one id, even if senders die."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import BigInteger, Update, make_url, type_coerce, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.audit.log_channel import LogTone
from bot.domain.errors import MovedOn
from bot.domain.job import Job, PostedMessage
from bot.domain.money.allowances import Allowances
from bot.domain.money.usd import Usd
from bot.domain.phases import Cancelled, Phase
from bot.domain.prompting.calls import HelperCall
from bot.domain.prompting.helper import HelperTask
from bot.domain.webhooks.deliveries import HELD, TRIED_FOR, Delivery, DeliveryOutcome, DeliveryState, SendResult
from bot.domain.webhooks.store import OutgoingMessage
from bot.domain.webhooks.webhook import CHOOSABLE, EventKind, Webhook, WhyOff, sealed_as
from bot.jobs.webhooks.delivering import AT_ONCE, FOR_EACH, WebhookDeliveries
from storage.money.helper_calls import SqlHelperCalls
from storage.webhooks.deliveries import SqlDeliveries
from storage.webhooks.store import SqlWebhooks
from storage.webhooks.tables import webhook_deliveries, webhooks
from tests.changes import MemoryLog
from tests.contract.databases import ANN, BUDGET, GUILD, NOON, World, a_job, claimed, done, failed, rendering
from tests.keys import PlainCipher
from tests.waiting import comes_true
from tests.webhooks import TAKEN, ScriptedSender

DAY = 24 * 3600.0
REFUSED = SendResult(outcome=DeliveryOutcome.ANSWERED, status=500)
GONE = SendResult(outcome=DeliveryOutcome.ANSWERED, status=410)


@dataclass(kw_only=True)
class Office:
    """The stores of webhooks, and the sender."""

    world: World
    sender: ScriptedSender = field(default_factory=ScriptedSender)
    log: MemoryLog = field(default_factory=MemoryLog)

    @property
    def webhooks(self) -> SqlWebhooks:
        return SqlWebhooks(database=self.world.database, clock=self.world.clock)

    @property
    def store(self) -> SqlDeliveries:
        return SqlDeliveries(database=self.world.database, clock=self.world.clock)

    def deliveries(self, store: SqlDeliveries | None = None) -> WebhookDeliveries:
        return WebhookDeliveries(
            store=store or self.store,
            sender=self.sender,
            cipher=PlainCipher(),
            guild_log=self.log,
            clock=self.world.clock,
            outcomes=Counter(),
            rng=random.Random(1),
        )

    async def adds(
        self, url: str = "https://example.com/1", events: Sequence[EventKind] = CHOOSABLE, *, guild_id: int = GUILD
    ) -> Webhook:
        id_ = f"{hash(url) % 10**12:012d}"
        webhook = Webhook(id=id_, guild_id=guild_id, url=url, events=tuple(events), added_at=NOON)
        assert await self.webhooks.add(webhook, PlainCipher().seal(sealed_as(webhook.id), f"secret of {url}"), most=5)
        return webhook

    async def ends(self, phase: Phase, job: Job | None = None, **changes: Any) -> Job:
        """A job is ordered, and ends like this."""
        await self.world.store.add(job or a_job())
        lease = await claimed(self.world.store)
        return (await self.world.store.move(lease, replace(lease.job, phase=phase, **changes))).job

    async def tries(self, deliveries: WebhookDeliveries | None = None) -> int:
        """Send everything due now; returns how much that was."""
        sending, tried = deliveries or self.deliveries(), 0
        while count := await sending.deliver_due():
            tried += count
            await sending.settled()
        return tried

    async def passes(self, seconds: float) -> None:
        """PostgreSQL has its own clock, so there all times are moved back instead."""
        await self.world.passes(seconds)
        if make_url(self.world.url).drivername.startswith("sqlite"):
            return
        back = round(seconds * 1_000_000)
        for table, names in (
            (webhook_deliveries, ("next_at", "created_at")),
            (webhooks, ("delivered_at", "before_until")),
        ):
            earlier = {name: type_coerce(table.c[name], BigInteger) - back for name in names}
            await self.world.database.write(partial(_execute, update(table).values(earlier)))

    async def latest(self, webhook: Webhook) -> Sequence[Delivery]:
        return await self.webhooks.recent(webhook.id, 50)


@wired
class WatchedStore(SqlDeliveries):
    """Records whether it was asked when the next one is due."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def next_due(self) -> float | None:
        self.asked.set()
        return await SqlDeliveries.next_due(self)


async def _execute(change: Update, connection: AsyncConnection) -> None:
    await connection.execute(change)


@pytest.fixture
def office(world: World) -> Office:
    return Office(world=world)


async def test_a_finished_video_is_told_with_what_the_server_may_see(office: Office) -> None:
    await office.adds()
    job = a_job("a fox in the snow")
    await office.world.store.add(job)
    lease = await claimed(office.world.store)
    posted = PostedMessage(channel_id=7, message_id=8)
    await office.world.store.move(lease, replace(lease.job, phase=done(), cost=Usd.of("0.35")), result=posted)
    assert await office.tries() == 1
    [message] = office.sender.heard
    told = json.loads(message.body)
    assert (told["type"], message.url, message.secrets) == (
        "video.completed",
        "https://example.com/1",
        ("secret of https://example.com/1",),
    )
    assert told["data"] == {
        "server_id": str(GUILD),
        "member_id": str(ANN),
        "video": f"{job.id[:3]}-{job.id[3:]}",
        "private": False,
        "mode": "create",
        "source": None,
        "model": "sora-2",
        "seconds": 4,
        "size": "1280x720",
        "prompt": "a fox in the snow",
        "cost_usd": "0.35",
        "ordered_at": job.created_at.isoformat(),
        "posted": True,
        "message_url": f"https://discord.com/channels/{GUILD}/7/8",
    }


async def test_of_a_private_video_neither_words_nor_place_are_told(office: Office) -> None:
    await office.adds()
    job = a_job("our secret", private=True)
    await office.world.store.add(job)
    lease = await claimed(office.world.store)
    posted = PostedMessage(channel_id=7, message_id=8)
    await office.world.store.move(lease, replace(lease.job, phase=done()), result=posted)
    await office.tries()
    [message] = office.sender.heard
    data = json.loads(message.body)["data"]
    assert (data["private"], data["prompt"], data["message_url"]) == (True, None, None)
    assert "secret" not in message.body


async def test_only_those_that_want_an_event_are_told_of_it(office: Office) -> None:
    await office.adds("https://example.com/all")
    await office.adds("https://example.com/failed", [EventKind.FAILED])
    await office.ends(failed())
    await office.ends(done())
    await office.ends(Cancelled(by=ANN, finished_at=NOON))
    await office.tries()
    told = sorted((json.loads(m.body)["type"], m.url.rpartition("/")[2]) for m in office.sender.heard)
    assert told == [("video.completed", "all"), ("video.failed", "all"), ("video.failed", "failed")]
    assert {json.loads(m.body)["data"].get("cause") for m in office.sender.heard} == {None, "provider"}


async def test_no_other_server_is_told(office: Office) -> None:
    theirs = await office.adds(guild_id=GUILD + 1)
    await office.ends(done())
    await office.world.store.add(a_job(quote=Usd.of(15)))
    assert (await office.latest(theirs), await office.tries()) == ([], 0)


async def test_what_is_not_written_is_not_told(office: Office) -> None:
    webhook = await office.adds()
    await office.world.store.add(a_job())
    lease = await claimed(office.world.store)
    await office.world.store.move(lease, replace(lease.job, phase=rendering()))
    with pytest.raises(MovedOn):
        await office.world.store.move(lease, replace(lease.job, phase=done()))
    assert await office.latest(webhook) == []


async def test_each_level_of_the_budget_is_told_once_a_month(office: Office) -> None:
    await office.adds(events=[EventKind.BUDGET])
    for dollars in ("12", "1", "5", "3", "3", "1"):  # of 25: 48, 52, 72, 84, 96 and 100 percent
        await office.world.store.add(a_job(quote=Usd.of(dollars)))
    await office.tries()
    told = [json.loads(message.body)["data"] for message in office.sender.heard]
    assert sorted(each["level_percent"] for each in told) == [50, 80, 100]
    [spent] = [each for each in told if each["level_percent"] == 100]
    assert spent == {
        "server_id": str(GUILD),
        "month": "2026-11",
        "level_percent": 100,
        "budget_usd": "25.00",
        "spent_usd": "0.00",
        "reserved_usd": "25.00",
    }


async def test_a_level_that_the_prompt_helper_reaches_is_told(office: Office) -> None:
    world = office.world
    await office.adds(events=[EventKind.BUDGET])
    await world.store.add(a_job(quote=Usd.of("12.49")))
    calls = SqlHelperCalls(database=world.database, clock=world.clock, budget=BUDGET)
    call = HelperCall(id="1", guild_id=GUILD, owner_id=ANN, task=HelperTask.IMPROVE, bound=Usd.of("0.01"))
    await calls.open(call, Allowances())
    await world.store.add(a_job(quote=Usd.of(1)))
    await office.tries()
    assert [json.loads(message.body)["data"]["level_percent"] for message in office.sender.heard] == [50]


async def test_a_refused_one_is_tried_again_later_with_the_same_id_and_body(office: Office) -> None:
    webhook = await office.adds()
    office.sender.answers = [REFUSED, REFUSED, TAKEN]
    await office.ends(done())
    assert await office.tries() == 1
    [waiting] = await office.latest(webhook)
    assert (waiting.state, waiting.tries, waiting.status) == (DeliveryState.WAITING, 1, 500)
    assert await office.tries() == 0
    await office.passes(7)
    assert await office.tries() == 1
    await office.passes(37)
    assert await office.tries() == 1
    assert len({(message.id, message.body) for message in office.sender.heard}) == 1
    [taken] = await office.latest(webhook)
    assert (taken.state, taken.tries, taken.next_at) == (DeliveryState.DELIVERED, 3, None)


async def test_a_receiver_that_asks_to_wait_is_obeyed(office: Office) -> None:
    await office.adds()
    office.sender.answers = [replace(REFUSED, status=503, asked_to_wait=600.0), TAKEN]
    await office.ends(done())
    await office.tries()
    await office.passes(500)
    assert await office.tries() == 0
    await office.passes(101)
    assert await office.tries() == 1


async def test_what_nobody_takes_for_a_day_is_given_up_and_its_webhook_is_off_and_told_of_once(office: Office) -> None:
    webhook = await office.adds()
    office.sender.usual = REFUSED
    await office.ends(done())
    await office.ends(failed())
    tried = 0
    for _ in range(40):
        tried += await office.tries()
        await office.passes(DAY / 24)
    assert 20 <= tried <= 40
    [now] = await office.webhooks.of(GUILD)
    assert now.why_off is WhyOff.SILENT
    assert len(office.log.cards) == 1
    assert (office.log.cards[0].tone, "example.com" in str(office.log.cards[0].body)) == (LogTone.WARNING, True)
    await office.ends(done("another"))
    assert len(await office.latest(webhook)) == 2  # while it is off, nothing is stored for it


async def test_a_webhook_that_took_something_meanwhile_stays_on(office: Office) -> None:
    await office.adds()
    await office.ends(done("the day before"))
    await office.tries()
    await office.passes(DAY / 2)
    office.sender.usual = REFUSED
    await office.ends(done())
    await office.tries()
    await office.passes(DAY / 2)
    await office.ends(failed())
    office.sender.answers = [REFUSED, TAKEN]
    await office.tries()
    await office.passes(DAY)
    await office.tries()
    [now] = await office.webhooks.of(GUILD)
    assert (now.disabled_at, office.log.cards) == (None, [])


async def test_what_was_taken_less_than_a_minute_after_something_else_keeps_a_webhook_on_too(office: Office) -> None:
    """When it last took something is noted to the minute."""
    await office.adds()
    await office.ends(done())
    await office.tries()
    await office.passes(30)
    office.sender.answers = [REFUSED]
    await office.ends(failed())
    await office.tries()
    await office.ends(done("another"))
    await office.tries()
    office.sender.usual = REFUSED
    await office.passes(DAY)
    assert await office.tries() == 1
    assert (await office.webhooks.of(GUILD))[0].disabled_at is None


async def test_one_that_says_it_is_gone_is_off_at_once_until_it_is_turned_on(office: Office) -> None:
    webhook = await office.adds()
    office.sender.answers = [GONE]
    await office.ends(done())
    await office.tries()
    [off] = await office.webhooks.of(GUILD)
    assert (off.why_off, len(office.log.cards)) == (WhyOff.GONE, 1)
    await office.passes(60)
    assert (await office.tries(), await office.store.next_due()) == (0, None)
    assert await office.webhooks.enable(webhook.id)
    assert await office.tries() == 1
    assert not await office.webhooks.enable(webhook.id)


async def test_who_dies_between_claim_and_send_or_send_and_note_leaves_it_to_the_next(office: Office) -> None:
    await office.adds()
    await office.ends(done())
    [claim] = await office.store.claim(10, ())  # and dies before it is sent
    assert await office.tries() == 0
    await office.passes(61)
    [again] = await office.store.claim(10, ())
    await office.sender.send(OutgoingMessage(url=again.url, id=again.id, body=again.body, secrets=()))  # and dies
    await office.passes(61)
    assert await office.tries() == 1
    assert {message.id for message in office.sender.heard} == {claim.id}
    assert len(office.sender.heard) == 2


async def test_who_was_too_slow_notes_nothing(office: Office) -> None:
    webhook = await office.adds()
    await office.ends(done())
    [slow] = await office.store.claim(10, ())
    await office.passes(61)
    assert await office.tries() == 1
    await office.store.settle(slow, REFUSED, 5)
    [taken] = await office.latest(webhook)
    assert (taken.state, taken.tries) == (DeliveryState.DELIVERED, 2)


async def test_who_is_overtaken_notes_nothing_while_the_next_is_at_it_or_after(office: Office) -> None:
    webhook = await office.adds()
    await office.ends(done())
    [slow] = await office.store.claim(10, ())
    await office.passes(61)
    [quick] = await office.store.claim(10, ())
    await office.store.settle(slow, TAKEN, None)
    [now] = await office.latest(webhook)
    assert (now.state, now.tries, now.outcome) == (DeliveryState.WAITING, 2, None)
    await office.store.settle(quick, TAKEN, None)
    await office.store.settle(quick, REFUSED, 5)
    assert [each.state for each in await office.latest(webhook)] == [DeliveryState.DELIVERED]


async def test_the_last_try_is_after_a_day_however_long_the_wait_would_be(office: Office) -> None:
    webhook = await office.adds()
    await office.ends(done())
    await office.passes(DAY - 600)
    [claim] = await office.store.claim(10, ())
    await office.store.settle(claim, REFUSED, 3600)
    [waiting] = await office.latest(webhook)
    assert waiting.next_at == waiting.created_at + TRIED_FOR


async def test_what_waited_for_a_day_while_its_webhook_was_off_is_given_up(office: Office) -> None:
    webhook = await office.adds()
    office.sender.answers = [GONE]
    await office.ends(done())
    await office.tries()
    await office.passes(DAY + HELD.total_seconds() + 1)
    await office.store.prune()
    assert await office.webhooks.enable(webhook.id)
    assert await office.tries() == 0
    assert [each.state for each in await office.latest(webhook)] == [DeliveryState.GIVEN_UP]


async def test_several_processes_share_the_work_and_none_is_sent_twice(office: Office) -> None:
    await office.adds()
    for number in range(9):
        await office.ends(done(f"video {number}"))
    async with office.world.another_process() as other:
        theirs = SqlDeliveries(database=other.database, clock=office.world.clock)
        await asyncio.gather(office.tries(), office.tries(office.deliveries(theirs)))
    assert len({message.id for message in office.sender.heard}) == len(office.sender.heard) == 9


async def test_a_slow_webhook_does_not_hold_up_the_others(office: Office) -> None:
    await office.adds("https://example.com/slow")
    for number in range(2 * FOR_EACH + 1):
        await office.ends(done(f"video {number}"))
    await office.adds("https://example.com/quick")
    await office.ends(done("the last"))
    office.sender.hang_at = "https://example.com/slow"
    sending = office.deliveries()
    for _ in range(AT_ONCE):
        await sending.deliver_due()
        await asyncio.sleep(0)
    quick = await comes_true(lambda: [each for each in office.sender.heard if each.url.endswith("quick")])
    slow = [message for message in office.sender.heard if message.url.endswith("slow")]
    assert (len(quick), len(slow) < 2 * FOR_EACH) == (1, True)
    office.sender.let_go.set()
    await sending.settled()


async def test_a_replaced_secret_signs_too_for_a_day(office: Office) -> None:
    webhook = await office.adds()
    fresh = PlainCipher().seal(sealed_as(webhook.id), "the new one")
    assert await office.webhooks.rotate(webhook.id, fresh, office.world.clock.now() + timedelta(days=10))
    await office.ends(done())
    await office.tries()
    [message] = office.sender.heard
    assert message.secrets == ("the new one", "secret of https://example.com/1")
    await office.passes(11 * DAY)
    await office.ends(failed())
    await office.tries()
    assert office.sender.heard[-1].secrets == ("the new one",)


async def test_a_test_is_sent_once_and_turns_nothing_off(office: Office) -> None:
    webhook = await office.adds()
    office.sender.answers = [GONE]
    assert await office.deliveries().test(webhook.id, "{}") == GONE
    [made] = await office.latest(webhook)
    assert (made.kind, made.state, made.status) == (EventKind.TEST, DeliveryState.GIVEN_UP, 410)
    await office.passes(DAY)
    assert await office.tries() == 0
    assert (await office.webhooks.of(GUILD))[0].disabled_at is None
    assert await office.deliveries().test("none", "{}") is None


async def test_deliveries_go_after_a_week_and_budgets_after_the_month(office: Office) -> None:
    webhook = await office.adds()
    await office.ends(done())
    await office.world.store.add(a_job(quote=Usd.of(15)))
    await office.tries()
    await office.passes(8 * DAY)
    assert await office.store.prune() == 1
    assert [each.kind for each in await office.latest(webhook)] == [EventKind.BUDGET]
    await office.passes(33 * DAY)
    assert await office.store.prune() == 1


async def test_what_waits_for_one_that_is_removed_goes_with_it(office: Office) -> None:
    webhook = await office.adds()
    await office.ends(done())
    assert await office.webhooks.remove(webhook.id)
    assert (await office.latest(webhook), await office.tries()) == ([], 0)
    assert not await office.webhooks.remove(webhook.id)


async def test_nobody_waits_for_what_no_secret_lets_be_sent(office: Office) -> None:
    await office.adds()
    await office.ends(done())
    store = WatchedStore(database=office.world.database, clock=office.world.clock)
    deliveries = office.deliveries(store)
    deliveries.cipher = None
    running = asyncio.create_task(deliveries.run())
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await store.asked.wait()
    running.cancel()
    await asyncio.wait([running])
    assert office.sender.heard == []


async def test_monitors_see_how_long_a_due_delivery_waits(office: Office) -> None:
    await office.adds()
    await office.ends(done())
    await office.passes(90)
    assert 89 < (await office.world.store.installation_stats()).oldest_webhook < 100
    sending = office.deliveries()
    await office.tries(sending)
    assert (await office.world.store.installation_stats()).oldest_webhook == 0.0
    assert sending.outcomes == {"delivered": 1}
