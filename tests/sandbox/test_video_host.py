"""The simulated video service: answers that match the published schema, playable videos, and failures on request."""

from __future__ import annotations

import asyncio
import importlib
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import av
import pytest
from PIL import Image

from bot.sandbox.video.openai.host import VideoHost
from bot.sandbox.video.painting.lettering import set_text
from bot.sandbox.video.painting.palettes import PALETTES, Palette, chance_for, palette_for
from bot.sandbox.video.service import SANDBOX_KEY
from bot.sandbox.video.trouble import Drip, Hang, Operation, Reset, Say, Truncate
from tests.contract.video_services import RENDER_SECONDS, HandClock, serving
from tests.outside import Folder, from_outside

jsonschema: Any = importlib.import_module("jsonschema")  # it has no type stubs

Valid = Callable[[str, Any], None]


@pytest.fixture(scope="session")
def valid() -> Valid:
    """Check a body against a schema of the published API."""
    components = json.loads(from_outside(Folder.SPECS, "openai_videos.json").read_text(encoding="utf-8"))["components"]

    def check(schema: str, body: Any) -> None:
        whole = {"$ref": f"#/components/schemas/{schema}", "components": components}
        jsonschema.Draft202012Validator(whole).validate(body)

    return check


@dataclass(frozen=True, slots=True)
class Client:
    """A client of the host like any other."""

    host: VideoHost
    clock: HandClock
    session: aiohttp.ClientSession

    async def json(self, method: str, path: str, status: int = 200, **sent: Any) -> Any:
        async with self.session.request(method, path, **sent) as response:
            assert response.status == status, await response.text()
            return await response.json()

    async def create(self, prompt: str = "a red fox in the snow", **fields: Any) -> dict[str, Any]:
        body = {"prompt": prompt, "size": "1280x720"} | fields
        return dict(await self.json("POST", "videos", json=body))

    async def finished(self, prompt: str = "a red fox in the snow", **fields: Any) -> str:
        video = await self.create(prompt, **fields)
        self.clock.now += RENDER_SECONDS
        return str(video["id"])

    async def file(self, video_id: str, variant: str = "video") -> bytes:
        path = f"videos/{video_id}/content"
        async with self.session.get(path, params={"variant": variant}) as response:
            assert response.status == 200, await response.text()
            return await response.read()


@asynccontextmanager
async def a_client(host: VideoHost, clock: HandClock, key: str = SANDBOX_KEY) -> AsyncIterator[Client]:
    async with (
        serving({"/video/openai": host.application()}) as url,
        aiohttp.ClientSession(
            f"{url}/video/openai/v1/", headers={"Authorization": f"Bearer {key}"}, timeout=aiohttp.ClientTimeout(30)
        ) as session,
    ):
        yield Client(host, clock, session)


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    clock = HandClock()
    async with a_client(VideoHost(render_seconds=RENDER_SECONDS, clock=clock, frame_rate=4), clock) as client:
        yield client


def a_picture(size: tuple[int, int] = (1280, 720)) -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, "PNG")
    return data.getvalue()


def form(**fields: Any) -> aiohttp.FormData:
    data = aiohttp.FormData()
    for name, value in fields.items():
        if isinstance(value, bytes):
            data.add_field(name, value, filename=f"{name}.bin", content_type="application/octet-stream")
        else:
            data.add_field(name, value, content_type="text/plain")
    return data


async def test_every_stage_of_a_video_is_as_the_schema_says(client: Client, valid: Valid) -> None:
    video = await client.create("a fox", seconds="8")
    stages = [video]
    for _ in range(4):
        client.clock.now += RENDER_SECONDS / 4
        stages.append(await client.json("GET", f"videos/{video['id']}"))
    for stage in stages:
        valid("VideoResource", stage)
    assert [stage["status"] for stage in stages] == ["queued", "in_progress", "in_progress", "in_progress", "completed"]
    assert [stage["progress"] for stage in stages] == [0, 25, 50, 75, 100]
    assert (stages[-1]["seconds"], stages[-1]["size"], stages[-1]["prompt"]) == ("8", "1280x720", "a fox")


async def test_a_failed_video_is_as_the_schema_says(client: Client, valid: Valid) -> None:
    for prompt, code in (("[moderated] x", "moderation_blocked"), ("[breaks] x", "server_error")):
        video = await client.json("GET", f"videos/{await client.finished(prompt)}")
        valid("VideoResource", video)
        assert (video["status"], video["error"]["code"]) == ("failed", code)


async def test_lists_are_as_the_schema_says_and_turn_pages(client: Client, valid: Valid) -> None:
    ids = [(await client.create(f"number {number}"))["id"] for number in range(5)]
    first = await client.json("GET", "videos", params={"limit": "2"})
    second = await client.json("GET", "videos", params={"limit": "2", "after": first["last_id"]})
    upwards = await client.json("GET", "videos", params={"order": "asc"})
    for page in (first, second, upwards):
        valid("VideoListResource", page)
    assert [video["id"] for video in first["data"] + second["data"]] == ids[:0:-1]
    assert [video["id"] for video in upwards["data"]] == ids
    assert (first["has_more"], upwards["has_more"]) == (True, False)


async def test_an_empty_list_is_as_the_schema_says(client: Client, valid: Valid) -> None:
    page = await client.json("GET", "videos")
    valid("VideoListResource", page)
    assert page["data"] == []


async def test_remixes_and_edits_are_new_videos_that_name_their_source(client: Client, valid: Valid) -> None:
    source = await client.finished()
    remix = await client.json("POST", f"videos/{source}/remix", json={"prompt": "at night"})
    edit = await client.json("POST", "videos/edits", json={"prompt": "by day", "video": {"id": source}})
    for video in (remix, edit):
        valid("VideoResource", video)
        assert video["remixed_from_video_id"] == source
    assert [accepted.operation for accepted in client.host.created] == ["create", "remix", "edit"]


async def test_a_video_can_be_sent_to_be_edited(client: Client) -> None:
    film = await client.file(await client.finished())
    await client.json("POST", "videos/edits", data=form(prompt="at night", video=film))
    assert client.host.created[-1].ordered.picture == film


async def test_only_finished_videos_can_be_remixed(client: Client) -> None:
    video = await client.create()
    await client.json("POST", f"videos/{video['id']}/remix", 400, json={"prompt": "at night"})
    assert len(client.host.created) == 1


async def test_a_deleted_video_is_gone(client: Client, valid: Valid) -> None:
    video = await client.create()
    valid("DeletedVideoResource", await client.json("DELETE", f"videos/{video['id']}"))
    await client.json("GET", f"videos/{video['id']}", 404)
    await client.json("DELETE", f"videos/{video['id']}", 404)


async def test_a_form_is_read_like_json(client: Client) -> None:
    picture = a_picture()
    data = form(prompt="a fox", model="sora-2-pro", seconds="12", size="1280x720", input_reference=picture)
    await client.json("POST", "videos", data=data)
    ordered = client.host.created[0].ordered
    assert (ordered.prompt, ordered.model, ordered.seconds, ordered.size) == ("a fox", "sora-2-pro", 12, (1280, 720))
    assert ordered.picture == picture


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"prompt": None}, "Missing required parameter: 'prompt'"),
        ({"prompt": ""}, "Invalid length"),
        ({"seconds": 4}, "expected a string"),
        ({"seconds": "5"}, "Supported values are: '4', '8', '12'"),
        ({"size": "1x1"}, "Supported values are: '720x1280'"),
        ({"size": "1792x1024"}, "Supported values are"),
        ({"model": "sora-3"}, "Supported values are: 'sora-2', 'sora-2-pro'"),
        ({"input_reference": "https://x.example/a.png"}, "expected a file, but got a string"),
        ({"prompt": "[refused] x"}, "blocked by our moderation system"),
    ],
)
async def test_what_the_service_refuses(client: Client, fields: dict[str, Any], words: str) -> None:
    answer = await client.json("POST", "videos", 400, json={"prompt": "a fox", "size": "1280x720"} | fields)
    assert words in answer["error"]["message"]
    assert client.host.created == ()


@pytest.mark.parametrize(("picture", "words"), [(a_picture((64, 64)), "Inpaint image"), (b"text", "unsupported file")])
async def test_a_picture_has_to_be_one_of_the_right_size(client: Client, picture: bytes, words: str) -> None:
    data = form(prompt="a fox", size="1280x720", input_reference=picture)
    assert words in (await client.json("POST", "videos", 400, data=data))["error"]["message"]


async def test_nothing_is_told_without_the_key() -> None:
    clock = HandClock()
    async with a_client(VideoHost(clock=clock), clock, key="wrong") as client:
        for method, path in (("GET", "videos"), ("POST", "videos"), ("GET", "models")):
            answer = await client.json(method, path, 401)
            assert answer["error"]["code"] == "invalid_api_key"


async def test_models_are_listed(client: Client) -> None:
    listed = await client.json("GET", "models")
    assert [model["id"] for model in listed["data"]] == ["sora-2", "sora-2-pro"]


@pytest.mark.parametrize(
    ("fields", "size", "seconds"),
    [
        ({}, (1280, 720), 4),
        ({"size": "720x1280", "seconds": "8"}, (720, 1280), 8),
        ({"size": "1024x1792", "model": "sora-2-pro"}, (1024, 1792), 4),
    ],
)
async def test_films_are_real(client: Client, fields: dict[str, str], size: tuple[int, int], seconds: int) -> None:
    data = await client.file(await client.finished(**fields))
    assert data.index(b"moov") < data.index(b"mdat")  # so that it plays before it is downloaded completely
    with av.open(io.BytesIO(data), "r") as film:
        picture, sound = film.streams.video[0], film.streams.audio[0]
        assert (picture.width, picture.height, picture.pix_fmt) == (*size, "yuv420p")
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert film.duration == pytest.approx(seconds * 1_000_000, abs=100_000)
        assert sum(1 for _ in film.decode(picture)) == 4 * seconds
    with av.open(io.BytesIO(data), "r") as film:
        heard = sum(frame.samples / frame.sample_rate for frame in film.decode(audio=0))
        assert heard == pytest.approx(seconds, abs=0.1)


async def test_a_silent_film_has_no_sound_track(client: Client) -> None:
    with av.open(io.BytesIO(await client.file(await client.finished("[silent] a fox"))), "r") as film:
        assert not film.streams.audio


async def test_stills_are_webp_and_jpeg(client: Client) -> None:
    video = await client.finished()
    with Image.open(io.BytesIO(await client.file(video, "thumbnail"))) as thumbnail:
        assert (thumbnail.format, thumbnail.size) == ("WEBP", (1280, 720))
    with Image.open(io.BytesIO(await client.file(video, "spritesheet"))) as sheet:
        assert (sheet.format, sheet.size) == ("JPEG", (960, 405))


async def first_frame(client: Client, video: str) -> Image.Image:
    with Image.open(io.BytesIO(await client.file(video, "thumbnail"))) as still:
        return still.convert("RGB")


def difference(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of the upper parts, which show no text: 0 to 255."""
    box = (0, 100, 1280, 360)
    pairs = zip(one.crop(box).tobytes(), other.crop(box).tobytes(), strict=True)
    return sum(abs(a - b) for a, b in pairs) / (3 * 1280 * 260)


async def test_prompts_differ_in_looks_and_a_remix_keeps_its_sources(client: Client) -> None:
    source = await client.finished("a red fox in the snow")
    remix = (await client.json("POST", f"videos/{source}/remix", json={"prompt": "with a hat"}))["id"]
    other = await client.finished("neon cat")
    looks = [await first_frame(client, video) for video in (source, remix, other)]
    assert 0 < difference(looks[0], looks[1]) < 10 < difference(looks[0], looks[2])


def test_a_prompt_may_ask_for_its_light_and_a_remix_for_another() -> None:
    def light(*prompts: str) -> Palette:
        return palette_for(chance_for(prompts[0]), prompts)

    assert light("a fox in the snow") == PALETTES["snow light"]
    assert light("a fox in the snow, golden hour") == PALETTES["red evening"]
    assert light("a fox in the snow", "make it night", "add a hat") == PALETTES["moonlit night"]
    assert light("a fox", "add a knight") == light("a fox")


async def test_a_film_starts_from_the_given_picture(client: Client) -> None:
    data = form(prompt="a fox", size="1280x720", input_reference=a_picture())
    video = (await client.json("POST", "videos", data=data))["id"]
    client.clock.now += RENDER_SECONDS
    still = await first_frame(client, video)
    assert still.getpixel((640, 300)) == pytest.approx((0, 128, 128), abs=6)


async def test_a_film_is_not_there_before_its_time_nor_long_after(client: Client) -> None:
    video = (await client.create())["id"]
    assert "not ready yet" in (await client.json("GET", f"videos/{video}/content", 404))["error"]["message"]
    client.clock.now += 2 * 3600
    assert "expired" in (await client.json("GET", f"videos/{video}/content", 404))["error"]["message"]


async def test_a_slow_film_takes_longer_and_a_quiet_one_tells_no_progress(client: Client) -> None:
    slow, quiet = [(await client.create(prompt))["id"] for prompt in ("[slow] x", "[no progress] x")]
    client.clock.now += RENDER_SECONDS * 0.9
    assert (await client.json("GET", f"videos/{slow}"))["progress"] == 22
    assert (await client.json("GET", f"videos/{quiet}"))["progress"] == 0


async def test_a_lost_answer_is_on_the_bill_all_the_same(client: Client) -> None:
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.create("[lost] a fox")
    assert [accepted.prompt for accepted in client.host.created] == ["[lost] a fox"]


async def test_trouble_comes_once_each_and_in_order(client: Client) -> None:
    trouble = client.host.trouble
    trouble.next(Operation.CREATE, Say(status=503, body={"detail": "busy"}, headers={"Retry-After": "7"}), Reset())
    async with client.session.post("videos", json={"prompt": "x"}) as response:
        assert (response.status, response.headers["Retry-After"]) == (503, "7")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.create()
    assert client.host.created == ()
    assert trouble.is_over
    await client.create()
    assert client.host.asked[Operation.CREATE] == 3
    assert len(client.host.created) == 1


async def test_an_order_may_be_carried_out_before_trouble_strikes(client: Client) -> None:
    client.host.trouble.next(Operation.CREATE, Say(status=500, body={}, after=True), Reset(after=True))
    await client.json("POST", "videos", 500, json={"prompt": "x"})
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.create()
    assert len(client.host.created) == 2


async def test_an_order_may_be_carried_out_late(client: Client) -> None:
    go = asyncio.Event()
    client.host.trouble.next(Operation.CREATE, Hang(until=go))
    order = asyncio.create_task(client.create())
    await asyncio.wait([order], timeout=0.2)
    assert not order.done()
    assert len(client.host.created) == 0
    go.set()
    assert [(await order)["id"]] == [accepted.id for accepted in client.host.created]


async def test_a_file_may_break_off_or_drip(client: Client) -> None:
    video = await client.finished()
    whole = await client.file(video)
    client.host.trouble.next(Operation.CONTENT, Truncate(keep=1000), Drip(size=len(whole) // 3, pause=0))
    with pytest.raises(aiohttp.ClientPayloadError):
        await client.file(video)
    assert await client.file(video) == whole


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a fox", ("a fox",)),
        ("Café au lait", None),
        ("夜の東京を走る電車", None),
        ("x" * 200, None),
        ("🦊", None),
    ],
)
def test_any_prompt_can_be_painted(text: str, lines: tuple[str, ...] | None) -> None:
    lettering = set_text(text, 40, 600, 3)
    assert 1 <= len(lettering.lines) <= 3
    assert all(lettering.font.getlength(line) <= 600 for line in lettering.lines)
    assert lines is None or lettering.lines == lines
