"""Sends what waits in the outbox: a few at once, and few to each webhook, so that a slow one never holds up the others.

Several processes may do so side by side. A try that fails is repeated ever later for a day, then given up.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
from collections import Counter
from dataclasses import dataclass, field

from bot.domain.audit.log_channel import GuildLog, LogCard, LogTone
from bot.domain.job import Job
from bot.domain.keys.store import KeyCipher
from bot.domain.messages import Foreign, Message, msg
from bot.domain.network.targets import host_of
from bot.domain.ports.clock import Clock
from bot.domain.webhooks.deliveries import ClaimedDelivery, DeliveryOutcome, SendResult, next_wait
from bot.domain.webhooks.store import DeliveryStore, OutgoingMessage, WebhookSender
from bot.domain.webhooks.webhook import EventKind, WhyOff, sealed_as

log = logging.getLogger(__name__)

AT_ONCE = 16  # tries of a process
FOR_EACH = 4  # of them to one webhook
LOOK = 15.0  # seconds between two checks for what other processes have stored
SOONEST = 0.2  # seconds between two checks, whatever is due: what this process cannot take now may be due
PRUNE = 3600.0  # seconds


@dataclass(slots=True, kw_only=True)
class WebhookDeliveries:
    """One per process; `run` it alongside the worker, and `heard` for each change of a job."""

    store: DeliveryStore
    sender: WebhookSender
    cipher: KeyCipher | None  # of secrets; None: none can be opened, and nothing is sent
    guild_log: GuildLog
    clock: Clock
    outcomes: Counter[str]  # counted for monitors
    rng: random.Random
    _under_way: dict[asyncio.Task[None], str] = field(default_factory=dict)  # and their webhooks
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def heard(self, job: Job) -> None:
        """One that has come to rest may have left something to tell."""
        if job.is_at_rest:
            self._news.set()

    def wake(self) -> None:
        self._news.set()

    async def run(self) -> None:
        """Until cancelled."""
        pruned = float("-inf")
        try:
            while True:
                try:
                    if _now() - pruned >= PRUNE:
                        pruned = _now()
                        await self.store.prune()
                    await self._round()
                except Exception:
                    # It must never disturb the worker.
                    log.exception("webhooks could not be looked after")
                    await self.clock.sleep(LOOK)
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def test(self, webhook_id: str, body: str) -> SendResult | None:
        """Send one thing, once. None when there is no such webhook."""
        claimed = await self.store.claim_test(webhook_id, body)
        if claimed is None:
            return None
        result = await self._send(claimed)
        await self.store.settle(claimed, result, None)
        return result

    async def deliver_due(self) -> int:
        """Claim what is due and there is room for; how much that is."""
        self._news.clear()
        room = AT_ONCE - len(self._under_way)
        busy = Counter(self._under_way.values())
        if room <= 0 or self.cipher is None:
            return 0
        full = [each for each, count in busy.items() if count >= FOR_EACH]
        claimed = await self.store.claim(min(room, FOR_EACH), full)
        for each in claimed:
            task = asyncio.create_task(self._try(each), name="webhook")
            self._under_way[task] = each.webhook_id
            task.add_done_callback(self._done)
        return len(claimed)

    async def settled(self) -> None:
        """Once no try is under way."""
        while self._under_way:
            await asyncio.wait({*self._under_way})

    async def _round(self) -> None:
        if await self.deliver_due():
            return
        # What cannot be sent stays due: to wait for it would mean to look again and again.
        due = None if self.cipher is None else await self.store.next_due()
        wait = LOOK if due is None else max(SOONEST, min(due, LOOK))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._news.wait()

    def _done(self, task: asyncio.Task[None]) -> None:
        del self._under_way[task]
        self._news.set()

    async def _try(self, claimed: ClaimedDelivery) -> None:
        try:
            result = await self._send(claimed)
            wait = next_wait(claimed.tries, result, self.rng.random())
            settled = await self.store.settle(claimed, result, wait)
        except Exception:
            # It is due again in a while.
            log.exception("a try of the webhook delivery %s was not noted", claimed.id)
            return
        if settled.given_up:
            log.warning("the webhook delivery %s is given up: %s", claimed.id, result.outcome)
        if settled.disabled is not None:
            self._tell(claimed, settled.disabled)

    async def _send(self, claimed: ClaimedDelivery) -> SendResult:
        secrets = self._opened(claimed)
        if secrets:
            message = OutgoingMessage(url=claimed.url, id=claimed.id, body=claimed.body, secrets=secrets)
            result = await self.sender.send(message)
        else:
            result = SendResult(outcome=DeliveryOutcome.NO_SECRET)
        if claimed.kind is not EventKind.TEST:
            self.outcomes[result.outcome.value] += 1
        return result

    def _opened(self, claimed: ClaimedDelivery) -> tuple[str, ...]:
        if self.cipher is None:
            return ()
        opened = [self.cipher.opened(sealed_as(claimed.webhook_id), each) for each in claimed.sealed]
        return tuple(each for each in opened if each is not None)

    def _tell(self, claimed: ClaimedDelivery, why: WhyOff) -> None:
        log.warning("the webhook %s of the server %s is off: %s", claimed.webhook_id, claimed.guild_id, why)
        card = LogCard(body=_off(claimed.url, why), tone=LogTone.WARNING)
        self.guild_log.post(claimed.guild_id, card)


def _off(url: str, why: WhyOff) -> Message:
    host = Foreign(host_of(url))
    if why is WhyOff.GONE:
        return msg(
            "⚠️ The webhook to {host} is off: it answered that it no longer exists. "
            "`/settings open`, **Webhooks** turns it on again.",
            host=host,
        )
    return msg(
        "⚠️ The webhook to {host} is off: it took nothing for a day. `/settings open`, **Webhooks** turns it on again.",
        host=host,
    )


def _now() -> float:
    return asyncio.get_running_loop().time()
