"""Tiers: named, ordered sets of rights that a server gives to its roles."""

from __future__ import annotations

from bot.data_classes import value_object
from bot.domain.access.members import Member
from bot.domain.money.usd import Usd
from bot.domain.video import Size


@value_object
class TierRights:
    """What the members of a tier may do. None: no limit of its own."""

    models: frozenset[str] | None = None  # ids of model cards; None: all, including future ones
    longest_seconds: int | None = None  # of one video
    largest: Size | None = None  # of one video, by number of pixels
    day_limit: Usd | None = None  # of each member
    month_limit: Usd | None = None  # likewise
    at_once: int | None = None  # how many videos of one member render at once on the server
    in_one_order: int | None = None  # how many videos a member can order at once, as variations
    confirm_above: Usd | None = None  # confirm an order of at least this price; None: the server's default
    priority: int = 0  # priority in the queue: the higher, the sooner
    may_go_private: bool = True
    sees_server_costs: bool = False
    sees_history: bool = False  # of the whole server, as far as they may watch it
    approval_above: Usd | None = None  # a video that costs more waits for approval; None: none does
    may_approve: bool = False  # other members' requests, never their own


NO_LIMITS = TierRights()


@value_object
class Tier:
    """A named set of rights, for members who have one of its roles."""

    id: str  # stays the same when it is renamed or moved
    name: str
    roles: frozenset[int]  # the server's own id stands for @everyone
    rights: TierRights = NO_LIMITS


@value_object
class Tiers:
    """A server's tiers, highest first."""

    order: tuple[Tier, ...] = ()

    def of(self, member: Member) -> Tier | None:
        """The highest tier that one of their roles gives them; None if none does.

        None, too, for members with Manage Server: they could change any limit, so none applies to them.
        """
        if member.manages:
            return None
        return next((tier for tier in self.order if tier.roles & member.all_roles), None)

    def get(self, tier_id: str) -> Tier | None:
        return next((tier for tier in self.order if tier.id == tier_id), None)

    def changed(self, tier: Tier, everyone: int) -> Tiers:
        """With this tier replaced.

        A new one comes last, but above those of `everyone`, because nobody is below them.
        """
        if self.get(tier.id) is not None:
            return Tiers(order=tuple(tier if each.id == tier.id else each for each in self.order))
        above = [number for number, each in enumerate(self.order) if everyone in each.roles]
        place = above[0] if above and everyone not in tier.roles else len(self.order)
        return Tiers(order=(*self.order[:place], tier, *self.order[place:]))

    def without(self, tier_id: str) -> Tiers:
        return Tiers(order=tuple(tier for tier in self.order if tier.id != tier_id))

    def moved(self, tier_id: str, by: int) -> Tiers:
        """With a tier so many places further down; -1 is one up. A tier at either end stays there."""
        order = list(self.order)
        place = next(number for number, tier in enumerate(order) if tier.id == tier_id)
        order.insert(max(0, place + by), order.pop(place))
        return Tiers(order=tuple(order))

    def unreachable(self, everyone: int) -> tuple[Tier, Tier] | None:
        """A tier that nobody gets, and the one above it that takes its members; None if all are of use."""
        for number, tier in enumerate(self.order):
            higher = self.order[:number]
            taken = frozenset[int]().union(*(each.roles for each in higher))
            if everyone in taken or tier.roles <= taken:
                wanted = {everyone} if everyone in taken else tier.roles
                return tier, next(each for each in higher if each.roles & wanted)
        return None


NO_TIERS = Tiers()
