"""fal's list of requests: by endpoint, latest end first, with what was sent. It contains only ended requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Listed
from bot.providers.common.lists import moment_of, newest_first, too_long
from bot.providers.common.response import Response
from bot.providers.fal.fields import PROMPT, endpoint_ids, field_of, seconds_in
from bot.providers.fal.ids import groups, remote_id_of
from bot.providers.fal.requests import ratio_near, resolution_of

PAGE = 20  # requests; each includes what was sent, with pictures
MOST_PAGES = 250

AskPage = Callable[[str], Awaitable[Response | None]]  # given a path; None if this host has no such list


async def read_back(ask: AskPage, since: datetime, cards: Collection[ModelCard]) -> Sequence[Listed] | None:
    """All requests since then that have ended, newest first; None if the host has no list. Raises Unavailable."""
    by_endpoint = {name: card for card in cards for name in endpoint_ids(card).values()}
    if not by_endpoint:
        return None
    found: dict[str, Listed] = {}
    for some in groups(list(by_endpoint)):
        read = await _read(ask, since, some, by_endpoint)
        if read is None:
            return None
        found |= {entry.remote_id: entry for entry in read}
    return newest_first(found.values(), since)


async def _read(
    ask: AskPage, since: datetime, names: Sequence[str], cards: Mapping[str, ModelCard]
) -> Sequence[Listed] | None:
    entries: list[Listed] = []
    cursor: str | None = None
    for _ in range(MOST_PAGES):
        response = await ask(_path(names, since, cursor))
        match None if response is None else response.body:
            case {"items": [*items], **rest}:
                entries += [entry for item in items if (entry := _listed(item, cards)) is not None]
            case _:
                return None
        following = rest.get("next_cursor")
        if rest.get("has_more") is not True or not isinstance(following, str) or following == cursor:
            return entries
        cursor = following
    raise too_long(MOST_PAGES * PAGE)


def _path(names: Sequence[str], since: datetime, cursor: str | None) -> str:
    asked = [("endpoint_id", name) for name in names]
    asked += [("start", since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")), ("limit", str(PAGE))]
    asked += [("expand", "payloads"), *([("cursor", cursor)] if cursor else [])]
    return f"/models/requests/by-endpoint?{urlencode(asked)}"


def _listed(item: object, cards: Mapping[str, ModelCard]) -> Listed | None:
    """None for anything but a request of these models."""
    match item:
        case {"request_id": str(request), "endpoint_id": str(endpoint), **rest}:
            card, remote_id = cards.get(endpoint), remote_id_of(endpoint, request)
            at = next((at for name in ("sent_at", "started_at") if (at := moment_of(rest.get(name)))), None)
        case _:
            return None
    if card is None or remote_id is None or at is None:
        return None
    return _as_sent(card, endpoint, rest.get("json_input"), remote_id, at)


def _as_sent(card: ModelCard, endpoint: str, sent: object, remote_id: str, at: datetime) -> Listed:
    ours = next(name for name, theirs in endpoint_ids(card).items() if theirs == endpoint)

    def value(part: str) -> object:
        field = field_of(card, ours, part)
        return sent.get(field.name) if field is not None and isinstance(sent, dict) else None

    prompt, seed = value(PROMPT), value("seed")
    return Listed(
        remote_id=remote_id,
        created_at=at,
        model=card.remote,
        prompt=prompt if isinstance(prompt, str) else None,
        seconds=seconds_in(value("seconds")),
        size=_size_of(card, value("resolution"), value("ratio")),
        seed=seed if type(seed) is int else None,
    )


def _size_of(card: ModelCard, resolution: object, ratio: object) -> str | None:
    """The size ordered under these two names; None if it may be several of the card's sizes, or none."""
    sizes = [size for size in card.sizes if (resolution_of(size), ratio_near(size)) == (resolution, ratio)]
    return str(sizes[0]) if len(sizes) == 1 else None
