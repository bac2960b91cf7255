"""What contests show: when they end, who won, and what each member is offered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from discord.ui import Button, LayoutView, TextDisplay

from bot.domain.errors import BadRequest
from bot.domain.ids import JobId
from bot.domain.messages import plain
from bot.domain.money.calendar import Calendar
from bot.domain.ports.studio.contests import ContestCard, ContestResult
from bot.domain.studio.contests.contest import (
    Contest,
    ContestId,
    ContestRules,
    ContestState,
    ContestTimes,
    FinalCount,
)
from bot.domain.studio.contests.deadlines import read_deadline
from bot.domain.studio.contests.outcome import ContestPlace, places
from bot.domain.studio.library import VideoFilter, VideoPage
from bot.domain.texts.languages import LANGUAGES, reading
from bot.jobs.use_cases.studio.contests.enter import EntryChoices
from bot.jobs.use_cases.studio.contests.vote import Ballot
from bot.ui.cards.contests.card import ContestMessage, ContestResultMessage, ShownWinners
from bot.ui.screens.contests.enter import EnterScreen
from bot.ui.screens.contests.vote import PER_PAGE, BallotFacts, BallotScreen
from bot.ui.text.phrases.studio.contest_ends import DEADLINE_HINT
from bot.ui.text.render import plain_text
from tests.builders import ANN, CHANNEL, GUILD, MAX, NOON, a_done_job, a_request
from tests.views import everything

BERLIN = Calendar(ZoneInfo("Europe/Berlin"))  # one hour ahead of UTC; NOON is a Monday
DAY = timedelta(days=1)


NEXT_WEEK = ("next week", "nächste Woche", "la semaine prochaine", "la próxima semana", "semana que vem", "来週")
SUNDAY_NEXT_WEEK = (
    "Sunday next week",
    "nächste Woche Sonntag",
    "dimanche de la semaine prochaine",
    "el domingo de la semana que viene",
    "domingo da próxima semana",
    "来週の日曜日",
)
HALF_PAST_SIX = (
    "18h30",
    "18 h 30",
    "18 Uhr 30",
    "half past six pm",
    "today at half past six in the evening",
    "heute Abend um halb sieben",
    "ce soir à six heures et demie",
    "a las seis y media de la tarde",
    "hoje à noite às 6 e meia",
    "午後6時半",
    "6:30 pm today",
)
NOON_TOMORROW = ("tomorrow noon", "morgen Mittag", "demain à midi", "mañana al mediodía", "amanhã ao meio-dia", "正午")
SUNDAY_EVENING = (
    "Sunday evening",
    "Sonntagabend",
    "dimanche soir",
    "domingo por la noche",
    "日曜の夜",
    "Sunday midnight",
)
EIGHT_TOMORROW = ("tomorrow evening at 8", "morgen Abend um 8", "demain soir à 8h", "明日の夜8時", "8 p.m. tomorrow")
TWO_DAYS_AND_HALF_AN_HOUR = (
    "2 days and half an hour",
    "2 days and a half an hour",
    "2 días y media hora",
    "2 dias e meia hora",
    "2 jours et demi-heure",
    "2 Tage und eine halbe Stunde",
)
AN_HOUR_AND_A_HALF = ("1.5 hours", "anderthalb Stunden", "in 1 h 30 min", "1時間半", "une heure et demie", "1,5 Std")


@pytest.mark.parametrize(
    ("typed", "at"),
    [
        ("3 days", NOON + 3 * DAY),
        ("in 12 h", NOON + DAY / 2),
        ("Sunday", datetime(2026, 11, 29, 22, 59, tzinfo=UTC)),
        ("today", datetime(2026, 11, 23, 22, 59, tzinfo=UTC)),
        ("2026-12-24", datetime(2026, 12, 24, 22, 59, tzinfo=UTC)),
        ("Sunday 18:00", datetime(2026, 11, 29, 17, 0, tzinfo=UTC)),
        ("24 Dec, 6 pm", datetime(2026, 12, 24, 17, 0, tzinfo=UTC)),
        ("tomorrow at 9.30", datetime(2026, 11, 24, 8, 30, tzinfo=UTC)),
        ("20:00", datetime(2026, 11, 23, 19, 0, tzinfo=UTC)),
        ("11:00", datetime(2026, 11, 24, 10, 0, tzinfo=UTC)),
        ("Monday 11:00", datetime(2026, 11, 30, 10, 0, tzinfo=UTC)),
        ("12 am", datetime(2026, 11, 23, 23, 0, tzinfo=UTC)),
        *((typed, NOON + 3 * DAY) for typed in ("in 3 Tagen", "3 jours", "en 3 días", "em 3 dias", "3日後")),
        *((typed, NOON + 3 * DAY) for typed in ("dentro de 3 días", "daqui a 3 dias", "3日間")),
        *((typed, NOON + 14 * DAY) for typed in ("2 Wochen", "dans 2 semaines", "2 semanas", "2週間")),
        *((typed, NOON + 7 * DAY) for typed in ("a week", "in einer Woche", "dans une semaine", "em uma semana")),
        *((typed, NOON + 7 * DAY) for typed in ("en una semana", "dentro de una semana", "1週間後", "一週間後")),
        *(
            (typed, datetime(2026, 11, 26, 17, 0, tzinfo=UTC))
            for typed in ("em 3 dias às 18:00", "in 3 Tagen um 18 Uhr")
        ),
        ("24.12.26 18:00", datetime(2026, 12, 24, 17, 0, tzinfo=UTC)),
        *(
            (typed, datetime(2026, 11, 29, 17, 0, tzinfo=UTC))
            for typed in (
                "Sonntag um 18 Uhr",
                "am Sonntag um 18 Uhr",
                "le dimanche à 18 h",
                "dimanche à 18h",
                "domingo a las 18:00",
                "domingo às 18h00",
                "日曜日 18時",
                "日曜日18時",
                "11月29日18時",
            )
        ),
        ("Montag 11:00", datetime(2026, 11, 30, 10, 0, tzinfo=UTC)),
        ("am Montag um 11:00", datetime(2026, 11, 30, 10, 0, tzinfo=UTC)),
        *((typed, NOON + 30 * DAY) for typed in ("1 month", "in einem Monat", "un mois", "un mes", "um mês", "1か月")),
        *(
            (typed, datetime(2026, 11, 30, 17, 0, tzinfo=UTC))
            for typed in (
                "next Monday 6 pm",
                "am nächsten Montag um 18 Uhr",
                "lundi prochain à 18h",
                "次の月曜日午後6時",
            )
        ),
        ("午後6時", datetime(2026, 11, 23, 17, 0, tzinfo=UTC)),
        ("明日の午後6時30分", datetime(2026, 11, 24, 17, 30, tzinfo=UTC)),
        ("次の月曜日午後6時", datetime(2026, 11, 30, 17, 0, tzinfo=UTC)),
        *((typed, datetime(2026, 11, 30, 22, 59, tzinfo=UTC)) for typed in NEXT_WEEK),
        *((typed, datetime(2026, 12, 6, 22, 59, tzinfo=UTC)) for typed in SUNDAY_NEXT_WEEK),
        *((typed, datetime(2026, 11, 23, 17, 30, tzinfo=UTC)) for typed in HALF_PAST_SIX),
        *((typed, datetime(2026, 11, 24, 11, 0, tzinfo=UTC)) for typed in NOON_TOMORROW),
        *((typed, datetime(2026, 11, 29, 22, 59, tzinfo=UTC)) for typed in SUNDAY_EVENING),
        *((typed, datetime(2026, 11, 24, 19, 0, tzinfo=UTC)) for typed in EIGHT_TOMORROW),
        *((typed, NOON + timedelta(minutes=90)) for typed in AN_HOUR_AND_A_HALF),
        *((typed, NOON + 2 * DAY + timedelta(minutes=30)) for typed in TWO_DAYS_AND_HALF_AN_HOUR),
        ("2 días y media", NOON + 2.5 * DAY),
        ("6時半", datetime(2026, 11, 24, 5, 30, tzinfo=UTC)),
        ("24 Dec 2026, 24:00", datetime(2026, 12, 24, 22, 59, tzinfo=UTC)),
        ("2026-12-24T18:00:00", datetime(2026, 12, 24, 17, 0, tzinfo=UTC)),
        ("12月24日（木）18時", datetime(2026, 12, 24, 17, 0, tzinfo=UTC)),
        ("1 day 12 hours", NOON + 1.5 * DAY),
        ("tomorrow afternoon at 12:30", datetime(2026, 11, 24, 11, 30, tzinfo=UTC)),
        ("tomorrow morning at half past nine", datetime(2026, 11, 24, 8, 30, tzinfo=UTC)),
        ("half past 18", datetime(2026, 11, 23, 17, 30, tzinfo=UTC)),
        ("quarter past twelve am", datetime(2026, 11, 23, 23, 15, tzinfo=UTC)),
        ("午前6時", datetime(2026, 11, 24, 5, 0, tzinfo=UTC)),
        ("午後0時", datetime(2026, 11, 24, 11, 0, tzinfo=UTC)),
    ],
)
def test_a_deadline_is_read_by_the_servers_clocks(typed: str, at: datetime) -> None:
    assert read_deadline(typed, NOON, BERLIN) == at


def test_a_month_ends_at_the_same_time_whatever_clocks_did_in_between() -> None:
    before_summer = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)  # 13:00 in Berlin
    assert read_deadline("1 month", before_summer, BERLIN) == datetime(2026, 4, 15, 11, 0, tzinfo=UTC)
    half_past_two = datetime(2026, 1, 29, 1, 30, tzinfo=UTC)  # in an hour that 29 March does not have there
    assert read_deadline("2 months", half_past_two, BERLIN) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    assert read_deadline("1 month", datetime(2027, 1, 31, 12, tzinfo=UTC), BERLIN).date() == date(2027, 2, 28)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_examples_beside_the_field_are_read_in_each_language(language: str) -> None:
    hint = plain_text(DEADLINE_HINT, language)
    examples = re.split(r"[;；（]| など|など", hint)[0]
    day, at_six, date, *after = re.split(r", |、| oder | or | ou | o ", examples)
    ends = [read_deadline(each, NOON, BERLIN) for each in (day, at_six, date, *after)]
    sunday = datetime(2026, 11, 29, 22, 59, tzinfo=UTC)
    christmas = datetime(2026, 12, 24, 22, 59, tzinfo=UTC)
    assert ends == [sunday, datetime(2026, 11, 29, 17, 0, tzinfo=UTC), christmas, NOON + 3 * DAY]


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "isn't a time that can be read"),
        ("soon", "isn't a time that can be read"),
        ("24日", "isn't a time that can be read"),  # either the 24th, or in 24 days
        ("9999-12-31", "a year at most"),
        ("31.12.9999 um 23 Uhr", "a year at most"),
        ("9999 years", "a year at most"),
        ("0001-01-01", "has passed"),
        ("0001-01-01 00:30", "has passed"),
        ("half past six", "could be 06:30 or 18:30"),
        ("Sonntag um halb sieben", "could be 06:30 or 18:30"),
        ("el domingo a las seis y cuarto", "could be 06:15 or 18:15"),
        ("6 o'clock", "could be 06:00 or 18:00"),
        ("quarter to 1", "could be 00:45 or 12:45"),
        ("tonight at 12", "isn't a time that can be read"),
        ("tomorrow evening at 0:30", "isn't a time that can be read"),
        ("Friday night at 2", "isn't a time that can be read"),
        ("half past 24", "isn't a time that can be read"),
        ("Tuesday, 24 December", "another day of the week"),
        ("Sunday 25:00", "isn't a time that can be read"),
        ("Sunday 13 pm", "isn't a time that can be read"),
        ("18", "isn't a time that can be read"),
        ("午後13時", "isn't a time that can be read"),
        ("午後6", "isn't a time that can be read"),
        ("9999 months", "a year at most"),
        ("3 Fische", "isn't a time that can be read"),
        ("3/11", "Write the month as a word"),
        ("today 11:00", "has passed"),
        ("2 min", "too soon"),
        ("400 days", "a year at most"),
        ("9999 weeks", "a year at most"),
    ],
)
def test_what_is_no_deadline_is_not_guessed(typed: str, told: str) -> None:
    with pytest.raises(BadRequest, match=rf"{told}.*Nothing was changed"):
        read_deadline(typed, NOON, BERLIN)


@pytest.mark.parametrize(
    ("language", "typed", "clear"),
    [
        ("fr", "20h", "dans 20 heures"),
        ("fr", "20 heures", "dans 20 heures"),
        ("de", "20 h", "in 20 Stunden"),
        ("es", "20 horas", "en 20 horas"),
        ("pt_BR", "20h", "em 20 horas"),
    ],
)
def test_where_people_write_a_time_of_day_like_a_length_they_are_asked_which(
    language: str, typed: str, clear: str
) -> None:
    with reading(language):
        with pytest.raises(BadRequest) as refused:
            read_deadline(typed, NOON, BERLIN)
        assert "20:00" in plain_text(refused.value.message)
        assert clear in plain_text(refused.value.message)
        assert read_deadline(clear, NOON, BERLIN) == NOON + timedelta(hours=20)
        assert read_deadline("20:00", NOON, BERLIN) == datetime(2026, 11, 23, 19, 0, tzinfo=UTC)
    assert read_deadline("20h", NOON, BERLIN) == NOON + timedelta(hours=20)


def test_as_many_votes_are_the_same_place() -> None:
    a, b, c, d = (JobId(f"AAAAA{letter}") for letter in "ABCD")
    assert places({a: 3, b: 3, c: 1, d: 0}) == {a: 1, b: 1, c: 3, d: 4}
    assert places({}) == {}


def a_contest(**changes: Any) -> Contest:
    usual: dict[str, Any] = {
        "id": ContestId("0" * 16),
        "guild_id": GUILD,
        "channel_id": CHANNEL,
        "theme": "Winter *games*",
        "rules": ContestRules(),
        "times": ContestTimes(enter_until=NOON + DAY, vote_until=NOON + DAY),
        "started_at": NOON,
    }
    return Contest(**{**usual, **changes})


def text_of(view: LayoutView) -> str:
    return "\n".join(part.content for part in view.walk_children() if isinstance(part, TextDisplay))


def labels(view: LayoutView) -> list[str]:
    parts = [getattr(part, "item", part) for part in view.walk_children()]
    return [str(part.label) for part in parts if isinstance(part, Button)]


def over(entries: int, winners: int, *standings: ContestPlace) -> ContestResult:
    contest = a_contest(state=ContestState.OVER, counted=FinalCount(entries=entries, winners=winners))
    return ContestResult(contest=contest, standings=standings)


def placed(place: int, votes: int, owner: int = ANN, *, is_gone: bool = False) -> ContestPlace:
    job = a_done_job(id=JobId(f"AAAAA{'ABCDE'[place + owner - ANN - 1]}"), owner_id=owner)
    return ContestPlace(job_id=job.id, member_id=owner, place=place, votes=votes, job=None if is_gone else job)


@pytest.mark.parametrize(
    ("result", "told", "left_out"),
    [
        pytest.param(over(0, 0), "Nobody entered a video, so nobody wins.", "<@", id="no entries"),
        pytest.param(over(1, 0, placed(1, 0)), "Nobody voted, so nobody wins.", "<@", id="no votes"),
        pytest.param(over(2, 1, placed(1, 2), placed(2, 1, MAX)), "· 2 votes\n2. **AAAAAC", "A tie", id="a winner"),
        pytest.param(over(2, 2, placed(1, 1), placed(1, 1, MAX)), "A tie: 2 videos have the", "2. **", id="a tie"),
        pytest.param(
            over(2, 1, placed(1, 2, is_gone=True), placed(2, 1, MAX)),
            "1 winning video has been removed since.\n2. **AAAAAC",
            f"<@{ANN}>",
            id="the winner is gone",
        ),
        pytest.param(over(2, 1, placed(2, 1, MAX)), "1 winning video has been removed", f"<@{ANN}>", id="and erased"),
    ],
)
def test_a_result_says_who_won_and_that_nobody_did(result: ContestResult, told: str, left_out: str) -> None:
    said = text_of(ContestResultMessage(result, ShownWinners()))
    assert told.replace("AAAAAC", "AAA-AAC") in said
    assert left_out not in said


@pytest.mark.parametrize(
    ("contest", "told", "offered"),
    [
        (a_contest(), "Enter and vote until", ["Enter a video", "Vote", "Manage…"]),
        (
            a_contest(times=ContestTimes(enter_until=NOON + DAY, vote_until=NOON + 2 * DAY)),
            "Then vote until",
            ["Enter a video", "Manage…"],
        ),
        (
            a_contest(times=ContestTimes(enter_until=NOON, vote_until=NOON + DAY)),
            "All videos are in. Vote until",
            ["Vote", "Your videos…", "Manage…"],
        ),
        (a_contest(state=ContestState.CANCELLED), "was cancelled", []),
        (a_contest(state=ContestState.OVER, result_id=7), f"/{GUILD}/{CHANNEL}/7)", []),
    ],
)
def test_a_card_offers_what_can_be_done_now(contest: Contest, told: str, offered: Sequence[str]) -> None:
    card = ContestMessage(ContestCard(contest=contest, entries=1, now=NOON))
    assert told in text_of(card)
    assert labels(card) == offered


def test_what_is_kept_no_longer_is_not_offered() -> None:
    page = VideoPage(wanted=VideoFilter(), jobs=[a_done_job(expired_at=NOON)], newer=False, older=False)
    screen = EnterScreen(EntryChoices(contest=a_contest(), own=(), offered=page))
    assert "no finished video that fits" in text_of(screen)
    assert len(list(screen.walk_children())) == 1


def test_who_may_make_no_videos_is_told_why_instead_of_being_sent_to_create() -> None:
    page = VideoPage(wanted=VideoFilter(), jobs=[], newer=False, older=False)
    choices = EntryChoices(contest=a_contest(), own=(), offered=page, refusal=plain("You lack a role."))
    assert text_of(EnterScreen(choices)).endswith("You have no finished video that fits. You lack a role.")
    assert "`/create` makes one" in text_of(EnterScreen(replace(choices, refusal=None)))


def test_ones_own_videos_are_offered_with_what_their_models_are_called() -> None:
    page = VideoPage(wanted=VideoFilter(), jobs=[a_done_job()], newer=False, older=False)
    screen = EnterScreen(EntryChoices(contest=a_contest(), own=(), offered=page), label=str.upper)
    assert "SORA-2 · 4 s" in str(everything(screen))


def test_the_largest_pages_fit_what_discord_takes() -> None:
    longest = a_request(prompt="@" * 1000)
    jobs = [a_done_job(id=JobId(f"AAAA{a}{b}"), request=longest) for a in "ABCDE" for b in "ABCDE"]
    contest = a_contest(rules=ContestRules(entries_each=10), theme="*" * 120)
    page = VideoPage(wanted=VideoFilter(), jobs=jobs, newer=True, older=True)
    for own in ((), jobs[:9], jobs[:10]):
        screen = EnterScreen(EntryChoices(contest=contest, own=own, offered=page))
        assert len(text_of(screen)) <= 4000
        assert screen.total_children_count <= 40
    ballot = Ballot(contest=contest, entries=jobs, votes=frozenset())
    about = BallotFacts(reader_id=MAX, page=1, posters=frozenset(job.id for job in jobs))
    screen_of_votes = BallotScreen(ballot, about)
    assert labels(screen_of_votes)[-2:] == ["Previous", "Next"]
    assert len(labels(screen_of_votes)) == PER_PAGE + 2
    assert screen_of_votes.total_children_count <= 40
    assert len(text_of(screen_of_votes)) <= 4000
