"""The demo page's server: a person's view of the simulated Discord over a WebSocket, and their actions as POSTs.

`GET /console/ws?as=ann` (default: ann) is a WebSocket that only sends. First the whole view:

    {"type": "state",
     "me": {"id", "key", "name", "avatar_color", "role_names": [..]},
     "people": [{"id", "key", "name", "note", "avatar_color"}],
     "guild": {"name", "icon_text"}, "roles": [{"id", "name"}],
     "channels": [{"id", "name", "topic", "kind": "text" | "thread" | "dm", "can_write": bool}],
     "commands": [command as registered by the bot, with its id], "withheld": [name of one that Discord hides],
     "bot": {"online": bool, "name"},
     "messages": {channel_id: [message, oldest first]}}

then changes: {"type": "message", "message"} (new or edited: replace by id), {"type": "gone", "channel_id",
"message_id"}, {"type": "commands", "commands", "withheld"}, {"type": "channels", "channels"}, {"type": "bot", "online",
"name"} and {"type": "notify", "channel_id", "message_id"} when the person was notified.

A message is Discord's message JSON with links relative to this host, plus "ephemeral", "thinking" (a deferred answer
not filled in yet), "for_me" (it notified or mentions the person) and "interaction": {"user", "name"} on the answer to
a command ("Ann used /create"), else null. Times such as <t:1700000000:R> are left for the page to render.

Actions contain "as" (a key from "people") and "channel_id". Each is a JSON object, or multipart with that object in the
field "payload" and files in fields named after their option or form field.

    POST /console/commands      name ("create", "settings access"), options {name: value}
    POST /console/suggestions   name, options, focused            -> {"choices": [{"name", "value"}]}
    POST /console/clicks        message_id, custom_id, values (for selects)
    POST /console/menus         message_id, name
    POST /console/forms         form_id, fields {custom_id: value}
    POST /console/messages      content: plain text, and files

They answer {"ok": true} with "message_id" of the answer or "form" (the modal JSON with its form_id as "id") if there is
one, or {"ok": false, "error": sentence}, which is also what a person reads if the bot does not answer. A request of
another shape is answered with 400.

`GET /console/health` -> {"bot": {"online": bool}}. `POST /console/bot` {"action": "restart" | "stop" | "start"} calls
the keeper given to the sandbox; 404 if there is none.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from aiohttp import WSCloseCode, web
from aiohttp.web_request import FileField

from bot.sandbox.discord.checks.faults import Fault
from bot.sandbox.discord.people.outcome import CannotDo, Form, Outcome
from bot.sandbox.discord.people.person import Person
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.world import World
from bot.sandbox.view import View

Deed = Callable[["Request"], Awaitable[Json]]


class Keeper(Protocol):
    """Somebody who can start and stop the bot."""

    async def start(self) -> object: ...

    async def stop(self) -> object: ...

    async def restart(self) -> object: ...


class Malformed(Exception):
    """The page sends no such request."""


class Request:
    """One parsed action: who, what, and the uploaded files."""

    def __init__(self, world: World, data: Json, files: Mapping[str, list[tuple[str, bytes]]]) -> None:
        self.world = world
        self.data = data
        self.files = files
        self.person = Person(world, self.text("as", "ann"))
        if locale := data.get("locale"):
            self.person.user.locale = str(locale)

    @property
    def channel(self) -> int:
        return self.number("channel_id")

    def text(self, key: str, default: str | None = None) -> str:
        """Raises Malformed for what is missing or of another kind, like the others here."""
        value = self.data.get(key, default)
        if not isinstance(value, str):
            raise Malformed(key)
        return value

    def number(self, key: str) -> int:
        try:
            return int(str(self.data.get(key)))
        except ValueError:
            raise Malformed(key) from None

    def mapping(self, key: str) -> Json:
        value = self.data.get(key) or {}
        if not isinstance(value, dict):
            raise Malformed(key)
        return value

    def values(self, key: str) -> Json:
        """A mapping of the payload, with the uploaded files added under their names."""
        return {**self.mapping(key), **{name: files[0] for name, files in self.files.items()}}

    def fields(self) -> Json:
        return {**self.mapping("fields"), **self.files}


class Console:
    def __init__(self, world: World, keeper: Keeper | None = None) -> None:
        self._world = world
        self._keeper = keeper
        self._sockets: set[web.WebSocketResponse] = set()

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/ws", self._watch)
        app.router.add_get("/health", self._health)
        app.router.add_post("/bot", self._keep)
        deeds: Mapping[str, Deed] = {
            "commands": _command,
            "suggestions": _suggestions,
            "clicks": _click,
            "menus": _menu,
            "forms": _form,
            "messages": _words,
        }
        for name, deed in deeds.items():
            app.router.add_post(f"/{name}", self._doing(deed))
        app.on_shutdown.append(self._close)
        return app

    async def _watch(self, request: web.Request) -> web.WebSocketResponse:
        try:
            view = View(self._world, request.query.get("as", "ann"))
        except LookupError as error:
            raise web.HTTPNotFound(text=str(error)) from None
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        self._sockets.add(socket)
        news: asyncio.Queue[Json] = asyncio.Queue()
        news.put_nowait(view.state())
        stop = self._world.watch(lambda change: _queue(news, view.told(change)))
        writer = asyncio.create_task(_pass_on(news, socket), name="console writer")
        try:
            async for _ in socket:
                pass  # the page sends nothing here; this waits for it to disconnect
        finally:
            stop()
            self._sockets.discard(socket)
            writer.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await writer
        return socket

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"bot": {"online": self._world.gateway.online}})

    async def _keep(self, request: web.Request) -> web.Response:
        if self._keeper is None:
            raise web.HTTPNotFound(text="nobody here keeps the bot")
        match (await request.json()).get("action"):
            case "start":
                await self._keeper.start()
            case "stop":
                await self._keeper.stop()
            case "restart":
                await self._keeper.restart()
            case _:
                raise web.HTTPBadRequest(text="action must be start, stop or restart")
        return web.json_response({"ok": True})

    def _doing(self, deed: Deed) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def serve(request: web.Request) -> web.Response:
            try:
                answer = await deed(await _read(self._world, request))
            except (CannotDo, LookupError) as error:
                answer = {"ok": False, "error": str(error.args[0]) if error.args else "That does not exist."}
            except Fault as fault:
                answer = {"ok": False, "error": fault.body["message"]}
            except (Malformed, ValueError):
                raise web.HTTPBadRequest(text="this is not a request the console knows") from None
            return web.json_response(answer)

        return serve

    async def _close(self, _app: web.Application) -> None:
        for socket in list(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY)


async def _command(request: Request) -> Json:
    outcome = await request.person.types(request.text("name"), request.values("options"), channel=request.channel)
    return _answer(outcome)


async def _suggestions(request: Request) -> Json:
    focused, options = request.text("focused"), request.mapping("options")
    typed = str(options.pop(focused, "") or "")
    name = request.text("name")
    return {"choices": await request.person.suggests(name, focused, typed, options, channel=request.channel)}


async def _click(request: Request) -> Json:
    custom_id, values = request.text("custom_id"), request.data.get("values")
    message = request.world.message(request.channel, request.number("message_id"))
    if isinstance(values, list):
        return _answer(await request.person.picks(values, on=message, select=custom_id))
    return _answer(await request.person.clicks(custom_id, on=message))


async def _menu(request: Request) -> Json:
    name, message_id = request.text("name"), request.number("message_id")
    return _answer(await request.person.uses(name, on=request.world.message(request.channel, message_id)))


async def _form(request: Request) -> Json:
    opened = request.world.interactions.get(request.number("form_id"))
    if opened is None or opened.modal is None or opened.user is not request.person.user:
        raise CannotDo("This form is not open.")
    return _answer(await request.person.fills(Form(opened, opened.modal), request.fields()))


async def _words(request: Request) -> Json:
    files = [file for several in request.files.values() for file in several]
    message = request.person.says(str(request.data.get("content", "")), request.channel, *files)
    return {"ok": True, "message_id": str(message.id)}


def _answer(outcome: Outcome) -> Json:
    if outcome.failed:
        return {"ok": False, "error": outcome.failed}
    answer: Json = {"ok": True}
    if outcome.form is not None:
        answer["form"] = outcome.form.to_dict()
    elif outcome.message is not None:
        answer["message_id"] = str(outcome.message.id)
    return answer


async def _read(world: World, request: web.Request) -> Request:
    if request.content_type != "multipart/form-data":
        return Request(world, _object(await request.text()), {})
    data: Any = "{}"
    files: dict[str, list[tuple[str, bytes]]] = {}
    for name, value in (await request.post()).items():
        if isinstance(value, FileField):
            files.setdefault(name, []).append((value.filename, value.file.read()))
        elif name == "payload":
            data = value
    return Request(world, _object(data), files)


def _object(text: str) -> Json:
    data = json.loads(text)
    if not isinstance(data, dict):
        raise Malformed("an object is expected")
    return data


def _queue(news: asyncio.Queue[Json], told: Json | None) -> None:
    if told is not None:
        news.put_nowait(told)


async def _pass_on(news: asyncio.Queue[Json], socket: web.WebSocketResponse) -> None:
    while True:
        await socket.send_json(await news.get())
