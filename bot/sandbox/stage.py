"""A complete setup: simulated Discord and simulated video service on one loopback port, the real bot between them."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from bot.sandbox import chat, moderation, receiver
from bot.sandbox.discord.people.person import Person
from bot.sandbox.discord.world.seed import TOKEN
from bot.sandbox.discord.world.world import World
from bot.sandbox.keeper import BotKeeper
from bot.sandbox.server import HOST, Sandbox
from bot.sandbox.services import Scene

READY = 60.0  # seconds until the bot must be online; it needs about two if the disk is fast


class NotReady(Exception):
    """The bot did not come online; the message says why, as far as its log shows."""


class Stage:
    """`world` is the simulated Discord, `host` the simulated video service, `keeper` the real bot.

    `moderation` is used only by servers that turn it on, and `chat` is the prompt helper.
    """

    def __init__(
        self,
        data: Path,
        *,
        render_seconds: float = 8.0,
        settings: Mapping[str, str] | None = None,
        scene: Scene | None = None,
    ) -> None:
        """`settings` override the bot's usual ones."""
        self.data = data.resolve()
        # A new one in each run: the bot of a killed demo may still be running, and must not answer in the next one.
        self.world = World.demo(token=f"{TOKEN}-{secrets.token_hex(8)}")
        self.scene = scene or Scene()
        self.host = self.scene.service(render_seconds=render_seconds)
        self.moderation = moderation.ModerationHost()
        self.receiver = receiver.WebhookReceiver()
        self.chat = chat.ChatHost()
        self._extra = settings or {}
        self.keeper = BotKeeper(self.data)
        self._sandbox: Sandbox | None = None

    @property
    def url(self) -> str:
        if self._sandbox is None:
            raise RuntimeError("the stage has not been set")
        return self._sandbox.url

    def person(self, key: str) -> Person:
        return Person(self.world, key)

    @asynccontextmanager
    async def running(self, port: int = 0) -> AsyncIterator[Stage]:
        """Running, with the bot online and Ann's role granted; everything is stopped at the end."""
        mounts = {
            self.scene.dialect.mount: self.host.application(),
            moderation.MOUNT: self.moderation.application(),
            receiver.MOUNT: self.receiver.application(),
            chat.MOUNT: self.chat.application(),
        }
        self._sandbox = Sandbox(self.world, mounts=mounts, keeper=self.keeper)
        await self._sandbox.start(port)
        try:
            await self.keeper.start(self._settings(self._sandbox))
            await self._online()
            await self.person("max").types("/settings access", grant="Filmmaker")
            yield self
        finally:
            await self.keeper.stop()
            await self._sandbox.close()

    def _settings(self, sandbox: Sandbox) -> dict[str, str]:
        return {
            "DISCORD_TOKEN": self.world.token,
            "DISCORD_API_BASE": sandbox.api_base,
            "DISCORD_GATEWAY_URL": sandbox.gateway_url,
            "DISCORD_MEDIA_HOSTS": '["127.0.0.1"]',
            "WEBHOOK_HOSTS": receiver.HOSTS,
            **self.scene.settings(sandbox.url),
            **moderation.settings(sandbox.url),
            **chat.settings(sandbox.url),
            **self._own_catalogue(),
            "DATA_DIR": str(self.data),
            **self._extra,
        }

    def _own_catalogue(self) -> dict[str, str]:
        cards = self.scene.catalogue()
        if cards is None:
            return {}
        self.data.mkdir(parents=True, exist_ok=True)
        file = self.data / "models.toml"
        file.write_text(cards)
        return {"MODELS_FILE": str(file)}

    async def _online(self) -> None:
        """Wait for the bot; NotReady with the end of its log if it exits instead."""
        online = asyncio.create_task(self.world.until(lambda: self.world.gateway.online, timeout=READY))
        ended = asyncio.create_task(self.keeper.ended())
        done, _ = await asyncio.wait({online, ended}, return_when=asyncio.FIRST_COMPLETED)
        for task in (online, ended):
            task.cancel()
        await asyncio.gather(online, ended, return_exceptions=True)
        if online not in done or online.exception() is not None:
            raise NotReady(f"The bot did not come online. The end of {self.keeper.log}:\n{_tail(self.keeper.log)}")


def own_pages() -> dict[str, str]:
    """Settings with which the bot serves galleries and players, on a free port."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    return {"HTTP_PORT": str(port), "PUBLIC_URL": f"http://{HOST}:{port}"}


def _tail(log: Path, lines: int = 15) -> str:
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except FileNotFoundError:
        return "(no log)"
