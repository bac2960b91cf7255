"""Whether a member may do something under the rules of their server: the one place that decides.

It is asked at the quote, at the order, again when it is sent, and by every command, button, form and menu.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act, Action, OrderVideo
from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.access.members import Member
from bot.domain.access.places import check_place
from bot.domain.access.rules import (
    check_is_in_a_tier,
    check_manages,
    check_may_approve,
    check_may_make,
    check_may_moderate,
    check_runs_contests,
    check_sees_history,
    check_sees_server_costs,
    check_sees_stats,
    may_make,
)
from bot.domain.access.tiers import Tiers
from bot.domain.access.uncharged import charging_nothing
from bot.domain.errors import NotAllowed
from bot.domain.guild import GuildSettings
from bot.domain.messages import Message
from bot.domain.models.catalogue import Catalogue
from bot.domain.moderation.blocks import Block, blocked
from bot.domain.ports.guilds import GuildStore
from bot.jobs.use_cases.moderation.blocks import MemberBlocks
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.tiers import GuildTiers

FOR_MANAGERS: Mapping[Act, Callable[[Member], None]] = {
    Act.MANAGE: check_manages,
    Act.MODERATE: check_may_moderate,
    Act.RUN_CONTESTS: check_runs_contests,
}
OwnAccounts = Callable[[int, int], Awaitable[Sequence[str]]]


async def no_own_accounts(_guild_id: int, _member_id: int) -> Sequence[str]:
    return ()


@value_object
class MemberStanding:
    """A member's place in the rules of their server. `may_make`: videos, within the limits of their tier if any."""

    member: Member
    guild_settings: GuildSettings
    tiers: Tiers
    may_make: bool
    block: Block | None = None


@wired
class Authorization:
    guilds: GuildStore
    tiers: GuildTiers
    catalogue: Catalogue
    blocks: MemberBlocks
    venues: VenueRules
    own_accounts: OwnAccounts = no_own_accounts  # where a member's orders on a server may be paid for

    async def authorize(self, member: Member, action: Action) -> OrderLimits:
        """Within which limits they may. Raises NotAllowed, with who can change that.

        TierLimit and MemberBlocked are two of its kinds. No block applies to members with Manage Server, who could end
        it. A refusal of something other than an order says nothing about charges.
        """
        with charging_nothing() if _orders(action) else contextlib.nullcontext():
            return await self._authorized(member, action)

    async def check_makes_videos(self, member: Member) -> None:
        """Raise NotAllowed unless they may make videos where they ask from, before anything is ordered."""
        await self._authorized(member, Act.MAKE)

    async def refusal(self, member: Member) -> Message | None:
        """Why they may not make videos where they ask from, if so."""
        try:
            await self.check_makes_videos(member)
        except NotAllowed as refused:
            return refused.message
        return None

    async def _authorized(self, member: Member, action: Action) -> OrderLimits:
        # All at once: a form opens within three seconds or never, also when each question takes one of them.
        limits = asyncio.create_task(self._limits(member, action))
        own = asyncio.create_task(self._own_accounts(member, action))
        try:
            await self._check_venue(member, action)
            return replace(await limits, own_accounts=found) if (found := await own) else await limits
        finally:
            limits.cancel()
            own.cancel()
            await asyncio.gather(limits, own, return_exceptions=True)

    async def _own_accounts(self, member: Member, action: Action) -> tuple[str, ...]:
        """For orders alone."""
        return tuple(await self.own_accounts(member.guild_id, member.id)) if _orders(action) else ()

    async def _limits(self, member: Member, action: Action) -> OrderLimits:
        if member.manages:
            return UNLIMITED
        match action:
            case Act.OWN_DATA:
                return UNLIMITED  # their own, whatever else they may do, even if blocked or in no tier
            case Act.MANAGE | Act.MODERATE | Act.RUN_CONTESTS:
                FOR_MANAGERS[action](member)
            case Act.APPROVE:
                await self.blocks.check(member.guild_id, member.id)
                check_may_approve(member, await self.tiers.of(member.guild_id))
            case Act.REPORT | Act.KEEP:
                pass  # anyone who can see a video may
            case Act.VOTE | Act.ENTER:
                await self.blocks.check(member.guild_id, member.id)
            case Act.SEE_SERVER_COSTS:
                check_sees_server_costs(member, await self.tiers.of(member.guild_id))
            case Act.SEE_HISTORY:
                check_sees_history(member, await self.tiers.of(member.guild_id))
            case Act.SEE_STATS:
                check_sees_stats(makes_videos=(await self.standing(member)).may_make)
            case Act.MAKE:
                return await self._may_make_here(member)
            case OrderVideo(request=request, private=private):
                limits = await self._may_make_here(member)
                limits.check(request, self.catalogue, private=private)
                return limits
        return UNLIMITED

    async def _may_make_here(self, member: Member) -> OrderLimits:
        """Both at once: a form opens within three seconds or never, also when each question takes one of them."""
        options, limits = await asyncio.gather(self.venues.preferences.of(member.guild_id), self._may_make(member))
        check_place(member, options)
        return limits

    async def _check_venue(self, member: Member, action: Action) -> None:
        """Where a video may be made is not a matter of rights: it applies to managers, who can change it, too."""
        match action:
            case Act.MAKE:
                await self.venues.check_may_make(member)
            case OrderVideo(request=request):
                await self.venues.check_order(member, request)
            case _:
                pass

    async def _may_make(self, member: Member) -> OrderLimits:
        tiers, guild_settings, block = await self._rules(member)
        if block is not None:
            raise blocked(block)
        if not tiers.order:
            check_may_make(member, guild_settings)
            return UNLIMITED
        check_is_in_a_tier(member, tiers)
        return OrderLimits(tier=tiers.of(member))

    async def _rules(self, member: Member) -> tuple[Tiers, GuildSettings, Block | None]:
        """All at once, as above."""
        guild_id = member.guild_id
        return await asyncio.gather(
            self.tiers.of(guild_id),
            self.guilds.guild_settings(guild_id),
            self.blocks.of_member(guild_id, member.id),
        )

    async def standing(self, member: Member) -> MemberStanding:
        """What a member may do here, and why."""
        tiers, guild_settings, block = await self._rules(member)
        in_a_tier = tiers.of(member) is not None
        block = None if member.manages else block
        return MemberStanding(
            member=member,
            guild_settings=guild_settings,
            tiers=tiers,
            may_make=block is None and (in_a_tier if tiers.order else may_make(member, guild_settings)),
            block=block,
        )

    async def limits(self, member: Member) -> OrderLimits:
        """For offers only: for members who may order nothing, too."""
        tiers, own = await asyncio.gather(self.tiers.of(member.guild_id), self._own_accounts(member, Act.MAKE))
        limits = UNLIMITED if member.manages else OrderLimits(tier=tiers.of(member))
        return replace(limits, own_accounts=own) if own else limits


def _orders(action: Action) -> bool:
    return action is Act.MAKE or isinstance(action, OrderVideo)
