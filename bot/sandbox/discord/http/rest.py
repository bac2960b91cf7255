"""The common parts of the HTTP API: authentication, rate limits, bodies, and the format of every answer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from email.utils import formatdate
from typing import Any

from aiohttp import BodyPartReader, web

from bot.data_classes import value_object
from bot.sandbox.discord.checks.faults import Fault, FormBody, bad_json, not_found, unauthorized
from bot.sandbox.discord.http.diary import Exchange
from bot.sandbox.discord.http.posting import Draft, Upload
from bot.sandbox.discord.http.trouble import Reset
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.world import World

FILE_FIELD = re.compile(r"files\[(\d+)\]|file")
NOTHING = 204


@value_object
class Call:
    """One request that was parsed and allowed. `ids` are the numbers in its path, `words` its other variables."""

    world: World
    ids: Mapping[str, int]
    words: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    uploads: Mapping[int, Upload]

    @property
    def draft(self) -> Draft:
        form = FormBody(self.body)
        form.finish()
        return Draft(data=form.data, uploads=self.uploads)


Handler = Callable[[Call], Any]


@value_object
class Route:
    """`bucket` names the rate limit per channel, if there is one. `open` needs no bot token."""

    method: str
    path: str
    handler: Handler
    bucket: str | None = None
    open: bool = False


def application(world: World, routes: Sequence[Route]) -> web.Application:
    """All routes below /discord/api/v10. A handler returns JSON (200), or None (204)."""
    app = web.Application()
    for route in routes:
        app.router.add_route(route.method, route.path, _serving(world, route))
    app.router.add_route("*", "/{rest:.*}", _serving(world, Route(method="*", path="", handler=_nowhere)))
    return app


def _serving(world: World, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def serve(request: web.Request) -> web.StreamResponse:
        return await _Turn(world, route, request).serve()

    return serve


def _nowhere(_call: Call) -> None:
    raise not_found()


class _Turn:
    """One request that is being handled."""

    def __init__(self, world: World, route: Route, request: web.Request) -> None:
        self._world = world
        self._route = route
        self._request = request
        self._path = request.path.removeprefix("/discord/api/v10")
        self._body: Any = None
        self._uploads: dict[int, Upload] = {}

    async def serve(self) -> web.StreamResponse:
        headers: dict[str, str] = {}
        try:
            await self._read()
            await self._world.trouble.before(self._request.method, self._path)
            headers = self._admit()
            answer = self._route.handler(self._call())
            await self._world.trouble.after(self._request.method, self._path)
        except Reset:
            return self._cut()
        except Fault as fault:
            return self._answer(fault.status, fault.body, headers | fault.headers)
        return self._answer(NOTHING if answer is None else 200, answer, headers)

    def _admit(self) -> dict[str, str]:
        if self._route.open:
            return {}
        if self._request.headers.get("Authorization") != f"Bot {self._world.token}":
            raise unauthorized()
        if not self._world.rules.real_buckets:
            return {}
        self._world.limits.count_everything()
        channel = self._request.match_info.get("channel_id", "")
        if self._route.bucket is None or not channel.isdigit():
            return {}
        return self._world.limits.count(self._route.bucket, int(channel))

    def _call(self) -> Call:
        found = dict(self._request.match_info)
        ids = {key: value for key, value in found.items() if key.endswith("_id")}
        for key, value in ids.items():
            if not value.isdigit():
                form = FormBody({})
                form.wrong("NUMBER_TYPE_COERCE", f'Value "{value}" is not snowflake.', key)
                form.finish()
        return Call(
            world=self._world,
            ids={key: int(value) for key, value in ids.items()},
            words={key: value for key, value in found.items() if key not in ids},
            query=dict(self._request.query),
            body=self._body,
            uploads=self._uploads,
        )

    async def _read(self) -> None:
        if self._request.content_type == "multipart/form-data":
            await self._read_parts()
        elif self._request.can_read_body:
            self._body = _parsed(await self._request.read())

    async def _read_parts(self) -> None:
        async for part in await self._request.multipart():
            if not isinstance(part, BodyPartReader):
                continue
            name, data = part.name or "", bytes(await part.read())
            field = FILE_FIELD.fullmatch(name)
            if name == "payload_json":
                self._body = _parsed(data)
            elif field is not None:
                self._uploads[int(field[1] or 0)] = Upload(filename=part.filename or "unknown", data=data)
        self._body = self._body or {}

    def _answer(self, status: int, body: Any, headers: Mapping[str, str]) -> web.Response:
        self._note(status, body)
        headers = {"Date": formatdate(self._world.clock.now(), usegmt=True), **headers}
        if status == NOTHING:
            return web.Response(status=NOTHING, headers=headers)
        # bytes, not text: aiohttp would add a charset, and a client expects exactly "application/json"
        data = json.dumps(body).encode()
        return web.Response(status=status, body=data, content_type="application/json", headers=headers)

    def _cut(self) -> web.Response:
        self._note(0, None)
        if self._request.transport is not None:
            self._request.transport.abort()
        raise asyncio.CancelledError  # aiohttp drops a cancelled request silently

    def _note(self, status: int, answer: Any) -> None:
        self._world.diary.add(
            Exchange(
                method=self._request.method,
                path=self._path,
                query=dict(self._request.query),
                authorization=self._request.headers.get("Authorization"),
                body=self._body,
                files={upload.filename: len(upload.data) for upload in self._uploads.values()},
                status=status,
                answer=answer,
            )
        )


def _parsed(data: bytes) -> Any:
    try:
        return json.loads(data) if data else None
    except ValueError:
        raise bad_json() from None


def body_of(call: Call) -> Json:
    """The body as an object; 50035 for anything else."""
    return call.draft.data
