"""The settings of a server that matter for accepting an order, read together with the job that is stored."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, exists, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import value_object
from bot.domain.money.usd import Usd
from bot.domain.queue.state import QueueHold
from bot.domain.webhooks.webhook import EventKind
from storage.guild_tables import guilds, queue_holds
from storage.guilds import MonthTerms, month_terms_in
from storage.queue.holds import hold_in
from storage.webhooks import outbox
from storage.webhooks.tables import is_called, webhooks

# As text, because within RETURNING SQLAlchemy would select from all jobs again.
_ITS_GUILD: ColumnElement[int] = literal_column("jobs.guild_id")


def _of_its_guild(column: Column[Any]) -> ColumnElement[Any]:
    return select(column).where(column.table.c.guild_id == _ITS_GUILD).scalar_subquery().label(column.name)


# For the RETURNING of an INSERT of a job, with its server's id.
OF_JOB = (
    *map(_of_its_guild, (guilds.c.monthly_budget, guilds.c.time_zone)),
    *(_of_its_guild(queue_holds.c[name]) for name in ("kind", "reason", "held_by", "since")),
    exists().where(webhooks.c.guild_id == _ITS_GUILD, is_called).label("has_webhooks"),
)


@value_object
class GuildTerms:
    month: MonthTerms
    hold: QueueHold | None
    told_of_budget: Sequence[str]  # ids of webhooks


async def guild_terms(connection: AsyncConnection, row: Row[*tuple[Any, ...]], default: Usd) -> GuildTerms:
    """The terms in OF_JOB; webhooks are read only if there are any. `default`: the budget of a server that set none."""
    told = await outbox.who_wants(connection, row.guild_id, EventKind.BUDGET) if row.has_webhooks else []
    return GuildTerms(month=month_terms_in(row, default), hold=hold_in(row), told_of_budget=told)
