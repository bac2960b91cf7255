"""What a refusal means: for the member who ordered, for the host of the bot, and for the money.

Only an answer that proves that nothing was made releases the money (`Refused`, `Unavailable`); everything else after a
paid request was sent is `OutcomeUnknown`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Container, Sequence

from bot.domain.errors import (
    AccountTrouble,
    CannotStart,
    FailedToTake,
    Gone,
    OutcomeUnknown,
    ProviderError,
    Refused,
    Unavailable,
    Unsupported,
)
from bot.domain.messages import Choice, Foreign, Message, Term, joined, msg, quoted
from bot.domain.phases import Cause
from bot.domain.video import BY_ID, RemixMethod
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.response import MOST_LOOKED_AT, ApiError, Response

# Codes and phrases seen at OpenAI, its resellers, MiniMax, Replicate and servers of one's own; gateways often keep the
# code only in the message.
MODERATION = re.compile(
    r"sentinel_block|moderation|content[_ ]policy|(prompt|image|video)_unsafe|sensitive (information|content)"
    r"|guardrail|didn't look right with your request|rai_?media_?filtered|safety (system|filter|polic)"
    r"|data_?inspection|inappropriate content|flagged as sensitive|nsfw content"
)
MODERATION_CODES = frozenset({"1026", "1027"})  # MiniMax: prompt, output
NO_CREDIT = re.compile(
    r"insufficient[_ ](\w{1,30}[_ ])?(quota|balance|credits?|funds)|exceeded your current quota"
    r"|billing_(hard_limit_reached|not_active)|billing hard limit|account_deactivated|quota_failed"
    r"|credits?[_ ](are |have been )?(exhausted|depleted|used up)|exhausted (your|their) (quota|credits?)"
    r"|subscription quota exceeded|budget[_ ](has been )?exceeded|exceeded[_ ]?budget|(over|crossed) budget"
    r"|(daily|weekly|monthly)[_ ](cost|spend(ing)?)[_ ]limit"
)
NOT_SERVED = re.compile(
    r"model[ _]not[ _]found|model mismatch|(unknown|invalid|no such) model|no available channel for model"
    r"|model \S{1,200} (does not exist|not found|is not (available|served|supported))|not in the list of models"
)
KINDS = (MODERATION, NO_CREDIT, NOT_SERVED)  # kinds of error that a code may state
UNKNOWN_VIDEO = re.compile(r"task_not_exist|(task|video)( \S{1,300})? not found|no such video")  # New-API, with a 400
REFUSED_KEY = re.compile(r"no connected db")  # LiteLLM without a database answers 400 to any key but its master key
CANNOT = re.compile(r"not[ _]?(yet )?(supported|implemented)|notimplemented|unsupported|does ?n[o']t support")
NO_ROUTE = re.compile(r"^$|^(404:? ?)?(page )?not found\.?$|invalid url|unknown (request )?(url|path|route)|no route")

IN_VAIN = re.compile(r"time[d ]?[ _-]?out|deadline|did ?n[o']t (respond|answer)|not respond|no (response|answer|reply)")
MADE_UP = 520  # statuses from here on are set by proxies

ABSENT = frozenset({404, 405, 501})  # no such route
DISLIKED = frozenset({400, 415, 422})  # an upload that the host does not accept


def no_video(response: Response, endpoint: Endpoint, method: RemixMethod | None) -> ProviderError:
    """The outcome of a paid request that was not answered with success."""
    api_error, service = response.api_error, endpoint.label
    if account := account_trouble(response, endpoint):
        return account
    if response.status == 429:
        return Unavailable(msg("{service} is busy and asked to wait.", service=service), response.retry_after)
    if not _is_definite(response, api_error, method):
        unknown = FailedToTake if is_services_own(response) else OutcomeUnknown
        return unknown(
            msg(
                "{service} answered the order with an error ({status}). It may have accepted it anyway.",
                service=service,
                status=status(response),
            )
        )
    if response.status == 451 or is_moderation(api_error):
        return refused_words(endpoint)
    if _is_unsupported(response, api_error, method):
        return Unsupported(
            msg("{service} can't remix this way.", service=service),
            lasting=_is_lasting(response, api_error),
        )
    if not api_error.said:
        return Refused(
            msg(
                "{service} rejected this order without a reason (error {status}).",
                service=service,
                status=status(response),
            )
        )
    reason = Foreign(api_error.said)
    return Refused(msg("{service} rejected this order: {reason}.", service=service, reason=reason))


def refused_words(endpoint: Endpoint) -> Refused:
    """The order was refused by moderation."""
    return Refused(msg("{service} rejected this prompt.", service=endpoint.label), Cause.MODERATION)


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


def not_served(endpoint: Endpoint, model: str, served: Sequence[str]) -> Refused:
    """Names the available models that are most similar to the one that is not."""
    near = difflib.get_close_matches(model, served, n=3, cutoff=0.3) or list(served)[:3]
    no_such = msg("{service} has no model called {model}.", service=endpoint.label, model=quoted(model))
    instead = msg("It has {models}.", models=Choice(tuple(map(Foreign, near)))) if near else None
    return Refused(joined(no_such, instead))


def no_answer(response: Response, endpoint: Endpoint) -> ProviderError:
    """What it means if a free request was not answered with success."""
    service = endpoint.label
    if account := account_trouble(response, endpoint):
        return account
    if _knows_it_not(response):
        return Gone(msg("{service} says it has no such video.", service=service))
    if response.status == 403:
        key = Term(endpoint.account.key_setting)
        return AccountTrouble(
            msg("{service} won't show this video to the key in {setting} (403).", service=service, setting=key),
            response.retry_after,
            barred=True,
        )
    return could_not_answer(response, endpoint)


def _knows_it_not(response: Response) -> bool:
    """A 404 whose body is not JSON is not from the service: proxies answer so while it restarts (traefik#9041)."""
    if response.status == 404:
        return response.body is not None or not response.text.strip()
    return response.status == 410 or (
        response.status == 400 and UNKNOWN_VIDEO.search(response.api_error.words) is not None
    )


def could_not_answer(response: Response, endpoint: Endpoint) -> Unavailable:
    sentence = msg("{service} couldn't answer ({status}).", service=endpoint.label, status=status(response))
    return Unavailable(sentence, response.retry_after)


def account_trouble(response: Response, endpoint: Endpoint) -> AccountTrouble | None:
    """401, 402, a used-up quota, or a slightly wrong address: for whoever runs the bot, not for a member."""
    service, key = endpoint.label, Term(endpoint.account.key_setting)
    if response.status == 401 or (400 <= response.status < 500 and _means(REFUSED_KEY, response.api_error)):
        return refused_key(response, endpoint)
    if response.status == 402 or (400 <= response.status < 500 and _means(NO_CREDIT, response.api_error)):
        return AccountTrouble(
            msg(
                "{service} has no credit left on the account of {setting}.",
                service=service,
                setting=key,
            ),
            response.retry_after,
        )
    if 300 <= response.status < 400 and response.status != 303:  # that one says it was done, and where to look
        setting = Term(endpoint.account.url_setting)
        return AccountTrouble(
            msg(
                "{service} has moved ({status}). Put its new address in {setting}.",
                service=service,
                status=status(response),
                setting=setting,
            )
        )
    return None


def refused_key(response: Response, endpoint: Endpoint) -> AccountTrouble:
    sentence = msg(
        "{service} rejected the key in {setting} ({status}).",
        service=endpoint.label,
        setting=Term(endpoint.account.key_setting),
        status=status(response),
    )
    return AccountTrouble(sentence, response.retry_after)


def makes_no_videos(endpoint: Endpoint) -> AccountTrouble:
    """The key is known, but may not be used for that."""
    return AccountTrouble(
        msg(
            "{service} won't let the key in {setting} make videos (403).",
            service=endpoint.label,
            setting=Term(endpoint.account.key_setting),
        )
    )


def wrong_address(endpoint: Endpoint, problem: Message, ending: str) -> CannotStart:
    """Something else is at the address. `ending` is how addresses of this dialect usually end."""
    check = msg(
        "Check {setting}. It usually ends in {ending}.", setting=Term(endpoint.account.url_setting), ending=Term(ending)
    )
    return CannotStart(joined(problem, check))


def must_be_an_api(response: Response, endpoint: Endpoint, ending: str, cannot_tell: Container[int]) -> None:
    """The answer to a check of an account that works: there is an API, and it is up.

    `cannot_tell`: the statuses of a host that does not have what was asked for. Raises CannotStart and Unavailable.
    """
    if response.is_ok and response.body is None:
        raise wrong_address(endpoint, _not_an_api(endpoint), ending)
    if not response.is_ok and response.status not in cannot_tell:
        raise could_not_answer(response, endpoint)


def _not_an_api(endpoint: Endpoint) -> Message:
    return msg("{url} answers with a web page, not an API.", url=Term(endpoint.account.base_url))


def nothing_there(endpoint: Endpoint, response: Response) -> Message:
    url = Term(endpoint.account.base_url)
    return msg("There's no video service at {url} ({status}).", url=url, status=status(response))


def status(response: Response) -> Term:
    """The number of an HTTP status, for a sentence."""
    return Term(str(response.status))


def is_moderation(api_error: ApiError) -> bool:
    return api_error.code in MODERATION_CODES or _means(MODERATION, api_error)


def _means(kind: re.Pattern[str], api_error: ApiError) -> bool:
    """Whether an error is of a kind: by its code if that is informative, otherwise by its words."""
    code = api_error.code[:MOST_LOOKED_AT].lower()
    if any(known.search(code) for known in KINDS):
        return kind.search(code) is not None
    return kind.search(api_error.words) is not None


def _is_definite(response: Response, api_error: ApiError, method: RemixMethod | None) -> bool:
    """Whether nothing can have been made: a 4xx, except the 408 that gateways return if the service was too slow.

    LiteLLM answers 500 NotImplementedError for a remix that its upstream does not support.
    """
    if response.status == 501 or (method in BY_ID and CANNOT.search(api_error.words)):
        return True
    return 400 <= response.status < 500 and response.status != 408


def is_services_own(response: Response) -> bool:
    """Whether a 5xx comes from the service that was to accept the order, so that the order is not in progress.

    Proxies return 502 and 503 in their own words, not JSON, 500 as a page, and 504 or one of Cloudflare's 52x if they
    waited in vain; gateways say that a service behind them timed out. What they passed on may still be carried out.
    """
    if not 500 <= response.status < MADE_UP or response.status == 504:
        return False
    in_its_words = response.body is not None or (response.status == 500 and "<" not in response.text)
    return in_its_words and IN_VAIN.search(f"{response.api_error.words} {response.text}".lower()) is None


def _is_unsupported(response: Response, api_error: ApiError, method: RemixMethod | None) -> bool:
    if method in BY_ID:
        return response.status in ABSENT or CANNOT.search(api_error.words) is not None
    return method is RemixMethod.SOURCE and response.status in ABSENT | DISLIKED


def _is_lasting(response: Response, api_error: ApiError) -> bool:
    """Whether it can't be done with any video: a 404 may mean just this one, an upload may just have been rejected."""
    if response.status in {405, 501} or CANNOT.search(api_error.words):
        return True
    return response.status == 404 and NO_ROUTE.search(api_error.message.strip().lower()) is not None
