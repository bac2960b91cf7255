"""Lengths of time as people say them, in the languages that Kinora speaks: `3 days`, `in 2 Monaten`, `1時間半`.

Texts are plain words, as `day_words.plain_words` makes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Self

from bot.data_classes import value_object
from bot.domain.texts.numbers import whole_number
from bot.domain.texts.times.day_words import plain_words

ONE_DAY = timedelta(days=1)
UNITS: Mapping[str, timedelta] = {
    **dict.fromkeys(
        ("m", "min", "mins", "minute", "minutes", "minuten", "minuto", "minutos", "分", "分間"), timedelta(minutes=1)
    ),
    **dict.fromkeys(
        ("h", "hr", "hrs", "std", "hour", "hours", "stunde", "stunden", "heure", "heures", "hora", "horas", "時間"),
        timedelta(hours=1),
    ),
    **dict.fromkeys(
        ("d", "j", "day", "days", "tag", "tage", "tagen", "jour", "jours", "dia", "dias", "日", "日間"), ONE_DAY
    ),
    **dict.fromkeys(
        ("w", "sem", "week", "weeks", "woche", "wochen", "semaine", "semaines", "semana", "semanas", "週間"),
        timedelta(weeks=1),
    ),
    **dict.fromkeys(("fortnight", "fortnights"), timedelta(weeks=2)),
}
MONTH_UNITS: Mapping[str, int] = {  # in months, as long as the calendar has them
    **dict.fromkeys(("mo", "mos", "month", "months", "monat", "monate", "monaten", "mois", "mes", "meses"), 1),
    **{f"{counter}月{rest}": 1 for counter in "かヶケカヵ箇" for rest in ("", "間")},
    **dict.fromkeys(("y", "yr", "yrs", "year", "years", "jahr", "jahre", "jahren"), 12),
    **dict.fromkeys(("an", "ans", "annee", "annees", "ano", "anos", "年", "年間"), 12),
}
NUMBERS: Mapping[str, int] = {  # as far as people spell them out
    **dict.fromkeys(("a", "an", "one", "ein", "eine", "einem", "einen", "einer", "un", "una", "une", "um", "uma"), 1),
    **dict.fromkeys(("two", "zwei", "deux", "dos", "dois", "duas"), 2),
    **dict.fromkeys(("three", "drei", "trois", "tres"), 3),
    **dict.fromkeys(("four", "vier", "quatre", "cuatro", "quatro"), 4),
    **dict.fromkeys(("five", "funf", "cinq", "cinco"), 5),
    **dict.fromkeys(("six", "sechs", "seis"), 6),
    **dict.fromkeys(("seven", "sieben", "sept", "siete", "sete"), 7),
    **dict.fromkeys(("eight", "acht", "huit", "ocho", "oito"), 8),
    **dict.fromkeys(("nine", "neun", "neuf", "nueve", "nove"), 9),
    **dict.fromkeys(("ten", "zehn", "dix", "diez", "dez"), 10),
    **dict.fromkeys(("eleven", "elf", "onze", "once"), 11),
    **dict.fromkeys(("twelve", "zwolf", "douze", "doce", "doze"), 12),
    **dict.fromkeys(("fifteen", "funfzehn", "quinze", "quince"), 15),
    **dict.fromkeys(("twenty", "zwanzig", "vingt", "veinte", "vinte"), 20),
    **dict.fromkeys(("thirty", "dreissig", "trente", "treinta", "trinta"), 30),
    **{digit: number for number, digit in enumerate("一二三四五六七八九十", start=1)},
}
HALF = Fraction(1, 2)
LONGEST = 80  # characters; a longer text is none


def one_of(words: Mapping[str, object]) -> str:
    """A pattern for one of the words; of two that fit, the longer."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_DIGITS = r"\d{1,6}|[一二三四五六七八九十]"
_SPELT = one_of({word: each for word, each in NUMBERS.items() if word.isascii()})
_HALF = r"(?:(?:ein(?:e[mnr]?)?|une|a)\s+)?(?:half\s+an?\s|halbe[nrs]?\s|demi(?:e?\s|-)|media\s|meia\s)|半(?=[日年])"
_ONE_AND_A_HALF = r"(?:anderthalb|eineinhalb)(?=\s)"
_COUNT = rf"(?P<count>{_DIGITS}|(?:{_SPELT})(?=\s))(?P<fraction>[.,]5|\s+and a half(?=\s))?"
_PART = (
    rf"(?:(?P<half>{_HALF})|(?P<more>{_ONE_AND_A_HALF})|{_COUNT})"
    rf"\s*(?P<unit>{one_of({**UNITS, **MONTH_UNITS})})"
    r"(?P<plus>半|\s+(?:and a half(?!\s+an?\s)|et demie?|y media|e meia))?"
)
_ONE = re.sub(r"\?P<\w+>", "?:", _PART)
_AND = r"(?:\s*,|\s+(?:and|und|et|y|e))?\s*"
# Such as `3 days` and `2 weeks and 3 days`. 24日 alone is a day of the month.
_LENGTH = rf"(?!(?:{_DIGITS})\s*日$)(?P<length>{_ONE}(?:{_AND}{_ONE}){{0,3}})"
# What follows decides what a half belongs to: `2 dias y media` and `2 dias y media hora`.
_FIRST = rf"{_PART}(?:{_AND}(?P<rest>{_ONE}(?:{_AND}{_ONE}){{0,2}}))?"
_AGO = rf"(?P<before>(?:vor|il y a|hace|ha)\s+)?{_LENGTH}(?P<after>\s+ago|\s*前)?"
# From now on, or for how long: which one, the field says.
_IN = "in|within|for|innerhalb von|binnen|fur|dans|d'ici|sous|pendant|dentro de|durante|por|daqui a|en|em"
_AHEAD = rf"(?P<before>(?:{_IN})\s+)?{_LENGTH}(?P<after>\s*(?:後|以内)|\s+(?:from now|lang))?"


@value_object
class Length:
    """`is_away`: it is said as the distance of a time, such as `in 3 days`, not as `3 days` alone."""

    months: int
    time: timedelta
    is_away: bool

    @classmethod
    def ago(cls, plain: str) -> Self | None:
        """`3 days ago`, or `3 days`. None for anything else."""
        return cls._of(re.fullmatch(_AGO, plain) if len(plain) <= LONGEST else None)

    @classmethod
    def ahead(cls, plain: str) -> Self | None:
        """`in 3 days`, or `3 days`. None for anything else."""
        return cls._of(re.fullmatch(_AHEAD, plain) if len(plain) <= LONGEST else None)

    @classmethod
    def _of(cls, found: re.Match[str] | None) -> Self | None:
        if found is None:
            return None
        parts = list(_parts(found["length"]))
        months = sum((_count(each) * MONTH_UNITS.get(each["unit"], 0) for each in parts), Fraction())
        minutes = sum((_count(each) * _minutes(each["unit"]) for each in parts), Fraction())
        if months.denominator > 1:
            return None
        return cls(
            months=int(months),
            time=timedelta(minutes=float(minutes)),
            is_away=bool(found["before"] or found["after"]),
        )

    @property
    def is_of_days(self) -> bool:
        """Whole days, weeks or months."""
        return not self.time % ONE_DAY


SECONDS = r"(?P<count>\d+)\s*(?:s|sec|secs|seconds?|sek|sekunden?|secondes?|segundos?|秒間?)\.?"


def whole_seconds(typed: str) -> int | None:
    """`8`, `8 s` or `8 Sekunden`, as people type the length of a video; None for anything else."""
    found = re.fullmatch(SECONDS, plain_words(typed))
    return whole_number(typed if found is None else found["count"])


def _parts(length: str) -> Iterator[re.Match[str]]:
    part = re.fullmatch(_FIRST, length)
    while part is not None:
        yield part
        part = re.fullmatch(_FIRST, part["rest"] or "")


def _minutes(unit: str) -> int:
    return UNITS.get(unit, timedelta()) // timedelta(minutes=1)


def _count(part: re.Match[str]) -> Fraction:
    if part["half"]:
        count = HALF
    elif part["more"]:
        count = 1 + HALF
    else:
        count = Fraction(NUMBERS.get(part["count"]) or int(part["count"]))
    return count + HALF * (bool(part["fraction"]) + bool(part["plus"]))
