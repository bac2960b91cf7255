"""Webhooks in: OpenRouter calls when a video is done, at an address that was given with its order.

Checked before anything else is looked at: the address, which we signed, and the body, which OpenRouter signed within
the last five minutes. A call that passes is only a nudge (see `bot.jobs.reconcile.webhooks`), so taking it twice does
no harm.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.domain.ids import PATTERN, JobId
from bot.domain.links import HookLinks
from bot.domain.ports.clock import Clock
from bot.jobs.reconcile.webhooks import WebhookCall, WebhookIntake, WebhookResult

LARGEST = 64 * 1024  # bytes of a body
SLOWEST = 10.0  # seconds a body may take
WINDOW = 300.0  # seconds that a signature counts, either way
REMOTE_ID = re.compile(r"[!-~]{1,300}")  # no blank and nothing unseen: it is stored, and it is written to the log
SIGNED = "X-OpenRouter-Signature"
EVENT = "video.generation."


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRouterHooks:
    """`secret` is the one that the workspace at OpenRouter signs with."""

    links: HookLinks
    secret: bytes
    intake: WebhookIntake
    clock: Clock

    def routes(self) -> list[web.RouteDef]:
        return [web.post(rf"/hooks/{self.links.provider}/{{id:{PATTERN}}}/{{signature:\w+}}", self._called)]

    async def _called(self, request: web.Request) -> web.Response:
        """204 when it was taken, with or without effect; 503 asks for another call."""
        job_id = JobId(request.match_info["id"])
        if not self.links.opens(job_id, request.match_info["signature"]):
            raise web.HTTPNotFound
        body = await _body_of(request)
        if not is_signed(request.headers.get(SIGNED, ""), body, self.secret, self.clock.now()):
            raise web.HTTPUnauthorized
        heard = await self.intake.take(self._call(job_id, body))
        return web.Response(status=503 if heard is WebhookResult.TOO_EARLY else 204)

    def _call(self, job_id: JobId, body: bytes) -> WebhookCall:
        try:
            event = json.loads(body)
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        match event:
            case {"type": str(kind), "data": {"id": str(remote_id), "status": str(status)}} if kind.startswith(
                EVENT
            ) and REMOTE_ID.fullmatch(remote_id):
                done = status == "completed"
                return WebhookCall(provider=self.links.provider, job_id=job_id, remote_id=remote_id, is_done=done)
            case _:
                raise web.HTTPBadRequest


async def _body_of(request: web.Request) -> bytes:
    data = b""
    try:
        async with asyncio.timeout(SLOWEST):
            async for chunk in request.content.iter_any():
                data += chunk
                if len(data) > LARGEST:
                    raise web.HTTPRequestEntityTooLarge(max_size=LARGEST, actual_size=len(data))
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    return data


def is_signed(header: str, body: bytes, secret: bytes, now: datetime) -> bool:
    """Whether a header `t=<Unix seconds>,v1=<hex>` signs the moment and the body, joined by a comma, and is not old."""
    match = re.fullmatch(r"t=(\d{1,12}),\s*v1=([0-9a-f]{64})", header, re.ASCII)
    if match is None:
        return False
    expected = hmac.new(secret, match[1].encode() + b"," + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, match[2]) and abs(now.timestamp() - int(match[1])) <= WINDOW
