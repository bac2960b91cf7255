"""The words for days and for lengths of time in the languages that Kinora speaks, however they are spelt.

Names of months and weekdays are those of the Unicode CLDR, with which the bot writes dates itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import timedelta

# How each month's name begins, in one language or several, from January on.
MONTHS = (
    ("jan", "ene"),
    ("feb", "fev"),
    ("mar",),
    ("apr", "abr", "avr"),
    ("may", "mai"),
    ("jun", "juin"),
    ("jul", "juil"),
    ("aug", "ago", "aou"),
    ("sep", "set"),
    ("oct", "okt", "out"),
    ("nov",),
    ("dec", "dez", "dic"),
)
WEEKDAYS = (
    ("monday", "montag", "lundi", "lunes", "segunda-feira", "月曜", "月曜日"),
    ("tuesday", "dienstag", "mardi", "martes", "terca-feira", "火曜", "火曜日"),
    ("wednesday", "mittwoch", "mercredi", "miercoles", "quarta-feira", "水曜", "水曜日"),
    ("thursday", "donnerstag", "jeudi", "jueves", "quinta-feira", "木曜", "木曜日"),
    ("friday", "freitag", "vendredi", "viernes", "sexta-feira", "金曜", "金曜日"),
    ("saturday", "samstag", "samedi", "sabado", "土曜", "土曜日"),
    ("sunday", "sonntag", "dimanche", "domingo", "日曜", "日曜日"),
)
SHORTEST = 3  # letters of a weekday
ONE_DAY = timedelta(days=1)
SPOKEN: Mapping[str, int] = {  # days from today
    **dict.fromkeys(("day before yesterday", "vorgestern", "avant-hier", "anteayer", "anteontem", "一昨日"), -2),
    **dict.fromkeys(("yesterday", "gestern", "hier", "ayer", "ontem", "昨日"), -1),
    **dict.fromkeys(("today", "heute", "aujourd'hui", "hoy", "hoje", "今日"), 0),
    **dict.fromkeys(("tomorrow", "morgen", "demain", "manana", "amanha", "明日"), 1),
    **dict.fromkeys(
        ("day after tomorrow", "ubermorgen", "apres-demain", "pasado manana", "depois de amanha", "明後日"), 2
    ),
}
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
}
MONTH_UNITS = frozenset(("month", "months", "monat", "monate", "monaten", "mois", "mes", "meses")) | {
    f"{counter}月{rest}" for counter in "かヶケカヵ箇" for rest in ("", "間")
}  # as long as the calendar has them
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
    **{digit: number for number, digit in enumerate("一二三四五六七八九十", start=1)},
}
# Such as `3 days` and `a week`; a word that is none of UNITS is not known. 24日 alone is a day of the month.
_DIGITS = r"\d{1,4}|[一二三四五六七八九十]"
_SPELT = "|".join(word for word in NUMBERS if word.isascii())
LENGTH = rf"(?!(?:{_DIGITS})\s*日$)(?P<count>{_DIGITS}|(?:{_SPELT})(?=\s))\s*(?P<unit>[^\W\d_]+?)"
AGO = re.compile(rf"(?P<before>(?:vor|il y a|hace|ha)\s+)?{LENGTH}(?P<after>\s+ago|\s*前)?")
AHEAD = re.compile(rf"(?P<before>(?:in|dans|dentro de|daqui a|en|em)\s+)?{LENGTH}(?P<after>\s*後)?")
# What may stand before a day: `on Sunday`, `bis zum 24. Dezember`.
BEFORE_A_DAY = re.compile(
    r"(?:(?:on|by|until|this|the|am|bis|zum|den|diesen|le|ce|jusqu'(?:a|au)|el|este|hasta|no|na|neste|nesta|em|dia|ate)\s+)+"
)
# `next Sunday` and `last Sunday`, before or behind which languages say so.
_NEXT = r"(?:next|coming|(?:nachste|kommende)[nr]?|proxim[oa]|次の|今度の)", r"(?:prochain|que viene|que vem|proximo)"
_LAST = r"(?:last|past|(?:letzte|vergangene)[nr]?|ultim[oa]|前の|この前の)", r"(?:dernier|pasado|passad[oa])"
NEXT, LAST = (re.compile(rf"{before}\s*(?P<day>\S+)|(?P<named>\S+)\s+{behind}") for before, behind in (_NEXT, _LAST))


def plain_words(typed: str) -> str:
    """Without capitals, marks on letters, and other than single blanks: `3. MÄRZ` is `3. marz`."""
    letters = unicodedata.normalize("NFKD", typed.replace("’", "'").casefold())
    return " ".join("".join(each for each in letters if not unicodedata.combining(each)).split())


def month_of(word: str) -> int:
    """Of plain words; 0 for one that is no month. What follows its beginning does not count.

    Unless it makes a weekday of it: Tuesday is `martes` and `mardi`.
    """
    if len(word) > SHORTEST and weekday_of(word) is not None:
        return 0
    months = (number for number, beginnings in enumerate(MONTHS, start=1) if word.startswith(beginnings))
    return next(months, 0)


def weekday_of(word: str) -> int | None:
    """Of plain words, Monday is 0; three letters are enough. None for one that is no weekday."""

    def fits(name: str) -> bool:
        return word == name or (len(word) >= SHORTEST and name.startswith(word))

    return next((number for number, names in enumerate(WEEKDAYS) if any(map(fits, names))), None)


def weekday_after(plain: str) -> int | None:
    """Of `next Sunday`; None for anything else."""
    return _weekday_in(NEXT.fullmatch(plain))


def weekday_before(plain: str) -> int | None:
    """Of `last Sunday`; None for anything else."""
    return _weekday_in(LAST.fullmatch(plain))


def _weekday_in(found: re.Match[str] | None) -> int | None:
    return None if found is None else weekday_of(found["day"] or found["named"])


def without_preposition(plain: str) -> str:
    """Of plain words: the day alone in `on Sunday`."""
    found = BEFORE_A_DAY.match(plain)
    return plain if found is None else plain[found.end() :]


def length_of(found: re.Match[str] | None) -> timedelta | None:
    """Of what AGO or AHEAD found; None for nothing, and for a unit that is none."""
    unit = None if found is None else UNITS.get(found["unit"])
    if found is None or unit is None:
        return None
    return _count(found) * unit


def months_of(found: re.Match[str] | None) -> int | None:
    """Of what AGO or AHEAD found; None for nothing, and for another unit."""
    if found is None or found["unit"] not in MONTH_UNITS:
        return None
    return _count(found)


def _count(found: re.Match[str]) -> int:
    return NUMBERS.get(found["count"]) or int(found["count"])


def days_of(found: re.Match[str] | None) -> timedelta | None:
    """Of `3 days ago` and `in a week`; None for `3 days` alone, which is no day, and for hours."""
    length = length_of(found)
    if found is None or length is None or UNITS[found["unit"]] < ONE_DAY:
        return None
    return length if found["before"] or found["after"] else None
