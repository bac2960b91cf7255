"""Accounts at video services: a named combination of dialect, endpoint and key."""

from __future__ import annotations

import re
from dataclasses import field

from bot.data_classes import value_object
from bot.domain.texts.discord_ids import DISCORD_ID

_OWN = re.compile(rf"(?P<service>[^@]+)@(?P<kind>member|server):(?P<guild>{DISCORD_ID})(?::(?P<member>{DISCORD_ID}))?")


@value_object
class KeyOwner:
    """Whose key it is: a member's on one server, or that server's."""

    guild_id: int
    member_id: int | None = None  # None: the server's

    def account(self, service: str) -> str:
        """The name of the account that this owner's key creates from one that whoever runs the bot has set up."""
        whose = f"server:{self.guild_id}" if self.member_id is None else f"member:{self.guild_id}:{self.member_id}"
        return f"{service}@{whose}"


def owner_of(account: str) -> KeyOwner | None:
    """Whose key pays at an account; None: that of whoever runs the bot."""
    found = _OWN.fullmatch(account)
    if found is None:
        return None
    return KeyOwner(guild_id=int(found["guild"]), member_id=int(found["member"]) if found["member"] else None)


def is_own(account: str) -> bool:
    """Whether an own key pays there. No account of the settings has such a name."""
    return "@" in account


def is_members(account: str) -> bool:
    """Whether it is a member's own key: their money, about which nobody else decides."""
    owner = owner_of(account)
    return owner is not None and owner.member_id is not None


def service_of(account: str) -> str:
    """The account of the settings whose service an own key is for; any other account itself."""
    return account.partition("@")[0]


@value_object
class Account:
    """Where orders are sent and what they are paid with. A job stays with its account permanently.

    `server` is the kind of server, for dialects that several kinds speak; `auto` detects it. `key_setting` and
    `url_setting` are what whoever runs the bot would have to change, for messages.
    """

    name: str
    dialect: str
    base_url: str
    key: str = field(repr=False)
    key_setting: str
    url_setting: str
    server: str = "auto"
    server_setting: str = ""
    secrets: tuple[str, ...] = field(default=(), repr=False)  # all that are known: to be redacted from its answers
    download_hosts: frozenset[str] = frozenset()  # of its files, besides its own, that need not be public or encrypted
    max_renders: int | None = None  # simultaneous renders, over all processes; None: only the bot's own limits apply
