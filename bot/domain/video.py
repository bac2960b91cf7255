"""What is asked for, and what is stored of a finished video."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from functools import lru_cache
from typing import Any, Generic, TypeVar
from unicodedata import normalize

from bot.data_classes import value_object
from bot.domain.ids import JobId

P = TypeVar("P")
Q = TypeVar("Q")
WRITTEN_SIZE = r"([1-9]\d{1,4}) ?[x×] ?([1-9]\d{1,4})(?: ?px)?"
A_SLIVER = 0.05  # per side


@value_object(kw_only=False)
class Size:
    """Width and height in pixels."""

    width: int
    height: int

    @classmethod
    @lru_cache(64)  # the same few sizes, in each row of a job
    def of(cls, text: str) -> Size:
        """Read "1280x720" or "1280 × 720 px". Anything else is a ValueError."""
        match = re.fullmatch(WRITTEN_SIZE, normalize("NFKC", text).strip().lower())
        if match is None:
            raise ValueError(f"{text!r} is not a size like 1280x720")
        return cls(int(match[1]), int(match[2]))

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def most_alike(self, sizes: Sequence[Size]) -> Size:
        """The first whose shape is about as close as any: later ones may cost more, and are not worth a sliver."""
        off = {size: self._off_shape(size) for size in sizes}
        return next(size for size in sizes if off[size] <= min(off.values()) + A_SLIVER)

    def distance(self, other: Size) -> tuple[float, float]:
        """In shape, to a hundredth, and in area. The shape matters most: a tall video is no replacement for a wide one.

        Wide and tall ones are equally far from a square.
        """
        return round(self._off_shape(other), 2), abs(math.log(self.pixels) - math.log(other.pixels))

    def _off_shape(self, other: Size) -> float:
        return abs(math.log(other.width * self.height) - math.log(other.height * self.width))

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


class Mode(StrEnum):
    CREATE = "create"
    REMIX = "remix"
    EXTEND = "extend"

    @classmethod
    def of(cls, source: str | None, aim: str | None) -> Mode:
        """By the video that an order is made from, and what it is after; no aim is to change that one."""
        if source is None:
            return cls.CREATE
        return cls.EXTEND if aim == Aim.EXTEND else cls.REMIX


class RemixMethod(StrEnum):
    """The remix methods, best first. A model card lists those its host supports; the result says which one ran."""

    NATIVE = "native"  # the service changes its own video, by id
    EDIT = "edit"  # likewise, by another endpoint: POST /videos/edits
    EXTEND = "extend"  # the service continues from the end of its own video
    SOURCE = "source"  # the source file as video input
    FRAME = "frame"  # the source's first frame as image input
    LAST_FRAME = "last-frame"  # the source's last frame as image input: the story continues
    REPROMPT = "reprompt"  # a new video from both prompts


class Aim(StrEnum):
    """What a remix should do."""

    CHANGE = "change"  # the same scene, changed
    REPLACE = "replace"  # the same scene, by a prompt that describes all of it
    CONTINUE = "continue"  # what happens after its end, as a separate video
    EXTEND = "extend"  # what happens after its end, joined with it as one longer video


BY_ID = frozenset(
    {RemixMethod.NATIVE, RemixMethod.EDIT, RemixMethod.EXTEND}
)  # need the source's id at the same service
BY_FILE = frozenset({RemixMethod.SOURCE, RemixMethod.FRAME, RemixMethod.LAST_FRAME})  # need our own copy of the source
STILLS = frozenset({RemixMethod.FRAME, RemixMethod.LAST_FRAME})  # start from a picture
AS_LONG_AS_ITS_SOURCE = frozenset({RemixMethod.NATIVE, RemixMethod.EDIT})  # the service changes its own video
OF_THE_SAME_SCENE = frozenset(
    {RemixMethod.NATIVE, RemixMethod.EDIT, RemixMethod.SOURCE, RemixMethod.FRAME, RemixMethod.REPROMPT}
)
LONGEST_EXTENDED = 300.0  # seconds of an extended video: longer ones take too long to re-encode
REMIX_METHODS = {
    Aim.CHANGE: OF_THE_SAME_SCENE,
    Aim.REPLACE: OF_THE_SAME_SCENE,
    Aim.CONTINUE: frozenset({RemixMethod.EXTEND, RemixMethod.LAST_FRAME, RemixMethod.REPROMPT}),
    Aim.EXTEND: frozenset({RemixMethod.EXTEND, RemixMethod.LAST_FRAME}),
}


def serving(ways: Iterable[RemixMethod], aim: Aim) -> Sequence[RemixMethod]:
    """Those of the methods that serve the aim, in their order, except that extending a video is the service's job
    first.

    It has seen more of the video than its last frame.
    """
    found = [method for method in ways if method in REMIX_METHODS[aim]]
    return sorted(found, key=RemixMethod.EXTEND.__ne__) if aim is Aim.EXTEND else found


@value_object
class Picture:
    """A reference image that has been checked and fitted to the size of the video, kept in the file store."""

    key: str  # PNG of exactly the video's size
    preview: str  # key of a small JPEG for cards
    sha256: str
    note: str  # what was done to it, as `bot.domain.texts.picture_notes` reads it: "cropped from 900x600 to 720x480"


@value_object
class Lora:
    """A small addition to a model, by its name on the model's card. `strength`: None means the card's."""

    name: str
    strength: float | None = None

    @classmethod
    def of(cls, text: str) -> Lora | None:
        """Read "Film grain", or "Film grain:0.6" with a strength. None for nothing."""
        name, _, strength = text.strip().rpartition(":")
        if name.strip() and re.fullmatch(r"-?\d{1,3}(\.\d{1,3})?", strength.strip(), re.ASCII):
            return cls(name=name.strip(), strength=float(strength))
        return cls(name=text.strip()) if text.strip() else None

    def __str__(self) -> str:
        return self.name if self.strength is None else f"{self.name}:{self.strength:g}"


@value_object
class VideoOptions(Generic[P]):
    """What an order specifies besides prompt, length, size and start image. A default leaves it to the service.

    `P` is what represents a picture: a `Picture` in a request, its PNG in an order.
    """

    sound: bool | None = None  # with or without
    seed: int | None = None
    negative_prompt: str = ""  # the negative prompt
    lora: Lora | None = None
    end: P | None = None  # the end image
    references: tuple[P, ...] = ()  # reference images of people, things or the style

    @property
    def pictures(self) -> tuple[P, ...]:
        return self.references if self.end is None else (self.end, *self.references)

    def with_pictures(self, pictures: Sequence[Q]) -> VideoOptions[Q]:
        """The same with others in their place, in the order of `pictures`."""
        end = None if self.end is None else pictures[0]
        return VideoOptions(
            sound=self.sound,
            seed=self.seed,
            negative_prompt=self.negative_prompt,
            lora=self.lora,
            end=end,
            references=tuple(pictures[0 if self.end is None else 1 :]),
        )


NO_OPTIONS: VideoOptions[Any] = VideoOptions()


@value_object
class VideoRequest:
    """One video as it was ordered, checked against its model card."""

    prompt: str
    model: str  # id of the model card
    seconds: int
    size: Size
    picture: Picture | None = None
    source: JobId | None = None  # the video this one is a remix of
    aim: Aim = Aim.CHANGE  # of a remix
    options: VideoOptions[Picture] = NO_OPTIONS

    @property
    def mode(self) -> Mode:
        return Mode.of(self.source, self.aim)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All that come with it."""
        return self.options.pictures if self.picture is None else (self.picture, *self.options.pictures)

    def with_pictures(self, pictures: Sequence[Picture]) -> VideoRequest:
        """The same with others in their place, in the order of `pictures`."""
        first = None if self.picture is None else pictures[0]
        return replace(
            self, picture=first, options=self.options.with_pictures(pictures[0 if self.picture is None else 1 :])
        )


class Join(StrEnum):
    """How an extension was joined with its source, or why it was not."""

    SERVICE = "service"  # the service returned both as one
    JOINED = "joined"  # we joined them
    SOURCE_GONE = "source-gone"  # only the new part: the source was deleted meanwhile
    FAILED = "failed"  # only the new part


@value_object
class Extension:
    """What is stored of a video that was to extend another one. `before` is the length of that one in seconds."""

    join: Join
    before: float

    @property
    def is_whole(self) -> bool:
        return self.join in {Join.SERVICE, Join.JOINED}


@value_object
class StoredVideo:
    """A finished video in the file store. Keys are paths relative to the store; sizes are in bytes."""

    video: str
    poster: str
    sheet: str
    bytes: int
    sha256: str
    size: Size
    seconds: float
    has_sound: bool
    codec: str = "h264"  # by FFmpeg's name
    pixel_format: str = "yuv420p"
    obstacles: tuple[str, ...] = ()  # what else keeps some clients from playing it, for people: "sound in AC-3"
    extension: Extension | None = None  # of an order that was to extend another video

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of everything that is stored of it."""
        return self.video, self.poster, self.sheet, self.preview, self.moving_poster

    @property
    def is_at_service(self) -> bool:
        """Whether what its service has is the whole video, rather than a part of it."""
        return self.extension is None or self.extension.join is not Join.JOINED

    @property
    def plays_everywhere(self) -> bool:
        """Discord's clients all show H.264 with 8 bits and 4:2:0; with the rest some freeze on the first frame."""
        return self.codec == "h264" and self.pixel_format == "yuv420p" and not self.obstacles

    @property
    def preview(self) -> str:
        """The key of the smaller copy, which exists once a message could not carry the original."""
        return f"{self.video.removesuffix('.mp4')}-preview.mp4"

    @property
    def moving_poster(self) -> str:
        """The key of its animated stills, for lists. Videos stored by older versions have none."""
        return f"{self.video.removesuffix('.mp4')}-moving.webp"
