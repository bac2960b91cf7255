"""An HTTP answer, whichever library delivered it, and the two ways in which there can be none."""

from __future__ import annotations

import ast
import asyncio
import json
import math
import re
from collections.abc import AsyncIterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from bot.data_classes import value_object
from bot.providers.common.foreign_words import redacted, unquoted, without_prompt, without_secrets

BOM = "\ufeff"
STATUS = re.compile(r"[1-5]\d\d")
QUICK_TO_PARSE = 256 * 1024  # bytes; parsing more would hold up the event loop for milliseconds
LONGEST_LITERAL = 2000  # characters that may be parsed as a Python literal
LONGEST_TEXT = 256 * 1024  # characters that are kept; a longer text is a file, or meant to waste our time
MOST_FAULTS = 100  # entries of a list that are read
MOST_LOOKED_AT = 8000  # characters of an error's message and of its code
LONGEST_MESSAGE = 300  # characters of a host's own message that people are shown


class NotSentError(Exception):
    """The request provably did not reach the host: no address, no connection, no agreement on encryption."""


class LostError(Exception):
    """The request was sent, or may have been, and no complete answer came back."""


@value_object(kw_only=False)
class ApiError:
    """What a host says went wrong; both are empty if it says nothing."""

    code: str
    message: str

    @property
    def words(self) -> str:
        """Code and message, for searching; quotations are left out, as they may be a member's prompt."""
        return f"{self.code[:MOST_LOOKED_AT]} {unquoted(self.message[:MOST_LOOKED_AT])}".lower()

    @property
    def said(self) -> str:
        """The message for people: one line, not too long, without keys and signatures of addresses."""
        line = redacted("".join(filter(str.isprintable, " ".join(self.message[:MOST_LOOKED_AT].split()))))
        line = line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1].rstrip() + "…"
        return line.rstrip(". ")


@value_object
class Response:
    """A complete answer. `headers` have names in lower case; `body` is its JSON, or None if it is not JSON.

    `text`: as it was sent; only the beginning if it is long.
    """

    status: int
    headers: Mapping[str, str]
    text: str
    body: object = None

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str], text: str, *secrets: str) -> Response:
        """`secrets` are ours: a host may repeat them, and its messages are stored and shown."""
        text = text.removeprefix(BOM)
        is_repeated = any(secret in text for secret in secrets if secret)
        try:
            body = json.loads(text)
            body = without_secrets(body, secrets) if is_repeated else body
        except (ValueError, RecursionError):
            body = None
        text = str(without_secrets(text[:LONGEST_TEXT], secrets))
        return cls(status=status, headers={k.lower(): v for k, v in headers.items()}, text=text, body=body)

    def without(self, prompt: str) -> Response:
        """The same answer without the prompt that it repeats: a member's words must not count as the host's."""
        is_long = len(self.text) >= LONGEST_TEXT
        try:
            body = None if is_long else without_prompt(self.body, prompt)
        except RecursionError:
            body = None
        return replace(self, body=body, text=str(without_prompt(self.text, prompt)))

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def api_error(self) -> ApiError:
        """What it says went wrong. An HTML page tells people nothing."""
        says_plainly = self.body is None and "<" not in self.text
        return ApiError("", self.text) if says_plainly else api_error_in(self.body)

    @property
    def retry_after(self) -> float | None:
        """Seconds the host asks us to wait, from any of the headers in use or from the body, or None.

        A date counts by the host's clock, or by ours if the host does not give its time.
        """
        return next((wait for wait in self._waits() if wait is not None), None)

    def _waits(self) -> Iterator[float | None]:
        """Generated lazily: hardly any answer has one, and parsing a date takes a while."""
        yield _number(self.headers.get("retry-after-ms"), 1000)
        yield _number(self.headers.get("retry-after"), 1)
        if then := http_date(self.headers.get("retry-after")):
            now = http_date(self.headers.get("date")) or datetime.now(UTC)
            yield max(0.0, (then - now).total_seconds())
        yield _number(self.headers.get("llm_provider-retry-after"), 1)  # LiteLLM passes on its upstream's like this
        yield _number(_hint_in(self.body), 1)

    @property
    def poll_after(self) -> float | None:
        """Seconds until the host wants to be polled again."""
        return _number(self.headers.get("openai-poll-after-ms"), 1000) or self.retry_after


async def read_body(chunks: AsyncIterable[bytes], most: int) -> bytes:
    """All of it, decompressed. Raises LostError above `most` bytes: a small answer may expand to gigabytes."""
    parts, size = list[bytes](), 0
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise LostError(f"an answer of more than {most // 1024**2:,} MiB")
        parts.append(chunk)
    return b"".join(parts)


async def response_of(status: int, headers: Mapping[str, str], body: bytes, *secrets: str) -> Response:
    """Like `Response.of`; a large body is parsed outside the event loop."""
    if len(body) <= QUICK_TO_PARSE:
        return Response.of(status, headers, body.decode(errors="replace"), *secrets)
    return await asyncio.to_thread(lambda: Response.of(status, headers, body.decode(errors="replace"), *secrets))


def api_error_in(body: object) -> ApiError:
    """Code and message, wherever servers put them.

    OpenAI `{"error": {"code", "message"}}`, New-API and xAI `{"code", "message" | "error"}`, FastAPI `{"detail": …}`
    with a text, an object or a list of `{"loc", "msg"}`; codes may be numbers.
    """
    match body:
        case str():
            return ApiError("", body)
        case {"error": dict() as inner} | {"detail": dict() as inner}:
            return api_error_in(inner)
        case {"detail": [*faults]}:
            return ApiError("", "; ".join(filter(None, map(_fault, faults[:MOST_FAULTS]))))
        case {"message": str(message)} | {"error": str(message)} | {"detail": str(message)}:
            return _passed_on(message) or ApiError(_code(body), message)
        case _:
            return ApiError(_code(body), "")


def _passed_on(message: str) -> ApiError | None:
    """What was said by a service behind a gateway.

    LiteLLM says "litellm.BadRequestError: … - {JSON}. Received …", and for its own errors "{'error': '…'}", as Python
    writes it.
    """
    start = message.find("{")
    is_python = start == 0 and len(message) <= LONGEST_LITERAL
    if start < 0 or not (is_python or message.startswith("litellm.")):
        return None
    try:
        upstream = ast.literal_eval(message) if is_python else json.JSONDecoder().raw_decode(message, start)[0]
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    api_error = api_error_in(upstream)
    return api_error if api_error.message else None


def _code(body: object) -> str:
    """The code; if that only repeats the HTTP status, as with LiteLLM, the type of the error."""
    given = [body.get("code"), body.get("type")] if isinstance(body, dict) else []
    codes = [str(code) for code in given if code and isinstance(code, str | int) and code != "None"]
    return next((code for code in codes if not STATUS.fullmatch(code)), codes[0] if codes else "")


def _fault(fault: object) -> str:
    match fault:
        case {"loc": [*_, place], "msg": str(message)}:
            return f"{place}: {message}"
        case {"msg": str(message)}:
            return message
        case _:
            return ""


def _hint_in(body: object) -> str | None:
    """Replicate puts the waiting time beside its `detail`, others beside their error's message."""
    match body:
        case {"retry_after": int() | float() | str() as seconds} | {
            "error": {"retry_after": int() | float() | str() as seconds}
        }:
            return str(seconds)
        case _:
            return None


def _number(text: str | None, parts: int) -> float | None:
    """A waiting time in seconds, from a number in the given fraction of a second; None for anything else."""
    if not text:
        return None
    try:
        seconds = float(text) / parts
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def http_date(text: str | None) -> datetime | None:
    """A date in HTTP's format; None if it is none."""
    if not text:
        return None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else None
