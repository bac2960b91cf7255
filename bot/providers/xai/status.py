"""xAI's answers about a video: its state, its cost, and its location.

Statuses documented: pending (with HTTP 202), done, failed, expired. Moderation withholds videos in two ways: a poll is
refused with 400 (seen), or a video is done and has `respect_moderation: false` (documented). Both are billed.
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
MOST_TICKS = 100_000 * 10**10  # for one video; a higher figure is a mistake


def video_in(response: Response) -> Video | None:
    """The video an answer shows, if it has a status; an address without a status counts as done."""
    body = response.body
    if not response.is_ok or not isinstance(body, dict):
        return None
    if "status" not in body and address_in(body):
        return {**body, "status": "done"}
    return body if isinstance(body.get("status"), str) else None


def is_odd(video: Video) -> bool:
    """Whether its status is unknown."""
    return str(video["status"]).lower() not in ENDED | GOING_ON


def read_status(video: Video, poll_after: float | None = None, *, again: bool = False) -> Look:
    """The state of a video. An unknown status counts as waiting: the video may still be finished.

    If it comes `again`, the other fields count: an error, or the file.
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
    """It was made, but withheld by moderation. If the charge is not reported, the quote counts as charged."""
    charged = cost is None or cost.micros > 0
    return Broken(cause=Cause.MODERATION, reason=blocked(), charged=charged, cost=cost)


def cost_in(body: object) -> Usd | None:
    """The charge, in whole micro-dollars, a half rounded up; None if nothing sensible is reported."""
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
