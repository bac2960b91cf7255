"""Gemini Omni over Google's Interactions API: a video is an interaction, and a remix is the next turn of its
conversation.

Google keeps the file for 48 hours and the conversation, which remixes need, for 55 days. It has no list of
interactions, no idempotency key and no progress; an order whose answer was lost can't be looked up.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from bot.domain.accounts import Account
from bot.domain.errors import Gone, Unavailable
from bot.domain.messages import Term, msg
from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Asset, Broken, Listed, Look, Order, Waiting
from bot.domain.video import RemixMethod
from bot.network.drive import DRIVE
from bot.providers.common.adapter import Adapter
from bot.providers.common.endings import STOPPED
from bot.providers.common.errors import must_be_an_api, wrong_address
from bot.providers.common.file_kinds import is_video
from bot.providers.common.http import HttpTransport
from bot.providers.common.outcome import (
    download_video,
    not_done,
    not_handed_out,
    object_in,
    order_id,
    send_free,
    send_paid,
    text_id,
    unwritable,
)
from bot.providers.common.response import Response
from bot.providers.common.timeouts import Timeouts
from bot.providers.gemini.errors import account_trouble, knows_no_such, no_answer, no_video
from bot.providers.gemini.requests import CAN, body_of
from bot.providers.gemini.status import Interaction, has_lapsed, is_odd, output_videos, place, read_status

REVISION = {"Api-Revision": "2026-05-20"}  # answers contain `steps`, whatever Google's default becomes
TIMEOUTS = Timeouts(look=120.0, most_answer=512 * 1024**2)  # the answer to a poll may contain the whole video
NOT_FOUND = frozenset({403, 404, 410})  # a file that is gone: 403 "… or it may not exist"
CANNOT_TELL = frozenset({400, 403, 404, 405, 409, 410, 501})
ENDING = "/v1beta"  # how most addresses end
MOST_PAGES = 10  # of the list of models


class GeminiOmni(Adapter):
    """Provider for an account at Google, or at a host that passes its API on."""

    def __init__(self, account: Account, timeouts: Timeouts | None = None) -> None:
        super().__init__(account, key_header="x-goog-api-key")
        self._timeouts = timeouts or TIMEOUTS
        self._transport = HttpTransport(self._endpoint, self._timeouts)

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        return tuple(method for method in card.remix if method in CAN)

    async def served(self) -> Sequence[str] | None:
        names: list[str] = []
        page = ""
        for _ in range(MOST_PAGES):
            response = await self._ask("GET", f"/models?pageSize=1000{page}")
            if trouble := account_trouble(response, self._endpoint):
                raise trouble
            match response.body:
                case {"models": [*models], **rest} if response.is_ok:
                    names += [name for model in models if (name := _name_of(model))]
                case _:
                    return None
            token = rest.get("nextPageToken")
            if not isinstance(token, str) or not token:
                return names
            page = f"&pageToken={quote(token, safe='')}"
        return None

    async def check(self) -> None:
        """List one model, which is free. Raises CannotStart if there is no such API at the address."""
        response = await self._ask("GET", "/models?pageSize=1")
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        must_be_an_api(response, self._endpoint, ENDING, CANNOT_TELL)
        if response.status == 404 and await self._has_no_interactions():
            nothing = msg("There's no Gemini API at {url} (404).", url=Term(self._account.base_url))
            raise wrong_address(self._endpoint, nothing, ENDING)

    async def _has_no_interactions(self) -> bool:
        """For a host that lists no models. Where interactions exist, an unknown one is answered with 400."""
        return (await self._ask("GET", "/interactions/none")).status == 404

    async def submit(self, order: Order) -> str:
        body = body_of(order)
        sending = self._transport.ask("POST", "/interactions", self._timeouts.submit, body=body, headers=REVISION)
        response = await send_paid(self._endpoint.label, sending)
        if not response.is_ok:
            raise no_video(response.without(order.prompt), self._endpoint, order.method)
        return order_id(self._endpoint.label, response, text_id(response))

    async def look(self, remote_id: str) -> Look:
        response, interaction = await self._read(remote_id)
        again = self._is_odd_again(remote_id, str(interaction["status"]), is_odd=is_odd(interaction))
        return read_status(interaction, response.retry_after, again=again)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """Google makes no stills."""
        if asset is not Asset.VIDEO:
            return False
        response, interaction = await self._read(remote_id)
        match read_status(interaction, again=True):
            case Broken(reason=reason):
                raise Gone(reason)
            case Waiting():
                raise not_done(self._endpoint.label, response.retry_after)
            case _:
                await self._bring(interaction, response, target)
                return True

    async def _bring(self, interaction: Interaction, response: Response, target: Path) -> None:
        """The video of a finished interaction, however it is delivered. Raises like `fetch`."""
        refusal: Response | None = None
        for video in output_videos(interaction):
            if video.data:
                await DRIVE.run(self._unpack, video.data, target)
                return
            refusal = await self._download(place(video.uri, self._endpoint), target)
            if refusal is None:
                return
            if trouble := account_trouble(refusal, self._endpoint):
                raise trouble
        if refusal is not None and refusal.status in NOT_FOUND and has_lapsed(interaction, response):
            raise Gone(
                msg("{service} keeps videos for 48 hours and no longer has this one.", service=self._endpoint.label)
            )
        raise not_handed_out(self._endpoint.label, refusal)

    def _unpack(self, data: str, target: Path) -> None:
        """Write a video that was sent as base64. Raises Unavailable."""
        if len(data) > self._timeouts.most_bytes * 4 // 3:
            raise Unavailable(msg("The file is larger than the limit, so it wasn't downloaded."))
        try:
            content = base64.b64decode(data, validate=True)
        except (ValueError, binascii.Error):
            raise Unavailable(msg("{service} sent a file that can't be read.", service=self._endpoint.label)) from None
        if not is_video(content):
            raise Unavailable(msg("{service} sent a file that isn't a video.", service=self._endpoint.label))
        try:
            target.write_bytes(content)
        except OSError as error:
            raise unwritable(error) from error

    async def _download(self, url: str, target: Path) -> Response | None:
        return await download_video(self._endpoint.label, self._transport.download(url, target, is_video))

    async def cancel(self, remote_id: str) -> bool:
        response = await self._ask("POST", f"{_path(remote_id)}/cancel")
        if not response.is_ok and response.status not in CANNOT_TELL:
            raise no_answer(response, self._endpoint)
        shown = object_in(response)
        return shown is not None and str(shown["status"]).lower() in STOPPED

    async def forget(self, remote_id: str) -> bool:
        """Documented, but answered with 501 for keys of AI Studio (googleapis/python-genai issue 2803): then False."""
        response = await self._ask("DELETE", _path(remote_id))
        if response.is_ok:
            return True
        if response.status not in CANNOT_TELL:
            raise no_answer(response, self._endpoint)
        if response.status in {400, 404, 410}:  # no such interaction, or no such route
            again = await self._ask("GET", _path(remote_id))
            return again.status in {404, 410} or knows_no_such(again)
        return False

    async def recent(self, _since: datetime, _cards: Collection[ModelCard] = (), /) -> Sequence[Listed] | None:
        """The API has no list."""
        return None

    async def close(self) -> None:
        await self._transport.close()

    async def _read(self, remote_id: str) -> tuple[Response, Interaction]:
        response = await self._ask("GET", _path(remote_id))
        interaction = object_in(response)
        if interaction is None:
            raise no_answer(response, self._endpoint)
        return response, interaction

    async def _ask(self, method: str, path: str) -> Response:
        """A free request. Raises Unavailable if it is not answered."""
        return await send_free(
            self._endpoint.label, self._transport.ask(method, path, self._timeouts.look, headers=REVISION)
        )


def _path(remote_id: str) -> str:
    return f"/interactions/{quote(remote_id, safe='')}"


def _name_of(model: object) -> str:
    match model:
        case {"name": str(name)}:
            return name.removeprefix("models/")
        case _:
            return ""
