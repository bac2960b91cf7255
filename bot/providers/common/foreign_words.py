"""Text from a host: what must not be kept of it, and what did not come from the host itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator

from bot.domain.texts.redaction import WEB_TOKEN

BLOT = "[secret]"
LEFT_OUT = "'…'"
SHORTEST_SECRET = 8  # characters; a self-hosted server accepts any word as its key, and "none" is no secret
SHORTEST_PROMPT = 8  # characters of a prompt that could be mistaken for the host's words
CUTS = (1000, 500, 300, 200, 100, 60, 40, 25)  # approximate lengths at which hosts truncate a quoted prompt

QUOTED = re.compile(
    r"\"[^\"]*\"|“[^”]*”|«[^»]*»|`[^`]*`"
    r"|(?<!\w)'(?:[^']|(?<=\w)'(?=\w))*'(?!\w)"  # an apostrophe within a word ends nothing
)
PAIRS = (("“", "”"), ("«", "»"))  # quotation marks that open and close differently
CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)+")  # as gateways put it in the middle of a sentence
KEY_SHAPES = re.compile(
    r"\b(?:sk|pk|rk|hf|gsk|xai|key|r8|nvapi)[-_][\w-]{12,}"
    r"|\bAIza[\w-]{20,}"
    r"|(?<=Bearer )[\w.~+/=-]{8,}"
    r"|(?<=Basic )[\w+/=]{12,}",
)
# Each as far as the next one begins: thousands in one word would be read from each to the end.
SIGNED_URL = re.compile(r"(https?://(?:(?!https?://)[^\s?\"'<>])+)\?[^\s\"'<>]+")


def redacted(text: str) -> str:
    """Without anything that looks like a key, and without the signatures of addresses."""
    return KEY_SHAPES.sub(BLOT, WEB_TOKEN.sub(rf"\1{BLOT}", SIGNED_URL.sub(r"\1", text)))


def without_secrets(value: object, secrets: Iterable[str]) -> object:
    """JSON, without these exact secrets in its sentences.

    Only in sentences: a self-hosted server accepts any word as its key, which may also be a status or a model's name.
    """
    known = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]

    def cleaned(text: str) -> str:
        for secret in known if " " in text else ():
            text = text.replace(secret, BLOT)
        return text

    return _changed(value, cleaned) if known else value


def unquoted(text: str) -> str:
    """Without quoted names or prompts; a quoted code stays."""
    return QUOTED.sub(lambda quoted: quoted[0] if CODE.fullmatch(quoted[0][1:-1]) else LEFT_OUT, _closed(text))


def _closed(text: str) -> str:
    """Without quotation marks that are never closed: each of thousands would be searched for its end."""
    for opening, closing in PAIRS:
        end = text.rfind(closing) + 1
        text = text[:end] + text[end:].replace(opening, "")
    return text


def without_prompt(value: object, prompt: str) -> object:
    """JSON, without a prompt that some of its texts repeat, in full or truncated."""
    forms = tuple(_forms(prompt))

    def cleaned(text: str) -> str:
        for form in forms:
            text = text.replace(form, LEFT_OUT)
        return text

    return _changed(value, cleaned) if forms else value


def _changed(value: object, change: Callable[[str], str]) -> object:
    """The same with every text changed. Raises RecursionError for JSON that is nested too deeply."""
    match value:
        case str():
            return change(value)
        case dict():
            return {key: _changed(each, change) for key, each in value.items()}
        case list():
            return [_changed(each, change) for each in value]
        case _:
            return value


def _forms(prompt: str) -> Iterator[str]:
    """How a prompt may be repeated, longest first."""
    for length in (len(prompt), *(cut for cut in CUTS if cut < len(prompt))):
        part = prompt[:length].strip()
        if len(part) >= SHORTEST_PROMPT:
            yield from dict.fromkeys((json.dumps(part)[1:-1], json.dumps(part, ensure_ascii=False)[1:-1], part))
