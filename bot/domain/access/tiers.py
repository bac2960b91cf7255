"""Tiers: named, ordered sets of rights that a server gives to its roles."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.access.members import Member
from bot.domain.money.usd import Usd
from bot.domain.video import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class TierRights:
    """What the members of a tier may do. None: no limit of its own."""

    models: frozenset[str] | None = None  # ids of model cards; None: all, also later ones
    longest_seconds: int | None = None  # of one video
    largest: Size | None = None  # of one video, by its number of pixels
    day_limit: Usd | None = None  # of each member
    month_limit: Usd | None = None  # likewise
    at_once: int | None = None  # how many videos of one member render at once on the server
    priority: int = 0  # in line: the higher, the sooner
    may_go_private: bool = True
    variations: int | None = None  # of one order
    approval_above: Usd | None = None  # dearer orders wait for an approver
    may_approve: bool = False
    sees_server_costs: bool = False


NO_LIMITS = TierRights()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A set of rights with a name, for who has one of its roles."""

    id: str  # of its own, kept when it is renamed or moved
    name: str
    roles: frozenset[int]  # the server's own id stands for @everyone
    rights: TierRights = NO_LIMITS


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiers:
    """A server's tiers, the highest first."""

    order: tuple[Tier, ...] = ()

    def of(self, member: Member) -> Tier | None:
        """The highest tier that one of their roles gives them, None if none does.

        None, too, for members with Manage Server: they could change any limit, so none holds them.
        """
        if member.manages:
            return None
        return next((tier for tier in self.order if tier.roles & {*member.roles, member.guild_id}), None)


NO_TIERS = Tiers()
