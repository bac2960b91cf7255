"""Gemini Omni over Google's Interactions API: a video is an interaction, and a remix the next turn of its conversation.

Google keeps the film for 48 hours and the conversation, which remixes need, for 55 days. It has no list of
interactions, no key against sending twice and no progress; an answer that was lost cannot be looked up.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import quote

from bot.domain.errors import CannotStart, Gone, Unavailable
from bot.domain.models import ModelCard
from bot.domain.provider import Asset, Broken, Listed, Look, Order, Waiting
from bot.domain.video import Rung
from bot.providers.answers import Answer
from bot.providers.asking import a_film, free, paid, taken, text_id, thing_in
from bot.providers.gemini_orders import CAN, body_of
from bot.providers.gemini_refusals import KEY, account_trouble, knows_no_such, no_answer, no_video
from bot.providers.gemini_status import Interaction, films, has_lapsed, place, standing
from bot.providers.host import Host
from bot.providers.line import OnFirstUse, Patience, is_video, open_json_line

REVISION = {"Api-Revision": "2026-05-20"}  # answers in `steps`, whatever Google's default becomes
PATIENT = Patience(look=120.0)  # seconds: the answer to a look may hold the whole film
NOT_FOUND = frozenset({403, 404, 410})  # a file that is gone: 403 "… or it may not exist"
CANNOT_TELL = frozenset({400, 403, 404, 405, 409, 410, 501})
WRONG_ADDRESS = "Check GEMINI_BASE_URL; it mostly ends in /v1beta."
MOST_PAGES = 10  # of the list of models


class GeminiOmni:
    """Provider for Google's own host, or one that passes its API on. Making one costs nothing."""

    name = "gemini"

    def __init__(self, host: Host, patience: Patience | None = None) -> None:
        """Raises CannotStart for an address or a key that cannot be one. The key goes into Google's own header."""
        host.check("GEMINI", "https://generativelanguage.googleapis.com/v1beta")
        self._host = replace(host, key_header="x-goog-api-key")
        self._patience = patience or PATIENT
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
        names: list[str] = []
        page = ""
        for _ in range(MOST_PAGES):
            answer = await self._ask("GET", f"/models?pageSize=1000{page}")
            if trouble := account_trouble(answer, self.host):
                raise trouble
            match answer.body:
                case {"models": [*models], **rest} if answer.is_ok:
                    names += [name for model in models if (name := _name_of(model))]
                case _:
                    return None
            token = rest.get("nextPageToken")
            if not isinstance(token, str) or not token:
                return names
            page = f"&pageToken={quote(token, safe='')}"
        return None

    async def check(self) -> None:
        """List one model, which is free. Raises CannotStart when there is no such API at the address."""
        answer = await self._ask("GET", "/models?pageSize=1")
        if trouble := account_trouble(answer, self.host):
            raise trouble
        if answer.is_ok and answer.body is None:
            raise CannotStart(f"{self._host.base_url} answers with a page, not with an API. {WRONG_ADDRESS}")
        if answer.status == 404 and await self._has_no_interactions():
            raise CannotStart(f"There is no Gemini API at {self._host.base_url} (404). {WRONG_ADDRESS}")
        if not answer.is_ok and answer.status not in CANNOT_TELL:
            raise Unavailable(f"{self.host} could not answer ({answer.status}).", answer.retry_after)

    async def _has_no_interactions(self) -> bool:
        """Asked of a host without models. Where there are interactions, one that is not is answered with 400."""
        return (await self._ask("GET", "/interactions/none")).status == 404

    async def submit(self, order: Order) -> str:
        body = body_of(order)
        line = await self._line.get()
        sending = line.ask("POST", "/interactions", self._patience.submit, body=body, headers=REVISION)
        answer = await paid(self.host, sending)
        if not answer.is_ok:
            raise no_video(answer, self.host, order.rung)
        return taken(self.host, answer, text_id(answer))

    async def look(self, remote_id: str) -> Look:
        answer, interaction = await self._read(remote_id)
        return standing(interaction, answer.retry_after)

    async def fetch(self, remote_id: str, asset: Asset, target: Path) -> bool:
        """Google makes no stills."""
        if asset is not Asset.VIDEO:
            return False
        answer, interaction = await self._read(remote_id)
        match standing(interaction):
            case Broken(reason=reason):
                raise Gone(reason)
            case Waiting():
                raise Unavailable(f"{self.host} is not done with this video after all.", answer.retry_after)
            case _:
                await self._bring(interaction, answer, target)
                return True

    async def _bring(self, interaction: Interaction, answer: Answer, target: Path) -> None:
        """The film of a finished interaction, whichever way it comes. Raises as `fetch`."""
        refusal: Answer | None = None
        for film in films(interaction):
            if film.data:
                await asyncio.to_thread(self._unpack, film.data, target)
                return
            refusal = await self._download(place(film.uri, self._host), target)
            if refusal is None:
                return
            if trouble := account_trouble(refusal, self.host):
                raise trouble
        if refusal is not None and refusal.status in NOT_FOUND and has_lapsed(interaction, answer):
            raise Gone(f"{self.host} keeps videos for 48 hours and no longer has the file of this one.")
        status = f" ({refusal.status})" if refusal else ""
        wait = refusal.retry_after if refusal else None
        raise Unavailable(f"{self.host} does not hand out the finished file{status}.", wait)

    def _unpack(self, data: str, target: Path) -> None:
        """Write a film that came in base64. Raises Unavailable."""
        if len(data) > self._patience.most_bytes * 4 // 3:
            raise Unavailable("The file is larger than is taken, so it was not taken.")
        try:
            film = base64.b64decode(data, validate=True)
        except (ValueError, binascii.Error):
            raise Unavailable(f"{self.host} sent a file that cannot be read.") from None
        if not is_video(film):
            raise Unavailable(f"{self.host} sent something that is not a video.")
        try:
            target.write_bytes(film)
        except OSError as error:
            raise Unavailable(f"The file could not be written to disk: {error.strerror}.") from error

    async def _download(self, url: str, target: Path) -> Answer | None:
        line = await self._line.get()
        return await a_film(self.host, line.download(url, target, is_video))

    async def cancel(self, remote_id: str) -> bool:
        answer = await self._ask("POST", f"{_path(remote_id)}/cancel")
        if not answer.is_ok and answer.status not in CANNOT_TELL:
            raise no_answer(answer, self.host)
        shown = thing_in(answer)
        return shown is not None and str(shown["status"]).lower() == "cancelled"

    async def forget(self, remote_id: str) -> bool:
        """Documented, and answered with 501 for keys of AI Studio (googleapis/python-genai issue 2803): then False."""
        answer = await self._ask("DELETE", _path(remote_id))
        if answer.is_ok:
            return True
        if answer.status not in CANNOT_TELL:
            raise no_answer(answer, self.host)
        if answer.status in {400, 404, 410}:  # no such interaction, or no such route
            again = await self._ask("GET", _path(remote_id))
            return again.status in {404, 410} or knows_no_such(again)
        return False

    async def recent(self, since: datetime) -> Sequence[Listed] | None:  # noqa: ARG002 (there is no list)
        return None

    async def close(self) -> None:
        await self._line.close()

    async def _read(self, remote_id: str) -> tuple[Answer, Interaction]:
        answer = await self._ask("GET", _path(remote_id))
        interaction = thing_in(answer)
        if interaction is None:
            raise no_answer(answer, self.host)
        return answer, interaction

    async def _ask(self, method: str, path: str) -> Answer:
        """A request that costs nothing. Raises Unavailable when it is not answered."""
        line = await self._line.get()
        return await free(self.host, line.ask(method, path, self._patience.look, headers=REVISION))


def _path(remote_id: str) -> str:
    return f"/interactions/{quote(remote_id, safe='')}"


def _name_of(model: object) -> str:
    match model:
        case {"name": str(name)}:
            return name.removeprefix("models/")
        case _:
            return ""
