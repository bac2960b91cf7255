"""Who may do what: roles take the place of a password."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain.errors import NotAllowed, NotFound
from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.job import Job
from bot.domain.messages import Choice, Role, msg

NO_VIDEO_HERE = msg("There is no video with that id here. `/status` lists yours.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A person on a server, as one interaction showed them."""

    id: int
    guild_id: int
    name: str
    roles: frozenset[int]
    manages: bool  # Manage Server
    moderates: bool = False  # Manage Messages in this channel


def check_may_make(member: Member, guild_settings: GuildSettings) -> None:
    """Raise NotAllowed unless this member may make videos here."""
    if member.manages or guild_settings.opening is AccessPolicy.EVERYONE or member.roles & guild_settings.roles:
        return
    if guild_settings.roles:
        roles = Choice(tuple(Role(role) for role in sorted(guild_settings.roles)))
        raise NotAllowed(
            msg(
                "Making videos here needs the role {roles}. Ask a server manager for it. Nothing was spent.",
                roles=roles,
            )
        )
    raise NotAllowed(
        msg(
            "Nobody but server managers may make videos here yet. "
            "A manager can grant a role with `/settings access`. Nothing was spent."
        )
    )


def may_see(member: Member, job: Job) -> bool:
    """Videos are seen by all of their server; private ones by their owner and server managers."""
    if job.guild_id != member.guild_id:
        return False
    return not job.private or job.owner_id == member.id or member.manages


def check_may_see(member: Member, job: Job | None) -> Job:
    """The job, or NotFound with the same words for "none" and "not yours to see"."""
    if job is None or not may_see(member, job):
        raise NotFound(NO_VIDEO_HERE)
    return job


def check_may_decide(member: Member) -> None:
    """What becomes of an order that may have been charged is a matter of the server's money."""
    if not member.manages:
        raise NotAllowed(msg("Only members with Manage Server can decide this: it is about the server's money."))


def check_may_end(member: Member, job: Job) -> None:
    """Cancel and delete belong to the owner and to moderators."""
    if member.id != job.owner_id and not member.moderates and not member.manages:
        raise NotAllowed(msg("Only the person who ordered this video, or a moderator, can do that."))
