"""Where webhooks and their deliveries are kept, and what sends them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.webhooks.deliveries import ClaimedDelivery, Delivery, SendResult
from bot.domain.webhooks.webhook import Webhook, WhyOff


class WebhookStore(Protocol):
    """Secrets come and go sealed."""

    async def of(self, guild_id: int) -> Sequence[Webhook]:
        """The oldest first."""
        ...

    async def get(self, guild_id: int, webhook_id: str) -> Webhook | None: ...

    async def add(self, webhook: Webhook, sealed: str, most: int) -> bool:
        """False when the server has so many already, or one with this address."""
        ...

    async def rotate(self, webhook_id: str, sealed: str, until: datetime) -> bool:
        """Another secret; the one before signs too until then. False when there is no such webhook."""
        ...

    async def enable(self, webhook_id: str) -> bool:
        """False when there is no such webhook, or it is enabled."""
        ...

    async def remove(self, webhook_id: str) -> bool:
        """With its deliveries."""
        ...

    async def recent(self, webhook_id: str, most: int) -> Sequence[Delivery]:
        """The latest first."""
        ...

    async def all_sealed(self) -> Mapping[str, Sequence[str]]:
        """By webhook: the secret in use, and the one before where there is one."""
        ...

    async def reseal(self, webhook_id: str, before: str, after: str) -> None:
        """Unless it was replaced meanwhile."""
        ...


@value_object
class Settled:
    """What became of a try."""

    given_up: bool = False
    disabled: WhyOff | None = None  # the webhook was, by this very try


class DeliveryStore(Protocol):
    """Whoever claims a delivery has it for HELD; then it is due again, with the same id."""

    async def claim(self, most: int, without: Collection[str]) -> Sequence[ClaimedDelivery]:
        """Due ones of enabled webhooks, but `without` those."""
        ...

    async def claim_test(self, webhook_id: str, body: str) -> ClaimedDelivery | None:
        """A delivery that nobody else tries. None when there is no such webhook."""
        ...

    async def settle(self, claimed: ClaimedDelivery, result: SendResult, wait: float | None) -> Settled:
        """Note a try. Unless it was taken, the next one is due in so many seconds; None: there is none."""
        ...

    async def next_due(self) -> float | None:
        """Seconds until something is due; None: nothing is."""
        ...

    async def prune(self) -> int:
        """Remove deliveries that nobody needs any more, and give up what is too old; how many were removed."""
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
        """One try. It raises nothing."""
        ...
