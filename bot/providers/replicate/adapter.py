"""Replicate's predictions API: models from many vendors behind one key, each with its own input fields.

It has no idempotency key, but a list that shows the inputs of each order, so an order whose answer was lost is found
there. Files are kept for an hour, prices are never reported, and it can't change its own videos.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bot.domain.accounts import Account
from bot.domain.errors import Gone, ProviderError, Refused
from bot.domain.messages import msg, quoted
from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Asset, Broken, Listed, Look, Order, Ready, StillMade, Waiting
from bot.domain.video import RemixMethod
from bot.network.drive import DRIVE
from bot.providers.common.adapter import Adapter
from bot.providers.common.endings import STOPPED
from bot.providers.common.errors import (
    account_trouble,
    could_not_answer,
    must_be_an_api,
    no_answer,
    no_video,
    not_served,
    nothing_there,
    wrong_address,
)
from bot.providers.common.file_kinds import is_video
from bot.providers.common.http import FormFile, HttpTransport
from bot.providers.common.lists import Glance, still_made
from bot.providers.common.outcome import (
    download_video,
    file_gone,
    from_any,
    not_done,
    not_handed_out,
    object_in,
    order_id,
    preparing,
    send_free,
    send_paid,
    text_id,
)
from bot.providers.common.response import Response
from bot.providers.common.timeouts import Timeouts
from bot.providers.replicate.inputs import KNOWN, ModelInputs, inputs_in
from bot.providers.replicate.listing import glance, read_back
from bot.providers.replicate.requests import CAN, Attachment, input_of, path_of
from bot.providers.replicate.status import NEVER_BEGUN, Prediction, files_of, is_odd, read_status

ENDING = "/v1"  # how its address ends
ABSENT = frozenset({404, 405, 410, 501})  # no such route
GONE = frozenset({404, 410})  # a file that is no longer kept
CANNOT_TELL = frozenset({400, 403, 404, 405, 409, 410, 422, 501})


class ReplicateVideos(Adapter):
    """Provider for an account at Replicate."""

    def __init__(self, account: Account, timeouts: Timeouts | None = None) -> None:
        super().__init__(account)
        self._timeouts = timeouts or Timeouts()
        self._transport = HttpTransport(self._endpoint, self._timeouts)
        self._inputs: dict[str, ModelInputs] = dict(KNOWN)

    @property
    def shows_at_once(self) -> bool:
        """A prediction is listed, with its inputs, as soon as it is created."""
        return True

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        return tuple(method for method in card.remix if method in CAN)

    async def served(self) -> Sequence[str] | None:
        """It has tens of thousands of models, few of which make videos."""
        return None

    async def check(self) -> None:
        response = await self._ask("GET", "/account")
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        must_be_an_api(response, self._endpoint, ENDING, CANNOT_TELL)
        if response.status in ABSENT:
            raise wrong_address(self._endpoint, nothing_there(self._endpoint, response), ENDING)

    async def submit(self, order: Order) -> str:
        """Files are uploaded first, which is free; then comes the one paid request."""
        body: dict[str, Any] = {"input": await self._prepared(order)}
        if order.callback is not None:
            body |= {"webhook": order.callback, "webhook_events_filter": ["completed"]}
        path = f"{path_of(order.card.remote)}/predictions"
        sending = self._transport.ask("POST", path, self._timeouts.submit, body=body)
        response = await send_paid(self._endpoint.label, sending)
        if not response.is_ok:
            raise self._refusal(order, response)
        return order_id(self._endpoint.label, response, text_id(response))

    async def _prepared(self, order: Order) -> Mapping[str, Any]:
        """The input, with its files uploaded. Raises like `submit`, but never OutcomeUnknown."""
        async with preparing(self._endpoint.label, self._timeouts.prepare):
            inputs = await self._inputs_of(order.card.remote)
            return await self._uploaded(input_of(order, inputs))

    def _refusal(self, order: Order, response: Response) -> ProviderError:
        """The outcome of the paid request. After a rejected order, the model's inputs are requested again."""
        if response.status == 422:
            self._inputs.pop(order.card.remote, None)
        if response.status == 404 and account_trouble(response, self._endpoint) is None:
            return not_served(self._endpoint, order.card.remote, [])
        return no_video(response.without(order.prompt), self._endpoint, order.method)

    async def _inputs_of(self, model: str) -> ModelInputs:
        """A model's inputs, requested once. Raises Refused, Unavailable or AccountTrouble."""
        if model in self._inputs:
            return self._inputs[model]
        response = await self._ask("GET", path_of(model))
        if response.status == 404:
            raise not_served(self._endpoint, model, [])
        if not response.is_ok:
            raise account_trouble(response, self._endpoint) or could_not_answer(response, self._endpoint)
        inputs = inputs_in(response.body)
        if inputs is None:
            raise Refused(
                msg(
                    "{service} doesn't say what {model} takes, so nothing can be ordered of it.",
                    service=self._endpoint.label,
                    model=quoted(model),
                )
            )
        self._inputs[model] = inputs
        return inputs

    async def _uploaded(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The input with each attachment replaced by the address of its upload."""
        sent = dict[str, Any]()
        for name, value in given.items():
            match value:
                case Attachment():
                    sent[name] = await self._upload(value)
                case [*several]:
                    sent[name] = [await self._upload(one) for one in several]
                case _:
                    sent[name] = value
        return sent

    async def _upload(self, file: Attachment) -> str:
        """Raises Unavailable, AccountTrouble, Unsupported, or Refused for a file that the service does not accept."""
        content = await DRIVE.run(file.read)
        upload = FormFile(form_field="content", name=file.name, content=content, kind=file.kind)
        asking = self._transport.ask("POST", "/files", self._timeouts.submit, upload=upload)
        response = await send_free(self._endpoint.label, asking)
        match response.body:
            case {"urls": {"get": str(url)}} if response.is_ok:
                return url
            case _ if 400 <= response.status < 500 and response.status != 408:
                raise no_video(response, self._endpoint, None)
            case _:
                raise could_not_answer(response, self._endpoint)

    async def look(self, remote_id: str) -> Look:
        response, prediction = await self._read(remote_id)
        again = self._is_odd_again(remote_id, str(prediction["status"]), is_odd=is_odd(prediction))
        return read_status(prediction, response.retry_after, again=again)

    async def still_made(self, remote_ids: Collection[str], due: Collection[str]) -> StillMade | None:
        async def ask(cursor: str | None) -> Glance | None:
            response = await self._page(cursor)
            return None if response is None else glance(response, remote_ids)

        return await still_made(ask, remote_ids, due)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """Only videos can be fetched; there are no stills. Raises Gone after the hour for which files are kept."""
        if asset is not Asset.VIDEO:
            return False
        response, prediction = await self._read(remote_id)
        match read_status(prediction, again=True):
            case Broken(reason=reason):
                raise Gone(reason)
            case Waiting():
                raise not_done(self._endpoint.label, response.retry_after)
            case Ready():
                await self._bring(prediction, target)
        return True

    async def _bring(self, prediction: Prediction, target: Path) -> None:
        """The file of a finished prediction. Raises like `fetch`; Gone only if all of them are."""
        refusals = await from_any(files_of(prediction), lambda url: self._download(url, target))
        if refusals is None:
            return
        if prediction.get("data_removed") or (refusals and all(each.status in GONE for each in refusals)):
            raise file_gone(self._endpoint.label)
        raise not_handed_out(self._endpoint.label, refusals[0] if refusals else None)

    async def cancel(self, remote_id: str) -> bool:
        response = await self._ask("POST", f"{_place(remote_id)}/cancel")
        if not response.is_ok and response.status not in CANNOT_TELL:
            raise could_not_answer(response, self._endpoint)
        shown = object_in(response)
        return shown is not None and str(shown["status"]).lower() in {*STOPPED, NEVER_BEGUN}

    async def forget(self, _: str, /) -> bool:
        """The API has no such call: it deletes a video after an hour."""
        return False

    async def recent(self, since: datetime, _: Collection[ModelCard] = (), /) -> Sequence[Listed] | None:
        """One list has the videos of all models."""
        return await read_back(self._page, since, self._inputs)

    async def _page(self, cursor: str | None) -> Response | None:
        """A page of the list; None if there is none. Raises Unavailable or AccountTrouble."""
        query = "" if cursor is None else f"?cursor={quote(cursor, safe='')}"
        response = await self._ask("GET", f"/predictions{query}")
        if response.is_ok:
            return response
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        if response.status in ABSENT:
            return None
        raise could_not_answer(response, self._endpoint)

    async def close(self) -> None:
        await self._transport.close()

    async def _read(self, remote_id: str) -> tuple[Response, Prediction]:
        """A prediction as the host shows it. Raises Gone, AccountTrouble or Unavailable."""
        response = await self._ask("GET", _place(remote_id))
        prediction = object_in(response)
        if prediction is None:
            raise no_answer(response, self._endpoint)
        return response, prediction

    async def _download(self, url: str, target: Path) -> Response | None:
        return await download_video(self._endpoint.label, self._transport.download(url, target, is_video))

    async def _ask(self, method: str, path: str) -> Response:
        """A free request. Raises Unavailable if it is not answered."""
        return await send_free(self._endpoint.label, self._transport.ask(method, path, self._timeouts.look))


def _place(remote_id: str) -> str:
    return f"/predictions/{quote(remote_id, safe='')}"
