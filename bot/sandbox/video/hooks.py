"""Webhooks that simulated services call when a video has ended. Each service signs them in its own way."""

from __future__ import annotations

import asyncio
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from typing import Any

import aiohttp

from bot.data_classes import value_object

PAUSE = 0.05  # seconds between two checks of the clock
MOST_TRIES = 5
TRY_AGAIN = 0.3  # seconds after an unsuccessful call


@value_object
class Due:
    """A call to make at `at` (Unix seconds). `shown` is the video at that time."""

    url: str
    at: float
    model: str
    shown: Callable[[], Mapping[str, Any]]


class Hooks(ABC):
    """Makes each call when it is due, and again if it failed."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._calls: set[asyncio.Task[None]] = set()
        self.answers: list[int] = []  # status of each answer
        self._news = asyncio.Event()

    def plan(self, due: Due) -> None:
        call = asyncio.create_task(self._call(due), name="simulated webhook")
        self._calls.add(call)
        call.add_done_callback(self._calls.discard)

    async def answered(self, times: int) -> None:
        """Wait until so many calls were answered."""
        while len(self.answers) < times:
            self._news.clear()
            await self._news.wait()

    async def close(self) -> None:
        for call in self._calls:
            call.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)

    async def _call(self, due: Due) -> None:
        while self._clock() < due.at:  # noqa: ASYNC110 (it is another clock's time)
            await asyncio.sleep(PAUSE)
        body = self._body(due)
        async with aiohttp.ClientSession() as http:
            for _ in range(MOST_TRIES):
                if await self._send(http, due.url, body):
                    return
                await asyncio.sleep(TRY_AGAIN)

    async def _send(self, http: aiohttp.ClientSession, url: str, body: bytes) -> bool:
        headers = {"Content-Type": "application/json", **self._signed(body)}
        try:
            async with http.post(url, data=body, headers=headers) as answer:
                self.answers.append(answer.status)
                self._news.set()
                return answer.ok
        except aiohttp.ClientError:
            return False

    @abstractmethod
    def _signed(self, body: bytes) -> Mapping[str, str]:
        """The headers that prove who makes the call."""

    def _body(self, due: Due) -> bytes:
        return json.dumps(due.shown()).encode()
