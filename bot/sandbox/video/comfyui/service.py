"""The simulated service with ComfyUI's own API: one machine, one render at a time, everybody's in one queue."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from aiohttp import web

from bot.sandbox.video.comfyui.graphs import Invalid, checked, fault, ordered
from bot.sandbox.video.comfyui.nodes import NODES
from bot.sandbox.video.comfyui.prompts import Prompt, path_of, progress_frames
from bot.sandbox.video.faults import drop
from bot.sandbox.video.openai.orders import Refusal
from bot.sandbox.video.service import SANDBOX_KEY, SimulatedService
from bot.sandbox.video.trouble import Operation, operation_of

NEWER, OLDER = "0.36.0", "0.3.30"  # OLDER accepts no client ids, has no jobs, and stops whatever is running
CANONICAL = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
GIB = 1024**3
EVENTS = {
    "completed": "execution_success",
    "failed": "execution_error",
    "cancelled": "execution_interrupted",
}
PAUSE = 0.05  # seconds between two progress messages


class ComfyUIHost(SimulatedService):
    """A simulated ComfyUI, to mount at `/video/comfyui`. It requires a key, like a real one behind a proxy.

    `version`: what it is; see `OLDER`. For the rest see `SimulatedService`.
    """

    def __init__(
        self,
        *,
        render_seconds: float = 8.0,
        clock: Callable[[], float] = time.time,
        key: str = SANDBOX_KEY,
        frame_rate: int = 24,
        sound: bool = True,
        version: str = NEWER,
    ) -> None:
        super().__init__(render_seconds=render_seconds, clock=clock, key=key, frame_rate=frame_rate, sound=sound)
        self.version = version
        self.uploads: dict[str, bytes] = {}
        self.stopped: list[str] = []  # ids of renders that were stopped while running
        self._prompts: list[Prompt] = []
        self._files: dict[str, Prompt] = {}  # on disk, by folder and name, from when they are finished

    def restart(self) -> Collection[str]:
        """Everything in memory is lost, queue and history; a running render is never finished, and finished files stay.

        Returns the ids of the renders that it ended.
        """
        now = self._clock()
        ended = frozenset(each.video.id for each in self._prompts if each.status(now) != "completed")
        self._files = {name: prompt for name, prompt in self._files.items() if prompt.status(now) == "completed"}
        self._prompts.clear()
        return ended

    def somebody_else_orders(self, prompt_id: str) -> None:
        """A render of another person who uses the same machine: the same film as the last."""
        last = self._prompts[-1]
        self._prompts.append(self._next(replace(last, id=prompt_id, client_id="somebody else")))

    def running(self) -> str | None:
        now = self._clock()
        return next((each.id for each in self._prompts if each.status(now) == "in_progress"), None)

    def routes(self) -> list[web.RouteDef]:
        routes = [
            web.post("/prompt", self._create, name=Operation.CREATE),
            web.get("/queue", self._queue, name=Operation.LIST),
            web.post("/queue", self._change_queue, name=Operation.LIST),
            web.get("/history", self._history, name=Operation.DELETE),
            web.post("/history", self._change_history, name=Operation.DELETE),
            web.get("/history/{id}", self._history, name=Operation.HISTORY),
            web.get("/view", self._view, name=Operation.CONTENT),
            web.post("/upload/image", self._upload, name=Operation.UPLOAD),
            web.post("/interrupt", self._interrupt, name=Operation.INTERRUPT),
            web.get("/system_stats", self._stats, name=Operation.HEALTH),
            web.get("/object_info/{kind}", self._node, name=Operation.NODES),
            web.get("/ws", self._tell, name=Operation.SOCKET),
        ]
        if self._is_old:
            return routes
        return [
            *routes,
            web.get("/api/jobs/{id}", self._look, name=Operation.LOOK),
            web.post("/api/jobs/{id}/cancel", self._cancel, name=Operation.CANCEL),
        ]

    def refusal(self, refusal: Refusal) -> web.Response:
        if isinstance(refusal, Invalid):
            return refusal.answer()
        return web.json_response({"error": str(refusal)}, status=refusal.status)

    @property
    def _is_old(self) -> bool:
        return self.version == OLDER

    async def _create(self, request: web.Request) -> web.StreamResponse:
        body = await _json(request)
        if "nodes" in body.get("prompt", {}):
            raise Invalid(fault("invalid_prompt", "Cannot execute because a node is missing the class_type property."))
        found = checked(body.get("prompt"), self.uploads)
        prompt_id = self._id(body.get("prompt_id"))
        answer = {"prompt_id": prompt_id, "number": len(self.created), "node_errors": found.errors}
        if found.saver is None:
            return web.json_response(answer)  # it runs a graph without a video
        film = ordered(found.graph, found.saver, self.uploads)
        video = self._books.take(Operation.CREATE, film, self._clock(), self.render_seconds, prompt_id)
        prompt = self._next(
            Prompt(
                number=len(self.created),
                id=prompt_id,
                checked=found,
                client_id=str(body.get("client_id", "")),
                video=video,
            )
        )
        self._prompts.append(prompt)
        self._files[path_of(prompt)] = prompt
        return drop(request) if video.behaviour.lost else web.json_response(answer)

    def _id(self, given: object) -> str:
        if given is None or self._is_old:
            return str(uuid.uuid4())
        if not isinstance(given, str) or not CANONICAL.fullmatch(given):
            raise Invalid(fault("invalid_prompt_id", "prompt_id must be a canonical UUID"))
        return given

    def _next(self, prompt: Prompt) -> Prompt:
        """The prompt, with the time at which its turn comes."""
        ends = [each.video.ends_at for each in self._prompts if each.stopped_at is None]
        begins = max([self._clock(), *ends])
        return replace(prompt, video=replace(prompt.video, id=prompt.id, created_at=begins))

    async def _look(self, request: web.Request) -> web.Response:
        prompt = self._prompt(request.match_info["id"])
        if prompt is None:
            raise Refusal(404, "Job not found")
        self._begin(prompt)
        status = prompt.status(self._clock())
        shown = {"id": prompt.id, "status": status, "create_time": int(prompt.video.created_at * 1000)}
        if status in {"completed", "failed", "cancelled"}:
            shown |= {"outputs": self._outputs(prompt), "execution_error": self._error(prompt)}
            if times := prompt.times(self._clock()):
                shown |= {"execution_start_time": times[0], "execution_end_time": times[1]}
        return web.json_response(shown)

    def _begin(self, prompt: Prompt) -> None:
        if prompt.status(self._clock()) == "in_progress":
            self._paint_ahead(prompt.video)

    def _prompt(self, prompt_id: str) -> Prompt | None:
        return next((each for each in self._prompts if each.id == prompt_id), None)

    async def _queue(self, _request: web.Request) -> web.Response:
        now = self._clock()
        for prompt in self._prompts:
            self._begin(prompt)
        running, pending = (
            [each.entry() for each in self._prompts if each.status(now) == status]
            for status in ("in_progress", "pending")
        )
        return web.json_response({"queue_running": running, "queue_pending": pending})

    async def _change_queue(self, request: web.Request) -> web.Response:
        """Removes waiting renders; answers yes in any case."""
        self._take_out((await _json(request)).get("delete"), "pending")
        return web.Response()

    def _take_out(self, ids: object, *statuses: str) -> None:
        now, gone = self._clock(), ids if isinstance(ids, list) else []
        self._prompts = [each for each in self._prompts if each.id not in gone or each.status(now) not in statuses]

    async def _history(self, request: web.Request) -> web.Response:
        now, wanted = self._clock(), request.match_info.get("id")
        ended = [each for each in self._prompts if each.status(now) not in {"pending", "in_progress"}]
        shown = {each.id: self._remembered(each) for each in ended if wanted in {None, each.id}}
        return web.json_response(shown)

    async def _change_history(self, request: web.Request) -> web.Response:
        self._take_out((await _json(request)).get("delete"), "completed", "failed", "cancelled")
        return web.Response()

    def _remembered(self, prompt: Prompt) -> Mapping[str, Any]:
        status = prompt.status(self._clock())
        began, ended = prompt.times(self._clock()) or (0, 0)
        ending: dict[str, Any] = {"prompt_id": prompt.id, "timestamp": ended} | dict(self._error(prompt) or {})
        messages: list[Any] = [
            ["execution_start", {"prompt_id": prompt.id, "timestamp": began}],
            [EVENTS[status], ending],
        ]
        is_done = status == "completed"
        shown = {"status_str": "success" if is_done else "error", "completed": is_done, "messages": messages}
        return {"prompt": prompt.entry(), "outputs": self._outputs(prompt), "status": shown, "meta": {}}

    def _outputs(self, prompt: Prompt) -> Mapping[str, Any]:
        if prompt.status(self._clock()) != "completed" or prompt.checked.saver is None:
            return {}
        folder, _, name = path_of(prompt).rpartition("/")
        made = {"filename": name, "subfolder": folder, "type": "output"}
        return {prompt.checked.saver: {"images": [made], "animated": [True]}}

    def _error(self, prompt: Prompt) -> Mapping[str, Any] | None:
        if prompt.status(self._clock()) != "failed":
            return None
        kind, message = "RuntimeError", "The simulated server's checker found something unsafe."
        if prompt.video.behaviour.breaks:  # the most frequent failure of renders on self-hosted machines
            kind, message = "torch.OutOfMemoryError", "Allocation on device 0 would exceed allowed memory."
        return {"node_type": "KSampler", "exception_type": kind, "exception_message": message, "traceback": []}

    async def _view(self, request: web.Request) -> web.Response:
        query = request.query
        folder, name = query.get("subfolder", ""), query.get("filename", "")
        if ".." in name or ".." in folder:
            raise Refusal(400, "Bad request")
        prompt = self._files.get(f"{folder}/{name}" if folder else name)
        if prompt is None or query.get("type") != "output" or prompt.status(self._clock()) != "completed":
            return web.Response(status=404)
        if request.method == "HEAD":
            return web.Response(content_type="video/mp4")
        film = await self._lab.film(prompt.video)
        return web.Response(body=film.video, content_type="video/mp4")

    async def _upload(self, request: web.Request) -> web.Response:
        form = await request.post()
        image = form.get("image")
        if not isinstance(image, web.FileField):
            return web.Response(status=400)
        folder = str(form.get("subfolder", ""))
        self.uploads[f"{folder}/{image.filename}" if folder else image.filename] = image.file.read()
        return web.json_response({"name": image.filename, "subfolder": folder, "type": "input"})

    async def _cancel(self, request: web.Request) -> web.Response:
        prompt = self._prompt(request.match_info["id"])
        if prompt is None:
            raise Refusal(404, "Job not found")
        is_stopped = prompt.status(self._clock()) in {"pending", "in_progress"}
        if is_stopped:
            self._stop(prompt)
        return web.json_response({"cancelled": is_stopped})

    async def _interrupt(self, request: web.Request) -> web.Response:
        """An old server ignores whose render is meant, and so does any if none is named."""
        wanted = (await _json(request)).get("prompt_id")
        running = self._prompt(self.running() or "")
        if running is not None and (wanted in {None, running.id} or self._is_old):
            self._stop(running)
        return web.Response()

    def _stop(self, prompt: Prompt) -> None:
        if prompt.id == self.running():
            self.stopped.append(prompt.id)
        at = self._prompts.index(prompt)
        self._prompts[at] = replace(prompt, stopped_at=self._clock())
        self._files.pop(path_of(prompt), None)

    async def _stats(self, _request: web.Request) -> web.Response:
        system = {"os": "posix", "comfyui_version": self.version, "ram_total": 64 * GIB, "ram_free": 40 * GIB}
        device = {"name": "cuda:0 Simulated RTX", "type": "cuda", "vram_total": 24 * GIB, "vram_free": 20 * GIB}
        return web.json_response({"system": system, "devices": [device]})

    async def _node(self, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        return web.json_response({kind: NODES[kind].as_json(newer=not self._is_old)} if kind in NODES else {})

    async def _tell(self, request: web.Request) -> web.WebSocketResponse:
        """The progress of renders that this client ordered, as long as it is connected."""
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        while not socket.closed and not self._closing.is_set():
            for frame in progress_frames(self._prompts, request.query.get("clientId", ""), self._clock()):
                await socket.send_json(frame)
            with suppress(TimeoutError):
                await socket.receive(timeout=PAUSE)
        return socket

    def is_known(self, request: web.Request) -> bool:
        return super().is_known(request) or operation_of(request) is None


async def _json(request: web.Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        raise Invalid(fault("no_prompt", "No prompt provided")) from None
    if not isinstance(body, dict):
        raise Invalid(fault("no_prompt", "No prompt provided"))
    return body
