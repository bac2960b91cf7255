"""Plain HTTP to the simulated Discord, without a library that would reject bad requests itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.sandbox.discord.people.commands import EVERYWHERE
from bot.sandbox.discord.people.interaction import Interaction
from bot.sandbox.discord.people.outcome import Outcome
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.discord.world.rules import Rules
from bot.sandbox.discord.world.seed import TOKEN
from bot.sandbox.discord.world.world import World
from bot.sandbox.server import Sandbox
from tests.waiting import PATIENCE

V2 = 1 << 15
COMMANDS: list[dict[str, Any]] = [
    {
        "name": "create",
        "description": "Make a video",
        "type": 1,
        "options": [
            {"name": "prompt", "description": "What to show", "type": 3},
            {"name": "model", "description": "Which", "type": 3, "autocomplete": True},
        ],
    },
    {"name": "Remix this video", "type": 3},
]


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def code(self) -> int:
        return int(self.body["code"])

    def faults(self, *path: str | int) -> list[str]:
        """The codes at this path of the `errors` tree."""
        node = self.body["errors"]
        for step in path:
            node = node[str(step)]
        return [fault["code"] for fault in node["_errors"]]


class Raw:
    """`studio` is the id of that channel, `app` the application's."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.world = sandbox.world
        self.sandbox = sandbox
        self.ann = sandbox.person("ann")
        self.studio = self.world.channel("studio").id
        self.app = self.world.bot.id
        self._session = session
        self.world.commands.overwrite(EVERYWHERE, COMMANDS)

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        files: Mapping[str, bytes] | None = None,
        token: str | None = TOKEN,
    ) -> Reply:
        headers = {"Authorization": f"Bot {token}"} if token else {}
        sent: dict[str, Any] = {"headers": headers}
        if files is not None:
            sent["data"] = _multipart(body, files)
        elif body is not None:
            sent["json"] = body
        async with self._session.request(method, self.sandbox.api_base + path, **sent) as response:
            text = await response.text()
            return Reply(response.status, response.headers, json.loads(text) if text else None)

    async def send(self, body: Any, *, channel: str = "studio", files: Mapping[str, bytes] | None = None) -> Reply:
        return await self.call("POST", f"/channels/{self.world.channel(channel).id}/messages", body, files=files)

    async def edit(self, message_id: int | str, body: Any, *, files: Mapping[str, bytes] | None = None) -> Reply:
        return await self.call("PATCH", f"/channels/{self.studio}/messages/{message_id}", body, files=files)

    async def answer(self, asked: Interaction, body: Any, *, files: Mapping[str, bytes] | None = None) -> Reply:
        path = f"/interactions/{asked.id}/{asked.token}/callback?with_response=1"
        return await self.call("POST", path, body, files=files, token=None)

    async def hook(self, method: str, asked: Interaction, rest: str = "", body: Any = None, **more: Any) -> Reply:
        return await self.call(method, f"/webhooks/{self.app}/{asked.token}{rest}", body, token=None, **more)

    def listen(self) -> AbstractAsyncContextManager[aiohttp.ClientWebSocketResponse]:
        """A connection to the gateway."""
        return self._session.ws_connect(self.sandbox.gateway_url)

    async def asks(self) -> tuple[Interaction, asyncio.Task[Outcome]]:
        """Ann types /create: the interaction, and its future outcome."""
        return await self.asked(asyncio.create_task(self.ann.types("/create", prompt="a cat")))

    async def asked(self, deed: asyncio.Task[Outcome]) -> tuple[Interaction, asyncio.Task[Outcome]]:
        known = set(self.world.interactions)
        await asyncio.sleep(0)
        (fresh,) = set(self.world.interactions) - known
        return self.world.interactions[fresh], deed


@asynccontextmanager
async def raw_access(rules: Rules | None = None) -> AsyncIterator[Raw]:
    """A sandbox without a bot; rate limits are off, and answers may take long, unless the rules say otherwise."""
    sandbox = Sandbox(World.demo(rules=rules or Rules(real_buckets=False, ack_seconds=PATIENCE)))
    await sandbox.start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Raw(sandbox, session)
    finally:
        await sandbox.close()


def text(words: str) -> dict[str, Any]:
    return {"type": 10, "content": words}


def button(**given: Any) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": "Press", "custom_id": "k1:press:1", **given}


def row(*children: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(children)}


def v2(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"flags": V2, "components": list(components), **more}


def gallery(*urls: str) -> dict[str, Any]:
    return {"type": 12, "items": [{"media": {"url": url}} for url in urls]}


def _multipart(body: Any, files: Mapping[str, bytes]) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    form.add_field("payload_json", json.dumps(body))
    for number, (name, data) in enumerate(files.items()):
        form.add_field(f"files[{number}]", data, filename=name, content_type="application/octet-stream")
    return form


def latest(raw: Raw, channel: str = "studio") -> Message:
    return raw.world.seen_by("max", channel)[-1]
