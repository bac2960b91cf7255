"""The OpenAI Videos dialect: any server with `/v1/videos`, from gateways to your own GPU machine.

OpenAI itself shut the service down on 2026-09-24, and every server that still speaks the dialect has its own
peculiarities. Orders and what is done with their videos go through the SDK's own methods; answers are read raw, because
no server fits its types. Lists are requested without it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from bot.domain.accounts import Account
from bot.domain.errors import AccountTrouble, ProviderError, Refused, Unavailable
from bot.domain.messages import Term, msg
from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Asset, Broken, Listed, Look, Order, Ready, StillMade
from bot.domain.video import BY_ID, RemixMethod
from bot.providers.common.adapter import Adapter
from bot.providers.common.errors import (
    CANNOT,
    account_trouble,
    is_not_served,
    must_be_an_api,
    no_answer,
    no_video,
    not_served,
    nothing_there,
    wrong_address,
)
from bot.providers.common.lists import Glance, still_made
from bot.providers.common.outcome import order_id, send_free, send_paid
from bot.providers.common.response import LostError, NotSentError, Response
from bot.providers.common.timeouts import Timeouts
from bot.providers.openai.files import GONE, NONE_THERE, Files
from bot.providers.openai.ids import Kept, is_address, is_out_of_reach, kept_id
from bot.providers.openai.listing import PAGE, glance, read_back
from bot.providers.openai.probe import ServerProbe
from bot.providers.openai.requests import paid_call
from bot.providers.openai.server_profiles import ServerProfile
from bot.providers.openai.status import is_deleted, is_odd, out_of_reach, read_status, state_of, video_in
from bot.providers.openai.transport import SdkCall, Transport

ENDING = "/v1"  # how most addresses end
LONGEST_GLANCE = 5.0  # seconds to find out what kind of server it is
NOT_READY = frozenset({502, 503})
AN_HOUR = timedelta(hours=1)  # by how much its clock may differ from ours
CANNOT_TELL = NONE_THERE  # a host that does not have this, or not for this key


class OpenAIVideos(Adapter):
    """Provider for an account at any host that speaks the dialect."""

    def __init__(self, account: Account, timeouts: Timeouts | None = None) -> None:
        super().__init__(account)
        self._server = ServerProbe(self._endpoint)
        self._timeouts = timeouts or Timeouts()
        self._transport = Transport(self._endpoint, self._timeouts)

    @property
    def may_block(self) -> bool:
        return self._server.may_block

    @property
    def in_order(self) -> bool:
        return self._server.so_far.in_order

    @property
    def shows_at_once(self) -> bool:
        return self._server.so_far.shows_at_once

    async def remix_methods(self, card: ModelCard) -> Sequence[RemixMethod]:
        return [method for method in card.remix if method in self._server.so_far.methods]

    async def served(self) -> Sequence[str] | None:
        response = await self._models()
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        match response.body:
            case {"data": [*models]}:
                return [model["id"] for model in models if isinstance(model, dict) and isinstance(model.get("id"), str)]
            case _:
                return None

    async def check(self) -> None:
        """List the models, which is free and tells what kind of server it is.

        A host without such a list has not refused the key. Raises CannotStart if there is no video service at the
        address.
        """
        response = await self._models()
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        must_be_an_api(response, self._endpoint, ENDING, CANNOT_TELL)
        if response.status in GONE and await self._has_no_videos():
            raise wrong_address(self._endpoint, nothing_there(self._endpoint, response), ENDING)
        await self._server.profile(self._glance, response)

    async def _has_no_videos(self) -> bool:
        """For a host that lists no models: whether it has no videos either."""
        return (await self._get("/videos?limit=1")).status in GONE

    async def submit(self, order: Order) -> str:
        profile = await self._profile()
        call = await paid_call(order, profile, self._endpoint.label)
        seconds = self._timeouts.render if profile.blocks else self._timeouts.submit
        response = await send_paid(self._endpoint.label, self._transport.ask(call, seconds))
        if not response.is_ok:
            refusal = await self._no_video(response.without(order.prompt), order)
            raise await self._not_ready(response, profile, order) or refusal
        return self._taken(response, profile, order)

    def _taken(self, response: Response, profile: ServerProfile, order: Order) -> str:
        """The id to keep for a video that was ordered."""
        video = video_in(response, needs_id=False) if profile.blocks else None
        if video is not None and isinstance(ended := read_status(video), Broken):
            raise Refused(ended.reason, ended.cause)  # nothing was made while we waited
        return order_id(self._endpoint.label, response, kept_id(response, profile, order.card.remote))

    async def _no_video(self, response: Response, order: Order) -> ProviderError:
        if order.method not in BY_ID and is_not_served(response):
            return not_served(self._endpoint, order.card.remote, await self._served_if_it_says())
        return no_video(response, self._endpoint, order.method)

    async def _not_ready(self, response: Response, profile: ServerProfile, order: Order) -> Unavailable | None:
        """A server that still loads its model, or a proxy whose server is down: only its list can prove that."""
        if response.status not in NOT_READY or not profile.registers:
            return None
        try:
            listed = await self.recent(datetime.now(UTC) - AN_HOUR)
        except (Unavailable, AccountTrouble):
            return None
        ours = order.prompt.strip()
        if listed is None or any(entry.prompt is None or entry.prompt.strip() == ours for entry in listed):
            return None
        return Unavailable(
            msg(
                "{service} isn't ready yet ({status}).",
                service=self._endpoint.label,
                status=Term(str(response.status)),
            ),
            response.retry_after,
        )

    async def _served_if_it_says(self) -> Sequence[str]:
        try:
            return await self.served() or ()
        except (Unavailable, AccountTrouble):
            return ()

    async def look(self, remote_id: str) -> Look:
        if is_address(remote_id):
            return out_of_reach(self._endpoint.label, remote_id) if is_out_of_reach(remote_id) else Ready()
        response = await self._retrieve(remote_id)
        video = video_in(response)
        if video is None:
            raise no_answer(response, self._endpoint)
        again = self._is_odd_again(remote_id, state_of(video), is_odd=is_odd(video))
        return read_status(video, response.poll_after, again=again)

    async def still_made(self, remote_ids: Collection[str], due: Collection[str]) -> StillMade | None:
        async def ask(after: str | None) -> Glance | None:
            response = await self._page(after)
            return None if response is None else glance(response, remote_ids)

        return await still_made(ask, remote_ids, due) if (await self._profile()).lists else None

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        files = Files(endpoint=self._endpoint, transport=self._transport, retrieve=self._retrieve)
        if asset is not Asset.VIDEO:
            has_stills = not is_address(remote_id) and (await self._profile()).stills
            return has_stills and await files.still(remote_id, asset, target)
        return await (files.at if is_address(remote_id) else files.video)(remote_id, target)

    async def cancel(self, remote_id: str) -> bool:
        """The dialect has no cancel, but servers that can stop a render do so when it is deleted (vLLM-Omni, Bifrost).

        True if there will be no video; no host says whether it is billed all the same.
        """
        if is_address(remote_id) or not (await self._profile()).stops:
            return False
        return is_deleted(await self._delete(remote_id))

    async def forget(self, remote_id: str) -> bool:
        if is_address(remote_id) or not (await self._profile()).deletes:
            return False
        response = await self._delete(remote_id)
        if response.status in GONE:  # no such video, or no such route
            return (await self._retrieve(remote_id)).status in GONE
        return is_deleted(response)

    async def recent(self, since: datetime, _: Collection[ModelCard] = (), /) -> Sequence[Listed] | None:
        """One list has the videos of all models."""
        return await read_back(self._page, since) if (await self._profile()).lists else None

    async def close(self) -> None:
        await self._transport.close()

    async def _profile(self) -> ServerProfile:
        return await self._server.profile(self._glance)

    async def _models(self) -> Response:
        return await self._get("/models")

    async def _glance(self, url: str) -> Response | None:
        """A free query about the host itself; None if it is not answered soon."""
        try:
            return await self._transport.get(url, min(self._timeouts.look, LONGEST_GLANCE))
        except (NotSentError, LostError):
            return None

    async def _retrieve(self, remote_id: str) -> Response:
        kept = Kept.of(remote_id)
        return await self._ask(
            lambda client: client.videos.with_raw_response.retrieve(kept.id, extra_query=dict(kept.query))
        )

    async def _delete(self, remote_id: str) -> Response:
        kept = Kept.of(remote_id)
        response = await self._ask(lambda client: client.videos.with_raw_response.delete(kept.id))
        if not response.is_ok and response.status not in CANNOT_TELL | {409}:
            raise no_answer(response, self._endpoint)
        return response

    async def _page(self, after: str | None) -> Response | None:
        """One page of the list, newest first; None if this host has no list."""
        query = {"limit": PAGE, "order": "desc"} | ({"after": after} if after else {})
        response = await self._get(f"/videos?{urlencode(query)}")
        if account := account_trouble(response, self._endpoint):
            raise account
        if response.status in CANNOT_TELL or CANNOT.search(response.api_error.words):
            return None
        if not response.is_ok:
            raise no_answer(response, self._endpoint)
        return response

    async def _get(self, path: str) -> Response:
        """A list, which is free. Raises Unavailable if it is not answered."""
        asking = self._transport.get(self._endpoint.base_url + path, self._timeouts.look)
        return await send_free(self._endpoint.label, asking)

    async def _ask(self, call: SdkCall) -> Response:
        """A free request. Raises Unavailable if it is not answered."""
        return await send_free(self._endpoint.label, self._transport.ask(call, self._timeouts.look))
