"""Own keys as rows: encrypted, with what their owners are shown of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Row, Select, and_, case, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.errors import BadRequest
from bot.domain.keys.own_key import OwnKey
from bot.domain.keys.store import KeyUse
from bot.domain.messages import msg_n
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from storage.db import snapshot, upserts
from storage.db.database import Database, Work
from storage.guilds import calendar_of
from storage.jobs.mapping import jobs_of
from storage.keys.funds import UNLIMITED, period_of
from storage.keys.table import own_keys
from storage.money import ledger
from storage.tables import UNSENT_STATES, is_in_review, is_open, jobs, records

T = TypeVar("T")

_is_under_way = or_(is_open, is_in_review)
_is_at_service = and_(_is_under_way, jobs.c.state.not_in(UNSENT_STATES))
TROUBLE = ("circuit", "refused own key")  # records that mean nothing once a key is gone
_shown = [column for column in own_keys.columns if column is not own_keys.c.sealed]


@wired
class SqlKeyStore:
    """The KeyStore."""

    database: Database
    clock: Clock

    async def of(self, guild_id: int, member_id: int | None) -> Sequence[OwnKey]:
        whose = own_keys.c.member_id.is_(None) if member_id is None else own_keys.c.member_id == member_id
        query = select(*_shown).where(own_keys.c.guild_id == guild_id, whose).order_by(own_keys.c.account)
        return await self.database.read(lambda connection: _keys(connection, query))

    async def usable(self, guild_id: int, member_id: int) -> Sequence[str]:
        theirs = or_(own_keys.c.member_id == member_id, own_keys.c.member_id.is_(None))
        query = (
            select(own_keys.c.account)
            .where(own_keys.c.guild_id == guild_id, theirs, own_keys.c.leaving.is_(False))
            .order_by(case((own_keys.c.member_id.is_(None), 1), else_=0), own_keys.c.account)
        )

        async def read(connection: AsyncConnection) -> list[str]:
            return list((await connection.execute(query)).scalars())

        return await self.database.read(read)

    async def get(self, account: str) -> OwnKey | None:
        query = select(*_shown).where(own_keys.c.account == account)
        found = await self.database.read(lambda connection: _keys(connection, query))
        return found[0] if found else None

    async def use(self, keys: Sequence[OwnKey]) -> Mapping[str, KeyUse]:
        async def read(connection: AsyncConnection) -> dict[str, KeyUse]:
            return {key.account: await self._use(connection, key) for key in keys}

        return await self.database.read(read)

    async def _use(self, connection: AsyncConnection, key: OwnKey) -> KeyUse:
        guild_id = key.owner.guild_id
        period = period_of(key.account, (await calendar_of(connection, guild_id)).local(self.clock.now()))
        spent = await ledger.spending(connection, guild_id, period, key.month_limit or UNLIMITED)
        return KeyUse(spent=spent, open_orders=await _count(connection, key.account, _is_under_way))

    async def sealed(self, account: str) -> str | None:
        query = select(own_keys.c.sealed).where(own_keys.c.account == account)

        async def read(connection: AsyncConnection) -> str | None:
            sealed: str | None = (await connection.execute(query)).scalar_one_or_none()
            return sealed

        return await self.database.read(read)

    async def put(self, key: OwnKey, sealed: str, *, may_replace: bool) -> None:
        async def write(connection: AsyncConnection) -> None:
            known = await _lock(connection, key.account)
            if known and not may_replace and (left := await _count(connection, key.account, _is_at_service)):
                raise BadRequest(
                    msg_n(
                        "{count} video in progress needs the key that is stored now. Nothing was changed. "
                        "Try again when it has finished.",
                        "{count} videos in progress need the key that is stored now. Nothing was changed. "
                        "Try again when they have finished.",
                        left,
                    )
                )
            await upserts.put(connection, own_keys, **_row_of(key), sealed=sealed)

        await self.database.write(write)

    async def remove(self, account: str) -> int:
        async def write(connection: AsyncConnection) -> int:
            if not await _lock(connection, account):
                return 0
            left = await _count(connection, account, _is_under_way)
            if left:
                await connection.execute(update(own_keys).where(own_keys.c.account == account).values(leaving=True))
            else:
                await connection.execute(delete(own_keys).where(own_keys.c.account == account))
                await connection.execute(delete(records).where(_is_about(account, TROUBLE)))
            return left

        return await self._forget(write)

    async def remove_of(self, member_id: int) -> None:
        theirs = select(own_keys.c.account).where(own_keys.c.member_id == member_id).order_by(own_keys.c.account)

        async def read(connection: AsyncConnection) -> list[str]:
            return list((await connection.execute(theirs)).scalars())

        for account in await self.database.read(read):
            await self.remove(account)
        named = delete(records).where(_names(member_id))
        await self._forget(lambda connection: connection.execute(named))

    async def purge(self) -> Sequence[str]:
        """New orders do not use one that is leaving, so nothing comes between the check and the erasure."""
        needed = exists().where(jobs.c.provider == own_keys.c.account, _is_under_way)
        leaving = select(own_keys.c.account).where(own_keys.c.leaving.is_(True), ~needed)

        async def read(connection: AsyncConnection) -> list[str]:
            return list((await connection.execute(leaving)).scalars())

        found = await self.database.read(read)
        if found:
            await self._forget(lambda connection: _erase(connection, found, ~needed))
        return found

    async def _forget(self, write: Work[T]) -> T:
        """What is known of accounts may be among it."""
        try:
            return await self.database.write(write)
        finally:
            snapshot.drop_all()

    async def all_sealed(self) -> Mapping[str, str]:
        async def read(connection: AsyncConnection) -> dict[str, str]:
            rows = await connection.execute(select(own_keys.c.account, own_keys.c.sealed))
            return {row.account: row.sealed for row in rows}

        return await self.database.read(read)

    async def reseal(self, account: str, before: str, after: str) -> None:
        same = and_(own_keys.c.account == account, own_keys.c.sealed == before)
        await self.database.write(lambda c: c.execute(update(own_keys).where(same).values(sealed=after)))

    async def busy(self) -> Sequence[str]:
        async def read(connection: AsyncConnection) -> list[str]:
            return sorted(await _busy(connection))

        return await self.database.read(read)

    async def awaited(self, since: datetime) -> Sequence[str]:
        sent_again = select(jobs).where(jobs.c.replaced.is_not(None), jobs.c.provider.in_(select(own_keys.c.account)))

        async def read(connection: AsyncConnection) -> list[str]:
            jobs_sent_again = jobs_of(await connection.execute(sent_again))
            replaced = {each.account for job in jobs_sent_again for each in job.replaced if each.sent_at >= since}
            return sorted(await _busy(connection) | replaced)

        return await self.database.read(read)


async def _busy(connection: AsyncConnection) -> set[str]:
    query = select(own_keys.c.account).where(exists().where(jobs.c.provider == own_keys.c.account, _is_under_way))
    return set((await connection.execute(query)).scalars())


async def _erase(connection: AsyncConnection, accounts: Sequence[str], is_free: ColumnElement[bool]) -> None:
    ended = and_(own_keys.c.account.in_(accounts), own_keys.c.leaving.is_(True), is_free)
    gone = (await connection.execute(delete(own_keys).where(ended).returning(own_keys.c.account))).scalars().all()
    for account in gone:
        await connection.execute(delete(records).where(_is_about(account, TROUBLE)))


def _is_about(account: str, kinds: Sequence[str]) -> ColumnElement[bool]:
    """Small facts of an account."""
    return and_(records.c.key == account, records.c.namespace.in_(kinds))


def _names(member_id: int) -> ColumnElement[bool]:
    """All small facts of a member's accounts and of the models there, also where the key was removed before."""
    account = f"%@member:%:{member_id}"
    return or_(records.c.key.like(account), records.c.key.like(f"{account} %"))


async def _lock(connection: AsyncConnection, account: str) -> bool:
    """Whether there is such a key. Nobody orders with it until the transaction ends."""
    row = select(own_keys.c.account).where(own_keys.c.account == account).with_for_update()
    return (await connection.execute(row)).one_or_none() is not None


async def _count(connection: AsyncConnection, account: str, which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(jobs).where(jobs.c.provider == account, which)
    return (await connection.execute(query)).scalar_one()


async def _keys(connection: AsyncConnection, query: Select[*tuple[Any, ...]]) -> list[OwnKey]:
    return [_key_of(row) for row in await connection.execute(query)]


def _key_of(row: Row[*tuple[Any, ...]]) -> OwnKey:
    return OwnKey(
        account=row.account,
        ending=row.ending,
        month_limit=None if row.month_limit is None else Usd(row.month_limit),
        added_by=row.added_by,
        added_at=row.added_at,
        leaving=row.leaving,
    )


def _row_of(key: OwnKey) -> dict[str, object]:
    owner = key.owner
    return {
        "account": key.account,
        "guild_id": owner.guild_id,
        "member_id": owner.member_id,
        "ending": key.ending,
        "month_limit": None if key.month_limit is None else key.month_limit.micros,
        "added_by": key.added_by,
        "added_at": key.added_at,
        "leaving": key.leaving,
    }
