"""Where on a server videos can be made."""

from __future__ import annotations

from bot.domain.access.members import Member
from bot.domain.errors import WrongVenue
from bot.domain.guild import GuildOptions
from bot.domain.messages import Channel, Choice, msg

MOST_NAMED = 5  # channels in one sentence


def check_place(member: Member, options: GuildOptions) -> None:
    """Raise WrongVenue unless the server lets videos be made where they ask from.

    A thread counts as its channel, a channel as its category. Direct messages are in no channel of the server.
    """
    allowed = options.allowed_channels
    if not allowed or not member.here or member.here & {*allowed}:
        return
    named = Choice(tuple(map(Channel, allowed[:MOST_NAMED])))
    raise WrongVenue(
        msg(
            "Videos can't be made in this channel. Try {channels}. A server manager can change that with "
            "`/settings open`.",
            channels=named,
        )
    )
