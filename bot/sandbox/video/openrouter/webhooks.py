"""Calls that the pretend OpenRouter makes when a video is done, signed as the real one signs them."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import aiohttp

PAUSE = 0.05  # seconds between two looks at the clock
MOST_TRIES = 5
TRY_AGAIN = 0.3  # seconds after a call that was not answered with success


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A call to make at `at` (Unix seconds). `shown` is the video as it is then."""

    url: str
    at: float
    model: str
    shown: Callable[[], Mapping[str, Any]]


class Hooks:
    """Makes each call once it is due, and again when it was not taken."""

    def __init__(self, secret: str, clock: Callable[[], float]) -> None:
        self._secret = secret
        self._clock = clock
        self._calls: set[asyncio.Task[None]] = set()
        self.answers: list[int] = []  # status of each answer
        self._news = asyncio.Event()

    def plan(self, due: Due) -> None:
        call = asyncio.create_task(self._call(due), name="pretend webhook")
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

    def _signed(self, body: bytes) -> Mapping[str, str]:
        data = json.loads(body)["data"]
        return {
            "X-OpenRouter-Signature": signature(self._secret, int(self._clock()), body),
            "X-OpenRouter-Idempotency-Key": f"{data['id']}-{data['status']}",
        }

    def _body(self, due: Due) -> bytes:
        shown = due.shown()
        data = {name: shown.get(name) for name in ("id", "status", "generation_id")} | {"model": due.model}
        data |= {name: shown[name] for name in ("unsigned_urls", "usage", "error") if name in shown}
        made = datetime.fromtimestamp(self._clock(), UTC).isoformat()
        return json.dumps({"type": f"video.generation.{shown['status']}", "created_at": made, "data": data}).encode()


def signature(secret: str, moment: int, body: bytes) -> str:
    """The header's value: a comma joins the moment and the body."""
    digest = hmac.new(secret.encode(), f"{moment},".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"
