"""What is written to the log, and what never is."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Sequence

BLOT = "[secret]"
# Interaction and webhook addresses hold a token that answers in somebody's name; signed addresses open files.
TOKENS_IN_URLS = (
    (re.compile(r"(/(?:interactions|webhooks)/\d+/)[\w.-]+"), rf"\1{BLOT}"),
    (re.compile(r"([?&](?:hm|sig|signature|token|key|X-Amz-[A-Za-z]+)=)[^&\s\"']+", re.IGNORECASE), rf"\1{BLOT}"),
    (re.compile(r"(Bearer |Bot )[\w.~+/=-]{8,}"), rf"\1{BLOT}"),
)


class Redacting(logging.Formatter):
    """Formats as usual, exceptions included, then blots out every secret and every token in an address."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._secrets = secrets

    def format(self, record: logging.LogRecord) -> str:
        return blotted(super().format(record), self._secrets)


def blotted(text: str, secrets: Sequence[str]) -> str:
    """The text without secrets, and without what would open something in the addresses it names."""
    for secret in secrets:
        text = text.replace(secret, BLOT) if secret else text
    for pattern, instead in TOKENS_IN_URLS:
        text = pattern.sub(instead, text)
    return text


def set_up_logs(level: str, secrets: Sequence[str]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("discord", "aiosqlite", "alembic", "httpx", "httpcore", "openai"):
        logging.getLogger(chatty).setLevel(max(logging.getLevelName(level), logging.WARNING))
