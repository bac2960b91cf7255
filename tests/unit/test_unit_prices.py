"""Prices per video, by pixels, tokens and GPU time: what they add up to, and mistakes in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.domain.errors import CannotStart
from bot.domain.models.card import ModelCard
from bot.domain.models.health import Health
from bot.domain.money.usd import Usd
from bot.domain.video import Size
from bot.jobs.providers.health import ModelReport
from bot.providers.catalogue.load import load_catalogue
from bot.ui.screens.models import ModelsFacts, ModelSheet, ModelsPage
from tests.views import words

HD, SMALL = Size(1280, 720), Size(640, 360)
ROW = """\
[models.clip]
label = "Clip"
provider = "openai"
remote = "clip"
seconds = [5, 10]
sizes = ["1280x720", "640x360"]
"""


def loaded(folder: Path, more: str) -> ModelCard:
    own = folder / "models.toml"
    own.write_text(ROW + more)
    return load_catalogue(own, {"openai": "api.example"}, date(2026, 11, 29)).cards["clip"]


@pytest.mark.parametrize(
    ("unit", "five", "ten_small"),
    [
        ('video = "0.28"', "0.28", "0.28"),
        ('gpu_second = "0.0014"\nmost_gpu_seconds = 300', "0.42", "0.42"),
        (
            'megapixel_frame = "0.001"\nrate = 24',
            "0.112513",
            "0.056526",
        ),  # 121 × 0.9216 + 1, 241 × 0.2304 + 1
        ('million_tokens = "2.50"\nrate = 24', "0.272250", "0.135563"),  # 121 × 900 tokens, 241 × 225
        ('video = "0.10"\nmegapixel_frame = "0.001"', "0.212513", "0.156526"),
    ],
)
def test_a_quote_is_the_most_it_comes_to(tmp_path: Path, unit: str, five: str, ten_small: str) -> None:
    card = loaded(tmp_path, f"[models.clip.unit_price]\n{unit}\n")
    for quoted, dollars in ((card.quote(5, HD), five), (card.quote(10, SMALL), ten_small)):
        assert Usd(0) <= quoted - Usd.of(dollars) < Usd(20)


def test_seconds_and_surcharges_come_beside(tmp_path: Path) -> None:
    card = loaded(
        tmp_path,
        'picture_price = "0.02"\nprice = { "1280x720" = "0.05" }\n[models.clip.unit_price]\nvideo = "0.10"\n',
    )
    assert card.quote(5, HD, picture=True) == Usd.of("0.37")
    assert card.quote(5, SMALL) == Usd.of("0.10")


def test_rows_without_units_stay_what_they_were(tmp_path: Path) -> None:
    card = loaded(tmp_path, 'price = { "1280x720" = "0.05" }\n')
    assert (card.per_second, card.per_video) == ({HD: Usd.of("0.05")}, {})
    assert card.quote(5, HD) == Usd.of("0.25")


@pytest.mark.parametrize(
    ("unit", "problem"),
    [
        ("video = 0.28", "line 8: [models.clip] unit_price video: 0.28 is no price; it has to be dollars in quotes"),
        ('minute = "1"', "line 8: [models.clip] unit_price 'minute' is no unit; there are 'video', 'gpu_second',"),
        ('video = "-1"', "line 8: [models.clip] unit_price video: '-1' is no price"),
        ('gpu_second = "0.01"', "line 8: [models.clip] unit_price gpu_second and most_gpu_seconds go together"),
        ('megapixel_frame = "1"\nrate = 0', "line 9: [models.clip] unit_price rate: has to be a whole number"),
    ],
)
def test_a_slip_is_named_with_its_line(tmp_path: Path, unit: str, problem: str) -> None:
    with pytest.raises(CannotStart) as caught:
        loaded(tmp_path, f"[models.clip.unit_price]\n{unit}\n")
    assert problem in caught.value.sentence


def test_a_price_for_each_video_is_shown_as_that(tmp_path: Path) -> None:
    card = loaded(tmp_path, '[models.clip.unit_price]\nvideo = "0.28"\n')
    report = ModelReport(card=card, health=Health(), remix=card.remix, usual=None, videos=0, ends=None)
    assert "5 s for **$0.28**" in words(ModelsPage(ModelsFacts(rows=[report])))
    assert "$0.28 a video: 1280x720, 640x360" in words(ModelSheet(report))
    assert "/s" not in words(ModelSheet(report))
