"""OpenRouter's answers: a video's state, its charge, and the meaning of a refusal.

Statuses documented: pending, in_progress, completed, failed, cancelled, expired; no progress. `usage.cost` is the exact
charge. Validation errors come in two formats, and the remedy for a key's limit is not part of the message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from urllib.parse import urljoin

from bot.domain.errors import AccountTrouble, ProviderError, Refused, Unsupported
from bot.domain.messages import Foreign, Term, msg
from bot.domain.money.usd import MICROS_PER_DOLLAR, Usd
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Look, Ready, Waiting
from bot.domain.video import RemixMethod
from bot.providers.common import errors
from bot.providers.common.endings import (
    BLOCKED,
    DONE,
    ENDED,
    GOING_ON,
    LOST,
    STOPPED,
    blocked,
    could_not_make,
    given_up,
    stopped,
)
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.errors import is_moderation
from bot.providers.common.response import ApiError, Response, api_error_in

Video = Mapping[str, object]

MOST_DOLLARS = 100_000  # for one video; a higher figure is a mistake
NO_SUCH_MODEL = re.compile(r"is not a valid model|no endpoints found|no allowed providers")


def is_odd(video: Video) -> bool:
    """Whether its status is unknown."""
    return str(video["status"]).lower() not in ENDED | GOING_ON


def read_status(video: Video, poll_after: float | None = None, *, again: bool = False) -> Look:
    """The state of a video. An unknown status counts as waiting: the video may still be finished.

    If it comes `again`, the other fields count: an error, or the file.
    """
    state, cost = str(video["status"]).lower(), cost_in(video)
    if again and is_odd(video):
        state = "failed" if video.get("error") else "completed" if any(addresses(video, "")) else state
    if state in DONE:
        return Ready(cost=cost)
    if state not in ENDED:
        return Waiting(poll_after=poll_after)
    api_error = api_error_in(video.get("error"))
    charged = cost is not None and cost.micros > 0
    if state in BLOCKED or is_moderation(api_error):
        cause, reason = Cause.MODERATION, blocked()
    elif state in STOPPED:
        cause, reason = Cause.PROVIDER, stopped()
    elif state in LOST:
        cause, reason = Cause.EXPIRED, given_up()
    else:
        cause, reason = Cause.PROVIDER, could_not_make(api_error)
    return Broken(cause=cause, reason=reason, charged=charged, cost=cost)


def cost_in(video: Video) -> Usd | None:
    """The charge, in whole micro-dollars; None if nothing sensible is reported.

    Token prices give finer amounts ($0.13574). A half is rounded up, so that the books never show more than half a
    millionth less than was paid, and the same figure always gives the same amount.
    """
    usage = video.get("usage")
    cost = usage.get("cost") if isinstance(usage, dict) else None
    if isinstance(cost, bool) or not isinstance(cost, int | float | str):
        return None
    try:
        dollars = Decimal(str(cost))
        if not 0 <= dollars <= MOST_DOLLARS:
            return None
        return Usd(int((dollars * MICROS_PER_DOLLAR).quantize(Decimal(1), ROUND_HALF_UP)))
    except (InvalidOperation, ValueError):  # not a number, or one with more digits than Python converts
        return None


def addresses(video: Video, base: str) -> Iterator[str]:
    """Addresses of the file besides `/content`: with the key (`unsigned_urls`), or in a store, signed (`urls`).

    Some are given without a host; `base` is then the address of the video.
    """
    for name in ("unsigned_urls", "urls"):
        several = video.get(name)
        for url in several if isinstance(several, list) else ():
            with suppress(ValueError):  # not an address
                if isinstance(url, str):
                    yield urljoin(base, url)


def no_video(response: Response, endpoint: Endpoint, method: RemixMethod | None) -> ProviderError:
    """The outcome of a paid request that was not answered with success."""
    refusal = account_trouble(response, endpoint) or errors.no_video(readable(response), endpoint, method)
    if isinstance(refusal, Unsupported) and "previous_job_id" not in response.text:
        return Unsupported(refusal.message)  # the cause was the length or the size: it says nothing about the method
    return refusal


def no_answer(response: Response, endpoint: Endpoint) -> ProviderError:
    """What it means if a free request was not answered with success."""
    return account_trouble(response, endpoint) or errors.no_answer(readable(response), endpoint)


def account_trouble(response: Response, endpoint: Endpoint) -> AccountTrouble | None:
    """Like `errors.account_trouble`, with the remedy the service names: a key has its own limit."""
    trouble = errors.account_trouble(readable(response), endpoint)
    if trouble is None or response.status != 402:
        return trouble
    said = [text for text in (readable(response).api_error.said, _remedy(response.body)) if text]
    if not said:
        return trouble
    sentence = msg(
        "{service} takes no orders on the account of {setting}: {reason}.",
        service=endpoint.label,
        setting=Term(endpoint.account.key_setting),
        reason=Foreign(". ".join(said)),
    )
    return AccountTrouble(sentence, response.retry_after)


def _remedy(body: object) -> str:
    match body:
        case {"error": {"metadata": {"remedy_hint": str(hint)}}}:
            return ApiError("", hint).said
        case _:
            return ""


def names_no_model(refusal: ProviderError) -> bool:
    """Whether an order was refused because the model does not exist (any more)."""
    return isinstance(refusal, Refused) and NO_SUCH_MODEL.search(refusal.sentence.lower()) is not None


def readable(response: Response) -> Response:
    """The answer with a readable error: a ZodError has a list of errors, as JSON, for a message."""
    match response.body:
        case {"error": {"name": "ZodError", "message": str(text)}}:
            return replace(response, body={"error": {"message": _faults(text)}})
        case _:
            return response


def _faults(text: str) -> str:
    try:
        faults = json.loads(text)
    except (ValueError, RecursionError):
        return text
    found = [fault for fault in faults if isinstance(fault, dict)] if isinstance(faults, list) else []
    return "; ".join(f"{_path(fault.get('path'))}: {fault.get('message')}" for fault in found) or text


def _path(path: object) -> str:
    return ".".join(map(str, path)) if isinstance(path, list) and path else "the order"
