"""The prompt helper, as a use case."""

from __future__ import annotations

from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.moderation.screening import Screening
from bot.jobs.use_cases.prompting.ask import AskHelper
from bot.wiring.jobs import JobParts


def ask_helper(
    parts: JobParts, authorization: Authorization, allowances: MemberAllowances, screening: Screening
) -> AskHelper | None:
    """None if the host has set up none."""
    if parts.helper is None:
        return None
    return AskHelper(
        helper=parts.helper.helper,
        prices=parts.helper.prices,
        calls=parts.stores.helper_calls,
        authorization=authorization,
        allowances=allowances,
        screening=screening,
        media=parts.media,
    )
