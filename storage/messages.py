"""Where the card, the result and further copies of a video are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, delete, exists, literal, literal_column, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.ports.messages import CardState, Route, Shown
from storage.db import upserts
from storage.db.database import Database
from storage.jobs.mapping import JobRow, jobs_of, phase_of
from storage.tables import CARD, CARD_GONE, RESULT, is_open, jobs, messages

COPY = "copy-"  # and the id of its message
ROUTE = "detour-"  # and the route: an intent, there is no message yet
NO_MESSAGE = 0
SHOWN = select(messages).where(messages.c.job_id == bindparam("job"), messages.c.drawn.is_distinct_from(CARD_GONE))
# Of a card that was just noted. As text, for SQLAlchemy would look through all messages anew within RETURNING.
_ITS_JOB: ColumnElement[str] = literal_column("messages.job_id")
CARD_JOB = (
    messages.c.job_id.label("id"),
    *(
        select(column).where(jobs.c.id == _ITS_JOB).scalar_subquery().label(column.name)
        for column in (jobs.c.state, jobs.c.detail, jobs.c.cancel_asked_by)
    ),
)


@wired
class MessageRows:
    """The MessageStore."""

    database: Database

    async def shown(self, job_id: JobId) -> Shown:
        return await self.database.read(lambda connection: shown_of(connection, job_id))

    async def remember_card(
        self, job_id: JobId, message: PostedMessage, drawn: str | None = None
    ) -> Mapping[JobId, CardState]:
        where = {"channel_id": message.channel_id, "message_id": message.message_id, "drawn": drawn}
        kept = {name: literal(value, messages.c[name].type) for name, value in where.items()}
        # The batch that it leads, or it alone.
        on_card = select(jobs.c.id, literal(CARD), *kept.values()).where(
            or_(jobs.c.batch == job_id, jobs.c.id == job_id)
        )

        async def write(connection: AsyncConnection) -> dict[JobId, CardState]:
            new = upserts.insert(connection, messages).from_select(["job_id", "kind", *kept], on_card)
            key = list(messages.primary_key.columns)
            put = new.on_conflict_do_update(index_elements=key, set_=where).returning(*CARD_JOB)
            rows = (await connection.execute(put)).all()
            return {JobId(row.id): state for row in rows if (state := _card_state(row)) is not None}

        return await self.database.write(write)

    async def forget_card(self, job_id: JobId, *, unless_noted: bool = False) -> None:
        async def write(connection: AsyncConnection) -> None:
            for shown in await _on_card(connection, job_id):
                gone = upserts.insert(connection, messages).values(
                    job_id=shown, kind=CARD, channel_id=NO_MESSAGE, message_id=NO_MESSAGE, drawn=CARD_GONE
                )
                key = list(messages.primary_key.columns)
                if unless_noted:
                    await connection.execute(gone.on_conflict_do_nothing(index_elements=key))
                else:
                    await connection.execute(gone.on_conflict_do_update(index_elements=key, set_={"drawn": CARD_GONE}))

        await self.database.write(write)

    async def cardless(self, since: datetime, most: int) -> Sequence[Job]:
        async def read(connection: AsyncConnection) -> list[Job]:
            card = exists().where(messages.c.job_id == jobs.c.id, messages.c.kind == CARD)
            has_its_own = or_(jobs.c.batch.is_(None), jobs.c.batch == jobs.c.id)
            never_noted = and_(jobs.c.created_at >= since, has_its_own, ~card)
            newest = select(jobs).where(never_noted).order_by(jobs.c.created_at.desc()).limit(most)
            return jobs_of(await connection.execute(newest))

        return await self.database.read(read)

    async def remember_result(self, job_id: JobId, message: PostedMessage) -> None:
        await self.database.write(lambda connection: put_result(connection, job_id, message))

    async def remember_route(self, job_id: JobId, route: Route, channel_id: int = 0) -> None:
        await self._remember(job_id, _route_kind(route), PostedMessage(channel_id=channel_id, message_id=NO_MESSAGE))

    async def route_taken(self, job_id: JobId) -> Route | None:
        async def read(connection: AsyncConnection) -> set[str]:
            rows = await connection.execute(select(messages.c.kind).where(messages.c.job_id == job_id))
            return set(rows.scalars())

        noted = await self.database.read(read)
        return next((route for route in reversed(Route) if _route_kind(route) in noted), None)

    async def place_of(self, job_id: JobId, route: Route) -> int | None:
        noted = select(messages.c.channel_id).where(messages.c.job_id == job_id, messages.c.kind == _route_kind(route))

        async def read(connection: AsyncConnection) -> int | None:
            return (await connection.execute(noted)).scalar_one_or_none()

        return await self.database.read(read)

    async def remember_drawn(self, job_id: JobId, state: str) -> None:
        card = (messages.c.job_id == job_id, messages.c.kind == CARD, messages.c.drawn.is_distinct_from(CARD_GONE))
        drawn = update(messages).where(*card).values(drawn=state)
        await self.database.write(lambda connection: connection.execute(drawn))

    async def outdated_cards(self, most: int) -> Sequence[Job]:
        return await self._with_card(messages.c.drawn.is_distinct_from(jobs.c.state), most)

    async def open_cards(self, most: int) -> Sequence[Job]:
        return await self._with_card(is_open, most)

    async def _with_card(self, which: ColumnElement[bool], most: int) -> Sequence[Job]:
        async def read(connection: AsyncConnection) -> list[Job]:
            there = and_(messages.c.kind == CARD, messages.c.drawn.is_distinct_from(CARD_GONE))
            cards = select(jobs).join(messages, messages.c.job_id == jobs.c.id).where(there, which)
            return jobs_of(await connection.execute(cards.order_by(jobs.c.created_at.desc()).limit(most)))

        return await self.database.read(read)

    async def forget_result(self, job_id: JobId) -> None:
        async def write(connection: AsyncConnection) -> None:
            result = (messages.c.job_id == job_id, messages.c.kind == RESULT)
            await connection.execute(delete(messages).where(*result))

        await self.database.write(write)

    async def remember_repost(self, job_id: JobId, message: PostedMessage) -> None:
        async def write(connection: AsyncConnection) -> None:
            # Two simultaneous reposts are serialised, so that neither is forgotten.
            await connection.execute(select(jobs.c.id).where(jobs.c.id == job_id).with_for_update())
            result = (messages.c.job_id == job_id, messages.c.kind == RESULT)
            before = (await connection.execute(select(messages).where(*result))).one_or_none()
            if before is not None and before.message_id != message.message_id:
                copy = PostedMessage(channel_id=before.channel_id, message_id=before.message_id)
                await _put(connection, job_id, _copy(copy), copy)
            await _put(connection, job_id, RESULT, message)

        await self.database.write(write)

    async def remember_copy(self, job_id: JobId, message: PostedMessage) -> None:
        await self._remember(job_id, _copy(message), message)

    async def copies(self, job_id: JobId) -> Sequence[PostedMessage]:
        async def read(connection: AsyncConnection) -> list[PostedMessage]:
            kept = (messages.c.job_id == job_id, messages.c.kind.startswith(COPY))
            rows = await connection.execute(select(messages).where(*kept).order_by(messages.c.message_id))
            return [PostedMessage(channel_id=row.channel_id, message_id=row.message_id) for row in rows]

        return await self.database.read(read)

    async def _remember(self, job_id: JobId, kind: str, message: PostedMessage) -> None:
        await self.database.write(lambda connection: _put(connection, job_id, kind, message))


def _card_state(row: JobRow) -> CardState | None:
    phase = phase_of(row)
    return None if phase is None else CardState(phase=phase, cancel_asked_by=row.cancel_asked_by)


async def shown_of(connection: AsyncConnection, job_id: JobId) -> Shown:
    rows = await connection.execute(SHOWN, {"job": job_id})
    found = {row.kind: PostedMessage(channel_id=row.channel_id, message_id=row.message_id) for row in rows}
    result, direct = found.get(RESULT), found.get(_route_kind(Route.DIRECT))
    if result is not None and direct is not None and result.channel_id == direct.channel_id:
        result = replace(result, direct=True)
    return Shown(card=found.get(CARD), result=result)


async def put_result(connection: AsyncConnection, job_id: JobId, message: PostedMessage) -> None:
    await _put(connection, job_id, RESULT, message)


async def _on_card(connection: AsyncConnection, job_id: JobId) -> Sequence[JobId]:
    """Which jobs its card shows: those of the batch that it leads, or only itself."""
    batch = await connection.scalars(select(jobs.c.id).where(jobs.c.batch == job_id).order_by(jobs.c.batch_number))
    return [JobId(each) for each in batch] or [job_id]


async def _put(connection: AsyncConnection, job_id: JobId, kind: str, message: PostedMessage) -> None:
    where = {"channel_id": message.channel_id, "message_id": message.message_id}
    await upserts.put(connection, messages, job_id=job_id, kind=kind, **where)


def _route_kind(route: Route) -> str:
    return f"{ROUTE}{route}"


def _copy(message: PostedMessage) -> str:
    return f"{COPY}{message.message_id}"
