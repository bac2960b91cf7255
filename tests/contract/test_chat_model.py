"""The prompt helper, called like OpenAI's chat models: what is sent, and which answers cost nothing."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.doctor.other_models import prompt_helper
from bot.doctor.report import Level
from bot.domain.errors import AccountTrouble, CannotStart, KinoraError, OutcomeUnknown, Refused, Unavailable
from bot.domain.prompting.helper import MOST_ANSWERED, Tokens
from bot.domain.prompting.instructions import DESCRIBE, DESCRIBE_THIS, IMPROVE, to_describe, to_improve
from bot.providers.models import HelperOnFirstUse
from bot.providers.openai.chat import OpenAIChat
from bot.sandbox.chat import MODEL, MOUNT, TOKENS, ChatHost
from bot.sandbox.video.service import SANDBOX_KEY
from tests.builders import an_account

PNG = b"\x89PNG a small picture"
COUNTED = Tokens(read=TOKENS["prompt_tokens"], written=TOKENS["completion_tokens"])
Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Service:
    host: ChatHost
    url: str

    def helper(self, key: str = SANDBOX_KEY, model: str = MODEL) -> OpenAIChat:
        return OpenAIChat(an_account(key=key, base_url=self.url), model, seconds=2.0)


@asynccontextmanager
async def a_service() -> AsyncIterator[Service]:
    host, application = ChatHost(), web.Application()
    application.add_subapp(MOUNT, host.application())
    async with TestServer(application) as server:
        yield Service(host, str(server.make_url(f"{MOUNT}/v1")))


@asynccontextmanager
async def answering(answer: Answering) -> AsyncIterator[OpenAIChat]:
    application = web.Application()
    application.add_routes([web.post("/v1/chat/completions", answer)])
    async with TestServer(application) as server:
        helper = OpenAIChat(an_account(base_url=str(server.make_url("/v1"))), MODEL, seconds=2.0)
        yield helper
        await helper.close()


async def test_an_idea_is_sent_with_a_bound_and_its_answer_comes_with_what_was_counted() -> None:
    async with a_service() as service:
        helper = HelperOnFirstUse(an_account(key=SANDBOX_KEY, base_url=service.url), MODEL)
        answer = await helper.ask(to_improve("a fox"))
        assert await helper.models() == (MODEL,)
        await helper.close()
    (asked,) = service.host.asked
    assert asked == {
        "model": MODEL,
        "messages": [{"role": "system", "content": IMPROVE}, {"role": "user", "content": "a fox"}],
        "max_completion_tokens": MOST_ANSWERED,
    }
    assert (answer.text[:6], answer.tokens) == ("a fox,", COUNTED)


async def test_an_answer_may_repeat_all_of_the_idea() -> None:
    idea = "a very long idea about a fox who walks through the snow"
    async with a_service() as service:
        helper = service.helper()
        assert (await helper.ask(to_improve(idea))).text.startswith(f"{idea}, slow dolly in")
        await helper.close()


async def test_an_image_is_sent_within_the_request() -> None:
    async with a_service() as service:
        helper = service.helper()
        assert (await helper.ask(to_describe(PNG))).text.startswith("A still scene")
        await helper.close()
    system, user = service.host.asked[0]["messages"]
    assert system["content"] == DESCRIBE
    url = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
    shown = {"type": "image_url", "image_url": {"url": url, "detail": "low"}}
    assert user["content"] == [{"type": "text", "text": DESCRIBE_THIS}, shown]


@pytest.mark.parametrize(
    ("idea", "down", "error"),
    [
        ("[refused] x", None, Refused),
        ("[broken] x", None, OutcomeUnknown),
        ("x", 503, OutcomeUnknown),
        ("x", 429, Unavailable),
        ("x", 402, AccountTrouble),
    ],
)
async def test_only_a_definite_no_is_free(idea: str, down: int | None, error: type[KinoraError]) -> None:
    async with a_service() as service:
        service.host.down, helper = down, service.helper()
        with pytest.raises(error):
            await helper.ask(to_improve(idea))
        await helper.close()


async def test_a_wrong_key_and_an_address_where_nobody_is_cost_nothing() -> None:
    async with a_service() as service:
        helper = service.helper(key="another-key")
        for asking in (helper.ask(to_improve("x")), helper.models()):
            with pytest.raises(AccountTrouble, match="rejected the key"):
                await asking
        await helper.close()
    async with a_service() as service:
        helper = service.helper(model="gpt-9")
        with pytest.raises(AccountTrouble, match=r"doesn't offer this model here\. The model `gpt-9` does not exist"):
            await helper.ask(to_improve("x"))
        await helper.close()
    with pytest.raises(Unavailable):
        await service.helper().ask(to_improve("x"))
    with pytest.raises(CannotStart, match=r"isn't an address"):
        HelperOnFirstUse(an_account(base_url="nowhere"), MODEL)


@pytest.mark.parametrize(
    "body",
    [{}, {"choices": []}, {"choices": [{"text": "a fox"}]}, [], "a fox"],
    ids=["{}", "none", "older", "[]", "text"],
)
async def test_an_answer_that_is_none_may_have_been_charged(body: object) -> None:
    async def odd(_request: web.Request) -> web.Response:
        return web.json_response(body)

    async with answering(odd) as helper:
        with pytest.raises(OutcomeUnknown):
            await helper.ask(to_improve("x"))


@pytest.mark.parametrize("count", [10**30, 10**8, -1, 2.5, None, "many"])
async def test_a_count_that_no_question_takes_is_none(count: object) -> None:
    """The books could not hold some of them; what is set aside for the question counts then."""

    async def odd(_request: web.Request) -> web.Response:
        usage = {"prompt_tokens": 9, "completion_tokens": count}
        return web.json_response({"choices": [{"message": {"content": "a fox"}}], "usage": usage})

    async with answering(odd) as helper:
        answer = await helper.ask(to_improve("x"))
    assert (answer.text, answer.tokens) == ("a fox", None)


async def test_a_model_that_says_nothing_is_charged_by_what_it_counted() -> None:
    async def silent(_request: web.Request) -> web.Response:
        choice = {"message": {"role": "assistant", "content": None, "refusal": "No."}, "finish_reason": "length"}
        return web.json_response({"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 2000}})

    async with answering(silent) as helper:
        answer = await helper.ask(to_improve("x"))
    assert (answer.text, answer.tokens) == ("", Tokens(read=9, written=2000))


async def test_what_no_database_takes_is_left_out_of_an_answer() -> None:
    async def odd(_request: web.Request) -> web.Response:
        return web.json_response({"choices": [{"message": {"content": "a\x00 fox \ud83c"}}]})

    async with answering(odd) as helper:
        assert (await helper.ask(to_improve("x"))).text == "a fox ?"


async def test_an_idea_about_a_field_says_nothing_about_the_server() -> None:
    asked: list[set[str]] = []

    async def strict(request: web.Request) -> web.Response:
        asked.append(set(await request.json()) - {"model", "messages"})
        idea = (await request.json())["messages"][1]["content"]
        return web.json_response({"error": {"message": f"Invalid request: '{idea}'"}}, status=400)

    async with answering(strict) as helper:
        for idea in ("a poem on max_completion_tokens", "a fox"):
            with pytest.raises(Refused):
                await helper.ask(to_improve(idea))
    assert asked == [{"max_completion_tokens"}] * 2


async def test_an_older_server_is_given_the_bound_by_its_older_name_from_then_on() -> None:
    asked: list[set[str]] = []

    async def older(request: web.Request) -> web.Response:
        fields = set(await request.json())
        asked.append(fields - {"model", "messages"})
        if "max_tokens" not in fields:
            error = {"message": "Unrecognized request argument supplied: max_completion_tokens"}
            return web.json_response({"error": error}, status=400)
        return web.json_response({"choices": [{"message": {"content": "a hound"}}]})

    async with answering(older) as helper:
        answers = [await helper.ask(to_improve("a fox")) for _ in range(2)]
    assert asked == [{"max_completion_tokens"}, {"max_tokens"}, {"max_tokens"}]
    assert [(answer.text, answer.tokens) for answer in answers] == [("a hound", None)] * 2


async def test_the_doctor_asks_which_models_there_are_and_nothing_that_costs() -> None:
    async with a_service() as service:
        helper, stranger = service.helper(), service.helper(key="another-key")
        there, other, refused = [
            (await prompt_helper(asked, model))[0]
            for asked, model in ((helper, MODEL), (helper, "gpt-9"), (stranger, MODEL))
        ]
        await helper.close()
        await stranger.close()
    assert service.host.asked == []
    assert [each.level for each in (there, other, refused)] == [Level.FINE, Level.WARNING, Level.FAILURE]
    assert "doesn't list gpt-9; it lists simulated-writer" in other.words
