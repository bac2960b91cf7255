"""The simulated video services by dialect: where each is mounted, and the settings that point the bot to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bot.data_classes import value_object
from bot.sandbox.usage import Misused
from bot.sandbox.video.comfyui.service import ComfyUIHost
from bot.sandbox.video.fal.service import FalHost
from bot.sandbox.video.gemini.service import GeminiHost
from bot.sandbox.video.openai.accents import MANNERS, SIMULATED_ACCENTS
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.openrouter.service import OpenRouterHost
from bot.sandbox.video.replicate.service import ReplicateHost
from bot.sandbox.video.service import SANDBOX_KEY, SimulatedService
from bot.sandbox.video.xai.service import XaiHost

KNOWN_BY_ADDRESS = frozenset({"saygm"})  # kinds of server that can be recognised only by their address
OTHER_NAMES = {"bifrost": "openai/sora-2"}  # a server's own names for the model of the shipped card


class NoSuchScene(Misused):
    """There is no such simulated service; the sentence names the available ones."""


@value_object
class Dialect:
    """`base` is the path of the API below the mount."""

    name: str
    make: Callable[..., SimulatedService]
    base: str

    @property
    def mount(self) -> str:
        return f"/video/{self.name}"

    def settings(self, sandbox: str) -> Mapping[str, str]:
        """The bot's settings: a key, and the address below the sandbox's."""
        service = self.name.upper()
        return {f"{service}_API_KEY": SANDBOX_KEY, f"{service}_BASE_URL": f"{sandbox}{self.mount}{self.base}"}


DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        Dialect(name="openai", make=VideoHost, base="/v1"),
        Dialect(name="gemini", make=GeminiHost, base="/v1beta"),
        Dialect(name="openrouter", make=OpenRouterHost, base="/api/v1"),
        Dialect(name="comfyui", make=ComfyUIHost, base=""),
        Dialect(name="fal", make=FalHost, base=""),
        Dialect(name="replicate", make=ReplicateHost, base="/v1"),
        Dialect(name="xai", make=XaiHost, base="/v1"),
    )
}


@value_object
class Scene:
    """Which service is simulated: a dialect, and for `openai` optionally a kind of server."""

    provider: str = "openai"
    accent: str | None = None

    def __post_init__(self) -> None:
        """Raises NoSuchScene."""
        if self.provider not in DIALECTS:
            raise NoSuchScene(f"There is no simulated service {self.provider!r}; there are {', '.join(DIALECTS)}.")
        if self.accent is not None and self.provider != "openai":
            raise NoSuchScene(f"Accents are for openai; {self.provider} is spoken in one way.")
        if self.accent is not None and self.accent not in SIMULATED_ACCENTS:
            raise NoSuchScene(f"There is no accent {self.accent!r}; there are {', '.join(SIMULATED_ACCENTS)}.")

    @property
    def name(self) -> str:
        return self.accent or self.provider

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self.provider]

    @property
    def folder(self) -> Path:
        """Where its videos and its database are stored, so that no service gets another's jobs."""
        return Path("data", "demo" if self.name == "openai" else f"demo-{self.name}")

    def service(self, **settings: Any) -> SimulatedService:
        """`settings` are those of the simulated service: render_seconds, frame_rate, clock …"""
        return self.dialect.make(**settings, **({} if self.accent is None else {"accent": self.accent}))

    def settings(self, sandbox: str) -> Mapping[str, str]:
        """The bot's settings besides Discord's address."""
        told = self.dialect.settings(sandbox)
        return {**told, "OPENAI_SERVER": self.accent} if self.accent in KNOWN_BY_ADDRESS else told

    def catalogue(self) -> str | None:
        """The host's own cards, for servers whose models have other names than the shipped ones, or more abilities."""
        if self.accent is None:
            return None
        model, options = OTHER_NAMES.get(self.accent), list(MANNERS[self.accent].options)
        lines = [] if model is None else [f'remote = "{model}"']
        lines += [f"options = {json.dumps(options)}"] if options else []
        return "\n".join(["[models.sora-2]", *lines, ""]) if lines else None
