"""The ids under which videos of the OpenAI dialect are kept: the host's own, with whatever is needed to poll them.

    video_123                     most servers
    video_bGl0…?model=my-alias    LiteLLM finds a video only with the model that made it
    https://gpu/videos/1.mp4      Dynamo makes a video while the order waits, and keeps no job: there is only the file
    file:///out/1.mp4, data:      the same, but the file cannot be reached; `look` says so

They are kept whole and unchanged, and survive restarts.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from urllib.parse import quote, unquote

from bot.data_classes import value_object
from bot.providers.common.endings import DONE
from bot.providers.common.endpoint import host_of
from bot.providers.common.outcome import is_usable_id
from bot.providers.common.response import Response
from bot.providers.openai.server_profiles import ServerProfile
from bot.providers.openai.status import addresses, has_inline_file, state_of, unwrapped

MODEL = "?model="
INLINE = "data:video/mp4"  # represents, with a name, a file that was part of the answer and was not kept
ELSEWHERE = ("file:", "data:")


@value_object(kw_only=False)
class Kept:
    """A kept id, parsed: the host's id and the model to ask with, if any."""

    id: str
    model: str | None = None

    @classmethod
    def of(cls, remote_id: str) -> Kept:
        host_id, separator, model = remote_id.rpartition(MODEL)
        return cls(host_id, unquote(model)) if separator and not is_address(remote_id) else cls(remote_id)

    @property
    def query(self) -> Mapping[str, str]:
        return {} if self.model is None else {"model": self.model}


def is_address(remote_id: str) -> bool:
    """Whether a video is identified by its file's address instead of an id."""
    return remote_id.startswith(("https://", "http://", *ELSEWHERE))


def is_out_of_reach(remote_id: str) -> bool:
    return remote_id.startswith(ELSEWHERE)


def kept_id(response: Response, profile: ServerProfile, model: str) -> str | None:
    """The id to keep from the answer to an order; None if nothing in it identifies the video."""
    host_id = None if profile.blocks else id_in(response)
    if host_id is None:
        return _place_in(response)
    return f"{host_id}{MODEL}{quote(model, safe='')}" if profile.asks_with_model and model else host_id


def id_in(response: Response) -> str | None:
    """The id in an answer, or None if it has no usable one. New-API's older name for it is `task_id`."""
    shown = unwrapped(response.body)
    body = shown if isinstance(shown, dict) else {}
    for given in (body.get("id"), body.get("task_id")):
        if isinstance(given, str | int) and not isinstance(given, bool) and is_usable_id(str(given)):
            return str(given)
    return None


def _place_in(response: Response) -> str | None:
    """The location of the file of a video that was made at once: a web address, if there is one."""
    video = unwrapped(response.body)
    if not isinstance(video, dict) or state_of(video) not in DONE:
        return None
    places = list(filter(is_usable_id, addresses(video)))
    web = [place for place in places if place.startswith(("https://", "http://")) and host_of(place)]
    files = [place for place in places if place.startswith("file:")]
    inline = [f"{INLINE};{id_in(response) or secrets.token_hex(8)}"] if has_inline_file(video) else []
    return next(iter(web + files + inline), None)
