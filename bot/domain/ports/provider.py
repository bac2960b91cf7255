"""A video service as the rest of Kinora sees it: what is sent, what may come back, and what an adapter must do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.hints import bounded_wait
from bot.domain.messages import Message
from bot.domain.models.card import ModelCard
from bot.domain.models.workflow import Lack
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause
from bot.domain.video import NO_OPTIONS, RemixMethod, Size, VideoOptions


@value_object
class Order:
    """One paid request, complete: an adapter needs nothing else to send it."""

    card: ModelCard
    prompt: str
    seconds: int
    size: Size
    method: RemixMethod | None = None  # None for a new video; otherwise how to remix
    picture: bytes | None = None  # PNG of exactly `size`
    source_id: str | None = None  # the remixed video's id at this provider (methods NATIVE, EDIT and EXTEND)
    source_file: Path | None = None  # the remixed video as MP4 (method SOURCE)
    callback: str | None = None  # the address that the host may call when the video is done
    options: VideoOptions[bytes] = NO_OPTIONS  # each of its pictures as PNG
    own_name: str | None = None  # our name for this very request, by which some services can find it: see `find`


@value_object
class Waiting:
    """Not finished. `progress` in percent, only if the host reports one; `poll_after` is its own hint in seconds.

    A hint is followed for at most ten minutes.
    """

    progress: int | None = None
    poll_after: float | None = None
    ahead: int | None = None  # renders ahead of it there; None once it runs, or if unknown

    def __post_init__(self) -> None:
        object.__setattr__(self, "poll_after", bounded_wait(self.poll_after))


@value_object
class StillMade:
    """What a list said about renders.

    `waiting`: those it shows as unfinished, with as much detail as a poll of each. `unread`: those that may be on pages
    that were not read. Those in neither may have ended: a poll will tell.
    """

    waiting: Mapping[str, Waiting]
    unread: frozenset[str] = frozenset()


@value_object
class Ready:
    """Finished and ready to download.

    `cost` only if the host says what it charged, `gpu_seconds` only if it measured.
    """

    cost: Usd | None = None
    gpu_seconds: float | None = None  # that a graphics card worked on it


@value_object
class Broken:
    """Ended without a video. `reason` is for people; `cost` only if the host says what it charged for it."""

    cause: Cause
    reason: Message
    charged: bool = False
    cost: Usd | None = None
    gpu_seconds: float | None = None  # as of `Ready`


Look = Waiting | Ready | Broken


@value_object
class Listed:
    """One video as the host lists it; None where the list gives no value."""

    remote_id: str
    created_at: datetime
    model: str | None
    prompt: str | None
    seconds: str | None
    size: str | None
    remixed_from: str | None = None  # the id of the video that the service changed
    seed: int | None = None  # that was sent


@value_object
class UnitPrice:
    """What a service says it charges per `unit`, in its own word: "seconds", "videos" …"""

    price: Usd
    unit: str
    dollars: Decimal | None = None  # where they are finer than the price, which is rounded up


class Asset(StrEnum):
    VIDEO = "video"
    THUMBNAIL = "thumbnail"
    SPRITESHEET = "spritesheet"


class Provider(Protocol):
    """One account at a video service. It does not poll repeatedly, retry, store or log progress; others do."""

    @property
    def name(self) -> str:
        """The account's name, by which jobs and models refer to it."""
        ...

    @property
    def label(self) -> Message:
        """The service's name for people, at the start of a sentence."""
        ...

    @property
    def host(self) -> str:
        """Host name, for retirements and for messages."""
        ...

    @property
    def setting(self) -> str:
        """The name of the setting that holds its key, for messages to whoever runs the bot."""
        ...

    @property
    def may_block(self) -> bool:
        """Whether an order may be answered only when its video is made; True also while that is unknown."""
        ...

    @property
    def in_order(self) -> bool:
        """Whether it makes one video after the other, in the order in which it accepted the orders."""
        ...

    @property
    def lists_late(self) -> bool:
        """Whether its list shows a video only once it has ended: a video not listed may still be in the making."""
        ...

    @property
    def shows_at_once(self) -> bool:
        """Whether an accepted order is in its list, or found by our name, by the time it answers.

        As far as known without asking; False if unknown.
        """
        ...

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        """Those of the card's remix methods that this host supports, as far as known without asking; best first."""
        ...

    async def served(self) -> Sequence[str] | None:
        """The names of the models it serves, as an order names them; None if it does not say. Free.

        Raises Unavailable or AccountTrouble.
        """
        ...

    async def listed_models(self) -> Sequence[object] | None:
        """What it says about its models, including abilities and prices, row by row; None if it says nothing like that.
        Free.

        Raises Unavailable or AccountTrouble.
        """
        ...

    async def lacks(self, card: ModelCard, /) -> Sequence[Lack]:
        """What this host says it lacks of what a model's workflow needs, such as a file. Free.

        Raises Unavailable or AccountTrouble.
        """
        ...

    async def unit_prices(self, cards: Collection[ModelCard], /) -> Mapping[str, UnitPrice]:
        """Its current prices, by the card's id, for those cards for which it gives such prices. Free.

        Raises Unavailable or AccountTrouble.
        """
        ...

    async def check(self) -> None:
        """Ask the host, at no cost, whether it accepts our key.

        Raises AccountTrouble or Unavailable, and CannotStart if there is no such service at the address at all.
        """
        ...

    async def submit(self, order: Order) -> str:
        """Send the one paid request. Returns the remote id.

        Raises Refused, Unsupported, Unavailable, AccountTrouble, FailedToTake or OutcomeUnknown.
        """
        ...

    async def look(self, remote_id: str) -> Look:
        """Poll it. Raises Unavailable, AccountTrouble or Gone."""
        ...

    async def still_made(self, remote_ids: Collection[str], due: Collection[str], /) -> StillMade | None:
        """What its list says about them; None if it has no such list. Free.

        A page after the first is read only if that may save further polls of those that are `due`. Raises Unavailable
        or AccountTrouble.
        """
        ...

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """Download into `target`; False if the host has no such asset. Raises Unavailable, AccountTrouble or Gone."""
        ...

    async def cancel(self, remote_id: str, /) -> bool:
        """True only if the host says that it stopped. Raises Unavailable."""
        ...

    async def forget(self, remote_id: str, /) -> bool:
        """Delete the host's copy of a finished video; False if it can't. Raises Unavailable."""
        ...

    async def recent(self, since: datetime, cards: Collection[ModelCard] = (), /) -> Sequence[Listed] | None:
        """All videos made since then, or None if this host can't tell. Raises Unavailable.

        `cards` are all there are: some hosts list by model only, and then those of their own count.
        """
        ...

    async def find(self, own_name: str, /) -> Sequence[str] | None:
        """The ids of the orders that were sent under that name of ours; None if this host knows no such names. Free.

        Finding none proves nothing: the order may still be in transit. Raises Unavailable or AccountTrouble.
        """
        ...

    async def close(self) -> None: ...
