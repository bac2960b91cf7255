"""Answers of a host are interpreted by their codes first; a quoted prompt counts only as the member's words."""

from __future__ import annotations

import json

import pytest

from bot.domain.errors import AccountTrouble, Refused, Unavailable
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Ready, Waiting
from bot.providers.common.response import ApiError
from bot.sandbox.video.trouble import Operation, Say
from tests.contract.conformance import SUBJECTS, Subject

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API is scheduled:DeprecationWarning")
every_dialect = pytest.mark.parametrize("subject", SUBJECTS, ids=str)

PROMPT = "a neon sign that's saying: BILLING HARD LIMIT reached, insufficient quota, no connected db, model not found"


CRASHED = {"code": "server_error", "message": 'Out of memory at "a moderation sign"'}


def error(code: object, message: str) -> dict[str, object]:
    """In most hosts' format; Google's front end gives the code as a number, with a name beside it."""
    return {"error": {"code": code, "message": message, "status": "INVALID_ARGUMENT"}}


@every_dialect
@pytest.mark.parametrize(
    "message",
    [
        f'Invalid value for "prompt": "{PROMPT}"',
        f"Invalid prompt '{PROMPT}'",
        f"Invalid prompt: {PROMPT}",
        f"The prompt “{PROMPT}” is too long",
        f"Invalid input {json.dumps({'prompt': PROMPT})}",
        f"Invalid prompt: {PROMPT[:60]}… (cut)",
    ],
    ids=["double", "single", "bare", "curly", "json", "cut"],
)
async def test_a_quoted_prompt_pauses_no_account(subject: Subject, message: str) -> None:
    async with subject.open() as service:
        service.host.trouble.next(Operation.CREATE, Say(status=400, body=error("invalid_value", message)))
        with pytest.raises(Refused, match="rejected this order") as caught:
            await service.provider.submit(subject.order(PROMPT))
    assert caught.value.cause is Cause.INVALID


@every_dialect
async def test_a_code_counts_more_than_words(subject: Subject) -> None:
    said = error("content_policy_violation", "You exceeded your current quota of bad words")
    async with subject.open() as service:
        service.host.trouble.next(Operation.CREATE, Say(status=400, body=said))
        with pytest.raises(Refused) as caught:
            await service.provider.submit(subject.order())
    assert caught.value.cause is Cause.MODERATION


@pytest.mark.parametrize("subject", [each for each in SUBJECTS if each.name != "gemini"], ids=str)
async def test_words_still_count_where_there_is_no_code(subject: Subject) -> None:
    async with subject.open() as service:
        for message in ("Billing hard limit has been reached", "user 'ann' has insufficient quota"):
            service.host.trouble.next(Operation.CREATE, Say(status=400, body=error(None, message)))
            with pytest.raises(AccountTrouble):
                await service.provider.submit(subject.order())


@every_dialect
@pytest.mark.parametrize("state", ["failed", "error"])
async def test_a_render_that_failed_on_a_quoted_prompt_was_not_moderated(subject: Subject, state: str) -> None:
    shown = {"id": subject.remote_id, "status": state, "error": CRASHED}
    async with subject.open() as service:
        service.host.trouble.next(Operation.LOOK, Say(body=shown))
        seen = await service.provider.look(subject.remote_id)
    assert isinstance(seen, Broken)
    assert seen.cause is Cause.PROVIDER
    assert "Out of memory" in str(seen.reason)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("it didn't work, that's all", "it didn't work, that's all"),
        ("Model 'BILLING' not found", "model '…' not found"),
        ('a "b" c "d e" f', "a '…' c '…' f"),
        ("an 'open end", "an 'open end"),
        ("BadRequestError: 'code': 'moderation_blocked'", "badrequesterror: '…': 'moderation_blocked'"),
    ],
)
def test_what_is_quoted_is_passed_over_and_apostrophes_quote_nothing(message: str, words: str) -> None:
    assert ApiError("", message).words.strip() == words


# Our secrets in their texts


@every_dialect
async def test_a_key_that_a_host_echoes_is_never_said(subject: Subject) -> None:
    key = "a-very-own-key-of-ours"
    other = "sk-proj-abcdEFGH1234ijklMNOP5678"
    said = error("bad", f"Incorrect API key provided: {key}, or Bearer {other}; AIzaSyA1234567890abcdefghijklmnopqrstu")
    async with subject.open(key=key) as service:
        service.host.trouble.next(Operation.CREATE, Say(status=422, body=said))
        with pytest.raises((Refused, Unavailable)) as caught:
            await service.provider.submit(subject.order())
    for secret in (key, other, "AIzaSyA1234567890"):
        assert secret not in caught.value.sentence
        assert secret not in repr(caught.value.message)


@every_dialect
async def test_a_key_that_is_a_word_of_the_dialect_hides_nothing(subject: Subject) -> None:
    """A self-hosted server accepts any word."""
    async with subject.open(key="completed") as service:
        service.host.trouble.next(Operation.LOOK, Say(body={"id": subject.remote_id, "status": "completed"}))
        assert isinstance(await service.provider.look(subject.remote_id), Ready)


@every_dialect
@pytest.mark.parametrize("depth", [400, 900, 50_000])
async def test_an_error_that_is_nested_deeply_is_no_trouble(subject: Subject, depth: int) -> None:
    body = f'{{"error": {"[" * depth}"{PROMPT}"{"]" * depth}}}'
    async with subject.open() as service:
        service.host.trouble.next(Operation.CREATE, Say(status=422, body=body))
        with pytest.raises(Refused):
            await service.provider.submit(subject.order(PROMPT))


# Unknown statuses


@every_dialect
async def test_an_unknown_status_is_waited_for_until_it_comes_again_with_an_error(subject: Subject) -> None:
    odd = {"id": subject.remote_id, "status": "kaput", "error": CRASHED}
    async with subject.open() as service:
        service.host.trouble.next(Operation.LOOK, Say(body=odd | {"error": None}), Say(body=odd | {"status": "odd"}))
        service.host.trouble.next(Operation.LOOK, Say(body=odd), Say(body=odd))
        seen = [await service.provider.look(subject.remote_id) for _ in range(4)]
    assert [isinstance(look, Waiting) for look in seen] == [True, True, True, False]
    assert isinstance(seen[-1], Broken)
    assert "Out of memory" in str(seen[-1].reason)


@every_dialect
@pytest.mark.parametrize(
    ("state", "cause"),
    [
        ("Failure", Cause.PROVIDER),
        ("timed_out", Cause.PROVIDER),
        ("canceled", Cause.PROVIDER),
        ("deleted", Cause.PROVIDER),
        ("expired", Cause.EXPIRED),
        ("content_filtered", Cause.MODERATION),
    ],
)
async def test_other_words_for_an_end_end_it_at_once(subject: Subject, state: str, cause: Cause) -> None:
    async with subject.open() as service:
        service.host.trouble.next(Operation.LOOK, Say(body={"id": subject.remote_id, "status": state}))
        seen = await service.provider.look(subject.remote_id)
    assert isinstance(seen, Broken)
    assert seen.cause is cause


@every_dialect
async def test_another_word_for_done_is_done(subject: Subject) -> None:
    async with subject.open() as service:
        service.host.trouble.next(Operation.LOOK, Say(body={"id": subject.remote_id, "status": "succeeded"}))
        assert isinstance(await service.provider.look(subject.remote_id), Ready)


@every_dialect
@pytest.mark.parametrize("state", ["queued", "in_progress"])
async def test_a_known_status_counts_whatever_is_beside_it(subject: Subject, state: str) -> None:
    shown = {"id": subject.remote_id, "status": state, "error": CRASHED, "url": "/v.mp4"}
    async with subject.open() as service:
        service.host.trouble.next(Operation.LOOK, Say(body=shown), Say(body=shown))
        for _ in range(2):
            assert isinstance(await service.provider.look(subject.remote_id), Waiting)
