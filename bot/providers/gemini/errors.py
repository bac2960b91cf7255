"""What a refusal by Google means, where its words differ from those of other hosts.

The API itself says `{"error": {"code": "invalid_request", "message": …}}`; its front end says `{"error": {"code": 400,
"status": "INVALID_ARGUMENT", "message": …, "details": [{"reason": …}]}}`, sometimes in a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.domain.errors import AccountTrouble, Gone, ProviderError, Unavailable, Unsupported
from bot.domain.messages import Foreign, Term, msg
from bot.domain.video import BY_ID, RemixMethod
from bot.providers.common import errors
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.response import ApiError, Response

SPENT_OUT = 60.0  # seconds; Google sums the spending of ten minutes, and some of it drops out of the sum sooner

# All are compared with lower-case text. They are whole phrases of Google's: a refusal may repeat a member's prompt, and
# no prompt should stop everybody's orders.
BAD_KEY = re.compile(
    r"api_key_\w+|service_disabled|consumer_(suspended|invalid)|unregistered callers|invalid authentication credentials"
    r"|api key (not (valid|found)|expired|was reported as leaked)"
)
NO_CREDIT = re.compile(
    r"its monthly spending cap|prepay\w* (credits?|balance|funds) (are|is) depleted|_free_tier_|limit: 0\b"
    r"|free tier is not available|billing_disabled"
)
NO_ENTRY = re.compile(r"location is not supported for the api|has been denied access|has not been used in project")
SPENDING = re.compile(r"spend-based|spending rate|spend limit")
FILTERS = frozenset({"safety", "image_safety", "prohibited_content", "image_prohibited_content", "blocklist", "spii"})
BLOCKED = re.compile(r"\bblocked\b(?:(?!\bblocked\b)[^.])*\b(safety|polic(y|ies))\b")
NO_SUCH = re.compile(r"invalid interaction name|interaction\b(?:(?!interaction\b).)*\b(not found|not exist)")
NOT_THIS_WAY = re.compile(r"previous_interaction_id|not (currently )?available|not exist")


def no_video(response: Response, endpoint: Endpoint, method: RemixMethod | None) -> ProviderError:
    """The outcome of a paid request that was not answered with success."""
    response = normalised(response)
    words = response.api_error.words
    if trouble := account_trouble(response, endpoint):
        return trouble
    if response.status == 429:
        return _busy(response, endpoint)
    if 400 <= response.status < 500 and is_blocked(response.api_error):
        return errors.refused_words(endpoint)
    if method in BY_ID and response.status in {400, 403, 404} and (NO_SUCH.search(words) or NOT_THIS_WAY.search(words)):
        lasting = NO_SUCH.search(words) is None  # a forgotten id says nothing about other videos
        cannot = msg("{service} can't remix this video this way.", service=endpoint.label)
        return Unsupported(cannot, lasting=lasting)
    if response.status == 403:
        return errors.makes_no_videos(endpoint)
    return errors.no_video(response, endpoint, method)


def no_answer(response: Response, endpoint: Endpoint) -> ProviderError:
    """What it means if a free request was not answered with success."""
    response = normalised(response)
    if trouble := account_trouble(response, endpoint):
        return trouble
    if response.status == 429:
        return _busy(response, endpoint)
    if knows_no_such(response):
        return Gone(msg("{service} says it has no such video.", service=endpoint.label))
    return errors.no_answer(response, endpoint)


def account_trouble(response: Response, endpoint: Endpoint) -> AccountTrouble | None:
    """For the host of the bot, not for a member. Too much spending in ten minutes is no trouble: it passes."""
    response = normalised(response)
    words, wait = response.api_error.words, response.retry_after
    setting = Term(endpoint.account.key_setting)
    if response.status in {400, 401, 403} and BAD_KEY.search(words):
        return errors.refused_key(response, endpoint)
    if response.status in {400, 403} and NO_ENTRY.search(words):
        shut = msg(
            "{service} won't serve the account of {setting}: {reason}.",
            service=endpoint.label,
            setting=setting,
            reason=Foreign(response.api_error.said),
        )
        return AccountTrouble(shut, wait)
    if response.status in {400, 403, 429} and NO_CREDIT.search(words):
        return AccountTrouble(
            msg(
                "The Google project of {setting} is out of credit or at its monthly cap. Google AI Studio shows which.",
                setting=setting,
            ),
            wait,
        )
    return None if response.status == 429 else errors.account_trouble(response, endpoint)


def knows_no_such(response: Response) -> bool:
    """An unknown or forgotten id is answered with 400, not with 404."""
    return response.status == 400 and NO_SUCH.search(api_error_of(response.body).words) is not None


def is_blocked(api_error: ApiError) -> bool:
    """Whether Google's filters refused. The name of a setting such as `safety_settings` does not count."""
    by_code = not FILTERS.isdisjoint(api_error.code.lower().split())
    return by_code or BLOCKED.search(api_error.words) is not None or errors.is_moderation(api_error)


def _busy(response: Response, endpoint: Endpoint) -> Unavailable:
    if SPENDING.search(response.api_error.words):
        return Unavailable(
            msg(
                "{service} limits what the project of {setting} may spend in ten minutes, and asked to wait.",
                service=endpoint.label,
                setting=Term(endpoint.account.key_setting),
            ),
            response.retry_after or SPENT_OUT,
        )
    busy = msg("{service} is busy and asked to wait.", service=endpoint.label)
    return Unavailable(busy, response.retry_after)


def normalised(response: Response) -> Response:
    """The same answer, with its error and its waiting time where other hosts put them."""
    if response.is_ok or _error_in(response.body) is None:
        return response
    api_error, wait = api_error_of(response.body), _wait_in(response.body)
    headers = response.headers if wait is None else {"retry-after": wait} | dict(response.headers)
    return replace(response, headers=headers, body={"error": {"code": api_error.code, "message": api_error.message}})


def api_error_of(body: object) -> ApiError:
    """The message, and everything that serves as a code: `code`, `status`, and the reasons in the details."""
    error = _error_in(body)
    if error is None:
        return ApiError("", "")
    codes = [error.get("code"), error.get("status"), *(detail.get("reason") for detail in _details(error))]
    said = [str(code) for code in codes if isinstance(code, str | int) and not isinstance(code, bool)]
    message = error.get("message")
    return ApiError(" ".join(said), message if isinstance(message, str) else "")


def _error_in(body: object) -> dict[str, object] | None:
    match body:
        case {"error": dict() as error} | [{"error": dict() as error}, *_]:
            return error
        case {"error": str(message)} | [{"error": str(message)}, *_]:
            return {"message": message}
        case _:
            return None


def _wait_in(body: object) -> str | None:
    """Seconds in `RetryInfo`, such as `"retryDelay": "32s"`."""
    for detail in _details(_error_in(body) or {}):
        match detail:
            case {"retryDelay": str(delay)} if re.fullmatch(r"\d{1,6}(\.\d{1,9})?s", delay):
                return delay.removesuffix("s")
    return None


def _details(error: dict[str, object]) -> Iterator[dict[str, object]]:
    details = error.get("details")
    return (detail for detail in details if isinstance(detail, dict)) if isinstance(details, list) else iter(())
