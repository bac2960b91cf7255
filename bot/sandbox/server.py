"""One loopback port for the whole outside world: simulated Discord, its files, the page, and mounted applications."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from pathlib import Path

from aiohttp import web

from bot.sandbox.console import Console, Keeper
from bot.sandbox.discord.http import rest, routes_application, routes_interactions, routes_messages
from bot.sandbox.discord.http.other_sites import own_page_only
from bot.sandbox.discord.people.person import Person
from bot.sandbox.discord.world.world import World
from bot.sandbox.usage import CannotPlay

HOST = "127.0.0.1"
PAGE = Path(__file__).parent / "page"
LARGEST_REQUEST = 256 * 1024 * 1024  # bytes; well above any upload limit, so that the limit itself is what answers


class Sandbox:
    """Serves a world.

    `mounts` are further applications by path, such as {"/video/openai": app}. `keeper` starts and stops the bot for the
    page's buttons, if there is one.
    """

    def __init__(
        self, world: World, mounts: Mapping[str, web.Application] | None = None, keeper: Keeper | None = None
    ) -> None:
        self.world = world
        self._mounts = mounts or {}
        self._keeper = keeper
        self._runner: web.AppRunner | None = None
        self.url = ""

    @property
    def api_base(self) -> str:
        """For `discord.http.Route.BASE`."""
        return f"{self.url}/discord/api/v10"

    @property
    def gateway_url(self) -> str:
        """For `discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY`."""
        return f"ws{self.url.removeprefix('http')}/discord/gateway"

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1; port 0 uses a free one. CannotPlay if the port is unavailable."""
        try:
            listener = socket.create_server((HOST, port))
        except OSError as error:
            reason = os.strerror(error.errno or 0)  # the error's own `strerror` repeats the address
            raise CannotPlay(
                f"The page cannot be served on port {port}: {reason}. Pick another one with --port."
            ) from None
        self.url = self.world.cdn.host = f"http://{HOST}:{listener.getsockname()[1]}"
        self.world.gateway.url = self.gateway_url
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.SockSite(self._runner, listener).start()

    async def close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def person(self, who: str) -> Person:
        """A person who uses the bot: "ann", "max", "sam", "tia", "olga"."""
        return Person(self.world, who)

    def _application(self) -> web.Application:
        app = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[own_page_only])
        routes = [*routes_application.routes(), *routes_messages.routes(), *routes_interactions.routes()]
        app.add_subapp("/discord/api/v10", rest.application(self.world, routes))
        app.router.add_get("/discord/gateway", self.world.gateway.handle)
        for kind in ("attachments", "ephemeral-attachments"):
            app.router.add_get(f"/cdn/{kind}/{{channel}}/{{id:\\d+}}/{{name}}", self.world.cdn.serve)
        console = Console(self.world, self._keeper)
        app.add_subapp("/console", console.application())
        for path, mounted in self._mounts.items():
            app.add_subapp(path, mounted)
        if PAGE.is_dir():
            app.router.add_get("/", _front_page)
            app.router.add_static("/page", PAGE)
        app.on_shutdown.append(self._say_goodbye)
        return app

    async def _say_goodbye(self, _app: web.Application) -> None:
        self.world.gateway.drop(1001)


async def _front_page(_request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")
