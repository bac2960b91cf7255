"""xAI's answers about a video: how it stands, what it cost, and where it is.

Statuses documented: pending (with HTTP 202), done, failed, expired. What moderation withholds is said in two ways: as a
look that is refused with 400 (seen), or as a video that is done and has `respect_moderation: false` (documented). Both
are billed.
"""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.money.usd import MICROS_PER_DOLLAR, Usd
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Look, Ready, Waiting
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
from bot.providers.common.response import Response, api_error_in
from bot.providers.xai.errors import is_blocked, plain
from bot.providers.xai.files import file_in

Video = Mapping[str, object]

TICKS_PER_MICRO = 10**10 // MICROS_PER_DOLLAR  # $1 is 10^10 ticks
MOST_TICKS = 100_000 * 10**10  # for one video; beyond that a figure is a mistake


def video_in(response: Response) -> Video | None:
    """What an answer shows, if that has a status; an address alone was once enough."""
    body = response.body
    if not response.is_ok or not isinstance(body, dict):
        return None
    if "status" not in body and address_in(body):
        return {**body, "status": "done"}
    return body if isinstance(body.get("status"), str) else None


def is_odd(video: Video) -> bool:
    """Whether nobody knows its status."""
    return str(video["status"]).lower() not in ENDED | GOING_ON


def read_status(video: Video, poll_after: float | None = None, *, again: bool = False) -> Look:
    """How a video stands. A status that nobody has seen before counts as waiting: it may yet come to an end.

    When it comes `again`, what is beside it counts: an error, or the file.
    """
    state, cost = str(video["status"]).lower(), cost_in(video)
    if again and is_odd(video):
        state = "failed" if video.get("error") else "done" if address_in(video) or file_in(video) else state
    if state in DONE:
        return withheld(cost) if _is_withheld(video) else Ready(cost=cost)
    if state not in ENDED:
        return Waiting(progress=_progress(video.get("progress")), poll_after=poll_after)
    api_error, charged = plain(api_error_in(video.get("error"))), cost is not None and cost.micros > 0
    if state in BLOCKED or is_blocked(api_error):
        return withheld(cost)
    if state in STOPPED:
        return Broken(cause=Cause.PROVIDER, reason=stopped(), charged=charged, cost=cost)
    if state in LOST:
        return Broken(cause=Cause.EXPIRED, reason=given_up(), charged=charged, cost=cost)
    return Broken(cause=Cause.PROVIDER, reason=could_not_make(api_error), charged=charged, cost=cost)


def withheld(cost: Usd | None) -> Broken:
    """It was made, and moderation keeps it. Where the charge is not said, it counts as what was quoted."""
    charged = cost is None or cost.micros > 0
    return Broken(cause=Cause.MODERATION, reason=blocked(), charged=charged, cost=cost)


def cost_in(body: object) -> Usd | None:
    """What was charged, in whole micro-dollars, a half rounded up; None where nothing that makes sense is said."""
    match body:
        case {"usage": {"cost_in_usd_ticks": int(ticks)}} if not isinstance(ticks, bool) and 0 <= ticks <= MOST_TICKS:
            return Usd((ticks + TICKS_PER_MICRO // 2) // TICKS_PER_MICRO)
        case _:
            return None


def address_in(video: Video) -> str | None:
    match video.get("video"):
        case {"url": str(url)} if url:
            return url
        case _:
            return None


def seconds_in(video: Video) -> float | None:
    match video.get("video"):
        case {"duration": seconds}:
            return measured(seconds) or None
        case _:
            return None


def _is_withheld(video: Video) -> bool:
    match video.get("video"):
        case {"respect_moderation": False}:
            return True
        case _:
            return False


def _progress(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 100:
        return None
    return min(99, int(value))
