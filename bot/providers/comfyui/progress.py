"""How far renders are: the server reports that through a WebSocket, and only to the client that ordered them.

A poll opens it while a render of this process runs, and either side may close it. If it is lost, only percentages are
lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
from dataclasses import dataclass, field
from urllib.parse import urlencode

import aiohttp

from bot.domain.models.workflow import Graph
from bot.network.certificates import trusted
from bot.providers.common.adapter import MOST_REMEMBERED
from bot.providers.common.endpoint import Endpoint

SAMPLERS = ("KSampler", "SamplerCustom")  # how the classes begin of the nodes that take nearly all the time
LARGEST = 16 * 1024**2  # bytes of a frame; previews are frames, too
TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=5.0)


@dataclass(slots=True)
class Steps:
    """The steps of one render: its relevant nodes, and what each has reported."""

    samplers: frozenset[str]
    told: dict[str, float] = field(default_factory=dict)

    @property
    def percent(self) -> int | None:
        """Over all passes together: a model with two is half done after its first."""
        if not self.told:
            return None
        return min(99, int(100 * sum(self.told.values()) / len(self.samplers)))


class ProgressSocket:
    """For one account. Its `client_id` is sent with orders."""

    def __init__(self, endpoint: Endpoint, client_id: str) -> None:
        self.client_id = client_id
        self._endpoint = endpoint
        self._steps: dict[str, Steps] = {}
        self._listening: asyncio.Task[None] | None = None

    def expect(self, prompt_id: str, graph: Graph) -> None:
        """Register an order that this process just sent."""
        samplers = frozenset(each for each, node in graph.items() if str(node["class_type"]).startswith(SAMPLERS))
        if samplers:
            self._steps[prompt_id] = Steps(samplers)
        if len(self._steps) > MOST_REMEMBERED:
            del self._steps[next(iter(self._steps))]

    def percent(self, prompt_id: str) -> int | None:
        """The latest reported progress of a render that runs now."""
        steps = self._steps.get(prompt_id)
        if steps is None:
            return None
        if self._listening is None or self._listening.done():
            self._listening = asyncio.create_task(self._listen(), name="ComfyUI's progress")
        return steps.percent

    def forget(self, prompt_id: str) -> None:
        """A render has ended. The last one closes the socket."""
        self._steps.pop(prompt_id, None)
        if not self._steps and self._listening is not None:
            self._listening.cancel()

    async def close(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)

    async def _listen(self) -> None:
        """Runs until either side ends it; the next poll opens it again."""
        url = f"{self._endpoint.base_url}/ws?{urlencode({'clientId': self.client_id})}"
        headers = dict(self._endpoint.credentials)
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT, trust_env=True, trace_configs=[_without_redirects()]) as http,
                http.ws_connect(url, headers=headers, ssl=trusted(), max_msg_size=LARGEST, heartbeat=30.0) as socket,
            ):
                async for message in socket:
                    if message.type is aiohttp.WSMsgType.TEXT:
                        self._hear(message.data)
        except (aiohttp.ClientError, OSError, ValueError):
            return

    def _hear(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except (ValueError, RecursionError):
            return
        match frame:
            case {"type": "progress", "data": {"prompt_id": str(prompt_id), "node": str(node), **rest}}:
                self._note(prompt_id, node, rest.get("value"), rest.get("max"))
            case _:
                return

    def _note(self, prompt_id: str, node: str, value: object, most: object) -> None:
        steps = self._steps.get(prompt_id)
        if steps is None or node not in steps.samplers:
            return
        if (
            isinstance(value, int | float)
            and isinstance(most, int | float)
            and 0 <= value <= most
            and 0 < most < math.inf
        ):
            with contextlib.suppress(OverflowError):  # whole numbers may have hundreds of digits
                steps.told[node] = value / most


def _without_redirects() -> aiohttp.TraceConfig:
    """The key for a server's guard must reach that server alone; aiohttp forwards it unless it is in `Authorization`.

    Its `ws_connect` has no option for that.
    """
    watch = aiohttp.TraceConfig()
    watch.on_request_redirect.append(_end_here)
    return watch


async def _end_here(*_: object) -> None:
    raise aiohttp.ClientError("redirected")
