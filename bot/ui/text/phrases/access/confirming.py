"""When members are asked before a video is ordered."""

from __future__ import annotations

from bot.domain.access.confirming import ConfirmBounds
from bot.domain.messages import Message, Money, msg
from bot.domain.money.usd import FREE
from bot.ui.text.phrases.values import lines, small

AMOUNT_OR_RESET = msg("Choose amounts or `reset`, not both. Nothing was changed.")
BY_THE_HOST = msg("This is the bot's default.")


def asked_from(bounds: ConfirmBounds) -> Message:
    """The server's setting."""
    head = (
        msg("**Asks before** every video.")
        if bounds.usual == FREE
        else msg("**Asks before** videos of at least **{usual}**.", usual=Money(bounds.usual))
    )
    return lines(head, small(_room(bounds)), small(BY_THE_HOST) if bounds.server is None else None)


def _room(bounds: ConfirmBounds) -> Message:
    if bounds.highest == bounds.usual:
        return msg("Tiers and members can choose less, not more.")
    return msg("Tiers and members can choose less, or up to {most}.", most=Money(bounds.highest))
