"""Grok Imagine at xAI: new videos, edits and extensions of its own, and the exact cost.

It has no list of requests, no cancel and no idempotency key. But each video is kept in xAI's Files under a name of
ours: a lost order is found there once its video is done. xAI's own client resends paid requests, so it is not used.
"""

from __future__ import annotations

import math
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from bot.domain.accounts import Account
from bot.domain.errors import Gone, Unavailable, Unsupported, Withheld
from bot.domain.messages import msg
from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Asset, Broken, Listed, Look, Order, Ready, Waiting
from bot.domain.video import RemixMethod
from bot.providers.common.adapter import Adapter
from bot.providers.common.endings import SOURCE_UNKNOWN, blocked
from bot.providers.common.errors import could_not_answer, must_be_an_api, nothing_there, wrong_address
from bot.providers.common.file_kinds import is_video
from bot.providers.common.http import HttpTransport
from bot.providers.common.outcome import (
    download_video,
    file_gone,
    from_any,
    is_usable_id,
    not_done,
    not_handed_out,
    order_id,
    send_free,
    send_paid,
)
from bot.providers.common.response import Response
from bot.providers.common.timeouts import Timeouts
from bot.providers.xai.errors import account_trouble, is_withheld, no_answer, no_video, takes_no_storage
from bot.providers.xai.files import KEPT_SECONDS, PAGE, Page, as_remote_id, file_in, file_name, file_of
from bot.providers.xai.requests import CAN, PATHS, VideoSource, body_of, path_of
from bot.providers.xai.status import (
    Video,
    address_in,
    cost_in,
    is_odd,
    read_status,
    seconds_in,
    video_in,
    withheld,
)

ENDING = "/v1"  # how most addresses end
GONE = frozenset({404, 410})
CANNOT_TELL = frozenset({400, 403, 404, 405, 410, 501})  # a host that does not have this
NO_FILES = frozenset({403, 404, 405, 501})  # the same, or a key without permission for them
MOST_PAGES = 20  # of files
BEFORE_SENDING = 10.0  # seconds for the free query about a source, while the order itself waits


class XaiVideos(Adapter):
    """Provider for an account at xAI, or at a host that passes its API on."""

    def __init__(self, account: Account, timeouts: Timeouts | None = None) -> None:
        super().__init__(account)
        self._timeouts = timeouts or Timeouts()
        self._transport = HttpTransport(self._endpoint, self._timeouts)
        self._keeps_files = True  # until it says that it does not

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        return tuple(method for method in card.remix if method in CAN)

    async def served(self) -> Sequence[str] | None:
        """It is unknown whether its list of models includes video models."""
        return None

    async def check(self) -> None:
        """List a file, which is free. Raises CannotStart if there is no such API at the address."""
        response = await self._ask("GET", "/files?limit=1")
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        must_be_an_api(response, self._endpoint, ENDING, CANNOT_TELL)
        if response.status in GONE and (await self._ask("GET", "/videos/none")).body is None:
            raise wrong_address(self._endpoint, nothing_there(self._endpoint, response), ENDING)

    async def submit(self, order: Order) -> str:
        source = await self._source(order)
        body = body_of(order if self._keeps_files else replace(order, own_name=None), source)
        sending = self._transport.ask("POST", path_of(order.method), self._timeouts.submit, body=body)
        response = await send_paid(self._endpoint.label, sending)
        if not response.is_ok:
            response = response.without(order.prompt)
            if "storage_options" in body and takes_no_storage(response):
                self._keeps_files = False
                raise Unavailable(msg("{service} doesn't keep files for this key.", service=self._endpoint.label), 1.0)
            raise no_video(response, self._endpoint, order.method)
        return order_id(self._endpoint.label, response, _request_id(response))

    async def _source(self, order: Order) -> VideoSource | None:
        """The location of the video that an order changes; None for all other orders.

        Raises Unsupported if it no longer exists, Unavailable if that is unknown: nothing was sent.
        """
        if order.method not in PATHS or order.source_id is None:
            return None
        if file := file_of(order.source_id):
            return VideoSource(place={"file_id": file}, seconds=None)
        try:
            _, video = await self._read(order.source_id, BEFORE_SENDING)
        except Gone:
            raise Unsupported(SOURCE_UNKNOWN) from None
        file, url = file_in(video), address_in(video)
        if not isinstance(read_status(video, again=True), Ready) or not (file or url):
            raise Unsupported(SOURCE_UNKNOWN)
        return VideoSource(place={"file_id": file} if file else {"url": url or ""}, seconds=seconds_in(video))

    async def look(self, remote_id: str) -> Look:
        if file := file_of(remote_id):
            await self._must_have(file)
            return Ready()
        response = await self._ask("GET", _path(remote_id))
        if is_withheld(response, self._endpoint):
            return withheld(cost_in(response.body))
        video = self._shown(response)
        again = self._is_odd_again(remote_id, str(video["status"]), is_odd=is_odd(video))
        return read_status(video, response.retry_after, again=again)

    async def _must_have(self, file: str) -> None:
        """Files exist once their videos are done. Raises Gone."""
        response = await self._ask("GET", _file_path(file))
        if not response.is_ok or not isinstance(response.body, dict):
            raise no_answer(response, self._endpoint)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """Only videos can be fetched; there are no stills."""
        if asset is not Asset.VIDEO:
            return False
        if file := file_of(remote_id):
            await self._bring([self._content(file)], target)
            return True
        response, video = await self._read(remote_id)
        match read_status(video, again=True):
            case Broken(reason=reason):
                raise Gone(reason)
            case Waiting():
                raise not_done(self._endpoint.label, response.retry_after)
            case _:
                await self._bring(list(self._places(video)), target)
                return True

    def _places(self, video: Video) -> Iterator[str]:
        """The address that works for a day, then the stored file."""
        url = address_in(video)
        if url and (place := self._endpoint.resolved(url)):
            yield place
        if file := file_in(video):
            yield self._content(file)

    async def _bring(self, places: Sequence[str], target: Path) -> None:
        """The file from the first place that has it. Raises like `fetch`."""
        refusals = await from_any(places, lambda url: self._download(url, target))
        if refusals is None:
            return
        if self._is_gone(places, refusals):
            raise file_gone(self._endpoint.label)
        raise not_handed_out(self._endpoint.label, refusals[0] if refusals else None)

    async def _download(self, url: str, target: Path) -> Response | None:
        """Raises Unavailable, and AccountTrouble if the host rejects the key."""
        refusal = await download_video(self._endpoint.label, self._transport.download(url, target, is_video))
        is_ours = self._endpoint.is_own(url)
        if refusal is not None and is_ours and (about_key := account_trouble(refusal, self._endpoint)):
            raise about_key
        return refusal

    def _is_gone(self, places: Sequence[str], refusals: Sequence[Response]) -> bool:
        """Whether no place has it. A 404 at an address alone proves nothing; Files do, for a file by its id."""
        found = {refusal.status for refusal in refusals}
        is_sure = 410 in found or any(place.startswith(f"{self._endpoint.base_url}/files/") for place in places)
        return is_sure and bool(found) and found <= GONE

    async def cancel(self, _: str, /) -> bool:
        """The API has no such call."""
        return False

    async def forget(self, remote_id: str) -> bool:
        """Delete the stored file. The temporary address cannot be deleted: as long as it works, a copy remains."""
        file, is_all = file_of(remote_id), True
        if file is None:
            try:
                _, video = await self._read(remote_id)
            except Gone:
                return False
            file, is_all = file_in(video), address_in(video) is None
        if file is None:
            return False
        response = await self._ask("DELETE", _file_path(file))
        if not response.is_ok and response.status not in CANNOT_TELL:
            raise no_answer(response, self._endpoint)
        return is_all and response.is_ok

    async def recent(self, _since: datetime, _cards: Collection[ModelCard] = (), /) -> Sequence[Listed] | None:
        """The API has no list."""
        return None

    async def find(self, own_name: str) -> Sequence[str] | None:
        """Unfinished, refused and failed videos have no file. It is unknown whether the list can be filtered."""
        if not self._keeps_files:
            return None
        found, name, token = list[str](), file_name(own_name), ""
        for _ in range(MOST_PAGES):
            response = await self._ask("GET", f"/files?limit={PAGE}&order=desc{token}")
            if trouble := account_trouble(response, self._endpoint):
                raise trouble
            if response.status in NO_FILES:
                return None
            page = Page.of(response, name)
            if page is None:
                raise could_not_answer(response, self._endpoint)
            found += map(as_remote_id, page.named)
            if page.token is None or page.is_past(time.time() - 2 * KEPT_SECONDS):
                break
            token = f"&pagination_token={quote(page.token, safe='')}"
        return found

    async def close(self) -> None:
        await self._transport.close()

    async def _read(self, remote_id: str, most: float = math.inf) -> tuple[Response, Video]:
        """A video as the host shows it. Raises Gone, also for a withheld one, AccountTrouble or Unavailable."""
        response = await self._ask("GET", _path(remote_id), most)
        if is_withheld(response, self._endpoint):
            raise Withheld(blocked())
        return response, self._shown(response)

    def _shown(self, response: Response) -> Video:
        video = video_in(response)
        if video is None:
            raise no_answer(response, self._endpoint)
        return video

    def _content(self, file: str) -> str:
        return f"{self._endpoint.base_url}{_file_path(file)}/content"

    async def _ask(self, method: str, path: str, most: float = math.inf) -> Response:
        """A free request, answered within `most` seconds. Raises Unavailable if it is not answered."""
        seconds = min(self._timeouts.look, most)
        return await send_free(self._endpoint.label, self._transport.ask(method, path, seconds))


def _path(remote_id: str) -> str:
    return f"/videos/{quote(remote_id, safe='')}"


def _file_path(file: str) -> str:
    return f"/files/{quote(file, safe='')}"


def _request_id(response: Response) -> str | None:
    match response.body:
        case {"request_id": str(text)} if is_usable_id(text) and file_of(text) is None:
            return text
        case _:
            return None
