"""Reading a host's list of videos to the point where it is known to be complete, or that it cannot be relied on."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from datetime import datetime

from bot.domain.ports.provider import Listed, Waiting
from bot.providers.common.lists import Glance, newest_first, reaches, too_long
from bot.providers.common.response import Response
from bot.providers.openai.status import listed, read_status, tells_all

PAGE = 100  # the most the dialect allows
MOST_PAGES = 50

AskPage = Callable[[str | None], Awaitable[Response | None]]  # given the last id of the page before


async def read_back(ask: AskPage, since: datetime) -> Sequence[Listed] | None:
    """All videos made since then, newest first; None when the host does not list, or not so that they can be dated.

    Servers differ: some know no order, some no pages, some leave out `has_more`. So nothing but an end of the list, or
    a page in order that reaches back far enough, counts as complete. Raises Unavailable when that is not reached.
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
    """The videos on a page; None when it is no list, or shows one without an id or a time."""
    match response.body:
        case {"data": [*data]}:
            page = [entry for entry in map(listed, data) if entry is not None]
            return page if len(page) == len(data) else None
        case _:
            return None


def glance(response: Response, remote_ids: Collection[str]) -> Glance | None:
    """What a page shows of these; None for no list.

    A video is passed over whose progress is left out: its own answer may have it.
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
