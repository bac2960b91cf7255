"""What is said when an order was intended and nothing came of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.errors import NotAllowed, Refusal, TierLimit
from bot.domain.messages import joined, msg

NOT_CHARGED = msg("You weren't charged.")


@contextmanager
def charging_nothing(kind: type[Refusal] = NotAllowed) -> Iterator[None]:
    """A refusal of what somebody may not order; a TierLimit already says that it cost nothing."""
    try:
        yield
    except TierLimit:
        raise
    except kind as no:
        raise type(no)(joined(no.message, NOT_CHARGED)) from None
