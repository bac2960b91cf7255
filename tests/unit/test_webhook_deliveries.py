"""The sender of outgoing webhooks: what it waits for, how much it does at once, and what it says."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.phases import Rendering
from bot.domain.webhooks.deliveries import LONGEST_ASKED, WAITS, ClaimedDelivery, DeliveryOutcome, SendResult, next_wait
from bot.domain.webhooks.store import OutgoingMessage, Settled
from bot.domain.webhooks.webhook import EventKind, WhyOff, sealed_as
from bot.jobs.webhooks.delivering import AT_ONCE, FOR_EACH, LOOK, SOONEST, WebhookDeliveries
from bot.ui.text.render import render
from tests.builders import GUILD, NOON, a_done_job, a_job
from tests.changes import MemoryLog
from tests.keys import PlainCipher
from tests.scripted import SteppingClock
from tests.waiting import PATIENCE
from tests.webhooks import TAKEN, ScriptedSender


def a_delivery(number: int = 1, webhook: str = "hook", **changes: Any) -> ClaimedDelivery:
    usual: dict[str, Any] = {
        "id": f"msg_{number}",
        "webhook_id": webhook,
        "guild_id": GUILD,
        "url": f"https://example.com/{webhook}",
        "kind": EventKind.COMPLETED,
        "body": "{}",
        "created_at": NOON,
        "tries": 1,
        "sealed": (PlainCipher().seal(sealed_as(webhook), "secret"),),
    }
    return ClaimedDelivery(**{**usual, **changes})


@dataclass(kw_only=True)
class ScriptedStore:
    """The DeliveryStore of one process, which forgets what it was told."""

    waiting: list[ClaimedDelivery] = field(default_factory=list)
    settles_as: Settled | Exception = field(default_factory=Settled)
    due: float | None = None
    prune_fails: bool = False
    pruned: int = 0
    claims: int = 0
    settled: list[str] = field(default_factory=list)
    looked: asyncio.Event = field(default_factory=asyncio.Event)  # nothing is due, and the sender waits

    async def claim(self, most: int, without: Collection[str]) -> Sequence[ClaimedDelivery]:
        self.claims += 1
        found = [each for each in self.waiting if each.webhook_id not in without][:most]
        self.waiting = [each for each in self.waiting if each not in found]
        return found

    async def claim_test(self, webhook_id: str, body: str) -> ClaimedDelivery | None:
        return a_delivery(webhook=webhook_id, kind=EventKind.TEST, body=body)

    async def settle(self, claimed: ClaimedDelivery, result: SendResult, wait: float | None) -> Settled:
        assert result.outcome
        assert wait is None or wait > 0
        if isinstance(self.settles_as, Exception):
            raise self.settles_as
        self.settled.append(claimed.id)
        return self.settles_as

    async def next_due(self) -> float | None:
        self.looked.set()
        return self.due

    async def prune(self) -> int:
        if self.prune_fails:
            raise OSError("the database is away")
        self.pruned += 1
        return 0


@dataclass(kw_only=True)
class Sender(ScriptedSender):
    """Holds all messages back while it is told to."""

    holds: bool = False

    async def send(self, message: OutgoingMessage) -> SendResult:
        result = await super().send(message)
        if self.holds:
            await self.let_go.wait()
        return result


@dataclass(kw_only=True)
class Office:
    store: ScriptedStore = field(default_factory=ScriptedStore)
    sender: Sender = field(default_factory=Sender)
    log: MemoryLog = field(default_factory=MemoryLog)
    clock: SteppingClock = field(default_factory=SteppingClock)

    def __post_init__(self) -> None:
        self.deliveries = WebhookDeliveries(
            store=self.store,
            sender=self.sender,
            cipher=PlainCipher(),
            guild_log=self.log,
            clock=self.clock,
            outcomes=Counter(),
            rng=random.Random(1),
        )

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Until nothing is due any more, and then on."""
        running = asyncio.create_task(self.deliveries.run())
        try:
            await self.is_idle()
            yield
        finally:
            running.cancel()
            _, left = await asyncio.wait([running], timeout=PATIENCE)
            assert not left

    async def is_idle(self) -> None:
        async with asyncio.timeout(LOOK / 2):  # sooner than it would look again anyway
            await self.store.looked.wait()

    async def tries(self, *waiting: ClaimedDelivery) -> None:
        self.store.waiting = [*waiting]
        await self.deliveries.deliver_due()
        await self.deliveries.settled()


@pytest.fixture
async def office() -> Office:
    return Office()


async def turns(number: int = 20) -> None:
    """Whatever can go on without waiting does."""
    for _ in range(number):
        await asyncio.sleep(0)


async def test_a_job_that_ended_is_told_of_at_once_and_then_all_is_quiet(office: Office) -> None:
    async with office.at_work():
        office.store.looked.clear()
        office.store.waiting = [a_delivery()]
        office.deliveries.heard(a_job(Rendering(remote_id="video_1", started_at=NOON)))
        await turns()
        assert office.sender.heard == []
        office.deliveries.heard(a_done_job())
        await office.is_idle()
        await turns()
        claims = office.store.claims
        await turns()
        assert (len(office.sender.heard), office.store.claims) == (1, claims)


async def test_as_soon_as_one_is_sent_the_next_is(office: Office) -> None:
    office.store.waiting = [a_delivery(number) for number in range(3 * FOR_EACH)]
    async with office.at_work():
        while office.store.waiting:
            office.store.looked.clear()
            await office.is_idle()
    assert len(office.sender.heard) == 3 * FOR_EACH


async def test_what_is_due_soon_is_looked_for_soon_but_not_without_a_pause(office: Office) -> None:
    office.store.due, loop = 0.0, asyncio.get_running_loop()
    async with office.at_work():
        since = loop.time()
        office.store.looked.clear()
        await office.is_idle()
        assert loop.time() - since > SOONEST / 2


async def test_what_is_over_is_removed_from_the_start_on(office: Office) -> None:
    async with office.at_work():
        assert office.store.pruned == 1


async def test_trouble_of_the_database_is_waited_out(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.store.prune_fails = True
    office.store.waiting = [a_delivery()]
    async with office.at_work():
        await turns()
    assert (len(office.sender.heard), office.clock.now()) == (1, NOON + timedelta(seconds=LOOK))
    assert "webhooks could not be looked after" in caplog.text


async def test_who_stops_waits_for_no_receiver(office: Office) -> None:
    office.sender.holds = True
    office.store.waiting = [a_delivery()]
    async with office.at_work():
        await turns()
    assert (len(office.sender.heard), office.store.settled) == (1, [])


async def test_no_more_are_sent_at_once_than_the_bound(office: Office) -> None:
    office.sender.holds = True
    office.store.waiting = [a_delivery(n, f"hook{n % 6}") for n in range(6 * FOR_EACH)]
    for _ in range(2 * AT_ONCE):
        await office.deliveries.deliver_due()
        await asyncio.sleep(0)
    assert len(office.sender.heard) == AT_ONCE
    office.sender.let_go.set()
    await office.deliveries.settled()


async def test_a_try_that_cannot_be_noted_stops_no_other(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    office.store.settles_as = OSError("the database is away")
    await office.tries(a_delivery(1), a_delivery(2))
    assert [record.getMessage() for record in caplog.records] == [
        f"a try of the webhook delivery msg_{number} was not noted" for number in (1, 2)
    ]


async def test_a_secret_that_cannot_be_opened_any_more_signs_nothing(office: Office) -> None:
    sealed = PlainCipher().seal(sealed_as("hook"), "secret")
    await office.tries(a_delivery(1, sealed=("lost", sealed)), a_delivery(2, sealed=("lost",)))
    assert [message.secrets for message in office.sender.heard] == [("secret",)]
    assert office.deliveries.outcomes == {"delivered": 1, "no secret": 1}


async def test_monitors_do_not_count_what_a_manager_tries(office: Office) -> None:
    assert await office.deliveries.test("hook", "{}") == TAKEN
    assert (office.store.settled, office.deliveries.outcomes) == (["msg_1"], {})


@pytest.mark.parametrize(
    ("why", "said"),
    [(WhyOff.GONE, "it answered that it no longer exists"), (WhyOff.SILENT, "it took nothing for a day")],
)
async def test_managers_are_told_why_a_webhook_is_off(office: Office, why: WhyOff, said: str) -> None:
    office.store.settles_as = Settled(given_up=True, disabled=why)
    await office.tries(a_delivery())
    (card,) = office.log.cards
    assert said in render(card.body)


@pytest.mark.parametrize("given_up", [True, False])
async def test_what_is_given_up_is_logged(office: Office, caplog: pytest.LogCaptureFixture, given_up: bool) -> None:
    office.store.settles_as = Settled(given_up=given_up)
    office.sender.usual = SendResult(outcome=DeliveryOutcome.TIMED_OUT)
    await office.tries(a_delivery())
    assert ("the webhook delivery msg_1 is given up: timed out" in caplog.text) == given_up


def test_tries_are_ever_further_apart_and_those_that_failed_together_are_not_made_together() -> None:
    refused = SendResult(outcome=DeliveryOutcome.ANSWERED, status=500)
    usual = [next_wait(tries, refused, 0.5) for tries in range(1, len(WAITS) + 2)]
    assert usual == pytest.approx([*WAITS, WAITS[-1]])
    assert [next_wait(1, refused, spread) for spread in (0.0, 1.0)] == pytest.approx([0.8 * WAITS[0], 1.2 * WAITS[0]])


def test_who_asks_for_days_is_tried_again_after_an_hour() -> None:
    asks = SendResult(outcome=DeliveryOutcome.ANSWERED, status=503, asked_to_wait=86400.0)
    assert next_wait(1, asks, 0.5) == LONGEST_ASKED
