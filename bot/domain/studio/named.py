"""What members and servers keep under names, found by what is typed for an option: own before the server's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from bot.domain.texts.names import key_of, tidied

SERVERS, OWN = "server", "mine"  # prefix of a suggested name


class Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def key(self) -> str: ...

    @property
    def is_servers(self) -> bool: ...


N = TypeVar("N", bound=Named)


def suggestion(named: Named) -> str:
    """Distinguishes two of the same name."""
    return f"{SERVERS if named.is_servers else OWN}:{named.name}"


def meant(typed: str) -> str:
    """The name in what was suggested or typed, to be said about something that is not there any more."""
    kind, _, rest = typed.partition(":")
    return rest if kind in {SERVERS, OWN} and rest else typed


def found(known: Sequence[N], typed: str) -> N | None:
    """As it was suggested, otherwise by its name in any case; of two with one name, their own."""
    kind, _, rest = typed.partition(":")
    suggested = [each for each in known if each.name == rest and each.is_servers == (kind == SERVERS)]
    if kind in {SERVERS, OWN} and suggested:
        return suggested[0]
    return min((each for each in known if each.key == key_of(tidied(typed, len(typed)))), key=_is_servers, default=None)


def _is_servers(named: Named) -> bool:
    return named.is_servers
