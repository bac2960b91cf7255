"""Creates the webhook sender for the first message: most servers have no webhooks, and its library loads in 0.2 s."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from importlib import import_module
from typing import Protocol

from bot.domain.webhooks.deliveries import SendResult
from bot.domain.webhooks.store import OutgoingMessage

MODULE, NAME = "bot.network.webhooks", "HttpWebhookSender"


class _Sender(Protocol):
    async def send(self, message: OutgoingMessage) -> SendResult: ...

    async def close(self) -> None: ...


class SenderOnFirstUse:
    """The WebhookSender that creates an `HttpWebhookSender` when it is first used."""

    def __init__(self, plain_hosts: Collection[str] = ()) -> None:
        self._plain_hosts = plain_hosts
        self._making: asyncio.Task[_Sender] | None = None

    async def send(self, message: OutgoingMessage) -> SendResult:
        if self._making is None:
            self._making = asyncio.create_task(asyncio.to_thread(self._made), name="webhook sender")
        return await (await asyncio.shield(self._making)).send(message)

    async def close(self) -> None:
        if self._making is not None:
            await (await self._making).close()

    def _made(self) -> _Sender:
        sender: _Sender = getattr(import_module(MODULE), NAME)(self._plain_hosts)
        return sender
