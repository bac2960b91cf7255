"""The prompt helper's suggestions."""

from __future__ import annotations

from bot.domain.messages import Foreign, Message, Money, msg, value
from bot.domain.money.usd import FREE
from bot.jobs.use_cases.prompting.ask import Suggestion
from bot.ui.text.phrases.values import lines, small

USE, KEEP, CREATE = msg("Use it…"), msg("Keep mine…"), msg("Create…")
IMPROVE = msg("Improve prompt")
BEFORE, AFTER = msg("**Before**"), msg("**After**")
DESCRIBED = msg("**A prompt from your image**")
NO_HELPER = msg("The prompt helper is switched off on this bot. You weren't charged.")


def before(suggestion: Suggestion) -> Message:
    return lines(BEFORE, value(Foreign(suggestion.before)))


def after(suggestion: Suggestion) -> Message:
    return lines(AFTER if suggestion.before else DESCRIBED, value(Foreign(suggestion.prompt)))


def cost(suggestion: Suggestion) -> Message:
    """Also says that the order has not changed."""
    if suggestion.cost == FREE:
        return small(msg("Nothing is ordered yet. You weren't charged."))
    return small(msg("Nothing is ordered yet. The prompt helper charged {price}.", price=Money(suggestion.cost)))
