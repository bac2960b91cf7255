"""Deadlines as people write them: `Sunday`, `Sunday 18:00`, `24 Dec 2026 6 pm`, `3 days`, `12h`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from bot.data_classes import value_object
from bot.domain.errors import BadRequest, changing_nothing
from bot.domain.messages import Day, Foreign, Moment, MomentStyle, Term, msg, msg_n
from bot.domain.money.calendar import Calendar
from bot.domain.queue.ages import LONGEST_TYPED, moment_away
from bot.domain.texts.languages import reader
from bot.domain.texts.times.clocks import SpokenTime, spoken_time
from bot.domain.texts.times.dates import NotADayError, read_day
from bot.domain.texts.times.day_words import plain_words, weekday_of, without_preposition
from bot.domain.texts.times.lengths import Length

LAST_MINUTE = timedelta(minutes=1)  # midnight reads as the day after
SOONEST = timedelta(minutes=5)
LATEST = timedelta(days=366)
# Where `20h` is how people write a time of day, and `20 heures` how they say it.
HOURS_OF_THE_DAY = frozenset(("de", "es", "fr", "pt_BR"))
BARE_HOURS = r"(?P<hours>0?[1-9]|1\d|2[0-3])\s*(?:h|heures?|horas?)"
TOO_FAR = msg("That's too far ahead: a contest can last a year at most.")


def read_deadline(typed: str, now: datetime, calendar: Calendar) -> datetime:
    """A future time. For a day, its last minute in the server's time zone. Raises BadRequest."""
    with changing_nothing():
        return _checked(_Reader(typed=typed, now=now, calendar=calendar).read(), now)


@value_object
class _Reader:
    typed: str
    now: datetime
    calendar: Calendar

    def read(self) -> datetime:
        text = plain_words(self.typed)
        if reader() in HOURS_OF_THE_DAY and (bare := re.fullmatch(BARE_HOURS, text)):
            raise self._time_or_length(int(bare["hours"]))
        try:
            if (ahead := moment_away(Length.ahead(text), self.now, self.calendar)) is not None:
                return ahead
        except OverflowError:
            raise BadRequest(TOO_FAR) from None
        try:
            return self._end_of(self._day(text))
        except NotADayError:
            spoken = spoken_time(text)
            if spoken is None:
                raise self._unclear() from None
        return self._at(spoken)

    @property
    def _today(self) -> date:
        return self.calendar.local(self.now).date()

    def _day(self, text: str) -> date:
        """One that is over, or too far ahead, may not exist in UTC."""
        day = read_day(text, self._today, ahead=True)
        if day < self._today:
            raise BadRequest(msg("{day} has passed. Pick a time to come.", day=Day(day)))
        if day > self._today + LATEST:
            raise BadRequest(TOO_FAR)
        return day

    def _end_of(self, day: date) -> datetime:
        return self.calendar.next_day(self.calendar.midnight(day)) - LAST_MINUTE

    def _at(self, spoken: SpokenTime) -> datetime:
        try:
            day = self._day(spoken.day) if spoken.day else self._today
        except NotADayError:
            raise self._unclear() from None
        match spoken.times:
            case []:
                return self._end_of(day)
            case [clock]:
                return self._next(day, clock, spoken.day)
            case clocks:
                raise self._either(clocks)

    def _next(self, day: date, clock: time, said: str) -> datetime:
        """Without a day, the next time the clock shows it; on a weekday that is today, in a week if it has passed."""
        at = datetime.combine(day, clock, self.calendar.zone)
        if at <= self.now and (not said or weekday_of(without_preposition(said)) == day.weekday()):
            at += timedelta(days=7 if said else 1)
        return at.astimezone(UTC)

    def _either(self, clocks: Sequence[time]) -> BadRequest:
        one, other = (Term(f"{clock:%H:%M}") for clock in clocks)
        return BadRequest(
            msg(
                "“{typed}” could be {one} or {other}. Write it like {other}.",
                typed=self._shown(),
                one=one,
                other=other,
            )
        )

    def _time_or_length(self, hours: int) -> BadRequest:
        return BadRequest(
            msg_n(
                "“{typed}” could be {clock} or an hour from now. Write {clock} or in {count} hour.",
                "“{typed}” could be {clock} or {count} hours from now. Write {clock} or in {count} hours.",
                hours,
                typed=self._shown(),
                clock=Term(f"{time(hours):%H:%M}"),
            )
        )

    def _unclear(self) -> BadRequest:
        return BadRequest(
            msg(
                "“{typed}” isn't a time that can be read. Write Sunday, Sunday 18:00, 2026-12-24 or 3 days.",
                typed=self._shown(),
            )
        )

    def _shown(self) -> Foreign:
        return Foreign(" ".join(self.typed.split())[:LONGEST_TYPED])


def _checked(at: datetime, now: datetime) -> datetime:
    if at <= now:
        raise BadRequest(
            msg(
                "{day}, {time} has passed. Pick a time to come.",
                day=Moment(at, MomentStyle.DAY),
                time=Moment(at, MomentStyle.CLOCK),
            )
        )
    if at < now + SOONEST:
        raise BadRequest(msg("That's too soon: leave people at least 5 minutes."))
    if at > now + LATEST:
        raise BadRequest(TOO_FAR)
    return at
