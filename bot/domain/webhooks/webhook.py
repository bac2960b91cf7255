"""A server's webhook: an address that is called when something happens there."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from bot.data_classes import value_object

MOST = 5  # webhooks of a server
OVERLAP = timedelta(hours=24)  # how long a replaced secret still signs


class EventKind(StrEnum):
    """What is reported. The values are the `type` in what is sent, and are stored in rows: they never change."""

    COMPLETED = "video.completed"
    FAILED = "video.failed"
    BUDGET = "budget.reached"
    TEST = "webhook.test"  # sent by the button alone


CHOOSABLE = (EventKind.COMPLETED, EventKind.FAILED, EventKind.BUDGET)


class WhyOff(StrEnum):
    """Why a webhook is no longer called. The values are stored in rows."""

    GONE = "gone"  # it answered 410, which means that it wants no more calls
    SILENT = "silent"  # it accepted nothing for as long as a delivery is attempted


@value_object
class Webhook:
    """`url` may contain a secret of its receiver, so it is shown only to managers and never logged."""

    id: str
    guild_id: int
    url: str
    events: tuple[EventKind, ...]
    added_at: datetime
    disabled_at: datetime | None = None
    why_off: WhyOff | None = None
    delivered_at: datetime | None = None  # something, last; to the minute
    two_secrets_until: datetime | None = None  # until then, the previous secret signs too


def sealed_as(webhook_id: str) -> str:
    """What a webhook's secrets are encrypted for, as an own key is for its account."""
    return f"webhook:{webhook_id}"
