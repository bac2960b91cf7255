"""What a member may do: make, see, watch, decide, end."""

from __future__ import annotations

from collections.abc import Callable

from bot.domain.access.members import Member
from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.access.tiers import TierRights, Tiers
from bot.domain.errors import MakesNothing, NotAllowed, NotFound
from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.job import Job
from bot.domain.messages import Choice, Message, Role, Term, VideoId, msg, msg_n

NO_VIDEO_HERE = msg("There's no video with that id here. `/history` lists yours.")
MOST_ROLES_NAMED = 10  # in one sentence


def may_make(member: Member, guild_settings: GuildSettings) -> bool:
    """On a server without tiers."""
    is_open = guild_settings.opening is AccessPolicy.EVERYONE
    return member.manages or is_open or bool(member.roles & guild_settings.roles)


def check_may_make(member: Member, guild_settings: GuildSettings) -> None:
    """Raise MakesNothing unless this member may make videos on a server without tiers."""
    if may_make(member, guild_settings):
        return
    if guild_settings.roles:
        raise _lacks_roles(member, guild_settings.roles, command="/settings access")
    raise MakesNothing(
        msg(
            "Only server managers can make videos here so far. "
            "A manager can open this to others with `/settings access`."
        )
    )


def check_is_in_a_tier(member: Member, tiers: Tiers) -> None:
    """Raise MakesNothing unless this member may make videos on a server with tiers: there, only tiers decide."""
    if not member.manages and tiers.of(member) is None:
        held = frozenset[int]().union(*(tier.roles for tier in tiers.order))
        raise _lacks_roles(member, held, command="/settings tiers")


def _lacks_roles(member: Member, roles: frozenset[int], *, command: str) -> MakesNothing:
    """Names roles that the server still has: Discord shows a deleted one as "@unknown"."""
    there = roles - member.deleted(roles)
    if not there:
        return MakesNothing(_none_left(len(roles), command))
    named = Choice(tuple(Role(role) for role in sorted(there)[:MOST_ROLES_NAMED]))
    return MakesNothing(msg("You need the role {roles} to make videos here. Ask a server manager for it.", roles=named))


def _none_left(count: int, command: str) -> Message:
    return msg_n(
        "The role for making videos here no longer exists. Ask a server manager to choose another with `{command}`.",
        "The roles for making videos here no longer exist. Ask a server manager to choose others with `{command}`.",
        count,
        command=Term(command),
    )


def check_manages(member: Member) -> None:
    if not member.manages:
        raise NotAllowed(msg("Only members with Manage Server can change that."))


def check_may_moderate(member: Member) -> None:
    if not member.manages:
        raise NotAllowed(msg("Only members with Manage Server can decide that. Nothing was changed."))


def check_runs_contests(member: Member) -> None:
    if not member.manages:
        raise NotAllowed(msg("Only members with Manage Server can run contests. Nothing was changed."))


def _may(member: Member, tiers: Tiers, right: Callable[[TierRights], bool]) -> bool:
    """Who manages the server may, and so may members whose tier has the right."""
    tier = tiers.of(member)
    return member.manages or (tier is not None and right(tier.rights))


def check_sees_server_costs(member: Member, tiers: Tiers) -> None:
    if _may(member, tiers, lambda rights: rights.sees_server_costs):
        return
    raise NotAllowed(
        msg(
            "Only members with Manage Server, or in a tier that allows it, can see the server's costs. "
            "For yours, use `/costs scope:mine`."
        )
        if tiers.order
        else msg("Only members with Manage Server can see the server's costs. For yours, use `/costs scope:mine`.")
    )


def check_sees_history(member: Member, tiers: Tiers) -> None:
    if _may(member, tiers, lambda rights: rights.sees_history):
        return
    raise NotAllowed(
        msg(
            "Only members with Manage Server, or in a tier that allows it, can browse the videos of others. "
            "For yours, use `/history`."
        )
    )


def check_sees_stats(*, makes_videos: bool) -> None:
    if not makes_videos:
        raise NotAllowed(
            msg("`/stats` is for members who can make videos here. For what you've spent, use `/costs scope:mine`.")
        )


def check_may_approve(member: Member, tiers: Tiers) -> None:
    if _may(member, tiers, lambda rights: rights.may_approve):
        return
    raise NotAllowed(
        msg(
            "Only members with Manage Server, or in a tier that allows it, can approve videos. Nothing was changed. "
            "A server manager can change that with `/settings tiers`."
        )
    )


def check_is_not_own(member: Member, job: Job) -> None:
    """A limit that its owner can lift protects nothing; whoever may change the limit itself is bound by none."""
    if member.id == job.owner_id and not member.manages:
        raise NotAllowed(msg("You can't approve your own video. Nothing was changed."))


def may_see(member: Member, job: Job) -> bool:
    """A video can be seen by its owner, by server managers, and by anyone who can read the channel it was ordered in.

    So can one that was shown elsewhere, by anyone who presses its buttons there. Private ones are in no channel of the
    server. Watching it is another matter: see `may_watch`. If its owner's data was erased, there is nothing left to
    see.
    """
    if job.guild_id != member.guild_id or job.owner_id == ERASED_MEMBER:
        return False
    if job.owner_id == member.id or member.manages:
        return True
    return not job.private and (job.id in member.shown or member.channels.sees(job.channel_id))


def may_watch(member: Member, job: Job, *, show_private: bool = False) -> bool:
    """Who may see a video may watch it and read its prompt; only its owner may watch a private one.

    `show_private`: its server lets managers do so, too.
    """
    return may_see(member, job) and (not job.private or job.owner_id == member.id or show_private)


def check_may_see(member: Member, job: Job | None) -> Job:
    """The job; or NotFound, with the same words for "does not exist" and "not yours to see"."""
    if job is None or not may_see(member, job):
        raise NotFound(NO_VIDEO_HERE)
    return job


def is_private(job: Job) -> Message:
    """Said to those who may know only that it exists."""
    return msg("{video} is private. Only its owner can watch or use it.", video=VideoId(job.id))


def check_may_decide(member: Member) -> None:
    """The decision about an order that may have been charged concerns the server's money."""
    if not member.manages:
        raise NotAllowed(msg("Only members with Manage Server can decide this, because it's about the server's money."))


def may_end(member: Member, job: Job) -> bool:
    """The owner, and whoever moderates the channel where the video is, may cancel and delete it."""
    return member.id == job.owner_id or member.manages or member.channels.moderates(job.channel_id)


def check_may_end(member: Member, job: Job) -> None:
    if not may_end(member, job):
        raise NotAllowed(msg("Only the member who ordered this video, or a moderator, can do that."))
