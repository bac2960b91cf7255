"""The one place that turns messages into text: in the reader's language, with text by strangers made harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping

from bot.data_classes import value_object
from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.ids import shown
from bot.domain.messages import (
    Bytes,
    Channel,
    Choice,
    Count,
    Day,
    DayStyle,
    Duration,
    Foreign,
    Message,
    Model,
    Moment,
    MomentStyle,
    Money,
    Ordinal,
    Param,
    PerSecond,
    Person,
    Role,
    Term,
    VideoId,
    msg,
)
from bot.domain.texts.languages import LANGUAGES, reader
from bot.ui.text import formatting
from bot.ui.text.locales import translations

SECONDS, MINUTES = msg("{number} s"), msg("{number} min")
GIGABYTES, MEGABYTES, KILOBYTES = msg("{number} GB"), msg("{number} MB"), msg("{number} kB")
FORMER_MEMBER = msg("somebody whose data was erased")
JAPANESE = "ja"
SPACED = r"\{(\w+)\} (?=\{)"  # a part of a sentence, with a space before the next one
IN_MINUTES_FROM = 60  # seconds


def render(message: Message, locale: str | None = None) -> str:
    """For messages and cards, where Discord interprets Markdown, mentions and times.

    By default in the reader's language.
    """
    return _Writer(locale=locale or reader(), markdown=True).text(message)


def plain_text(message: Message, locale: str | None = None) -> str:
    """For labels, forms and descriptions, which show every character literally. Likewise."""
    return _Writer(locale=locale or reader(), markdown=False).text(message)


def in_all_languages(message: Message) -> tuple[str, ...]:
    """The text in every language, as an earlier message may have been in another one than now."""
    return tuple({render(message, locale) for locale in LANGUAGES})


@value_object
class _Writer:
    locale: str
    markdown: bool

    def text(self, message: Message) -> str:
        values = {name: self._value(param) for name, param in message.params.items()}
        return self._closed_up(self._sentence(message), values).format(**values)

    def _closed_up(self, sentence: str, values: Mapping[str, str]) -> str:
        """Japanese has no space between two sentences."""
        if self.locale != JAPANESE:
            return sentence
        return re.sub(SPACED, lambda it: f"{{{it[1]}}}" if values[it[1]].endswith("。") else it[0], sentence)

    def _sentence(self, message: Message) -> str:
        catalogue = translations(self.locale)
        if message.plural is None:
            return catalogue.gettext(message.text)
        return catalogue.ngettext(message.text, message.plural, message.number)

    def _value(self, param: Param) -> str:
        match param:
            case Message():
                return self.text(param)
            case Foreign(words) | Model(words):
                return formatting.neutral(words) if self.markdown else formatting.straight(words) or words
            case Term(word):
                return word
            case VideoId(id_):
                return shown(id_)
            case Choice(values=values, every=every):
                return formatting.listed([self._value(each) for each in values], self.locale, every=every)
            case Person() | Role() | Channel():
                return self._mention(param)
            case Moment() | Day() | Duration():
                return self._time(param)
            case Money() | PerSecond() | Count() | Ordinal() | Bytes():
                return self._amount(param)

    def _mention(self, whom: Person | Role | Channel) -> str:
        if whom == Person(ERASED_MEMBER):
            return self._sentence(FORMER_MEMBER)
        if not self.markdown:
            return str(whom)
        sign = {"person": "@", "role": "@&", "channel": "#"}[whom.kind]
        return f"<{sign}{whom.id}>"

    def _time(self, time: Moment | Day | Duration) -> str:
        match time:
            case Duration(seconds) if seconds < IN_MINUTES_FROM:
                return self._unit(SECONDS, formatting.number(round(seconds), self.locale))
            case Duration(seconds) if round(seconds) % 60 == 0:
                return self._unit(MINUTES, formatting.number(round(seconds / 60), self.locale))
            case Duration(seconds):
                return formatting.minutes(round(seconds))
            case Day(on=on, style=style):
                return formatting.day(on, style, self.locale)
            case Moment(at=at, style=MomentStyle.MONTH):
                return formatting.month(at, self.locale)
            case Moment(at=at, style=MomentStyle.CLOCK):
                return formatting.clock(at) if self.markdown else f"{at:%H:%M} UTC"
            case Moment(at=at) if not self.markdown:
                return formatting.day(at, DayStyle.FULL, self.locale)
            case Moment(at=at, style=MomentStyle.DAY):
                return formatting.local_day(at)
            case Moment(at=at):
                return formatting.relative(at)

    def _amount(self, amount: Money | PerSecond | Count | Ordinal | Bytes) -> str:
        match amount:
            case Money(usd):
                return formatting.money(usd, self.locale)
            case PerSecond(usd):
                return formatting.rate(usd, self.locale)
            case Count(many):
                return formatting.number(many, self.locale)
            case Ordinal(place):
                return formatting.ordinal(place, self.locale)
            case Bytes(size) if size >= 2**30:
                return self._unit(GIGABYTES, formatting.gigabytes(size, self.locale))
            case Bytes(size) if size >= 2**20:
                return self._unit(MEGABYTES, formatting.megabytes(size, self.locale))
            case Bytes(size):
                return self._unit(KILOBYTES, formatting.number(max(1, size // 1024), self.locale))

    def _unit(self, unit: Message, figure: str) -> str:
        return self._sentence(unit).format(number=figure)
