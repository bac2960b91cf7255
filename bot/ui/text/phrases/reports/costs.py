"""/costs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

from bot.domain.access.everyone import named_role
from bot.domain.messages import (
    Count,
    Day,
    DayStyle,
    Foreign,
    Message,
    Moment,
    MomentStyle,
    Money,
    Param,
    Person,
    Term,
    VideoId,
    joined,
    msg,
    msg_n,
    value,
)
from bot.domain.money.costs import Charge, Costs, DateRange, Grouping, Period, Spend
from bot.domain.money.usd import MICROS_PER_CENT
from bot.domain.studio.words import KINDS
from bot.domain.video import Mode
from bot.jobs.use_cases.costs import CostsAsked, CostsFile, CostsScope
from bot.ui.text.phrases.values import dotted, person, prompt, words

PERIODS = {
    Period.TODAY: msg("today"),
    Period.WEEK: msg("in the last 7 days"),
    Period.DAYS_30: msg("in the last 30 days"),
    Period.MONTH: msg("this month"),
    Period.LAST_MONTH: msg("last month"),
    Period.ALL: msg("in total"),
}
PERIOD_NAMES = {
    Period.TODAY: msg("Today"),
    Period.WEEK: msg("Last 7 days"),
    Period.DAYS_30: msg("Last 30 days"),
    Period.MONTH: msg("This month"),
    Period.LAST_MONTH: msg("Last month"),
    Period.ALL: msg("All time"),
}
GROUPINGS = {
    Grouping.MODEL: msg("By model"),
    Grouping.MEMBER: msg("By member"),
    Grouping.MODE: msg("Create, remix and extend"),
    Grouping.DAY: msg("By day"),
}
BY_MONTH = msg("By month")
LATEST = msg("**Latest**")
CHART, CSV = msg("Chart"), msg("CSV")
OTHERS = msg("Others")
NO_COSTS = msg("There's nothing to draw: no video was charged in this time.")
NO_LINES = msg("There's nothing to list: no video was charged in this time.")
STILL_ADDING = msg("Videos from before the last update are still being added up, so some may be missing.")
ROLE_NOT_ASKED = msg("Discord didn't say who has that role. Try again in a minute.")
BOTH_DAYS = msg("Give either a period or dates, not both.")
ONE_SCOPE = msg("Give only one of scope, role and member.")


def period(days: Period | DateRange) -> Message:
    """The end of a sentence that says what was spent."""
    match days:
        case Period():
            return PERIODS[days]
        case DateRange(first=None, last=None):
            return PERIODS[Period.ALL]
        case DateRange(first=first, last=None) if first is not None:
            return msg("since {day}", day=Day(first, DayStyle.BRIEF))
        case DateRange(first=None, last=last) if last is not None:
            return msg("up to {day}", day=Day(last, DayStyle.BRIEF))
        case DateRange(first=first, last=last) if first == last and first is not None:
            return msg("on {day}", day=Day(first, DayStyle.BRIEF))
        case DateRange(first=first, last=last) if first is not None and last is not None:
            return msg("from {first} to {last}", first=Day(first, DayStyle.BRIEF), last=Day(last, DayStyle.BRIEF))
        case _:
            return PERIODS[Period.ALL]


def spent(costs: Costs, asked: CostsAsked, guild_id: int) -> Message:
    said: Mapping[str, Param] = {
        "amount": Money(costs.spent),
        "period": period(asked.days),
        "videos": _videos(costs.videos),
    }
    match asked:
        case CostsAsked(scope=CostsScope.SERVER):
            return msg("**The server has spent {amount} {period}** on {videos}", **said)
        case CostsAsked(scope=CostsScope.ROLE, whom=int(role)):
            return msg(
                "**Members with {role} have spent {amount} {period}** on {videos}",
                **said,
                role=named_role(role, guild_id),
            )
        case CostsAsked(scope=CostsScope.MEMBER, whom=int(member)):
            return msg("**{member} has spent {amount} {period}** on {videos}", **said, member=Person(member))
        case _:
            return msg("**You've spent {amount} {period}** on {videos}", **said)


def average(costs: Costs) -> Message | None:
    return None if costs.average is None else msg("{amount} a video on average", amount=Money(costs.average))


def estimated(costs: Costs) -> Message | None:
    """How far the estimates were off, if by at least a cent."""
    more = costs.spent - costs.quoted
    if not costs.quoted.micros:
        return None
    if abs(more.micros) < MICROS_PER_CENT:
        return msg("as estimated")
    if more.micros > 0:
        return msg("{amount} more than estimated", amount=Money(more))
    return msg("{amount} less than estimated", amount=Money(-more))


def wasted(costs: Costs) -> Message | None:
    if not costs.wasted.micros:
        return None
    return msg_n(
        "{amount} of it was charged for {count} order that gave no video",
        "{amount} of it was charged for {count} orders that gave no video",
        costs.failures,
        amount=Money(costs.wasted),
    )


def on_own_keys(costs: Costs) -> Message | None:
    """What was paid with members' and servers' own keys, if anything."""
    if not costs.on_own_keys.micros:
        return None
    amount = Money(costs.on_own_keys)
    if costs.budget is None:
        return msg("{amount} of it was paid with keys from `/keys`", amount=amount)
    return msg("{amount} of it was paid with keys from `/keys` and isn't in the budget", amount=amount)


def on_helper(costs: Costs) -> Message | None:
    if not costs.on_helper.micros:
        return None
    return msg_n(
        "{amount} more was spent on the prompt helper ({count} time)",
        "{amount} more was spent on the prompt helper ({count} times)",
        costs.helped,
        amount=Money(costs.on_helper),
    )


def reserved(costs: Costs) -> Message | None:
    """What is reserved for videos in progress."""
    amount = costs.reserved - costs.on_hold
    return msg("{amount} more is reserved for videos in progress", amount=Money(amount)) if amount.micros else None


def on_hold(costs: Costs) -> Message | None:
    if not costs.on_hold.micros:
        return None
    return msg("{amount} more is on hold until a manager decides", amount=Money(costs.on_hold))


def budget_left(costs: Costs) -> Message | None:
    if costs.budget is None or costs.budget_left is None:
        return None
    return msg(
        "This month's budget: {budget}, **{left} left**", budget=Money(costs.budget), left=Money(costs.budget_left)
    )


def grouping(by: Grouping, rows: tuple[Spend, ...]) -> Message:
    """The title of the list."""
    title = BY_MONTH if by is Grouping.DAY and any(_is_month(row.key) for row in rows) else GROUPINGS[by]
    return Message("**{title}**", {"title": title})


def spend(row: Spend, by: Grouping, label: str) -> Message:
    """`label` is the display name of a model."""
    name = value(Person(int(row.key))) if by is Grouping.MEMBER else name_of(row, by, label)
    return dotted(name, _videos(row.videos), value(Money(row.spent)))


def name_of(row: Spend, by: Grouping, label: str) -> Message:
    """The name of a row; `label` is the name of a model or a member."""
    match by:
        case Grouping.MODEL | Grouping.MEMBER:
            return value(words(label, 60))
        case Grouping.MODE:
            return KINDS[Mode(row.key)]
        case Grouping.DAY if _is_month(row.key):
            return month(row.key)
        case Grouping.DAY:
            return value(Day(date.fromisoformat(row.key), DayStyle.NEAR))


def month(key: str) -> Message:
    """2026-11 as November 2026."""
    first = datetime.fromisoformat(f"{key}-01").replace(tzinfo=UTC)
    return Message("{month} {year}", {"month": Moment(first, MomentStyle.MONTH), "year": Term(key[:4])})


def _is_month(key: str) -> bool:
    return len(key) == len("2026-11")


def charge(entry: Charge, label: str, *, with_owner: bool) -> Message:
    """`with_owner`: the owner is left out if all are one member's."""
    head = Message("`{video}` {spent}", {"video": VideoId(entry.job_id), "spent": Money(entry.spent)})
    return dotted(
        head,
        prompt(entry.prompt, 50) if entry.prompt or entry.private else None,  # in a channel that the reader cannot see
        _without_video(entry),
        msg("also ordered again") if entry.is_double else None,
        None if entry.mode is Mode.CREATE else KINDS[entry.mode],
        value(words(label, 60)),
        person(entry.owner_id) if with_owner else None,
        value(Moment(entry.at)),
    )


def _without_video(entry: Charge) -> Message | None:
    if entry.needs_manager:
        return msg("needs a manager")
    return None if entry.made_video else msg("no video")


def _videos(count: int) -> Message:
    return msg_n("{count} video", "{count} videos", count)


# The chart and the file


def chart_title(asked: CostsAsked, whose: str) -> Message:
    """`whose` is the name of a role or a member."""
    match asked.scope:
        case CostsScope.SERVER:
            return msg("The server's costs {period}", period=period(asked.days))
        case CostsScope.MINE:
            return msg("Your costs {period}", period=period(asked.days))
        case CostsScope.ROLE | CostsScope.MEMBER:
            return msg("Costs of {name} {period}", name=Foreign(whose), period=period(asked.days))


def chart_note(costs: Costs) -> Message:
    total = msg("{amount} in total", amount=Money(costs.spent))
    return dotted(total, average(costs))


def file(found: CostsFile) -> Message:
    said = msg_n(
        "{count} charge with its exact amount in dollars.",
        "{count} charges with their exact amounts in dollars.",
        found.lines,
    )
    if found.is_complete:
        return said
    more = msg("These are the first {number}; ask for fewer days to get the rest.", number=Count(found.lines))
    return joined(said, more)
