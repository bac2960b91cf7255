"""More accounts than the simple settings make: the TOML file that ACCOUNTS_FILE names.

[accounts.gpu1]
dialect = "openai"
url = "http://gpu1.lan:8000/v1"
key_file = "/run/secrets/gpu1"    # or key = "…", or key_env = "GPU1_KEY"
server = "vllm-omni"              # what kind of server it is; without it, that is found out
renders = 1                       # at once there; without it, only the limits of the whole bot
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.config.environment import at_home
from bot.data_classes import value_object
from bot.domain.accounts import Account
from bot.domain.errors import CannotStart
from bot.domain.models.card import one_of
from bot.domain.texts.files import NotTextError, decoded
from bot.providers.catalogue.error_location import line_of, twice
from bot.providers.catalogue.toml_text import read_toml

ACCOUNTS = "accounts"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
KEYS = ("key", "key_file", "key_env")
FIELDS = ("dialect", "url", *KEYS, "server", "renders")


def key_names(path: Path | None) -> frozenset[str]:
    """The variables that contain keys, as far as the file can be read."""
    try:
        tables = AccountsFile.read(path, ()).tables.values() if path is not None else ()
    except CannotStart:
        return frozenset()
    return frozenset(
        str(table["key_env"]).upper() for table in tables if isinstance(table, dict) and "key_env" in table
    )


@value_object
class AccountsFile:
    """`dialects` are the available ones."""

    path: Path
    content: str
    tables: Mapping[str, Any]
    dialects: Collection[str]

    @classmethod
    def read(cls, path: Path, dialects: Collection[str]) -> AccountsFile:
        """Raises CannotStart."""
        try:
            content = decoded(path.read_bytes())
        except (OSError, NotTextError) as error:
            raise CannotStart(f"The accounts file {path} cannot be read: {error}.") from None
        tables = _tables(path, content)
        if set(tables) - {ACCOUNTS} or not isinstance(tables.get(ACCOUNTS, {}), dict):
            unknown = min(set(tables) - {ACCOUNTS}, default=ACCOUNTS)
            raise CannotStart(f"{path}: {unknown!r} is not known; accounts are written as [accounts.NAME].")
        return cls(path=path, content=content, tables=tables.get(ACCOUNTS, {}), dialects=dialects)

    def accounts(self, taken: Collection[str]) -> Sequence[Account]:
        """All of them; `taken` are names already in use.

        CannotStart names file, line and field of the first mistake.
        """
        return [self._account(name, table, taken) for name, table in self.tables.items()]

    def _account(self, name: str, table: object, taken: Collection[str]) -> Account:
        if not isinstance(table, dict):
            raise self._mistake(name, None, "has to be a table with dialect, url and a key")
        if not NAME.fullmatch(name):
            raise self._mistake(name, None, "needs a name of small letters, digits, - and _, of at most 30")
        if name in taken:
            raise self._mistake(name, None, f"has the name of the account that {name.upper()}_API_KEY makes")
        for field in table.keys() - set(FIELDS):
            raise self._mistake(name, field, f"is not a field of an account; there are {one_of(FIELDS)}")
        given = [field for field in KEYS if field in table]
        if len(given) != 1:
            raise self._mistake(name, given[-1] if given else None, f"needs exactly one of {one_of(KEYS)}")
        dialect = self._text(name, table, "dialect")
        if dialect not in self.dialects:
            raise self._mistake(name, "dialect", f"{dialect!r} is not spoken here; there are {one_of(self.dialects)}")
        place = f"[accounts.{name}] {{}} in {self.path}"
        return Account(
            name=name,
            dialect=dialect,
            base_url=self._text(name, table, "url"),
            key=self._key(name, table, given[0]),
            key_setting=place.format(given[0]),
            url_setting=place.format("url"),
            server=self._text(name, table, "server") if "server" in table else "auto",
            server_setting=place.format("server"),
            max_renders=self._renders(name, table.get("renders")),
        )

    def _key(self, name: str, table: Mapping[str, object], field: str) -> str:
        given = self._text(name, table, field)
        if field == "key":
            return given
        if field == "key_env":
            if not (key := os.environ.get(given, "").strip()):
                raise self._mistake(name, field, f"{given} is not set in the environment")
            return key
        try:
            return decoded(at_home(Path(given)).read_bytes()).strip()
        except (OSError, ValueError) as error:  # also for a name with a NUL in it
            reason = error.strerror if isinstance(error, OSError) else error
            raise self._mistake(name, field, f"{given} cannot be read: {reason}") from None

    def _renders(self, name: str, value: object) -> int | None:
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
            return value
        raise self._mistake(name, "renders", "has to be a whole number of at least 1")

    def _text(self, name: str, table: Mapping[str, object], field: str) -> str:
        value = table.get(field)
        if isinstance(value, str) and value.strip():
            return value.strip()
        problem = "has to be a text in quotes" if field in table else f"needs {field}, a text in quotes"
        raise self._mistake(name, field if field in table else None, problem)

    def _mistake(self, name: str, field: str | None, problem: str) -> CannotStart:
        line = line_of(self.content, name, field, root=ACCOUNTS)
        where = f"[accounts.{name}]" + (f" {field}" if field else "")
        return CannotStart(f"{self.path}{f', line {line}' if line else ''}: {where} {problem}.")


@lru_cache(maxsize=1)
def _tables(path: Path, content: str) -> Mapping[str, Any]:
    """Several parts need the accounts at start-up, so the parsed file is cached."""
    try:
        return read_toml(content)
    except ValueError as error:
        if doubled := twice(content, ACCOUNTS):
            name, line = doubled
            said = f"[accounts.{name}] is there twice; give each account a name of its own"
            raise CannotStart(f"{path}, line {line}: {said}.") from None
        raise CannotStart(f"The accounts file {path} is not proper TOML: {error}.") from None
