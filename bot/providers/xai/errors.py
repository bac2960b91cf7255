"""What a refusal by xAI means, where its words differ from those of other hosts.

It says `{"code": "invalid-argument", "error": "…"}`, with some codes in a namespace (`imagine:content-moderated`), and
for a failed video `{"error": {"code", "message"}}`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from bot.domain.errors import AccountTrouble, Gone, ProviderError, Unsupported
from bot.domain.messages import msg
from bot.domain.video import BY_ID, RemixMethod
from bot.providers.common import errors
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.outcome import WITHHELD
from bot.providers.common.response import ApiError, Response, api_error_in

# All are compared with lower-case text; whole phrases, because a refusal may repeat a member's prompt.
BAD_KEY = re.compile(r"(incorrect|invalid) api key|api key (is |was |has been )?(blocked|disabled|expired|not found)")
NO_CREDIT = re.compile(
    r"used all (of )?(its |your |the )?available credits|monthly spending limit|no credits? (left|remaining|available)"
    r"|run out of credits|does ?n[o']t have any credits"
)
BLOCKED = re.compile(
    r"content_moderated|violates? .{0,40}(usage|content) (guidelines|polic)|safety_check|content safety"
)
MALFORMED_ID = re.compile(r"malformed request id")
NOT_THESE = frozenset({400, 404, 413, 415, 422})  # say nothing about methods other than this edit or extension


def no_video(response: Response, endpoint: Endpoint, method: RemixMethod | None) -> ProviderError:
    """The outcome of a paid request that was not answered with success."""
    response = normalised(response)
    if trouble := account_trouble(response, endpoint):
        return trouble
    if response.status in WITHHELD and is_blocked(response.api_error):
        return errors.refused_words(endpoint)
    if response.status == 403:
        return errors.makes_no_videos(endpoint)
    refusal = errors.no_video(response, endpoint, method)
    if method in BY_ID and response.status in NOT_THESE:
        lasting = isinstance(refusal, Unsupported) and refusal.lasting and response.status == 404  # no such route
        return Unsupported(msg("{service} can't remix this video this way.", service=endpoint.label), lasting=lasting)
    return refusal


def takes_no_storage(response: Response) -> bool:
    """Whether an order was refused because of the name to store its video under: it may be sent without one."""
    return response.status in {400, 422} and "storage_options" in response.api_error.message


def no_answer(response: Response, endpoint: Endpoint) -> ProviderError:
    """What it means if a free request was not answered with success."""
    response = normalised(response)
    if trouble := account_trouble(response, endpoint):
        return trouble
    if response.status == 400 and MALFORMED_ID.search(response.api_error.words):
        return Gone(msg("{service} says it has no such video.", service=endpoint.label))
    return errors.no_answer(response, endpoint)


def account_trouble(response: Response, endpoint: Endpoint) -> AccountTrouble | None:
    """A key refused with a 400, and credit used up (403 or 429), are recognised by their words."""
    response = normalised(response)
    words = response.api_error.words
    if 400 <= response.status < 500 and NO_CREDIT.search(words):
        return errors.account_trouble(replace(response, status=402), endpoint)
    if response.status in {400, 401, 403} and BAD_KEY.search(words):
        return errors.refused_key(response, endpoint)
    return errors.account_trouble(response, endpoint)


def is_withheld(response: Response, endpoint: Endpoint) -> bool:
    """Whether a poll was refused because the video is withheld: that ends it, and it was billed."""
    response = normalised(response)
    is_said = response.status in WITHHELD and is_blocked(response.api_error)
    return is_said and account_trouble(response, endpoint) is None


def is_blocked(api_error: ApiError) -> bool:
    return BLOCKED.search(api_error.words) is not None or errors.is_moderation(api_error)


def plain(api_error: ApiError) -> ApiError:
    """With its code in other hosts' format."""
    return ApiError(api_error.code.rpartition(":")[2].replace("-", "_"), api_error.message)


def normalised(response: Response) -> Response:
    """The same answer, with its error where other hosts put it."""
    if response.is_ok or not isinstance(response.body, dict):
        return response
    api_error = plain(api_error_in(response.body))
    return replace(response, body={"error": {"code": api_error.code, "message": api_error.message}})
