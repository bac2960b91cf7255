"""The simulated services of the crash matrix, what is ordered there, and what is on their bills."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from aiohttp import web

from bot.domain.models.card import ModelCard
from bot.sandbox.video.comfyui.service import ComfyUIHost
from bot.sandbox.video.fal.service import FalHost
from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.openai.videos import Ordered
from bot.sandbox.video.replicate.service import ReplicateHost
from bot.sandbox.video.trouble import Operation
from bot.sandbox.video.xai.orders import CLASSIC, Asked
from bot.sandbox.video.xai.service import XaiHost
from tests.builders import a_card
from tests.contract import comfyui_services
from tests.crash.scripts import Orders

PRICE_AT_XAI = 400  # thousandths of a dollar, as the card says


class XaiAtOnePrice(XaiHost):
    """A video found by name is booked as quoted, any other as reported: here both are the same."""

    def _take(
        self,
        request: web.Request,
        operation: Operation,
        asked: Asked,
        ordered: Ordered,
        _: int,
    ) -> web.StreamResponse:
        return super()._take(request, operation, asked, ordered, PRICE_AT_XAI)

    def id_on_the_bill(self, remote_id: str) -> str:
        """An order found by name is identified by its file."""
        files = {f"file:{asked.file}": asked.video.id for asked in self._requests.values()}
        return files.get(remote_id, remote_id)


Host = VideoHost | FalHost | ComfyUIHost | ReplicateHost | XaiAtOnePrice


def host_for(orders: Orders, render_seconds: float, clock: Callable[[], float]) -> Host:
    match orders.server:
        case "fal":
            return FalHost(render_seconds=render_seconds, clock=clock)
        case "comfyui":
            return ComfyUIHost(render_seconds=render_seconds, clock=clock)
        case "replicate":
            return ReplicateHost(render_seconds=render_seconds, clock=clock)
        case "xai":
            return XaiAtOnePrice(render_seconds=render_seconds, clock=clock)
        case accent:
            return VideoHost(accent=accent, render_seconds=render_seconds, clock=clock)


def card_for(orders: Orders) -> ModelCard:
    """The ordered model: at fal with its own field names, with or without a seed, and at ComfyUI with a workflow."""
    card = a_card(remix=orders.ways)
    match orders.server:
        case "xai":
            return replace(card, remote=CLASSIC)
        case "comfyui":
            return replace(card, workflow=comfyui_services.a_card().workflow)
        case "replicate":
            return replace(card, remote="alibaba/wan-3")
        case "fal":
            fields = {"seconds": "duration as 8s", "resolution": "resolution", "ratio": "aspect_ratio", "seed": "seed"}
            if orders is Orders.LISTED_BY_WORDS:
                del fields["seed"]
            return replace(card, remote="fal-ai/veo3.1", fields=fields)
        case _:
            return card


def id_on_the_bill(host: Host, remote_id: str) -> str:
    return host.id_on_the_bill(remote_id) if isinstance(host, XaiAtOnePrice) else remote_id.rpartition("/")[2]
