"""OpenAI's moderation model, or any server with a compatible `POST /moderations`: free, and makes nothing."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

from bot.domain.accounts import Account
from bot.domain.errors import Unavailable
from bot.domain.messages import Term, msg
from bot.domain.moderation.model import ModelFinding
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.response import LostError, NotSentError, Response
from bot.providers.common.timeouts import Timeouts
from bot.providers.openai.sdk import SdkTransport

LONGEST = 5.0  # seconds: somebody is waiting for the answer to their order


class OpenAIModeration:
    """The ModerationModel. `model` is the server's name for it."""

    def __init__(self, account: Account, model: str, seconds: float = LONGEST) -> None:
        self._transport = SdkTransport(Endpoint(account), Timeouts())
        self._model = model
        self._seconds = seconds

    async def findings(self, text: str, picture: bytes | None) -> Mapping[str, ModelFinding]:
        asked: list[Any] = [{"type": "text", "text": text}]
        if picture is not None:
            asked.append({"type": "image_url", "image_url": {"url": as_data(picture)}})
        try:
            response = await self._transport.ask(
                lambda client: client.moderations.with_raw_response.create(model=self._model, input=asked),
                self._seconds,
            )
        except (NotSentError, LostError) as lost:
            raise Unavailable(msg("no answer ({why})", why=Term(str(lost)))) from lost
        return read_findings(response)

    async def close(self) -> None:
        await self._transport.close()


def as_data(picture: bytes) -> str:
    kind = "png" if picture.startswith(b"\x89PNG") else "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"


def read_findings(response: Response) -> Mapping[str, ModelFinding]:
    """What the answer says about each category. Raises Unavailable for one without any findings."""
    match response.body:
        case {"results": [{"categories": dict() as categories, "category_scores": dict() as scores}, *_]} if (
            response.is_ok
        ):
            return {
                str(category): ModelFinding(flagged=flagged is True, score=_score(scores.get(category)))
                for category, flagged in categories.items()
            }
        case _:
            raise Unavailable(msg("an answer without findings ({status})", status=Term(str(response.status))))


def _score(value: object) -> float:
    """From 0 to 1. JSON also allows NaN and integers of any length."""
    return float(min(value, 1)) if isinstance(value, int | float) and value > 0 else 0.0
