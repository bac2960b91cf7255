"""Questions and answers in a terminal. Secrets are neither shown while they are typed nor repeated later."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterable
from dataclasses import field
from typing import TextIO

from bot.data_classes import value_object
from bot.doctor.report import Finding, printed
from bot.domain.texts.files import cleaned
from bot.domain.texts.redaction import redacted

YES, NO = frozenset({"y", "yes"}), frozenset({"n", "no"})


class NobodyThereError(Exception):
    """The input ended before all questions were answered."""


@value_object
class Terminal:
    """`secrets` grow with what is typed. Answers may also come from a pipe, one per line."""

    out: TextIO
    secrets: list[str] = field(default_factory=list)

    def say(self, text: str = "") -> None:
        self.out.write(redacted(text, self.secrets) + "\n")
        self.out.flush()

    def tell(self, findings: Iterable[Finding]) -> None:
        for finding in findings:
            self.say(printed(finding))

    def ask(self, question: str) -> str:
        """Raises NobodyThereError."""
        self.out.write(f"{question} " if sys.stdin.isatty() else f"{question}\n")
        self.out.flush()
        line = sys.stdin.readline()
        if not line:
            raise NobodyThereError
        return cleaned(line)

    def ask_secret(self, question: str) -> str:
        """Raises NobodyThereError."""
        try:
            answer = cleaned(getpass.getpass(f"{question} ")) if sys.stdin.isatty() else self.ask(question)
        except EOFError:
            raise NobodyThereError from None
        except UnicodeDecodeError:
            return ""
        if answer:
            self.secrets.append(answer)
        return answer

    def agrees(self, question: str, *, usually: bool) -> bool:
        """Enter means the usual answer. Raises NobodyThereError."""
        while True:
            answer = self.ask(f"{question} [{'Y/n' if usually else 'y/N'}]").lower()
            if answer in YES | NO | {""}:
                return answer in YES or (not answer and usually)
            self.say("Type y or n.")
