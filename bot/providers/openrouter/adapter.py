"""OpenRouter's video API: some thirty hosted models behind one key, one small JSON dialect, and the exact cost.

It has no list of videos, no cancel, no delete and no idempotency key: an order whose answer was lost can only be found
by a webhook.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from bot.domain.accounts import Account
from bot.domain.errors import Gone, ProviderError, Refused, Unavailable
from bot.domain.messages import Term, msg
from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Asset, Broken, Listed, Look, Order, Waiting
from bot.domain.video import RemixMethod
from bot.providers.common.adapter import Adapter
from bot.providers.common.errors import must_be_an_api, not_served, nothing_there, wrong_address
from bot.providers.common.file_kinds import is_video
from bot.providers.common.http import HttpTransport
from bot.providers.common.outcome import (
    download_video,
    file_gone,
    from_any,
    not_done,
    not_handed_out,
    object_in,
    order_id,
    send_free,
    send_paid,
    text_id,
)
from bot.providers.common.response import Response
from bot.providers.common.timeouts import Timeouts
from bot.providers.openrouter.requests import CAN, body_of
from bot.providers.openrouter.status import (
    Video,
    account_trouble,
    addresses,
    is_odd,
    names_no_model,
    no_answer,
    no_video,
    read_status,
)

ENDING = "/api/v1"  # how most addresses end
GONE = frozenset({404, 410})
CANNOT_TELL = frozenset({400, 403, 404, 405, 410, 501})  # a host that does not have this


class OpenRouterVideos(Adapter):
    """Provider for an account at OpenRouter, or at a host that passes its API on."""

    def __init__(self, account: Account, timeouts: Timeouts | None = None) -> None:
        super().__init__(account)
        self._timeouts = timeouts or Timeouts()
        self._transport = HttpTransport(self._endpoint, self._timeouts)

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        return tuple(method for method in card.remix if method in CAN)

    async def served(self) -> Sequence[str] | None:
        response = await self._ask("/videos/models")
        return None if (rows := _rows(response)) is None else names_in(rows)

    async def listed_models(self) -> Sequence[object]:
        """The models with their abilities and prices, as the host lists them. Free, and needs no key.

        Raises Unavailable.
        """
        response = await self._ask("/videos/models")
        rows = _rows(response)
        if rows is None:
            trouble = msg(
                "{service} isn't listing its models ({status}).",
                service=self._endpoint.label,
                status=Term(str(response.status)),
            )
            raise Unavailable(trouble, response.retry_after)
        return rows

    async def check(self) -> None:
        """Query the key itself, which is free; the list of models proves nothing, because everybody may read it.

        Raises CannotStart if there is no video service at the address.
        """
        response = await self._ask("/key")
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        must_be_an_api(response, self._endpoint, ENDING, CANNOT_TELL)
        if response.status in GONE and await self._has_no_videos():
            raise wrong_address(self._endpoint, nothing_there(self._endpoint, response), ENDING)

    async def _has_no_videos(self) -> bool:
        return (await self._ask("/videos/models")).status in GONE

    async def submit(self, order: Order) -> str:
        body = body_of(order)
        sending = self._transport.ask("POST", "/videos", self._timeouts.submit, body=body)
        response = await send_paid(self._endpoint.label, sending)
        if not response.is_ok:
            refusal = no_video(response.without(order.prompt), self._endpoint, order.method)
            raise await self._named(order.card.remote) if names_no_model(refusal) else refusal
        return order_id(self._endpoint.label, response, text_id(response))

    async def _named(self, model: str) -> Refused:
        """The refusal of a model that is not served, with the most similar names."""
        try:
            served = await self.served()
        except ProviderError:
            served = None
        return not_served(self._endpoint, model, served or [])

    async def look(self, remote_id: str) -> Look:
        response, video = await self._read(remote_id)
        again = self._is_odd_again(remote_id, str(video["status"]), is_odd=is_odd(video))
        return read_status(video, response.retry_after, again=again)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """Only videos can be fetched; there are no stills."""
        if asset is not Asset.VIDEO:
            return False
        response = await self._download(f"{self._place(remote_id)}/content?index=0", target)
        if response is None:
            return True
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        places = await self._other_places(remote_id)
        if await from_any(places, lambda url: self._download(url, target)) is None:
            return True
        if response.status == 410:
            raise file_gone(self._endpoint.label)
        raise not_handed_out(self._endpoint.label, response)

    async def cancel(self, _: str, /) -> bool:
        """The API has no such call."""
        return False

    async def forget(self, _: str, /) -> bool:
        """The API has no such call."""
        return False

    async def recent(self, _since: datetime, _cards: Collection[ModelCard] = (), /) -> Sequence[Listed] | None:
        """The API has no list."""
        return None

    async def close(self) -> None:
        await self._transport.close()

    async def _other_places(self, remote_id: str) -> Sequence[str]:
        """File addresses in the video itself. Gone if it no longer exists, Unavailable while it is unfinished."""
        response, video = await self._read(remote_id)
        match read_status(video, again=True):
            case Broken(reason=reason):
                raise Gone(reason)
            case Waiting():
                raise not_done(self._endpoint.label, response.retry_after)
            case _:
                return sorted(addresses(video, self._place(remote_id)), key=self._endpoint.is_own, reverse=True)

    async def _read(self, remote_id: str) -> tuple[Response, Video]:
        """A video as the host shows it. Raises Gone, AccountTrouble or Unavailable."""
        response = await self._ask(f"/videos/{quote(remote_id, safe='')}")
        video = object_in(response)
        if video is None:
            raise no_answer(response, self._endpoint)
        return response, video

    async def _download(self, url: str, target: Path) -> Response | None:
        return await download_video(self._endpoint.label, self._transport.download(url, target, is_video))

    def _place(self, remote_id: str) -> str:
        return f"{self._endpoint.base_url}/videos/{quote(remote_id, safe='')}"

    async def _ask(self, path: str) -> Response:
        """A free request. Raises Unavailable if it is not answered."""
        return await send_free(self._endpoint.label, self._transport.ask("GET", path, self._timeouts.look))


def _rows(response: Response) -> Sequence[object] | None:
    match response.body:
        case {"data": [*rows]} if response.is_ok:
            return rows
        case _:
            return None


def names_in(rows: Sequence[object]) -> list[str]:
    """The ids of listed models, as orders name them."""
    return [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
