"""The moderation model: whether it answers. It is asked about a harmless prompt, which is free and leaves no trace."""

from __future__ import annotations

from collections.abc import Sequence

from bot.doctor.report import Finding, failure, fine, warning
from bot.domain.errors import Unavailable
from bot.domain.moderation.model import ModerationModel
from bot.domain.moderation.rules import WhenDown

SUBJECT = "moderation"
HARMLESS = "a fox in the snow"


async def moderation(model: ModerationModel, when_down: WhenDown) -> Sequence[Finding]:
    try:
        await model.findings(HARMLESS, None)
    except Unavailable as trouble:
        words = f"the moderation model gives {trouble.sentence}"
        if when_down is WhenDown.REFUSE:
            return [failure(SUBJECT, words, "Check MODERATION_API_KEY and its address; until then orders are refused.")]
        return [warning(SUBJECT, words, "Check MODERATION_API_KEY and its address; until then orders pass unchecked.")]
    return [fine(SUBJECT, "the moderation model answers; servers can turn it on")]
