"""Reads Replicate's list of predictions back to a given time: there an order without an answer is found.

It is newest first, a hundred per page, includes unfinished ones, and shows the inputs. Its own time filter is not used:
if it worked differently than we assume, a paid order would look absent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from bot.data_classes import value_object
from bot.domain.ports.provider import Listed, Waiting
from bot.providers.common.lists import Glance, newest_first, reaches, too_long
from bot.providers.common.response import Response
from bot.providers.replicate.inputs import ModelInputs
from bot.providers.replicate.status import is_from_the_site, is_odd, listed, read_status

MOST_PAGES = 50
PAGE = 100

AskPage = Callable[[str | None], Awaitable[Response | None]]  # given the cursor from the previous page


@value_object
class ListPage:
    """`after` is the cursor of the next page; None on the last."""

    entries: Sequence[Listed]
    shown: Sequence[Listed]  # also those that cannot be ours
    after: str | None


async def read_back(ask: AskPage, since: datetime, inputs: Mapping[str, ModelInputs]) -> Sequence[Listed] | None:
    """All orders made since then, newest first; None if the host has no list, or one that can't be followed.

    `inputs` are the inputs of the models that orders are sent to, by model name.

    Raises Unavailable if neither its end nor that time is reached.
    """
    found = dict[str, Listed]()
    cursors, after = set[str](), None
    for _ in range(MOST_PAGES):
        response = await ask(after)
        page = None if response is None else page_of(response, inputs)
        if page is None:
            return None
        found |= {entry.remote_id: entry for entry in page.entries}
        if page.after is None or reaches(page.shown, since):
            return newest_first(found.values(), since)
        if page.after in cursors:  # it goes in circles, so it is never known to be complete
            return None
        after = page.after
        cursors.add(after)
    raise too_long(MOST_PAGES * PAGE)


def glance(response: Response, remote_ids: Collection[str]) -> Glance | None:
    """What a page shows of these; None for anything but a list."""
    match response.body:
        case {"results": [*rows], **rest}:
            found = {row["id"]: row for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str)}
        case _:
            return None
    told = {each: row for each, row in found.items() if isinstance(row.get("status"), str) and not is_odd(row)}
    hint = response.retry_after
    seen = {each: read_status(row, hint) for each, row in told.items() if each in remote_ids}
    onward = rest.get("next")
    return Glance(
        shown=frozenset(found),
        waiting={remote_id: look for remote_id, look in seen.items() if isinstance(look, Waiting)},
        is_last=onward is None,
        after=_cursor(onward) if isinstance(onward, str) else None,
    )


def page_of(response: Response, inputs: Mapping[str, ModelInputs]) -> ListPage | None:
    """None if it is not a list, contains one without an id or a time, or names an unusable next page."""
    match response.body:
        case {"results": [*rows], "next": None}:
            after = None
        case {"results": [*rows], "next": str(url)}:
            after = _cursor(url)
            if after is None:
                return None
        case _:
            return None
    read = [(entry, is_from_the_site(row)) for row in rows if (entry := listed(row, inputs)) is not None]
    if len(read) < len(rows):
        return None
    return ListPage(
        entries=[entry for entry, elsewhere in read if not elsewhere],
        shown=[entry for entry, _ in read],
        after=after,
    )


def _cursor(url: str) -> str | None:
    """Taken from the address, which is not followed: the key is sent to the account's own host alone."""
    try:
        found = parse_qs(urlsplit(url).query).get("cursor")
    except ValueError:
        return None
    return found[0] if found else None
