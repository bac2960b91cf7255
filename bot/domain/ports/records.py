"""Small facts that outlive the process; each kind has its own type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from bot.data_classes import value_object

T = TypeVar("T")


@value_object(kw_only=False)
class Record(Generic[T]):
    """One kind of fact. `model` is a frozen dataclass of plain values.

    It is stored by the names of its fields, and other versions of Kinora read it: a new field needs a default, and no
    field is ever renamed.
    """

    namespace: str
    model: type[T]
    lasts: timedelta | None = None  # since it was last written; None: for ever


@value_object(kw_only=False)
class Updated(Generic[T]):
    """What an update found and what it left."""

    before: T | None
    after: T | None


class Records(Protocol):
    """Facts by kind and key, such as an account's trouble by the account's name."""

    async def read(self, record: Record[T], key: str) -> T | None:
        """None if nothing is known any more, or if what is stored can't be read."""
        ...

    async def read_many(self, record: Record[T], keys: Iterable[str]) -> Mapping[str, T]:
        """What is known for these keys, in one query; the others are left out."""
        ...

    async def write(self, record: Record[T], key: str, value: T) -> None: ...

    async def update(self, record: Record[T], key: str, change: Callable[[T | None], T | None]) -> Updated[T]:
        """Read, change and write in one transaction, so that nothing another process writes is lost.

        `change` returns the new fact, or None to forget it. It may be called several times, so it must do nothing else.
        """
        ...


class Snapshots(Protocol):
    """Settings that are read several times while one interaction is answered."""

    def of(self, guild_id: int, facts: Iterable[tuple[Record[Any], str]]) -> AbstractAsyncContextManager[None]:
        """Read a server's rules and these facts at once; within the context they are not read again, for at most a
        second.

        What this process changes meanwhile is read again.
        """
        ...
