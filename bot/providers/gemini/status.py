"""An interaction as Google shows it: its state, and where its video is.

Statuses: queued, in_progress, completed, failed, cancelled, incomplete, requires_action, budget_exceeded. There is no
progress. `steps` contain what was sent (`user_input`), what was thought, and what was made (`model_output`). A video
that Google's filters withheld is "completed" too, with text in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.data_classes import value_object
from bot.domain.messages import Foreign, msg
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Look, Ready, Waiting
from bot.providers.common.endings import (
    BLOCKED,
    DONE,
    ENDED,
    FAILED,
    GOING_ON,
    LOST,
    STOPPED,
    blocked,
    could_not_make,
    given_up,
    stopped,
)
from bot.providers.common.endpoint import Endpoint, host_of
from bot.providers.common.response import ApiError, Response, http_date
from bot.providers.gemini.cost import cost_of, video_tokens
from bot.providers.gemini.errors import api_error_of, is_blocked

Interaction = Mapping[str, object]

GOOGLE = "generativelanguage.googleapis.com"
KEPT = timedelta(hours=48)  # how long Google keeps the file; the record of the interaction is kept for weeks
ENDINGS = {
    "incomplete": msg("The video service stopped before this video was finished."),
    "requires_action": msg("The video service asked a question instead of making this video."),
    "budget_exceeded": msg("Google's spending limit for this video was reached before it was finished."),
}


@value_object
class OutputVideo:
    """One video in an answer: at an address, or as base64 in the answer itself."""

    uri: str = ""
    data: str = ""


def is_odd(interaction: Interaction) -> bool:
    """Whether its status is unknown."""
    return str(interaction.get("status")).lower() not in ENDED | GOING_ON | ENDINGS.keys()


def read_status(interaction: Interaction, poll_after: float | None = None, *, again: bool = False) -> Look:
    """The state of an interaction. An unknown status counts as waiting: the interaction may still end.

    If it comes `again`, the other fields count: an error, or the file.
    """
    state = str(interaction.get("status")).lower()
    if again and is_odd(interaction):
        state = "failed" if interaction.get("error") else "completed" if output_videos(interaction) else state
    if state in DONE:
        return _completed(interaction)
    if state in FAILED:
        return _failed(interaction)
    return _stopped(interaction, state) or Waiting(poll_after=poll_after)


def _stopped(interaction: Interaction, state: str) -> Broken | None:
    """How it ended, by its status alone; None while it is in progress."""
    cost = cost_of(interaction)
    if state in BLOCKED:
        return Broken(cause=Cause.MODERATION, reason=blocked(), cost=cost)
    if state in ENDINGS:
        return Broken(cause=Cause.PROVIDER, reason=ENDINGS[state], cost=cost)
    if state in STOPPED:
        return Broken(cause=Cause.PROVIDER, reason=stopped(), cost=cost)
    return Broken(cause=Cause.EXPIRED, reason=given_up(), cost=cost) if state in LOST else None


def _completed(interaction: Interaction) -> Look:
    """A paid video that cannot be found counts as ready all the same, so that a person is asked about it."""
    if video_tokens(interaction):
        return Ready(cost=cost_of(interaction))
    said = ApiError("", " ".join(_texts(interaction))).said
    if output_videos(interaction) or not (said or isinstance(interaction.get("usage"), dict)):
        return Ready()
    if said:
        no_video = msg("The video service's moderation blocked this video: {reason}.", reason=Foreign(said))
    else:
        no_video = blocked()
    return Broken(cause=Cause.MODERATION, reason=no_video, cost=cost_of(interaction))


def _failed(interaction: Interaction) -> Broken:
    api_error, cost = api_error_of(interaction), cost_of(interaction)
    if is_blocked(api_error):
        return Broken(cause=Cause.MODERATION, reason=blocked(), cost=cost)
    cause = Cause.INVALID if "invalid_" in api_error.code.lower() else Cause.PROVIDER
    return Broken(cause=cause, reason=could_not_make(api_error), cost=cost)


def output_videos(interaction: Interaction) -> Sequence[OutputVideo]:
    """The videos that were made. Those contained in the answer are first."""
    found = [
        OutputVideo(uri=_text(part.get("uri")), data=_text(part.get("data")))
        for part in _output(interaction)
        if part.get("type") == "video"
    ]
    return sorted((video for video in found if video.uri or video.data), key=lambda video: not video.data)


def place(uri: str, endpoint: Endpoint) -> str:
    """Where to download a video. At Google's own address only `alt=media` returns the file instead of its metadata.

    Google's files need the key: if a host passes its API on, they are downloaded through that host, like everything
    else.
    """
    base, (_, found, file) = endpoint.base_url, uri.partition("/files/")
    if "://" not in uri:
        url = f"{base}/{uri.lstrip('/')}"
    else:
        url = f"{base}/files/{file}" if found and host_of(uri) == GOOGLE else uri
    if not endpoint.is_own(url):
        return url
    path, _, query = url.partition("?")
    if "/files/" in urlsplit(path).path and not path.endswith(":download"):
        path += ":download"
    return f"{path}?{query}" if "alt=" in query else f"{path}?{f'{query}&' if query else ''}alt=media"


def has_lapsed(interaction: Interaction, response: Response) -> bool:
    """Whether Google no longer keeps the file, by Google's own clock. False while that is unknown."""
    ended, now = _iso(interaction.get("updated")), http_date(response.headers.get("date"))
    return ended is not None and now is not None and now - ended >= KEPT


def _texts(interaction: Interaction) -> Iterator[str]:
    for part in _output(interaction):
        if part.get("type") == "text":
            yield _text(part.get("text"))


def _output(interaction: Interaction) -> Iterator[Mapping[str, object]]:
    steps = interaction.get("steps")
    for step in steps if isinstance(steps, list) else []:
        if isinstance(step, dict) and step.get("type") == "model_output" and isinstance(step.get("content"), list):
            yield from (part for part in step["content"] if isinstance(part, dict))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _iso(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        return None
    return moment if moment.tzinfo else None
