"""Days as people type them."""

from __future__ import annotations

from datetime import date

import pytest
from babel.dates import get_day_names

from bot.domain.errors import BadRequest
from bot.domain.messages import DayStyle
from bot.domain.money.costs import DateRange, Period
from bot.domain.texts.languages import LANGUAGES, reading
from bot.domain.texts.times.dates import read_day, read_range
from bot.domain.texts.times.day_words import WEEKDAYS, weekday_of
from bot.domain.texts.times.lengths import whole_seconds
from bot.ui.text import formatting

TODAY = date(2026, 11, 29)
NAMES = [name for names in WEEKDAYS for name in names]


@pytest.mark.parametrize(
    "typed",
    [
        *("3 Nov", "3. November", "3rd of november 2026", "Nov 3", "november 3, 2026", "3.11.", "03.11.2026"),
        *("2026-11-03", "2026/11/3", " 3  NOV  2026 ", "26 days ago", "3.11.26", "on 3 Nov", "am 3. November"),
    ],
)
def test_one_day_is_written_in_many_ways(typed: str) -> None:
    assert read_day(typed, TODAY) == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", TODAY),
        ("yesterday", date(2026, 11, 28)),
        ("24 Dec", date(2025, 12, 24)),
        ("29 Feb", date(2024, 2, 29)),
        ("13/11", date(2026, 11, 13)),
        ("11/13/2026", date(2026, 11, 13)),
        ("13/11/26", date(2026, 11, 13)),
        ("4/4", date(2026, 4, 4)),
    ],
)
def test_without_a_year_it_is_the_latest_that_has_come(typed: str, day: date) -> None:
    assert read_day(typed, TODAY) == day


@pytest.mark.parametrize(
    ("typed", "before", "after"),
    [
        ("Sunday", TODAY, TODAY),
        ("mon", date(2026, 11, 23), date(2026, 11, 30)),
        ("24 Dec", date(2025, 12, 24), date(2026, 12, 24)),
        ("29 Feb", date(2024, 2, 29), date(2028, 2, 29)),
        ("tomorrow", date(2026, 11, 30), date(2026, 11, 30)),
    ],
)
def test_a_day_is_looked_for_before_today_or_after_it(typed: str, before: date, after: date) -> None:
    assert (read_day(typed, TODAY), read_day(typed, TODAY, ahead=True)) == (before, after)


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("style", DayStyle)
@pytest.mark.parametrize("month", range(1, 13))
def test_a_day_is_read_as_the_bot_writes_it(locale: str, style: DayStyle, month: int) -> None:
    written = date(2026, month, 27)
    assert read_day(formatting.day(written, style, locale), date(2026, 12, 31)) == written


@pytest.mark.parametrize("locale", LANGUAGES)
@pytest.mark.parametrize("weekday", range(7))
def test_a_weekday_is_read_in_each_language(locale: str, weekday: int) -> None:
    names = get_day_names("wide", locale=locale)
    assert read_day(names[weekday], TODAY).weekday() == weekday


def test_three_letters_mean_one_weekday_whatever_the_language() -> None:
    assert [name for name in NAMES if weekday_of(name[:3]) != weekday_of(name)] == []


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        *((typed, date(2026, 11, 28)) for typed in ("gestern", "hier", "Ayer", "ontem", "昨日")),
        *((typed, TODAY) for typed in ("heute", "aujourd’hui", "hoy", "hoje", "今日")),
        *((typed, date(2026, 11, 30)) for typed in ("morgen", "demain", "mañana", "amanhã", "明日")),
        *(
            (typed, date(2026, 12, 1))
            for typed in ("day after tomorrow", "übermorgen", "après-demain", "pasado mañana")
        ),
        *(
            (typed, date(2026, 11, 26))
            for typed in ("vor 3 Tagen", "il y a 3 jours", "hace 3 días", "há 3 dias", "3日前")
        ),
        *((typed, date(2026, 3, 1)) for typed in ("1er mars", "1. MÄRZ", "1º de março", "3月1日")),
        *((typed, date(2026, 10, 3)) for typed in ("3october", "3octobre", "3Oktober", "3outubro", "oct3")),
        *((typed, TODAY) for typed in ("0 days ago", "vor 0 Tagen")),
        *((typed, date(2026, 11, 27)) for typed in ("vor zwei Tagen", "il y a deux jours", "hace dos días", "二日前")),
        *((typed, date(2026, 11, 22)) for typed in ("a week ago", "vor einer Woche", "há uma semana", "1週間前")),
        *((typed, date(2026, 12, 1)) for typed in ("in two days", "in zwei Tagen", "dans deux jours", "em dois dias")),
        *((typed, date(2026, 12, 6)) for typed in ("in einer Woche", "dans une semaine", "en una semana", "一週間後")),
        *(
            (typed, date(2025, 12, 24))
            for typed in ("le 24 décembre", "bis zum 24.12.", "dia 24/12", "el 24 de diciembre")
        ),
        *(
            (typed, date(2026, 11, 27))
            for typed in ("am Freitag", "jusqu’à vendredi", "hasta el viernes", "na sexta-feira")
        ),
    ],
)
def test_days_are_read_in_all_our_languages(typed: str, day: date) -> None:
    assert read_day(typed, TODAY) == day


NEXT_SUNDAY = (
    "next Sunday",
    "am nächsten Sonntag",
    "kommenden Sonntag",
    "dimanche prochain",
    "el próximo domingo",
    "el domingo que viene",
    "no próximo domingo",
    "domingo que vem",
    "次の日曜日",
    "今度の日曜日",
)
NEXT_FRIDAY = ("next Fri", "nächsten Freitag", "vendredi prochain", "próximo viernes", "na próxima sexta-feira")
LAST_FRIDAY = (
    "last Friday",
    "letzten Freitag",
    "vendredi dernier",
    "el viernes pasado",
    "na última sexta-feira",
    "sexta-feira passada",
    "前の金曜日",
)
IN_A_MONTH = ("in a month", "in einem Monat", "dans un mois", "dentro de un mes", "em um mês", "1か月後", "一ヶ月後")
A_MONTH_AGO = ("a month ago", "vor einem Monat", "il y a un mois", "hace un mes", "há um mês", "1か月前")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        *((typed, date(2026, 12, 6)) for typed in NEXT_SUNDAY),
        *((typed, date(2026, 12, 4)) for typed in NEXT_FRIDAY),
        *((typed, date(2026, 11, 27)) for typed in LAST_FRIDAY),
        *((typed, date(2026, 12, 29)) for typed in IN_A_MONTH),
        *((typed, date(2026, 10, 29)) for typed in A_MONTH_AGO),
        ("letzten Sonntag", date(2026, 11, 22)),
        ("in 15 Monaten", date(2028, 2, 29)),
    ],
)
@pytest.mark.parametrize("ahead", [False, True])
def test_the_next_or_last_weekday_and_months_are_read_in_all_our_languages(typed: str, day: date, ahead: bool) -> None:
    """On a Sunday, the next one is in a week, and the last one was a week ago."""
    assert read_day(typed, TODAY, ahead=ahead) == day


IN_A_WEEK = ("next week", "nächste Woche", "la semaine prochaine", "la próxima semana", "semana que vem", "来週")
NEXT_MONTH = ("next month", "nächsten Monat", "le mois prochain", "el próximo mes", "mês que vem", "来月")
A_WEEK_AGO = ("last week", "letzte Woche", "la semaine dernière", "la semana pasada", "semana passada", "先週")
A_YEAR_AGO = ("a year ago", "vor einem Jahr", "l'année dernière", "hace un año", "há um ano", "去年")
LAST_OF_MONTH = ("end of the month", "Monatsende", "à la fin du mois", "fin de mes", "fim do mês", "月末")
A_SUNDAY_LATER = ("Sunday next week", "Sonntag nächster Woche", "dimanche de la semaine prochaine", "来週の日曜日")
THE_24TH = ("the 24th", "am 24.", "le 24", "el 24", "dia 24", "Thu, 24 Dec", "Donnerstag, den 24. Dezember")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        *((typed, date(2026, 12, 6)) for typed in IN_A_WEEK),
        *((typed, date(2026, 12, 29)) for typed in NEXT_MONTH),
        *((typed, date(2026, 11, 22)) for typed in A_WEEK_AGO),
        *((typed, date(2025, 11, 29)) for typed in A_YEAR_AGO),
        *((typed, date(2026, 11, 30)) for typed in LAST_OF_MONTH),
        *((typed, date(2026, 12, 6)) for typed in A_SUNDAY_LATER),
        *((typed, date(2026, 12, 24)) for typed in THE_24TH),
        *((typed, date(2026, 12, 1)) for typed in ("d'ici 2 jours", "within 2 days", "2日以内")),
        *((typed, date(2026, 12, 4)) for typed in ("d'ici vendredi", "金曜日まで")),
        *(
            (typed, date(2026, 12, 31))
            for typed in ("the 31st", "Ende Dezember", "fin décembre", "12月末", "来月末", "Jahresende")
        ),
        *((typed, TODAY) for typed in ("weekend", "am Wochenende", "ce week-end", "週末", "今週の日曜日")),
        ("再来月末", date(2027, 1, 31)),
        ("next weekend", date(2026, 12, 6)),
        ("übernächste Woche", date(2026, 12, 13)),
    ],
)
def test_days_said_by_their_distance_are_read_in_all_our_languages(typed: str, day: date) -> None:
    assert read_day(typed, TODAY, ahead=True) == day


def test_looking_back_the_24th_and_the_weekend_are_the_last_that_have_come() -> None:
    assert read_day("the 24th", TODAY) == date(2026, 11, 24)
    assert read_day("the 30th", TODAY) == date(2026, 10, 30)
    assert read_day("weekend", date(2026, 11, 28)) == date(2026, 11, 22)
    assert read_day("end of February", date(2028, 3, 31)) == date(2028, 2, 29)


def test_a_date_is_checked_against_its_weekday() -> None:
    assert read_day("Sunday, 29 November", TODAY) == TODAY
    with pytest.raises(BadRequest, match="28 November 2026 is another day of the week"):
        read_day("Sunday, 28 November", TODAY)


def test_two_letters_are_a_weekday_for_readers_of_german_only() -> None:
    with reading("de"):
        assert read_day("am Fr.", TODAY, ahead=True) == date(2026, 12, 4)
    with pytest.raises(BadRequest, match="isn't a date"):
        read_day("Fr", TODAY, ahead=True)


@pytest.mark.parametrize(
    ("today", "typed", "day"),
    [
        (date(2027, 1, 31), "in a month", date(2027, 2, 28)),
        (date(2028, 1, 31), "in a month", date(2028, 2, 29)),
        (date(2027, 3, 31), "a month ago", date(2027, 2, 28)),
        (date(2026, 12, 31), "in 2 months", date(2027, 2, 28)),
        (date(2027, 1, 15), "a month ago", date(2026, 12, 15)),
        (date(2028, 2, 29), "in a year", date(2029, 2, 28)),
        (date(2026, 12, 31), "9999 years ago", date.min),
        (date(2026, 12, 31), "in 9999 years", date.max),
    ],
)
def test_a_month_from_its_end_ends_with_a_shorter_one(today: date, typed: str, day: date) -> None:
    assert read_day(typed, today) == day


@pytest.mark.parametrize(
    ("language", "typed", "day"),
    [
        *((language, "3/12", date(2026, 12, 3)) for language in ("de", "es", "fr", "pt_BR")),
        *((language, "3-12/26", date(2026, 12, 3)) for language in ("de", "es", "fr", "pt_BR")),
        *((language, "12/24", date(2026, 12, 24)) for language in LANGUAGES),
        ("ja", "3/12", date(2027, 3, 12)),
        ("ja", "27/3/12", date(2027, 3, 12)),
    ],
)
def test_numbers_are_read_in_the_order_of_their_readers_language(language: str, typed: str, day: date) -> None:
    with reading(language):
        assert read_day(typed, TODAY, ahead=True) == day


def test_what_can_be_no_day_in_that_order_is_read_the_other_way_round() -> None:
    with reading("ja"):
        assert read_day("24/12", TODAY) == date(2025, 12, 24)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "su",
        "noday",
        "2026-02-30",
        "3 days",
        "3 hours ago",
        "3 Tage",
        "eine Woche",
        "三日",
        "on",
        "martes 3",
        "3 mardi",
        "next",
        "next hour",
        "this week",
        "in 3 days " * 10,
        "su 29 Nov",
        "next noday",
        "1 month",
        "1月",
    ],
)
def test_what_is_no_day_is_not_guessed(typed: str) -> None:
    with pytest.raises(BadRequest, match="isn't a date"):
        read_day(typed, TODAY, ahead=True)


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("3/11", None, "“3/11” could be 3 November 2026 or 11 March 2026. Write the month as a word."),
        ("soon", None, "“soon” isn't a date. Write it like 3 Nov 2026 or 2026-11-03."),
        ("l'été", None, "“l'été” isn't a date. Write it like 3 Nov 2026 or 2026-11-03."),
        ("31 Nov", None, "“31 Nov” isn't a date. Write it like 3 Nov 2026 or 2026-11-03."),
        ("99999 Foo", None, "“99999 Foo” isn't a date. Write it like 3 Nov 2026 or 2026-11-03."),
        ("1 Dec 2026", None, "1 December 2026 is still to come. Pick a day up to today."),
        ("1 Nov", "30 Nov 2026", "30 November 2026 is still to come. Pick a day up to today."),
        ("1 Jan 1999", None, "1 January 1999 is too long ago. Pick a day from 2015 on."),
        ("0001-01-01", None, "1 January 0001 is too long ago. Pick a day from 2015 on."),
        ("5 Nov", "3 Nov", "5 November 2026 is after 3 November 2026. Swap the two dates."),
    ],
)
def test_what_is_no_range_is_refused_in_one_sentence(first: str, last: str | None, said: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        read_range(first, last, TODAY)
    assert refusal.value.sentence.replace("1 January 1 ", "1 January 0001 ") == said


def test_a_range_is_open_where_nothing_was_typed() -> None:
    assert read_range("3 Nov", None, TODAY) == DateRange(date(2026, 11, 3), TODAY)
    assert read_range(None, "3 Nov", TODAY) == DateRange(None, date(2026, 11, 3))


def test_the_periods_are_whole_days_up_to_today() -> None:
    march = date(2026, 3, 1)
    assert {period: period.days(march) for period in Period} == {
        Period.TODAY: DateRange(march, march),
        Period.WEEK: DateRange(date(2026, 2, 23), march),
        Period.DAYS_30: DateRange(date(2026, 1, 31), march),
        Period.MONTH: DateRange(march, march),
        Period.LAST_MONTH: DateRange(date(2026, 2, 1), date(2026, 2, 28)),
        Period.ALL: DateRange(),
    }


@pytest.mark.parametrize(
    "typed", ["8", "８", "8s", "8 s", "8 sec.", "8 Sekunden", "8 secondes", "8 segundos", "8秒", "8 秒間"]
)
def test_the_length_of_a_video_may_have_its_unit(typed: str) -> None:
    assert whole_seconds(typed) == 8


@pytest.mark.parametrize("typed", ["", "8.5", "8 m", "s", "-8 s", "eight", "9" * 19 + " s"])
def test_what_is_no_length_of_a_video_is_none(typed: str) -> None:
    assert whole_seconds(typed) is None
