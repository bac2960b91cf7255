"""What came back over HTTP, whichever library brought it, and the two ways in which nothing came back."""

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
LONGEST_LITERAL = 2000  # characters that are worth reading as a literal of Python
LONGEST_TEXT = 256 * 1024  # characters that are kept; more is a file, or there to keep us busy
MOST_FAULTS = 100  # of a list that are read
MOST_LOOKED_AT = 8000  # characters of an error's words, and of its code
LONGEST_MESSAGE = 300  # characters of a host's own words that a person is shown


class NotSentError(Exception):
    """The request provably did not reach the host: no address, no connection, no agreement on encryption."""


class LostError(Exception):
    """The request was sent, or may have been, and no whole answer came back."""


@value_object(kw_only=False)
class ApiError:
    """What a host says went wrong; both empty when it says nothing."""

    code: str
    message: str

    @property
    def words(self) -> str:
        """Code and message, to search in; what the message quotes is left out, as it may be a member's prompt."""
        return f"{self.code[:MOST_LOOKED_AT]} {unquoted(self.message[:MOST_LOOKED_AT])}".lower()

    @property
    def said(self) -> str:
        """The message for people: one line, no longer than they read, without keys and signatures of addresses."""
        line = redacted("".join(filter(str.isprintable, " ".join(self.message[:MOST_LOOKED_AT].split()))))
        line = line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 1].rstrip() + "…"
        return line.rstrip(". ")


@value_object
class Response:
    """An answer in full. `headers` have names in lower case; `body` is its JSON, or None if it is none.

    `text`: as it was sent, of a long one the beginning.
    """

    status: int
    headers: Mapping[str, str]
    text: str
    body: object = None

    @classmethod
    def of(cls, status: int, headers: Mapping[str, str], text: str, *secrets: str) -> Response:
        """`secrets` are ours: a host may repeat them, and what it says is stored and shown."""
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
        """The same answer without the prompt that it repeats: no words of a member's count as the host's.

        No more than the text of a long one: looking through all of it would hold up everybody else.
        """
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
        """What it says went wrong. A page of HTML says nothing to people."""
        says_plainly = self.body is None and "<" not in self.text
        return ApiError("", self.text) if says_plainly else api_error_in(self.body)

    @property
    def retry_after(self) -> float | None:
        """Seconds the host asks us to wait, from any of the headers in use or from the body, or None.

        A date counts by the host's clock, or by ours where it does not say what time it has.
        """
        return next((wait for wait in self._waits() if wait is not None), None)

    def _waits(self) -> Iterator[float | None]:
        """One after the other: nearly no answer has any, and it takes a while to read a date."""
        yield _number(self.headers.get("retry-after-ms"), 1000)
        yield _number(self.headers.get("retry-after"), 1)
        if then := http_date(self.headers.get("retry-after")):
            now = http_date(self.headers.get("date")) or datetime.now(UTC)
            yield max(0.0, (then - now).total_seconds())
        yield _number(self.headers.get("llm_provider-retry-after"), 1)  # LiteLLM passes its upstream's on like this
        yield _number(_hint_in(self.body), 1)

    @property
    def poll_after(self) -> float | None:
        """Seconds until the host wants to be asked again."""
        return _number(self.headers.get("openai-poll-after-ms"), 1000) or self.retry_after


async def read_body(chunks: AsyncIterable[bytes], most: int) -> bytes:
    """All of it, unpacked. Raises LostError for more bytes than `most`: a small answer may unpack to gigabytes."""
    parts, size = list[bytes](), 0
    async for chunk in chunks:
        size += len(chunk)
        if size > most:
            raise LostError(f"an answer of more than {most // 1024**2:,} MiB")
        parts.append(chunk)
    return b"".join(parts)


async def response_of(status: int, headers: Mapping[str, str], body: bytes, *secrets: str) -> Response:
    """As `Response.of`; a large body is parsed off the event loop."""
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
    """What was said behind a gateway.

    LiteLLM says "litellm.BadRequestError: … - {JSON}. Received …", and of its own errors "{'error': '…'}", as Python
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
    """The code; where that only repeats the status of HTTP, as LiteLLM does, what kind of error it is."""
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
    """Replicate says how long to wait beside its `detail`, others beside their error's message."""
    match body:
        case {"retry_after": int() | float() | str() as seconds} | {
            "error": {"retry_after": int() | float() | str() as seconds}
        }:
            return str(seconds)
        case _:
            return None


def _number(text: str | None, parts: int) -> float | None:
    """A waiting time in seconds, given in so many parts of a second; None unless it is one."""
    if not text:
        return None
    try:
        seconds = float(text) / parts
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def http_date(text: str | None) -> datetime | None:
    """A date as HTTP writes it; None unless it is one."""
    if not text:
        return None
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else None
