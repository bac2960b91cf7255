"""Video services. A dialect is a module; a host that speaks one needs no code, only an address and model cards."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.domain.ports.provider import Provider
from bot.providers.common.endpoint import Host
from bot.providers.gemini.adapter import GeminiOmni
from bot.providers.openai.adapter import OpenAIVideos
from bot.providers.openrouter.adapter import OpenRouterVideos

__all__ = ["FACTORIES", "Host"]

FACTORIES: Mapping[str, Callable[[Host], Provider]] = {
    "openai": OpenAIVideos,
    "gemini": GeminiOmni,
    "openrouter": OpenRouterVideos,
}
