"""`/healthz`: the process is alive. `/readyz`: everything it needs is available."""

from __future__ import annotations

from aiohttp import web

from bot.data_classes import wired
from bot.health.readiness import Readiness


@wired
class HealthPages:
    readiness: Readiness

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/healthz", self._alive), web.get("/readyz", self._ready)]

    async def _alive(self, _request: web.Request) -> web.Response:
        """Checks nothing else: a restart does not bring back a database that is down."""
        return web.json_response({"status": "ok"})

    async def _ready(self, _request: web.Request) -> web.Response:
        """200 if each part is ready, otherwise 503; the same body either way."""
        report = await self.readiness.report()
        is_ready = all(report.values())
        return web.json_response({"ready": is_ready, **report}, status=200 if is_ready else 503)
