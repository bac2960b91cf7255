"""Scripted trouble: what goes wrong, how often, and for which requests."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from bot.sandbox.discord.checks.faults import Fault


class Reset(Exception):
    """The connection is closed without an answer."""


@dataclass(slots=True, kw_only=True)
class _Plan:
    method: str
    path: re.Pattern[str]
    times: int
    done: bool
    strike: Callable[[], NoReturn] | None = None
    wait: float | asyncio.Event = 0.0

    def fits(self, method: str, path: str) -> bool:
        return self.times > 0 and self.method in {method, "*"} and self.path.search(path) is not None


class Trouble:
    """Plans are used up in the order in which they were made, each `times` times.

    `path` is a regular expression searched for in the path below `/discord/api/v10`. With `done=True` the request is
    carried out first and its answer lost: a client must not take that for a refusal.
    """

    def __init__(self) -> None:
        self._plans: list[_Plan] = []
        self._twins = 0

    def fails(
        self,
        method: str,
        path: str,
        status: int,
        code: int = 0,
        *,
        message: str = "Scripted trouble",
        times: int = 1,
        retry_after: float | None = None,
        done: bool = False,
    ) -> None:
        """Answer with an error. A 429 takes `retry_after` seconds and has the real one's headers."""

        def strike() -> NoReturn:
            if status == 429:
                raise rate_limited(retry_after or 1.0, code=code)
            raise Fault(status, code, message)

        self._plans.append(_Plan(method=method, path=re.compile(path), times=times, done=done, strike=strike))

    def resets(self, method: str, path: str, *, times: int = 1, done: bool = False) -> None:
        """Close the connection instead of answering."""

        def strike() -> NoReturn:
            raise Reset

        self._plans.append(_Plan(method=method, path=re.compile(path), times=times, done=done, strike=strike))

    def slow(self, method: str, path: str, wait: float | asyncio.Event, *, times: int = 1) -> None:
        """Delay the request by `wait` seconds, or until the event is set; then serve it."""
        self._plans.append(_Plan(method=method, path=re.compile(path), times=times, done=False, wait=wait))

    def repeats_interactions(self, times: int = 1) -> None:
        """Send the next interactions twice each, as Discord may."""
        self._twins += times

    def takes_twin(self) -> bool:
        if not self._twins:
            return False
        self._twins -= 1
        return True

    def clear(self) -> None:
        self._plans.clear()
        self._twins = 0

    async def before(self, method: str, path: str) -> None:
        """Strike before the request, if planned."""
        await self._strike(method, path, done=False)

    async def after(self, method: str, path: str) -> None:
        """Strike after the request was carried out, if planned."""
        await self._strike(method, path, done=True)

    async def _strike(self, method: str, path: str, *, done: bool) -> None:
        plan = next((each for each in self._plans if each.done == done and each.fits(method, path)), None)
        if plan is None:
            return
        plan.times -= 1
        if isinstance(plan.wait, asyncio.Event):
            await plan.wait.wait()
        else:
            await asyncio.sleep(plan.wait)
        if plan.strike is not None:
            plan.strike()


def rate_limited(
    retry_after: float, *, code: int = 0, scope: str = "user", headers: dict[str, str] | None = None
) -> Fault:
    """429 like the real one; without `Via` a client would take it for a ban by the CDN."""
    fault = Fault(429, code, "You are being rate limited.", headers={"Via": "1.1 google", "X-RateLimit-Scope": scope})
    fault.headers |= {"Retry-After": str(max(1, round(retry_after)))} | (headers or {})
    fault.body |= {"retry_after": round(retry_after, 3), "global": scope == "global"}
    if not code:
        del fault.body["code"]
    return fault
