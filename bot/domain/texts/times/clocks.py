"""Times as people say them: `18:00`, `Sunday 6 pm`, `morgen um 18 Uhr 30`, `午後6時半`, `half past six`, `tonight`.

Texts are plain words, as `day_words.plain_words` makes them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time

from bot.data_classes import value_object
from bot.domain.texts.times.lengths import LONGEST, NUMBERS, one_of

_HOUR = rf"(?P<hour>\d{{1,2}}|(?:{one_of({word: each for word, each in NUMBERS.items() if word.isascii()})})\b)"
_EARLY = r"a\.?m\.?|in the morning|morgens|fruh|vormittags|du matin|de la manana|da manha"
_LATE = (
    r"p\.?m\.?|in the (?:afternoon|evening)|nachmittags|abends|de l'apres-midi|du soir|de la (?:tarde|noche)"
    r"|da (?:tarde|noite)"
)
_HALF = rf"(?:\s*(?:(?P<early>{_EARLY})|(?P<late>{_LATE})))?"
_MINUTE = r"\s*(?:[:.]|h|uhr|heures?|時)\s*(?P<minute>\d{2})(?::\d{2})?(?:分|\s*(?:uhr|h|heures|horas)\b)?"
_FULL_HOUR = r"\s*(?P<oclock>uhr|h|heures?|horas?|時)(?P<plus>半|\s+(?:et demie|y media|e meia))?"
FIGURES = rf"(?:(?P<forenoon>午前)|(?P<afternoon>午後))?{_HOUR}(?:{_MINUTE}|{_FULL_HOUR})?{_HALF}"
# How it is said with twelve hours only, and the minutes after the hour.
TWELVE_HOURS = (
    (rf"{_HOUR}\s*o'?clock{_HALF}", 0),
    (rf"half past {_HOUR}{_HALF}", 30),
    (rf"halb {_HOUR}{_HALF}", -30),
    (rf"{_HOUR}\s+(?:et demie|y media|e meia){_HALF}", 30),
    (rf"(?:(?:a )?quarter past|viertel nach) {_HOUR}{_HALF}", 15),
    (rf"(?:(?:a )?quarter to|viertel vor) {_HOUR}{_HALF}", -15),
    (rf"{_HOUR}\s+(?:heures )?(?:et quart|y cuarto){_HALF}", 15),
    (rf"{_HOUR}\s+(?:heures )?(?:moins le quart|menos cuarto){_HALF}", -15),
)
NOON = r"(?:12 )?noon|midday|mittags?|midi|mediodia|meio-dia|正午"
MIDNIGHT = r"(?:12 )?midnight|mitternacht|minuit|medianoche|meia-noite|24(?::00|\s*h|\s*uhr|時)|真夜中"
EVENING = r"(?:this )?evening|night|abend|soir|(?:por la|esta) noche|(?:a|esta) noite|の?夜|tonight|今夜|今晩"
EVENINGS = rf".*?\s*(?:{EVENING})"
# Hours that each part of a day has; 12 at night is the next day.
_DAY_PARTS = (
    (range(17, 24), EVENING),
    (range(12, 20), "afternoon|nachmittag|apres-midi|por la tarde|a tarde"),
    (range(12), "morning|fruh|vormittag|matin|por la manana|de manha|の?朝"),
)
DAY_PARTS = tuple((hours, rf"(?P<day>.*?)\s*(?:{words})(?:の)?") for hours, words in _DAY_PARTS)
_AT = r"(?:(?:at|um|a|au|ao|al|as|a las?)\s+)?"


def _on_a_day(clock: str) -> tuple[str, str]:
    """A clock behind its day, and before it."""
    return (
        rf"(?P<day>.*?)(?:,?(?:\s+|(?<=\d)t)|^|(?<=[日曜夜晩朝)])の?){_AT}(?:{clock})",
        rf"{_AT}(?:{clock}),?\s+(?P<day>.+)",
    )


_FIGURES, _NOON, _MIDNIGHT = _on_a_day(FIGURES), _on_a_day(NOON), _on_a_day(MIDNIGHT)
_TWELVE_HOURS = tuple((_on_a_day(clock), minutes) for clock, minutes in TWELVE_HOURS)
HALF_A_DAY = 12 * 60  # minutes
NO_DAYS = frozenset(("this", "ce", "in the", "am"))  # what is left of `this evening` and `ce soir`
PARTS = ("minute", "oclock", "early", "late")


@value_object
class SpokenTime:
    """`day`: its words; empty if there are none. `minutes`: of that day, two if either half of it may be meant.

    Without any, it is the end of the day.
    """

    day: str
    minutes: tuple[int, ...] = ()

    @property
    def times(self) -> Sequence[time]:
        return [time(*divmod(minutes, 60)) for minutes in self.minutes]


def spoken_time(plain: str) -> SpokenTime | None:
    """None for a text that is none."""
    if len(plain) > LONGEST:
        return None
    for each in _MIDNIGHT:
        if found := re.fullmatch(each, plain):
            return _within(found["day"], ())
    for each in _NOON:
        if found := re.fullmatch(each, plain):
            return _within(found["day"], (HALF_A_DAY,))
    return _of_twelve(plain) or _in_figures(plain) or _evening(plain)


def _in_figures(plain: str) -> SpokenTime | None:
    """A bare number is no time, but it is in `tomorrow evening at 8`."""
    for each in _FIGURES:
        found = re.fullmatch(each, plain)
        if found is None or not (any(found[part] for part in PARTS) or _part_of(found["day"])):
            continue
        is_japanese = bool(found["forenoon"] or found["afternoon"])  # whose noon is `午後0時`
        has_half = is_japanese or bool(found["early"] or found["late"])
        hour, minute = _hour(found), 30 if found["plus"] else int(found["minute"] or 0)
        if hour > (12 if has_half else 23) or (has_half and not is_japanese and hour == 0) or minute > 59:
            return None
        late = bool(found["late"] or found["afternoon"])
        minutes = 60 * (hour % 12 + 12 * late if has_half else hour) + minute
        return _within(found["day"], (minutes,), is_clear=has_half)
    return None


def _of_twelve(plain: str) -> SpokenTime | None:
    for patterns, after in _TWELVE_HOURS:
        for each in patterns:
            if (found := re.fullmatch(each, plain)) is None:
                continue
            hour = _hour(found)
            if not 1 <= hour <= 23:
                return None
            early = (60 * (hour % 12) + after) % HALF_A_DAY
            late = early + HALF_A_DAY
            if hour > 12:
                return _within(found["day"], (late,), is_clear=True)
            said = (early,) if found["early"] else (late,) if found["late"] else (early, late)
            return _within(found["day"], said, is_clear=len(said) == 1)
    return None


def _evening(plain: str) -> SpokenTime | None:
    """`tomorrow evening`, without a clock."""
    part = _part_of(plain) if re.fullmatch(EVENINGS, plain) else None
    return None if part is None else SpokenTime(day=part[1])


def _part_of(day: str) -> tuple[range, str] | None:
    """Of `tomorrow evening`: its hours, and `tomorrow`."""
    for hours, part in DAY_PARTS:
        if found := re.fullmatch(part, day.strip().removesuffix(",")):
            before = found["day"]
            return hours, "" if before in NO_DAYS else before
    return None


def _within(day: str, minutes: tuple[int, ...], *, is_clear: bool = False) -> SpokenTime | None:
    """`is_clear`: it was said which half of the day is meant; otherwise `tomorrow evening` says it."""
    if (part := _part_of(day)) is None:
        return SpokenTime(day=day.strip().removesuffix(","), minutes=minutes)
    hours, rest = part
    if not is_clear and minutes:
        either = dict.fromkeys(half for each in minutes for half in (each, (each + HALF_A_DAY) % (2 * HALF_A_DAY)))
        minutes = tuple(each for each in either if each // 60 in hours)
        if len(minutes) != 1:
            return None
    return SpokenTime(day=rest, minutes=minutes)


def _hour(found: re.Match[str]) -> int:
    return NUMBERS.get(found["hour"]) or int(found["hour"])
