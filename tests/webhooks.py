"""Fakes for receivers of webhooks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from bot.domain.webhooks.deliveries import DeliveryOutcome, SendResult
from bot.domain.webhooks.store import OutgoingMessage

TAKEN = SendResult(outcome=DeliveryOutcome.DELIVERED, status=200)


@dataclass(kw_only=True)
class ScriptedSender:
    """The WebhookSender: gives these answers, then always the usual one, and never returns from one address."""

    answers: list[SendResult] = field(default_factory=list)
    usual: SendResult = TAKEN
    hang_at: str | None = None
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    heard: list[OutgoingMessage] = field(default_factory=list)

    async def send(self, message: OutgoingMessage) -> SendResult:
        self.heard.append(message)
        if message.url == self.hang_at:
            await self.let_go.wait()
        return self.answers.pop(0) if self.answers else self.usual
