"""Times as the database stores them, and whose clock is used."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Dialect, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeDecorator

from bot.domain.ports.clock import Clock

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC time as whole microseconds since 1970: exact, and sorted and compared the same on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


async def present(connection: AsyncConnection, clock: Clock) -> datetime:
    """The current time for leases and due times.

    PostgreSQL is shared by machines whose clocks differ, so there it is the server's; SQLite lives on one machine.
    """
    return await present_or(connection, clock.now())


async def present_or(connection: AsyncConnection, at: datetime) -> datetime:
    """Likewise, given this machine's current time."""
    if connection.dialect.name == "postgresql":
        server: datetime = (await connection.execute(select(func.statement_timestamp()))).scalar_one()
        return server.astimezone(UTC)
    return at


def month_of(moment: datetime) -> str:
    """The budget month of a time, such as `2026-11`, in the time zone that it has."""
    return f"{moment:%Y-%m}"
