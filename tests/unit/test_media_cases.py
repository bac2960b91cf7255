"""Files on which Kinora once failed, if they lie beside the checkout; each kind also has a small test of its own."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.media import Fit
from bot.domain.video import Size
from bot.media.processor import SubprocessMediaProcessor

CHECKOUT = Path(__file__).resolve().parents[2]
BESIDE = [folder / "shared" / "cases" for folder in list(CHECKOUT.parents)[:2]]


def case(name: str) -> Path:
    given = [Path(os.environ["KINORA_CASES"])] if "KINORA_CASES" in os.environ else BESIDE
    found = next((folder / name for folder in given if (folder / name).is_file()), None)
    if found is None:
        pytest.skip(f"there is no shared/cases/{name} beside the checkout, nor in KINORA_CASES")
    return found


@pytest.mark.parametrize(
    ("name", "note"),
    [("comfy_ztxt.png", "used as it is"), ("48mp.jpg", "cropped from 8064x6048 to 1280x720")],
)
async def test_a_picture_that_was_refused_once_is_used(name: str, note: str) -> None:
    fitted = await SubprocessMediaProcessor().fit(case(name).read_bytes(), Size(1280, 720), Fit.CROP)

    assert (Image.open(io.BytesIO(fitted.png)).size, fitted.note) == ((1280, 720), note)
