"""The video object of the OpenAI dialect, as the servers that speak it show it.

Statuses seen: queued, in_progress (OpenAI), processing, succeeded, unknown (LiteLLM, New-API), deleted (SGLang),
expired, cancelled, error, rejected, complete; some call the field `state`. Progress may be null, a float, "45%"
(New-API), 0 until the end, or nonsense; errors may have a numeric code or none, or be a `fail_reason` (New-API); times
may be in milliseconds (New-API) or written out; the length may be called `duration` (resellers); ids are opaque.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from bot.domain.messages import Foreign, Message, Term, joined, msg
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Listed, Look, Ready, Waiting
from bot.providers.common.endings import (
    BLOCKED,
    DONE,
    ENDED,
    FAILED,
    GOING_ON,
    STOPPED,
    blocked,
    could_not_make,
    given_up,
    measured,
    stopped,
)
from bot.providers.common.errors import is_moderation
from bot.providers.common.outcome import is_usable_id
from bot.providers.common.response import ApiError, Response, api_error_in

Video = Mapping[str, object]

INVALID_CODES = frozenset({"400", "422", "invalid_request", "invalid_request_error", "invalid_value"})
URL = re.compile(r"https?://[^\s\"'<>\\]+[^\s\"'<>\\.,;)]")
MILLISECONDS = 10**11  # larger Unix times are not in seconds: they would be after the year 5138


def video_in(response: Response, *, needs_id: bool = True) -> Video | None:
    """The video an answer shows. Some servers put a failed one into an error's body, even inside `detail`."""
    video = unwrapped(response.body)
    if not isinstance(video, dict):
        return None
    has_status, has_id = isinstance(_status(video), str), bool(video.keys() & {"id", "task_id"})
    if response.is_ok and (has_status or has_id) and state_of(video) not in DONE and _error_beside(video):
        return video  # it failed, however little it says
    if not has_status or (needs_id and not has_id):
        return None
    is_video_in_error = state_of(video) in ENDED - {"error"}  # other requests end with "error", too
    return video if response.is_ok or is_video_in_error else None


def unwrapped(body: object) -> object:
    """The video, if an answer wraps it: in `detail` (FastAPI), or in `data` (New-API)."""
    match body:
        case {"detail": detail}:
            return detail
        case {"status": str()} | {"id": _} | {"task_id": _}:
            return body
        case {"data": dict() as data}:
            return data
        case _:
            return body


def state_of(video: Video) -> str:
    return str(_status(video) or "").lower()


def _status(video: Video) -> object:
    return video["status"] if "status" in video else video.get("state")


def is_odd(video: Video) -> bool:
    """Whether its status is unknown."""
    return state_of(video) not in ENDED | GOING_ON


def tells_all(video: Video) -> bool:
    """Whether it is listed as unfinished, with everything that its own answer may say."""
    return state_of(video) in GOING_ON and "progress" in video and not _error_beside(video)


def read_status(video: Video, poll_after: float | None = None, *, again: bool = False) -> Look:
    """The state of a video. An unknown status counts as waiting: the video may still be finished.

    If it comes `again`, the other fields count: an error, or the file.
    """
    state = state_of(video)
    if again and is_odd(video):
        state = "failed" if _error_beside(video) else "completed" if _file_beside(video) else state
    if state in DONE:
        return _filtered(video) or Ready(gpu_seconds=measured(video.get("inference_time_s")))  # from vLLM-Omni
    if state not in ENDED:
        return Waiting(progress=percent(video.get("progress")), poll_after=poll_after)
    api_error = api_error_in(_error_in(video) or _words_beside(video))
    if state in BLOCKED or is_moderation(api_error):
        return Broken(cause=Cause.MODERATION, reason=blocked())
    if state in FAILED:
        return Broken(cause=_cause(api_error), reason=could_not_make(api_error))
    was_finished = video.get("completed_at") is not None
    if state in STOPPED:
        return Broken(cause=Cause.PROVIDER, reason=stopped(), charged=was_finished)
    return Broken(cause=Cause.EXPIRED, reason=given_up(), charged=was_finished)


def out_of_reach(service: Message, place: str) -> Broken:
    """The state of a video that was made at once, but lies where only its host can reach it."""
    if place.startswith("data:"):
        problem = msg(
            "{service} made this video but sent it inside its reply, which Kinora can't keep.", service=service
        )
    else:
        problem = msg(
            "{service} made this video but keeps it in a folder of its own ({place}).",
            service=service,
            place=Foreign(place),
        )
    cure = msg(
        "Start its workers with {option} and an address Kinora can reach.", option=Term("--media-output-http-url")
    )
    return Broken(cause=Cause.PROVIDER, reason=joined(problem, cure), charged=True)


def _filtered(video: Video) -> Broken | None:
    """Bifrost: done, but everything that was made was withheld."""
    match video:
        case {"content_filter": {"filtered_count": int(count)}} if count > 0 and not video.get("videos"):
            withheld = msg("The video service's moderation withheld this video.")
            return Broken(cause=Cause.MODERATION, reason=withheld)
        case _:
            return None


def _cause(api_error: ApiError) -> Cause:
    return Cause.INVALID if api_error.code in INVALID_CODES else Cause.PROVIDER


def percent(progress: object) -> int | None:
    """0 to 99, or None if the host reports nothing sensible. Only the status means 100.

    Up to 1 without a percent sign, a fraction can't be told from a percentage.
    """
    text = progress.strip() if isinstance(progress, str) else ""
    share = number(text.removesuffix("%") if text else progress)
    if not math.isfinite(share) or share < 0 or (0 < share <= 1 and not text.endswith("%")):
        return None
    return min(99, int(share))


def moment(value: object) -> datetime | None:
    """A Unix time in seconds or milliseconds, or a written-out time with its zone."""
    time = number(value)
    try:
        if isinstance(value, str) and math.isnan(time):
            written = datetime.fromisoformat(value)
            return written.astimezone(UTC) if written.tzinfo else None
        return datetime.fromtimestamp(time / 1000 if time > MILLISECONDS else time, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def number(value: object) -> float:
    """A number, possibly written as text; nan for anything else."""
    try:
        return float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        return math.nan


def _error_beside(video: Video) -> bool:
    return bool(_error_in(video))


def _error_in(video: Video) -> object:
    """What a video says about its failure; None if nothing."""
    found = (video.get(name) for name in ("error", "fail_reason", "failure_reason"))
    return next((error for error in found if error and isinstance(error, str | dict)), None)


def _words_beside(video: Video) -> object:
    """What Alibaba's services say about a failure, next to the status itself."""
    return {"code": video.get("code"), "message": video.get("message") or video.get("error_message")}


def _file_beside(video: Video) -> bool:
    return next(addresses(video), None) is not None or has_inline_file(video)


def addresses(video: Video) -> Iterator[str]:
    """Addresses of the file besides `/content`, maybe without a host.

    SGLang `url` and `urls`, New-API `metadata.url` and `result_url`, Bifrost `videos`; others `video_url`, `output` and
    `output.url`.
    """
    places: list[object] = [video, video.get("output"), video.get("metadata")]
    places += [video.get("video_url"), video.get("result_url")]
    for name in ("urls", "videos", "data"):
        several = video.get(name)
        places += several if isinstance(several, list) else []
    for place in places:
        url = place.get("url") if isinstance(place, dict) else place
        if isinstance(url, str) and url:
            yield url


def inline_file(video: Video) -> bytes | None:
    """The file itself, if a host sends it inside the video: Bifrost `videos[].base64`, Dynamo `data[].b64_json`."""
    for text in _inline_texts(video):
        try:
            return base64.b64decode(text.partition(",")[2] if text.startswith("data:") else text, validate=True)
        except ValueError:
            continue
    return None


def has_inline_file(video: Video) -> bool:
    return next(_inline_texts(video), None) is not None


def _inline_texts(video: Video) -> Iterator[str]:
    for name in ("videos", "data"):
        several = video.get(name)
        for place in several if isinstance(several, list) else []:
            texts = [place.get("base64"), place.get("b64_json")] if isinstance(place, dict) else []
            yield from (text for text in texts if isinstance(text, str) and text)


def listed(entry: object) -> Listed | None:
    """A video as a list shows it; None without a usable id or a time, because it could not be identified."""
    if not isinstance(entry, dict):
        return None
    made = moment(entry.get("created_at"))
    if not isinstance(entry.get("id"), str) or not is_usable_id(entry["id"]) or made is None:
        return None
    return Listed(
        remote_id=entry["id"],
        created_at=made,
        model=_text(entry.get("model")),
        prompt=_text(entry.get("prompt")),
        seconds=_whole(entry.get("seconds", entry.get("duration"))),
        size=_text(entry.get("size")),
        remixed_from=_text(entry.get("remixed_from_video_id")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _whole(value: object) -> str | None:
    """Seconds as we write them: 4, "4", 4.0 and "4.0" are all "4"."""
    seconds = number(value)
    return f"{seconds:g}" if math.isfinite(seconds) else None


def urls_in(response: Response) -> Sequence[str]:
    """File addresses in an answer that is not the file: SGLang names one in the text of a 400."""
    if isinstance(response.body, dict) and response.is_ok:
        video = unwrapped(response.body)
        return list(addresses(video)) if isinstance(video, dict) else []
    said = response.body if isinstance(response.body, str) else response.api_error.message
    return URL.findall(said)


def has_expired(response: Response) -> bool:
    return response.status == 410 or (response.status in {400, 404} and "expired" in response.api_error.words)


def is_deleted(response: Response) -> bool:
    """Whether a host says that the video no longer exists: `{"deleted": true}`, or a status that says so."""
    if not response.is_ok or not isinstance(response.body, dict):
        return response.status == 204
    return response.body.get("deleted") is True or state_of(response.body) in STOPPED
