"""The state of a render as ComfyUI shows it: by its jobs (since 2025), or by its queue and its history.

Statuses of jobs: pending, in_progress, completed, failed, cancelled. A history has `status_str` success or error, and
messages that distinguish a stopped render from a failed one. Both have `outputs`: lists of files by node, under
`images` (SaveVideo), `gifs` (VHS_VideoCombine), `video` or any other name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from bot.data_classes import value_object
from bot.domain.messages import Message, msg
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Look, Ready, Waiting
from bot.providers.comfyui.names import FOLDER
from bot.providers.common.endings import (
    BLOCKED,
    DONE,
    ENDED,
    GOING_ON,
    LOST,
    STOPPED,
    blocked,
    could_not_make,
    given_up,
    stopped,
)
from bot.providers.common.outcome import is_usable_id
from bot.providers.common.response import ApiError, Response, api_error_in

OUT_OF_MEMORY = re.compile(r"out ?of ?memory|cuda error: out|allocation on device")
ENDS = ("execution_success", "execution_error", "execution_interrupted")
LATEST = 2.0**53  # milliseconds; larger times are nonsense
FILMS = re.compile(r"\.(mp4|webm|mov|mkv|gif)$", re.IGNORECASE)
NO_FILM = msg("The video service finished without a video: its workflow saved none.")


@value_object
class Render:
    """`outputs` is None if not reported; `error` is the text of an exception; `seconds` is how long it ran."""

    status: str
    outputs: object = None
    error: object = None
    seconds: float | None = None

    @property
    def runs(self) -> bool:
        return self.status == "in_progress"

    @property
    def is_odd(self) -> bool:
        """Whether its status is unknown."""
        return self.status not in ENDED | GOING_ON


@value_object
class MadeFile:
    """The parameters of a `/view` request."""

    filename: str
    subfolder: str
    type: str

    @property
    def query(self) -> Mapping[str, str]:
        return {"filename": self.filename, "subfolder": self.subfolder, "type": self.type}


def job_in(response: Response) -> Render | None:
    """What `/api/jobs/{id}` shows."""
    match response.body:
        case {"id": str(), "status": str(status), **rest} if response.is_ok:
            error = rest.get("execution_error") or rest.get("error")  # from a gateway, in its own format
            seconds = _between(rest.get("execution_start_time"), rest.get("execution_end_time"))
            return Render(status=status.lower(), outputs=rest.get("outputs"), error=error, seconds=seconds)
        case _:
            return None


def entry_in(response: Response, prompt_id: str) -> Render | None:
    """What `/history/{id}` shows."""
    entry = response.body.get(prompt_id) if response.is_ok and isinstance(response.body, dict) else None
    if not isinstance(entry, dict):
        return None
    match entry.get("status"):
        case {"messages": [*messages]}:
            said = dict(_events(messages))
        case _:
            said = {}
    return Render(
        status=_status(entry.get("status"), said),
        outputs=entry.get("outputs"),
        error=said.get("execution_error"),
        seconds=_by_events(said),
    )


def _status(shown: object, said: Mapping[str, object]) -> str:
    match shown:
        case {"status_str": "error"}:
            return "cancelled" if "execution_interrupted" in said else "failed"
        case _:
            return "completed"


def _by_events(said: Mapping[str, object]) -> float | None:
    """From its first message to its last."""
    ends = (said[name] for name in ENDS if name in said)
    return _between(_moment(said.get("execution_start")), _moment(next(ends, None)))


def _moment(event: object) -> object:
    return event.get("timestamp") if isinstance(event, dict) else None


def _between(began: object, ended: object) -> float | None:
    """Seconds between two times in milliseconds; None unless both are there and in order."""
    match began, ended:
        case (int() | float(), int() | float()) if 0 < began <= ended < LATEST:
            return (ended - began) / 1000
        case _:
            return None


def _events(messages: Sequence[object]) -> Iterator[tuple[str, object]]:
    for message in messages:
        if isinstance(message, list) and len(message) >= 2 and isinstance(message[0], str):
            yield message[0], message[1]


def queued(response: Response, part: str) -> list[tuple[float, str, object]] | None:
    """Number, id and graph of what runs (`queue_running`) or waits (`queue_pending`); None if not reported."""
    body = response.body
    entries = body.get(part) if response.is_ok and isinstance(body, dict) else None
    if not isinstance(entries, list):
        return None
    return sorted(_entries(entries), key=lambda entry: entry[0])


def _entries(entries: Sequence[object]) -> Iterator[tuple[float, str, object]]:
    for entry in entries:
        match entry:
            case [int() | float() as number, str(prompt_id), graph, *_]:
                yield number, prompt_id, graph
            case _:
                continue


def graphs_in_history(response: Response) -> Iterator[tuple[str, object]]:
    entries = response.body if response.is_ok and isinstance(response.body, dict) else {}
    for prompt_id, entry in entries.items():
        match entry:
            case {"prompt": [_, _, graph, *_]} if isinstance(prompt_id, str):
                yield prompt_id, graph


def has_prefix(graph: object, prefix: str) -> bool:
    """Whether one of its nodes saves under this prefix."""
    nodes = graph.values() if isinstance(graph, dict) else ()
    inputs = [node.get("inputs") for node in nodes if isinstance(node, dict)]
    return any(prefix in each.values() for each in inputs if isinstance(each, dict))


def read_render(render: Render, service: Message, *, again: bool = False) -> Look:
    """Its state. An unknown status counts as waiting: the render may still end."""
    status = render.status
    if again and render.is_odd:
        status = "failed" if render.error else "completed" if best_file(render.outputs) else status
    if status in DONE:
        has_none = isinstance(render.outputs, dict) and best_file(render.outputs) is None
        if has_none:
            return Broken(cause=Cause.PROVIDER, reason=NO_FILM, gpu_seconds=render.seconds)
        return Ready(gpu_seconds=render.seconds)
    if status not in ENDED:
        return Waiting()
    if status in BLOCKED:
        return Broken(cause=Cause.MODERATION, reason=blocked())
    if status in STOPPED:
        return Broken(cause=Cause.PROVIDER, reason=stopped(), gpu_seconds=render.seconds)
    if status in LOST:
        return Broken(cause=Cause.EXPIRED, reason=given_up())
    return Broken(cause=Cause.PROVIDER, reason=_why(render.error, service), gpu_seconds=render.seconds)


def _why(error: object, service: Message) -> Message:
    kind, said, node = (_text(error, name) for name in ("exception_type", "exception_message", "node_type"))
    if OUT_OF_MEMORY.search(f"{kind} {said}".lower()):
        return msg(
            "The graphics card of {service} has too little memory for this video. Whoever runs it can offer a "
            "smaller size, a shorter length or a smaller model.",
            service=service,
        )
    words = " ".join(said.split()) or kind
    if not words:
        return could_not_make(api_error_in(error))
    return could_not_make(ApiError(kind, f"{node}: {words}" if node else words))


def _text(error: object, name: str) -> str:
    value = error.get(name) if isinstance(error, dict) else error if name == "exception_message" else None
    return value if isinstance(value, str) else ""


def best_file(outputs: object) -> MadeFile | None:
    """The video among the files made: under the prefix that we gave, kept rather than temporary, MP4.

    A graph may save others as well, such as a draft before it is enlarged.
    """
    return min(
        _files(outputs),
        key=lambda made: (made.subfolder != FOLDER, made.type != "output", not made.filename.lower().endswith(".mp4")),
        default=None,
    )


def _files(outputs: object) -> Iterator[MadeFile]:
    for lists in outputs.values() if isinstance(outputs, dict) else ():
        for entries in lists.values() if isinstance(lists, dict) else ():
            for entry in entries if isinstance(entries, list) else ():
                if (made := _file(entry)) is not None:
                    yield made


def _file(entry: object) -> MadeFile | None:
    match entry:
        case {"filename": str(name), **rest} if is_usable_id(name):
            kind = str(rest.get("format") or "")
            if not FILMS.search(name) and not kind.startswith("video/"):
                return None
            return MadeFile(
                filename=name, subfolder=str(rest.get("subfolder") or ""), type=str(rest.get("type") or "output")
            )
        case _:
            return None
