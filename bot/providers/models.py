"""Models of a service that make no videos, but judge prompts or help to write them. Loaded like the dialects."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from bot.domain.accounts import Account
from bot.domain.moderation.model import ModelFinding
from bot.domain.prompting.helper import HelperAnswer, HelperQuestion
from bot.providers.common.endpoint import Endpoint
from bot.providers.dialects import DIALECTS, imported

MODERATION = "bot.providers.openai.moderation:OpenAIModeration"
CHAT = "bot.providers.openai.chat:OpenAIChat"


class _OnFirstUse:
    """A model of a service, whose library is loaded outside the event loop on first use."""

    def __init__(self, place: str, account: Account, model: str) -> None:
        """Raises CannotStart for an invalid address or key."""
        Endpoint(account).check(DIALECTS["openai"].example)
        self._place = place
        self._account = account
        self._model = model
        self._loading = asyncio.Lock()
        self._loaded: Any = None

    async def _it(self) -> Any:
        async with self._loading:
            if self._loaded is None:
                self._loaded = (await asyncio.to_thread(imported, self._place))(self._account, self._model)
            return self._loaded

    async def close(self) -> None:
        if self._loaded is not None:
            await self._loaded.close()


class ModerationOnFirstUse(_OnFirstUse):
    """The ModerationModel."""

    def __init__(self, account: Account, model: str) -> None:
        super().__init__(MODERATION, account, model)

    async def findings(self, text: str, picture: bytes | None) -> Mapping[str, ModelFinding]:
        found: Mapping[str, ModelFinding] = await (await self._it()).findings(text, picture)
        return found


class HelperOnFirstUse(_OnFirstUse):
    """The PromptHelper."""

    def __init__(self, account: Account, model: str) -> None:
        super().__init__(CHAT, account, model)

    async def ask(self, question: HelperQuestion) -> HelperAnswer:
        answer: HelperAnswer = await (await self._it()).ask(question)
        return answer

    async def models(self) -> tuple[str, ...]:
        found: tuple[str, ...] = await (await self._it()).models()
        return found
