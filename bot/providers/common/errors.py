"""What a refusal means: for the member who ordered, for the host of the bot, and for the money.

Only an answer that proves that nothing was made frees the money (`Refused`, `Unavailable`); everything else after a
paid request was sent is `OutcomeUnknown`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

from bot.domain.errors import AccountTrouble, Gone, OutcomeUnknown, ProviderError, Refused, Unavailable, Unsupported
from bot.domain.models.card import one_of
from bot.domain.phases import Cause
from bot.domain.video import BY_ID, RemixMethod
from bot.providers.common.response import ApiError, Response

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


def no_video(response: Response, host: str, setting: str, method: RemixMethod | None) -> ProviderError:
    """The outcome of a paid request that was answered with anything but success. `setting` names the key's."""
    api_error = response.api_error
    if account := account_trouble(response, host, setting):
        return account
    if response.status == 429:
        return Unavailable(f"{host} is busy and asks to wait. Nothing was spent.", response.retry_after)
    if not _is_definite(response, api_error, method):
        return OutcomeUnknown(
            f"{host} answered the order with an error ({response.status}). It may have been taken all the same."
        )
    if response.status == 451 or is_moderation(api_error):
        return Refused(f"{host} refused this prompt or picture. Nothing was spent. {REWORD}", Cause.MODERATION)
    if _is_unsupported(response, api_error, method):
        return Unsupported(
            f"{host} cannot remix this way. Nothing was spent.", lasting=_is_lasting(response, api_error)
        )
    reason = api_error.said or f"error {response.status}, without a reason"
    return Refused(f"{host} does not take this order: {reason}. Nothing was spent.")


def is_not_served(response: Response) -> bool:
    """Whether an order was refused because the host does not have its model.

    New-API says that with a 503, before it has asked anybody; the others with a 400 or 404.
    """
    match response.body:
        case {"error": {"param": "model"}}:
            is_about_model = True
        case _:
            is_about_model = NOT_SERVED.search(response.api_error.words) is not None
    is_503 = response.status == 503 and response.api_error.code == "model_not_found"
    return is_503 or (response.status in {400, 404, 422} and is_about_model)


def not_served(host: str, model: str, served: Sequence[str]) -> Refused:
    """Says which of the models that are served there come nearest to the one that is not."""
    near = difflib.get_close_matches(model, served, n=3, cutoff=0.3) or list(served)[:3]
    instead = f" It serves {one_of(near)}." if near else ""
    return Refused(f"{host} does not serve a model called {model!r}.{instead} Nothing was spent.")


def no_answer(response: Response, host: str, setting: str) -> ProviderError:
    """What it means when a request that costs nothing was not answered with success."""
    if account := account_trouble(response, host, setting):
        return account
    if response.status in {404, 410} or (response.status == 400 and UNKNOWN_VIDEO.search(response.api_error.words)):
        return Gone(f"{host} says that it knows no such video.")
    if response.status == 403:
        return AccountTrouble(f"{host} does not let the key in {setting} see this video (403).", response.retry_after)
    if response.is_ok:
        return Unavailable(f"{host} gave an answer that cannot be read.", response.retry_after)
    return Unavailable(f"{host} could not answer ({response.status}).", response.retry_after)


def account_trouble(response: Response, host: str, setting: str) -> AccountTrouble | None:
    """401, 402, a used-up quota, or an address that is not quite right: for the host of the bot, not for a member."""
    if response.status == 401 or (400 <= response.status < 500 and REFUSED_KEY.search(response.api_error.words)):
        reason = f"{host} refuses the key in {setting} ({response.status}). Nothing was spent."
        return AccountTrouble(reason, response.retry_after)
    if response.status == 402 or (400 <= response.status < 500 and NO_CREDIT.search(response.api_error.words)):
        return AccountTrouble(
            f"The account at {host} that {setting} belongs to has no credit left. Nothing was spent.",
            response.retry_after,
        )
    if 300 <= response.status < 400:
        base = setting.replace("_API_KEY", "_BASE_URL")
        return AccountTrouble(f"{host} has moved ({response.status}): {base} must name the new address itself.")
    return None


def is_moderation(api_error: ApiError) -> bool:
    return api_error.code in MODERATION_CODES or MODERATION.search(api_error.words) is not None


def _is_definite(response: Response, api_error: ApiError, method: RemixMethod | None) -> bool:
    """Whether nothing can have been made: a 4xx, except the 408 that gateways give when the service was too slow.

    LiteLLM answers 500 NotImplementedError for a remix its upstream does not have.
    """
    if response.status == 501 or (method in BY_ID and CANNOT.search(api_error.words)):
        return True
    return 400 <= response.status < 500 and response.status != 408


def _is_unsupported(response: Response, api_error: ApiError, method: RemixMethod | None) -> bool:
    if method in BY_ID:
        return response.status in ABSENT or CANNOT.search(api_error.words) is not None
    return method is RemixMethod.SOURCE and response.status in ABSENT | DISLIKED


def _is_lasting(response: Response, api_error: ApiError) -> bool:
    """Whether it cannot be done with any video: a 404 may mean just this one, an upload may just have been disliked."""
    if response.status in {405, 501} or CANNOT.search(api_error.words):
        return True
    return response.status == 404 and NO_ROUTE.search(api_error.message.strip().lower()) is not None
