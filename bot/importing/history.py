"""The history of sora-2-playground and of programs derived from it, as they write it to JSON.

An entry has an id, and may have anything else: missing or invalid values are taken from the video file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from bot.data_classes import value_object
from bot.domain.models.card import LONGEST_PROMPT
from bot.domain.money.usd import Usd
from bot.domain.texts.files import NotTextError, decoded, on_one_line, storable
from bot.domain.video import Size

KEY = "soraVideoHistory"  # the browser's storage key; the value is text
LISTS = (KEY, "history", "videos", "data")
MILLISECONDS = 100_000_000_000  # seconds are below this until the year 5138, milliseconds above it since 1973
EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)  # older dates come from a clock that was not set
LONGEST_NAME = 100  # characters of an id or a model's name
LONGEST = 3600  # seconds of a video
DEAREST = 1_000_000  # dollars of a video
FINEST = Decimal("0.000001")  # the smallest unit that is stored


class NoHistoryError(Exception):
    """The file has no history; the reason, in a few words."""


@value_object
class HistoryEntry:
    """What a history says about one video. None means unknown."""

    id: str
    prompt: str | None = None
    model: str | None = None
    seconds: int | None = None
    size: Size | None = None
    created_at: datetime | None = None
    cost: Usd | None = None
    remix_of: str | None = None
    filename: str | None = None
    is_unfinished: bool = False


def read_history(file: Path) -> list[HistoryEntry]:
    """Its entries that have an id. Raises NoHistoryError."""
    try:
        found = _listed(json.loads(decoded(file.read_bytes())))
    except OSError as error:
        raise NoHistoryError(f"it can't be read: {error.strerror}") from None
    except (NotTextError, ValueError, RecursionError):
        raise NoHistoryError("it isn't JSON") from None
    if found is None:
        raise NoHistoryError("it has no list of videos")
    return [entry for each in found if (entry := _entry(each)) is not None]


def _listed(found: Any) -> list[Any] | None:
    """The list itself, or in an object under a known name, where it may also be text, as browsers store it."""
    if isinstance(found, dict):
        found = next((found[name] for name in LISTS if name in found), None)
    if isinstance(found, str):
        found = json.loads(found)
    return found if isinstance(found, list) else None


def _entry(said: Any) -> HistoryEntry | None:
    if not isinstance(said, dict) or (its_id := _name(said, "id", "videoId", "video_id")) is None:
        return None
    return HistoryEntry(
        id=its_id,
        prompt=next((text[:LONGEST_PROMPT] for text in _texts(said, "prompt")), None),
        model=_name(said, "model"),
        seconds=_seconds(said),
        size=_size(said),
        created_at=_created_at(said),
        cost=_cost(said),
        remix_of=_name(said, "remix_of", "remixOf", "remix_of_id", "remixOfId", "remixed_from_video_id"),
        filename=_name(said, "filename"),
        is_unfinished=said.get("status") not in (None, "completed", "succeeded"),
    )


def _texts(said: Mapping[str, Any], *names: str) -> Iterator[str]:
    values = (storable(value) for name in names if isinstance(value := said.get(name), str))
    return (value for value in values if value)


def _name(said: Mapping[str, Any], *names: str) -> str | None:
    return next((line for text in _texts(said, *names) if 0 < len(line := on_one_line(text)) <= LONGEST_NAME), None)


def _number(value: Any) -> Decimal | None:
    """From a number, or from text with a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _seconds(said: Mapping[str, Any]) -> int | None:
    number = _number(said.get("seconds"))
    return round(number) if number is not None and 1 <= number <= LONGEST else None


def _size(said: Mapping[str, Any]) -> Size | None:
    try:
        return next((Size.of(text) for text in _texts(said, "size", "resolution")), None)
    except ValueError:
        return None


def _created_at(said: Mapping[str, Any]) -> datetime | None:
    told = (moment(said.get(name)) for name in ("timestamp", "created_at", "createdAt", "created"))
    return next((moment for moment in told if moment is not None and moment > EARLIEST), None)


def moment(value: Any) -> datetime | None:
    """From seconds or milliseconds since 1970, or an ISO 8601 date and time."""
    number = _number(value)
    try:
        if number is not None:
            return datetime.fromtimestamp(float(number / 1000 if number > MILLISECONDS else number), UTC)
        if isinstance(value, str):
            told = datetime.fromisoformat(value)
            return told.astimezone(UTC) if told.tzinfo else told.replace(tzinfo=UTC)
    except (ValueError, ArithmeticError, OSError):
        return None
    return None


def _cost(said: Mapping[str, Any]) -> Usd | None:
    details = said.get("costDetails")
    told = [details.get(name) for name in ("totalCost", "estimated_cost_usd")] if isinstance(details, dict) else []
    for value in (*told, said.get("cost"), said.get("cost_usd")):
        dollars = _number(value)
        if dollars is not None and 0 <= dollars <= DEAREST:
            return Usd.of(dollars.quantize(FINEST))
    return None
