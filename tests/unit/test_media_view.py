"""Poster, stills, contact sheet and copy show a video as its header specifies."""

from __future__ import annotations

import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import pytest
from av.video.reformatter import Colorspace
from PIL import Image

from bot.domain.media import Footage, FramePosition
from bot.domain.video import Size
from bot.media.video.inspection import inspect
from bot.media.video.still import still
from bot.media.video.transcode import transcode
from bot.media.worker.facts import footage_of
from bot.media.worker.message import WorkerMessage
from tests.extent import only_in_full
from tests.films import Shot, filmed, frame_of

MIB = 1024 * 1024
WIDE, HIGH = (128, 72), (72, 128)
RED, GREEN, BLUE, BLACK = (220, 30, 30), (30, 160, 60), (40, 60, 200), (0, 0, 0)
BT709, BT2020 = 1, 9  # FFmpeg's numbers for matrices
PQ, BT2020_PRIMARIES = 16, 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Its first frame as stored, and its header fields."""

    image: Image.Image
    turned: int
    pixel: Fraction | None
    range: int
    matrix: int
    transfer: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything that is ever shown of a video."""

    footage: Footage
    poster: Image.Image
    sheet: Image.Image
    first: Image.Image
    last: Image.Image
    copy: Copy


def seen(video: Path, most: int = MIB) -> Seen:
    footage, poster, sheet = inspected(video)
    first, last = (shot_of(video, footage.size, moment) for moment in (FramePosition.FIRST, FramePosition.LAST))
    return Seen(footage=footage, poster=poster, sheet=sheet, first=first, last=last, copy=copied(video, most))


def inspected(video: Path) -> tuple[Footage, Image.Image, Image.Image]:
    poster, sheet = (video.with_suffix(each) for each in (".webp", ".jpg"))
    head = {"video": str(video), "poster": str(poster), "sheet": str(sheet), "given": None}
    footage = footage_of(inspect(WorkerMessage(head=head)).head)
    return footage, Image.open(io.BytesIO(poster.read_bytes())), Image.open(io.BytesIO(sheet.read_bytes()))


def copied(video: Path, most: int = MIB) -> Copy:
    copy = video.with_suffix(".copy.mp4")
    transcode(WorkerMessage(head={"video": str(video), "target": str(copy), "most": most}))
    with av.open(copy) as container:
        stream = container.streams.video[0]
        frame = next(container.decode(stream))
        (plane,) = frame.reformat(format="rgb24").planes
        image = Image.frombytes("RGB", (frame.width, frame.height), bytes(plane), "raw", "RGB", plane.line_size)
        return Copy(
            image=image,
            turned=frame.rotation,
            pixel=stream.sample_aspect_ratio,
            range=frame.color_range,
            matrix=frame.colorspace,
            transfer=frame.color_trc,
        )


def shot_of(video: Path, size: Size, moment: FramePosition) -> Image.Image:
    answer = still(WorkerMessage(head={"video": str(video), "size": str(size), "moment": moment}))
    return Image.open(io.BytesIO(answer.parts[0]))


def corners(image: Image.Image) -> list[str]:
    """Their colours, in reading order."""
    right, low = image.width * 3 // 4, image.height * 3 // 4
    places = [(x, y) for y in (image.height // 4, low) for x in (image.width // 4, right)]
    return [name_of(image.convert("RGB").getpixel(place)) for place in places]


def name_of(pixel: object) -> str:
    named = {"red": RED, "green": GREEN, "blue": BLUE, "black": BLACK}
    assert isinstance(pixel, tuple)
    close = (n for n, c in named.items() if all(abs(a - b) < 20 for a, b in zip(c, pixel, strict=True)))
    return next(close, str(pixel))


def grey(image: Image.Image) -> int:
    pixel = image.convert("L").getpixel((image.width // 6, image.height // 2))
    assert isinstance(pixel, int)
    return pixel


def quarters() -> Image.Image:
    image = Image.new("RGB", WIDE)
    for place, colour in (((0, 0), RED), ((64, 0), GREEN), ((0, 36), BLUE), ((64, 36), BLACK)):
        image.paste(colour, (*place, place[0] + 64, place[1] + 36))
    return image


@pytest.mark.parametrize(
    ("matrix", "upright", "size"),
    [
        ((1, 0, 0, 1), ["red", "green", "blue", "black"], WIDE),
        ((-1, 0, 0, 1), ["green", "red", "black", "blue"], WIDE),
        ((-1, 0, 0, -1), ["black", "blue", "green", "red"], WIDE),
        ((1, 0, 0, -1), ["blue", "black", "red", "green"], WIDE),
        ((0, 1, -1, 0), ["blue", "red", "black", "green"], HIGH),  # as phones held upright write it
        ((0, -1, 1, 0), ["green", "black", "red", "blue"], HIGH),
        ((0, 1, 1, 0), ["red", "blue", "green", "black"], HIGH),
        ((0, -1, -1, 0), ["black", "green", "blue", "red"], HIGH),
    ],
)
def test_a_turned_video_is_shown_upright(
    tmp_path: Path, matrix: tuple[int, ...], upright: list[str], size: tuple[int, int]
) -> None:
    shown = seen(filmed(tmp_path / "film.mp4", quarters(), Shot(matrix=matrix)))

    assert shown.footage.size == Size(*size)
    for image in (shown.poster, shown.first, shown.last, shown.copy.image):
        assert image.size == size
        assert corners(image) == upright
    assert (shown.sheet.width > shown.sheet.height) == (size == WIDE)
    assert shown.copy.turned == 0


def test_a_turned_copy_lasts_as_long_as_its_original(tmp_path: Path) -> None:
    film = filmed(tmp_path / "film.mp4", quarters(), Shot(matrix=(0, 1, -1, 0), frames=20))
    transcode(WorkerMessage(head={"video": str(film), "target": str(tmp_path / "copy.mp4"), "most": MIB}))

    with av.open(tmp_path / "copy.mp4") as container:
        assert [round(frame.time, 2) for frame in container.decode(video=0)] == [n / 10 for n in range(20)]


def test_oblong_pixels_are_made_square(tmp_path: Path) -> None:
    shown = seen(filmed(tmp_path / "film.mp4", quarters().resize((64, 72)), Shot(pixel=Fraction(2))))

    assert shown.footage.size == Size(*WIDE)
    assert {image.size for image in (shown.poster, shown.first, shown.copy.image)} == {WIDE}
    assert corners(shown.copy.image) == ["red", "green", "blue", "black"]
    assert shown.copy.pixel in {None, Fraction(1)}


def test_a_shape_of_pixels_that_makes_no_sense_is_not_believed(tmp_path: Path) -> None:
    assert seen(filmed(tmp_path / "film.mp4", quarters(), Shot(pixel=Fraction(200)))).footage.size == Size(*WIDE)


@pytest.mark.parametrize("pixel_format", ["yuvj420p", "yuv420p"])
def test_a_video_of_full_range_is_as_bright_in_its_copy(tmp_path: Path, pixel_format: str) -> None:
    image = Image.new("RGB", WIDE, (235, 235, 235))
    image.paste((12, 12, 12), (0, 0, 64, 72))

    shown = seen(filmed(tmp_path / "film.mp4", image, Shot(pixel_format=pixel_format, is_full_range=True)))

    for picture in (shown.poster, shown.first, shown.copy.image):
        assert grey(picture) == pytest.approx(12, abs=3)
        assert grey(picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)) == pytest.approx(235, abs=3)
    assert shown.copy.range == 1


def test_a_small_copy_of_high_definition_says_which_colours_it_is_in(tmp_path: Path) -> None:
    noise = Image.effect_noise((1280, 720), 60).convert("RGB")
    noise.paste(GREEN, (0, 0, 640, 720))
    film = filmed(tmp_path / "film.mp4", noise, Shot(colours=Colorspace.ITU709, frames=3))

    shown = seen(film, 40 * 1024)

    assert shown.copy.image.width < 1280
    assert shown.copy.matrix == BT709
    assert [name_of(picture.getpixel((40, 40))) for picture in (shown.first, shown.copy.image)] == ["green", "green"]


def test_a_label_on_colours_is_kept_in_the_copy(tmp_path: Path) -> None:
    film = filmed(tmp_path / "film.mp4", quarters(), Shot(colours=Colorspace.ITU709, label=BT709))

    shown = seen(film)

    assert shown.copy.matrix == BT709
    assert corners(shown.copy.image) == corners(shown.first) == ["red", "green", "blue", "black"]


@only_in_full("new colours take long")
def test_colours_for_bright_screens_are_brought_to_ordinary_ones(tmp_path: Path) -> None:
    hdr = Shot(
        codec="libx265",
        pixel_format="yuv420p10le",
        colours=Colorspace.BT2020,
        label=BT2020,
        primaries=BT2020_PRIMARIES,
        transfer=PQ,
    )

    film = filmed(tmp_path / "film.mp4", Image.new("RGB", WIDE, (148, 148, 148)), hdr)  # paper white
    (footage, poster, _), copy = inspected(film), copied(film)

    assert footage.obstacles == ("HEVC", "10 bit", "HDR")
    assert min(grey(poster), grey(copy.image)) > 180
    assert (copy.matrix, copy.transfer) == (BT709, 1)


def test_a_cover_picture_is_not_taken_for_the_video(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    with av.open(film, "w") as output:
        cover = output.add_stream("mjpeg")
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        video = output.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = *WIDE, "yuv420p"
        output.mux(cover.encode(frame_of(Image.new("RGB", (64, 64), RED))))
        for _ in range(10):
            output.mux(video.encode(frame_of(Image.new("RGB", WIDE, BLUE))))
        output.mux(video.encode())

    shown = seen(film)

    assert (shown.footage.size, corners(shown.poster)[0], corners(shown.copy.image)[0]) == (Size(*WIDE), "blue", "blue")
