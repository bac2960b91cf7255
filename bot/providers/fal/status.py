"""The state of a request at fal, and its result. `COMPLETED` only means that it has ended."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bot.domain.messages import Foreign, msg
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Ready
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
    measured,
    stopped,
)
from bot.providers.common.errors import is_moderation
from bot.providers.common.response import Response, api_error_in

Status = Mapping[str, Any]

WAITING = frozenset({"in_queue"}) | GOING_ON
COMPLETED = "COMPLETED"
NOT_NOW = frozenset({408, 429})
NOT_SHOWN = frozenset({401, 402, 403, 404, 410})
CANCELLED = "client_cancelled"
REFUSED_CONTENT = "content_policy_violation"
UNBILLED = 1.0  # seconds: a refusal after more work by a runner may be billed (fal's FAQ, 2026-11)
BILLS_REFUSALS = ("xai/grok-imagine-video/",)  # stated on its page, 2026-11


def status_in(response: Response) -> Status | None:
    """The status in an answer, if it shows one."""
    body = response.body
    return body if response.is_ok and isinstance(body, dict) and isinstance(body.get("status"), str) else None


def state_of(status: Status) -> str:
    return str(status["status"]).lower()


def is_odd(status: Status) -> bool:
    """Whether it is unknown."""
    return state_of(status) not in ENDED | WAITING


def has_ended(status: Status, *, again: bool) -> bool:
    """Whether a request has ended. An unknown status counts as waiting until it comes `again` with an error."""
    if is_odd(status):
        return again and bool(status.get("error"))
    return state_of(status) in ENDED


def error_type(status: Status) -> str:
    """What went wrong, in fal's word or words; empty if it says nothing."""
    return next((each for name in ("error_type", "error") if isinstance(each := status.get(name), str)), "")


def fails(status: Status) -> bool:
    """Whether its own status says that it ended without a video."""
    return state_of(status) not in DONE or bool(status.get("error")) or error_type(status) != ""


def end_by_word(status: Status, remote_id: str) -> Ready | Broken | None:
    """What an ending status that is not fal's own means; None for fal's own, which says no more."""
    state, api_error = state_of(status), api_error_in(status.get("error"))
    if state in DONE:
        return None if status["status"] == COMPLETED or fails(status) else Ready(gpu_seconds=seconds_worked(status))
    if state in BLOCKED or is_moderation(api_error):
        return _blocked(status, remote_id)
    if state in STOPPED:
        return Broken(cause=Cause.PROVIDER, reason=stopped())
    if state in LOST:
        return Broken(cause=Cause.EXPIRED, reason=given_up())
    return Broken(cause=Cause.PROVIDER, reason=could_not_make(api_error))


def is_outcome(status: Status, result: Response, *, again: bool) -> bool:
    """Whether an answer is the result of the request, not a problem in reporting it. `again`: it came twice.

    A request that reportedly ended well is not given up because of a 5xx in place of its result: it was paid.
    """
    if result.status in NOT_NOW:
        return False
    if result.status in NOT_SHOWN or 300 <= result.status < 400:
        return fails(status)
    if result.status < 500:
        return True
    is_theirs = "x-fal-error-type" in result.headers or any(types_in(result.body))  # rather than a proxy's
    if not fails(status):
        return again and is_theirs
    return again or is_theirs or isinstance(result.body, dict)


def is_of_the_model(result: Response) -> bool:
    """Whether the model reports the error; its maker's credit and keys are not ours."""
    match result.body:
        case {"detail": [*_]}:
            return result.status not in NOT_SHOWN and any(types_in(result.body))
        case _:
            return False


def broken(status: Status, result: Response, remote_id: str) -> Broken:
    """A request without a video. fal does not bill its own errors."""
    words, api_error = {*types_in(result.body), error_type(status)}, result.api_error
    worked = seconds_worked(status)
    if CANCELLED in words or result.headers.get("x-fal-error-type") == CANCELLED or result.status == 499:
        worked = worked or 0.0
        return Broken(cause=Cause.PROVIDER, reason=stopped(), charged=worked > UNBILLED, gpu_seconds=worked)
    if REFUSED_CONTENT in words or is_moderation(api_error):
        return _blocked(status, remote_id)
    if 400 <= result.status < 500 and result.status != 408:
        reason = Foreign(api_error.said or str(result.status))
        return Broken(
            cause=Cause.INVALID,
            reason=msg("The video service rejected this order: {reason}.", reason=reason),
            charged=may_be_billed(status, remote_id),
            gpu_seconds=worked,
        )
    return Broken(cause=Cause.PROVIDER, reason=could_not_make(api_error))


def _blocked(status: Status, remote_id: str) -> Broken:
    return Broken(
        cause=Cause.MODERATION,
        reason=blocked(),
        charged=may_be_billed(status, remote_id),
        gpu_seconds=seconds_worked(status),
    )


def may_be_billed(status: Status, remote_id: str) -> bool:
    """Whether a refusal costs something: fal bills what a runner worked on, and does not say which it billed."""
    if remote_id.startswith(BILLS_REFUSALS):
        return True
    worked = seconds_worked(status)
    return worked is None or worked > UNBILLED


def seconds_worked(status: Status) -> float | None:
    """How long a runner had it: a request stopped in the queue has no such figure."""
    metrics = status.get("metrics")
    return measured(metrics.get("inference_time")) if isinstance(metrics, dict) else None


def types_in(body: object) -> Iterator[str]:
    """The types of error in a model's refusal."""
    match body:
        case {"detail": [*faults]}:
            yield from (fault["type"] for fault in faults if isinstance(fault, dict) and _is_word(fault.get("type")))
        case {"error_type": str(kind)}:
            yield kind
        case _:
            pass


def _is_word(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[\w.]{1,100}", value) is not None


def video_url(result: Response) -> str | None:
    """The video's address, in any of the places where models put it."""
    body = result.body if result.is_ok else None
    match body:
        case {"video": {"url": str(url)}} | {"video": str(url)} | {"video_url": str(url)}:
            return url
        case {"videos": [{"url": str(url)}, *_]} | {"videos": [str(url), *_]} | {"output": {"url": str(url)}}:
            return url
        case _:
            return None
