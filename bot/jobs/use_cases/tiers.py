"""A server's tiers: asked for by everything that is ordered, changed by members with Manage Server."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_manages
from bot.domain.access.tiers import NO_TIERS, Tier, Tiers
from bot.domain.access.validity import LONGEST_NAME, check_order, check_tier
from bot.domain.audit.tiers import move_change, tier_changes
from bot.domain.errors import BadRequest
from bot.domain.messages import msg
from bot.domain.models.catalogue import Catalogue
from bot.domain.ports.records import Record, Records, Updated
from bot.domain.texts.names import tidied
from bot.jobs.use_cases.audit.changes import SettingChanges

TIERS = Record("tiers", Tiers)  # by the server's id
NO_SUCH_TIER = msg("That tier no longer exists. Nothing was changed. `/settings tiers` shows the others.")


@value_object
class TierTerms:
    """What a tier can be made of: the models that can be ordered, and the roles that the server has.

    `roles`: None when none were chosen. Those that a tier has already may have been deleted since.
    """

    catalogue: Catalogue
    roles: Collection[int] | None = None


@wired
class GuildTiers:
    """What changes them raises NotAllowed, and BadRequest for what would be of no use; nothing is changed then."""

    records: Records
    changes: SettingChanges

    async def of(self, guild_id: int) -> Tiers:
        """None of them where a server made none."""
        return await self.records.read(TIERS, str(guild_id)) or NO_TIERS

    async def named(self, guild_id: int, tier_id: str) -> Tier:
        """Raises BadRequest when there is none (any more)."""
        return _found(await self.of(guild_id), tier_id)

    async def add(self, member: Member, tier: Tier, *, terms: TierTerms) -> Tier:
        tier = replace(tier, name=tidied(tier.name, LONGEST_NAME))
        check_tier(tier, terms.catalogue, terms.roles)
        await self._change(member, lambda tiers: tiers.changed(tier, member.guild_id))
        return tier

    async def edit(self, member: Member, tier_id: str, change: Callable[[Tier], Tier], *, terms: TierTerms) -> Tier:
        """The tier as it is now. `change` gives it with other values; it may be called several times."""

        def changed(tiers: Tiers) -> Tiers:
            tier = change(_found(tiers, tier_id))
            tier = replace(tier, name=tidied(tier.name, LONGEST_NAME))
            check_tier(tier, terms.catalogue, terms.roles)
            return tiers.changed(tier, member.guild_id)

        return _found(await self._change(member, changed), tier_id)

    async def move(self, member: Member, tier_id: str, by: int) -> Tier:
        """So many places further down; -1 is one up."""
        changed = await self._updated(member, lambda tiers: _with(tiers, tier_id).moved(tier_id, by))
        before, after = changed.before or NO_TIERS, changed.after or NO_TIERS
        tier = _found(after, tier_id)
        await self.changes.note(move_change(member, before, after, tier))
        return tier

    async def remove(self, member: Member, tier_id: str) -> Tiers:
        """Those that are left."""
        return await self._change(member, lambda tiers: _with(tiers, tier_id).without(tier_id))

    async def _change(self, member: Member, change: Callable[[Tiers], Tiers]) -> Tiers:
        changed = await self._updated(member, change)
        after = changed.after or NO_TIERS
        await self.changes.note(*tier_changes(member, changed.before or NO_TIERS, after))
        return after

    async def _updated(self, member: Member, change: Callable[[Tiers], Tiers]) -> Updated[Tiers]:
        check_manages(member)

        def checked(known: Tiers | None) -> Tiers:
            tiers = change(known or NO_TIERS)
            check_order(tiers, member.guild_id)
            return tiers

        return await self.records.update(TIERS, str(member.guild_id), checked)


def _found(tiers: Tiers, tier_id: str) -> Tier:
    tier = tiers.get(tier_id)
    if tier is None:
        raise BadRequest(NO_SUCH_TIER)
    return tier


def _with(tiers: Tiers, tier_id: str) -> Tiers:
    _found(tiers, tier_id)
    return tiers
