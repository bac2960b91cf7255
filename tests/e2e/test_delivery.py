"""A paid video reaches its people whatever Discord does: the shipped bot with a failing Discord."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from pathlib import Path

import av
import pytest
import pytest_asyncio
from PIL import Image

from bot.sandbox.discord.http.diary import Exchange
from bot.sandbox.discord.world import admin
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.discord.world.rules import MIB
from bot.sandbox.stage import Stage
from bot.sandbox.video.openai.videos import SimulatedVideo
from bot.sandbox.video.painting import lab
from bot.sandbox.video.painting.film import Film
from tests.e2e.acting import answer, asked, card_goes, card_says, create, logged, result_of, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full
from tests.films import Shot, a_film, a_free_box, filmed
from tests.reprints import reprinting

pytestmark = pytest.mark.asyncio(loop_scope="module")

KIB = 1024
SETTINGS = {"GUILD_MONTHLY_BUDGET_USD": "100"}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("delivery"), SETTINGS).running() as running:
        yield running


@pytest.fixture(autouse=True)
def calm_again(stage: Stage) -> Iterator[None]:
    """Each test begins with a working Discord, with its ordinary limit, and nothing remembered from another test."""
    yield
    stage.world.trouble.clear()
    stage.world.rules.upload_limit = 20 * MIB
    with closing(sqlite3.connect(stage.data / "kinora.db")) as database, database:
        database.execute("DELETE FROM records WHERE namespace = 'upload limit'")


@pytest.fixture
def films_of_some_size() -> Iterator[None]:
    """Large enough to make a smaller copy of them."""
    with reprinting(smaller=2):
        yield


def job_id(message: Message) -> str:
    """From a card or a result, by its buttons or its small print."""
    found = re.search(r"\b(\w{3})-(\w{3})\b · ", message.text)
    assert found, message.text
    return found[1] + found[2]


def original(stage: Stage, message: Message) -> bytes:
    (path,) = (
        path
        for path in (stage.data / "files" / "videos" / job_id(message)).glob("*.mp4")
        if not path.stem.endswith("-preview")
    )
    return path.read_bytes()


def posts(stage: Stage, channel: str = "studio") -> list[Exchange]:
    """Attempts to post a result there."""
    return stage.world.diary.of("POST", f"/channels/{stage.world.channel(channel).id}/messages")


def results(stage: Stage, card: Message) -> list[Message]:
    """Every message that shows the result of a card's job and was not removed."""
    mine = f"k1:remix:{job_id(card)}"
    everything = [m for channel in stage.world.messages.values() for m in channel.values()]
    return [m for m in everything if mine in str(m.components) and not m.deleted and not m.ephemeral]


def no_video_is_taken(stage: Stage) -> None:
    """As many attempts as there are copies to try are refused for their size."""
    stage.world.trouble.fails("POST", f"channels/{stage.world.channel('studio').id}/messages", 413, 40005, times=3)


async def the_one_result(stage: Stage, card: Message) -> Message:
    """The result in its card's channel, once the job is done; there is no second one anywhere."""
    await until(stage, lambda: results(stage, card))
    await card_goes(stage, card)
    (only,) = results(stage, card)
    assert only.channel_id == card.channel_id
    return only


async def status(stage: Stage, card_id: str, words: str) -> None:
    """If the card is no longer visible, /status says how the video ended."""
    await logged(stage, f"{card_id} posting -> undelivered")
    asked = await stage.person("ann").types("/status", channel="lounge", video=f"{card_id[:3]}-{card_id[3:]}")
    said = await answer(stage, asked)
    assert "**Done, but not posted.**" in said.text
    assert words in said.text


def plays(data: bytes) -> tuple[str, str, float, bool]:
    with av.open(io.BytesIO(data), "r") as container:
        film = container.streams.video[0]
        last = max(frame.time or 0.0 for frame in container.decode(film))
        return film.codec_context.name, film.codec_context.pix_fmt or "", round(last), bool(container.streams.audio)


def filming(film: bytes) -> Callable[..., Film]:
    """A video service that delivers this film, whatever is ordered."""

    def shoot(video: SimulatedVideo, *, frame_rate: int, with_sound: bool) -> Film:
        assert (video.ordered.seconds, frame_rate > 0, with_sound) == (4, True, True)
        return Film(video=film, thumbnail=b"", spritesheet=b"")

    return shoot


# Smaller copies, step by step


async def test_a_video_that_fits_is_posted_as_it_is(stage: Stage) -> None:
    before = len(posts(stage))
    card = await create(stage, prompt="a small fox")
    result = await the_one_result(stage, card)
    assert result.file(result.media[0].filename) == original(stage, card)
    assert "Preview" not in result.text
    assert len(posts(stage)) == before + 1


async def test_a_video_known_to_be_too_large_is_not_even_tried(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = a_film(tmp_path / "huge.mp4", seconds=2, noisy=True).read_bytes() + a_free_box(bytes(20 * MIB))
    monkeypatch.setattr(lab, "shoot", filming(film))
    before = len(posts(stage))

    card = await create(stage, prompt="a storm of snow")
    result = await the_one_result(stage, card)

    copy = result.file(result.media[0].filename)
    assert len(copy) <= 20 * MIB < len(film)
    assert plays(copy) == ("h264", "yuv420p", 2, True)
    assert original(stage, card) == film
    assert len(posts(stage)) == before + 1


async def test_boosts_that_end_while_a_video_is_made_cost_no_upload_and_leave_no_lesson(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = a_film(tmp_path / "huge.mp4", seconds=2, noisy=True).read_bytes() + a_free_box(bytes(20 * MIB))
    monkeypatch.setattr(lab, "shoot", filming(film))
    before = len(posts(stage))
    admin.boost(stage.world, 3)

    card = await create(stage, prompt="a storm after the party")
    admin.boost(stage.world, 0)

    result = await the_one_result(stage, card)
    assert len(result.file(result.media[0].filename)) <= 20 * MIB
    assert plays(result.file(result.media[0].filename)) == ("h264", "yuv420p", 2, True)
    assert len(posts(stage)) == before + 1
    assert asked(stage, "SELECT count(*) FROM records WHERE namespace = 'upload limit'") == [(0,)]


@pytest.mark.parametrize(("codec", "pixel_format"), [("libx265", "yuv420p"), ("libx264", "yuv444p")])
async def test_a_format_that_some_clients_freeze_on_comes_as_a_copy_that_plays_everywhere(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, codec: str, pixel_format: str
) -> None:
    film = a_film(tmp_path / "odd.mp4", seconds=2, codec=codec, pixel_format=pixel_format).read_bytes()
    monkeypatch.setattr(lab, "shoot", filming(film))

    card = await create(stage, prompt="a fox from the future")
    result = await the_one_result(stage, card)

    assert plays(result.file(result.media[0].filename)) == ("h264", "yuv420p", 2, True)
    assert "Preview (" in result.text
    assert original(stage, card) == film


async def test_show_delivers_the_original_of_a_preview_as_its_message_says(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = a_film(tmp_path / "odd.mp4", seconds=2, codec="libx265", pixel_format="yuv420p10le").read_bytes()
    monkeypatch.setattr(lab, "shoot", filming(film))
    card = await create(stage, prompt="a fox for bright screens")
    preview = await the_one_result(stage, card)
    assert ", HEVC, 10 bit) is kept. `/show` posts it where Discord allows." in preview.text
    name = f"{job_id(card)[:3]}-{job_id(card)[3:]}"

    await answer(stage, await stage.person("ann").types("/show", channel="lounge", video=name))

    shown = stage.person("ann").sees(stage.world.channel("lounge").id)[-1]
    assert shown.file(shown.media[0].filename) == film
    assert "Some devices can't play this format (HEVC, 10 bit). Download it to watch it there." in shown.text


async def test_a_video_in_another_container_comes_as_an_mp4(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    webm = Shot(codec="libvpx-vp9", sound="libopus", container="webm", frames=20)
    film = filmed(tmp_path / "film.webm", Image.new("RGB", (320, 180), "orange"), webm).read_bytes()
    monkeypatch.setattr(lab, "shoot", filming(film))

    result = await the_one_result(stage, await create(stage, prompt="a fox in another container"))

    assert plays(result.file(result.media[0].filename)) == ("h264", "yuv420p", 2, True)
    assert "Preview" not in result.text


@pytest.mark.usefixtures("films_of_some_size")
async def test_one_that_is_too_large_comes_as_a_preview_and_the_original_is_kept(stage: Stage) -> None:
    before = len(posts(stage))
    card = await create(stage, prompt="a large fox")
    await until(stage, lambda: "Rendering" in card.text or "ordered" in card.text)
    limit = stage.world.rules.upload_limit = 120 * KIB

    result = await the_one_result(stage, card)

    (film,) = result.media
    copy, whole = result.file(film.filename), original(stage, card)
    assert len(copy) <= limit < len(whole)
    assert plays(copy) == plays(whole) == ("h264", "yuv420p", 4, True)
    assert "Preview (" in result.text
    assert "is kept. `/show`" in result.text
    assert [[Path(name).suffix for name in post.files] for post in posts(stage)[before:]] == [[".mp4", ".webp"]] * 2

    before = len(posts(stage))
    next_one = await create(stage, prompt="a large hare")
    assert "Preview (" in (await the_one_result(stage, next_one)).text
    assert len(posts(stage)) == before + 1, "what Discord refused once is not tried again"


async def test_when_discord_takes_more_again_so_do_we(stage: Stage) -> None:
    no_video_is_taken(stage)
    refused = await the_one_result(stage, await create(stage, prompt="a fox before the boost"))
    assert not [each for each in refused.media if each.filename.endswith(".mp4")]
    stage.world.trouble.clear()
    stage.world.guild().premium_tier = 2
    try:
        admin.remove_bot(stage.world)
        admin.invite_bot(stage.world)
        card = await create(stage, prompt="a boosted fox")
        result = await the_one_result(stage, card)
    finally:
        stage.world.guild().premium_tier = 0
    assert result.file(result.media[0].filename) == original(stage, card)


@pytest.mark.usefixtures("films_of_some_size")
async def test_where_no_copy_is_small_enough_a_still_says_where_the_video_is(stage: Stage) -> None:
    no_video_is_taken(stage)
    before = len(posts(stage))

    card = await create(stage, prompt="a fox nobody lets in")

    result = await the_one_result(stage, card)
    assert [media.filename.rpartition(".")[2] for media in result.media] == ["webp"]
    assert "is too large for Discord here" in result.text
    assert "The original is kept. `/show` posts it" in result.text
    assert [button.label for button in result.buttons] == ["Remix", "Run again · $0.40", "More…"]
    assert len(posts(stage)) <= before + 4
    assert plays(original(stage, card))[0] == "h264"


# Temporary faults


@only_in_full("discord.py waits seven seconds between its tries; tests/unit/test_job_steps.py has outages")
@pytest.mark.parametrize("status_code", [500, 503])
async def test_a_discord_that_breaks_down_is_asked_again(stage: Stage, status_code: int) -> None:
    stage.world.trouble.fails("POST", r"channels/\d+/messages$", status_code, times=2)
    await the_one_result(stage, await create(stage, prompt="a patient fox"))


async def test_a_rate_limit_is_waited_for(stage: Stage) -> None:
    stage.world.trouble.fails("POST", r"channels/\d+/messages$", 429, retry_after=1.0, times=2)
    await the_one_result(stage, await create(stage, prompt="a slow fox"))


async def test_a_post_whose_answer_is_lost_is_not_posted_twice(stage: Stage) -> None:
    stage.world.trouble.resets("POST", r"channels/\d+/messages$", done=True)
    before = len(posts(stage))
    card = await create(stage, prompt="one fox only")
    await the_one_result(stage, card)
    assert len(posts(stage)) == before + 2


async def test_a_post_that_was_removed_before_its_answer_came_is_kept_and_said(stage: Stage) -> None:
    stage.world.trouble.resets("POST", r"channels/\d+/messages$", done=True)
    card = await create(stage, prompt="a fox that is swept away")
    stage.person("max").deletes((await until(stage, lambda: results(stage, card)))[0])
    await card_says(stage, card, "posted but removed right away")
    assert results(stage, card) == []
    assert original(stage, card)


# Refusals


async def test_a_deleted_card_does_not_take_its_video_along(stage: Stage) -> None:
    card = await create(stage, prompt="a fox without a card")
    stage.person("max").deletes(card)
    await until(stage, lambda: results(stage, card))
    (result,) = results(stage, card)
    assert result.channel_id == card.channel_id
    assert result.reply_to is None
    assert result.media


@pytest.mark.parametrize(
    ("code", "http", "words"),
    [
        (200000, 400, "AutoMod blocked it"),
        (20009, 400, "filter blocked it"),
        (50001, 403, "can no longer see its channel"),
        (400001, 403, "limiting file uploads"),
        (50024, 400, "Discord rejected it and gave no reason."),
    ],
)
async def test_a_refusal_is_asked_once_kept_and_told_on_the_card(
    stage: Stage, code: int, http: int, words: str
) -> None:
    stage.world.trouble.fails("POST", r"channels/\d+/messages$", http, code, message="", times=9)
    before = len(posts(stage))
    card = await create(stage, prompt="an unwanted fox")
    await card_says(stage, card, words)
    assert "**Done, but not posted.**" in card.text
    assert len(posts(stage)) == before + 1
    assert results(stage, card) == []
    assert plays(original(stage, card))[0] == "h264"


async def test_without_the_right_to_read_back_the_result_stands_alone(stage: Stage) -> None:
    await answer(stage, await stage.person("max").types("/settings videos", keep_cards=True))
    card = await create(stage, prompt="a forgetful fox")
    admin.deny(stage.world, "kinora", "studio", may.READ_MESSAGE_HISTORY)
    try:
        await until(stage, lambda: results(stage, card))
    finally:
        admin.allow(stage.world, "kinora", "studio", may.READ_MESSAGE_HISTORY)
        await answer(stage, await stage.person("max").types("/settings videos", keep_cards=False))
    (result,) = results(stage, card)
    assert result.channel_id == card.channel_id
    assert result.reply_to is None


async def test_an_archived_thread_wakes_up_for_its_video(stage: Stage) -> None:
    card = await create(stage, channel="storyboard", prompt="a sleepy fox")
    admin.archive(stage.world, "storyboard")
    result = await the_one_result(stage, card)
    assert result.channel_id == stage.world.channel("storyboard").id
    assert not stage.world.channel("storyboard").archived


async def test_the_log_holds_no_traceback(stage: Stage) -> None:
    result = await result_of(stage, await create(stage, prompt="the last fox"))
    assert result.media
    assert "Traceback" not in stage.keeper.log.read_text()
