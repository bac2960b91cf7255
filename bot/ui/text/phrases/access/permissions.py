"""Permissions, called as Discord's settings call them in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.messages import Choice, Message, Term, msg, value

NAMES = {
    name.text: name
    for name in (
        msg("View Channel"),
        msg("Send Messages"),
        msg("Attach Files"),
        msg("Read Message History"),
        msg("Send Messages in Threads"),
        msg("Create Public Threads"),
    )
}


def called(permission: str) -> Message:
    """By its English name."""
    return NAMES.get(permission, value(Term(permission)))


def all_of(permissions: Iterable[str]) -> Choice:
    return Choice(tuple(map(called, permissions)), every=True)
