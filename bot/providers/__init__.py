"""Video services. A dialect is a module; a host that speaks one needs no code, only an address and model cards."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.domain.provider import Provider
from bot.providers.gemini_omni import GeminiOmni
from bot.providers.host import Host
from bot.providers.openai_videos import OpenAIVideos
from bot.providers.openrouter import OpenRouterVideos

__all__ = ["FACTORIES", "Host"]

FACTORIES: Mapping[str, Callable[[Host], Provider]] = {
    "openai": OpenAIVideos,
    "gemini": GeminiOmni,
    "openrouter": OpenRouterVideos,
}
