"""Reads a host's list of videos until it is known to be complete, or known to be unreliable."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime

from bot.domain.ports.provider import Listed, Waiting
from bot.providers.common.lists import Glance, newest_first, reaches, too_long
from bot.providers.common.response import Response
from bot.providers.openai.status import listed, read_status, tells_all

PAGE = 100  # the most the dialect allows
MOST_PAGES = 50

AskPage = Callable[[str | None], Awaitable[Response | None]]  # given the last id of the previous page


async def read_back(ask: AskPage, since: datetime) -> Sequence[Listed] | None:
    """All videos made since then, newest first; None if the host has no list, or one that can't be dated.

    Servers differ: some have no sorting, some no pages, some omit `has_more`. So only the end of the list, or a sorted
    page that reaches back far enough, counts as complete. Raises Unavailable if neither is reached.
    """
    seen: dict[str, Listed] = {}
    after: str | None = None
    for _ in range(MOST_PAGES):
        response = await ask(after)
        page = None if response is None else entries(response)
        if page is None:
            return None
        fresh = [entry for entry in page if entry.remote_id not in seen]
        seen |= {entry.remote_id: entry for entry in fresh}
        if response is None or not fresh or is_last(response, len(page)) or reaches(page, since):
            return newest_first(seen.values(), since)
        after = page[-1].remote_id
    raise too_long(MOST_PAGES * PAGE)


def entries(response: Response) -> list[Listed] | None:
    """The videos on a page; None if it is not a list, or contains one without an id or a time."""
    match response.body:
        case {"data": [*data]}:
            page = [entry for entry in map(listed, data) if entry is not None]
            return page if len(page) == len(data) else None
        case _:
            return None


def glance(response: Response, remote_ids: Collection[str]) -> Glance | None:
    """What a page shows of these videos; None for anything but a list.

    A video without progress is omitted: its own answer may have it.
    """
    match response.body:
        case {"data": [*data]}:
            shown = {
                video["id"]: video for video in data if isinstance(video, dict) and isinstance(video.get("id"), str)
            }
        case _:
            return None
    wanted = {remote_id: shown[remote_id] for remote_id in remote_ids if remote_id in shown}
    hint = response.poll_after
    seen = {each: read_status(video, hint) for each, video in wanted.items() if tells_all(video)}
    return Glance(
        shown=frozenset(shown),
        waiting={remote_id: look for remote_id, look in seen.items() if isinstance(look, Waiting)},
        is_last=is_last(response, len(data)),
        after=next(reversed(shown), None),
    )


def is_last(response: Response, length: int) -> bool:
    match response.body:
        case {"has_more": bool(more)}:
            return not more
        case _:
            return length < PAGE
