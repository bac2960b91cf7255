"""What is said of a length or a size that is chosen for orders to come, and that no model makes."""

from __future__ import annotations

from collections.abc import Iterable

from bot.domain.messages import Choice, Count, Message, Model, Term, msg, value


def no_such_length(seconds: int, offered: Iterable[int], label: str | None) -> Message:
    """`label`: of the model; None for all of them."""
    wanted = msg("{count} seconds", count=Count(seconds))
    return _no_such(wanted, Choice(tuple(map(Count, offered))), label)


def no_such_size(size: str, offered: Iterable[str], label: str | None) -> Message:
    """Likewise."""
    return _no_such(value(Term(size)), Choice(tuple(map(Term, offered))), label)


def _no_such(wanted: Message, offered: Choice, label: str | None) -> Message:
    if label is None:
        return msg(
            "No model here makes videos of {wanted}. Possible: {offered}. Nothing was changed.",
            wanted=wanted,
            offered=offered,
        )
    return msg(
        "{model} makes no videos of {wanted}. Possible: {offered}. Nothing was changed.",
        model=Model(label),
        wanted=wanted,
        offered=offered,
    )
