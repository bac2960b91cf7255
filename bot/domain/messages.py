"""What people are told, as data: an English sentence with named fields, and typed values for the fields.

The sentence is gettext's msgid, so it is written once, where the reason for it is known, and marked by `msg` for
extraction. Only `bot.ui.text` renders it, in the reader's language; there each kind of value is formatted, and text
from strangers is made harmless. Rows store the sentence and the values, never a rendered text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from bot.data_classes import value_object
from bot.domain.ids import JobId, shown
from bot.domain.money.usd import Usd


@value_object(kw_only=False)
class Money:
    usd: Usd
    kind: Literal["money"] = "money"

    def __str__(self) -> str:
        return str(self.usd)


@value_object(kw_only=False)
class PerSecond:
    """The price per second of video, or of an input: amounts below a cent."""

    usd: Usd
    kind: Literal["per second"] = "per second"

    def __str__(self) -> str:
        return str(self.usd)


class MomentStyle(StrEnum):
    """How a moment is written."""

    RELATIVE = "relative"  # in 2 minutes; only for what stays true however long it is read
    CLOCK = "clock"  # 14:05, in the reader's own time zone
    DAY = "day"  # 1 December 2026, in the reader's own time zone
    MONTH = "month"  # December


@value_object(kw_only=False)
class Moment:
    at: datetime
    style: MomentStyle = MomentStyle.RELATIVE
    kind: Literal["moment"] = "moment"

    def __str__(self) -> str:
        return f"{self.at:%B}" if self.style is MomentStyle.MONTH else f"{self.at:%d %B %Y %H:%M} UTC"


class DayStyle(StrEnum):
    """How a day is written."""

    FULL = "full"  # 1 December 2026
    BRIEF = "brief"  # 1 Dec 2026
    NEAR = "near"  # 1 Dec


@value_object(kw_only=False)
class Day:
    """A day of the calendar, the same in all time zones."""

    on: date
    style: DayStyle = DayStyle.FULL
    kind: Literal["day"] = "day"

    def __str__(self) -> str:
        return f"{self.on.day} {self.on:%B %Y}"


@value_object(kw_only=False)
class Duration:
    seconds: float
    kind: Literal["duration"] = "duration"

    def __str__(self) -> str:
        return f"{self.seconds:g} s"


@value_object(kw_only=False)
class Count:
    """How many; a sentence with a plural is chosen by it."""

    number: int
    kind: Literal["count"] = "count"

    def __str__(self) -> str:
        return f"{self.number:,}"


@value_object(kw_only=False)
class Ordinal:
    """A place in an order: 1st, 2nd, 3rd."""

    number: int
    kind: Literal["ordinal"] = "ordinal"

    def __str__(self) -> str:
        return f"no. {self.number}"


@value_object(kw_only=False)
class Bytes:
    """The size of a file."""

    number: int
    kind: Literal["bytes"] = "bytes"

    def __str__(self) -> str:
        if self.number >= 2**30:
            return f"{self.number / 2**30:.1f} GB"
        return f"{self.number / 2**20:.1f} MB" if self.number >= 2**20 else f"{max(1, self.number // 1024)} kB"


@value_object(kw_only=False)
class VideoId:
    id: JobId
    kind: Literal["video"] = "video"

    def __str__(self) -> str:
        return shown(self.id)


@value_object(kw_only=False)
class Model:
    """A model by its label, which may come from a service and is foreign."""

    label: str
    kind: Literal["model"] = "model"

    def __str__(self) -> str:
        return self.label


@value_object(kw_only=False)
class Person:
    """A member of a server, by their Discord id."""

    id: int
    kind: Literal["person"] = "person"

    def __str__(self) -> str:
        return f"member {self.id}"


@value_object(kw_only=False)
class Role:
    id: int
    kind: Literal["role"] = "role"

    def __str__(self) -> str:
        return str(self.id)


@value_object(kw_only=False)
class Channel:
    id: int
    kind: Literal["channel"] = "channel"

    def __str__(self) -> str:
        return f"channel {self.id}"


@value_object(kw_only=False)
class Foreign:
    """Words of somebody else: a service, a member, a file. Shown, never interpreted."""

    words: str
    kind: Literal["foreign"] = "foreign"

    def __str__(self) -> str:
        return self.words


@value_object(kw_only=False)
class Term:
    """A word of ours that is the same in every language: a setting, a command, a size, a permission, an address."""

    word: str
    kind: Literal["term"] = "term"

    def __str__(self) -> str:
        return self.word


@value_object(kw_only=False)
class Choice:
    """Several values, one of which would do: `4, 8 or 12`. With `every`, all of them: `4, 8 and 12`."""

    values: tuple[Param, ...]
    every: bool = False
    kind: Literal["choice"] = "choice"

    def __str__(self) -> str:
        *most, last = [str(value) for value in self.values] or [""]
        return f"{', '.join(most)} {'and' if self.every else 'or'} {last}" if most else last


@value_object(kw_only=False)
class Message:
    """One or more sentences. `plural` is the form of `text` for all counts but 1, chosen by the parameter `count`."""

    text: str
    params: Mapping[str, Param] = field(default_factory=dict, hash=False)
    plural: str | None = None
    kind: Literal["message"] = "message"

    def __str__(self) -> str:
        """Plain English, for logs and terminals; what members read is rendered in `bot.ui.text`."""
        template = self.text if self.plural is None or self.number == 1 else self.plural
        return template.format(**{name: str(value) for name, value in self.params.items()})

    @property
    def number(self) -> int:
        """What selects the plural."""
        count = self.params.get("count")
        return count.number if isinstance(count, Count) else 1


Param = (
    Money
    | PerSecond
    | Moment
    | Day
    | Duration
    | Count
    | Ordinal
    | Bytes
    | VideoId
    | Model
    | Person
    | Role
    | Channel
    | Foreign
    | Term
    | Choice
    | Message
)


def msg(text: str, /, **params: Param) -> Message:
    """A message. The text is a literal, so that extraction finds it; what varies is a parameter."""
    return Message(text, params)


def msg_n(singular: str, plural: str, /, count: int, **params: Param) -> Message:
    """A message that counts something, as `{count}`."""
    return Message(singular, {"count": Count(count), **params}, plural)


def joined(*messages: Message | None, by: str = " ") -> Message:
    """Several messages, one after the other; None is left out. `by` is punctuation or white space, no words."""
    said = [each for each in messages if each is not None]
    if len(said) == 1:
        return said[0]
    return Message(by.join(f"{{m{n}}}" for n in range(len(said))), {f"m{n}": each for n, each in enumerate(said)})


def quoted(text: str) -> Message:
    """A text as it was given, in the quotation marks of the reader's language."""
    return msg("“{typed}”", typed=Foreign(text))


def value(param: Param) -> Message:
    """A message that consists only of a value."""
    return Message("{value}", {"value": param})


def plain(text: str) -> Message:
    """A sentence that is known only as text: from a row older than messages, or from a stranger."""
    return Message("{words}", {"words": Foreign(text)})


def message_of(words: Message | str) -> Message:
    """For callers that may still pass either."""
    return plain(words) if isinstance(words, str) else words


def choice(kind: Callable[[str], Param], values: Iterable[object]) -> Choice:
    """Values of one kind, one of which would do: `choice(Term, sizes)`."""
    return Choice(tuple(kind(str(value)) for value in values))
