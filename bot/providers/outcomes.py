"""What a refusal means: for the member who ordered, for the host of the bot, and for the money.

Only an answer that proves that nothing was made frees the money (`Refused`, `Unavailable`); everything else after a
paid request was sent is `OutcomeUnknown`.
"""

from __future__ import annotations

import re

from bot.domain.errors import (
    AccountTrouble,
    Gone,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unavailable,
    Unsupported,
)
from bot.domain.phases import Cause
from bot.domain.video import BY_ID, Rung
from bot.providers.answers import Answer, Complaint

# Codes and phrases seen at OpenAI, its resellers, MiniMax and servers of one's own; gateways often keep the code only
# in the message.
MODERATION = re.compile(
    r"sentinel_block|moderation|content[_ ]policy|(prompt|image|video)_unsafe|sensitive (information|content)"
    r"|guardrail|didn't look right with your request|rai_?media_?filtered|safety (system|filter|polic)"
)
MODERATION_CODES = frozenset({"1026", "1027"})  # MiniMax: prompt, output
NO_CREDIT = re.compile(
    r"insufficient[_ ](\w+[_ ])?(quota|balance|credits?|funds)|exceeded your current quota"
    r"|billing_(hard_limit_reached|not_active)|billing hard limit|account_deactivated|quota_failed"
)
REFUSED_KEY = re.compile(r"no connected db")  # LiteLLM without a database says 400 to a key that is not its master key
CANNOT = re.compile(r"not[ _]?(yet )?(supported|implemented)|notimplemented|unsupported|does ?n[o']t support")

ABSENT = frozenset({404, 405, 501})  # a route that is not there
DISLIKED = frozenset({400, 415, 422})  # an upload that the host does not take

REWORD = (
    "Leave out real people, brands and characters, violence and anything sexual, or start from another picture, "
    "and try again."
)


def no_video(answer: Answer, host: str, setting: str, rung: Rung | None) -> ProviderError:
    """The outcome of a paid request that was answered with anything but success. `setting` names the key's."""
    complaint = answer.complaint
    if account := account_trouble(answer, host, setting):
        return account
    if answer.status == 429:
        return Unavailable(f"{host} is busy and asks to wait. Nothing was spent.", answer.retry_after)
    if not _is_definite(answer, complaint, rung):
        return OutcomeUnknown(
            f"{host} answered the order with an error ({answer.status}). It may have been taken all the same."
        )
    if answer.status == 451 or is_moderation(complaint):
        return Refused(f"{host} refused this prompt or picture. Nothing was spent. {REWORD}", Cause.MODERATION)
    if _is_unsupported(answer, complaint, rung):
        return Unsupported(f"{host} cannot remix this way. Nothing was spent.")
    reason = complaint.said or f"error {answer.status}, without a reason"
    return Refused(f"{host} does not take this order: {reason}. Nothing was spent.")


def no_answer(answer: Answer, host: str, setting: str) -> ProviderError:
    """What it means when a request that costs nothing was not answered with success."""
    if account := account_trouble(answer, host, setting):
        return account
    if answer.status in {404, 410}:
        return Gone(f"{host} says that it knows no such video.")
    if answer.status == 403:
        return AccountTrouble(f"{host} does not let the key in {setting} see this video (403).", answer.retry_after)
    if answer.is_ok:
        return Unavailable(f"{host} gave an answer that cannot be read.", answer.retry_after)
    return Unavailable(f"{host} could not answer ({answer.status}).", answer.retry_after)


def account_trouble(answer: Answer, host: str, setting: str) -> AccountTrouble | None:
    """401, 402, a used-up quota, or an address that is not quite right: for the host of the bot, not for a member."""
    if answer.status == 401 or (400 <= answer.status < 500 and REFUSED_KEY.search(answer.complaint.words)):
        reason = f"{host} refuses the key in {setting} ({answer.status}). Nothing was spent."
        return AccountTrouble(reason, answer.retry_after)
    if answer.status == 402 or (400 <= answer.status < 500 and NO_CREDIT.search(answer.complaint.words)):
        return AccountTrouble(
            f"The account at {host} that {setting} belongs to has no credit left. Nothing was spent.",
            answer.retry_after,
        )
    if 300 <= answer.status < 400:
        base = setting.replace("_API_KEY", "_BASE_URL")
        return AccountTrouble(f"{host} has moved ({answer.status}): {base} must name the new address itself.")
    return None


def is_moderation(complaint: Complaint) -> bool:
    return complaint.code in MODERATION_CODES or MODERATION.search(complaint.words) is not None


def _is_definite(answer: Answer, complaint: Complaint, rung: Rung | None) -> bool:
    """Whether nothing can have been made: a 4xx, except the 408 that gateways give when the service was too slow.

    LiteLLM answers 500 NotImplementedError for a remix its upstream does not have.
    """
    if answer.status == 501 or (rung in BY_ID and CANNOT.search(complaint.words)):
        return True
    return 400 <= answer.status < 500 and answer.status != 408


def _is_unsupported(answer: Answer, complaint: Complaint, rung: Rung | None) -> bool:
    if rung in BY_ID:
        return answer.status in ABSENT or CANNOT.search(complaint.words) is not None
    return rung is Rung.SOURCE and answer.status in ABSENT | DISLIKED
