"""The pretend video services by the dialect they speak: where each is mounted, and what leads the bot to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.sandbox.video.gemini import GeminiHost
from bot.sandbox.video.host import VideoHost
from bot.sandbox.video.openrouter import OpenRouterHost
from bot.sandbox.video.service import SANDBOX_KEY, PretendService


class NoSuchScene(Exception):
    """There is no such pretend service; the sentence names those there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """`base` is the path of the API below the mount."""

    name: str
    make: Callable[..., PretendService]
    base: str

    @property
    def mount(self) -> str:
        return f"/video/{self.name}"

    def settings(self, sandbox: str) -> Mapping[str, str]:
        """What the bot is told: a key, and the address below that of the sandbox."""
        service = self.name.upper()
        return {f"{service}_API_KEY": SANDBOX_KEY, f"{service}_BASE_URL": f"{sandbox}{self.mount}{self.base}"}


DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect
    for dialect in (
        Dialect(name="openai", make=VideoHost, base="/v1"),
        Dialect(name="gemini", make=GeminiHost, base="/v1beta"),
        Dialect(name="openrouter", make=OpenRouterHost, base="/api/v1"),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Which service is played."""

    provider: str = "openai"

    def __post_init__(self) -> None:
        """Raises NoSuchScene."""
        if self.provider not in DIALECTS:
            raise NoSuchScene(f"There is no pretend service {self.provider!r}; there are {', '.join(DIALECTS)}.")

    @property
    def dialect(self) -> Dialect:
        return DIALECTS[self.provider]

    @property
    def folder(self) -> Path:
        """Where its videos and its database go, so that no service meets the jobs of another."""
        return Path("data", "demo" if self.provider == "openai" else f"demo-{self.provider}")

    def service(self, **settings: Any) -> PretendService:
        """`settings` are those of the pretend service: render_seconds, frame_rate, clock …"""
        return self.dialect.make(**settings)
