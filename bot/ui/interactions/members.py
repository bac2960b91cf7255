"""Who is asking: from an interaction to a Member, and whether a member may still make videos."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import discord

from bot.domain.access import Member
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.job import Job
from bot.jobs.delivery.upload_limits import UNBOOSTED
from bot.jobs.use_cases.guild import GuildRules
from bot.ui.interactions.discord_errors import TROUBLE
from bot.ui.text.phrases import errors

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
NEEDED_IN_THREADS = {**NEEDED, "send_messages_in_threads": "Send Messages in Threads"}


async def member_of(interaction: discord.Interaction[Any], job: Job | None = None) -> Member:
    """The asker. In a direct message their roles are fetched from the server of the job they pressed on."""
    user = interaction.user
    if interaction.guild_id is not None and isinstance(user, discord.Member):
        return _member(user, interaction.guild_id, interaction.permissions)
    if job is None:
        raise BadRequest(errors.SERVER_ONLY)
    found = await fetch_member(interaction.client, job.guild_id, user.id)
    if found is None:
        raise NotAllowed(errors.LEFT)
    return _member(found, job.guild_id, found.guild_permissions)


def _member(user: discord.Member, guild_id: int, permissions: discord.Permissions) -> Member:
    # Member.roles needs the server in the cache; the raw ids came with the interaction itself.
    roles = frozenset(user._roles)  # noqa: SLF001
    return Member(
        id=user.id,
        guild_id=guild_id,
        name=user.display_name,
        roles=roles,
        manages=permissions.manage_guild or permissions.administrator,
        moderates=permissions.manage_messages or permissions.administrator,
    )


def check_channel(interaction: discord.Interaction[Any]) -> None:
    """Raise BadRequest when the result could not be posted here: better now than after it is paid."""
    if interaction.guild_id is None:
        return
    has = interaction.app_permissions
    needed = NEEDED_IN_THREADS if isinstance(interaction.channel, discord.Thread) else NEEDED
    missing = [name for permission, name in needed.items() if not getattr(has, permission)]
    if missing and not has.administrator:
        raise BadRequest(errors.lacking(missing))


def upload_limit(interaction: discord.Interaction[Any]) -> int:
    """Bytes a message of ours may carry in this channel, later and without the asker's own Nitro."""
    boosted = interaction.guild.filesize_limit if interaction.guild else 0
    return max(boosted, min(interaction.filesize_limit, UNBOOSTED))


async def fetch_member(client: discord.Client, guild_id: int, user_id: int) -> discord.Member | None:
    """Someone's roles as Discord has them now; None when they are not on the server."""
    guild = client.get_guild(guild_id) or await client.fetch_guild(guild_id)
    try:
        return await guild.fetch_member(user_id)
    except discord.NotFound:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordAccessCheck:
    """Whether the owner of a waiting job still has the right to it, asked just before money is spent."""

    client: discord.Client
    rules: GuildRules

    async def may_still_make(self, job: Job) -> bool:
        try:
            found = await fetch_member(self.client, job.guild_id, job.owner_id)
        except TROUBLE:
            return True  # Discord cannot be asked now; the right was checked when it was ordered
        if found is None:
            return False
        try:
            await self.rules.check_access(_member(found, job.guild_id, found.guild_permissions))
        except NotAllowed:
            return False
        return True
