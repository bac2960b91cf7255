"""A chat model behind `POST /chat/completions`, OpenAI's or any compatible server's."""

from __future__ import annotations

from typing import Any

from bot.domain.accounts import Account
from bot.domain.errors import AccountTrouble, OutcomeUnknown, ProviderError
from bot.domain.messages import Foreign, joined, msg, value
from bot.domain.prompting.helper import HelperAnswer, HelperQuestion, Tokens
from bot.domain.texts.files import storable
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.errors import account_trouble, could_not_answer, is_not_served, no_video
from bot.providers.common.outcome import send_free, send_paid
from bot.providers.common.response import Response
from bot.providers.common.timeouts import Timeouts
from bot.providers.openai.moderation import as_data
from bot.providers.openai.requests import ONCE
from bot.providers.openai.sdk import SdkTransport

LONGEST = 90.0  # seconds; somebody is waiting, but a model that thinks takes its time
MOST_TOKENS = 10**7  # read or written for one question; beyond that a count is nonsense
NOT_THERE = frozenset({403, 404, 405})
NEWER, OLDER = "max_completion_tokens", "max_tokens"  # the fields that limit the length of an answer


class OpenAIChat:
    """The PromptHelper. `model` is the server's name for it."""

    def __init__(self, account: Account, model: str, seconds: float = LONGEST) -> None:
        self._endpoint = Endpoint(account)
        self._transport = SdkTransport(self._endpoint, Timeouts())
        self._model = model
        self._seconds = seconds
        self._bound = NEWER

    async def ask(self, question: HelperQuestion) -> HelperAnswer:
        response = await self._send(question)
        if self._is_bound_unknown(response.without(question.words)):  # a definite refusal of a field: nothing was made,
            self._bound = OLDER  # and older servers take the other one
            response = await self._send(question)
        if not response.is_ok:  # a text that it quotes is the member's; an answer is supposed to repeat it
            raise self._no_answer(response.without(question.words))
        return read_answer(response)

    def _no_answer(self, response: Response) -> ProviderError:
        """A different prompt would not help if the model or the address does not exist, or the key may not use it."""
        if response.status in NOT_THERE or is_not_served(response):
            no = msg("{service} doesn't offer this model here.", service=self._endpoint.label)
            said = response.api_error.said
            return AccountTrouble(joined(no, value(Foreign(said)) if said else None))
        return no_video(response, self._endpoint, None)

    async def _send(self, question: HelperQuestion) -> Response:
        asked: dict[str, Any] = {
            "model": self._model,
            "messages": _messages(question),
            self._bound: question.most_tokens.written,
            "extra_headers": ONCE,
        }
        answering = self._transport.ask(
            lambda client: client.chat.completions.with_raw_response.create(**asked), self._seconds
        )
        return await send_paid(self._endpoint.label, answering)

    def _is_bound_unknown(self, response: Response) -> bool:
        is_refused = response.status in {400, 422} and self._bound is NEWER
        return is_refused and NEWER in response.api_error.message

    async def models(self) -> tuple[str, ...]:
        listing = self._transport.ask(lambda client: client.models.with_raw_response.list(), self._seconds)
        response = await send_free(self._endpoint.label, listing)
        if trouble := account_trouble(response, self._endpoint):
            raise trouble
        match response.body:
            case {"data": [*models]} if response.is_ok:
                return tuple(str(model["id"]) for model in models if isinstance(model, dict) and "id" in model)
            case _:
                raise could_not_answer(response, self._endpoint)

    async def close(self) -> None:
        await self._transport.close()


def _messages(question: HelperQuestion) -> list[dict[str, Any]]:
    words: str | list[dict[str, Any]] = question.words
    if question.picture is not None:
        shown = {"type": "image_url", "image_url": {"url": as_data(question.picture), "detail": "low"}}
        words = [{"type": "text", "text": question.words}, shown]
    return [{"role": "system", "content": question.instructions}, {"role": "user", "content": words}]


def read_answer(response: Response) -> HelperAnswer:
    """Raises OutcomeUnknown for an unusable answer: the question was accepted, and may be charged."""
    match response.body:
        case {"choices": [{"message": {"content": str(text)}}, *_]}:
            return HelperAnswer(text=storable(text), tokens=_tokens(response.body))
        case {"choices": [{"message": {}}, *_]}:  # it refused, or used up the limit for thinking
            return HelperAnswer(text="", tokens=_tokens(response.body))
        case _:
            raise OutcomeUnknown(msg("The answer can't be read."))


def _tokens(body: object) -> Tokens | None:
    match body:
        case {"usage": {"prompt_tokens": int(read), "completion_tokens": int(written)}}:
            is_possible = 0 <= read <= MOST_TOKENS and 0 <= written <= MOST_TOKENS
            return Tokens(read=read, written=written) if is_possible else None
        case _:
            return None
