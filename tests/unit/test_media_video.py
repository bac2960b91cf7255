"""Videos: what is detected about them, what is made from them, and which are reported as spoilt."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import pytest
from av.video.reformatter import Colorspace
from PIL import Image

from bot.domain.errors import SpoiltVideo
from bot.domain.media import Footage, FramePosition
from bot.domain.video import Size
from bot.media.processor import SubprocessMediaProcessor
from bot.media.video import footage
from bot.media.video.cut import cut
from bot.media.video.footage import Still
from bot.media.video.inspection import inspect
from bot.media.video.sheet import STILLS, Highlights, moving_poster
from bot.media.video.still import still
from bot.media.worker.message import WorkerMessage
from tests import films

pytestmark = pytest.mark.usefixtures("cheap_processes")

Colour = tuple[int, int, int]
BLACK, RED, GREEN, BLUE = (0, 0, 0), (220, 30, 30), (30, 160, 60), (40, 60, 200)
RAINBOW = [RED] * 6 + [GREEN] * 6 + [BLUE] * 6  # 1.8 seconds: three of the nine stills for each colour
UNLABELLED, BT601 = 2, 6  # AVCOL_SPC_UNSPECIFIED, AVCOL_SPC_SMPTE170M
NO_VIDEO = "The file contains no playable video."
CUT_OFF = "The video file is incomplete."
DAMAGED = "The video file is damaged and doesn't play to the end."


async def test_a_video_goes_through_the_media_processor(tmp_path: Path) -> None:
    film(tmp_path / "clip.mp4", RAINBOW, sound=True)
    poster, sheet, moving = tmp_path / "poster.webp", tmp_path / "sheet.jpg", tmp_path / "moving.webp"
    media = SubprocessMediaProcessor()

    facts = await media.inspect(tmp_path / "clip.mp4", poster, sheet, None, moving)
    last = await media.still(tmp_path / "clip.mp4", Size(64, 64), FramePosition.LAST)

    assert facts == Footage(size=Size(128, 72), seconds=1.8, video_codec="h264", pixel_format="yuv420p", has_sound=True)
    assert (opened(poster).format, opened(sheet).format) == ("WEBP", "JPEG")
    assert Image.open(io.BytesIO(last)).size == (64, 64)
    with Image.open(moving) as frames:
        assert (frames.format, frames.size, getattr(frames, "n_frames", 1)) == ("WEBP", (128, 72), 3)  # one per colour


async def test_a_video_of_a_few_pixels_is_a_video(tmp_path: Path) -> None:
    clip = films.a_film(tmp_path / "clip.mp4", seconds=1, size=(8, 2), sound=False)
    facts = await SubprocessMediaProcessor().inspect(clip, tmp_path / "poster.webp", tmp_path / "sheet.jpg")
    assert facts.size == Size(8, 2)


def test_a_moving_poster_is_small_whatever_it_shows_and_left_out_where_it_cannot_be() -> None:
    first = Image.effect_noise((1280, 1280), 200).convert("RGB")
    noise = [Still(at=0.0, image=first.rotate(90 * number)) for number in range(STILLS)]
    written = moving_poster(noise)
    assert written is not None
    assert len(written) <= 300_000
    assert Image.open(io.BytesIO(written)).size == (320, 320)
    assert moving_poster(noise, most=1000) is None


async def test_a_relative_path_is_meant_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film(tmp_path / "clip.mp4", [RED])
    monkeypatch.chdir(tmp_path)

    assert await SubprocessMediaProcessor().still(Path("clip.mp4"), Size(64, 64), FramePosition.FIRST)


async def test_a_missing_file_and_a_full_disk_are_not_blamed_on_the_video(tmp_path: Path) -> None:
    film(tmp_path / "clip.mp4", [RED])
    media = SubprocessMediaProcessor()

    with pytest.raises(FileNotFoundError, match=r"gone\.mp4"):
        await media.still(tmp_path / "gone.mp4", Size(64, 64), FramePosition.FIRST)
    with pytest.raises(FileNotFoundError, match=r"poster\.webp"):
        await media.inspect(tmp_path / "clip.mp4", tmp_path / "nowhere" / "poster.webp", tmp_path / "sheet.jpg")


def test_a_silent_video_has_no_sound(tmp_path: Path) -> None:
    facts = inspected(film(tmp_path / "clip.mp4", RAINBOW)).facts

    assert (facts["has_sound"], facts["seconds"], facts["size"]) == (False, 1.8, {"width": 128, "height": 72})


def test_the_sheet_shows_nine_stills_in_the_order_they_are_seen(tmp_path: Path) -> None:
    sheet = inspected(film(tmp_path / "clip.mp4", RAINBOW)).sheet

    assert sheet.size == (1280, 722)
    centres = [(212 + 428 * column, 119 + 242 * row) for row in range(3) for column in range(3)]
    assert [near(sheet, place) for place in centres] == [RED] * 3 + [GREEN] * 3 + [BLUE] * 3


def test_every_still_carries_its_time(tmp_path: Path) -> None:
    sheet = inspected(film(tmp_path / "clip.mp4", [RED] * 9)).sheet

    corners = [sheet.crop((428 * c, 242 * r + 200, 428 * c + 70, 242 * r + 238)) for r in range(3) for c in range(3)]
    assert all(max(corner.convert("L").tobytes()) > 200 for corner in corners)  # with white text
    assert len({corner.tobytes() for corner in corners}) == 9  # all different


def test_the_times_of_stills_are_those_that_menus_name(tmp_path: Path) -> None:
    clip = films.a_film(tmp_path / "clip.mp4", seconds=4, size=(64, 36), sound=False)

    _, stills = footage.inspected(str(clip), STILLS, 64)

    assert [each.at for each in stills] == [4 * (number + 0.5) / STILLS for number in range(STILLS)]


@pytest.mark.parametrize(
    ("frames", "colours"), [(RAINBOW, [RED] * 3 + [GREEN] * 3 + [BLUE] * 3), ([GREEN], [GREEN] * 9)]
)
def test_each_still_of_the_sheet_can_be_had_as_large_as_the_video(
    tmp_path: Path, frames: list[Colour], colours: list[Colour]
) -> None:
    clip = film(tmp_path / "clip.mp4", frames)

    answers = [cut(WorkerMessage(head={"video": str(clip), "number": number})) for number in range(STILLS)]

    stills = [Image.open(io.BytesIO(answer.parts[0])) for answer in answers]
    assert [(still.size, near(still, (64, 36))) for still in stills] == [((128, 72), colour) for colour in colours]


def test_an_upright_video_gives_an_upright_sheet_of_bounded_size(tmp_path: Path) -> None:
    result = inspected(film(tmp_path / "clip.mp4", [RED], size=(72, 128)))

    assert (result.sheet.size, result.poster.size) == ((722, 1280), (72, 128))


def test_a_large_video_gives_a_poster_of_bounded_size(tmp_path: Path) -> None:
    result = inspected(film(tmp_path / "clip.mp4", [RED], size=(1920, 1080)))

    assert (result.facts["size"], result.poster.size) == ({"width": 1920, "height": 1080}, (1280, 720))


def test_a_video_of_one_frame_shows_it_nine_times(tmp_path: Path) -> None:
    result = inspected(film(tmp_path / "clip.mp4", [GREEN]))

    assert result.facts["seconds"] == pytest.approx(0.1)
    assert near(result.poster, (64, 36)) == GREEN
    assert near(result.sheet, (1068, 603)) == GREEN


def test_a_poster_is_taken_a_quarter_into_the_video(tmp_path: Path) -> None:
    assert near(inspected(film(tmp_path / "clip.mp4", RAINBOW)).poster, (64, 36)) == RED
    early = film(tmp_path / "early.mp4", [RED] * 2 + [GREEN] * 16)
    assert near(inspected(early).poster, (64, 36)) == GREEN


@pytest.mark.parametrize("black", [slice(0, 12), slice(4, 18)])
def test_a_poster_is_not_black_while_anything_else_is_to_be_seen(tmp_path: Path, black: slice) -> None:
    colours = [BLUE] * 18
    colours[black] = [BLACK] * len(colours[black])

    assert near(inspected(film(tmp_path / "clip.mp4", colours)).poster, (64, 36)) == BLUE


def test_a_video_that_is_all_black_still_has_a_poster(tmp_path: Path) -> None:
    assert near(inspected(film(tmp_path / "clip.mp4", [BLACK] * 5)).poster, (64, 36)) == BLACK


def test_nothing_large_is_kept_of_a_video_but_its_poster(tmp_path: Path) -> None:
    highlights = Highlights()

    footage.watched(str(film(tmp_path / "clip.mp4", RAINBOW, size=(1280, 720))), STILLS, highlights.see)

    assert {still.image.size for still in highlights.stills} == {(424, 238)}
    assert highlights.poster.size == (1280, 720)


def test_a_given_picture_becomes_the_poster(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", RAINBOW)
    Image.new("RGB", (2560, 1440), BLUE).save(tmp_path / "given", "JPEG")

    poster = inspected(clip, tmp_path / "given").poster

    assert (poster.size, near(poster, (640, 360))) == ((1280, 720), BLUE)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(Image.new("RGB", (128, 72), BLACK), id="black"),
        pytest.param(Image.new("RGB", (64, 64), BLUE), id="small"),
        pytest.param(b"<html>not found</html>", id="no picture"),
        pytest.param(b"", id="empty"),
        pytest.param(None, id="missing"),
        pytest.param(b"\xff\xd8\xff\xe0", id="cut off"),
        pytest.param(b"\xff\xd8\xff" + bytes(20 * 1024 * 1024), id="heavy"),
    ],
)
def test_a_given_picture_that_shows_nothing_is_passed_over(tmp_path: Path, given: Image.Image | bytes | None) -> None:
    clip = film(tmp_path / "clip.mp4", RAINBOW, size=(256, 144))
    if isinstance(given, bytes):
        (tmp_path / "given").write_bytes(given)
    elif given is not None:
        given.save(tmp_path / "given", "PNG")

    poster = inspected(clip, tmp_path / "given").poster

    assert (poster.size, near(poster, (128, 72))) == ((256, 144), RED)


@pytest.mark.parametrize(
    "content", [b"", b"<html>502</html>", b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", bytes(5000)]
)
def test_what_is_no_mp4_is_spoilt(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)

    assert complaint(tmp_path / "clip.mp4") == NO_VIDEO


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    assert complaint(film(tmp_path / "clip.mp4", [], sound=True)) == NO_VIDEO


def test_a_video_in_another_container_is_spoilt(tmp_path: Path) -> None:
    assert complaint(film(tmp_path / "clip.mp4", RAINBOW, container="matroska")) == NO_VIDEO


@pytest.mark.parametrize("sound", [True, False])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.999])
def test_a_download_that_broke_off_is_spoilt(tmp_path: Path, share: float, *, sound: bool) -> None:
    clip = film(tmp_path / "clip.mp4", noise(18), sound=sound, flags="+faststart")
    data = clip.read_bytes()
    clip.write_bytes(data[: int(len(data) * share)])

    assert complaint(clip) == CUT_OFF


def test_a_download_without_its_table_of_contents_is_spoilt(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", noise(18))
    clip.write_bytes(clip.read_bytes()[:-100])

    assert complaint(clip) == NO_VIDEO


def test_a_video_in_fragments_is_read_to_its_end(tmp_path: Path) -> None:
    whole = film(tmp_path / "whole.mp4", noise(18), flags="frag_keyframe+empty_moov", key_every=3)
    part = tmp_path / "part.mp4"
    part.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.7)])

    assert inspected(whole).facts["seconds"] == pytest.approx(1.8, abs=0.11)
    assert complaint(part) == CUT_OFF


@pytest.mark.parametrize("filler", [b"\0", b"\xa5"])
def test_a_video_with_a_hole_in_it_is_spoilt(tmp_path: Path, filler: bytes) -> None:
    clip = film(tmp_path / "clip.mp4", noise(18), flags="+faststart")
    data = bytearray(clip.read_bytes())
    middle, length = len(data) // 2, len(data) // 4
    data[middle : middle + length] = filler * length
    clip.write_bytes(data)

    assert complaint(clip) == DAMAGED


def test_of_a_very_long_video_only_key_frames_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    colours = [RED, GREEN, GREEN, BLUE, GREEN, GREEN] * 3  # with a key frame every three frames
    clip = film(tmp_path / "clip.mp4", colours, key_every=3)
    monkeypatch.setattr(footage, "MOST_PIXELS", 128 * 72 * 17)

    result = inspected(clip)

    assert result.facts["seconds"] == pytest.approx(1.8)
    centres = [(212 + 428 * column, 119 + 242 * row) for row in range(3) for column in range(3)]
    assert {near(result.sheet, place) for place in centres} == {RED, BLUE}


def test_the_first_and_the_last_frame_are_really_those(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", [BLUE, *[GREEN] * 30, RED], sound=True)

    assert near(frame(clip, FramePosition.FIRST), (32, 32)) == BLUE
    assert near(frame(clip, FramePosition.LAST), (32, 32)) == RED


def test_the_last_frame_is_found_behind_several_key_frames(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", [*[GREEN] * 31, RED], key_every=5)

    assert near(frame(clip, FramePosition.LAST), (32, 32)) == RED


def test_the_last_frame_of_a_video_that_broke_off_is_the_last_there_is(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", [BLUE] * 10 + [GREEN] * 10, flags="+faststart", key_every=1)
    with av.open(clip) as container:
        places = sorted(packet.pos for packet in container.demux(video=0) if packet.pos is not None)
    clip.write_bytes(clip.read_bytes()[: places[15] + 10])

    assert near(frame(clip, FramePosition.LAST), (32, 32)) == GREEN


def test_a_still_is_cropped_to_the_size_asked_for(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", [BLUE])

    assert frame(clip, FramePosition.FIRST, "72x128").size == (72, 128)


def test_a_still_of_nothing_is_refused(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").write_bytes(b"<html>")

    for moment in FramePosition:
        with pytest.raises(SpoiltVideo):
            frame(tmp_path / "clip.mp4", moment)


def test_high_definition_without_a_label_is_shown_in_the_colours_of_high_definition(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", [RED], size=(1280, 720), colours=Colorspace.ITU709)

    assert near(frame(clip, FramePosition.FIRST), (32, 32)) == RED


def test_a_label_on_colours_is_believed(tmp_path: Path) -> None:
    clip = film(tmp_path / "clip.mp4", [RED], size=(1280, 720), colours=Colorspace.ITU601, label=BT601)

    assert near(frame(clip, FramePosition.FIRST), (32, 32)) == RED


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspected:
    facts: dict[str, object]
    poster: Image.Image
    sheet: Image.Image


def inspected(clip: Path, given: Path | None = None) -> Inspected:
    poster, sheet = clip.with_suffix(".webp"), clip.with_suffix(".jpg")
    paths = {"video": str(clip), "poster": str(poster), "sheet": str(sheet), "given": given and str(given)}
    facts = inspect(WorkerMessage(head=paths)).head
    return Inspected(facts=dict(facts), poster=opened(poster), sheet=opened(sheet))


def opened(path: Path) -> Image.Image:
    return Image.open(io.BytesIO(path.read_bytes()))


def complaint(clip: Path) -> str:
    with pytest.raises(SpoiltVideo) as spoilt:
        inspected(clip)
    assert not clip.with_suffix(".webp").exists()
    return spoilt.value.sentence


def frame(clip: Path, moment: FramePosition, size: str = "64x64") -> Image.Image:
    answer = still(WorkerMessage(head={"video": str(clip), "size": size, "moment": moment}))
    return Image.open(io.BytesIO(answer.parts[0]))


def near(image: Image.Image, place: tuple[int, int]) -> Colour | tuple[float, ...]:
    """The named colour closest to a pixel, or the pixel itself."""
    pixel = image.convert("RGB").getpixel(place)
    assert isinstance(pixel, tuple)
    close = (c for c in (RED, GREEN, BLUE, BLACK) if all(abs(a - b) < 10 for a, b in zip(c, pixel, strict=True)))
    return next(close, pixel)


def noise(frames: int) -> list[Image.Image]:
    """Frames that don't compress to a few bytes."""
    return [Image.effect_noise((128, 72), 90).convert("RGB") for _ in range(frames)]


def film(
    path: Path,
    frames: Sequence[Colour | Image.Image],
    *,
    size: tuple[int, int] = (128, 72),
    sound: bool = False,
    flags: str = "",
    key_every: int = 250,
    container: str = "mp4",
    colours: Colorspace = Colorspace.ITU601,
    label: int = UNLABELLED,
) -> Path:
    """A real H.264 video at ten frames a second, optionally with at least a second of AAC sound."""
    with av.open(path, "w", format=container, options={"movflags": flags} if flags else {}) as file:
        video = file.add_stream("libx264", rate=10, options={"preset": "ultrafast", "crf": "12"}) if frames else None
        track = file.add_stream("aac", rate=48000) if sound else None
        if video is not None:
            video.width, video.height = size
            video.pix_fmt = "yuv420p"
            video.gop_size = key_every
            video.codec_context.colorspace = label
            for content in frames:
                image = content if isinstance(content, Image.Image) else Image.new("RGB", size, content)
                shot = av.VideoFrame.from_bytes(image.convert("RGBA").tobytes(), *size).reformat(
                    format="yuv420p", dst_colorspace=colours
                )
                shot.colorspace = label
                file.mux(video.encode(shot))
            file.mux(video.encode())
        if track is not None:
            for number in range(84):
                samples = av.AudioFrame(format="fltp", layout="stereo", samples=1024)
                samples.sample_rate, samples.pts = 48000, number * 1024
                for plane in samples.planes:
                    plane.update(bytes(plane.buffer_size))
                file.mux(track.encode(samples))
            file.mux(track.encode())
    return path
