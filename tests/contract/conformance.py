"""The dialects in the conformance suite: a row each, so that a new one gets the whole suite."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from hypothesis import strategies as st

from bot.domain.money.usd import Usd
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Look, Order, Provider, Ready, Waiting
from bot.providers.comfyui.names import prompt_id_of
from bot.providers.common.endings import DONE
from bot.sandbox.video.service import SimulatedService
from tests.contract import (
    comfyui_services,
    fal_services,
    gemini_services,
    openrouter_services,
    replicate_services,
    video_services,
    xai_services,
)
from tests.contract.strategies import (
    COMFYUI,
    FAL,
    GEMINI,
    OPENAI,
    OPENROUTER,
    REPLICATE,
    XAI,
    Strategy,
    anything,
    pages,
    shaped,
)


class Service(Protocol):
    """A simulated host and a provider for it."""

    @property
    def host(self) -> SimulatedService: ...

    @property
    def provider(self) -> Provider: ...

    def finish(self) -> None:
        """Let enough time pass for any video."""
        ...


Body = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """`may_say` asserts that what was read from an answer is no more than the answer says.

    `has_usual` names the options that are sent with every order: with their defaults, unless chosen.
    """

    name: str
    open: Callable[..., AbstractAsyncContextManager[Service]]
    order: Callable[..., Order]
    remote_id: str
    shown: Strategy  # what it shows of a video, filled with arbitrary values
    without_id: Strategy
    bodies: Strategy
    may_say: Callable[[Body, Look], None]
    id_in: Callable[[Body], object] = lambda body: body["id"]
    has_usual: frozenset[str] = frozenset()
    lists: bool = False  # whether it lists what it is making

    def __str__(self) -> str:
        return self.name


def _openai_may_say(body: Body, look: Look) -> None:
    match look:
        case Ready():
            video = body.get("detail", body)
            assert isinstance(video, dict)
            if not isinstance(video.get("status"), str):
                video = video["data"]
            assert "id" in video
            assert str(video["status"]).lower() in DONE
        case Waiting(progress=progress):
            assert progress is None or 0 <= progress <= 99
        case Broken(reason=reason):
            assert str(reason)


def _gemini_may_say(body: Body, look: Look) -> None:
    match look:
        case Ready(cost=cost):
            assert str(body["status"]).lower() in DONE
            assert cost is None or cost > Usd(0)
        case Waiting(progress=progress):
            assert progress is None
        case Broken(reason=reason, cost=cost):
            assert str(reason)
            assert cost is None or cost >= Usd(0)


def _openrouter_may_say(body: Body, look: Look) -> None:
    match look:
        case Ready(cost=cost):
            assert str(body["status"]).lower() in DONE
            assert cost is None or cost.micros >= 0
        case Waiting(progress=progress):
            assert progress is None
        case Broken(reason=reason, charged=charged, cost=cost):
            assert str(reason)
            assert charged == (cost is not None and cost.micros > 0)


def _comfyui_may_say(body: Body, look: Look) -> None:
    match look:
        case Ready(cost=cost):
            assert str(body["status"]).lower() in DONE
            assert cost is None
        case Waiting(progress=progress):
            assert progress is None
        case Broken(reason=reason, charged=charged):
            assert str(reason)
            assert not charged


def _fal_may_say(body: Body, look: Look) -> None:
    match look:
        case Ready():
            assert str(body["status"]).lower() in DONE
        case Waiting(progress=progress):
            assert progress is None
        case Broken(reason=reason, cost=cost):
            assert str(reason)
            assert cost is None


def _replicate_may_say(body: Body, look: Look) -> None:
    match look:
        case Ready(cost=cost):
            assert str(body["status"]).lower() in DONE
            assert cost is None
        case Waiting(progress=progress):
            assert progress is None
        case Broken(reason=reason, charged=charged, cost=cost):
            assert str(reason)
            assert cost is None
            assert not charged or isinstance(body["started_at"], str)


def _xai_may_say(body: Body, look: Look) -> None:
    """Withheld videos were billed, unless the answer says that they were free."""
    match look:
        case Ready(cost=cost):
            assert str(body.get("status", "done")).lower() in DONE
            assert cost is None or cost.micros >= 0
        case Waiting(progress=progress):
            assert progress is None or 0 <= progress <= 99
        case Broken(cause=Cause.MODERATION, reason=reason, charged=charged, cost=cost):
            assert str(reason)
            assert charged == (cost is None or cost.micros > 0)
        case Broken(reason=reason, charged=charged, cost=cost):
            assert str(reason)
            assert charged == (cost is not None and cost.micros > 0)


def _subject(name: str, fields: dict[str, Strategy], id_field: str = "id", **more: Any) -> Subject:
    shown = shaped(fields)
    return Subject(
        name=name,
        shown=shown,
        without_id=shaped(fields, id_field),
        bodies=st.one_of(shown, anything, pages, st.lists(shown, max_size=2)),
        **more,
    )


SUBJECTS = (
    _subject(
        name="openai",
        fields=OPENAI,
        open=video_services.a_service,
        order=video_services.an_order,
        remote_id="video_1",
        may_say=_openai_may_say,
        lists=True,
        id_in=lambda body: str(body["id"]),
    ),
    _subject(
        name="gemini",
        fields=GEMINI,
        open=gemini_services.a_gemini,
        order=gemini_services.an_order,
        remote_id="v1_a",
        may_say=_gemini_may_say,
    ),
    _subject(
        name="openrouter",
        fields=OPENROUTER,
        open=openrouter_services.an_openrouter,
        order=openrouter_services.an_order,
        remote_id="gen-vid-1-x",
        may_say=_openrouter_may_say,
    ),
    _subject(
        name="comfyui",
        fields=COMFYUI,
        id_field="prompt_id",
        open=comfyui_services.a_comfyui,
        order=comfyui_services.an_order,
        remote_id=prompt_id_of(comfyui_services.OWN_NAME),
        may_say=_comfyui_may_say,
        lists=True,
        id_in=lambda body: body["prompt_id"],
        has_usual=frozenset({"seed", "negative_prompt"}),
    ),
    _subject(
        name="fal",
        fields=FAL,
        id_field="request_id",
        open=fal_services.a_fal,
        order=fal_services.an_order,
        remote_id="fal-ai/veo3.1/requests/a1b2-c3",
        may_say=_fal_may_say,
        id_in=lambda body: f"fal-ai/veo3.1/requests/{body['request_id']}",
    ),
    _subject(
        name="replicate",
        fields=REPLICATE,
        open=replicate_services.a_replicate,
        order=replicate_services.an_order,
        remote_id="ufawqhfynnddngldkgtslldrkq",
        may_say=_replicate_may_say,
        lists=True,
    ),
    _subject(
        name="xai",
        fields=XAI,
        id_field="request_id",
        open=xai_services.an_xai,
        order=xai_services.an_order,
        remote_id="c1969c86-eaf1-9c25-a594-44a74c992e09",
        may_say=_xai_may_say,
        id_in=lambda body: body["request_id"],
    ),
)
