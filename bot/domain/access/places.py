"""Where on a server videos can be made."""

from __future__ import annotations

from bot.domain.access.members import Member
from bot.domain.errors import WrongVenue
from bot.domain.guild import GuildOptions
from bot.domain.messages import Channel, Choice, msg

MOST_NAMED = 5  # channels in one sentence
NOWHERE_SEEN = msg(
    "Videos can't be made in this channel, only in others that you can't see or that were deleted. "
    "A server manager can change that with `/settings open`."
)
NOT_SENT_YET = msg(
    "Videos can be made only in some channels of this server, and Discord hasn't said yet which there are. "
    "Try again in a minute."
)


def check_place(member: Member, options: GuildOptions) -> None:
    """Raise WrongVenue unless the server lets videos be made where they ask from. It names those that they can see.

    A thread counts as its channel, a channel as its category. Direct messages are in no channel of the server. Until
    Discord has sent the server, a thread's category is unknown, and so is what they can see.
    """
    allowed = options.allowed_channels
    if not allowed or not member.here or member.here & {*allowed}:
        return
    if member.server_roles is None:
        raise WrongVenue(NOT_SENT_YET)
    seen = [channel for channel in allowed if member.channels.sees(channel)]
    if not seen:
        raise WrongVenue(NOWHERE_SEEN)
    raise WrongVenue(
        msg(
            "Videos can't be made in this channel. Try {channels}. A server manager can change that with "
            "`/settings open`.",
            channels=Choice(tuple(map(Channel, seen[:MOST_NAMED]))),
        )
    )
