"""The OpenAI Videos dialect: any server with `/v1/videos`, from gateways to a GPU machine of one's own.

OpenAI itself closed the service on 2026-09-24, and every server that still speaks the dialect has an accent. Requests
are made with the SDK's own methods; answers are read raw, because no accent fits its types.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bot.domain.errors import CannotStart, Gone, OutcomeUnknown, Unavailable
from bot.domain.models import ModelCard
from bot.domain.provider import Asset, Broken, Listed, Look, Order, Waiting
from bot.domain.video import Rung
from bot.providers.answers import Answer, LostError, NotSentError
from bot.providers.host import Host
from bot.providers.line import Call, Line, OnFirstUse, Patience, WrongKindError, is_image, is_video
from bot.providers.openai_listing import PAGE, read_back
from bot.providers.openai_orders import paid_call
from bot.providers.openai_status import addresses, has_expired, id_in, is_deleted, standing, urls_in, video_in
from bot.providers.outcomes import CANNOT, account_trouble, no_answer, no_video

KEY = "OPENAI_API_KEY"
WRONG_ADDRESS = "Check OPENAI_BASE_URL; it mostly ends in /v1."
CANNOT_TELL = frozenset({400, 403, 404, 405, 422, 501})  # a host that does not have this, or not for this key


class OpenAIVideos:
    """Provider for one host that speaks the dialect. Making one costs nothing; the SDK is loaded when it is needed."""

    name = "openai"

    def __init__(self, host: Host, patience: Patience | None = None) -> None:
        """Raises CannotStart for an address or a key that cannot be one."""
        host.check("OPENAI", "https://api.example.com/v1")
        self._host = host
        self._patience = patience or Patience()
        self._line = OnFirstUse(partial(open_line, self._host, self._patience))

    @property
    def host(self) -> str:
        return self._host.name

    @property
    def setting(self) -> str:
        return KEY

    def ways(self, card: ModelCard) -> Sequence[Rung]:
        return card.remix

    async def served(self) -> Sequence[str] | None:
        answer = await self._ask(lambda client: client.models.with_raw_response.list())
        if trouble := account_trouble(answer, self.host, KEY):
            raise trouble
        match answer.body:
            case {"data": [*models]}:
                return [model["id"] for model in models if isinstance(model, dict) and isinstance(model.get("id"), str)]
            case _:
                return None

    async def check(self) -> None:
        """List the models, which is free. A host that has no such list has not refused the key.

        Raises CannotStart when there is no video service at the address.
        """
        answer = await self._ask(lambda client: client.models.with_raw_response.list())
        if trouble := account_trouble(answer, self.host, KEY):
            raise trouble
        if answer.is_ok and answer.body is None:
            raise CannotStart(f"{self._host.base_url} answers with a page, not with an API. {WRONG_ADDRESS}")
        if answer.status == 404 and await self._has_no_videos():
            raise CannotStart(f"There is no video service at {self._host.base_url} (404). {WRONG_ADDRESS}")
        if not answer.is_ok and answer.status not in CANNOT_TELL:
            raise Unavailable(f"{self.host} could not answer ({answer.status}).", answer.retry_after)

    async def _has_no_videos(self) -> bool:
        """Asked of a host without models: whether it does not know of videos either."""
        answer = await self._ask(lambda client: client.videos.with_raw_response.list(limit=1))
        return answer.status == 404

    async def submit(self, order: Order) -> str:
        call = await paid_call(order)
        line = await self._line.get()
        try:
            answer = await line.ask(call, self._patience.submit)
        except NotSentError as error:
            raise Unavailable(f"{self.host} cannot be reached ({error}). Nothing was sent or spent.") from error
        except LostError as error:
            raise OutcomeUnknown(f"The order was sent to {self.host} and its answer was lost ({error}).") from error
        if not answer.is_ok:
            raise no_video(answer, self.host, KEY, order.rung)
        remote_id = id_in(answer)
        if remote_id is None:
            raise OutcomeUnknown(f"{self.host} took the order ({answer.status}) and gave no usable id.")
        return remote_id

    async def look(self, remote_id: str) -> Look:
        answer = await self._retrieve(remote_id)
        video = video_in(answer)
        if video is None:
            raise no_answer(answer, self.host, KEY)
        return standing(video, answer.poll_after)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        if asset is not Asset.VIDEO:
            return await self._fetch_still(self._content(remote_id, asset), target)
        answer = await self._download(self._content(remote_id), target)
        if answer is None:
            return True
        if trouble := account_trouble(answer, self.host, KEY):
            raise trouble
        places = [*urls_in(answer), *await self._other_places(remote_id)]
        for url in sorted(places, key=self._host.may_fetch, reverse=True):
            if await self._download(url, target) is None:
                return True
        if has_expired(answer):
            raise Gone(f"{self.host} no longer has the file of this video.")
        raise Unavailable(f"{self.host} does not hand out the finished file ({answer.status}).", answer.retry_after)

    async def cancel(self, remote_id: str) -> bool:
        """The dialect has no cancel, but servers that can stop a render do so when it is deleted (vLLM-Omni, Bifrost).

        True when there will be no video; whether it is billed all the same, no host says.
        """
        return is_deleted(await self._delete(remote_id))

    async def forget(self, remote_id: str) -> bool:
        answer = await self._delete(remote_id)
        if answer.status in {404, 410}:  # no such video, or no such route
            return (await self._retrieve(remote_id)).status in {404, 410}
        return is_deleted(answer)

    async def recent(self, since: datetime) -> Sequence[Listed] | None:
        return await read_back(self._page, since)

    async def close(self) -> None:
        await self._line.close()

    async def _retrieve(self, remote_id: str) -> Answer:
        return await self._ask(lambda client: client.videos.with_raw_response.retrieve(remote_id))

    async def _delete(self, remote_id: str) -> Answer:
        answer = await self._ask(lambda client: client.videos.with_raw_response.delete(remote_id))
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

    async def _other_places(self, remote_id: str) -> Sequence[str]:
        """Addresses of the file in the video itself. Gone when it is none any more, Unavailable while it is not yet."""
        answer = await self._retrieve(remote_id)
        video = video_in(answer)
        if video is None:
            raise no_answer(answer, self.host, KEY)
        match standing(video, answer.poll_after):
            case Broken(reason=reason):
                raise Gone(reason)
            case Waiting(poll_after=hint):
                raise Unavailable(f"{self.host} is not done with this video after all.", hint)
            case _:
                return list(addresses(video))

    async def _download(self, url: str, target: Path) -> Answer | None:
        line = await self._line.get()
        try:
            return await line.download(url, target, is_video)
        except WrongKindError:
            raise Unavailable(f"{self.host} sent something that is not an MP4 video.") from None

    async def _fetch_still(self, url: str, target: Path) -> bool:
        """Many servers have no stills, and some send the video whatever they are asked for."""
        line = await self._line.get()
        try:
            answer = await line.download(url, target, is_image)
        except WrongKindError:
            return False
        if answer is None:
            return True
        if answer.is_ok or answer.status in CANNOT_TELL:
            return False
        raise no_answer(answer, self.host, KEY)

    def _content(self, remote_id: str, asset: Asset | None = None) -> str:
        """The address of a file. The video is the default; some servers refuse to be asked for it by name."""
        query = f"?variant={asset}" if asset else ""
        return f"{self._host.base_url.rstrip('/')}/videos/{quote(remote_id, safe='')}/content{query}"

    async def _ask(self, call: Call) -> Answer:
        """A request that costs nothing. Raises Unavailable when it is not answered."""
        line = await self._line.get()
        try:
            return await line.ask(call, self._patience.look)
        except (NotSentError, LostError) as error:
            raise Unavailable(f"{self.host} does not answer ({error}).") from error


def open_line(host: Host, patience: Patience) -> Line:
    from bot.providers.openai_line import SdkLine  # noqa: PLC0415 - 0.8 s, which the bot's start should not wait for

    return SdkLine(host, patience)
