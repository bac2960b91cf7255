"""A command line that answers a wrong word with a sentence and the nearest right one, and ends with EX_USAGE."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

EX_USAGE = 64  # sysexits.h: a word of the command line is wrong
HELP = ("-h", "--help")


class PlainParser(argparse.ArgumentParser):
    """The parsers of its commands are of its kind, too."""

    def __init__(self, **kwargs: Any) -> None:
        self._options: list[str] = []
        self._commands: Mapping[str, Any] = {}
        super().__init__(**kwargs)

    def add_argument(self, *names: Any, **kwargs: Any) -> argparse.Action:
        action = super().add_argument(*names, **kwargs)
        self._options += action.option_strings
        return action

    def add_subparsers(self, **kwargs: Any) -> Any:
        commands = super().add_subparsers(**kwargs)
        self._commands = commands.choices
        return commands

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        words = sys.argv[1:] if args is None else list(args)
        if self._commands:
            words = self._checked(words)
        known, unknown = super().parse_known_args(words, namespace)
        if unknown:
            self._refuse(unknown[0])
        return known, unknown

    def error(self, message: str) -> NoReturn:
        """What is left for argparse to find: a value is missing, or of the wrong kind."""
        self._end(f"`{self.prog}`: {message}.")

    def _checked(self, words: list[str]) -> list[str]:
        """A parser with commands takes nothing before them; most people try `help`."""
        if words[:1] == ["help"]:
            return ["--help"]
        if words and words[0] not in (*self._commands, *HELP):
            self._refuse(words[0])
        return words

    def _refuse(self, word: str) -> NoReturn:
        near = get_close_matches(word, self._options if word.startswith("-") else self._commands, n=1)
        question = f" Did you mean `{self.prog} {near[0]}`?" if near else ""
        self._end(f"`{self.prog}` does not know {word!r}.{question}")

    def _end(self, sentence: str) -> NoReturn:
        self.exit(EX_USAGE, f"{sentence} `{self.prog} --help` shows what there is.\n")
