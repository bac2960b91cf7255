"""Pictures and videos: what the media processor is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.studio.visibility import Visibility
from bot.domain.video import Size

LARGEST_PICTURE = 20 * 1024 * 1024  # bytes of a reference picture as it is sent


class Fit(StrEnum):
    CROP = "crop"
    PAD = "pad"
    WHOLE = "whole"  # of its own shape, and no larger than asked for


@value_object
class Fitted:
    """A picture as PNG, of exactly the requested size unless it keeps its shape.

    `note` says what was done to it, see `picture_notes`; `preview` is a JPEG of at most 320 pixels per side, for cards.
    """

    png: bytes
    preview: bytes
    note: str


@value_object
class Footage:
    """What a video file really is.

    `size` is the visible size, upright and in square pixels. `obstacles` say briefly what keeps some clients from
    playing it, as in "sound in AC-3".
    """

    size: Size
    seconds: float
    video_codec: str
    pixel_format: str
    has_sound: bool
    obstacles: tuple[str, ...] = ()


class FramePosition(StrEnum):
    FIRST = "first"
    LAST = "last"


class ChartShape(StrEnum):
    COLUMNS = "columns"  # upright, side by side: what changes with time
    BARS = "bars"  # one below the other: what has a name


@value_object
class ScaleMark:
    """A round value to compare columns with, and how it is written."""

    value: float
    words: str


@value_object
class Chart:
    """Figures to be drawn. All words are as people read them; `figures` are the values in writing, one each.

    `scale` is for charts whose columns are too many for their figures. `instead` has replacements for the title, the
    note and each label, in this order, for when no font here has all their letters; empty: no replacements.
    """

    shape: ChartShape
    title: str
    note: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    figures: tuple[str, ...]
    scale: tuple[ScaleMark, ...] = ()
    instead: tuple[str, ...] = ()


class ChartPainter(Protocol):
    async def chart(self, chart: Chart, owner: int) -> bytes:
        """A PNG to be read on a phone and on a dark background. Raises Unavailable if it can't be made in time.

        `owner` is the member who waits for it.
        """
        ...


@value_object
class DrawnRelative:
    """One video of a family as it is drawn.

    `parent` is its position in the family, -1 at the root; parents come first. `steps` is its distance from the video
    that was asked about. Of `posters`, the first readable one is shown.
    """

    parent: int
    visibility: Visibility
    steps: int
    name: str = ""
    posters: tuple[Path, ...] = ()


@value_object
class FamilyPicture:
    """A JPEG of at most some megabytes.

    `drawn`: how many are in it, the nearest ones, if they would not all be legible.
    """

    jpeg: bytes
    drawn: int


class FamilyPainter(Protocol):
    async def family(self, relatives: Sequence[DrawnRelative], owner: int) -> FamilyPicture:
        """Unavailable when it cannot be had in time. `owner` is the member who waits for it."""
        ...


class StillCutter(Protocol):
    async def cut_still(self, video: Path, number: int, owner: int) -> bytes:
        """One of the stills of the contact sheet, from 0, as PNG in full size. Raises SpoiltVideo.

        `owner` is the member who waits for it.
        """
        ...


class MediaProcessor(Protocol):
    """All pixel work, outside this process: a broken or hostile file can do no harm here."""

    async def fit(self, data: bytes, size: Size, how: Fit, owner: int | None = None) -> Fitted:
        """Check a reference picture and bring it to `size`. BadRequest says what is wrong with it.

        `owner` is the member who waits for it: nobody's pictures hold up those of others.
        """
        ...

    async def to_mp4(self, video: Path, target: Path) -> bool:
        """Write `target` as an MP4 if the video came as WebM or the like. Returns whether it did.

        Raises SpoiltVideo if the file is truncated or can't be decoded.
        """
        ...

    def expecting_video(self) -> AbstractAsyncContextManager[None]:
        """Open while a video is arriving that will be inspected: what the inspection needs is prepared meanwhile."""
        ...

    async def inspect(
        self, video: Path, poster: Path, sheet: Path, given: Path | None = None, moving: Path | None = None
    ) -> Footage:
        """Write poster (WebP; from `given` when that is a usable picture) and contact sheet (JPEG, 3 x 3 stills).

        `moving` becomes a small WebP of the stills one after the other; it is nice to have, and may not be written.
        Raises SpoiltVideo when the file does not play from start to end.
        """
        ...

    async def still(self, video: Path, size: Size, moment: FramePosition) -> bytes:
        """One frame as PNG, scaled and cropped to `size`. Raises SpoiltVideo."""
        ...

    async def join(self, first: Path, second: Path, target: Path) -> None:
        """Write `target`: the first video followed by the second, at the size of the first, with sound if either has
        any.

        Raises SpoiltVideo if that can't be done, or not in time.
        """
        ...

    async def shrink(self, video: Path, target: Path, most: int) -> Footage:
        """Write a copy of at most `most` bytes that plays everywhere (H.264, yuv420p, AAC, index in front).

        Raises SpoiltVideo when the file does not play, or cannot be made that small and still be worth watching.
        """
        ...
