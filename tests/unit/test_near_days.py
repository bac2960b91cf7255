"""Days suggested for an option that takes a date."""

from __future__ import annotations

from datetime import date

import pytest

from bot.domain.texts.languages import LANGUAGES, reading
from bot.domain.texts.times.dates import read_day
from bot.ui.interactions.suggestions import near_days

SUNDAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("language", "typed", "called"),
    [
        ("en", "t", ["Today", "Tomorrow", "Tuesday", "Thursday"]),
        ("de", "Mi", ["Mittwoch"]),
        ("de", "wed", ["Mittwoch"]),
        ("fr", "", ["Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche"]),
        ("es", "sab", ["Sábado"]),
    ],
)
def test_a_day_is_called_as_its_reader_does(language: str, typed: str, called: list[str]) -> None:
    with reading(language):
        assert [choice.name for choice in near_days(typed)][-len(called) :] == called


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_suggestion_is_the_day_that_it_says(language: str) -> None:
    with reading(language):
        days = [read_day(choice.value, SUNDAY, ahead=True) for choice in near_days("")]
    assert [(day - SUNDAY).days for day in days] == [0, 1, 1, 2, 3, 4, 5, 6, 0]
