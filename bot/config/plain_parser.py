"""A command line that explains a wrong word, suggests the closest right one, and exits with EX_USAGE."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, NoReturn

from bot.config.quoted import quoted, short

EX_USAGE = 64  # sysexits.h: a word of the command line is wrong
HELP = ("-h", "--help")
NO_NUMBER = re.compile(r"argument (\S+): invalid int value: (['\"])(.*)\2")  # in argparse's words


class PlainParser(argparse.ArgumentParser):
    """The parsers of its commands are PlainParsers, too. What its help says of a command heads the command's own."""

    def __init__(self, **kwargs: Any) -> None:
        self._commands: Mapping[str, Any] = {}
        self._needs_one = False
        super().__init__(**kwargs)

    def add_subparsers(self, **kwargs: Any) -> Any:
        commands: Any = super().add_subparsers(**kwargs)
        self._commands, self._needs_one = commands.choices, commands.required
        commands.add_parser = _described(commands.add_parser)
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
        """Errors that argparse itself finds: a value is missing, or of the wrong type."""
        found = NO_NUMBER.fullmatch(message)
        self._end(f"`{self.prog}`: {message if found is None else _no_number(*found.groups())}.")

    def _checked(self, words: list[str]) -> list[str]:
        """A parser with commands takes nothing before them; `help` is accepted as many people try it."""
        if words[:1] == ["help"]:
            return ["--help"]
        if words and words[0] not in (*self._commands, *HELP):
            self._refuse(words[0])
        if self._needs_one and not words:
            self._end(f"`{self.prog}` needs a command: {', '.join(self._commands)}.")
        return words

    def _refuse(self, word: str) -> NoReturn:
        options = ["--help", *re.findall(r"--[\w-]+", self.format_usage())]
        known = options if word.startswith("-") else self._commands
        near = get_close_matches(word, known, n=1)
        question = f" Did you mean `{self.prog} {near[0]}`?" if near else ""
        self._end(f"`{self.prog}` does not know {quoted(word)}.{question}")

    def _end(self, sentence: str) -> NoReturn:
        self.exit(EX_USAGE, f"{sentence} `{self.prog} --help` shows what there is.\n")


def _described(add_parser: Callable[..., Any]) -> Callable[..., Any]:
    def add(name: str, **kwargs: Any) -> Any:
        return add_parser(name, **{"description": _sentence(kwargs.get("help")), **kwargs})

    return add


def _sentence(text: str | None) -> str | None:
    return None if text is None else f"{text[0].upper()}{text[1:]}."


def _no_number(option: str, quote: str, written: str) -> str:
    return f"{option} has to be a whole number, not {quote}{short(written)}{quote}"
