"""fal's queue: several hundred hosted models behind one key, each with its own field names.

fal has no idempotency key, so nothing is sent twice: its own client repeats orders, and is not used. A lost order is
found in the list of requests once it has ended, by the seed that we chose. Charges are not reported.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, urlencode

from bot.domain.accounts import Account, service_of
from bot.domain.errors import Gone, Unavailable
from bot.domain.messages import msg
from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Asset, Listed, Look, Order, Ready, UnitPrice, Waiting
from bot.domain.video import BY_ID, RemixMethod
from bot.providers.common.adapter import Adapter
from bot.providers.common.endpoint import Endpoint, host_of
from bot.providers.common.errors import could_not_answer, must_be_an_api, not_served
from bot.providers.common.file_kinds import is_video
from bot.providers.common.http import HttpTransport
from bot.providers.common.outcome import download_video, file_gone, not_handed_out, order_id, send_free, send_paid
from bot.providers.common.response import Response
from bot.providers.common.timeouts import Timeouts
from bot.providers.fal import prices
from bot.providers.fal.errors import account_trouble, no_answer, no_video
from bot.providers.fal.ids import remote_id_of, request_of_id
from bot.providers.fal.listing import read_back
from bot.providers.fal.requests import request_of, ways_of
from bot.providers.fal.status import (
    Status,
    broken,
    end_by_word,
    fails,
    has_ended,
    is_odd,
    is_of_the_model,
    is_outcome,
    seconds_worked,
    state_of,
    status_in,
    video_url,
)

QUEUE, PLATFORM = "https://queue.fal.run", "https://api.fal.ai/v1"
HOSTS = frozenset({"queue.fal.run", "fal.run", "api.fal.ai", "rest.fal.ai", "fal.ai"})
BESIDE = "/v1"  # where a host that passes fal on has everything but the queue
ENDING = "queue.fal.run"
ONCE = {"X-Fal-No-Retry": "1"}  # fal would run a failed request up to ten times more
TIMEOUTS = Timeouts(most_answer=256 * 1024**2)  # a page of the list contains the pictures that were sent
CANNOT_TELL = frozenset({400, 403, 404, 405, 410, 501})  # a host that does not have this
LATER = frozenset({408, 429, 502, 503, 504})  # these say nothing about the request itself
GONE = frozenset({404, 410})  # a file that is no longer kept
ANY_MODEL = "fal-ai/veo3.1"  # its price is requested to test the key
MOST_PAGES = 20
LONGEST_GLANCE = 10.0  # seconds to find out where a source is, while the order is waiting


class FalVideos(Adapter):
    """Provider for an account at fal, or at a host that passes its API on."""

    def __init__(self, account: Account, timeouts: Timeouts | None = None) -> None:
        super().__init__(at_queue(account), key_scheme="Key")
        self._timeouts = timeouts or TIMEOUTS
        self._queue = HttpTransport(self._endpoint, self._timeouts)
        platform = replace(self._account, base_url=platform_of(self._endpoint.base_url))
        self._platform = HttpTransport(Endpoint(platform, key_scheme="Key"), self._timeouts)

    @property
    def lists_late(self) -> bool:
        return True

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        return ways_of(card)

    async def served(self) -> Sequence[str] | None:
        """Models that make a video from a prompt alone."""
        names: list[str] = []
        cursor: str | None = None
        for _ in range(MOST_PAGES):
            query = {"category": "text-to-video", "limit": "100"} | ({"cursor": cursor} if cursor else {})
            response = await self._ask_platform("GET", f"/models?{urlencode(query)}")
            if trouble := account_trouble(response, self._endpoint):
                raise trouble
            match response.body:
                case {"models": [*models], **rest} if response.is_ok:
                    names += [each["endpoint_id"] for each in models if _is_named(each)]
                case _:
                    return None
            following = rest.get("next_cursor")
            if rest.get("has_more") is not True or not isinstance(following, str):
                return names
            cursor = following
        return None

    async def unit_prices(self, cards: Collection[ModelCard]) -> Mapping[str, UnitPrice]:
        answers = [await self._ask_platform("GET", path) for path in prices.paths(cards)]
        for answer in answers:
            if trouble := account_trouble(answer, self._endpoint):
                raise trouble
        return prices.read(answers, cards)

    async def check(self) -> None:
        """Query a price, which is free and requires a key. Raises CannotStart if there is no such API."""
        response = await self._ask_platform("GET", f"/models/pricing?{urlencode({'endpoint_id': ANY_MODEL})}")
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        must_be_an_api(response, self._endpoint, ENDING, CANNOT_TELL)

    async def submit(self, order: Order) -> str:
        request = request_of(order, await self._source_url(order))
        if remote_id_of(request.endpoint, "any") is None:  # it might still be made and charged
            raise not_served(self._endpoint, request.endpoint, [])
        sending = self._queue.ask("POST", request.path, self._timeouts.submit, body=request.body, headers=ONCE)
        response = await send_paid(self._endpoint.label, sending)
        if not response.is_ok:
            raise no_video(response.without(order.prompt), self._endpoint, order, request.endpoint)
        return order_id(self._endpoint.label, response, _id_in(response, request.endpoint))

    async def _source_url(self, order: Order) -> str | None:
        """The address of the video that is to be changed; None if there is none, or fal no longer has it.

        Raises Unavailable if that is unknown now: the next remix method is worse, and paid all the same.
        """
        if order.method not in BY_ID or order.source_id is None:
            return None
        response = await self._ask("GET", _path(order.source_id), LONGEST_GLANCE)
        if response.status in LATER:
            raise could_not_answer(response, self._endpoint)
        return video_url(response)

    async def look(self, remote_id: str) -> Look:
        response, status = await self._status(remote_id)
        again = self._is_odd_again(remote_id, state_of(status), is_odd=is_odd(status))
        if not has_ended(status, again=again):
            return Waiting(poll_after=response.retry_after)
        return end_by_word(status, remote_id) or await self._ended(remote_id, status)

    async def _ended(self, remote_id: str, status: Status) -> Look:
        """What came of a request that has ended. A model's error is only in the result.

        A request that no longer exists counts as made: `fetch` then reports that it is gone.
        """
        result = await self._result(remote_id)
        is_made = result.is_ok and not (fails(status) and video_url(result) is None)
        if is_made or (result.status in {404, 410} and not fails(status)):
            return Ready(gpu_seconds=seconds_worked(status))
        is_models = is_of_the_model(result)
        if not result.is_ok and not is_models and (trouble := account_trouble(result, self._endpoint)):
            raise trouble
        again = self._is_odd_again(remote_id, str(result.status), is_odd=result.status >= 500)
        if not is_outcome(status, result, again=again):
            answered = could_not_answer if is_models else no_answer
            raise answered(result, self._endpoint)
        return broken(status, result, remote_id)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """Only videos can be fetched; there are no stills."""
        if asset is not Asset.VIDEO:
            return False
        result = await self._result(remote_id)
        if not result.is_ok:
            raise no_answer(result, self._endpoint)
        url = self._endpoint.resolved(video_url(result) or "") if video_url(result) else None
        if url is None:
            raise not_handed_out(self._endpoint.label, None)
        refusal = await download_video(self._endpoint.label, self._queue.download(url, target, is_video))
        if refusal is None:
            return True
        if refusal.status in GONE and not self._endpoint.is_own(url):
            raise file_gone(self._endpoint.label)
        raise not_handed_out(self._endpoint.label, refusal)

    async def cancel(self, remote_id: str) -> bool:
        """Only recorded by fal; whether it came in time shows in the order's later state."""
        response = await self._ask("PUT", f"{_path(remote_id)}/cancel")
        if not response.is_ok:
            if response.status in CANNOT_TELL:
                return False
            raise no_answer(response, self._endpoint)
        try:
            _, status = await self._status(remote_id)
        except Gone:
            return True
        if not has_ended(status, again=False):
            raise Unavailable(msg("{service} hasn't stopped this video yet.", service=self._endpoint.label))
        return fails(status)

    async def forget(self, remote_id: str) -> bool:
        """Delete what was sent and the file, if the key may administer the account; other keys are refused."""
        path = f"/models/requests/{quote(request_of_id(remote_id), safe='')}/payloads"
        response = await self._ask_platform("DELETE", path)
        if not response.is_ok and response.status not in CANNOT_TELL | {401}:
            raise no_answer(response, self._endpoint)
        match response.body:
            case {"cdn_delete_results": [*results]} if response.is_ok:
                return all(isinstance(each, dict) and each.get("exception") is None for each in results)
            case _:
                return False

    async def recent(self, since: datetime, cards: Collection[ModelCard] = ()) -> Sequence[Listed] | None:
        mine = [card for card in cards if service_of(self.name) in card.account_names]
        return await read_back(self._page, since, mine)

    async def close(self) -> None:
        await self._queue.close()
        await self._platform.close()

    async def _page(self, path: str) -> Response | None:
        response = await self._ask_platform("GET", path)
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        if response.status in CANNOT_TELL:
            return None
        if not response.is_ok:
            raise could_not_answer(response, self._endpoint)
        return response

    async def _status(self, remote_id: str) -> tuple[Response, Status]:
        """Raises Gone, AccountTrouble or Unavailable."""
        response = await self._ask("GET", f"{_path(remote_id)}/status")
        status = status_in(response)
        if status is None:
            raise no_answer(response, self._endpoint)
        return response, status

    async def _result(self, remote_id: str) -> Response:
        return await self._ask("GET", _path(remote_id))

    async def _ask(self, method: str, path: str, most: float = math.inf) -> Response:
        """A free request, answered within `most` seconds. Raises Unavailable if it is not answered."""
        seconds = min(self._timeouts.look, most)
        return await send_free(self._endpoint.label, self._queue.ask(method, path, seconds))

    async def _ask_platform(self, method: str, path: str) -> Response:
        """The same for everything but the queue: models, prices, the list of requests."""
        return await send_free(self._endpoint.label, self._platform.ask(method, path, self._timeouts.look))


def at_queue(account: Account) -> Account:
    """Whichever of fal's addresses was entered: `fal.run` answers an order only when it is made, without an id."""
    return replace(account, base_url=QUEUE) if host_of(account.base_url.strip()) in HOSTS else account


def platform_of(base_url: str) -> str:
    """Where models, prices and the list of requests are, given the address of a queue."""
    return PLATFORM if base_url == QUEUE else f"{base_url}{BESIDE}"


def _path(remote_id: str) -> str:
    return f"/{quote(remote_id, safe='/')}"


def _id_in(response: Response, endpoint: str) -> str | None:
    match response.body:
        case {"request_id": str(request)}:
            return remote_id_of(endpoint, request)
        case _:
            return None


def _is_named(model: object) -> bool:
    return isinstance(model, dict) and isinstance(model.get("endpoint_id"), str)
