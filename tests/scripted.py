"""Fakes with a script and a record of calls, for the other side of a port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.errors import NotAllowed, ProviderError, SpoiltVideo
from bot.domain.job import Job, PostedMessage
from bot.domain.media import Fit, Fitted, Footage, FramePosition
from bot.domain.messages import Message, msg
from bot.domain.models.card import ModelCard
from bot.domain.models.workflow import Lack
from bot.domain.ports.provider import Asset, Listed, Look, Order, Ready, StillMade, UnitPrice, Waiting
from bot.domain.ports.records import Record, Updated
from bot.domain.video import RemixMethod, Size
from tests.builders import NOON, WIDE


class SteppingClock:
    """A clock that stands still until a test moves it."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.forward(seconds)
        await asyncio.sleep(0)

    def forward(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


@dataclass
class ScriptedProvider:
    """Answers from its script, one entry per call; an error in the script is raised. Records every order."""

    submits: list[str | ProviderError] = field(default_factory=lambda: ["video_1"])
    looks: list[Look | ProviderError] = field(default_factory=lambda: [Ready()])
    lists: list[Sequence[Listed] | ProviderError | None] = field(default_factory=list)
    fetches: list[bool | ProviderError] = field(default_factory=list)
    cancels: bool | ProviderError = False
    name: str = "openai"
    host: str = "video.example"
    label: Message = field(default_factory=lambda: msg("The video service"))
    orders: list[Order] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    setting: str = "OPENAI_API_KEY"
    serves: list[str] | None = None
    lacking: dict[str, list[Lack]] = field(default_factory=dict)  # by the id of a card
    able: frozenset[RemixMethod] = frozenset(RemixMethod)
    may_block: bool = False
    in_order: bool = False
    lists_late: bool = False
    shows_at_once: bool = False
    charges: dict[str, UnitPrice] = field(default_factory=dict)
    listed_by: list[str] = field(default_factory=list)  # the models for which a list was requested
    waiting: dict[str, Waiting] | None = None  # the unfinished renders in its list; None: it has none
    unread: frozenset[str] = frozenset()  # those that may be on further pages of it
    glances: list[list[str]] = field(default_factory=list)  # the ids in each request for the list
    looked: list[str] = field(default_factory=list)  # ids that were polled individually
    is_named: bool = False  # whether it finds orders by the names we gave them

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        return tuple(method for method in card.remix if method in self.able)

    async def served(self) -> Sequence[str] | None:
        return self.serves

    async def listed_models(self) -> Sequence[object] | None:
        return None

    async def lacks(self, card: ModelCard) -> Sequence[Lack]:
        return self.lacking.get(card.id, ())

    async def unit_prices(self, cards: Collection[ModelCard]) -> Mapping[str, UnitPrice]:
        return {card.id: self.charges[card.id] for card in cards if card.id in self.charges}

    async def check(self) -> None:
        return None

    async def submit(self, order: Order) -> str:
        self.orders.append(order)
        return _said(self.submits.pop(0))

    async def look(self, remote_id: str) -> Look:
        self.looked.append(remote_id)
        seen = self.looks.pop(0) if len(self.looks) > 1 else self.looks[0]
        if isinstance(seen, ProviderError):
            raise seen
        return seen

    async def still_made(self, remote_ids: Collection[str], due: Collection[str]) -> StillMade | None:
        assert set(due) <= set(remote_ids)
        self.glances.append(sorted(remote_ids))
        if self.waiting is None:
            return None
        shown = {each: self.waiting[each] for each in remote_ids if each in self.waiting}
        return StillMade(waiting=shown, unread=self.unread.intersection(remote_ids))

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        if asset is not Asset.VIDEO:
            return False
        found = _said(self.fetches.pop(0)) if self.fetches else True
        target.write_bytes(f"the video {remote_id}".encode())
        return found

    async def cancel(self, remote_id: str) -> bool:
        self.cancelled.append(remote_id)
        return _said(self.cancels)

    async def forget(self, remote_id: str) -> bool:
        self.forgotten.append(remote_id)
        return True

    async def recent(self, since: datetime, cards: Collection[ModelCard] = ()) -> Sequence[Listed] | None:
        assert since.tzinfo is not None
        self.listed_by = [card.id for card in cards]
        listed = _said(self.lists.pop(0)) if self.lists else None
        return None if listed is None else [each for each in listed if each.created_at >= since]

    async def find(self, own_name: str) -> Sequence[str] | None:
        if not self.is_named:
            return None
        return [f"video_{number}" for number, order in enumerate(self.orders, 1) if order.own_name == own_name]

    async def close(self) -> None:
        return None


T = TypeVar("T")


def _said(entry: T | ProviderError) -> T:
    if isinstance(entry, ProviderError):
        raise entry
    return entry


class PlainMediaProcessor:
    """Accepts every file as what it should be; the real one has its own tests."""

    def __init__(self, *spoilt: Exception | None) -> None:
        self.spoilt = list(spoilt)
        self.owners: list[int | None] = []  # of the pictures
        self.moves = True  # whether moving posters can be made small enough
        self.seconds = 4.0  # of every video
        self.converts: bytes | None = None  # the result of every conversion
        self.unjoinable = False
        self.joined = 0  # the number of joins

    async def fit(self, data: bytes, size: Size, how: Fit, owner: int | None = None) -> Fitted:
        self.owners.append(owner)
        return Fitted(png=data, preview=b"small", note=f"{how} to {size}")

    def expecting_video(self) -> AbstractAsyncContextManager[None]:
        return nullcontext()

    async def to_mp4(self, video: Path, target: Path) -> bool:
        assert video != target
        if self.converts is not None:
            target.write_bytes(self.converts)
        return self.converts is not None

    async def inspect(
        self, video: Path, poster: Path, sheet: Path, given: Path | None = None, moving: Path | None = None
    ) -> Footage:
        if self.spoilt and (spoilt := self.spoilt.pop(0)) is not None:
            raise spoilt
        assert video.exists()
        poster.write_bytes(b"poster" if given is None else given.read_bytes())
        sheet.write_bytes(b"sheet")
        if moving is not None and self.moves:
            moving.write_bytes(b"moving")
        return Footage(size=WIDE, seconds=self.seconds, video_codec="h264", pixel_format="yuv420p", has_sound=True)

    async def still(self, video: Path, size: Size, moment: FramePosition) -> bytes:
        assert video.exists()
        return f"{moment} frame at {size}".encode()

    async def join(self, first: Path, second: Path, target: Path) -> None:
        if self.unjoinable:
            raise SpoiltVideo("The two videos can't be joined.")
        target.write_bytes(first.read_bytes() + second.read_bytes())
        self.joined += 1

    async def shrink(self, video: Path, target: Path, most: int) -> Footage:
        target.write_bytes(video.read_bytes()[:most])
        return Footage(size=WIDE, seconds=4.0, video_codec="h264", pixel_format="yuv420p", has_sound=True)


@dataclass
class RecordingPublisher:
    """Records what was delivered; raises what its script says first."""

    troubles: list[Exception] = field(default_factory=list)
    delivered: list[tuple[str, bool]] = field(default_factory=list)
    may_make: bool = True
    allowed: OrderLimits = UNLIMITED  # for the member who orders

    async def deliver(self, job: Job, *, again: bool) -> PostedMessage:
        if self.troubles:
            raise self.troubles.pop(0)
        self.delivered.append((job.id, again))
        return PostedMessage(channel_id=job.channel_id, message_id=len(self.delivered))

    async def limits(self, job: Job) -> OrderLimits:
        assert job.id
        if not self.may_make:
            raise NotAllowed(msg("Your role is gone."))
        return self.allowed


class MemoryRecords:
    """Records of one process, which never expire."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    async def read(self, record: Record[T], key: str) -> T | None:
        found: T | None = self._kept.get((record.namespace, key))
        return found

    async def read_many(self, record: Record[T], keys: Iterable[str]) -> Mapping[str, T]:
        return {key: self._kept[record.namespace, key] for key in keys if (record.namespace, key) in self._kept}

    async def write(self, record: Record[T], key: str, value: T) -> None:
        self._kept[record.namespace, key] = value

    async def update(self, record: Record[T], key: str, change: Callable[[T | None], T | None]) -> Updated[T]:
        before = await self.read(record, key)
        if (after := change(before)) is None:
            self._kept.pop((record.namespace, key), None)
        else:
            self._kept[record.namespace, key] = after
        return Updated(before, after)
