"""One ComfyUI server: the state of a render by whichever routes its version has, and how a render is stopped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote, urlencode

from bot.data_classes import value_object
from bot.providers.comfyui.errors import unanswered
from bot.providers.comfyui.names import FOLDER, made_files
from bot.providers.comfyui.status import (
    MadeFile,
    Render,
    entry_in,
    graphs_in_history,
    has_prefix,
    job_in,
    queued,
)
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.errors import account_trouble, could_not_answer
from bot.providers.common.http import HttpTransport
from bot.providers.common.outcome import is_usable_id, send_free
from bot.providers.common.response import Response
from bot.providers.common.timeouts import Timeouts

NEWEST = 64  # entries of the history that are searched for one of our orders
RUNNING, PENDING = "queue_running", "queue_pending"
STOPS_BY_ID = (0, 3, 64)  # the oldest version, by its source, that stops one render, and no other, by its id
VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")


@value_object
class RenderQueue:
    """Ids of all unfinished renders, whoever ordered them, in order."""

    running: Sequence[str]
    pending: Sequence[str]


class Server:
    """All requests here are free."""

    def __init__(self, endpoint: Endpoint, transport: HttpTransport, timeouts: Timeouts) -> None:
        self._endpoint = endpoint
        self._transport = transport
        self._timeouts = timeouts
        self._has_jobs = True  # until it says otherwise: servers before autumn 2025 have no such route

    async def ask(self, method: str, path: str, body: object = None) -> Response:
        """Raises Unavailable if it is not answered."""
        asking = self._transport.ask(method, path, self._timeouts.look, body=body)
        return await send_free(self._endpoint.label, asking)

    async def render(self, prompt_id: str) -> Render | None:
        """Its state; None if neither the queue nor the history has it. Raises Unavailable or AccountTrouble."""
        if self._has_jobs:
            response = await self.ask("GET", f"/api/jobs/{quote(prompt_id, safe='')}")
            if not self._lacks_jobs(response):
                return self._job(response)
        queue = await self.queue()
        for ids, status in ((queue.running, "in_progress"), (queue.pending, "pending")):
            if prompt_id in ids:
                return Render(status=status)
        return await self._ended(prompt_id)

    async def ahead(self, prompt_id: str) -> int | None:
        """How many renders come before a waiting one, whoever ordered them; None if it is not waiting."""
        queue = await self.queue()
        return len(queue.running) + queue.pending.index(prompt_id) if prompt_id in queue.pending else None

    async def queue(self) -> RenderQueue:
        """Raises Unavailable or AccountTrouble."""
        queue = await self._queue()
        return RenderQueue(running=self._ids_in(queue, RUNNING), pending=self._ids_in(queue, PENDING))

    async def stop(self, prompt_id: str) -> bool:
        """Whether it was told to stop this render, or no longer has it; nobody else's render is ever stopped.

        A server that would stop whatever is running is not asked.
        """
        if self._has_jobs:
            response = await self.ask("POST", f"/api/jobs/{quote(prompt_id, safe='')}/cancel")
            if not self._lacks_jobs(response):
                return self._says_yes(response)
        self._says_yes(await self.ask("POST", "/queue", {"delete": [prompt_id]}))
        if prompt_id not in (await self.queue()).running:
            return True
        if not stops_by_id(await self.ask("GET", "/system_stats")):
            return False
        return self._says_yes(await self.ask("POST", "/interrupt", {"prompt_id": prompt_id}))

    async def ids_with(self, prefix: str) -> Sequence[str]:
        """Renders that save under this prefix: an older server gives them its own ids, but keeps their graphs."""
        queue = await self._queue()
        waiting = [*(queued(queue, RUNNING) or ()), *(queued(queue, PENDING) or ())]
        seen = [prompt_id for _, prompt_id, graph in waiting if has_prefix(graph, prefix)]
        ended = graphs_in_history(await self.ask("GET", f"/history?max_items={NEWEST}"))
        seen += [prompt_id for prompt_id, graph in ended if has_prefix(graph, prefix)]
        return [prompt_id for prompt_id in dict.fromkeys(seen) if is_usable_id(prompt_id)]

    async def file_by_name(self, prompt_id: str) -> MadeFile | None:
        """The file by the name that we gave it, which a server still has when it no longer knows its order."""
        for name in made_files(prompt_id):
            made = MadeFile(filename=name, subfolder=FOLDER, type="output")
            response = await self.ask("HEAD", f"/view?{urlencode(made.query)}")
            if trouble := account_trouble(response, self._endpoint):
                raise trouble
            if response.is_ok:
                return made
            if response.status >= 500:
                raise could_not_answer(response, self._endpoint)
        return None

    def _job(self, response: Response) -> Render | None:
        render = job_in(response)
        if render is None and response.status != 404:
            raise unanswered(response, self._endpoint)
        return render

    def _lacks_jobs(self, response: Response) -> bool:
        """Whether this server has no such route, which is remembered: it answers with plain text instead of JSON."""
        lacks = response.status == 405 or (response.status == 404 and response.body is None)
        self._has_jobs = self._has_jobs and not lacks
        return lacks

    async def _ended(self, prompt_id: str) -> Render | None:
        response = await self.ask("GET", f"/history/{quote(prompt_id, safe='')}")
        if not isinstance(response.body, dict) or not response.is_ok:
            raise unanswered(response, self._endpoint)
        return entry_in(response, prompt_id)

    async def _queue(self) -> Response:
        """Raises Unavailable or AccountTrouble for an answer that is no queue."""
        response = await self.ask("GET", "/queue")
        if queued(response, RUNNING) is None or queued(response, PENDING) is None:
            raise unanswered(response, self._endpoint)
        return response

    def _ids_in(self, queue: Response, part: str) -> Sequence[str]:
        return [prompt_id for _, prompt_id, _ in queued(queue, part) or ()]

    def _says_yes(self, response: Response) -> bool:
        """Raises Unavailable or AccountTrouble for an answer that is neither yes nor no."""
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        if not response.is_ok and not 400 <= response.status < 500:
            raise could_not_answer(response, self._endpoint)
        match response.body:
            case {"cancelled": False}:
                return False
            case _:
                return response.is_ok


def stops_by_id(stats: Response) -> bool:
    """Whether `/interrupt` respects the id it is given. An older server stops whatever is running, of anybody's."""
    match stats.body:
        case {"system": {"comfyui_version": str(text)}} if version := VERSION.match(text):
            return tuple(map(int, version.groups())) >= STOPS_BY_ID
        case _:
            return False


def is_comfyui(stats: Response) -> bool:
    match stats.body:
        case {"system": dict(), "devices": list()}:
            return stats.is_ok
        case _:
            return False
