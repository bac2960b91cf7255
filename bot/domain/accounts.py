"""Accounts at video services: one dialect at one endpoint, with one key and a name."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where orders are sent and what they are paid with. A job stays with its account for good.

    `server` is what kind of server it is, of several that speak one dialect; `auto` finds out. `key_setting` and
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
    secrets: tuple[str, ...] = field(default=(), repr=False)  # all that are known: never to be kept from its words
    download_hosts: frozenset[str] = frozenset()  # of its files, besides its own, that need not be public or encrypted
    max_renders: int | None = None  # at once, over all processes; None: only the limits of the whole bot
