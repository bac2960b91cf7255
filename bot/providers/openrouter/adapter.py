"""OpenRouter's video API: some thirty hosted models behind one key, one small JSON dialect, and the exact cost.

It has no list of videos, no cancel and no delete, and no key against sending twice: an answer that was lost can be
found again by a webhook only.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bot.domain.errors import CannotStart, Gone, ProviderError, Refused, Unavailable
from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Asset, Broken, Listed, Look, Order, Waiting
from bot.domain.video import RemixMethod
from bot.providers.common.endpoint import Host
from bot.providers.common.errors import not_served
from bot.providers.common.outcome import download_video, object_in, order_id, send_free, send_paid, text_id
from bot.providers.common.response import Response
from bot.providers.common.transport import OnFirstUse, Timeouts, is_video, open_json_transport
from bot.providers.openrouter.requests import CAN, body_of
from bot.providers.openrouter.status import (
    KEY,
    Video,
    account_trouble,
    addresses,
    names_no_model,
    no_answer,
    no_video,
    read_status,
)

WRONG_ADDRESS = "Check OPENROUTER_BASE_URL; it mostly ends in /api/v1."
GONE = frozenset({404, 410})
CANNOT_TELL = frozenset({400, 403, 404, 405, 410, 501})  # a host that does not have this


class OpenRouterVideos:
    """Provider for OpenRouter, or a host that passes its API on. Making one costs nothing."""

    name = "openrouter"

    def __init__(self, host: Host, timeouts: Timeouts | None = None) -> None:
        """Raises CannotStart for an address or a key that cannot be one."""
        host.check("OPENROUTER", "https://openrouter.ai/api/v1")
        self._host = host
        self._timeouts = timeouts or Timeouts()
        self._transport = OnFirstUse(partial(open_json_transport, self._host, self._timeouts))

    @property
    def host(self) -> str:
        return self._host.name

    @property
    def setting(self) -> str:
        return KEY

    def ways(self, card: ModelCard) -> Sequence[RemixMethod]:
        return tuple(method for method in card.remix if method in CAN)

    async def served(self) -> Sequence[str] | None:
        response = await self._ask("/videos/models")
        return None if (rows := _rows(response)) is None else names_in(rows)

    async def menu(self) -> Sequence[object]:
        """The models with their abilities and prices, as the host lists them. Free, and asked without need of a key.

        Raises Unavailable.
        """
        response = await self._ask("/videos/models")
        rows = _rows(response)
        if rows is None:
            raise Unavailable(f"{self.host} does not list its models ({response.status}).", response.retry_after)
        return rows

    async def check(self) -> None:
        """Ask about the key itself, which is free; the list of models proves nothing, as everybody may read it.

        Raises CannotStart when there is no video service at the address.
        """
        response = await self._ask("/key")
        if trouble := account_trouble(response, self.host):
            raise trouble
        if response.is_ok and response.body is None:
            raise CannotStart(f"{self._host.base_url} answers with a page, not with an API. {WRONG_ADDRESS}")
        if response.status in GONE and await self._has_no_videos():
            raise CannotStart(f"There is no video service at {self._host.base_url} (404). {WRONG_ADDRESS}")
        if not response.is_ok and response.status not in CANNOT_TELL:
            raise Unavailable(f"{self.host} could not answer ({response.status}).", response.retry_after)

    async def _has_no_videos(self) -> bool:
        return (await self._ask("/videos/models")).status in GONE

    async def submit(self, order: Order) -> str:
        body = body_of(order)
        transport = await self._transport.get()
        response = await send_paid(self.host, transport.ask("POST", "/videos", self._timeouts.submit, body=body))
        if not response.is_ok:
            refusal = no_video(response, self.host, order.method)
            raise await self._named(order.card.remote) if names_no_model(refusal) else refusal
        return order_id(self.host, response, text_id(response))

    async def _named(self, model: str) -> Refused:
        """The refusal of a model that is not served, with the names that come nearest."""
        try:
            served = await self.served()
        except ProviderError:
            served = None
        return not_served(self.host, model, served or [])

    async def look(self, remote_id: str) -> Look:
        response, video = await self._read(remote_id)
        return read_status(video, response.retry_after)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """There are videos only, no stills."""
        if asset is not Asset.VIDEO:
            return False
        response = await self._download(f"{self._place(remote_id)}/content?index=0", target)
        if response is None:
            return True
        if trouble := account_trouble(response, self.host):
            raise trouble
        for url in await self._other_places(remote_id):
            if await self._download(url, target) is None:
                return True
        if response.status == 410:
            raise Gone(f"{self.host} no longer has the file of this video.")
        raise Unavailable(f"{self.host} does not hand out the finished file ({response.status}).", response.retry_after)

    async def cancel(self, remote_id: str) -> bool:  # noqa: ARG002 (the API has no cancel)
        return False

    async def forget(self, remote_id: str) -> bool:  # noqa: ARG002 (the API has no delete)
        return False

    async def recent(self, since: datetime) -> Sequence[Listed] | None:  # noqa: ARG002 (the API has no list)
        return None

    async def close(self) -> None:
        await self._transport.close()

    async def _other_places(self, remote_id: str) -> Sequence[str]:
        """Addresses of the file in the video itself. Gone when it is none any more, Unavailable while it is not yet."""
        response, video = await self._read(remote_id)
        match read_status(video):
            case Broken(reason=reason):
                raise Gone(reason)
            case Waiting():
                raise Unavailable(f"{self.host} is not done with this video after all.", response.retry_after)
            case _:
                return sorted(addresses(video, self._place(remote_id)), key=self._host.is_own, reverse=True)

    async def _read(self, remote_id: str) -> tuple[Response, Video]:
        """A video as the host shows it. Raises Gone, AccountTrouble or Unavailable."""
        response = await self._ask(f"/videos/{quote(remote_id, safe='')}")
        video = object_in(response)
        if video is None:
            raise no_answer(response, self.host)
        return response, video

    async def _download(self, url: str, target: Path) -> Response | None:
        transport = await self._transport.get()
        return await download_video(self.host, transport.download(url, target, is_video))

    def _place(self, remote_id: str) -> str:
        return f"{self._host.base_url.rstrip('/')}/videos/{quote(remote_id, safe='')}"

    async def _ask(self, path: str) -> Response:
        """A request that costs nothing. Raises Unavailable when it is not answered."""
        transport = await self._transport.get()
        return await send_free(self.host, transport.ask("GET", path, self._timeouts.look))


def _rows(response: Response) -> Sequence[object] | None:
    match response.body:
        case {"data": [*rows]} if response.is_ok:
            return rows
        case _:
            return None


def names_in(rows: Sequence[object]) -> list[str]:
    """The ids of listed models, as orders name them."""
    return [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
