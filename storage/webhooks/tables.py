"""The tables of webhooks, like those in `storage.tables`."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text

from bot.domain.webhooks.deliveries import DeliveryState
from storage.db.metadata import metadata, partial_index
from storage.db.time_types import UtcDateTime

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", String, primary_key=True),
    Column("guild_id", BigInteger, nullable=False, index=True),
    Column("url", Text, nullable=False),
    Column("events", String, nullable=False),  # kinds with blanks between them
    Column("sealed", Text, nullable=False),  # the current signing secret
    Column("sealed_before", Text),  # the previous secret, which signs too until then
    Column("before_until", UtcDateTime),
    Column("added_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),  # null: it is called
    Column("why_off", String),
    Column("delivered_at", UtcDateTime),  # something, last
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", String, primary_key=True),  # derived from the event and the webhook: none is stored twice
    Column("webhook_id", String, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("member_id", BigInteger),  # whose video it is about; null: about none
    Column("job_id", String, index=True),  # likewise
    Column("kind", String, nullable=False),
    Column("body", Text, nullable=False),  # as it is sent, at each try
    Column("created_at", UtcDateTime, nullable=False),
    Column("state", String, nullable=False),
    Column("next_at", UtcDateTime),  # when it is tried; null: no more
    Column("tries", Integer, nullable=False),
    Column("outcome", String),  # of the last try
    Column("status", Integer),  # likewise
)
is_its_webhook = webhooks.c.id == webhook_deliveries.c.webhook_id
is_called = webhooks.c.disabled_at.is_(None)
is_waiting = webhook_deliveries.c.state == DeliveryState.WAITING.value
Index("webhook_deliveries_of_webhook", webhook_deliveries.c.webhook_id, webhook_deliveries.c.created_at)
Index("webhook_deliveries_of_member", webhook_deliveries.c.member_id)
partial_index("webhook_deliveries_due", webhook_deliveries.c.next_at, where=webhook_deliveries.c.next_at.is_not(None))
