"""Downloads a finished file from a host of the OpenAI dialect, in each way that servers offer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from urllib.parse import quote, urlencode

from bot.data_classes import value_object
from bot.domain.errors import Gone
from bot.domain.ports.provider import Asset, Broken, Waiting
from bot.network.drive import DRIVE
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.errors import account_trouble, no_answer
from bot.providers.common.file_kinds import WrongKindError, is_image, is_video
from bot.providers.common.outcome import download_video, file_gone, from_any, not_done, not_handed_out, unwritable
from bot.providers.common.response import Response
from bot.providers.openai.ids import Kept
from bot.providers.openai.status import Video, addresses, has_expired, inline_file, read_status, urls_in, video_in
from bot.providers.openai.transport import Transport

GONE = frozenset({404, 410})
NONE_THERE = frozenset({400, 403, 405, 422, 501}) | GONE  # no such still here
Retrieve = Callable[[str], Awaitable[Response]]


@value_object
class Files:
    """`retrieve` asks the host for a video's state, which may say where its file is."""

    endpoint: Endpoint
    transport: Transport
    retrieve: Retrieve

    async def video(self, remote_id: str, target: Path) -> bool:
        """Tries the route for it first, then the addresses that the answer or the video itself names."""
        response = await self._download(self._content(remote_id), target)
        if response is None:
            return True
        if trouble := account_trouble(response, self.endpoint):
            raise trouble
        if await self._from_elsewhere(response, await self._finished(remote_id), target):
            return True
        if has_expired(response):
            raise file_gone(self.endpoint.label)
        raise not_handed_out(self.endpoint.label, response)

    async def at(self, url: str, target: Path) -> bool:
        """A video that is identified by its file's address."""
        response = await self._download(url, target)
        if response is None:
            return True
        if response.status in GONE:
            raise file_gone(self.endpoint.label)
        raise not_handed_out(self.endpoint.label, response)

    async def still(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """Many servers have no stills, and some send the video whatever is requested."""
        try:
            response = await self.transport.download(self._content(remote_id, asset), target, is_image)
        except WrongKindError:
            return False
        if response is None:
            return True
        if response.is_ok or response.status in NONE_THERE:
            return False
        raise no_answer(response, self.endpoint)

    async def _finished(self, remote_id: str) -> Video:
        """The finished video. Gone if it no longer exists, Unavailable while it is not finished."""
        response = await self.retrieve(remote_id)
        video = video_in(response)
        if video is None:
            raise no_answer(response, self.endpoint)
        match read_status(video, response.poll_after, again=True):
            case Broken(reason=reason):
                raise Gone(reason)
            case Waiting(poll_after=hint):
                raise not_done(self.endpoint.label, hint)
            case _:
                return video

    async def _from_elsewhere(self, response: Response, video: Video, target: Path) -> bool:
        if await self._from_any([*urls_in(response), *addresses(video)], target):
            return True
        inside = inline_file(video)
        if inside is None or not is_video(inside[:12]):
            return False
        await DRIVE.run(_write, target, inside)
        return True

    async def _from_any(self, urls: Iterable[str], target: Path) -> bool:
        """Raises Unavailable and OutOfBounds like `from_any`."""
        found = [url for given in urls if (url := self.endpoint.resolved(given)) is not None]
        return await from_any(found, lambda url: self._download(url, target)) is None

    async def _download(self, url: str, target: Path) -> Response | None:
        return await download_video(self.endpoint.label, self.transport.download(url, target, is_video))

    def _content(self, remote_id: str, asset: Asset | None = None) -> str:
        """The address of a file. The video is the default; some servers refuse requests for it by name."""
        kept = Kept.of(remote_id)
        query = dict(kept.query) | ({"variant": str(asset)} if asset else {})
        address = f"{self.endpoint.base_url}/videos/{quote(kept.id, safe='')}/content"
        return f"{address}?{urlencode(query)}" if query else address


def _write(target: Path, data: bytes) -> None:
    try:
        target.write_bytes(data)
    except OSError as error:
        raise unwritable(error) from error
