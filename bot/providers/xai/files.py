"""xAI's Files, where each video is kept under our own name, so that an order whose answer was lost can be found.

A video found this way has no request id; it is then identified by its file, as `file:` and the file's id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.data_classes import value_object
from bot.providers.common.outcome import is_usable_id
from bot.providers.common.response import Response

KEPT_SECONDS = 24 * 3600  # as long as a finished video's address works; xAI allows 3,600 to 2,592,000
BY_FILE = "file:"
PAGE = 100  # files


def file_name(own_name: str) -> str:
    return f"kinora-{own_name}.mp4"


def as_remote_id(file_id: str) -> str:
    return BY_FILE + file_id


def file_of(remote_id: str) -> str | None:
    """The id of the file that identifies a video; None if its request identifies it."""
    return remote_id.removeprefix(BY_FILE) if remote_id.startswith(BY_FILE) else None


@value_object
class Page:
    """A page of the files: `named` are the ids of those with the name that is looked for."""

    named: Sequence[str]
    newest: float | None  # Unix seconds of the newest on it; None if not reported
    is_newest_first: bool
    token: str | None  # leads to the next page

    @classmethod
    def of(cls, response: Response, name: str) -> Page | None:
        """None for anything but a list of files."""
        match response.body:
            case {"data": [*rows], **rest} if response.is_ok:
                files = [row for row in rows if isinstance(row, dict)]
            case _:
                return None
        made = [moment for row in files if (moment := _moment(row.get("created_at"))) is not None]
        token = rest.get("pagination_token")
        return cls(
            named=[str(row["id"]) for row in files if row.get("filename") == name and _is_id(row.get("id"))],
            newest=max(made, default=None),
            is_newest_first=len(set(made)) > 1 and made == sorted(made, reverse=True),
            token=token if isinstance(token, str) and token else None,
        )

    def is_past(self, moment: float) -> bool:
        """Whether everything after it was made before that time."""
        return self.is_newest_first and self.newest is not None and self.newest < moment


def file_in(video: Mapping[str, object]) -> str | None:
    """The id of the file under which a finished video is stored."""
    match video.get("video"):
        case {"file_output": {"file_id": str(file_id)}} if _is_id(file_id):
            return file_id
        case _:
            return None


def _is_id(value: object) -> bool:
    return isinstance(value, str) and is_usable_id(value)


def _moment(value: object) -> float | None:
    """Unix seconds from a number or from a date in text."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if abs(value) < 1e12 else None
    try:
        date = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if date is None or date.tzinfo is None else date.timestamp()
