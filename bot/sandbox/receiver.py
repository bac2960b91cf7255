"""A simulated webhook receiver, and a page that shows what it got: time, signature and body."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import escape

from aiohttp import web

MOUNT = "/receiver"
HOSTS = '["127.0.0.1"]'  # allowed hosts for webhooks in the demo
KEPT = 50
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Webhooks received</title>
<style>body{{font:15px/1.5 system-ui;margin:2rem auto;max-width:60rem;padding:0 1rem}}
pre{{white-space:pre-wrap}}</style>
<h1>Webhooks received</h1>
<p>Max can add this page's address under <b>Webhooks</b> in <code>/settings open</code>.</p>
{received}</html>"""


@dataclass
class WebhookReceiver:
    """`received`: headers and body of each request, latest first."""

    received: deque[tuple[datetime, dict[str, str], str]] = field(default_factory=lambda: deque(maxlen=KEPT))

    def application(self) -> web.Application:
        application = web.Application()
        application.add_routes([web.post("", self._called), web.get("", self._shown)])
        return application

    async def _called(self, request: web.Request) -> web.Response:
        headers = {name: request.headers.get(name, "") for name in SIGNED}
        self.received.appendleft((datetime.now(UTC), headers, await request.text()))
        return web.Response(status=204)

    async def _shown(self, _: web.Request) -> web.Response:
        parts = [_as_html(*each) for each in self.received] or ["<p>None yet.</p>"]
        return web.Response(text=PAGE.format(received="\n".join(parts)), content_type="text/html")


def _as_html(at: datetime, headers: dict[str, str], body: str) -> str:
    lines = [f"{at:%H:%M:%S} UTC", *(f"{name}: {value}" for name, value in headers.items()), "", body]
    return f"<hr><pre>{escape(chr(10).join(lines))}</pre>"
