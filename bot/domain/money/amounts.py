"""Numbers as people type them, in any locale. An ambiguous one is asked about, never guessed."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from bot.domain.errors import BadRequest
from bot.domain.messages import Foreign, Message, Money, Term, msg, quoted
from bot.domain.money.usd import FREE, Usd
from bot.domain.texts.files import cleaned

LONGEST = 40  # characters
QUOTED = 30  # characters of what was typed, in a sentence about it
LARGEST = Usd.of(1_000_000)  # more is a typing error
DOLLARS = r"US ?\$|\$ ?US|USD|\$|(?:US[- ])?dollars?(?: US)?|d[oó]lar(?:es)?|米?ドル"
FAR_TOO_MUCH = 10**12  # decimals can't be rounded somewhere above that
AMOUNT = re.compile(
    rf"(?:{DOLLARS})? *(?P<first>[+-]?) *(?:{DOLLARS})? *(?P<number>.*?) *(?:{DOLLARS})?", re.IGNORECASE
)
NUMBER = re.compile(r"(?P<first>[+-]?) *(?P<number>.*)")
# Arabic separators, apostrophes and minus signs as phones and word processors write them.
ALIKE = str.maketrans(
    {"\u066b": ".", "\u066c": ",", "\u2019": "'", "\u2018": "'", "\u00b4": "'", "\u2212": "-", "_": " "}
)
GROUPED = re.compile(r"[1-9]\d{0,2}([ ',.])\d{3}(?:\1\d{3})*")
LAKHS = re.compile(r"[1-9]\d?(?:,\d{2})+,\d{3}")  # 1,00,000, as in India
TWO_MEANINGS = re.compile(r"([1-9]\d{0,2})[.,](\d{3})")


class UnclearAmount(ValueError):
    """What was typed has no meaning, or two. `message` is a sentence without its full stop."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


def read_usd(text: str) -> Decimal:
    """US dollars as somebody typed them: `12,50`, `$1,250.00`, `1'250`, `25 USD`. Raises UnclearAmount."""
    return _read(text, AMOUNT)


def read_number(text: str) -> Decimal:
    """A number without a currency, likewise."""
    return _read(text, NUMBER)


def entered_usd(text: str, *, least: Usd = FREE) -> Usd:
    """What was entered in a field for US dollars, in whole cents: anything finer would not be shown.

    Raises BadRequest, which says that nothing was changed.
    """
    try:
        dollars = read_usd(text)
    except UnclearAmount as unclear:
        raise BadRequest(msg("{sentence}. Nothing was changed.", sentence=unclear.message)) from None
    typed = Foreign(text.strip()[:QUOTED])
    if abs(dollars) < FAR_TOO_MUCH and dollars != round(dollars, 2):
        raise BadRequest(msg("“{typed}” has more than two decimals. Nothing was changed.", typed=typed))
    amount = Usd.of(dollars)
    if not least <= amount <= LARGEST:
        limits = {"least": Money(least), "largest": Money(LARGEST)}
        raise BadRequest(
            msg("“{typed}” isn't between {least} and {largest}. Nothing was changed.", typed=typed, **limits)
        )
    return amount


def written_usd(amount: Usd | None) -> str:
    """An amount as shown in a field; empty for none."""
    return "" if amount is None else str(amount).lstrip("$").replace(",", "")


def _read(text: str, pattern: re.Pattern[str]) -> Decimal:
    parts = pattern.fullmatch(_plain(text))
    value = _value(parts["number"]) if parts and len(text) <= LONGEST else None
    if parts is None or value is None:
        typed = quoted(text[:QUOTED])
        if pattern is AMOUNT:
            raise UnclearAmount(msg("{typed} isn't an amount. Write it like 25 or 12.50", typed=typed))
        raise UnclearAmount(msg("{typed} isn't a number. Write it like 25 or 12.50", typed=typed))
    if unclear := TWO_MEANINGS.fullmatch(parts["number"]):
        raise UnclearAmount(_question(text, *unclear.groups()))
    return -value if parts["first"] == "-" else value


def _value(number: str) -> Decimal | None:
    """Its one meaning, if it has exactly one."""
    whole, sign, fraction = _in_two(number)
    if sign and not (whole or fraction):
        return None
    if fraction.strip("0123456789") or not (whole.isdigit() or _is_grouped(whole) or (sign and not whole)):
        return None
    return Decimal((re.sub("[^0-9]", "", whole) or "0") + (f".{fraction}" if fraction else ""))


def _in_two(number: str) -> tuple[str, str, str]:
    """Before and after the decimal separator: the last point or comma, unless that one only groups digits."""
    if _is_grouped(number):
        return number, "", ""
    at = max(number.rfind("."), number.rfind(","))
    if at < 0 or number.count(number[at]) > 1:
        return number, "", ""
    return number[:at], number[at], number[at + 1 :]


def _is_grouped(digits: str) -> bool:
    return bool(GROUPED.fullmatch(digits) or LAKHS.fullmatch(digits))


def _plain(text: str) -> str:
    """With quotes, spaces of every width and foreign digits as on an English keyboard."""
    same = unicodedata.normalize("NFKC", cleaned(text)).translate(ALIKE)
    return "".join(str(unicodedata.digit(each)) if each.isdecimal() else each for each in same).strip()


def _question(text: str, whole: str, rest: str) -> Message:
    small = f"{whole}.{rest[:2] if rest.endswith('0') else rest}"
    return msg(
        "{typed} could mean {small} or {large}. Write it with two decimals or with none",
        typed=quoted(text[:QUOTED]),
        small=Term(small),
        large=Term(f"{whole}{rest}"),
    )
