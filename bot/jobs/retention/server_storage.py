"""The state of a server's kept videos, for its settings page."""

from __future__ import annotations

from dataclasses import replace

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.guild import GuildOptions
from bot.domain.ports.records import Updated
from bot.domain.retention.quota import QuotaUse, StorageQuota
from bot.domain.retention.rounds import ROUNDS, KeptSum, RemovalRound
from bot.domain.retention.store import KeptVideos
from bot.jobs.use_cases.guild import GuildPreferences


@value_object
class StorageOverview:
    """`planned`: the round its managers were warned about, unless they have chosen something else since."""

    options: GuildOptions
    kept: KeptSum
    everywhere: QuotaUse | None
    planned: RemovalRound | None

    @property
    def can_warn(self) -> bool:
        return self.options.notices_channel is not None or self.options.log_channel is not None


@wired
class ServerStorage:
    videos: KeptVideos
    quota: StorageQuota
    preferences: GuildPreferences

    async def of(self, guild_id: int) -> StorageOverview:
        options = await self.preferences.of(guild_id)
        planned = await self.preferences.records.read(ROUNDS, str(guild_id))
        return StorageOverview(
            options=options,
            kept=await self.videos.of_guild(guild_id),
            everywhere=await self.quota.use(),
            planned=planned if planned is not None and planned.retention == options.retention else None,
        )

    async def keep_for(self, member: Member, days: int | None) -> Updated[GuildOptions]:
        """None: for ever. Raises NotAllowed."""
        return await self.preferences.change(member, lambda known: replace(known, keep_days=days))
