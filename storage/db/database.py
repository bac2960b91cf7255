"""One SQL database, opened once, with one way to write and one way to read.

Each transaction runs in its own task, and a caller that is cancelled waits for its end: cancelling a statement half-way
would leave SQLite's write lock held until some later garbage collection. Only long reads are interrupted.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.domain.errors import CannotStart, DatabaseAway
from bot.domain.messages import Foreign, Message, Term, joined, msg
from storage.db.address import address, file_of, shown, without_secrets
from storage.db.connections.engines import (
    Engines,
    engines_for,
    is_away,
    is_damage,
    is_passing,
    is_unknown_host,
    takes_nobody_now,
)
from storage.db.connections.long_reads import LongRead
from storage.db.integrity import missing_tables, quick_check
from storage.db.schema import bring_up_to_date, is_up_to_date
from storage.db.writing_line import WritingLine

log = logging.getLogger(__name__)

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]
Turn = Callable[[], AbstractAsyncContextManager[None]]

RETRY_WAITS = (0.02, 0.05, 0.1, 0.3, 0.6)  # seconds, each multiplied by 0.5 to 1.5 to separate competitors
CHECK_ADDRESS = msg("Check DATABASE_URL, and that Kinora may read and write there.")
RESTORE = msg("Stop every Kinora that uses it, keep a copy, and restore a backup.")
LOOK_FOR_DAMAGE = 1.0  # seconds at the start
_rng = random.SystemRandom()


class Database:
    """What the stores use. `write` and `read` may call their function again, so it must have no other effect."""

    def __init__(self, engines: Engines, where: URL) -> None:
        self._engines = engines
        self._where = where
        self._line = None if file_of(where) is None else WritingLine()
        self._under_way: set[asyncio.Task[object]] = set()

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect, and bring the tables up to date.

        `url` is `sqlite:///path` (the folder is created) or `postgresql://user:password@host/name`. Raises CannotStart,
        or DatabaseAway if waiting may help.
        """
        where = address(url)
        async with AsyncExitStack() as undo:
            database = cls(engines_for(where), where)
            undo.push_async_callback(database.close)
            try:
                await database._prepare()
            except DBAPIError as error:
                raise await _cannot_open(where, error) from error
            undo.pop_all()
        return database

    async def _prepare(self) -> None:
        if (file := file_of(self._where)) is not None:
            await self.write(_check_log)
            await _check_pages(file)
        else:
            async with self._engines.reader.connect():
                pass  # once, not as often as a transaction: callers that can wait use longer pauses
        if not await self.read(is_up_to_date):
            await self.write(bring_up_to_date)
        if missing := await self.read(missing_tables):
            raise CannotStart(
                msg(
                    "The database {address} has lost {tables}. {fix}",
                    address=Term(shown(self._where)),
                    tables=Term(", ".join(missing)),
                    fix=RESTORE,
                )
            )

    async def read_at_start(self, work: Work[T]) -> T:
        """Like `read`, of as much as there is: if the caller is cancelled, it is interrupted.

        Raises CannotStart if what is read is damaged, or the database has gone.
        """
        try:
            read = LongRead(work)
            return await self._run(partial(_persistently, self._engines.reader, read), read.give_up)
        except DBAPIError as error:
            hint = CHECK_ADDRESS if is_passing(error) else RESTORE
            raise CannotStart(joined(unusable(self._where, error), hint)) from error

    async def write(self, work: Work[T], *, urgent: bool = False) -> T:
        """Run `work` in its own transaction, which commits when it returns and rolls back when it raises.

        On SQLite all writes are serialised, and those that are `urgent`, because time runs out for them, come before
        the others. On PostgreSQL they may overlap: rows read in order to be changed have to be read FOR UPDATE.
        """
        turn = nullcontext if self._line is None else partial(self._line.turn, urgent=urgent)
        return await self._run(partial(_persistently, self._engines.writer, work, turn), _let_it_end)

    async def read(self, work: Work[T]) -> T:
        """Run `work` on one consistent snapshot of the database; it cannot write."""
        return await self._run(partial(_persistently, self._engines.reader, work), _let_it_end)

    async def close(self) -> None:
        """Wait for running transactions, then close the database."""
        if self._under_way:
            await asyncio.wait(self._under_way)
        await self._engines.dispose()

    async def _run(
        self,
        transaction: Callable[[], Coroutine[Any, Any, T]],
        unwanted: Callable[[asyncio.Task[T]], Awaitable[None]],
    ) -> T:
        """`unwanted` ends the transaction if its caller is cancelled."""
        task = self._begin(transaction())
        try:
            await asyncio.wait({task})  # cancelling a wait does not cancel what it waits for
        except asyncio.CancelledError:
            await unwanted(task)
            raise
        return task.result()

    def _begin(self, transaction: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.create_task(transaction, name="transaction")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task


async def _persistently(engine: AsyncEngine, work: Work[T], turn: Turn = nullcontext) -> T:
    for wait in RETRY_WAITS:
        try:
            async with turn(), _transaction(engine) as connection:
                return await work(connection)
        except DBAPIError as error:
            if not is_passing(error):
                raise
            log.warning("the database did not take a transaction, trying again: %s", first_line(error))
        await asyncio.sleep(wait * _rng.uniform(0.5, 1.5))
    async with turn(), _transaction(engine) as connection:
        return await work(connection)


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """Like SQLAlchemy's `begin`, which closes in another task in case it is cancelled: this runs in its own already."""
    connection = await engine.connect()
    try:
        async with connection.begin():
            yield connection
    finally:
        await connection.close()


async def _let_it_end(task: asyncio.Task[T]) -> None:
    await asyncio.wait({task})
    if not task.cancelled() and (error := task.exception()) is not None:
        log.warning("a transaction failed after its caller was cancelled: %r", error)


async def _cannot_open(where: URL, error: DBAPIError) -> CannotStart:
    sentence = joined(unusable(where, error), RESTORE if is_damage(error) else CHECK_ADDRESS)
    if is_away(error) or await takes_nobody_now(error):
        return DatabaseAway(sentence, unknown_host=is_unknown_host(error))
    return CannotStart(sentence)


def unusable(where: URL, error: DBAPIError) -> Message:
    """About a database that does not work as it should."""
    return msg(
        "The database {address} cannot be used: {fault}.",
        address=Term(shown(where)),
        fault=Foreign(without_secrets(first_line(error), where)),
    )


@contextmanager
def failing_in_words(url: str) -> Iterator[None]:
    """In a command: if its database fails in the middle of it, for example by stopping, that becomes CannotStart.

    If rows go from SQLite to PostgreSQL or back, errors of the other one are passed on.
    """
    where = address(url)
    try:
        yield
    except DBAPIError as error:
        if isinstance(error.orig, sqlite3.Error) is not (file_of(where) is not None):
            raise
        raise CannotStart(unusable(where, error)) from error


def first_line(error: DBAPIError) -> str:
    """What the database said, for a sentence."""
    return first_words(str(error.orig))


async def _check_log(connection: AsyncConnection) -> None:
    mode = (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one()
    if mode != "wal":
        raise CannotStart(
            msg(
                "SQLite cannot use its write-ahead log there, as on a network drive. "
                "Put DATA_DIR on a local disk, or use PostgreSQL."
            )
        )


async def _check_pages(file: Path) -> None:
    """A damaged file gets worse with every write. A large one is checked as far as a second allows."""
    try:
        found = await quick_check(file, LOOK_FOR_DAMAGE)
    except sqlite3.Error:
        return  # what prevents reading it is reported when it is opened
    if found:
        raise CannotStart(
            msg(
                "The database {file} is damaged: {fault}. {fix}",
                file=Term(str(file)),
                fault=Foreign(first_words(found[0])),
                fix=RESTORE,
            )
        )


def first_words(text: str) -> str:
    return text.strip().partition("\n")[0].rstrip(".")
