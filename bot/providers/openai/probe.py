"""Detects which kind of server an address leads to, by free queries.

| server    | identified by                                                                                         |
|-----------|-------------------------------------------------------------------------------------------------------|
| openai    | the host's name, or `openai-version` with every answer                                                |
| saygm     | the host's name                                                                                       |
| new-api   | `x-new-api-version` or `x-oneapi-request-id` with every answer                                        |
| litellm   | `x-litellm-version` with every answer about videos, whose list is free                                |
| bifrost   | `extra_fields` beside the models                                                                      |
| vllm-omni, sglang, fastvideo | `owned_by` of its model                                                            |
| dynamo    | `owned_by: nvidia`, and `/health` that lists its instances                                            |

LiteLLM was seen running; the others, except for the names of hosts, were read in their sources. Any other server is
treated as a plain one.
"""

from __future__ import annotations

import asyncio
import fnmatch
import logging
from collections.abc import Awaitable, Callable, Mapping

from bot.providers.common.endpoint import Endpoint
from bot.providers.common.response import Response
from bot.providers.openai.server_profiles import BY_NAME, PLAIN, UNSURE, ServerProfile, profile_named

log = logging.getLogger(__name__)

Ask = Callable[[str], Awaitable[Response | None]]  # given an address, one free GET; None if it is not answered

BY_HOST = {"api.openai.com": "openai", "*.openai.azure.com": "openai", "api.saygm.com": "saygm"}
BY_HEADER = {
    "x-new-api-version": "new-api",
    "x-oneapi-request-id": "new-api",
    "x-litellm-version": "litellm",
    "openai-version": "openai",
}
BY_OWNER = {"vllm": "vllm-omni", "sglang": "sglang", "fastvideo": "fastvideo"}
NOT_NOW = frozenset({401, 408, 429, 502, 503, 504})  # says nothing about the server, unless a header does


class ServerProbe:
    """The profile of one host: configured, or detected on first use and remembered by this process."""

    def __init__(self, endpoint: Endpoint) -> None:
        """Raises CannotStart if the account names an unknown profile."""
        self._endpoint = endpoint
        self._known = profile_named(endpoint.account.server) or by_host(endpoint.name)
        self._asking = asyncio.Lock()

    @property
    def so_far(self) -> ServerProfile:
        """As far as known without asking."""
        return self._known or PLAIN

    @property
    def may_block(self) -> bool:
        """Whether it answers an order only when the video is made, or is still unknown."""
        return self._known is None or self._known.blocks

    async def profile(self, ask: Ask, models: Response | None = None) -> ServerProfile:
        """The server's profile. `models` is the answer to `GET /models`, if that was just requested anyway."""
        async with self._asking:
            if self._known is not None:
                return self._known
            models = models or await ask(f"{self._endpoint.base_url}/models")
            found = await self._recognised(ask, models)
            if found is None:
                return UNSURE
            self._known = found
            log.info("%s speaks the OpenAI dialect as %s does", self._endpoint.name, found.name)
            return found

    async def _recognised(self, ask: Ask, models: Response | None) -> ServerProfile | None:
        """None if its answer was not good enough to tell; the next call asks again."""
        if models is None or says_nothing(models):
            return None
        if found := by_header(models) or by_models(models):
            return found
        base = self._endpoint.base_url
        if "nvidia" in owners(models):
            health = await ask(f"{base.removesuffix('/v1')}/health")
            return None if health is None else BY_NAME["dynamo"] if says(health, "instances") else PLAIN
        videos = await ask(f"{base}/videos?limit=1")
        return None if videos is None or says_nothing(videos) else by_header(videos) or PLAIN


def says_nothing(response: Response) -> bool:
    return response.status in NOT_NOW and by_header(response) is None


def by_host(name: str) -> ServerProfile | None:
    found = (profile for pattern, profile in BY_HOST.items() if fnmatch.fnmatch(name, pattern))
    return BY_NAME.get(next(found, ""))


def by_header(response: Response) -> ServerProfile | None:
    return BY_NAME.get(next((profile for header, profile in BY_HEADER.items() if header in response.headers), ""))


def by_models(response: Response) -> ServerProfile | None:
    if says(response, "extra_fields"):
        return BY_NAME["bifrost"]
    return BY_NAME.get(next((BY_OWNER[owner] for owner in owners(response) if owner in BY_OWNER), ""))


def owners(response: Response) -> list[str]:
    data = response.body.get("data") if isinstance(response.body, dict) else None
    models = data if isinstance(data, list) else []
    return [str(model.get("owned_by")).lower() for model in models if isinstance(model, Mapping)]


def says(response: Response, field: str) -> bool:
    return isinstance(response.body, dict) and field in response.body
