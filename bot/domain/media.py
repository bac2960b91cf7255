"""Pictures and footage: what is asked of the media processor."""

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
    """A picture as PNG, of exactly the asked size unless it stays whole.

    `note` says what was done to it, see `picture_notes`; `preview` is a JPEG of at most 320 pixels a side, for cards.
    """

    png: bytes
    preview: bytes
    note: str


@value_object
class Footage:
    """What a video file really is. `size` is as it is seen, upright and in square pixels.

    `obstacles` say in a few words each what keeps some clients from playing it, as "sound in AC-3".
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
    """A round value that columns are compared with, and how people write it."""

    value: float
    words: str


@value_object
class Chart:
    """Figures to be drawn. All words are as people read them; `figures` say the values in writing, one each.

    `scale` is for more columns than have room for their figures. `instead` has what is written in place of the title,
    the note and each label, in this order, where no font here has all letters of one; empty: nothing else is.
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
        """A PNG to be read on a phone and on dark ground. Unavailable when it cannot be had in time.

        `owner` is the member who waits for it.
        """
        ...


@value_object
class DrawnRelative:
    """One video of a family as it is drawn. `parent` is its place among them, -1 at the root; parents come first.

    `steps` lead there from the video that was asked about. Of `posters` the first that can be read is shown.
    """

    parent: int
    visibility: Visibility
    steps: int
    name: str = ""
    posters: tuple[Path, ...] = ()


@value_object
class FamilyPicture:
    """A JPEG of at most some megabytes. `drawn`: how many are in it, the nearest, if not all could be told apart."""

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
    """All pixel work, outside this process: a broken or hostile file can harm nothing here."""

    async def fit(self, data: bytes, size: Size, how: Fit, owner: int | None = None) -> Fitted:
        """Check a reference picture and bring it to `size`. BadRequest says what is wrong with it.

        `owner` is the member who waits for it: nobody's pictures hold up those of the others.
        """
        ...

    async def to_mp4(self, video: Path, target: Path) -> bool:
        """Write `target` as an MP4 if the video came as WebM or the like; whether it did.

        Raises SpoiltVideo when the file is cut off, or cannot be decoded.
        """
        ...

    def expecting_video(self) -> AbstractAsyncContextManager[None]:
        """Open while a video is on its way that will be inspected: what that needs is made ready meanwhile."""
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
        """Write `target`: the second video after the first, at the size of the first, with sound if either has any.

        Raises SpoiltVideo when that cannot be done, or not in time.
        """
        ...

    async def shrink(self, video: Path, target: Path, most: int) -> Footage:
        """Write a copy of at most `most` bytes that plays everywhere (H.264, yuv420p, AAC, index in front).

        Raises SpoiltVideo when the file does not play, or cannot be made that small and still be worth watching.
        """
        ...
