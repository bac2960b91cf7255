"""Where a database is: parsed from what people write, built from a path, and shown without its secrets."""

from __future__ import annotations

import re
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from bot.domain.errors import CannotStart
from bot.domain.messages import Foreign, Term, msg
from bot.domain.texts.files import storable

SQLITE = "sqlite+aiosqlite"
POSTGRESQL = "postgresql+psycopg"
DRIVERS = {
    "sqlite": SQLITE,
    SQLITE: SQLITE,
    "postgres": POSTGRESQL,
    "postgresql": POSTGRESQL,
    POSTGRESQL: POSTGRESQL,
}
SECRET = re.compile(r"pass|pwd|secret|token|key", re.IGNORECASE)  # in the name of a parameter
STARS = "***"


def sqlite_url(file: Path) -> str:
    """The address of a SQLite file. It is built, not concatenated: `%`, `?`, `#` and spaces are valid in a path.

    Raises CannotStart for a path with bytes that are not text, such as a folder named in another encoding.
    """
    if storable(str(file.absolute())) != str(file.absolute()):
        raise CannotStart(
            msg(
                "No database can be in {folder}: its name has bytes that are not text. Rename it.",
                folder=Term(str(file.absolute().parent)),
            )
        )
    return URL.create("sqlite", database=str(file.absolute())).render_as_string(hide_password=False)


def address(text: str) -> URL:
    """A database URL as people write it, with the driver Kinora uses. Raises CannotStart."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError) as error:
        raise CannotStart(
            msg(
                "The database URL cannot be read. It looks like sqlite:///data/kinora.db or "
                "postgresql://user:password@host/name."
            )
        ) from error
    if url.drivername not in DRIVERS:
        raise CannotStart(
            msg("Kinora keeps its data in SQLite or PostgreSQL, not in '{other}'.", other=Foreign(url.drivername))
        )
    if url.drivername.startswith("sqlite") and url.database in {None, "", ":memory:"}:
        raise CannotStart(msg("SQLite needs the path of a file, such as sqlite:///data/kinora.db."))
    return url.set(drivername=DRIVERS[url.drivername])


def file_of(url: URL) -> Path | None:
    """The file of a SQLite database; None for PostgreSQL."""
    return Path(str(url.database)) if url.drivername == SQLITE else None


def shown(url: URL) -> str:
    """For people: the file, or the address without anything that could be a password.

    In an address with an unescaped `@` or `/` (not written as `%40` or `%2F`), the password ends up in the host or the
    database.
    """
    if (file := file_of(url)) is not None:
        return str(file)
    stars = f":{STARS}" if url.password else ""
    user = f"{url.username}{stars}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"{url.drivername}://{user}{_behind_at(url.host)}{port}/{_behind_at(url.database)}"


def _behind_at(part: str | None) -> str:
    return (part or "").rpartition("@")[2]


def without_secrets(text: str, url: URL) -> str:
    """What a driver said about an address, with its passwords removed."""
    for secret in sorted(_secrets(url), key=len, reverse=True):
        text = text.replace(secret, STARS)
    return text


def _secrets(url: URL) -> set[str]:
    named = [value for name, value in url.query.items() if SECRET.search(name)]
    values = [each for value in named for each in ([value] if isinstance(value, str) else value)]
    misread = [(part or "").rpartition("@")[0] for part in (url.host, url.database)]
    return {str(each) for each in (url.password, *misread, *values) if each}
