"""The asker: from an interaction to a Member, and whether a member may still make videos."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.data_classes import wired
from bot.domain.access.actions import Act, OrderVideo
from bot.domain.access.limits import UNLIMITED, OrderLimits
from bot.domain.access.members import NO_CHANNELS, ChannelRights, Member
from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.errors import BadRequest, MemberBlocked, NotAllowed, TierLimit, Unavailable, WrongVenue
from bot.domain.job import Job
from bot.domain.moderation.venues import Venue
from bot.jobs.delivery.upload_limits import UNBOOSTED
from bot.jobs.use_cases.authorization import Authorization
from bot.ui.interactions.channel_rights import CachedChannelRights, is_foreign, roles_of_server
from bot.ui.interactions.discord_errors import TROUBLE, closing_is_trouble, code_of, is_passing
from bot.ui.text.phrases import errors

NEEDED = {
    "view_channel": "View Channel",
    "send_messages": "Send Messages",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
NEEDED_IN_THREADS = {**NEEDED, "send_messages_in_threads": "Send Messages in Threads"}


MOST_ASKED = 100  # people in one request over the gateway
PATIENCE = 8.0  # seconds for its response
NO_MEMBER = {10007, 10013}  # Discord's codes: unknown member, unknown user


async def member_of(interaction: discord.Interaction[Any], job: Job | None = None) -> Member:
    """The asker. In a direct message their roles are fetched from the server of the job they pressed on."""
    user = interaction.user
    if interaction.guild_id is not None and isinstance(user, discord.Member):
        held, here = interaction.permissions, interaction.channel_id
        rights = CachedChannelRights(guild=interaction.guild, member=user, here=None if here is None else (here, held))
        asks = _member(user, interaction.guild_id, held, rights)
        return replace(asks, venue=venue_of(interaction.channel), here=around(interaction.channel))
    if job is None:
        raise BadRequest(errors.SERVER_ONLY)
    return replace(await _fetched(interaction.client, job.guild_id, user.id), venue=Venue.DIRECT)


async def manager_of(interaction: discord.Interaction[Any], authorization: Authorization) -> Member:
    """The asker, who manages the server. Raises NotAllowed."""
    member = await member_of(interaction)
    await authorization.authorize(member, Act.MANAGE)
    return member


async def as_now(interaction: discord.Interaction[Any], asked: Member) -> Member:
    """Somebody who was asked before, with the roles and rights that they have when they answer. Raises Unavailable."""
    if interaction.guild_id is None:
        now = await _fetched(interaction.client, asked.guild_id, asked.id)
    else:
        now = await member_of(interaction)
    return replace(now, shown=asked.shown, venue=asked.venue)


def venue_of(channel: object) -> Venue:
    """Threads are like their channel; unknown ones are unknown."""
    match channel:
        case discord.DMChannel():
            return Venue.DIRECT
        case discord.Thread(parent=None):
            return Venue.UNKNOWN
        case discord.abc.GuildChannel() | discord.Thread():
            is_restricted = getattr(channel, "is_nsfw", bool)()
            return Venue.AGE_RESTRICTED if is_restricted else Venue.OPEN
        case _:
            return Venue.UNKNOWN


@wired
class DiscordVenues:
    """The ChannelVenues."""

    client: discord.Client

    async def of(self, guild_id: int, channel_id: int) -> Venue:
        try:
            guild = await server_of(self.client, guild_id)
        except TROUBLE:
            return Venue.UNKNOWN
        return venue_of(guild.get_channel_or_thread(channel_id))


async def _fetched(client: discord.Client, guild_id: int, user_id: int) -> Member:
    try:
        found = await fetch_member(client, guild_id, user_id)
    except TROUBLE as error:
        raise Unavailable(errors.NOT_ASKED) from error
    rights = CachedChannelRights(guild=found.guild, member=found)
    return _member(found, guild_id, found.guild_permissions, rights)


def around(channel: Any) -> frozenset[int]:
    """A channel's id, with those of the channel around a thread and of its category, as far as known."""
    within = channel.parent if isinstance(channel, discord.Thread) else channel
    ids = (getattr(channel, "id", None), getattr(channel, "parent_id", None), getattr(within, "category_id", None))
    return frozenset(each for each in ids if each is not None)


def _member(
    user: discord.Member, guild_id: int, permissions: discord.Permissions, channels: ChannelRights = NO_CHANNELS
) -> Member:
    roles = _roles_of(user)
    return Member(
        id=user.id,
        guild_id=guild_id,
        name=user.display_name,
        roles=roles,
        manages=permissions.manage_guild or permissions.administrator,
        channels=channels,
        server_roles=roles_of_server(user.guild),
    )


async def fetched_or_left(client: discord.Client, guild_id: int, user_id: int) -> Member:
    """Likewise; somebody who has left may come back, and counts as a member without roles. Raises Unavailable."""
    try:
        return await fetched_member(client, guild_id, user_id)
    except NotAllowed:
        return Member(id=user_id, guild_id=guild_id, name="", roles=frozenset(), manages=False)


async def fetched_member(client: discord.Client, guild_id: int, user_id: int) -> Member:
    """Another member, as Discord has them now. Raises NotAllowed if they are not on the server."""
    try:
        found = await fetch_member(client, guild_id, user_id)
    except TROUBLE as error:
        raise Unavailable(errors.NOT_ASKED_ABOUT) from error
    return _member(found, guild_id, found.guild_permissions)


def check_channel(interaction: discord.Interaction[Any]) -> None:
    """Raise BadRequest if the result could not be posted here: better now than after it is paid for."""
    if interaction.guild_id is None:
        return
    if interaction.guild is not None and is_foreign(interaction.guild):
        raise BadRequest(errors.NOT_IN_SERVER)
    has = interaction.app_permissions
    needed = NEEDED_IN_THREADS if isinstance(interaction.channel, discord.Thread) else NEEDED
    missing = [name for permission, name in needed.items() if not getattr(has, permission)]
    if missing and not has.administrator:
        raise BadRequest(errors.lacking(missing))
    if _is_closed_to_us(interaction):
        raise BadRequest(errors.NOT_IN_THREAD)


def _is_closed_to_us(interaction: discord.Interaction[Any]) -> bool:
    """Whether this is a private thread that the bot was not added to, which its permissions there do not show.

    Discord tells us about the open threads that we are in. For archived ones, and before it has sent the server,
    nothing is known either way.
    """
    thread, guild, has = interaction.channel, interaction.guild, interaction.app_permissions
    if not isinstance(thread, discord.Thread) or not thread.is_private() or has.manage_threads or has.administrator:
        return False
    if guild is None or guild.unavailable or thread.archived:
        return False
    return guild.get_thread(thread.id) is None


def upload_limit(interaction: discord.Interaction[Any]) -> int:
    """How many bytes our message may carry in this channel, later and without the asker's own Nitro."""
    boosted = interaction.guild.filesize_limit if interaction.guild else 0
    return max(boosted, min(interaction.filesize_limit, UNBOOSTED))


def check_is_no_bot(interaction: discord.Interaction[Any], user_id: int) -> None:
    """Raise BadRequest for a bot chosen in an option or a menu: it can order nothing."""
    resolved = dict(interaction.data or {}).get("resolved")
    users = resolved.get("users") if isinstance(resolved, dict) else None
    if isinstance(users, dict) and users.get(str(user_id), {}).get("bot"):
        raise BadRequest(errors.A_BOT)


def check_no_bots_role(interaction: discord.Interaction[Any], role_ids: Iterable[int]) -> None:
    """Raise BadRequest for the role that Discord created for a bot: nobody else can be given it."""
    for role_id in role_ids:
        role = None if interaction.guild is None else interaction.guild.get_role(role_id)
        if role is not None and role.is_bot_managed():
            raise BadRequest(errors.bots_role(role_id))


async def server_of(client: discord.Client, guild_id: int) -> discord.Guild:
    """As the gateway sent it; if it has not, as fetched from Discord. Raises errors of the request."""
    guild = client.get_guild(guild_id)
    if guild is not None and not guild.unavailable:
        return guild
    with closing_is_trouble():
        return await client.fetch_guild(guild_id)  # an unavailable one is sent later, and has no roles yet


async def fetch_member(client: discord.Client, guild_id: int, user_id: int) -> discord.Member:
    """Somebody's roles as Discord has them now. NotAllowed says whether they or we are no longer on the server."""
    try:
        with closing_is_trouble():
            guild = await server_of(client, guild_id)
            return await guild.fetch_member(user_id)
    except (discord.NotFound, discord.Forbidden) as error:
        if is_passing(error):
            raise
        # Both requests need no permission: a 403 means that we are not there (50001), like an unknown server.
        raise NotAllowed(errors.LEFT if code_of(error) in NO_MEMBER else errors.BOT_LEFT) from error


async def members_among(guild: discord.Guild | None, user_ids: Sequence[int]) -> Mapping[int, discord.Member]:
    """Which of these people are on the server now, asked over the gateway: that does not need the members intent.

    Raises Unavailable.
    """
    if guild is None:
        raise BadRequest(errors.SERVER_ONLY)
    found: dict[int, discord.Member] = {}
    known = [id_ for id_ in user_ids if id_ != ERASED_MEMBER]
    for start in range(0, len(known), MOST_ASKED):
        some = known[start : start + MOST_ASKED]
        try:
            async with asyncio.timeout(PATIENCE):
                found |= {each.id: each for each in await guild.query_members(user_ids=some, cache=False)}
        except (TimeoutError, discord.ClientException, *TROUBLE) as error:
            raise Unavailable(errors.NOT_ASKED) from error
    return found


def has_role(member: discord.Member, role_id: int) -> bool:
    """@everyone has the server's own id."""
    return role_id == member.guild.id or role_id in _roles_of(member)


def _roles_of(member: discord.Member) -> frozenset[int]:
    """As they came with the member: `Member.roles` needs the server in the cache."""
    return frozenset(member._roles)  # noqa: SLF001 (no other way to the ids)


@wired
class DiscordPeople:
    """The GuildPeople."""

    client: discord.Client

    async def member(self, guild_id: int, user_id: int) -> Member:
        return await _fetched(self.client, guild_id, user_id)

    async def names(self, guild_id: int, member_ids: Collection[int]) -> Mapping[int, str]:
        """The names of those who are on the server.

        Raises Unavailable, also if the gateway has not sent the server.
        """
        guild = self.client.get_guild(guild_id)
        if guild is None or guild.unavailable:
            raise Unavailable(errors.NOT_ASKED)
        there = await members_among(guild, sorted(member_ids))
        return {id_: member.display_name for id_, member in there.items()}


@wired
class DiscordAccessCheck:
    """Whether the owner of a waiting job still has the right to it, checked just before money is spent."""

    client: discord.Client
    authorization: Authorization

    async def limits(self, job: Job) -> OrderLimits:
        try:
            found = await fetch_member(self.client, job.guild_id, job.owner_id)
        except TROUBLE:
            await self.authorization.blocks.check(job.guild_id, job.owner_id)
            return UNLIMITED
        venue = await DiscordVenues(client=self.client).of(job.guild_id, job.channel_id)
        rights = CachedChannelRights(guild=found.guild, member=found)
        member = _member(found, job.guild_id, found.guild_permissions, rights)
        owner = replace(member, venue=venue, here=self._place_of(job))
        order = OrderVideo(request=job.request, private=job.private)
        try:
            return await self.authorization.authorize(owner, order)
        except (TierLimit, MemberBlocked, WrongVenue):
            raise
        except NotAllowed:
            raise NotAllowed(errors.NO_ROLE) from None

    def _place_of(self, job: Job) -> frozenset[int]:
        """Nothing for direct messages and unknown threads: these were checked when the order was placed."""
        guild = self.client.get_guild(job.guild_id)
        if guild is None or guild.unavailable:
            return frozenset()
        return around(guild.get_channel_or_thread(job.channel_id))
