"""One module renders messages and values as text for people."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access.rules import NO_VIDEO_HERE
from bot.domain.access.uncharged import NOT_CHARGED
from bot.domain.ids import JobId
from bot.domain.messages import (
    Bytes,
    Channel,
    Choice,
    Count,
    Day,
    DayStyle,
    Duration,
    Foreign,
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
    choice,
    joined,
    msg,
    msg_n,
    plain,
    value,
)
from bot.domain.money.usd import Usd
from bot.ui.text.formatting import money, neutral
from bot.ui.text.render import plain_text, render

AT = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("param", "said"),
    [
        (Money(Usd.of("1234.5")), "$1,234.50"),
        (Money(Usd.of("0.816001")), "$0.82"),
        (Money(Usd.of("0.0034")), "<$0.01"),
        (Money(Usd.of("0")), "$0.00"),
        (Money(-Usd.of("0.4")), "-$0.40"),
        (PerSecond(Usd.of("0.1")), "$0.10"),
        (PerSecond(Usd.of("0.12545")), "$0.125"),
        (PerSecond(Usd.of("0.0004")), "<$0.001"),
        (Moment(AT), "<t:1795392000:R>"),
        (Moment(AT, MomentStyle.CLOCK), "<t:1795392000:t>"),
        (Moment(AT, MomentStyle.DAY), "<t:1795392000:D>"),
        (Moment(AT, MomentStyle.MONTH), "November"),
        (Day(date(2026, 9, 4)), "4 September 2026"),
        (Day(date(2026, 9, 4), DayStyle.BRIEF), "4 Sep 2026"),
        (Day(date(2026, 9, 4), DayStyle.NEAR), "4 Sep"),
        (Duration(8.4), "8 s"),
        (Duration(79.6), "1:20"),
        (Duration(3_905), "1:05:05"),
        (Duration(240), "4 min"),
        (Count(4000), "4,000"),
        (Ordinal(22), "22nd"),
        (Bytes(30 * 2**20), "30.0 MB"),
        (Bytes(1), "1 kB"),
        (VideoId(JobId("K7Q4FD")), "K7Q-4FD"),
        (Model("veo_3"), r"veo\_3"),
        (Person(7), "<@7>"),
        (Role(7), "<@&7>"),
        (Channel(7), "<#7>"),
        (Term("`/create`"), "`/create`"),
        (choice(Term, (4, 8, 12)), "4, 8 or 12"),
        (Choice((Count(4), Count(8)), every=True), "4 and 8"),
        (Choice((Count(4),)), "4"),
        (msg("a {b}", b=Foreign("*c*")), r"a \*c\*"),
    ],
    ids=str,
)
def test_each_kind_of_value_is_written_in_its_way(param: Param, said: str) -> None:
    assert render(value(param)) == said


def test_a_label_shows_words_as_they_are() -> None:
    assert plain_text(msg("With {model} · {price}", model=Model("veo_3"), price=Money(Usd.of("0.4")))) == (
        "With veo_3 · $0.40"
    )


@given(st.text(max_size=200))
def test_words_of_strangers_are_neutral_wherever_they_stand(text: str) -> None:
    inner = joined(msg("{words}!", words=Foreign(text)), plain(text))
    assert render(msg("It said: {inner}", inner=inner)) == f"It said: {neutral(text)}! {neutral(text)}"


@given(st.integers(-(10**12), 10**12))
def test_amounts_are_written_in_cents_and_something_is_never_nothing(micros: int) -> None:
    said = money(Usd(micros))
    cents = Decimal(said.replace("$", "").replace(",", "").replace("<", ""))
    assert abs(cents * 10**6 - micros) <= (9_999 if "<" in said else 5_000)
    assert ("<" in said) == (0 < abs(micros) < 10_000)


@pytest.mark.parametrize(("number", "said"), [(0, "0 videos"), (1, "1 video"), (2, "2 videos"), (1000, "1,000 videos")])
def test_a_plural_follows_its_count(number: int, said: str) -> None:
    assert render(msg_n("{count} video", "{count} videos", number)) == said


def test_no_space_stands_between_two_sentences_in_japanese() -> None:
    two = joined(NO_VIDEO_HERE, NOT_CHARGED)
    assert "。 " not in plain_text(two, "ja")
    assert plain_text(two, "ja") == plain_text(NO_VIDEO_HERE, "ja") + plain_text(NOT_CHARGED, "ja")
    assert plain_text(two, "en") == f"{NO_VIDEO_HERE} {NOT_CHARGED}"


def test_the_values_of_a_sentence_never_become_its_fields() -> None:
    assert render(msg("{a} {b}", a=Foreign("{b}"), b=Foreign("{a}"))) == "{b} {a}"


@pytest.mark.parametrize(
    ("locale", "said"), [("de", "0,40\xa0$"), ("fr", "0,40\xa0$US"), ("ja", "$0.40"), ("en", "$0.40")]
)
def test_amounts_follow_the_language(locale: str, said: str) -> None:
    assert render(value(Money(Usd.of("0.4"))), locale) == said


def test_rates_and_amounts_below_a_cent_follow_the_language_too() -> None:
    assert render(value(PerSecond(Usd.of("0.125"))), "de") == "0,125\xa0$"
    assert render(value(Money(Usd.of("0.0034"))), "de") == "<0,01\xa0$"
