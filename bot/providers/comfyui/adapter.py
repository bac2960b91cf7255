"""ComfyUI's own API, on any number of self-hosted servers; a model is defined by its workflow.

An order that is sent twice is rendered twice. But its id and the name of its file are ours, so that a lost answer is
resolved by asking for them. History and queue are in memory only, gone when the server restarts; the file stays.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode

from bot.domain.accounts import Account
from bot.domain.errors import Gone, ProviderError, Refused
from bot.domain.messages import Foreign, Param, Term, msg
from bot.domain.models.card import ModelCard
from bot.domain.models.workflow import Lack, WorkflowRole
from bot.domain.ports.provider import Asset, Broken, Listed, Look, Order, Ready, StillMade, Waiting
from bot.domain.video import RemixMethod
from bot.network.drive import DRIVE
from bot.providers.comfyui.equipment import lacking
from bot.providers.comfyui.errors import guards_trouble, is_dropped, readable
from bot.providers.comfyui.graphs import InputFile, can, checked_workflow, filled, input_files
from bot.providers.comfyui.names import FOLDER, prefix_of, prompt_id_of
from bot.providers.comfyui.progress import ProgressSocket
from bot.providers.comfyui.server import Server, is_comfyui
from bot.providers.comfyui.status import MadeFile, best_file, read_render
from bot.providers.common.adapter import Adapter
from bot.providers.common.errors import account_trouble, could_not_answer, no_video, wrong_address
from bot.providers.common.file_kinds import is_video
from bot.providers.common.http import FormFile, HttpTransport
from bot.providers.common.outcome import (
    download_video,
    file_gone,
    is_usable_id,
    not_done,
    not_handed_out,
    order_id,
    preparing,
    send_free,
    send_paid,
)
from bot.providers.common.response import Response
from bot.providers.common.timeouts import Timeouts

ENDING = ":8188"  # how most addresses end
KEPT_BY_NAME = {"subfolder": FOLDER, "type": "input", "overwrite": "true"}


class ComfyUI(Adapter):
    """Provider for an account at one server."""

    def __init__(self, account: Account, timeouts: Timeouts | None = None) -> None:
        super().__init__(account, key_header="")
        self._timeouts = timeouts or Timeouts()
        self._transport = HttpTransport(self._endpoint, self._timeouts)
        self._server = Server(self._endpoint, self._transport, self._timeouts)
        self._progress = ProgressSocket(self._endpoint, uuid.uuid4().hex)

    @property
    def shows_at_once(self) -> bool:
        """An order is queued before it is answered. If a restart removes it from the queue, it is no longer made."""
        return True

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        workflow = card.workflow
        return () if workflow is None else tuple(method for method in card.remix if can(workflow, method))

    async def served(self) -> Sequence[str] | None:
        """Models are defined by their workflows, not by the server."""
        return None

    async def lacks(self, card: ModelCard) -> Sequence[Lack]:
        """Nodes and model files of its workflow that the server does not have, and listed LoRAs that are missing."""
        if card.workflow is None:
            return ()
        files = [lora.file for lora in card.abilities.loras.values()]
        return await lacking(self._server, self._endpoint, card.workflow, files)

    async def check(self) -> None:
        """Query the machine, which is free. Raises CannotStart if there is no ComfyUI at the address."""
        response = await self._server.ask("GET", "/system_stats")
        if trouble := guards_trouble(response, self._endpoint):
            raise trouble
        if response.is_ok or response.status == 404:
            if is_comfyui(response):
                return
            nothing = msg("There's no ComfyUI at {url}.", url=Term(self._account.base_url))
            raise wrong_address(self._endpoint, nothing, ENDING)
        raise could_not_answer(response, self._endpoint)

    async def submit(self, order: Order) -> str:
        workflow = checked_workflow(order, self._endpoint.label)
        prompt_id = prompt_id_of(order.own_name)
        async with preparing(self._endpoint.label, self._timeouts.prepare):
            files = {upload.role: await self._upload(upload) for upload in input_files(order, prompt_id)}
        body = {
            "prompt": filled(workflow, order, prompt_id, files),
            "prompt_id": prompt_id,
            "client_id": self._progress.client_id,
        }
        sending = self._transport.ask("POST", "/prompt", self._timeouts.submit, body=body)
        response = await send_paid(self._endpoint.label, sending)
        if not response.is_ok:
            said = readable(response.without(order.prompt))
            raise guards_trouble(said, self._endpoint) or no_video(said, self._endpoint, order.method)
        taken = order_id(self._endpoint.label, response, _id_in(response))
        if is_dropped(response, workflow.output):
            raise await self._without_its_video(response.without(order.prompt), taken)
        self._progress.expect(taken, workflow.graph)
        return taken

    async def _without_its_video(self, response: Response, taken: str) -> Refused:
        """The server would still run the rest of the graph, in vain; it is told once to stop."""
        with suppress(ProviderError):  # it is a render without a file: only time is lost
            await self.cancel(taken)
        reason = Foreign(readable(response).api_error.said)
        return Refused(msg("{service} rejected this order: {reason}.", service=self._endpoint.label, reason=reason))

    async def _upload(self, upload: InputFile) -> str:
        """Upload a file, which orders nothing. Returns its name on the server."""
        content = upload.content
        data = content if isinstance(content, bytes) else await DRIVE.run(content.read_bytes)
        sent = FormFile(form_field="image", name=upload.name, content=data, kind=upload.kind, others=KEPT_BY_NAME)
        sending = self._transport.ask("POST", "/upload/image", self._timeouts.submit, upload=sent)
        response = await send_free(self._endpoint.label, sending)
        if trouble := guards_trouble(response, self._endpoint):
            raise trouble
        match response.body:
            case {"name": str(name), "subfolder": str(folder)} if response.is_ok:
                return f"{folder}/{name}" if folder else name
            case _ if 400 <= response.status < 500 and response.status not in {408, 429}:
                raise self._not_taken(upload, response)
            case _:
                raise could_not_answer(response, self._endpoint)

    def _not_taken(self, upload: InputFile, response: Response) -> Refused:
        about: dict[str, Param] = {"service": self._endpoint.label, "status": Term(str(response.status))}
        if upload.role is WorkflowRole.VIDEO:
            return Refused(msg("{service} didn't take the video that goes with this order ({status}).", **about))
        return Refused(msg("{service} didn't take the image that goes with this order ({status}).", **about))

    async def look(self, remote_id: str) -> Look:
        render = await self._server.render(remote_id)
        if render is None:
            if await self._server.file_by_name(remote_id) is None:
                raise Gone(msg("{service} says it has no such video.", service=self._endpoint.label))
            return Ready()
        again = self._is_odd_again(remote_id, render.status, is_odd=render.is_odd)
        seen = read_render(render, self._endpoint.label, again=again)
        if not isinstance(seen, Waiting):
            self._progress.forget(remote_id)
            return seen
        if render.runs:
            return replace(seen, progress=self._progress.percent(remote_id))
        with suppress(ProviderError):  # only needed for how long it takes
            seen = replace(seen, ahead=await self._server.ahead(remote_id))
        return seen

    async def still_made(self, remote_ids: Collection[str], _: Collection[str], /) -> StillMade:
        """The queue shows everything that runs or waits, whoever ordered it, in one answer."""
        queue = await self._server.queue()
        running = {each: Waiting(progress=self._progress.percent(each)) for each in queue.running}
        waiting = {each: Waiting(ahead=len(running) + place) for place, each in enumerate(queue.pending)}
        return StillMade(waiting={each: seen for each, seen in (waiting | running).items() if each in remote_ids})

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """Only videos can be fetched; there are no stills."""
        if asset is not Asset.VIDEO:
            return False
        made = await self._made(remote_id)
        if made is None:
            raise file_gone(self._endpoint.label)
        url = f"{self._endpoint.base_url}/view?{urlencode(made.query)}"
        response = await download_video(self._endpoint.label, self._transport.download(url, target, is_video))
        if response is None:
            return True
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        if response.status == 404:
            raise file_gone(self._endpoint.label)
        raise not_handed_out(self._endpoint.label, response)

    async def _made(self, remote_id: str) -> MadeFile | None:
        """The finished file, from what the server reports or by the name that we gave it."""
        render = await self._server.render(remote_id)
        if render is not None:
            seen = read_render(render, self._endpoint.label, again=True)
            if isinstance(seen, Broken):
                raise Gone(seen.reason)
            if isinstance(seen, Waiting):
                raise not_done(self._endpoint.label, None)
        return best_file(render.outputs if render else None) or await self._server.file_by_name(remote_id)

    async def cancel(self, remote_id: str) -> bool:
        """Stop this render and never another; a video that was finished already is delivered."""
        if not await self._server.stop(remote_id):
            return False
        self._progress.forget(remote_id)  # it is not polled any more
        render = await self._server.render(remote_id)
        return render is None or not isinstance(read_render(render, self._endpoint.label), Ready)

    async def forget(self, remote_id: str) -> bool:
        """Remove it from the history, which contains its prompt. The file can't be deleted, so the result is False."""
        response = await self._server.ask("POST", "/history", {"delete": [remote_id]})
        if response.status >= 500:
            raise could_not_answer(response, self._endpoint)
        return False

    async def recent(self, _since: datetime, _cards: Collection[ModelCard] = (), /) -> Sequence[Listed] | None:
        """A history that a restart loses and anybody can clear never proves that an order is absent: see `find`."""
        return None

    async def find(self, own_name: str) -> Sequence[str]:
        prompt_id = prompt_id_of(own_name)
        if await self._server.render(prompt_id) is not None:
            return [prompt_id]
        if renamed := await self._server.ids_with(prefix_of(prompt_id)):
            return renamed
        return [] if await self._server.file_by_name(prompt_id) is None else [prompt_id]

    async def close(self) -> None:
        await self._progress.close()
        await self._transport.close()


def _id_in(response: Response) -> str | None:
    match response.body:
        case {"prompt_id": str(text)} if is_usable_id(text):
            return text
        case _:
            return None
