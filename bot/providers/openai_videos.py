"""The OpenAI Videos dialect: any server with `/v1/videos`, from gateways to a GPU machine of one's own.

OpenAI itself closed the service on 2026-09-24, and every server that still speaks the dialect has an accent. Requests
are made with the SDK's own methods; answers are read raw, because no accent fits its types.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from bot.domain.errors import AccountTrouble, CannotStart, ProviderError, Refused, Unavailable
from bot.domain.models import ModelCard
from bot.domain.provider import Asset, Broken, Listed, Look, Order, Ready
from bot.domain.video import BY_ID, Rung
from bot.providers.accents import Accent
from bot.providers.answers import Answer, LostError, NotSentError
from bot.providers.asking import free, paid, taken
from bot.providers.host import Host
from bot.providers.line import Call, Line, OnFirstUse, Patience
from bot.providers.openai_files import NONE_THERE, Files
from bot.providers.openai_ids import Kept, is_address, is_out_of_reach, kept_id
from bot.providers.openai_listing import PAGE, read_back
from bot.providers.openai_orders import RAW, paid_call
from bot.providers.openai_probe import WhichServer
from bot.providers.openai_status import is_deleted, out_of_reach, standing, video_in
from bot.providers.outcomes import CANNOT, account_trouble, is_not_served, no_answer, no_video, not_served

KEY = "OPENAI_API_KEY"
WRONG_ADDRESS = "Check OPENAI_BASE_URL; it mostly ends in /v1."
LONGEST_GLANCE = 5.0  # seconds to find out what server it is
CANNOT_TELL = NONE_THERE  # a host that does not have this, or not for this key


class OpenAIVideos:
    """Provider for one host that speaks the dialect. Making one costs nothing; the SDK is loaded when it is needed."""

    name = "openai"

    def __init__(self, host: Host, patience: Patience | None = None) -> None:
        """Raises CannotStart for an address, a key or a kind of server that cannot be one."""
        host.check("OPENAI", "https://api.example.com/v1")
        self._host = host
        self._server = WhichServer(host)
        self._patience = patience or Patience()
        self._line = OnFirstUse(partial(open_line, self._host, self._patience))

    @property
    def host(self) -> str:
        return self._host.name

    @property
    def setting(self) -> str:
        return KEY

    def ways(self, card: ModelCard) -> Sequence[Rung]:
        return [rung for rung in card.remix if rung in self._server.so_far.rungs]

    async def served(self) -> Sequence[str] | None:
        answer = await self._models()
        if trouble := account_trouble(answer, self.host, KEY):
            raise trouble
        match answer.body:
            case {"data": [*models]}:
                return [model["id"] for model in models if isinstance(model, dict) and isinstance(model.get("id"), str)]
            case _:
                return None

    async def check(self) -> None:
        """List the models, which is free and tells what kind of server it is.

        A host that has no such list has not refused the key. Raises CannotStart when there is no video service at the
        address.
        """
        answer = await self._models()
        if trouble := account_trouble(answer, self.host, KEY):
            raise trouble
        if answer.is_ok and answer.body is None:
            raise CannotStart(f"{self._host.base_url} answers with a page, not with an API. {WRONG_ADDRESS}")
        if answer.status == 404 and await self._has_no_videos():
            raise CannotStart(f"There is no video service at {self._host.base_url} (404). {WRONG_ADDRESS}")
        if not answer.is_ok and answer.status not in CANNOT_TELL:
            raise Unavailable(f"{self.host} could not answer ({answer.status}).", answer.retry_after)
        await self._server.accent(self._glance, answer)

    async def _has_no_videos(self) -> bool:
        """Asked of a host without models: whether it does not know of videos either."""
        answer = await self._ask(lambda client: client.videos.with_raw_response.list(limit=1))
        return answer.status == 404

    async def submit(self, order: Order) -> str:
        accent = await self._accent()
        call = await paid_call(order, accent, self.host)
        line = await self._line.get()
        patience = self._patience.render if accent.blocks else self._patience.submit
        answer = await paid(self.host, line.ask(call, patience))
        if not answer.is_ok:
            raise await self._no_video(answer, order)
        return self._taken(answer, accent, order)

    def _taken(self, answer: Answer, accent: Accent, order: Order) -> str:
        """The id to keep of a video that was ordered."""
        video = video_in(answer, needs_id=False) if accent.blocks else None
        if video is not None and isinstance(ended := standing(video), Broken):
            raise Refused(ended.reason, ended.cause)  # nothing was made while we waited
        return taken(self.host, answer, kept_id(answer, accent, order.card.remote))

    async def _no_video(self, answer: Answer, order: Order) -> ProviderError:
        if order.rung not in BY_ID and is_not_served(answer):
            return not_served(self.host, order.card.remote, await self._served_if_it_says())
        return no_video(answer, self.host, KEY, order.rung)

    async def _served_if_it_says(self) -> Sequence[str]:
        try:
            return await self.served() or ()
        except (Unavailable, AccountTrouble):
            return ()

    async def look(self, remote_id: str) -> Look:
        if is_address(remote_id):
            return out_of_reach(self.host, remote_id) if is_out_of_reach(remote_id) else Ready()
        answer = await self._retrieve(remote_id)
        video = video_in(answer)
        if video is None:
            raise no_answer(answer, self.host, KEY)
        return standing(video, answer.poll_after)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        files = Files(host=self._host, setting=KEY, line=await self._line.get(), retrieve=self._retrieve)
        if asset is not Asset.VIDEO:
            has_stills = not is_address(remote_id) and (await self._accent()).stills
            return has_stills and await files.still(remote_id, asset, target)
        return await (files.at if is_address(remote_id) else files.video)(remote_id, target)

    async def cancel(self, remote_id: str) -> bool:
        """The dialect has no cancel, but servers that can stop a render do so when it is deleted (vLLM-Omni, Bifrost).

        True when there will be no video; whether it is billed all the same, no host says.
        """
        if is_address(remote_id) or not (await self._accent()).stops:
            return False
        return is_deleted(await self._delete(remote_id))

    async def forget(self, remote_id: str) -> bool:
        if is_address(remote_id) or not (await self._accent()).deletes:
            return False
        answer = await self._delete(remote_id)
        if answer.status in {404, 410}:  # no such video, or no such route
            return (await self._retrieve(remote_id)).status in {404, 410}
        return is_deleted(answer)

    async def recent(self, since: datetime) -> Sequence[Listed] | None:
        return await read_back(self._page, since) if (await self._accent()).lists else None

    async def close(self) -> None:
        await self._line.close()

    async def _accent(self) -> Accent:
        return await self._server.accent(self._glance)

    async def _models(self) -> Answer:
        return await self._ask(lambda client: client.models.with_raw_response.list())

    async def _glance(self, url: str) -> Answer | None:
        """A free question about the host itself; None when it is not answered soon."""
        line = await self._line.get()
        try:
            return await line.ask(partial(get, url), min(self._patience.look, LONGEST_GLANCE))
        except (NotSentError, LostError):
            return None

    async def _retrieve(self, remote_id: str) -> Answer:
        kept = Kept.of(remote_id)
        return await self._ask(
            lambda client: client.videos.with_raw_response.retrieve(kept.id, extra_query=dict(kept.query))
        )

    async def _delete(self, remote_id: str) -> Answer:
        kept = Kept.of(remote_id)
        answer = await self._ask(lambda client: client.videos.with_raw_response.delete(kept.id))
        if not answer.is_ok and answer.status not in CANNOT_TELL | {409, 410}:
            raise no_answer(answer, self.host, KEY)
        return answer

    async def _page(self, after: str | None) -> Answer | None:
        """One page of the list, newest first; None when this host does not list."""
        query = {"limit": PAGE, "order": "desc"} | ({"after": after} if after else {})
        answer = await self._ask(lambda client: client.videos.with_raw_response.list(**query))
        if account := account_trouble(answer, self.host, KEY):
            raise account
        if answer.status in CANNOT_TELL | {410} or CANNOT.search(answer.complaint.words):
            return None
        if not answer.is_ok:
            raise no_answer(answer, self.host, KEY)
        return answer

    async def _ask(self, call: Call) -> Answer:
        """A request that costs nothing. Raises Unavailable when it is not answered."""
        line = await self._line.get()
        return await free(self.host, line.ask(call, self._patience.look))


async def get(url: str, client: Any) -> Any:
    return await client.get(url, cast_to=object, options=RAW)


def open_line(host: Host, patience: Patience) -> Line:
    from bot.providers.openai_line import SdkLine  # noqa: PLC0415 - 0.8 s, which the bot's start should not wait for

    return SdkLine(host, patience)
