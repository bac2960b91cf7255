"""Days, deadlines and ages in the languages that Kinora speaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta

from bot.domain.errors import BadRequest
from bot.domain.money.calendar import Calendar
from bot.domain.queue.ages import moment_before
from bot.domain.studio.contests.deadlines import read_deadline
from bot.domain.texts.date_words import in_english
from bot.domain.texts.dates import read_day
from bot.domain.texts.languages import ENGLISH, LANGUAGES, reading
from tests.builders import NOON

MONDAY = date(2026, 11, 23)
BERLIN = Calendar(ZoneInfo("Europe/Berlin"))  # an hour ahead of UTC; NOON is that Monday
SUNDAY_AT_SIX = datetime(2026, 11, 29, 17, 0, tzinfo=UTC)
TOMORROW_AT_HALF_PAST_NINE = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
OTHERS = [language for language in LANGUAGES if language != ENGLISH]
CLOSED = {"mar"}  # a Tuesday or a month: not guessed


@pytest.mark.parametrize("language", OTHERS)
def test_weekdays_are_read_as_they_are_written_by_the_unicode_consortium(language: str) -> None:
    for number, name in weekdays(language):
        assert in_english(name.casefold(), language) == f"{MONDAY + timedelta(days=number):%A}".casefold(), name


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("style", ["medium", "long"])
def test_dates_are_read_as_they_are_written_by_the_unicode_consortium(language: str, style: str) -> None:
    with reading(language):
        for month in range(1, 13):
            day = date(2027, month, 2)
            for written in (format_date(day, style, locale=language), day.isoformat(), f"2027/{month}/2"):
                assert read_day(written, MONDAY, ahead=True) == day, written
            without_year = format_skeleton("MMMd", day, locale=language)
            assert read_day(without_year, date(2027, 1, 1), ahead=True) == day, without_year


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(("unit", "seconds"), [("minute", 60), ("hour", 3600), ("day", 86400), ("week", 7 * 86400)])
def test_lengths_of_time_are_read_as_they_are_written_by_the_unicode_consortium(
    language: str, unit: Literal["minute", "hour", "day", "week"], seconds: int
) -> None:
    for count in (1, 3):
        ahead = timedelta(seconds=count * seconds)
        written = format_timedelta(ahead, unit, threshold=9999, add_direction=True, locale=language)
        assert in_english(written.casefold(), language).removeprefix("in ") == f"{count} {unit}s", written


@pytest.mark.parametrize(
    ("language", "typed", "day"),
    [
        *(("de", typed, 1) for typed in ("morgen", "Di", "Dienstag", "24.11.", "24.11.26", "am 24. November")),
        *(("es", typed, 1) for typed in ("mañana", "manana", "martes", "24/11", "24/11/2026", "el 24 de noviembre")),
        *(("fr", typed, 1) for typed in ("demain", "mardi", "24/11", "24/11/26", "le 24 novembre 2026")),
        *(("pt_BR", typed, 1) for typed in ("amanhã", "terça", "terca-feira", "24/11", "24 de nov. de 2026")),
        *(
            ("ja", typed, 1)
            for typed in ("明日", "あした", "火曜", "火曜日", "11月24日", "１１／２４", "2026年11月24日")
        ),
        *(("de", "übermorgen", 2), ("es", "pasado mañana", 2), ("fr", "après-demain", 2), ("ja", "明後日", 2)),
        *(("pt_BR", "depois de amanhã", 2), ("en", "day after tomorrow", 2), ("fr", "1er décembre", 8)),
        *(("de", "heute", 0), ("es", "hoy", 0), ("fr", "aujourd’hui", 0), ("pt_BR", "hoje", 0), ("ja", "今日", 0)),
        *(("de", "tomorrow", 1), ("ja", "Tuesday", 1), ("es", "24 Nov", 1), ("fr", "3/4/2027", 131)),
    ],
)
def test_a_day_is_read_in_the_words_of_who_writes(language: str, typed: str, day: int) -> None:
    with reading(language):
        assert read_day(typed, MONDAY, ahead=True) == MONDAY + timedelta(days=day)


@pytest.mark.parametrize(
    ("language", "typed", "at"),
    [
        *(("de", typed, SUNDAY_AT_SIX) for typed in ("Sonntag 18 Uhr", "So 18:00", "am Sonntag um 18.00 Uhr")),
        *(("es", typed, SUNDAY_AT_SIX) for typed in ("domingo a las 18:00", "dom 18 h", "el domingo a las 18h")),
        *(("fr", typed, SUNDAY_AT_SIX) for typed in ("dimanche 18h", "dimanche à 18 h", "dim. 18h00")),
        *(("pt_BR", typed, SUNDAY_AT_SIX) for typed in ("domingo às 18h", "dom 18:00", "no domingo 18h00")),
        *(("ja", typed, SUNDAY_AT_SIX) for typed in ("日曜日18時", "日曜 18:00", "日曜日の午後6時", "11月29日 18時")),
        *(("de", typed, TOMORROW_AT_HALF_PAST_NINE) for typed in ("morgen 9:30 Uhr", "morgen um 9.30")),
        *(("fr", typed, TOMORROW_AT_HALF_PAST_NINE) for typed in ("demain 9h30", "demain à 9 h 30")),
        *(("pt_BR", "amanhã às 9h30", TOMORROW_AT_HALF_PAST_NINE), ("ja", "明日9時半", TOMORROW_AT_HALF_PAST_NINE)),
        *(("de", "18 Uhr", SUNDAY_AT_SIX - timedelta(days=6)), ("fr", "18h30", NOON + timedelta(hours=5.5))),
        *(("de", "in einer Woche", NOON + timedelta(days=7)), ("fr", "dans une heure", NOON + timedelta(hours=1))),
        *(("es", "en 3 días", NOON + timedelta(days=3)), ("pt_BR", "em uma semana", NOON + timedelta(days=7))),
        *(("ja", "3日後", NOON + timedelta(days=3)), ("fr", "12h", NOON + timedelta(hours=12))),
        *(("de", "3 Tage", NOON + timedelta(days=3)), ("ja", "3 days", NOON + timedelta(days=3))),
    ],
)
def test_a_deadline_is_read_in_the_words_of_who_writes(language: str, typed: str, at: datetime) -> None:
    with reading(language):
        assert read_deadline(typed, NOON, BERLIN) == at


@pytest.mark.parametrize(
    ("language", "typed"),
    [("de", "vor 3 Tagen"), ("es", "hace 3 días"), ("fr", "il y a 3 jours"), ("pt_BR", "há 3 dias"), ("ja", "3日前")],
)
def test_a_day_that_has_passed_is_read_in_the_words_of_who_writes(language: str, typed: str) -> None:
    with reading(language):
        assert read_day(typed, MONDAY) == MONDAY - timedelta(days=3)
        assert moment_before(typed, NOON, BERLIN) == NOON - timedelta(days=3)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("de", "bald"),
        ("de", "Sonntag 25 Uhr"),
        ("es", "mar"),
        ("fr", "mar."),
        ("ja", "24日"),
        ("pt_BR", "18"),
        ("en", "morgen"),
    ],
)
def test_what_is_unclear_is_repeated_as_it_was_typed(language: str, typed: str) -> None:
    with reading(language), pytest.raises(BadRequest, match="isn't a time that can be read") as refused:
        read_deadline(typed, NOON, BERLIN)
    assert f"'{typed}'" in refused.value.sentence


def weekdays(language: str) -> Iterator[tuple[int, str]]:
    """With their numbers, Monday's being 0."""
    locale = Locale.parse(language)
    for width in ("wide", "abbreviated"):
        for number, name in locale.days["format"][width].items():
            alone = language == "ja" and width == "abbreviated"  # 日 is a day, too
            if not alone and name.removesuffix(".") not in CLOSED:
                yield number, name
