"""A prompt improved, or an image described: checked, reserved, asked once, and settled with what it cost."""

from __future__ import annotations

import asyncio
import logging
import secrets

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.access.uncharged import NOT_CHARGED, charging_nothing
from bot.domain.errors import (
    AccountTrouble,
    AgainstRules,
    BadRequest,
    HelperFailed,
    OutcomeUnknown,
    Refused,
    Unavailable,
)
from bot.domain.media import Fit, MediaProcessor
from bot.domain.messages import Message, Money, joined, msg
from bot.domain.money.usd import FREE, Usd
from bot.domain.prompting.calls import HelperCall, HelperCalls
from bot.domain.prompting.helper import LONGEST_SIDE, HelperAnswer, HelperPrices, HelperQuestion, PromptHelper
from bot.domain.prompting.instructions import to_describe, to_improve
from bot.domain.video import Size
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.moderation.screening import Screening

log = logging.getLogger(__name__)

LONGEST_SUGGESTION = 1500  # characters; all of it has to be seen beside what it was made from

NOT_WORKING = msg("The prompt helper isn't working right now. Tell whoever runs this bot. You weren't charged.")
BUSY = msg("The prompt helper isn't answering right now. Try again in a few minutes. You weren't charged.")
NO = msg("The prompt helper rejected this. You weren't charged. Try other words or another image.")
NOTHING_TO_IMPROVE = msg("There's nothing to improve yet. Write an idea first. You weren't charged.")
NO_ANSWER = msg("The prompt helper had no answer to this. Try other words or another image.")


@value_object
class Suggestion:
    """What the helper wrote. `before`: what it was made from, empty for an image."""

    prompt: str
    cost: Usd
    before: str = ""


@wired
class AskHelper:
    """Raises NotAllowed, AgainstRules, OverBudget, QueueClosed, BadRequest and HelperFailed; each says what it cost."""

    helper: PromptHelper
    prices: HelperPrices
    calls: HelperCalls
    authorization: Authorization
    allowances: MemberAllowances
    screening: Screening
    media: MediaProcessor

    async def improve(self, member: Member, idea: str) -> Suggestion:
        await self.authorization.authorize(member, Act.MAKE)
        if not idea.strip():
            raise BadRequest(NOTHING_TO_IMPROVE)
        await self._check(member, idea)
        return await self._asked(member, to_improve(idea.strip()), before=idea.strip())

    async def describe(self, member: Member, image: bytes) -> Suggestion:
        await self.authorization.authorize(member, Act.MAKE)
        fitted = await self.media.fit(image, Size(LONGEST_SIDE, LONGEST_SIDE), Fit.WHOLE, member.id)
        await self._check(member, "", fitted.png)
        return await self._asked(member, to_describe(fitted.png))

    async def _check(self, member: Member, words: str, picture: bytes | None = None) -> None:
        with charging_nothing(AgainstRules):
            await self.screening.check_words(member, words, picture)

    async def _asked(self, member: Member, question: HelperQuestion, before: str = "") -> Suggestion:
        call = await self._open(member, question)
        # What is paid is booked, whoever stops waiting for it.
        answer, cost = await asyncio.shield(asyncio.create_task(self._settled(call, question), name="prompt helper"))
        prompt = answer.text[:LONGEST_SUGGESTION].strip()
        if not prompt:
            raise HelperFailed(joined(NO_ANSWER, charged(cost)))
        try:
            await self.screening.check_words(member, prompt)
        except AgainstRules as no:
            raise HelperFailed(joined(no.message, charged(cost))) from None
        return Suggestion(prompt=prompt, cost=cost, before=before)

    async def _open(self, member: Member, question: HelperQuestion) -> HelperCall:
        limits = await self.authorization.limits(member)
        call = HelperCall(
            id=secrets.token_hex(8),
            guild_id=member.guild_id,
            owner_id=member.id,
            task=question.task,
            bound=self.prices.of(question.most_tokens),
        )
        await self.calls.open(call, await self.allowances.of(member, limits))
        return call

    async def _settled(self, call: HelperCall, question: HelperQuestion) -> tuple[HelperAnswer, Usd]:
        """The one paid request. Only what provably cost nothing frees its money."""
        try:
            answer = await self.helper.ask(question)
        except (Refused, Unavailable) as no:
            log.warning("the prompt helper gave no answer: %s", no.sentence)
            await self.calls.release(call.id)
            raise HelperFailed(_why(no)) from no
        except OutcomeUnknown as lost:
            log.warning("the prompt helper's answer was lost: %s", lost.sentence)
            raise HelperFailed(_lost(await self.calls.settle(call.id, None))) from lost
        except BaseException:
            await self.calls.settle(call.id, None)
            raise
        known = None if answer.tokens is None else self.prices.of(answer.tokens)
        return answer, await self.calls.settle(call.id, known)


def _why(no: Refused | Unavailable) -> Message:
    match no:
        case AccountTrouble():
            return NOT_WORKING
        case Unavailable():
            return BUSY
        case _:
            return NO


def _lost(cost: Usd) -> Message:
    if cost == FREE:
        return msg("The prompt helper's reply was lost. You weren't charged. Try again.")
    return msg(
        "The prompt helper's reply was lost. It may have been charged, so {price} counts as spent. Try again, or go on "
        "with your own words.",
        price=Money(cost),
    )


def charged(cost: Usd) -> Message:
    return NOT_CHARGED if cost == FREE else msg("The prompt helper charged {price} for it.", price=Money(cost))
