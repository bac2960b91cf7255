"""/stats."""

from __future__ import annotations

from bot.domain.messages import Count, Duration, Message, Money, Term, VideoId, joined, msg, msg_n, value
from bot.domain.money.costs import CANCELLED, MADE, UNDECIDED, Period
from bot.domain.phases import Cause
from bot.domain.stats import ModelStats, Remixed, VideoStats
from bot.domain.studio.words import rating
from bot.ui.text.phrases.reports.costs import period
from bot.ui.text.phrases.values import dotted, lines, person, prompt, words

OUTCOMES = {
    MADE: msg("Made"),
    UNDECIDED: msg("Waiting for a manager"),
    CANCELLED: msg("Cancelled"),
    Cause.MODERATION.value: msg("Prompt or image rejected"),
    Cause.INVALID.value: msg("Request not possible"),
    Cause.PROVIDER.value: msg("Service error"),
    Cause.EXPIRED.value: msg("Expired at the service"),
    Cause.TIMEOUT.value: msg("Took too long"),
    Cause.ACCESS.value: msg("Access lost while waiting"),
}
OTHER = msg("Other")
ENOUGH = 10  # renders from which on "9 of 10" makes sense
BY_MODEL = msg("**By model**")
OUTCOME_TITLE = msg("**How orders ended**")
REMIXED_TITLE = msg("**Most remixed**")
NOTHING = msg("Times, prices and busy hours appear here once there are some.")
MADE_BY_DAY, MADE_BY_MONTH, BY_HOUR = msg("Videos by day"), msg("Videos by month"), msg("Orders by hour")


def title(stats: VideoStats, asked: Period) -> Message:
    made = msg_n("{count} video made", "{count} videos made", stats.videos)
    head = msg("**{made} {period}**", made=made, period=period(asked))
    return dotted(head, success(stats), average(stats))


def success(stats: VideoStats) -> Message | None:
    """The share of successful orders among all that are decided and were not cancelled."""
    ended = sum(count for outcome, count in stats.outcomes.items() if outcome not in {CANCELLED, UNDECIDED})
    return msg("{percent}% succeeded", percent=Count(round(100 * stats.videos / ended))) if ended else None


def average(stats: VideoStats) -> Message | None:
    return None if stats.average is None else msg("{amount} a video on average", amount=Money(stats.average))


def model(entry: ModelStats, label: str) -> Message:
    times = entry.times
    return dotted(
        value(words(label, 60)),
        msg_n("{count} video", "{count} videos", entry.videos),
        None if times is None else msg("usually {median}", median=Duration(times.median)),
        msg("9 of 10 within {p90}", p90=Duration(times.p90)) if times and times.renders >= ENOUGH else None,
        None if entry.average is None else msg("{amount} a video", amount=Money(entry.average)),
        _failures(entry),
    )


def _failures(entry: ModelStats) -> Message | None:
    failed = sum(count for outcome, count in entry.outcomes.items() if outcome not in {MADE, CANCELLED, UNDECIDED})
    return msg_n("{count} failed", "{count} failed", failed) if failed else None


def outcomes(stats: VideoStats) -> Message:
    said = [
        Message("{name}: {count}", {"name": OUTCOMES.get(outcome, OTHER), "count": Count(count)})
        for outcome, count in stats.outcomes.items()
    ]
    return lines(OUTCOME_TITLE, dotted(*said))


def busiest(stats: VideoStats) -> Message | None:
    """The hours in which most orders were placed, in the server's time zone."""
    hours = [hour_of(hour) for hour in stats.busiest_hours]
    return msg("Busiest hours (server time): {hours}", hours=joined(*hours, by=", ")) if hours else None


def rated(stats: VideoStats) -> Message | None:
    """The ratings of the videos of that period."""
    if stats.rated is None:
        return None
    number = msg_n("{count} video rated", "{count} videos rated", stats.rated.count)
    return dotted(number, rating(stats.rated.rating))


def hour_of(hour: int) -> Message:
    return value(Term(f"{hour}:00"))


def remixed(entry: Remixed) -> Message:
    return dotted(
        Message("`{video}` {prompt}", {"video": VideoId(entry.job.id), "prompt": prompt(entry.job.request.prompt, 60)}),
        person(entry.job.owner_id),
        msg_n("{count} remix", "{count} remixes", entry.remixes),
    )


def chart_title(heading: Message, asked: Period) -> Message:
    return Message("{heading} {period}", {"heading": heading, "period": period(asked)})
