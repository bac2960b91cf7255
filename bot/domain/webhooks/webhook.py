"""A server's webhook: an address that is called when something happens there."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bot.data_classes import value_object

MOST = 5  # webhooks of a server
OVERLAP = timedelta(hours=24)  # that a replaced secret still signs


class EventKind(StrEnum):
    """What is told. The values are the `type` in what is sent, and stand in rows: they never change."""

    COMPLETED = "video.completed"
    FAILED = "video.failed"
    BUDGET = "budget.reached"
    TEST = "webhook.test"  # sent by the button alone


CHOOSABLE = (EventKind.COMPLETED, EventKind.FAILED, EventKind.BUDGET)


class WhyOff(StrEnum):
    """Why a webhook is called no more. The values stand in rows."""

    GONE = "gone"  # it answered 410, which means that
    SILENT = "silent"  # it took nothing for as long as a delivery is tried


@value_object
class Webhook:
    """`url` may hold what only its receiver knows, so it is shown to managers alone and never logged."""

    id: str
    guild_id: int
    url: str
    events: tuple[EventKind, ...]
    added_at: datetime
    disabled_at: datetime | None = None
    why_off: WhyOff | None = None
    delivered_at: datetime | None = None  # something, last; to the minute
    two_secrets_until: datetime | None = None  # until then, the one before signs too


def sealed_as(webhook_id: str) -> str:
    """What a webhook's secrets are sealed for, as an own key is for its account."""
    return f"webhook:{webhook_id}"
