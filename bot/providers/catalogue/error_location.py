"""Where in a file of tables such as [models.NAME] an entry is. TOML parsers don't report that."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.data_classes import value_object

NAME = r"""(?:"[^"]*"|'[^']*'|[\w-]+)"""
HEADER = re.compile(
    rf"\[+\s*(?P<root>\w+)\s*\.\s*(?P<name>{NAME})\s*(?:\.\s*(?P<table>\w+)\s*"
    rf"(?:\.\s*(?P<inside>{NAME})\s*(?:\.\s*{NAME}\s*)*)?)?\]+\s*(?:#.*)?"
)
OTHER_HEADER = re.compile(rf"\[+\s*{NAME}\s*(?:\.\s*{NAME}\s*)*\]+\s*(?:#.*)?")
KEY = re.compile(rf"({NAME})\s*[=.]")


@value_object(kw_only=False)
class Line:
    """A line of a table: in which subtable, `inside` which table of that, and with which key. A header has no key."""

    number: int
    table: str | None
    inside: str | None
    key: str | None


def line_of(
    content: str,
    name: str,
    field: str | None,
    entry: str | int | None = None,
    *,
    root: str = "models",
    inside: str | None = None,
) -> int | None:
    """The line of a field's entry, else of the field, else of the table [root.name]; None for unusual spellings.

    `entry` is a key of the table `field`, or its number among several tables of that name; `inside` names a table
    within that table.
    """
    lines = list(_lines_of(content, root, name))
    of_field = [line for line in lines if line.table == field]
    tables = [line.number for line in of_field if line.key is None]
    if isinstance(entry, int) and entry < len(tables):
        return tables[entry]
    there = [line for line in of_field if inside in {None, line.inside}]
    keys = [line.number for line in there if line.key == entry]
    headers = [] if inside is None else [line.number for line in of_field if inside in {line.inside, line.key}]
    fields = [line.number for line in lines if line.table is None and line.key == field]
    anywhere = [line.number for line in lines]
    return next((found[0] for found in (keys, headers, fields, tables, anywhere) if found), None)


def twice(content: str, root: str) -> tuple[str, int] | None:
    """The first name with two tables [root.NAME], and the line of the second; TOML parsers word that differently."""
    seen = set[str]()
    for number, written in enumerate(content.splitlines(), start=1):
        header = HEADER.fullmatch(written.strip())
        if header is None or header["root"] != root or header["table"] is not None:
            continue
        name = _bare(header["name"])
        if name in seen:
            return name, number
        seen.add(name)
    return None


def _lines_of(content: str, root: str, name: str) -> Iterator[Line]:
    is_here, table, within = False, None, None
    for number, written in enumerate(content.splitlines(), start=1):
        text = written.strip()
        if header := HEADER.fullmatch(text):
            is_here, table = (header["root"], _bare(header["name"])) == (root, name), header["table"]
            within = _bare(header["inside"] or "") or None
            if is_here:
                yield Line(number, table, within, None)
        elif OTHER_HEADER.fullmatch(text):
            is_here = False
        elif is_here and (key := KEY.match(text)):
            yield Line(number, table, within, _bare(key[1]))


def _bare(name: str) -> str:
    return name[1:-1] if name[:1] in {'"', "'"} else name


class Within(ValueError):
    """A mistake in one entry of a table or a list of tables. `entry`, its key or number, leads to its line.

    `inside`: the table within that table which contains it.
    """

    def __init__(self, entry: str | int, problem: str, *, inside: str | None = None) -> None:
        super().__init__(problem)
        self.entry = entry
        self.inside = inside
