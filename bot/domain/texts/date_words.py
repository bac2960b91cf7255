"""Days and times as people write them in their languages, put into the English words that are read here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NEAR_DAYS = ("day before yesterday", "yesterday", "today", "tomorrow", "day after tomorrow")
UNITS = ("minutes", "hours", "days", "weeks")
MARKS = re.compile("[\u0300-\u036f]")  # taken off letters, as people leave them out

Rule = tuple[re.Pattern[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateWords:
    """The words of one language, without accents. Of one thing, its spellings are parted by `|`."""

    weekdays: Sequence[str]
    months: Sequence[str]
    near_days: Sequence[str]
    units: Sequence[str]
    one: str
    ahead: str  # before a length of time: `in 3 days`
    ago: str
    clock: str  # before a time of day
    hour: str  # after one
    left_out: str

    def rules(self) -> Iterator[Rule]:
        yield from _named(self.near_days, NEAR_DAYS)
        yield _word(self.ahead, "in")
        yield _word(self.clock, "at")
        yield _rule(r"(\d)(?:er|o)\b", r"\1")  # 1er, 1º
        yield _rule(rf"(?<!in )(?<=.)\b(\d{{1,2}}) ?(?:{self.hour}) ?(\d{{2}})\b", r"\1:\2")
        yield _rule(rf"\b(\d{{1,2}}[:.]\d{{2}}) ?(?:{self.hour})(?!\w)", r"\1")
        yield _rule(rf"(?<!in )(?<=\S )\b(\d{{1,2}}) ?(?:{self.hour})(?!\w)", r"\1:00")
        yield _rule(rf"^(\d{{1,2}}) ?(?:{self.hour}) ?(\d{{2}})$", r"\1:\2")
        yield _rule(r"^(\d{1,2}) ?uhr$", r"\1:00")  # of the others, `18 h` alone is how long, not when
        yield from _named(self.units, UNITS)
        yield _rule(rf"\b(?:{self.one}) (?={'|'.join(UNITS)})", "1 ")
        yield from _named(self.weekdays, WEEKDAYS)
        yield _rule(rf"\b(?:{self.left_out}) (?=\S)", "")
        yield from _named(self.months, MONTHS)
        yield _rule(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])", r"\1.\2.")  # the day comes first in all of them
        yield _rule(r"(?<![\d/])(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})(?!\d)", r"\1.\2.\3")
        yield _rule(r"(?<!\d)(\d{1,2}\.\d{1,2}\.)(\d{2})(?![\d:.])", r"\g<1>20\2")
        yield _rule(rf"^(?:{self.ago}) (\d{{1,4}} days)$", r"\1 ago")


def in_english(text: str, language: str) -> str:
    """A casefolded text with the words of that language in English; others stay, and so does what is no date."""
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    if not (rules := _rules(language)):
        return plain
    said = unicodedata.normalize("NFC", MARKS.sub("", unicodedata.normalize("NFKD", plain)))
    for pattern, english in rules:
        said = pattern.sub(english, said)
    return said.strip()


def _rule(pattern: str, english: str) -> Rule:
    return re.compile(pattern), english


def _word(spellings: str, english: str) -> Rule:
    """Longer spellings have to come first."""
    return _rule(rf"(?<!\w)(?:{spellings})(?!\w)\.?", english)


def _named(words: Sequence[str], english: Sequence[str]) -> Iterator[Rule]:
    pairs = zip(words, english, strict=True)
    return (_word(spellings, name) for spellings, name in pairs if spellings)


GERMAN = DateWords(
    weekdays=(
        "montag|mo",
        "dienstag|di",
        "mittwoch|mi",
        "donnerstag|do",
        "freitag|fr",
        "samstag|sonnabend|sa",
        "sonntag|so",
    ),
    months=(
        "januar|janner|jan",
        "februar|feb",
        "marz|maerz|mar|mrz",
        "april|apr",
        "mai",
        "juni|jun",
        "juli|jul",
        "august|aug",
        "september|sept|sep",
        "oktober|okt",
        "november|nov",
        "dezember|dez",
    ),
    near_days=("vorgestern", "gestern", "heute", "morgen", "ubermorgen|uebermorgen"),
    units=("minuten?|min", "stunden?|std", "tage?n?", "wochen?"),
    one="eine[mr]?|ein",
    ahead="in",
    ago="vor",
    clock="um|gegen",
    hour="uhr",
    left_out="am|bis|den|der",
)
SPANISH = DateWords(
    weekdays=("lunes|lun", "martes", "miercoles|mie", "jueves|jue", "viernes|vie", "sabado|sab", "domingo|dom"),
    months=(
        "enero|ene",
        "febrero|feb",
        "marzo|mar",
        "abril|abr",
        "mayo|may",
        "junio|jun",
        "julio|jul",
        "agosto|(?<!days )ago",
        "septiembre|setiembre|sept|set",
        "octubre|oct",
        "noviembre|nov",
        "diciembre|dic",
    ),
    near_days=("anteayer|antes de ayer", "ayer", "hoy", "(?<!pasado )manana", "pasado manana"),
    units=("minutos?|min", "horas?", "dias?", "semanas?"),
    one="una?",
    ahead="dentro de|en",
    ago="hace",
    clock="a las?",
    hour="hrs?|h",
    left_out="el|hasta|del?",
)
FRENCH = DateWords(
    weekdays=("lundi|lun", "mardi", "mercredi|mer", "jeudi|jeu", "vendredi|ven", "samedi|sam", "dimanche|dim"),
    months=(
        "janvier|janv|jan",
        "fevrier|fevr|fev",
        "mars|mar",
        "avril|avr",
        "mai",
        "juin",
        "juillet|juil",
        "aout",
        "septembre|sept|sep",
        "octobre|oct",
        "novembre|nov",
        "decembre|dec",
    ),
    near_days=("avant-hier", "(?<!avant-)hier", "aujourd['’]hui", "(?<!apres[- ])demain", "apres[- ]demain"),
    units=("minutes?|min", "heures?", "jours?|j", "semaines?|sem"),
    one="une?",
    ahead="dans",
    ago="il y a",
    clock="(?<!il y )a",
    hour="heures?|h",
    left_out="le|jusqu['’]au?|au",
)
PORTUGUESE = DateWords(
    weekdays=(
        "segunda(?:[- ]feira)?|seg",
        "terca(?:[- ]feira)?|ter",
        "quarta(?:[- ]feira)?|qua",
        "quinta(?:[- ]feira)?|qui",
        "sexta(?:[- ]feira)?|sex",
        "sabado|sab",
        "domingo|dom",
    ),
    months=(
        "janeiro|jan",
        "fevereiro|fev",
        "marco|mar",
        "abril|abr",
        "maio|mai",
        "junho|jun",
        "julho|jul",
        "agosto|(?<!days )ago",
        "setembro|set",
        "outubro|out",
        "novembro|nov",
        "dezembro|dez",
    ),
    near_days=("anteontem", "ontem", "hoje", "(?<!depois de )amanha", "depois de amanha"),
    units=("minutos?|min", "horas?", "dias?", "semanas?"),
    one="uma?",
    ahead="daqui a|dentro de|em",
    ago="ha",
    clock="as?",
    hour="horas?|h",
    left_out="no|na|ate|dia|de",
)
EUROPEAN: Mapping[str, DateWords] = {"de": GERMAN, "es": SPANISH, "fr": FRENCH, "pt_BR": PORTUGUESE}


def _japanese() -> Iterator[Rule]:
    """There are no spaces between words; half and full forms of digits are one by then."""
    yield _rule(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日(?![後前間])", r" \1-\2-\3 ")
    yield _rule(r"(\d{1,2})\s*月\s*(\d{1,2})\s*日(?![後前間])", r" \2.\1. ")
    yield _rule(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])", r"\2.\1.")
    yield _rule(r"(\d)\s*分後", r"\1 minutes")
    yield _rule(r"(\d)\s*時間後?", r"\1 hours")
    yield _rule(r"(\d)\s*日[後間]", r"\1 days")
    yield _rule(r"(\d)\s*日前", r"\1 days ago")
    yield _rule(r"(\d)\s*週間後?", r"\1 weeks")
    for day, name in zip("月火水木金土日", WEEKDAYS, strict=True):
        yield _rule(rf"{day}曜日?", f" {name} ")
    yield _rule("一昨日|おととい", " day before yesterday ")
    yield _rule("昨日|きのう", " yesterday ")
    yield _rule("今日|本日|きょう", " today ")
    yield _rule("明後日|あさって", " day after tomorrow ")
    yield _rule("明日|あした|あす", " tomorrow ")
    yield _rule(r"(\d{1,2})\s*時半", r"\1:30 ")
    yield _rule(r"(\d{1,2})\s*時\s*(\d{1,2})\s*分", r"\1:\2 ")
    yield _rule(r"(\d{1,2})\s*時", r"\1:00 ")
    yield _rule(r"午後\s*(\d{1,2}:\d{2})", r" \1 pm ")
    yield _rule(r"午前\s*(\d{1,2}:\d{2})", r" \1 am ")
    yield _rule("まで|の|に", " ")
    yield _rule(r"\s+", " ")


@cache
def _rules(language: str) -> Sequence[Rule]:
    """Made when somebody writes in that language: a start need not wait for them all."""
    if language == "ja":
        return tuple(_japanese())
    return tuple(EUROPEAN[language].rules()) if language in EUROPEAN else ()
