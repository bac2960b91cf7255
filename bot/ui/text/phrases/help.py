"""/help. What each command does is in its own description."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.messages import Choice, Message, Term, msg

TITLE = msg("**Commands**")
MAKE, LOOK_BACK = msg("**Make videos**"), msg("**Look back**")
YOURS, FOR_MANAGERS = msg("**Yours**"), msg("**For managers**")


def mention(name: str, id_: int | None) -> Term:
    """A command, clickable if Discord's id of it is known."""
    return Term(f"`/{name}`" if id_ is None else f"</{name}:{id_}>")


def begin(create: Term, models: Term) -> Message:
    """The parameters are mentions."""
    return msg(
        "New here? Type {create} and describe a video. {models} shows what each model costs.",
        create=create,
        models=models,
    )


def row(command: Term, description: str) -> Message:
    """`description` is in English, as in the command tree."""
    return Message("{command} {description}", {"command": command, "description": Message(description)})


def one_at_a_time(commands: Sequence[Term]) -> Message:
    """Mentions of the commands that the one above combines."""
    return msg("One at a time: {commands}.", commands=Choice(tuple(commands), every=True))


def menus(names: Sequence[str]) -> Message:
    """`names` are in English, as in the command tree."""
    entries = tuple(Message("*{name}*", {"name": Message(name)}) for name in names)
    return msg("In the menu of a message, under **Apps**: {entries}.", entries=Choice(entries, every=True))
