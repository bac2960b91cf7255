"""How a server's money is divided: its pools, its grants, and when its days begin."""

from __future__ import annotations

from datetime import datetime

from bot.domain.guild import GuildSettings
from bot.domain.messages import Day, DayStyle, Foreign, Message, Moment, Money, Person, Role, Term, joined, msg
from bot.domain.money.allowances import Grant
from bot.domain.money.calendar import DEFAULT_ZONE, Calendar
from bot.domain.money.costs import MonthSpending
from bot.domain.money.usd import FREE, Usd
from bot.ui.text.phrases.values import lines, small

ROLE_AND_DOLLARS = msg("Choose a role and an amount, or neither for a list. Nothing was changed.")
MEMBER_AND_DOLLARS = msg("Choose a member and an amount, or no option for a list. Nothing was changed.")
BUDGET = msg("**This month's budget**")
POOLS = msg("**Pools**")
GRANTS = msg("**Grants**")
NO_POOLS = msg("None. `/settings pool role: dollars:` lets a role's members share an amount each month.")
NO_GRANTS = msg("None. `/settings grant member: dollars:` gives a member more than their limit.")
TODAY, TOMORROW = msg("Today"), msg("Tomorrow")
A_DELETED_ROLE = msg("a deleted role")
ALL_COUNT = msg("All of it counts toward the server's budget, which is the only limit for members with Manage Server.")


def month(spending: MonthSpending) -> Message:
    return joined(
        msg("{left} of {budget} left", left=Money(spending.left), budget=Money(spending.budget)),
        None if spending.reserved == FREE else msg("({reserved} reserved)", reserved=Money(spending.reserved)),
    )


def pool(whose: Role | Foreign, spending: MonthSpending, *, deleted: bool = False) -> Message:
    """`deleted`: the role was deleted, so Discord would show a number."""
    return msg("{role}: {month}", role=A_DELETED_ROLE if deleted else whose, month=month(spending))


def grant(held: Grant, used: Usd, calendar: Calendar) -> Message:
    return msg(
        "{member}: {left} of {amount} left, until {day}",
        member=Person(held.member_id),
        left=Money(max(FREE, held.amount - used)),
        amount=Money(held.amount),
        day=Day(calendar.last_day_before(held.until), DayStyle.NEAR),
    )


def pool_set(whose: Role | Foreign, monthly: Usd) -> Message:
    if monthly == FREE:
        return msg("{role} has no pool any more. Its members keep their own limits.", role=whose)
    return msg("Members with {role} can spend {monthly} a month together.", role=whose, monthly=Money(monthly))


def granted(given: Grant) -> Message:
    return msg(
        "{member} can spend {amount} beyond their limits. That ends {when}.",
        member=Person(given.member_id),
        amount=Money(given.amount),
        when=Moment(given.until),
    )


def taken_back(member_id: int, many: int) -> Message:
    if not many:
        return msg("{member} has no grant. Nothing was changed.", member=Person(member_id))
    return msg("What {member} was granted was taken back. Videos already ordered go on.", member=Person(member_id))


def time_zone(settings: GuildSettings, now: datetime) -> Message:
    local = settings.calendar.local(now)
    return lines(
        msg("**Time zone:** {zone}", zone=Term(settings.time_zone or DEFAULT_ZONE)),
        small(
            msg(
                "It's {time} there. Daily limits reset {day}, monthly ones {month}.",
                time=Term(f"{local:%H:%M}"),
                day=Moment(settings.calendar.next_day(now)),
                month=Moment(settings.calendar.next_month(now)),
            )
        ),
    )
