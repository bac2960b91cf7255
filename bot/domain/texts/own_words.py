"""Messages without what others wrote in them."""

from __future__ import annotations

from dataclasses import replace

from bot.domain.messages import Choice, Foreign, Message, Param


def in_own_words(message: Message) -> str:
    """Plain English, with … for words of others: they may repeat a prompt, and a log never contains one."""
    return str(replace(message, params={name: _own(value) for name, value in message.params.items()}))


def _own(value: Param) -> Param:
    match value:
        case Foreign():
            return Foreign("…")
        case Message():
            return Foreign(in_own_words(value))
        case Choice():
            return replace(value, values=tuple(map(_own, value.values)))
        case _:
            return value
