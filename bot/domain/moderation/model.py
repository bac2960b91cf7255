"""The moderation model: asked about an order before it is paid for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from bot.data_classes import value_object
from bot.domain.moderation.rules import ALWAYS_REFUSED, SURE_FROM, ModelRules


@value_object
class ModelFinding:
    """One category, such as `violence/graphic`. `score`: how sure the model is, from 0 to 1."""

    flagged: bool
    score: float


class ModerationModel(Protocol):
    async def findings(self, text: str, picture: bytes | None) -> Mapping[str, ModelFinding]:
        """By category. The picture is a JPEG or PNG. Raises Unavailable if the model does not answer."""
        ...


def worst(several: Sequence[Mapping[str, ModelFinding]]) -> Mapping[str, ModelFinding]:
    """For one order that was asked about in parts, one per picture."""
    found = dict[str, ModelFinding]()
    for category, finding in (each for findings in several for each in findings.items()):
        before = found.get(category, finding)
        flagged = before.flagged or finding.flagged
        found[category] = ModelFinding(flagged=flagged, score=max(before.score, finding.score))
    return found


def refused_categories(findings: Mapping[str, ModelFinding], rules: ModelRules) -> tuple[str, ...]:
    """Those that a server's rules refuse, most certain first."""
    sure_from = SURE_FROM.get(rules.strictness)

    def is_refused(category: str, finding: ModelFinding) -> bool:
        if category == ALWAYS_REFUSED:
            return finding.flagged or (sure_from is not None and finding.score >= sure_from)
        if category.partition("/")[0] not in {topic.value for topic in rules.topics}:
            return False
        return finding.flagged if sure_from is None else finding.score >= sure_from

    found = [category for category, finding in findings.items() if is_refused(category, finding)]
    return tuple(sorted(found, key=lambda category: -findings[category].score))
