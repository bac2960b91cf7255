"""Numbers as people type them: read or asked about, never off by a factor of 100."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.money.amounts import read_number, read_usd

SPACES = ("\u0020", "\u00a0", "\u202f", "\u2009")
LOCALES = [(",", "."), (".", ","), ("'", "."), ("\u2019", ","), *((space, mark) for space in SPACES for mark in ".,")]
DRESSES = [
    "{}",
    "${}",
    "$ {}",
    "{} $",
    "US${}",
    "{} USD",
    " {} ",
    '"{}"',
    "\u201c{}\u201d",
    "'{}'",
    "{} dollars",
    "+{}",
]


@pytest.mark.parametrize(
    ("typed", "dollars"),
    [
        ("12,50", "12.50"),
        ("12.50", "12.50"),
        ("$25", "25"),
        *(
            (typed, "25")
            for typed in ("25 Dollar", "25 US-Dollar", "25 dollars US", "25 dólares", "25ドル", "25米ドル")
        ),
        ("1,250.00", "1250"),
        ("1.250,00", "1250"),
        ("1'250.50", "1250.50"),
        ("1\u202f250,5", "1250.5"),
        ("1 250", "1250"),
        ("1,250,000", "1250000"),
        ("1,00,000", "100000"),
        ("0,123", "0.123"),
        ("1234,567", "1234.567"),
        (".5", "0.5"),
        ("12.", "12"),
        ("\u0661\u0662\u066b\u0665", "12.5"),
        ("-$5", "-5"),
        ("\u22125", "-5"),
    ],
)
def test_an_amount_is_read_in_any_locale(typed: str, dollars: str) -> None:
    assert read_usd(typed) == Decimal(dollars)


@pytest.mark.parametrize(
    ("typed", "readings"), [("1.250", "1.25 or 1250"), ("1,250", "1.25 or 1250"), ("$12,345", "12.345 or 12345")]
)
def test_an_amount_with_two_meanings_is_asked_about(typed: str, readings: str) -> None:
    with pytest.raises(ValueError, match=f"could mean {readings}"):
        read_usd(typed)


@pytest.mark.parametrize(
    "typed",
    ["", "$", "ten", "1e3", "nan", "inf", "25k", "\u20ac5", "5 EUR", "1,2,3", "12 50", "5\u00a2", ",", "1,250.5,00"],
)
def test_what_is_no_amount_is_said_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match=r"isn't an amount\. Write it like 25 or 12\.50"):
        read_usd(typed)


def test_a_number_has_no_currency() -> None:
    assert read_number("0,5") == Decimal("0.5")
    with pytest.raises(ValueError, match="isn't a number"):
        read_number("$5")


@given(cents=st.integers(0, 10**11), locale=st.sampled_from(LOCALES), dress=st.sampled_from(DRESSES))
def test_cents_written_out_are_read_exactly_in_every_locale(cents: int, locale: tuple[str, str], dress: str) -> None:
    group, mark = locale
    amount = Decimal(cents) / 100
    written = f"{amount:,.2f}".replace(",", "G").replace(".", mark).replace("G", group)
    assert read_usd(dress.format(written)) == amount


def read_or_asked(text: str) -> set[Decimal]:
    """The amount; or the two that the error suggests; or none."""
    try:
        return {read_usd(text)}
    except ValueError as error:
        said = str(error)
    assert "Write " in said
    two = re.search(r" could mean (\S+) or (\d+)\. ", said)
    return set(map(Decimal, two.groups())) if two else set()


@given(dollars=st.integers(0, 10**9), locale=st.sampled_from(LOCALES), dress=st.sampled_from(DRESSES))
def test_whole_dollars_are_read_exactly_or_asked_about(dollars: int, locale: tuple[str, str], dress: str) -> None:
    written = dress.format(f"{dollars:,}".replace(",", locale[0]))
    assert read_or_asked(written) in ({dollars}, {dollars, Decimal(dollars) / 1000})


@given(st.text(max_size=60))
def test_any_text_is_read_or_answered_with_a_sentence(text: str) -> None:
    assert all(reading.is_finite() for reading in read_or_asked(text))
