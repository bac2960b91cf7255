"""A video service as the rest of Kinora sees it: what is sent, what may come back, and what an adapter must do."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.hints import heard
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
    callback: str | None = None  # address the host may call when the video is done, if it can
    options: VideoOptions[bytes] = NO_OPTIONS  # each of its pictures as PNG
    own_name: str | None = None  # ours for this very request, by which some services find it again: see `find`


@value_object
class Waiting:
    """Not finished. `progress` in percent, only if the host reports one; `poll_after` is its own hint in seconds.

    A hint is heard up to ten minutes.
    """

    progress: int | None = None
    poll_after: float | None = None
    ahead: int | None = None  # renders that come before it there; None once it runs, and where nobody says

    def __post_init__(self) -> None:
        object.__setattr__(self, "poll_after", heard(self.poll_after))


@value_object
class StillMade:
    """What a list said of renders. `waiting`: those it shows as not finished, with all that a look would say of each.

    `unread`: those that may be on pages that were not read. Whatever is in neither may have ended: a look tells.
    """

    waiting: Mapping[str, Waiting]
    unread: frozenset[str] = frozenset()


@value_object
class Ready:
    """Finished and to be fetched. `cost` only if the host says what it charged, `gpu_seconds` only if it measured."""

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
    """One video as the host lists it; None where the list does not say."""

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
    """What a service says it charges for each `unit`, in its own word: "seconds", "videos" …"""

    price: Usd
    unit: str
    dollars: Decimal | None = None  # where they are finer than the price, which is rounded up


class Asset(StrEnum):
    VIDEO = "video"
    THUMBNAIL = "thumbnail"
    SPRITESHEET = "spritesheet"


class Provider(Protocol):
    """One account at a video service. It does not poll, retry, store or log progress; others do."""

    @property
    def name(self) -> str:
        """The account's name, which jobs and models know it by."""
        ...

    @property
    def label(self) -> Message:
        """What people call the service, at the start of a sentence."""
        ...

    @property
    def host(self) -> str:
        """Host name, for retirements and for messages."""
        ...

    @property
    def setting(self) -> str:
        """Name of the setting that holds its key, for messages to whoever runs the bot."""
        ...

    @property
    def may_block(self) -> bool:
        """Whether an order may be answered only when its video is made; True also while that is not known."""
        ...

    @property
    def in_order(self) -> bool:
        """Whether it makes one video after the other, in the order in which it took the orders."""
        ...

    @property
    def lists_late(self) -> bool:
        """Whether its list shows a video only once it has ended: what is not on it may still be made."""
        ...

    @property
    def shows_at_once(self) -> bool:
        """Whether what it has taken is in its list, or found by our name, by the time it has answered the order.

        As far as is known without asking; False where nobody knows.
        """
        ...

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        """Those of the card's ways to remix that this host can do, as far as is known without asking; best first."""
        ...

    async def served(self) -> Sequence[str] | None:
        """Names of the models it serves, as an order names them; None when it does not say.

        Free. Raises Unavailable or AccountTrouble.
        """
        ...

    async def listed_models(self) -> Sequence[object] | None:
        """What it says of its models, abilities and prices included, row by row; None when it says nothing of the kind.

        Free. Raises Unavailable or AccountTrouble.
        """
        ...

    async def lacks(self, card: ModelCard) -> Sequence[Lack]:
        """What this host says it does not have of what a model's workflow needs, such as a file.

        Free. Raises Unavailable or AccountTrouble.
        """
        ...

    async def unit_prices(self, cards: Collection[ModelCard]) -> Mapping[str, UnitPrice]:
        """What it charges now, by the card's id, of those cards of which it says so in that way.

        Free. Raises Unavailable or AccountTrouble.
        """
        ...

    async def check(self) -> None:
        """Ask the host, at no cost, whether it takes our key. Raises AccountTrouble or Unavailable.

        CannotStart when there is no such service at the address at all.
        """
        ...

    async def submit(self, order: Order) -> str:
        """Send the one paid request; the remote id.

        Raises Refused, Unsupported, Unavailable, AccountTrouble, FailedToTake or OutcomeUnknown.
        """
        ...

    async def look(self, remote_id: str) -> Look:
        """How it stands. Raises Unavailable, AccountTrouble or Gone."""
        ...

    async def still_made(self, remote_ids: Collection[str], due: Collection[str]) -> StillMade | None:
        """What its list says of them; None when it has no such list.

        A page after the first is read only where that may save more looks at those that are `due`. Free. Raises
        Unavailable or AccountTrouble.
        """
        ...

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """Download into `target`; False if the host has no such asset. Raises Unavailable, AccountTrouble or Gone."""
        ...

    async def cancel(self, remote_id: str) -> bool:
        """True only if the host says that it stopped. Raises Unavailable."""
        ...

    async def forget(self, remote_id: str) -> bool:
        """Delete the host's copy of a finished video; False if it cannot. Raises Unavailable."""
        ...

    async def recent(self, since: datetime, cards: Collection[ModelCard] = ()) -> Sequence[Listed] | None:
        """All videos made since then, or None when this host cannot tell. Raises Unavailable.

        `cards` are all there are: some hosts list by model only, and then those of their own count.
        """
        ...

    async def find(self, own_name: str) -> Sequence[str] | None:
        """Ids of the orders that were sent under that name of ours; None when this host knows no such names.

        That there is none proves nothing: the order may be on its way. Free. Raises Unavailable or AccountTrouble.
        """
        ...

    async def close(self) -> None: ...
