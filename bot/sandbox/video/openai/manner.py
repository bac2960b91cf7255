"""How a simulated server speaks the OpenAI Videos dialect: the strict original, which others vary."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum

from aiohttp import web

from bot.sandbox.video.openai import orders
from bot.sandbox.video.openai.orders import Refusal, Sent
from bot.sandbox.video.openai.videos import Ordered, SimulatedVideo
from bot.sandbox.video.trouble import Operation

Json = dict[str, object]

USUAL_OPTIONS = {"seed": "seed", "negative-prompt": "negative_prompt"}
LONGEST = 60  # seconds of film, for servers without a shorter limit
KNOWN = frozenset(Operation) - {Operation.CANCEL, Operation.HEALTH}


class Handout(StrEnum):
    """How a finished film is delivered."""

    CONTENT = "the content route"
    REDIRECT = "a redirect from there"
    REFUSED_WITH_URL = "an address in the words of a 400 from there"
    URL = "`url` in the video"
    URLS = "`urls` in the video"
    METADATA = "`metadata.url` in the video"
    VIDEOS = "`videos[].url` in the video"
    DATA = "`data[].url` in the answer to the order"
    BASE64 = "the film itself in `videos[].base64`"
    B64_JSON = "the film itself in `data[].b64_json`"
    FOLDER = "an address that only the server itself can open"


class Manner:
    """The original: what api.openai.com did until September 2026.

    Subclasses define their server's differences; each names the source.
    """

    name = "openai"
    models: Sequence[str] = tuple(orders.SIZES)
    owner = "simulated"
    headers: Mapping[str, str] = {"openai-version": "2020-10-01"}  # in every answer
    operations: frozenset[Operation] = KNOWN  # the routes that exist
    health: Mapping[str, Json] = {}  # free queries about the server itself: path -> answer
    handouts: Sequence[Handout] = (Handout.CONTENT, Handout.REDIRECT)  # the default first
    has_stills = True
    no_stills: str | None = None  # the message of the 400 for a still; None: they get the film
    says_more = True  # a page of its list says whether there are more
    not_ready = (404, "Video is not ready yet, use GET /v1/videos/{video_id} to check status.")
    lost: str | None = None  # the message of the 500 for an order whose answer was lost behind it; None: no answer
    forgets = False  # a restart clears its memory
    blocks = False  # an order is answered when the video is made
    options: Mapping[str, str] = {}  # the fields for a seed, a negative prompt and sound, by their names on cards
    options_in: str | None = None  # the field that contains these
    usual_seed: int | None = None  # if none is sent

    async def read(self, request: web.Request) -> Sent:
        return await orders.read(request)

    def order(self, sent: Sent) -> Ordered:
        return orders.new_video(sent)

    def new_id(self) -> str:
        return f"video_{secrets.token_hex(24)}"

    def known_as(self, asked: str, _query: Mapping[str, str]) -> str:
        """Our id of the requested video. Raises Refusal."""
        return asked

    def shown(self, video: SimulatedVideo, now: float) -> Json:
        return video.as_json(now)

    def page(self, shown: list[Json], *, has_more: bool) -> Json:
        if not self.says_more:
            return {"object": "list", "data": shown}
        ids = [video["id"] for video in shown]
        first, last = (ids[0], ids[-1]) if ids else (None, None)
        return {"object": "list", "data": shown, "first_id": first, "last_id": last, "has_more": has_more}

    def check_list(self, query: Mapping[str, str]) -> None:
        """Raise Refusal for a list that is not available."""

    def deleted(self, video: SimulatedVideo, _now: float) -> Json:
        return {"id": video.id, "object": "video.deleted", "deleted": True}

    def model_list(self) -> Json:
        models = [
            {"id": name, "object": "model", "created": 1759276800, "owned_by": self.owner} for name in self.models
        ]
        return {"object": "list", "data": models}

    def refused(self, refusal: Refusal) -> web.Response:
        return refusal.answer()

    def times_sent(self, _request: web.Request) -> int:
        """How often an order is forwarded, and paid, if its answer is lost behind it."""
        return 1


class Loose(Manner):
    """What most servers have in common: any size and length, and their own models."""

    headers: Mapping[str, str] = {}

    def order(self, sent: Sent) -> Ordered:
        prompt = sent.prompt()
        model = self.model_of(sent)
        picture = self.picture_of(sent)
        width, height = self.size_of(sent)
        ordered = Ordered(
            model=model, seconds=self.seconds_of(sent), size=(width, height), lineage=(prompt,), picture=picture
        )
        return self.with_options(ordered, sent)

    def with_options(self, ordered: Ordered, sent: Sent) -> Ordered:
        """The options it knows besides the dialect's. Like the real ones, it ignores unknown fields."""
        given = sent.fields if self.options_in is None else sent.fields.get(self.options_in, {})
        if not isinstance(given, Mapping):
            raise Refusal(400, f"Invalid type for '{self.options_in}': expected an object.")
        found = {name: given[field] for name, field in self.options.items() if field in given}
        return replace(
            ordered,
            seed=_whole(found.get("seed", self.usual_seed)),
            without=str(found.get("negative-prompt", "")),
            sound=_truth(found.get("sound")),
        )

    def model_of(self, sent: Sent) -> str:
        model = sent.fields.get("model") or self.models[0]
        if model not in self.models:
            raise self.unknown_model(str(model))
        return str(model)

    def unknown_model(self, model: str) -> Refusal:
        return Refusal(404, f"The model '{model}' does not exist.", code="model_not_found", param="model")

    def seconds_of(self, sent: Sent) -> int:
        text = str(sent.fields.get("seconds", "4"))
        if not re.fullmatch(r"[1-9]\d?", text) or int(text) > LONGEST:
            raise Refusal(400, f"Invalid value for 'seconds': '{text}'.", code="invalid_value", param="seconds")
        return int(text)

    def size_of(self, sent: Sent) -> tuple[int, int]:
        found = re.fullmatch(r"(\d{2,4})x(\d{2,4})", str(sent.fields.get("size") or "1280x720"))
        if found is None:
            raise Refusal(400, "Invalid value for 'size'.", code="invalid_value", param="size")
        return int(found[1]), int(found[2])

    def picture_of(self, sent: Sent) -> bytes | None:
        if "input_reference" in sent.fields:
            orders.refuse_reference("expected a file, but got a string instead")
        picture = sent.files.get("input_reference")
        if picture is not None:
            orders.reference_size(picture)
        return picture


def _whole(value: object) -> int | None:
    if value is None or type(value) is int:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{1,19}", value):
        return int(value)
    raise Refusal(422, "Input should be a valid integer", param="seed")


def _truth(value: object) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise Refusal(422, "Input should be a valid boolean")


class Plain(Loose):
    """A server that can't be identified, and has all routes."""

    name = "plain"
    owner = "somebody"
    models: Sequence[str] = ("sora-2",)
    options: Mapping[str, str] = USUAL_OPTIONS
