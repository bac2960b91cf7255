"""The names of a server's roles. @everyone, which all its members have, has the server's own id."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.messages import Choice, Foreign, Role

EVERYONE = Foreign("@everyone")  # neutral wherever it is shown: its name would notify a whole server


def named_role(role_id: int, guild_id: int) -> Role | Foreign:
    """A role of that server. The mention of @everyone would read `@@everyone`."""
    return EVERYONE if role_id == guild_id else Role(role_id)


def named_roles(role_ids: Iterable[int], guild_id: int) -> Choice:
    """All of these roles of that server, always in the same order."""
    return Choice(tuple(named_role(each, guild_id) for each in sorted(role_ids)), every=True)
