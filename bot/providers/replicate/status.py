"""Replicate's answers: a prediction's state, its file, and what the list shows of it.

Statuses documented: starting, processing, succeeded, failed, canceled, aborted; no progress, and never a price. An hour
after its end the service deletes inputs and outputs, and reports that as `data_removed`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from bot.data_classes import value_object
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Listed, Look, Ready, Waiting
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
from bot.providers.common.errors import is_moderation
from bot.providers.common.lists import moment_of
from bot.providers.common.outcome import is_usable_id
from bot.providers.common.response import api_error_in
from bot.providers.common.sizes import size_of
from bot.providers.replicate.inputs import NAMES, InputRole, ModelInputs

Prediction = Mapping[str, object]

NEVER_BEGUN = "aborted"
LONGEST_ADDRESS = 4000  # characters
VIDEO_FILE = re.compile(r"\.(mp4|webm|mov|mkv|avi)$", re.IGNORECASE)
MOVING_PICTURE = re.compile(r"\.gif$", re.IGNORECASE)  # usually a preview of the video next to it
DEEPEST = 4  # levels of an output that are searched for addresses


def is_odd(prediction: Prediction) -> bool:
    """Whether its status is unknown."""
    return str(prediction["status"]).lower() not in ENDED | GOING_ON


def read_status(prediction: Prediction, poll_after: float | None = None, *, again: bool = False) -> Look:
    """The state of a prediction. An unknown status counts as waiting: it may still end.

    If it comes `again`, the other fields count: an error, or a file.
    """
    state = str(prediction["status"]).lower()
    if again and is_odd(prediction):
        state = "failed" if prediction.get("error") else "succeeded" if any(files_of(prediction)) else state
    if state in DONE:
        return Ready()
    if state not in ENDED:
        return Waiting(poll_after=poll_after)
    return _ended(state, prediction)


def _ended(state: str, prediction: Prediction) -> Broken:
    """A prediction that never began is free; a stopped one is billed for its running time. For failures: not known."""
    api_error = api_error_in(prediction.get("error"))
    if state == NEVER_BEGUN or state in LOST:
        return Broken(cause=Cause.EXPIRED, reason=given_up())
    if state in BLOCKED or is_moderation(api_error):
        return Broken(cause=Cause.MODERATION, reason=blocked())
    if state in STOPPED:
        return Broken(cause=Cause.PROVIDER, reason=stopped(), charged=isinstance(prediction.get("started_at"), str))
    return Broken(cause=Cause.PROVIDER, reason=could_not_make(api_error))


def files_of(prediction: Prediction) -> Iterator[str]:
    """Addresses in its output, videos first: some models return one, some a list, some an object with names."""
    found = list(_addresses(prediction.get("output"), DEEPEST))
    return iter(sorted(found, key=_place_of))


def _place_of(url: str) -> int:
    path = url.partition("?")[0]
    return 0 if VIDEO_FILE.search(path) else 1 if MOVING_PICTURE.search(path) else 2


def _addresses(output: object, deep: int) -> Iterator[str]:
    if isinstance(output, str):
        if output.startswith(("https://", "http://")) and len(output) <= LONGEST_ADDRESS:
            yield output
    elif deep and isinstance(output, list | dict):
        for inner in output.values() if isinstance(output, dict) else output:
            yield from _addresses(inner, deep - 1)


def listed(row: object, inputs: Mapping[str, ModelInputs]) -> Listed | None:
    """A prediction as the list shows it; None for one without an id or a time.

    Length and size are only read from fields that each order fills. Others may contain a model's defaults, which would
    rule out the order that it is.
    """
    match row:
        case {"id": str(remote_id), "created_at": str(written)} if is_usable_id(remote_id):
            moment = moment_of(written)
        case _:
            return None
    if moment is None:
        return None
    shown = row if isinstance(row, dict) else {}
    model = _text(shown.get("model"))
    given = _Given({} if shown.get("data_removed") else _mapping(shown.get("input")), inputs.get(model or ""))
    return Listed(
        remote_id=remote_id,
        created_at=moment,
        model=model,
        prompt=given.prompt,
        seconds=given.seconds,
        size=given.size,
    )


@value_object(kw_only=False)
class _Given:
    """The inputs of a prediction; `inputs` is None for a model that this process has not ordered."""

    values: Mapping[str, object]
    inputs: ModelInputs | None

    @property
    def prompt(self) -> str | None:
        """Empty for models without a prompt, such as upscalers: never an order of ours."""
        words = self.values.get("prompt")
        return words if isinstance(words, str) else "" if self.values else None

    @property
    def seconds(self) -> str | None:
        match self._of(InputRole.LENGTH):
            case bool():
                return None
            case int() | str() as whole:
                return str(whole)
            case float() as number if number.is_integer():
                return str(int(number))
            case _:
                return None

    @property
    def size(self) -> str | None:
        """Only if both parts are given, in words that stand for exactly one size."""
        resolution, ratio = self._of(InputRole.RESOLUTION), self._of(InputRole.RATIO)
        if not isinstance(resolution, str) or not isinstance(ratio, str):
            return None
        size = size_of("4K" if resolution.lower() == "4k" else resolution, ratio)
        return None if size is None else str(size)

    def _of(self, role: InputRole) -> object:
        """None too if a video was an input: the result has that video's length and size."""
        field = None if self.inputs is None else self.inputs.get(role)
        edited = any(self.values.get(name) for name in NAMES[InputRole.VIDEO])
        return None if field is None or edited else self.values.get(field.name)


def is_from_the_site(row: object) -> bool:
    """Whether somebody made it on Replicate's own website: never an order of ours."""
    return isinstance(row, dict) and row.get("source") == "web"


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
