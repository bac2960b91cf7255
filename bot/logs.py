"""What is written to the log, and what never is."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from bot.domain.texts.files import on_one_line
from bot.domain.texts.redaction import redacted

LATER_LINE = "  | "  # before each line of a traceback: no text in it can begin an entry


class Redacting(logging.Formatter):
    """Formats as usual, without secrets. What was logged is one line, whatever it holds; a traceback is indented."""

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s: %(message)s")
        self._secrets = dict.fromkeys(secrets)

    def hide(self, secret: str) -> None:
        """Leave this one out too, from now on."""
        self._secrets[secret] = None

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        return self._line(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        """The head of `logging.Formatter.format` ends where the traceback begins."""
        head, *story = super().format(record).split("\n")
        return "\n".join([head, *(LATER_LINE + self._line(line) for line in story)])

    def _line(self, text: str) -> str:
        return on_one_line(redacted(text, self._secrets))


def hide(secret: str) -> None:
    """Keep a secret that was learned while running out of the log."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, Redacting):
            handler.formatter.hide(secret)


def set_up_logs(level: str, secrets: Sequence[str]) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Redacting(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("discord", "aiosqlite", "alembic", "httpx", "httpcore", "openai"):
        logging.getLogger(chatty).setLevel(max(logging.getLevelName(level), logging.WARNING))
