"""Incoming webhooks: a service calls when a video is done, at the address that was sent with its order.

Two signatures are checked before anything else: that of the address, which is ours, and that of the body, which is the
service's. A valid call is only a hint (see `bot.jobs.reconcile.webhooks`), so handling it twice does no harm.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import field

from aiohttp import web

from bot.data_classes import wired
from bot.domain.ids import PATTERN, JobId
from bot.domain.links import MOMENT, HookLinks
from bot.domain.ports.clock import Clock
from bot.domain.ports.webhooks import (
    IncomingCall,
    NotSignedError,
    UncheckedCallError,
    UnreadableCallError,
    WebhookEvent,
    WebhookReader,
)
from bot.jobs.reconcile.webhooks import WebhookCall, WebhookIntake, WebhookResult

LARGEST = 64 * 1024  # bytes of a body
SLOWEST = 10.0  # seconds for receiving a body


@wired
class Webhooks:
    """The route that one account's service calls; `reader` checks the signatures of its dialect."""

    links: HookLinks
    reader: WebhookReader
    intake: WebhookIntake
    clock: Clock
    calls: Counter[str] = field(default_factory=Counter)  # by their results, or the reasons why they were refused

    def routes(self) -> list[web.RouteDef]:
        job = rf"/hooks/{self.links.account}/{{id:{PATTERN}}}"
        moments = ("", rf"/{{second:{MOMENT.pattern}}}")
        return [web.post(rf"{job}{moment}/{{signature:\w+}}", self._called) for moment in moments]

    async def _called(self, request: web.Request) -> web.Response:
        """204 if it was accepted, with or without effect; 503 asks the service to call again."""
        job_id, written = JobId(request.match_info["id"]), request.match_info.get("second")
        second = None if written is None else int(written)
        if not self.links.opens(job_id, second, request.match_info["signature"]):
            self.calls["not ours"] += 1
            raise web.HTTPNotFound
        event = await self._event_of(request)
        call = WebhookCall(account=self.links.account, job_id=job_id, event=event, second=second)
        heard = await self.intake.take(call)
        self.calls[heard.value] += 1
        return web.Response(status=503 if heard is WebhookResult.TOO_EARLY else 204)

    async def _event_of(self, request: web.Request) -> WebhookEvent:
        """Raises HTTPClientError, and HTTPServiceUnavailable if the signature cannot be checked now."""
        try:
            body = await _body_of(request)
        except web.HTTPClientError:
            self.calls["not read"] += 1
            raise
        call = IncomingCall(headers=request.headers, query=request.query, body=body, at=self.clock.now())
        try:
            return await self.reader.read(call)
        except (NotSignedError, UnreadableCallError) as no:
            self.calls["refused"] += 1
            raise (web.HTTPUnauthorized if isinstance(no, NotSignedError) else web.HTTPBadRequest) from None
        except UncheckedCallError:
            self.calls["unchecked"] += 1
            raise web.HTTPServiceUnavailable from None


def of_another_version() -> web.RouteDef:
    """The route of all addresses that no account here has.

    During an upgrade a service may reach the old process with an address that the new one gave out. It is to call
    again: by then the new one answers. 404 would be the last word for some services.
    """
    return web.post("/hooks/{rest:.+}", _later)


async def _later(_: web.Request) -> web.Response:
    return web.Response(status=503)


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
