"""Videos in other formats are converted to MP4, once; undecodable ones are reported as such."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from bot.domain.errors import SpoiltVideo
from bot.media.processor import SubprocessMediaProcessor
from bot.media.video.footage import inspected
from tests.films import Shot, a_film, filmed

pytestmark = pytest.mark.usefixtures("cheap_processes")

WEBM = Shot(codec="libvpx-vp9", sound="libopus", container="webm", frames=20)
OTHERS = (
    WEBM,
    Shot(codec="libvpx", container="webm"),
    Shot(container="matroska", sound="aac"),
    Shot(codec="mpeg4", container="avi", sound="libmp3lame"),
    Shot(container="flv", sound="aac"),
    Shot(codec="gif", pixel_format="rgb8", container="gif"),
    Shot(codec="libvpx", container="ogg", sound="libopus"),
)


def film(folder: Path, shot: Shot) -> Path:
    image = Image.new("RGB", (128, 72), "orange")
    image.paste("blue", (0, 0, 64, 72))
    return filmed(folder / "fetched.mp4", image, shot)  # whatever its format


async def converted(video: Path) -> Path:
    target = video.with_name("converted.mp4")
    assert await SubprocessMediaProcessor().to_mp4(video, target)
    return target


@pytest.mark.parametrize("shot", OTHERS, ids=lambda shot: f"{shot.container}-{shot.codec}")
async def test_a_video_in_another_container_becomes_an_mp4_that_plays_everywhere(tmp_path: Path, shot: Shot) -> None:
    target = await converted(film(tmp_path, shot))

    footage, (still,) = inspected(str(target), 1, 320)
    assert (footage.video_codec, footage.obstacles) == ("h264", ())
    assert footage.has_sound == (shot.sound is not None)
    assert footage.seconds == pytest.approx(shot.frames / 10, abs=0.15)
    left, right = (still.image.crop(box).resize((1, 1)).tobytes() for box in ((0, 0, 50, 72), (78, 0, 128, 72)))
    assert (left[2] > 200, left[0] < 60, right[2] < 60, right[0] > 200) == (True, True, True, True)


async def test_an_mp4_stays_as_it_is(tmp_path: Path) -> None:
    video = film(tmp_path, Shot())

    assert not await SubprocessMediaProcessor().to_mp4(video, tmp_path / "converted.mp4")

    assert not (tmp_path / "converted.mp4").exists()


async def test_what_is_no_video_at_all_is_left_for_the_look_at_it(tmp_path: Path) -> None:
    (tmp_path / "fetched").write_bytes(b"<html>502</html>")

    assert not await SubprocessMediaProcessor().to_mp4(tmp_path / "fetched", tmp_path / "converted.mp4")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.8])
async def test_a_download_that_broke_off_is_not_passed_off_as_a_shorter_video(tmp_path: Path, share: float) -> None:
    video = film(tmp_path, WEBM)
    video.write_bytes(video.read_bytes()[: int(video.stat().st_size * share)])

    with pytest.raises(SpoiltVideo) as spoilt:
        await converted(video)

    assert not spoilt.value.lasting


@pytest.mark.parametrize("kept", [353, 406, 900])
async def test_a_download_that_broke_off_in_its_header_is_worth_another_try(kept: int, tmp_path: Path) -> None:
    """It reveals no more of its format than an undecodable file, which would end a paid video."""
    video = a_film(tmp_path / "film.mp4", codec="libx264")
    video.write_bytes(video.read_bytes()[:kept])
    with pytest.raises(SpoiltVideo) as spoilt:
        inspected(str(video), 4, 320)
    assert not spoilt.value.lasting


async def test_what_only_begins_like_a_webm_is_spoilt(tmp_path: Path) -> None:
    (tmp_path / "fetched").write_bytes(b"\x1a\x45\xdf\xa3" + bytes(2000))

    with pytest.raises(SpoiltVideo, match="no playable video"):
        await converted(tmp_path / "fetched")


@pytest.mark.parametrize(
    ("shot", "name", "unknown"), [(WEBM, b"V_VP9", b"V_ZZ9"), (Shot(), b"avc1", b"zzz1")], ids=["webm", "mp4"]
)
async def test_a_format_that_nobody_here_can_decode_is_no_use_to_download_again(
    tmp_path: Path, shot: Shot, name: bytes, unknown: bytes
) -> None:
    video, media = film(tmp_path, shot), SubprocessMediaProcessor()
    video.write_bytes(video.read_bytes().replace(name, unknown))

    async def bring_home() -> None:
        if not await media.to_mp4(video, tmp_path / "converted.mp4"):
            await media.inspect(video, tmp_path / "poster.webp", tmp_path / "sheet.jpg")

    with pytest.raises(SpoiltVideo, match="format that can't be read here") as spoilt:
        await bring_home()

    assert spoilt.value.lasting
