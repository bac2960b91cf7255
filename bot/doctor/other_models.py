"""Checks, free of charge, that the models which do not make videos are available.

The moderation model is asked about a harmless prompt, which leaves no trace; the prompt helper, which models it has.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.doctor.report import Finding, failure, fine, warning
from bot.domain.errors import Unavailable
from bot.domain.moderation.model import ModerationModel
from bot.domain.moderation.rules import WhenDown
from bot.domain.prompting.helper import PromptHelper

MODERATION, HELPER = "moderation", "prompt helper"
HARMLESS = "a fox in the snow"
MOST_NAMED = 5  # models


async def moderation(model: ModerationModel, when_down: WhenDown) -> Sequence[Finding]:
    try:
        await model.findings(HARMLESS, None)
    except Unavailable as trouble:
        words = f"the moderation model gives {trouble.sentence}"
        if when_down is WhenDown.REFUSE:
            return [
                failure(MODERATION, words, "Check MODERATION_API_KEY and its address; until then orders are refused.")
            ]
        return [
            warning(MODERATION, words, "Check MODERATION_API_KEY and its address; until then orders pass unchecked.")
        ]
    return [fine(MODERATION, "the moderation model answers; servers can turn it on")]


async def prompt_helper(helper: PromptHelper, model: str) -> Sequence[Finding]:
    try:
        known = await helper.models()
    except Unavailable as trouble:
        words = f"the prompt helper can't be asked: {trouble.sentence}"
        return [failure(HELPER, words, "Check HELPER_BASE_URL and HELPER_API_KEY; videos are made without it.")]
    if model not in known:
        nearest = ", ".join(known[:MOST_NAMED]) or "none"
        words = f"the prompt helper's service doesn't list {model}; it lists {nearest}"
        return [warning(HELPER, words, "Check HELPER_MODEL; some services take names that they don't list.")]
    return [fine(HELPER, f"{model} is there; members can use /prompt and /describe")]
