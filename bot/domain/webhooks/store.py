"""Where webhooks and their deliveries are stored, and what sends them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.webhooks.deliveries import ClaimedDelivery, Delivery, SendResult
from bot.domain.webhooks.webhook import Webhook, WhyOff


class WebhookStore(Protocol):
    """Secrets are passed encrypted."""

    async def of(self, guild_id: int) -> Sequence[Webhook]:
        """Oldest first."""
        ...

    async def get(self, guild_id: int, webhook_id: str) -> Webhook | None: ...

    async def add(self, webhook: Webhook, sealed: str, most: int) -> bool:
        """False if the server already has the maximum, or one with this address."""
        ...

    async def rotate(self, webhook_id: str, sealed: str, until: datetime) -> bool:
        """Replace the secret; the previous one signs too until then. False if there is no such webhook."""
        ...

    async def enable(self, webhook_id: str) -> bool:
        """False if there is no such webhook, or it is enabled already."""
        ...

    async def remove(self, webhook_id: str) -> bool:
        """Together with its deliveries."""
        ...

    async def recent(self, webhook_id: str, most: int) -> Sequence[Delivery]:
        """Latest first."""
        ...

    async def all_sealed(self) -> Mapping[str, Sequence[str]]:
        """By webhook: the current secret, and the previous one if there is one."""
        ...

    async def reseal(self, webhook_id: str, before: str, after: str) -> None:
        """Unless it was replaced meanwhile."""
        ...


@value_object
class Settled:
    """The result of an attempt."""

    given_up: bool = False
    disabled: WhyOff | None = None  # the webhook was, by this very try


class DeliveryStore(Protocol):
    """A claimed delivery is held for HELD; then it is due again, with the same id."""

    async def claim(self, most: int, without: Collection[str]) -> Sequence[ClaimedDelivery]:
        """Due ones of enabled webhooks, except those of `without`."""
        ...

    async def claim_test(self, webhook_id: str, body: str) -> ClaimedDelivery | None:
        """A delivery that nobody else attempts. None if there is no such webhook."""
        ...

    async def settle(self, claimed: ClaimedDelivery, result: SendResult, wait: float | None) -> Settled:
        """Record an attempt. Unless it was accepted, the next one is due in so many seconds; None: there is none."""
        ...

    async def next_due(self) -> float | None:
        """Seconds until something is due; None: nothing is."""
        ...

    async def prune(self) -> int:
        """Remove deliveries that are no longer needed, and give up those that are too old.

        Returns how many were removed.
        """
        ...


@value_object
class OutgoingMessage:
    url: str
    id: str
    body: str
    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<message {self.id}>"


class WebhookSender(Protocol):
    async def send(self, message: OutgoingMessage) -> SendResult:
        """One attempt. It raises nothing."""
        ...
