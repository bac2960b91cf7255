"""The findings of checks, and their report: runs checks side by side, and prints their lines in a fixed order."""

from __future__ import annotations

import asyncio
import logging
import textwrap
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from typing import TextIO

from bot.data_classes import value_object
from bot.domain.errors import KinoraError
from bot.domain.texts.files import on_one_line
from bot.domain.texts.redaction import redacted

log = logging.getLogger(__name__)

SUBJECT = 14  # columns for the subject of a line
WIDTH = 120  # columns in all
GRACE = 2.0  # seconds that a timed-out check has to clean up


class Level(StrEnum):
    """How serious a finding is; the value is its sign."""

    FINE = "✓"
    WARNING = "!"
    FAILURE = "✗"


@value_object
class Finding:
    """One line of the report: what was checked, what was found, and what to do about it."""

    level: Level
    subject: str
    words: str
    fix: str = ""


def fine(subject: str, words: str) -> Finding:
    return Finding(level=Level.FINE, subject=subject, words=words)


def warning(subject: str, words: str, fix: str = "") -> Finding:
    return Finding(level=Level.WARNING, subject=subject, words=words, fix=fix)


def failure(subject: str, words: str, fix: str = "") -> Finding:
    return Finding(level=Level.FAILURE, subject=subject, words=words, fix=fix)


Look = Callable[[], Awaitable[Sequence[Finding]]]


@value_object
class Check:
    """`subject` names it in case it cannot report anything itself."""

    subject: str
    look: Look


class Examination:
    """Runs checks side by side, each for at most `patience` seconds."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._given_up: set[asyncio.Task[Sequence[Finding]]] = set()

    def begin(self, check: Check) -> asyncio.Task[Sequence[Finding]]:
        return asyncio.create_task(self.findings(check), name=check.subject)

    async def findings(self, check: Check) -> Sequence[Finding]:
        """What the check found. Never raises: its errors become findings."""
        task = asyncio.create_task(_started(check), name=check.subject)
        try:
            done, _ = await asyncio.wait({task}, timeout=self._patience)
        except asyncio.CancelledError:
            task.cancel()
            raise
        if not done:  # not awaited: a statement that hangs in a database cannot be cancelled
            task.cancel()
            self._given_up.add(task)
            return [failure(check.subject, f"no answer within {self._patience:g} seconds")]
        return await outcome(check.subject, task)

    async def is_over(self) -> bool:
        """Whether every check has ended; timed-out ones get a moment to."""
        if not self._given_up:
            return True
        _, hanging = await asyncio.wait(self._given_up, timeout=GRACE)
        return not hanging


async def outcome(subject: str, work: Awaitable[Sequence[Finding]]) -> Sequence[Finding]:
    """The findings of a check. An unexpected error becomes a finding too, and is logged with its traceback."""
    try:
        return await work
    except KinoraError as error:
        return [failure(subject, error.sentence)]
    except Exception as error:  # a boundary: the other checks must still be reported
        log.debug("%s could not be checked", subject, exc_info=error)
        words = f"could not be checked ({type(error).__name__})"
        return [failure(subject, words, "LOG_LEVEL=DEBUG writes the whole story to the log.")]


async def _started(check: Check) -> Sequence[Finding]:
    return await check.look()


class Report:
    """Prints findings and counts them. Secrets are redacted, wherever they come from."""

    def __init__(self, out: TextIO, secrets: Sequence[str]) -> None:
        self._out = out
        self._secrets = secrets
        self._warnings = self._failures = 0

    @property
    def has_failed(self) -> bool:
        return self._failures > 0

    def say(self, text: str = "") -> None:
        self._out.write(redacted(text, self._secrets) + "\n")
        self._out.flush()

    def add(self, *findings: Finding) -> None:
        for finding in findings:
            self._warnings += finding.level is Level.WARNING
            self._failures += finding.level is Level.FAILURE
            self.say(printed(finding))

    def close(self) -> None:
        counts = [_counted(self._failures, "failure"), _counted(self._warnings, "warning")]
        said = ", ".join(count for count in counts if count)
        self.say(f"\n{said}." if said else "\nAll is well.")


def printed(finding: Finding) -> str:
    """Sign, subject and words; the fix on its own line."""
    head = f"{finding.level} {finding.subject:<{SUBJECT}} "
    room = " " * len(head)
    text = _wrapped(finding.words, head, room)
    return text if not finding.fix else f"{text}\n{_wrapped(finding.fix, f'{room}→ ', f'{room}  ')}"


def _wrapped(text: str, first: str, rest: str) -> str:
    """Wraps to the width without breaking addresses or paths, and without terminal escapes."""
    return textwrap.fill(
        on_one_line(" ".join(text.split())),
        WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _counted(number: int, word: str) -> str:
    return "" if number == 0 else f"{number} {word}{'s' if number > 1 else ''}"
