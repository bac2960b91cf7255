"""What a refusal means: for the member who ordered, for the host of the bot, and for the money.

Only an answer that proves that nothing was made frees the money (`Refused`, `Unavailable`); everything else after a
paid request was sent is `OutcomeUnknown`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from bot.domain.errors import (
    AccountTrouble,
    Gone,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unavailable,
    Unsupported,
)
from bot.domain.models import one_of
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
NOT_SERVED = re.compile(
    r"model[ _]not[ _]found|model mismatch|(unknown|invalid|no such) model|no available channel for model"
    r"|model \S{1,200} (does not exist|not found|is not (available|served|supported))|not in the list of models"
)
UNKNOWN_VIDEO = re.compile(r"task_not_exist|(task|video)( \S{1,300})? not found|no such video")  # New-API, with a 400
REFUSED_KEY = re.compile(r"no connected db")  # LiteLLM without a database says 400 to a key that is not its master key
CANNOT = re.compile(r"not[ _]?(yet )?(supported|implemented)|notimplemented|unsupported|does ?n[o']t support")
NO_ROUTE = re.compile(r"^$|^(404:? ?)?(page )?not found\.?$|invalid url|unknown (request )?(url|path|route)|no route")

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
        return Unsupported(f"{host} cannot remix this way. Nothing was spent.", lasting=_is_lasting(answer, complaint))
    reason = complaint.said or f"error {answer.status}, without a reason"
    return Refused(f"{host} does not take this order: {reason}. Nothing was spent.")


def is_not_served(answer: Answer) -> bool:
    """Whether an order was refused because the host does not have its model.

    New-API says that with a 503, before it has asked anybody; the others with a 400 or 404.
    """
    match answer.body:
        case {"error": {"param": "model"}}:
            is_about_model = True
        case _:
            is_about_model = NOT_SERVED.search(answer.complaint.words) is not None
    is_503 = answer.status == 503 and answer.complaint.code == "model_not_found"
    return is_503 or (answer.status in {400, 404, 422} and is_about_model)


def not_served(host: str, model: str, served: Sequence[str]) -> Refused:
    """Says which of the models that are served there come nearest to the one that is not."""
    near = difflib.get_close_matches(model, served, n=3, cutoff=0.3) or list(served)[:3]
    instead = f" It serves {one_of(near)}." if near else ""
    return Refused(f"{host} does not serve a model called {model!r}.{instead} Nothing was spent.")


def no_answer(answer: Answer, host: str, setting: str) -> ProviderError:
    """What it means when a request that costs nothing was not answered with success."""
    if account := account_trouble(answer, host, setting):
        return account
    if answer.status in {404, 410} or (answer.status == 400 and UNKNOWN_VIDEO.search(answer.complaint.words)):
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


def _is_lasting(answer: Answer, complaint: Complaint) -> bool:
    """Whether it cannot be done with any video: a 404 may mean just this one, an upload may just have been disliked."""
    if answer.status in {405, 501} or CANNOT.search(complaint.words):
        return True
    return answer.status == 404 and NO_ROUTE.search(complaint.message.strip().lower()) is not None
