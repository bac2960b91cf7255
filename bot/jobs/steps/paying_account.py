"""At which account an order is sent and paid for, and why orders there wait."""

from __future__ import annotations

from collections.abc import Collection

from bot.data_classes import value_object
from bot.domain.accounts import is_own, service_of
from bot.domain.job import Job
from bot.domain.messages import Message, msg
from bot.domain.models.card import ModelCard
from bot.jobs.context import StepContext
from bot.jobs.providers.comparisons import RECONCILING
from bot.jobs.providers.drains import DRAINED, DRAINED_WAIT
from bot.jobs.providers.throttle import Request

LONGEST_HELD = 15.0  # seconds until the whole queue is checked again
NO_ACCOUNT = msg("The service is refusing this bot's account. Orders wait, free of charge, until that's fixed.")
NO_KEY = msg(
    "The key that pays for this order is refused or can't be used. It waits, free of charge, until that's fixed with "
    "`/keys`."
)


def account_to_send(job: Job, card: ModelCard, accounts: Collection[str]) -> str | None:
    """The account it was ordered for, or the one its model has moved to; None if there is none.

    An order that somebody's own key was to pay for is paid for with no other key.
    """
    if is_own(job.account):
        return job.account if service_of(job.account) in card.account_names and job.account in accounts else None
    here = [name for name in (job.account, *card.account_names) if name in accounts]
    return next((name for name in here if name in card.account_names), None)


@value_object(kw_only=False)
class Held:
    """Why an order is not sent now, and after how many seconds that is checked again."""

    why: Message
    seconds: float


async def held_back(context: StepContext, job: Job, card: ModelCard) -> Held | None:
    """Held back by its service, by whoever runs the bot, or because it may have been made already."""
    throttle = context.throttle
    if wait := throttle.seconds_left(job.account, Request.PAID, context.now()):
        return Held(throttle.reason(job.account, Request.PAID), min(wait, LONGEST_HELD))
    if context.comparisons.hold(job, card.account_names):
        return Held(RECONCILING, LONGEST_HELD)
    if await context.drains.holds(job.account):
        return Held(DRAINED, DRAINED_WAIT)
    return None


def refused(account: str) -> Message:
    """Why orders at an account wait."""
    return NO_KEY if is_own(account) else NO_ACCOUNT
