"""Which videos play everywhere, and how the others are converted."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from PIL import Image

from bot.domain.media import Footage
from bot.media.processor import SubprocessMediaProcessor
from bot.media.video.footage import inspected
from tests.films import Shot, filmed

pytestmark = pytest.mark.usefixtures("cheap_processes")

MIB = 1024 * 1024
HEVC_8, HEVC_10 = (Shot(codec="libx265", pixel_format=each) for each in ("yuv420p", "yuv420p10le"))


def found(path: Path, shot: Shot) -> Footage:
    footage, _ = inspected(str(film(path, shot)), 1, 320)
    return footage


def film(path: Path, shot: Shot) -> Path:
    return filmed(path, Image.new("RGB", (128, 72), "orange"), shot)


@pytest.mark.parametrize("profile", ["baseline", "main", "high"])
def test_the_plain_profiles_play_everywhere(tmp_path: Path, profile: str) -> None:
    assert found(tmp_path / "film.mp4", Shot(options={"profile": profile}, sound="aac")).obstacles == ()


def test_a_video_held_upright_plays_everywhere(tmp_path: Path) -> None:
    assert found(tmp_path / "film.mp4", Shot(matrix=(0, 1, -1, 0))).obstacles == ()


@pytest.mark.parametrize(
    ("shot", "obstacles"),
    [
        (Shot(pixel_format="yuv420p10le"), ("H.264 High 10",)),
        (Shot(pixel_format="yuv422p"), ("H.264 High 4:2:2",)),
        (Shot(pixel_format="yuv444p"), ("H.264 High 4:4:4 Predictive",)),
        (Shot(options={"qp": "0"}), ("H.264 High 4:4:4 Predictive",)),  # lossless, and still yuv420p
        (Shot(options={"level": "6.0"}), ("H.264 level 6",)),
        (Shot(pixel_format="yuvj420p", is_full_range=True), ("full range",)),
        (Shot(matrix=(-1, 0, 0, 1)), ("mirrored",)),
        (HEVC_8, ("HEVC",)),
        (HEVC_10, ("HEVC", "10 bit")),
        (Shot(codec="libvpx-vp9"), ("VP9",)),
        (Shot(codec="mpeg4", sound="libmp3lame"), ("MPEG-4 Part 2", "sound in MP3")),
    ],
)
def test_what_keeps_some_clients_from_playing_it_is_said(
    tmp_path: Path, shot: Shot, obstacles: tuple[str, ...]
) -> None:
    assert found(tmp_path / "film.mp4", shot).obstacles == obstacles


@pytest.mark.parametrize(
    ("encoder", "name"),
    [("ac3", "AC-3"), ("eac3", "E-AC-3"), ("flac", "FLAC"), ("libmp3lame", "MP3"), ("libopus", "Opus")],
)
async def test_sound_that_some_clients_do_not_play_becomes_aac(tmp_path: Path, encoder: str, name: str) -> None:
    shot = Shot(sound=encoder)
    assert found(tmp_path / "film.mp4", shot).obstacles == (f"sound in {name}",)

    await SubprocessMediaProcessor().shrink(tmp_path / "film.mp4", tmp_path / "copy.mp4", MIB)

    copy, _ = inspected(str(tmp_path / "copy.mp4"), 1, 320)
    assert (copy.has_sound, copy.obstacles) == (True, ())
    assert copy.seconds == pytest.approx(1.0, abs=0.1)
    assert loudest(tmp_path / "copy.mp4") > 0.05


async def test_sound_that_cannot_be_decoded_leaves_a_silent_copy(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", Shot(sound="libopus"))
    path.write_bytes(path.read_bytes().replace(b"Opus", b"zzzz"))

    footage, _ = inspected(str(path), 1, 320)
    copy = await SubprocessMediaProcessor().shrink(path, tmp_path / "copy.mp4", MIB)

    assert (footage.obstacles, copy.has_sound) == (("sound in an unknown format",), False)


@pytest.mark.parametrize("shot", [Shot(options={"qp": "0"}), HEVC_10, Shot(pixel_format="yuv422p")])
async def test_a_copy_of_anything_plays_everywhere(tmp_path: Path, shot: Shot) -> None:
    media = SubprocessMediaProcessor()

    await media.shrink(film(tmp_path / "film.mp4", shot), tmp_path / "copy.mp4", MIB)

    assert inspected(str(tmp_path / "copy.mp4"), 1, 320)[0].obstacles == ()


async def test_a_copy_is_never_larger_than_can_be_made(tmp_path: Path) -> None:
    wide = filmed(tmp_path / "film.mp4", Image.new("RGB", (5120, 256)), Shot(frames=2))

    copy = await SubprocessMediaProcessor().shrink(wide, tmp_path / "copy.mp4", MIB)

    assert (copy.size.width, copy.size.height) == (2560, 128)


def loudest(path: Path) -> float:
    """At most 1."""
    with av.open(path) as container:
        samples = [bytes(frame.planes[0]) for frame in container.decode(audio=0)]
    return max(abs(value) for each in samples for value in memoryview(each).cast("f"))
