"""Formats of values: amounts, times, sizes, places, and text by strangers. Pure."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Set as AbstractSet
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_skeleton, get_day_names
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal

from bot.domain.messages import DayStyle
from bot.domain.money.usd import MICROS_PER_DOLLAR, Usd
from bot.domain.texts.languages import ENGLISH
from bot.ui.text.limits import LONGEST_MESSAGE
from bot.ui.text.locales import LISTS_AS, locale_of

SHOWN_CHARACTERS = 1000  # of a prompt on a card
SHOWN_LINES = 20  # more would make a card of many screens
SHOWN_BYTES = 3000  # a card of more than about 10 kB makes Discord answer 500 (discord-api-docs#8554)
BAR_CELLS = 10
CENT, MILL = Decimal("0.01"), Decimal("0.001")
DAYS = {DayStyle.FULL: "d MMMM y", DayStyle.BRIEF: "d MMM y", DayStyle.NEAR: "d MMM"}  # in Babel's pattern letters
SKELETONS = {DayStyle.FULL: "yMMMMd", DayStyle.BRIEF: "yMMMd", DayStyle.NEAR: "MMMd"}  # likewise, in any order
MONTH = "LLLL"
BOLD = "**"
MARKS = re.compile(r"([\\*_~`|\[\]()])")
# Each line by itself: empty ones passed over together, 4,000 of them take half a second.
BEGINS_LINE = re.compile(r"(?m)^([^\S\n]*\d*)([#>+.-])")  # headings, lists and quotes
LINKS = re.compile(r"(?i)\b(https?|discord):")
LINE_END = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")  # all line ends that `splitlines` knows
JOINERS = "\u200c\u200d"  # between letters of a word, and in emoji of several people; without effect on direction
KEPT = f"\n\t{JOINERS}"
HIGHEST_STACK = 6  # marks on one letter; Hebrew has up to five, and hundreds would cover the lines above
# At the end of a cut text. In foreign text a zero-width space follows each <, and a backslash precedes each [.
UNFINISHED = re.compile(r"(?:<[^>\s\u200b]*|(?<!\\)\[[^\]\n]*(?:\]\([^)\n]*|\])?|(?<!\\)[*_~`]+|\\+)$")


def straight(text: str) -> str:
    r"""Foreign text that does not reverse the text beside it or cover the lines above.

    Removes control and bidi characters, ends each line with `\n`, and limits the marks on one letter.
    """
    if text.isascii() and text.isprintable():
        return text
    lines = LINE_END.sub("\n", text)
    unseen = {ord(char): None for char in set(lines) if unicodedata.category(char) in {"Cc", "Cf"} and char not in KEPT}
    kept = lines.translate(unseen) if unseen else lines
    marks = {char for char in set(kept) if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me"}}
    return _unstacked(kept, marks) if marks else kept


def _unstacked(text: str, marks: AbstractSet[str]) -> str:
    kept, height = list[str](), 0
    for char in text:
        if char in marks:  # not only combining ones: Thai vowels do not combine
            height += 1
        elif char not in JOINERS:
            height = 0
        if height <= HIGHEST_STACK:
            kept.append(char)
    return "".join(kept)


def neutral(text: str) -> str:
    """Foreign text that can neither ping, nor link, nor format, nor reverse the text around it.

    Removes control and bidi characters; everything that Discord would interpret is escaped or broken by a zero-width
    space. What no message can hold is cut.
    """
    escaped = MARKS.sub(r"\\\1", straight(cut(text, LONGEST_MESSAGE)))
    escaped = BEGINS_LINE.sub(r"\1\\\2", escaped)
    broken = escaped.replace("<", "<\u200b").replace("@", "@\u200b")
    return LINKS.sub("\\1\u200b:", broken)


def bold(prompt: str) -> str:
    """A prompt in bold, limited in characters, bytes and lines: surplus lines are joined to the last one."""
    text = neutral(cut(prompt.strip(), SHOWN_CHARACTERS))
    while len(text.encode()) > SHOWN_BYTES:
        text = text[: len(text) * 9 // 10].rstrip("\\") + "…"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    shown, rest = lines[: SHOWN_LINES - 1], lines[SHOWN_LINES - 1 :]
    return "**" + "\n".join([*shown, *[" ".join(rest)] * bool(rest)]) + "**"


def cut(text: str, most: int) -> str:
    """At most `most` characters, ending in … if something was cut."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def cut_marked(text: str, most: int) -> str:
    """Likewise for text with Markdown: no mention, time, link or escape is left incomplete, and bold text is closed."""
    if len(text) <= most:
        return text
    kept = UNFINISHED.sub("", text[: most - len(f"…{BOLD}")]).rstrip()
    is_bold = re.sub(r"\\.", "", kept).count(BOLD) % 2
    return f"{kept}…{BOLD if is_bold else ''}"


def cut_to(text: str, most: int, size: int) -> str:
    """At most `most` characters and `size` bytes, ending in … if something was cut."""
    shown = cut(text, most)
    while len(shown.encode()) > size:
        shown = cut(shown, len(shown) * 9 // 10)
    return shown


def one_line(text: str, most: int) -> str:
    return cut(" ".join(text.split()), most)


def money(amount: Usd, locale: str = ENGLISH) -> str:
    """In cents as people write them ($0.40), rounded only once; less than a cent, but not zero, is <$0.01."""
    dollars = Decimal(amount.micros) / MICROS_PER_DOLLAR
    if 0 < abs(dollars) < CENT:
        sign = "-" if dollars < 0 else ""
        return f"{sign}<{format_currency(CENT, 'USD', locale=locale)}"
    return format_currency(dollars.quantize(CENT, ROUND_HALF_UP), "USD", locale=locale)


def rate(amount: Usd, locale: str = ENGLISH) -> str:
    """The price of a second or of an image, which may have a third digit ($0.125)."""
    dollars = Decimal(amount.micros) / MICROS_PER_DOLLAR
    usual = locale_of(locale).currency_formats["standard"].pattern
    pattern = usual.replace("0.00", "0.00#")
    if 0 < dollars < MILL:
        return f"<{format_currency(MILL, 'USD', pattern, locale, currency_digits=False)}"
    return format_currency(dollars.quantize(MILL, ROUND_HALF_UP), "USD", pattern, locale, currency_digits=False)


@functools.lru_cache(1024)  # the same few numbers are on every card, and Babel takes 50 µs for one
def number(many: int, locale: str = ENGLISH) -> str:
    return format_decimal(many, locale=locale)


def megabytes(size: int, locale: str = ENGLISH) -> str:
    return format_decimal(Decimal(size) / 2**20, "#,##0.0", locale=locale)


def gigabytes(size: int, locale: str = ENGLISH) -> str:
    return format_decimal(Decimal(size) / 2**30, "#,##0.0", locale=locale)


def listed(values: list[str], locale: str = ENGLISH, *, every: bool = False) -> str:
    """`4, 8 or 12`; with `every`, `4, 8 and 12`."""
    return format_list(values, "standard" if every else "or", LISTS_AS.get(locale, locale))


def ordinal(place: int, locale: str = ENGLISH) -> str:
    """1st, 2nd, 3rd, 11th, 21st …; each language has its own rules."""
    match locale:
        case "de":
            return f"{place}."
        case "fr":
            return "1er" if place == 1 else f"{place}e"
        case "es" | "pt_BR":
            return f"{place}º"
        case "ja":
            return f"{place}番目"
        case _:
            ending = "th" if 10 <= place % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
            return f"{place}{ending}"


def bar(percent: int, *, estimated: bool = False) -> str:
    full = percent * BAR_CELLS // 100
    return "▰" * full + "▱" * (BAR_CELLS - full) + (" ≈" if estimated else "") + f" {percent}%"


def relative(moment: datetime) -> str:
    """A relative time that Discord keeps up to date on every screen."""
    return f"<t:{int(moment.timestamp())}:R>"


def clock(moment: datetime) -> str:
    """A time of day that Discord shows in the reader's time zone."""
    return f"<t:{int(moment.timestamp())}:t>"


def minutes(seconds: int) -> str:
    """As 1:20, or 1:05:00 from an hour on."""
    whole, rest = divmod(seconds, 60)
    return f"{whole}:{rest:02}" if whole < 60 else f"{whole // 60}:{whole % 60:02}:{rest:02}"


def local_day(moment: datetime) -> str:
    """A day that Discord shows in the reader's language and time zone."""
    return f"<t:{int(moment.timestamp())}:D>"


def weekdays(locale: str = ENGLISH) -> tuple[str, ...]:
    """Their names, from Monday on, in the form used alone."""
    names = get_day_names("wide", "stand-alone", locale)
    return tuple(names[number][:1].upper() + names[number][1:] for number in range(7))


def day(on: date, style: DayStyle, locale: str = ENGLISH) -> str:
    if locale == ENGLISH:
        return format_date(on, DAYS[style], locale)
    return format_skeleton(SKELETONS[style], on, locale=locale)


def month(at: datetime, locale: str = ENGLISH) -> str:
    """As December."""
    return format_date(at, MONTH, locale)
