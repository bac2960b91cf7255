"""An interaction as Google shows it: how it stands, and where its film is.

Statuses: queued, in_progress, completed, failed, cancelled, incomplete, requires_action, budget_exceeded. There is no
progress. `steps` hold what went in (`user_input`), was thought, and came out (`model_output`). A video that Google's
filters withheld is "completed" too, with words in its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Look, Ready, Waiting
from bot.providers.common.endpoint import Host, host_of
from bot.providers.common.errors import REWORD
from bot.providers.common.response import ApiError, Response
from bot.providers.gemini.cost import cost_of, film_tokens
from bot.providers.gemini.errors import api_error_of, is_blocked

Interaction = Mapping[str, object]

GOOGLE = "generativelanguage.googleapis.com"
KEPT = timedelta(hours=48)  # how long Google keeps the file; the record of the interaction lives on for weeks
ENDINGS = {
    "cancelled": "The video service stopped this video.",
    "incomplete": "The video service broke this video off before it was finished.",
    "requires_action": "The video service asked something back instead of making this video.",
    "budget_exceeded": "The budget that Google allows for this video was used up before it was finished.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """One video of an answer: at an address, or in base64 in the answer itself."""

    uri: str = ""
    data: str = ""


def read_status(interaction: Interaction, poll_after: float | None = None) -> Look:
    """How an interaction stands. A status that nobody has seen before counts as waiting: it may yet come to an end."""
    state = str(interaction.get("status")).lower()
    if state == "completed":
        return _completed(interaction)
    if state == "failed":
        return _failed(interaction)
    if state in ENDINGS:
        return Broken(cause=Cause.PROVIDER, reason=ENDINGS[state], cost=cost_of(interaction))
    return Waiting(poll_after=poll_after)


def _completed(interaction: Interaction) -> Look:
    """A film that was paid for and cannot be found is ready all the same, so that a person is asked about it."""
    if film_tokens(interaction):
        return Ready(cost=cost_of(interaction))
    said = ApiError("", " ".join(_texts(interaction))).said
    if films(interaction) or not (said or isinstance(interaction.get("usage"), dict)):
        return Ready()
    words = f": {said}" if said else ""
    return Broken(
        cause=Cause.MODERATION,
        reason=f"The video service made no video (moderation){words}. {REWORD}",
        cost=cost_of(interaction),
    )


def _failed(interaction: Interaction) -> Broken:
    api_error, cost = api_error_of(interaction), cost_of(interaction)
    if is_blocked(api_error):
        reason = f"The video service's moderation blocked this video. {REWORD}"
        return Broken(cause=Cause.MODERATION, reason=reason, cost=cost)
    why = f": {api_error.said}" if api_error.said else " and gave no reason"
    cause = Cause.INVALID if "invalid_" in api_error.code.lower() else Cause.PROVIDER
    return Broken(cause=cause, reason=f"The video service could not make this video{why}.", cost=cost)


def films(interaction: Interaction) -> Sequence[Film]:
    """The videos that came out. Those that came along with the answer are first."""
    found = [
        Film(uri=_text(part.get("uri")), data=_text(part.get("data")))
        for part in _output(interaction)
        if part.get("type") == "video"
    ]
    return sorted((film for film in found if film.uri or film.data), key=lambda film: not film.data)


def place(uri: str, host: Host) -> str:
    """Where to fetch a film. At Google's own address only `alt=media` gives the file and not a description of it.

    Google's files need the key: where something passes its API on, they are fetched through that, as all else is.
    """
    base, (_, found, file) = host.base_url.rstrip("/"), uri.partition("/files/")
    if "://" not in uri:
        url = f"{base}/{uri.lstrip('/')}"
    else:
        url = f"{base}/files/{file}" if found and host_of(uri) == GOOGLE else uri
    if not host.is_own(url):
        return url
    path, _, query = url.partition("?")
    if "/files/" in urlsplit(path).path and not path.endswith(":download"):
        path += ":download"
    return f"{path}?{query}" if "alt=" in query else f"{path}?{f'{query}&' if query else ''}alt=media"


def has_lapsed(interaction: Interaction, response: Response) -> bool:
    """Whether Google's time for keeping the file is over, by Google's own clock. False while that cannot be told."""
    ended, now = _iso(interaction.get("updated")), _http_date(response.headers.get("date"))
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


def _http_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else None
