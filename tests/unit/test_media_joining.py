"""Two videos become one: copied if encoded alike, otherwise re-encoded, with their sound in sync."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

import av
import pytest
from PIL import Image

from bot.domain.errors import SpoiltVideo
from bot.domain.media import Footage
from bot.domain.video import Size
from bot.media.joining.join import join
from bot.media.processor import SubprocessMediaProcessor
from bot.media.video.footage import inspected
from bot.media.worker.message import WorkerMessage
from tests.films import Shot, a_film, filmed

pytestmark = pytest.mark.usefixtures("cheap_processes")

FULL_DISK = Path("/dev/full")
WITH_B_FRAMES = Shot(options={"preset": "medium", "bf": "3"}, sound="aac", frames=30)


def joined(first: Path, second: Path) -> tuple[Path, bool]:
    """The file, and whether its frames were copied."""
    target = first.with_name("whole.mp4")
    paths = {"first": str(first), "second": str(second), "target": str(target)}
    return target, join(WorkerMessage(head=paths)).head["copied"]


def facts(path: Path) -> Footage:
    return inspected(str(path), 1, 320)[0]


def moments(path: Path) -> list[float]:
    """When its frames are shown."""
    with av.open(str(path)) as file:
        return [frame.time for frame in file.decode(video=0)]


def is_loud(path: Path) -> list[bool]:
    """For each half second, whether there is any sound."""
    with av.open(str(path)) as file:
        loud = [
            (frame.time or 0.0, max(map(abs, memoryview(bytes(frame.planes[0])).cast("f")[: frame.samples])))
            for frame in file.decode(audio=0)
        ]
    end = loud[-1][0]
    return [max(most for at, most in loud if half <= at < half + 0.4) > 0.01 for half in _halves(end)]


def _halves(end: float) -> Iterator[float]:
    return (number / 2 for number in range(round(end * 2)))


def colour(image: Image.Image, across: int) -> bytes:
    """Red, green and blue of a pixel halfway down."""
    return image.crop((across, 36, across + 1, 37)).tobytes()


def of_colour(path: Path, colour: str, shot: Shot, size: tuple[int, int] = (128, 72)) -> Path:
    return filmed(path, Image.new("RGB", size, colour), shot)


@pytest.mark.parametrize("shot", [Shot(), WITH_B_FRAMES], ids=["plain", "with pictures out of order"])
def test_what_was_encoded_alike_is_copied_picture_by_picture(tmp_path: Path, shot: Shot) -> None:
    first, second = of_colour(tmp_path / "a.mp4", "red", shot), of_colour(tmp_path / "b.mp4", "blue", shot)

    whole, copied = joined(first, second)

    assert copied
    assert facts(whole).seconds == pytest.approx(2 * shot.frames / 10, abs=0.01)
    assert moments(whole) == pytest.approx([number / 10 for number in range(2 * shot.frames)])
    assert facts(whole).obstacles == ()


def test_a_whole_can_be_joined_again(tmp_path: Path) -> None:
    first, second = a_film(tmp_path / "a.mp4"), a_film(tmp_path / "b.mp4")
    whole, _ = joined(first, second)
    twice, copied = joined(whole.rename(tmp_path / "c.mp4"), second)
    assert copied
    assert facts(twice).seconds == pytest.approx(3.0, abs=0.02)


@pytest.mark.parametrize(
    ("first_sounds", "second_sounds", "heard"),
    [(True, True, [True] * 4), (True, False, [True, True, False, False]), (False, True, [False, False, True, True])],
)
def test_sound_stays_where_it_was_and_what_has_none_is_silent(
    tmp_path: Path, *, first_sounds: bool, second_sounds: bool, heard: list[bool]
) -> None:
    first = a_film(tmp_path / "a.mp4", sound=first_sounds)
    second = a_film(tmp_path / "b.mp4", sound=second_sounds)

    whole, copied = joined(first, second)

    assert copied
    assert is_loud(whole) == heard


def test_two_silent_videos_stay_without_a_track(tmp_path: Path) -> None:
    whole, _ = joined(a_film(tmp_path / "a.mp4", sound=False), a_film(tmp_path / "b.mp4", sound=False))
    assert not facts(whole).has_sound


def test_another_shape_is_fitted_into_that_of_the_first_with_bars(tmp_path: Path) -> None:
    first = of_colour(tmp_path / "a.mp4", "red", Shot())
    second = of_colour(tmp_path / "b.mp4", "white", Shot(), size=(72, 128))

    whole, copied = joined(first, second)

    footage, stills = inspected(str(whole), 2, 320)
    assert (copied, footage.size, footage.obstacles) == (False, Size(128, 72), ())
    assert footage.seconds == pytest.approx(2.0, abs=0.01)
    assert max(colour(stills[1].image, 10)) < 40
    assert min(colour(stills[1].image, 64)) > 200


@pytest.mark.parametrize(
    "second",
    [
        Shot(codec="libx265"),
        Shot(pixel_format="yuv444p"),
        Shot(options={"profile": "baseline"}),
        Shot(matrix=(0, 1, -1, 0)),
    ],
    ids=["HEVC", "4:4:4", "another profile", "turned"],
)
def test_what_was_encoded_otherwise_is_encoded_anew(tmp_path: Path, second: Shot) -> None:
    whole, copied = joined(of_colour(tmp_path / "a.mp4", "red", Shot()), of_colour(tmp_path / "b.mp4", "blue", second))
    footage, stills = inspected(str(whole), 2, 320)
    assert (copied, footage.video_codec, footage.obstacles) == (False, "h264", ())
    red, blue = (colour(still.image, 64) for still in stills)
    assert (red[0] > 180, red[2] < 80, blue[0] < 80, blue[2] > 180) == (True, True, True, True)


async def test_it_is_done_in_a_process_of_its_own_that_may_take_no_longer_than_it_is_given(tmp_path: Path) -> None:
    first, second = a_film(tmp_path / "a.mp4"), a_film(tmp_path / "b.mp4")
    await SubprocessMediaProcessor().join(first, second, tmp_path / "whole.mp4")
    assert facts(tmp_path / "whole.mp4").seconds == pytest.approx(2.0, abs=0.02)
    with pytest.raises(SpoiltVideo, match="couldn't be read to the end"):
        await SubprocessMediaProcessor(join_seconds=0.05).join(first, second, tmp_path / "late.mp4")


def test_a_part_that_is_cut_off_is_not_joined(tmp_path: Path) -> None:
    first, second = a_film(tmp_path / "a.mp4"), a_film(tmp_path / "b.mp4")
    second.write_bytes(second.read_bytes()[:-2000])
    with pytest.raises(SpoiltVideo):
        joined(first, second)


@pytest.mark.skipif(not FULL_DISK.exists(), reason="only Linux has it")
def test_a_full_disk_is_no_fault_of_the_parts(tmp_path: Path) -> None:
    """The failed join isn't final: it can succeed once there is room."""
    parts = {"first": str(a_film(tmp_path / "a.mp4")), "second": str(a_film(tmp_path / "b.mp4"))}
    with pytest.raises(OSError, match="No space left") as full:
        join(WorkerMessage(head={**parts, "target": str(FULL_DISK)}))
    assert full.value.errno == errno.ENOSPC
