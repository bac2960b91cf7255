"""A server's own rules: who may make videos there, and for how much a month."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_manages
from bot.domain.audit.rules import option_changes, rule_changes
from bot.domain.guild import AccessPolicy, ChannelUse, GuildOptions, GuildSettings
from bot.domain.job import Job
from bot.domain.ports.guilds import GuildStore
from bot.domain.ports.records import Record, Records, Updated
from bot.jobs.use_cases.audit.changes import SettingChanges

OPTIONS = Record("guild options", GuildOptions)  # by the server's id


@value_object
class RulesChange:
    """A server's rules before and after a change."""

    before: GuildSettings
    after: GuildSettings


@wired
class GuildRules:
    """Changed by members with Manage Server; Authorization decides what follows from them."""

    guilds: GuildStore
    changes: SettingChanges

    async def set_access(
        self, member: Member, *, opening: AccessPolicy | None, grant: int | None, revoke: int | None
    ) -> RulesChange:
        """Change who may make videos here; `grant` and `revoke` are ids of roles. Raises NotAllowed."""
        check_manages(member)
        guild_settings = before = await self.guilds.guild_settings(member.guild_id)
        if opening is not None:
            guild_settings = await self.guilds.open_to(member.guild_id, opening)
        if grant is not None:
            guild_settings = await self.guilds.grant(member.guild_id, grant)
        if revoke is not None:
            guild_settings = await self.guilds.revoke(member.guild_id, revoke)
        await self.changes.note(*rule_changes(member, before, guild_settings))
        return RulesChange(before=before, after=guild_settings)

    async def set_roles(self, member: Member, *, grant: Collection[int], revoke: Collection[int]) -> RulesChange:
        """Change several at once. Raises NotAllowed."""
        check_manages(member)
        after = before = await self.guilds.guild_settings(member.guild_id)
        for role in sorted({*grant} - before.roles):
            after = await self.guilds.grant(member.guild_id, role)
        for role in sorted(before.roles & {*revoke}):
            after = await self.guilds.revoke(member.guild_id, role)
        await self.changes.note(*rule_changes(member, before, after))
        return RulesChange(before=before, after=after)


@wired
class GuildPreferences:
    """How Kinora behaves on a server, besides its rules."""

    records: Records
    changes: SettingChanges

    async def of(self, guild_id: int) -> GuildOptions:
        """The defaults if nothing was chosen."""
        return await self.records.read(OPTIONS, str(guild_id)) or GuildOptions()

    async def notices_channels(self, guild_ids: Iterable[int]) -> Mapping[int, int]:
        """The notices channels by server, queried at once. Servers that chose none are left out."""
        chosen = await self.records.read_many(OPTIONS, [str(guild_id) for guild_id in guild_ids])
        found = {int(guild_id): options.notices_channel for guild_id, options in chosen.items()}
        return {guild_id: channel for guild_id, channel in found.items() if channel is not None}

    async def results_channel(self, guild_id: int) -> int | None:
        return (await self.of(guild_id)).results_channel

    async def forget_channel(self, guild_id: int, use: ChannelUse, channel_id: int) -> None:
        """It is gone. Another one, chosen meanwhile, stays."""

        def forgotten(known: GuildOptions | None) -> GuildOptions | None:
            return known.with_channel(use, None) if known and known.channel(use) == channel_id else known

        changed = await self.records.update(OPTIONS, str(guild_id), forgotten)
        await self.changes.note(*option_changes(guild_id, None, changed.before, changed.after))

    async def keep_card_of(self, job: Job) -> bool:
        """Whether the card of a video stays once it is shown. Direct messages are not the server's to choose for."""
        return not job.private and (await self.of(job.guild_id)).keep_cards

    async def set_channel(self, member: Member, use: ChannelUse, channel_id: int | None) -> int | None:
        """Choose one, or none. Returns the previous one. Raises NotAllowed."""
        changed = await self.change(member, lambda known: known.with_channel(use, channel_id))
        return (changed.before or GuildOptions()).channel(use)

    async def change(self, member: Member, change: Callable[[GuildOptions], GuildOptions]) -> Updated[GuildOptions]:
        """Change them for the member's server. Raises NotAllowed."""
        check_manages(member)
        key = str(member.guild_id)
        changed = await self.records.update(OPTIONS, key, lambda known: change(known or GuildOptions()))
        await self.changes.note(*option_changes(member.guild_id, member.id, changed.before, changed.after))
        return changed
