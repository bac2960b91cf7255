"""The words for days in the languages that Kinora speaks, however they are spelt.

Names of months and weekdays are those of the Unicode CLDR, with which the bot writes dates itself.
"""

from __future__ import annotations

import re
import unicodedata

from bot.domain.texts.languages import reader

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
GERMAN, SHORTEST_GERMAN = "de", 2  # `So` and `Do` are words of other languages
# What may stand before a day: `on Sunday`, `bis zum 24. Dezember`.
BEFORE_A_DAY = (
    r"(?:(?:on|by|until|at|this|the|from|since|am|bis|zum|zur|zu|den|die|diese[nrs]?|ab|seit|von|vom"
    r"|le|la|ce|a|du|depuis|jusqu'(?:a|au)|el|este|del?|desde|hasta|o|no|na|neste|nesta|em|do|da|dia|ate)\s+"
    r"|d'ici\s+(?:a\s+)?|l'|jusqu'(?=en\s))+"
)
BEHIND_A_DAY = r"(?:まて|から|中)$"  # plain words have no marks on letters


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
    """Of plain words, Monday is 0; three letters are enough, two for readers of German. None for no weekday."""

    def fits(name: str) -> bool:
        return word == name or (len(word) >= SHORTEST and name.startswith(word))

    if len(word) == SHORTEST_GERMAN and reader() == GERMAN:
        return next((number for number, names in enumerate(WEEKDAYS) if names[1].startswith(word)), None)
    return next((number for number, names in enumerate(WEEKDAYS) if any(map(fits, names))), None)


def without_preposition(plain: str) -> str:
    """Of plain words: the day alone in `on Sunday`."""
    found = re.match(BEFORE_A_DAY, plain)
    return re.sub(BEHIND_A_DAY, "", plain if found is None else plain[found.end() :])
