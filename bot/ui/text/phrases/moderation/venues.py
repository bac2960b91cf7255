"""Spoilers and age-restricted channels, on a server's page about its videos."""

from __future__ import annotations

from bot.domain.messages import Message, msg
from bot.domain.moderation.venues import AgeRule, Spoilers

SPOILERS = {
    Spoilers.NEVER: msg("No spoilers"),
    Spoilers.REPORTED: msg("Reported videos are spoilers until a manager decides"),
    Spoilers.ALWAYS: msg("All videos are posted as spoilers"),
}
AGE_RULES = {
    AgeRule.FREE: msg("No rule for age-restricted channels"),
    AgeRule.KEPT: msg("Videos made in age-restricted channels stay in those"),
    AgeRule.ONLY: msg("Videos only in age-restricted channels"),
}
SPOILERS_SAID = {
    Spoilers.REPORTED: msg("**Reported videos** are covered as spoilers until a manager decides."),
    Spoilers.ALWAYS: msg("**All videos** are posted as spoilers from now on."),
}
AGE_SAID = {
    AgeRule.KEPT: msg(
        "**Videos made in age-restricted channels** are posted, shown and remixed in age-restricted channels only."
    ),
    AgeRule.ONLY: msg("**Videos** are made and shown in age-restricted channels only."),
}


def spoilers_said(which: Spoilers) -> Message | None:
    """None for the default."""
    return SPOILERS_SAID.get(which)


def age_said(rule: AgeRule) -> Message | None:
    return AGE_SAID.get(rule)
