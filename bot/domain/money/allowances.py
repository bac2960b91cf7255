"""The limits an order counts towards within its server's month: its owner's limits, their roles' pools, and grants.

An order counts towards its owner's limits and one of their roles' pools, if there are any. If one of these is
exhausted, a grant with enough left pays for it instead. It always counts towards its server's month, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from enum import Enum

from bot.data_classes import value_object
from bot.domain.access.everyone import EVERYONE, named_role
from bot.domain.errors import OverBudget
from bot.domain.messages import Foreign, Message, Moment, MomentStyle, Money, Role, joined, msg, msg_n
from bot.domain.money.calendar import Calendar
from bot.domain.money.usd import FREE, Usd


@value_object
class Pool:
    """What all members with a role may spend together in a month."""

    role_id: int
    monthly: Usd


@value_object
class Grant:
    """Money for one member beyond their limits, until a certain time."""

    id: str
    member_id: int
    amount: Usd
    until: datetime


@value_object
class Used:
    """How much is already reserved and spent of what an order counts towards; nothing for those not named."""

    month: Usd = FREE
    day: Usd = FREE
    pools: Mapping[int, Usd] = field(default_factory=dict)  # by role, this month
    grants: Mapping[str, Usd] = field(default_factory=dict)

    def left_of_pool(self, pool: Pool) -> Usd:
        return max(FREE, pool.monthly - self.pools.get(pool.role_id, FREE))

    def left_of_grant(self, grant: Grant) -> Usd:
        return max(FREE, grant.amount - self.grants.get(grant.id, FREE))


@value_object
class FundingSource:
    """What pays for an order besides its server's month and its owner's limits."""

    pool: int | None = None
    grant: str | None = None  # then neither a pool nor the limits


@value_object
class Allowances:
    """What one member's order may count towards. None and empty: as much as the server has."""

    month: Usd | None = None
    day: Usd | None = None
    pools: tuple[Pool, ...] = ()  # of the member's roles, in the order in which they are used
    grants: tuple[Grant, ...] = ()  # the member's
    guild_id: int = 0  # also the id of @everyone, which may have a pool

    @property
    def has_limits(self) -> bool:
        """Whether there is any limit besides the server's month."""
        return self.month is not None or self.day is not None or bool(self.pools)

    def limits_left(self, used: Used) -> Sequence[Remainder]:
        """What is left of each limit and pool."""
        own = (self._day_left(used), self._month_left(used))
        return [*(each for each in own if each is not None), *self._pools_left(used)]

    def grants_left(self, used: Used) -> Sequence[Remainder]:
        return [Remainder(scope=Scope.GRANT, left=used.left_of_grant(grant), cap=grant.amount) for grant in self.grants]

    def _day_left(self, used: Used) -> Remainder | None:
        return None if self.day is None else Remainder.of(Scope.DAY, self.day, used.day)

    def _month_left(self, used: Used) -> Remainder | None:
        return None if self.month is None else Remainder.of(Scope.MONTH, self.month, used.month)

    def _pools_left(self, used: Used) -> Sequence[Remainder]:
        return [
            Remainder(
                scope=Scope.POOL,
                left=used.left_of_pool(pool),
                cap=pool.monthly,
                whose=named_role(pool.role_id, self.guild_id),
            )
            for pool in self.pools
        ]

    def drawn(self, source: FundingSource) -> Allowances:
        """Those of them that an order with this source counts towards."""
        return replace(
            self,
            pools=tuple(pool for pool in self.pools if pool.role_id == source.pool),
            grants=tuple(grant for grant in self.grants if grant.id == source.grant),
        )

    def source(self, price: Usd, used: Used, calendar: Calendar, now: datetime, videos: int = 1) -> FundingSource:
        """What pays for an order, of `videos` that cost this much together.

        Raises OverBudget if nothing has enough left.
        """
        if price == FREE:
            return FundingSource()
        short = self._shortage(price, used, calendar, now, videos)
        if short is None:
            return FundingSource(
                pool=next((pool.role_id for pool in self.pools if price <= used.left_of_pool(pool)), None)
            )
        for grant in open_grants(self.grants, now):
            if price <= used.left_of_grant(grant):
                return FundingSource(grant=grant.id)
        granted = [used.left_of_grant(grant) for grant in open_grants(self.grants, now)]
        raise OverBudget(joined(short[0], _granted(max(granted)) if granted else None, short[1]))

    def _shortage(
        self, price: Usd, used: Used, calendar: Calendar, now: datetime, videos: int
    ) -> tuple[Message, Message] | None:
        """Which of the limits and pools is exhausted, and who can change that, in words."""
        pools, month, day = self._pools_left(used), self._month_left(used), self._day_left(used)
        if pools and all(price > pool.left for pool in pools):
            fullest = max(pools, key=lambda pool: pool.left)
            return _pool_short(price, fullest, calendar.local(now), videos), RAISE_POOL
        if month is not None and price > month.left:
            return _month_short(price, month, calendar.local(now), videos), RAISE_LIMIT
        if day is not None and price > day.left:
            return _day_short(price, day, calendar.next_day(now), videos), RAISE_LIMIT
        return None


@value_object
class GuildAllowances:
    """A server's pools, in the order in which they are used, and its grants."""

    pools: tuple[Pool, ...] = ()
    grants: tuple[Grant, ...] = ()


@value_object
class Drawn:
    """What a stored job counts towards, and within which limits of its owner it was ordered."""

    month: Usd | None = None
    day: Usd | None = None
    source: FundingSource = FundingSource()


class Scope(Enum):
    """What a limit applies to."""

    SERVER = "the server, a month"
    POOL = "all with a role, a month"
    MONTH = "a member, a month"
    DAY = "a member, a day"
    GRANT = "a member, until a moment"
    KEY = "an own key, a month"


@value_object
class Remainder:
    """What is left of one limit."""

    scope: Scope
    left: Usd
    cap: Usd
    whose: Role | Foreign = EVERYONE  # of a pool

    @classmethod
    def of(cls, scope: Scope, cap: Usd, used: Usd) -> Remainder:
        return cls(scope=scope, left=max(FREE, cap - used), cap=cap)


NO_MEMBER_LIMITS = Allowances()  # but for the server's month

RAISE_POOL = msg("A server manager can raise that with `/settings pool`, or give you more with `/settings grant`.")
RAISE_LIMIT = msg("A server manager can raise that with `/settings tiers`, or give you more with `/settings grant`.")


def open_grants(grants: Iterable[Grant], now: datetime) -> list[Grant]:
    """Those that are still valid, the first to expire first."""
    return sorted((grant for grant in grants if grant.until > now), key=lambda grant: (grant.until, grant.id))


def _pool_short(price: Usd, pool: Remainder, now: datetime, videos: int) -> Message:
    return msg_n(
        "This video costs {price}, but {role} has only {left} of its {cap} for {month} left. You weren't charged.",
        "These {count} videos cost {price}, but {role} has only {left} of its {cap} for {month} left. You weren't "
        "charged.",
        videos,
        price=Money(price),
        role=pool.whose,
        left=Money(pool.left),
        cap=Money(pool.cap),
        month=Moment(now, MomentStyle.MONTH),
    )


def _month_short(price: Usd, limit: Remainder, now: datetime, videos: int) -> Message:
    return msg_n(
        "This video costs {price}, but you have only {left} of your {cap} for {month} left. You weren't charged.",
        "These {count} videos cost {price}, but you have only {left} of your {cap} for {month} left. You weren't "
        "charged.",
        videos,
        price=Money(price),
        left=Money(limit.left),
        cap=Money(limit.cap),
        month=Moment(now, MomentStyle.MONTH),
    )


def _day_short(price: Usd, limit: Remainder, again: datetime, videos: int) -> Message:
    return msg_n(
        "This video costs {price}, but you have only {left} of your {cap} for today left. You weren't charged. "
        "You have {cap} again {when}.",
        "These {count} videos cost {price}, but you have only {left} of your {cap} for today left. You weren't "
        "charged. You have {cap} again {when}.",
        videos,
        price=Money(price),
        left=Money(limit.left),
        cap=Money(limit.cap),
        when=Moment(again),
    )


def _granted(left: Usd) -> Message:
    return msg("What you were granted has {left} left.", left=Money(left))
