"""What is written to the log, and what never is."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum

from bot.domain.texts.files import is_one_line, on_one_line
from bot.domain.texts.redaction import redacted
from bot.jobs.current import current_job


class LogFormat(StrEnum):
    TEXT = "text"
    JSON = "json"


LATER_LINE = "  | "  # before each line of a traceback, so that no text in it can look like an entry


class WithoutSecrets(logging.Formatter):
    """Removes these secrets, and those that are added later."""

    def __init__(self, secrets: Sequence[str], style: str | None = None) -> None:
        super().__init__(style)
        self._secrets = dict.fromkeys(secrets)

    def hide(self, secret: str) -> None:
        self._secrets[secret] = None

    def without_secrets(self, text: str) -> str:
        return redacted(text, tuple(self._secrets))  # a copy: another thread may be adding one


class Redacting(WithoutSecrets):
    """Formats as usual, without secrets.

    A logged message stays on one line, whatever it contains; tracebacks are indented.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        super().__init__(secrets, "%(asctime)s %(levelname)-7s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's own name)
        return self._line(super().formatMessage(record))

    def format(self, record: logging.LogRecord) -> str:
        """The first line of the usual format is the message, the others are the traceback."""
        head, *story = super().format(record).split("\n")
        return "\n".join([head, *(LATER_LINE + self._line(line) for line in story)])

    def _line(self, text: str) -> str:
        return on_one_line(self.without_secrets(text))


def hide(secret: str) -> None:
    """Keep a secret that became known at run time out of the log."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, WithoutSecrets):
            handler.formatter.hide(secret)


class JsonLines(WithoutSecrets):
    """One object per line, without secrets: time (UTC), level, logger, message, and fields of a library or a step.

    `job` is the one whose step logged it, even through a library; `traceback` is there after an error.
    """

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (job := current_job.get()) is not None:
            entry["job"] = job
        if record.exc_info:
            entry["traceback"] = self.formatException(record.exc_info)
        without_secrets = {name: self.without_secrets(text) for name, text in entry.items()}
        return _seen(json.dumps(without_secrets, ensure_ascii=False))


def _seen(written: str) -> str:
    """The same JSON with invisible characters escaped, as a terminal would obey some of them."""
    return "".join(char if is_one_line(char) else json.dumps(char)[1:-1] for char in written)


def flush_logs() -> None:
    for handler in logging.getLogger().handlers:
        handler.flush()


def set_up_logs(
    level: str,
    secrets: Sequence[str],
    written: LogFormat = LogFormat.TEXT,
    handler: logging.Handler | None = None,
) -> None:
    """`handler`: where it is written; None: to the error output, without the writer thread."""
    handler = handler or logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(secrets) if written is LogFormat.JSON else Redacting(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for chatty in ("discord", "aiosqlite", "alembic", "httpx", "httpcore", "openai"):
        logging.getLogger(chatty).setLevel(max(logging.getLevelName(level), logging.WARNING))
