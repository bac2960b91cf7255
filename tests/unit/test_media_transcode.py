"""Fitted copies: they play everywhere, keep to the given size, and preserve picture and sound."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from bot.domain.errors import SpoiltVideo
from bot.domain.media import Footage
from bot.domain.video import Size
from bot.media.processor import SubprocessMediaProcessor
from bot.media.video.encoding import Source
from bot.media.video.footage import inspected
from bot.media.video.transcode import GENEROUS, LEAST_SIDE, planned
from tests.extent import only_in_full
from tests.films import a_film

pytestmark = pytest.mark.usefixtures("cheap_processes")

KIB = 1024
SHOT = Source(size=Size(1280, 720), seconds=8.0, frame_rate=Fraction(24), has_sound=True)


async def shrunk(film: Path, most: int) -> tuple[Footage, Path]:
    target = film.with_name("copy.mp4")
    return await SubprocessMediaProcessor().shrink(film, target, most), target


@pytest.mark.parametrize(
    "most",
    [
        *(pytest.param(most * KIB, marks=only_in_full("an encoder takes long")) for most in (400, 150)),
        90 * KIB,
    ],
)
async def test_a_copy_fits_and_plays_to_its_end_with_sound(tmp_path: Path, most: int) -> None:
    film = a_film(tmp_path / "film.mp4", seconds=3, size=(640, 360), noisy=True)
    assert film.stat().st_size > 2 * most

    told, copy = await shrunk(film, most)

    real, _ = inspected(str(copy), 1, 320)
    assert most / 4 < copy.stat().st_size <= most
    assert (real.video_codec, real.pixel_format, real.has_sound) == ("h264", "yuv420p", True)
    assert real.seconds == pytest.approx(3.0, abs=0.1)
    assert (told.size, told.has_sound) == (real.size, True)


@pytest.mark.parametrize(
    ("codec", "pixel_format"),
    [("libx264", "yuv444p"), ("libx264", "yuv420p10le"), ("libx265", "yuv420p"), ("mpeg4", "yuv420p")],
)
async def test_every_codec_becomes_one_that_plays_everywhere(tmp_path: Path, codec: str, pixel_format: str) -> None:
    film = a_film(tmp_path / "film.mp4", codec=codec, pixel_format=pixel_format)

    _, copy = await shrunk(film, 4 * 1024 * KIB)

    real, _ = inspected(str(copy), 1, 320)
    assert (real.size, real.video_codec, real.pixel_format) == (Size(320, 180), "h264", "yuv420p")
    assert real.seconds == pytest.approx(1.0, abs=0.1)


async def test_the_index_stands_in_front_so_that_it_plays_while_it_loads(tmp_path: Path) -> None:
    _, copy = await shrunk(a_film(tmp_path / "film.mp4"), 1024 * KIB)
    data = copy.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


async def test_a_silent_film_stays_silent(tmp_path: Path) -> None:
    told, copy = await shrunk(a_film(tmp_path / "film.mp4", sound=False), 1024 * KIB)
    with av.open(str(copy)) as container:
        assert not container.streams.audio
    assert not told.has_sound


async def test_what_would_be_a_slide_show_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SpoiltVideo, match="small enough"):
        await shrunk(a_film(tmp_path / "film.mp4", seconds=3), 4 * KIB)


async def test_a_file_that_is_no_video_is_spoilt(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film" * 1000)
    with pytest.raises(SpoiltVideo):
        await shrunk(tmp_path / "film.mp4", 1024 * KIB)


def test_plenty_of_room_keeps_the_size_and_wastes_nothing() -> None:
    plan = planned(SHOT, 100 * 1024 * KIB)
    assert plan.size == SHOT.size
    assert plan.picture == pytest.approx(1280 * 720 * 24 * GENEROUS, rel=0.01)
    assert plan.sound == 128_000


def test_little_room_makes_the_picture_smaller_rather_than_muddy() -> None:
    plan = planned(SHOT, 512 * KIB)
    assert plan.size.height < 720
    assert plan.size.width / plan.size.height == pytest.approx(16 / 9, rel=0.02)
    assert min(plan.size.width, plan.size.height) >= LEAST_SIDE
    assert (plan.picture + (plan.sound or 0)) * SHOT.seconds / 8 <= 512 * KIB
