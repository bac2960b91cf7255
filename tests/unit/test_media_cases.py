"""Files that once broke Kinora, if present next to the checkout; each kind also has a small test elsewhere."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.media import Fit
from bot.domain.video import Size
from bot.media.processor import SubprocessMediaProcessor
from tests.extent import only_in_full
from tests.outside import Folder, from_outside


@pytest.mark.parametrize(
    ("name", "note"),
    [("comfy_ztxt.png", "used as it is"), ("48mp.jpg", "cropped from 8064x6048 to 1280x720")],
)
async def test_a_picture_that_was_refused_once_is_used(name: str, note: str) -> None:
    fitted = await SubprocessMediaProcessor().fit(
        from_outside(Folder.CASES, name).read_bytes(), Size(1280, 720), Fit.CROP
    )

    assert (Image.open(io.BytesIO(fitted.png)).size, fitted.note) == ((1280, 720), note)


@pytest.mark.parametrize(
    ("name", "size", "obstacles"),
    [
        ("rotated.mp4", Size(720, 1280), ()),
        ("full.mp4", Size(640, 360), ("full range",)),
        ("lossless.mp4", Size(640, 360), ("H.264 High 4:4:4 Predictive",)),
        ("hdr.mp4", Size(1280, 720), ("HEVC", "10 bit", "HDR")),
    ],
)
@only_in_full("such copies take long; a small film of each kind is always tried")
@pytest.mark.timeout(600)  # HDR takes 20 s of a core, at low priority: minutes beside other tests
async def test_a_video_that_was_shown_wrong_once_is_shown_right(
    tmp_path: Path, name: str, size: Size, obstacles: tuple[str, ...]
) -> None:
    video, media = from_outside(Folder.CASES, name), SubprocessMediaProcessor()
    poster, sheet, copy = (tmp_path / each for each in ("poster.webp", "sheet.jpg", "copy.mp4"))

    footage = await media.inspect(video, poster, sheet)
    preview = await media.shrink(video, copy, 500 * 1024)

    assert (footage.size, footage.obstacles) == (size, obstacles)
    assert Image.open(io.BytesIO(poster.read_bytes())).size == (size.width, size.height)
    assert (preview.size.width > preview.size.height) == (size.width > size.height)
    again = await media.inspect(copy, poster, sheet)
    assert (again.size, again.obstacles) == (preview.size, ())
