"""At which account an order is sent and paid, and why orders at a refused one wait."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.accounts import is_own, service_of
from bot.domain.job import Job
from bot.domain.messages import Message, msg
from bot.domain.models.card import ModelCard

NO_ACCOUNT = msg("The service is refusing this bot's account. Orders wait, free of charge, until that's fixed.")
NO_KEY = msg(
    "The key that pays for this order is refused or can't be used. It waits, free of charge, until that's fixed with "
    "`/keys`."
)


def account_to_send(job: Job, card: ModelCard, accounts: Collection[str]) -> str | None:
    """As it was ordered, or where its model has moved to meanwhile. None when that is nowhere.

    What somebody's own key was to pay for is paid with no other one.
    """
    if is_own(job.account):
        return job.account if service_of(job.account) in card.account_names and job.account in accounts else None
    here = [name for name in (job.account, *card.account_names) if name in accounts]
    return next((name for name in here if name in card.account_names), None)


def refused(account: str) -> Message:
    """Why orders at an account wait."""
    return NO_KEY if is_own(account) else NO_ACCOUNT
