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

from bot.domain.errors import (
    CannotStart,
    Gone,
    ProviderError,
    Refused,
    Unavailable,
)
from bot.domain.models import ModelCard
from bot.domain.provider import Asset, Broken, Listed, Look, Order, Waiting
from bot.domain.video import Rung
from bot.providers.answers import Answer
from bot.providers.asking import a_film, free, paid, taken, text_id, thing_in
from bot.providers.host import Host
from bot.providers.line import OnFirstUse, Patience, is_video, open_json_line
from bot.providers.openrouter_orders import CAN, body_of
from bot.providers.openrouter_status import (
    KEY,
    Video,
    account_trouble,
    addresses,
    names_no_model,
    no_answer,
    no_video,
    standing,
)
from bot.providers.outcomes import not_served

WRONG_ADDRESS = "Check OPENROUTER_BASE_URL; it mostly ends in /api/v1."
GONE = frozenset({404, 410})
CANNOT_TELL = frozenset({400, 403, 404, 405, 410, 501})  # a host that does not have this


class OpenRouterVideos:
    """Provider for OpenRouter, or a host that passes its API on. Making one costs nothing."""

    name = "openrouter"

    def __init__(self, host: Host, patience: Patience | None = None) -> None:
        """Raises CannotStart for an address or a key that cannot be one."""
        host.check("OPENROUTER", "https://openrouter.ai/api/v1")
        self._host = host
        self._patience = patience or Patience()
        self._line = OnFirstUse(partial(open_json_line, self._host, self._patience))

    @property
    def host(self) -> str:
        return self._host.name

    @property
    def setting(self) -> str:
        return KEY

    def ways(self, card: ModelCard) -> Sequence[Rung]:
        return tuple(rung for rung in card.remix if rung in CAN)

    async def served(self) -> Sequence[str] | None:
        answer = await self._ask("/videos/models")
        return None if (rows := _rows(answer)) is None else names_in(rows)

    async def menu(self) -> Sequence[object]:
        """The models with their abilities and prices, as the host lists them. Free, and asked without need of a key.

        Raises Unavailable.
        """
        answer = await self._ask("/videos/models")
        rows = _rows(answer)
        if rows is None:
            raise Unavailable(f"{self.host} does not list its models ({answer.status}).", answer.retry_after)
        return rows

    async def check(self) -> None:
        """Ask about the key itself, which is free; the list of models proves nothing, as everybody may read it.

        Raises CannotStart when there is no video service at the address.
        """
        answer = await self._ask("/key")
        if trouble := account_trouble(answer, self.host):
            raise trouble
        if answer.is_ok and answer.body is None:
            raise CannotStart(f"{self._host.base_url} answers with a page, not with an API. {WRONG_ADDRESS}")
        if answer.status in GONE and await self._has_no_videos():
            raise CannotStart(f"There is no video service at {self._host.base_url} (404). {WRONG_ADDRESS}")
        if not answer.is_ok and answer.status not in CANNOT_TELL:
            raise Unavailable(f"{self.host} could not answer ({answer.status}).", answer.retry_after)

    async def _has_no_videos(self) -> bool:
        return (await self._ask("/videos/models")).status in GONE

    async def submit(self, order: Order) -> str:
        body = body_of(order)
        line = await self._line.get()
        answer = await paid(self.host, line.ask("POST", "/videos", self._patience.submit, body=body))
        if not answer.is_ok:
            refusal = no_video(answer, self.host, order.rung)
            raise await self._named(order.card.remote) if names_no_model(refusal) else refusal
        return taken(self.host, answer, text_id(answer))

    async def _named(self, model: str) -> Refused:
        """The refusal of a model that is not served, with the names that come nearest."""
        try:
            served = await self.served()
        except ProviderError:
            served = None
        return not_served(self.host, model, served or [])

    async def look(self, remote_id: str) -> Look:
        answer, video = await self._read(remote_id)
        return standing(video, answer.retry_after)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """There are videos only, no stills."""
        if asset is not Asset.VIDEO:
            return False
        answer = await self._download(f"{self._place(remote_id)}/content?index=0", target)
        if answer is None:
            return True
        if trouble := account_trouble(answer, self.host):
            raise trouble
        for url in await self._other_places(remote_id):
            if await self._download(url, target) is None:
                return True
        if answer.status == 410:
            raise Gone(f"{self.host} no longer has the file of this video.")
        raise Unavailable(f"{self.host} does not hand out the finished file ({answer.status}).", answer.retry_after)

    async def cancel(self, remote_id: str) -> bool:  # noqa: ARG002 (the API has no cancel)
        return False

    async def forget(self, remote_id: str) -> bool:  # noqa: ARG002 (the API has no delete)
        return False

    async def recent(self, since: datetime) -> Sequence[Listed] | None:  # noqa: ARG002 (the API has no list)
        return None

    async def close(self) -> None:
        await self._line.close()

    async def _other_places(self, remote_id: str) -> Sequence[str]:
        """Addresses of the file in the video itself. Gone when it is none any more, Unavailable while it is not yet."""
        answer, video = await self._read(remote_id)
        match standing(video):
            case Broken(reason=reason):
                raise Gone(reason)
            case Waiting():
                raise Unavailable(f"{self.host} is not done with this video after all.", answer.retry_after)
            case _:
                return sorted(addresses(video, self._place(remote_id)), key=self._host.is_own, reverse=True)

    async def _read(self, remote_id: str) -> tuple[Answer, Video]:
        """A video as the host shows it. Raises Gone, AccountTrouble or Unavailable."""
        answer = await self._ask(f"/videos/{quote(remote_id, safe='')}")
        video = thing_in(answer)
        if video is None:
            raise no_answer(answer, self.host)
        return answer, video

    async def _download(self, url: str, target: Path) -> Answer | None:
        line = await self._line.get()
        return await a_film(self.host, line.download(url, target, is_video))

    def _place(self, remote_id: str) -> str:
        return f"{self._host.base_url.rstrip('/')}/videos/{quote(remote_id, safe='')}"

    async def _ask(self, path: str) -> Answer:
        """A request that costs nothing. Raises Unavailable when it is not answered."""
        line = await self._line.get()
        return await free(self.host, line.ask("GET", path, self._patience.look))


def _rows(answer: Answer) -> Sequence[object] | None:
    match answer.body:
        case {"data": [*rows]} if answer.is_ok:
            return rows
        case _:
            return None


def names_in(rows: Sequence[object]) -> list[str]:
    """The ids of listed models, as orders name them."""
    return [row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)]
