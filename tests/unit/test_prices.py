"""The prices of inputs, of one model at another account, and of measured time, and mistakes in them."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.doctor.price_list import row
from bot.domain.errors import CannotStart
from bot.domain.messages import plain
from bot.domain.models.card import ModelCard
from bot.domain.models.health import Health
from bot.domain.models.prices import AccountPrices, GpuTime
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Done
from bot.domain.queue.accounts import AccountLoad
from bot.domain.video import Picture, RemixMethod, Size, VideoOptions
from bot.jobs.ordering.quoting import Quote
from bot.jobs.ordering.remix import option
from bot.jobs.ordering.remix_inputs import RemixInputs
from bot.jobs.providers.health import ModelReport, Whereabouts
from bot.jobs.timing.render_times import RenderTimes
from bot.jobs.use_cases.quotes.details import QuoteDetails
from bot.providers.catalogue.load import SHIPPED, CatalogueFile, card_of, load_catalogue
from bot.ui.screens.models import ModelsFacts, ModelSheet, ModelsPage
from bot.ui.text.phrases.ordering.quotes import question
from bot.ui.text.render import render
from tests.builders import NOON, a_job, a_request, a_video
from tests.views import words

HD, SMALL = Size(1280, 720), Size(640, 360)
TODAY = date(2026, 11, 29)
ROW = """\
[models.clip]
label = "Clip"
provider = "gpu"
accounts = ["gpu", "gateway"]
remote = "clip"
seconds = [5, 10]
sizes = ["1280x720", "640x360"]
picture = true
remix = ["native", "extend", "frame"]
price = { "1280x720" = "0.05", "640x360" = "0.02" }
"""
BOTH = {"gpu": "gpu.lan", "gateway": "gateway.example"}


def loaded(folder: Path, more: str, hosts: dict[str, str] = BOTH) -> ModelCard:
    own = folder / "models.toml"
    own.write_text(ROW + more)
    return load_catalogue(own, hosts, TODAY).cards["clip"]


def a_picture() -> Picture:
    return Picture(key="k.png", preview="k.jpg", sha256="0" * 64, note="")


def a_report(card: ModelCard, *places: Whereabouts) -> ModelReport:
    return ModelReport(card=card, health=Health(), remix=card.remix, usual=None, videos=0, ends=None, runs_at=places)


# Inputs


def test_each_image_that_goes_along_is_in_the_quote(tmp_path: Path) -> None:
    card = loaded(tmp_path, 'picture_price = "0.01"\nreference_price = "0.002"\noptions = ["end"]\nreferences = 3\n')
    picture = a_picture()
    options: VideoOptions[Any] = VideoOptions(end=picture, references=(picture,) * 3)
    assert card.quote(5, HD) == Usd.of("0.25")
    assert card.quote(5, HD, picture=True) == Usd.of("0.26")
    assert card.quote(5, HD, picture=True, options=options) == Usd.of("0.276")
    assert card.quote(5, HD, RemixMethod.FRAME) == Usd.of("0.26")


SOURCE = """
[models.clip.source_price]
native = "0.01"
[models.clip.source_price.extend]
"1280x720" = "0.08"
"640x360" = "0.06"
"""


@pytest.mark.parametrize(
    ("method", "length", "quoted"),
    [
        (RemixMethod.NATIVE, 5.0, "0.30"),  # five seconds made, and five read
        (RemixMethod.NATIVE, 5.04, "0.31"),  # reading is charged by started seconds
        (RemixMethod.EXTEND, 10.0, "1.05"),  # five seconds made, and ten at the price of extensions
        (RemixMethod.FRAME, 10.0, "0.50"),  # sends only a frame
    ],
)
def test_each_second_of_the_original_is_in_the_quote_of_a_way_that_reads_it(
    tmp_path: Path, method: RemixMethod, length: float, quoted: str
) -> None:
    card = loaded(tmp_path, SOURCE)
    done = Done(video=a_video(seconds=length), remote_id="video_1", finished_at=NOON)
    source = a_job(done, request=a_request(model="clip", size=HD))
    wanted = None if method is RemixMethod.NATIVE else 5 if method is RemixMethod.EXTEND else 10
    assert option(card, source, method, wanted, RemixInputs()).price == Usd.of(quoted)


def test_units_are_charged_beside_the_price_with_or_without_sound(tmp_path: Path) -> None:
    card = loaded(
        tmp_path,
        '[models.clip.sound_price.off]\n"1280x720" = "0.01"\n[models.clip.unit_price]\nmegapixel_frame = "1"\n',
    )
    frames = Usd(921_600 * 121 + 1_000_000)  # rounded up to a whole megapixel
    assert card.quote(5, HD, options=VideoOptions(sound=False)) == Usd.of("0.05") + frames
    assert card.quote(5, HD) == Usd.of("0.25") + frames


@pytest.mark.parametrize(("has_sound", "quoted"), [(False, "0.25"), (True, "0.40")])
def test_a_way_that_keeps_the_sound_of_the_original_is_quoted_with_it(
    tmp_path: Path, has_sound: bool, quoted: str
) -> None:
    card = loaded(tmp_path, '[models.clip.sound_price.on]\n"1280x720" = "0.08"\n')
    done = Done(video=a_video(seconds=5.0, has_sound=has_sound), remote_id="video_1", finished_at=NOON)
    source = a_job(done, request=a_request(model="clip", size=HD))
    assert option(card, source, RemixMethod.NATIVE, None, RemixInputs()).price == Usd.of(quoted)


def test_the_shipped_prices_of_xai_are_those_of_its_list() -> None:
    file = CatalogueFile.read(SHIPPED)
    card = card_of("grok-imagine", file.models()["grok-imagine"], file)
    assert card.quote(5, HD, picture=True) == Usd.of("0.352")
    assert card.quote(5, HD, RemixMethod.NATIVE, source_seconds=5) == Usd.of("0.40")
    assert card.quote(3, HD, RemixMethod.EXTEND, source_seconds=6) == Usd.of("0.07") * 9 + Usd.of("0.01") * 6


def test_the_cheapest_model_of_xai_starts_from_a_picture_at_its_listed_price() -> None:
    file = CatalogueFile.read(SHIPPED)
    card = card_of("grok-imagine-1.5-lite", file.models()["grok-imagine-1.5-lite"], file)
    assert card.takes_picture
    assert card.quote(5, HD, picture=True) == Usd.of("0.16")
    assert card.abilities.references == 0


def test_what_is_charged_beside_is_shown(tmp_path: Path) -> None:
    card = loaded(tmp_path, 'picture_price = "0.01"\nreference_price = "0.002"\n' + SOURCE)
    shown = words(ModelSheet(a_report(card)))
    assert "$0.01 for each image to start from or to end with" in shown
    assert "$0.002 for each reference image" in shown
    assert "$0.01 for each second of the original, as edit of the original" in shown
    assert "$0.06 to $0.08 for each second of the original, as extension of the original" in shown
    listed = row(card, BOTH, TODAY)
    assert listed[5] == (
        "$0.01 an image, $0.002 a reference image, $0.01 a second of the original by native, "
        "$0.08 a second of the original by extend"
    )


def test_a_quote_says_what_is_for_images(tmp_path: Path) -> None:
    card = loaded(tmp_path, 'picture_price = "0.01"\nreference_price = "0.002"\n')
    picture = a_picture()
    request = a_request(model="clip", size=HD, seconds=5, picture=picture)
    request = replace(request, options=VideoOptions(references=(picture, picture)))
    details = QuoteDetails(
        quote=Quote(request=request, card=card, price=card.check(replace(request, options=VideoOptions()))),
        times=RenderTimes((), None),
        left=None,
    )
    assert "With $0.01 for 1 image, $0.004 for 2 reference images" in render(question(details))
    plain_one = replace(details, quote=replace(details.quote, request=a_request(model="clip", size=HD)))
    assert "With" not in render(question(plain_one))


# Another price at one account


def test_a_quote_is_the_dearest_of_the_accounts_that_may_take_it(tmp_path: Path) -> None:
    card = loaded(tmp_path, '[models.clip.at.gateway]\nprice = { "1280x720" = "0.08" }\npicture_price = "0.03"\n')
    assert card.quote(5, HD) == Usd.of("0.40")
    assert card.quote(5, HD, account="gpu") == Usd.of("0.25")
    assert card.quote(5, HD, account="gateway", picture=True) == Usd.of("0.43")
    assert card.quote(5, SMALL) == Usd.of("0.10")  # the gateway names no price for it
    assert (card.may_cost_less(), card.may_cost_less("gpu")) == (True, False)
    assert card.quote(5, HD, account="gateway@member:1") == Usd.of("0.40")  # the price there also applies to own keys


@pytest.mark.parametrize(("account", "quoted"), [("gpu", "0.25"), ("gateway", "0.40")])
def test_where_one_account_is_set_up_its_price_is_the_models(tmp_path: Path, account: str, quoted: str) -> None:
    card = loaded(tmp_path, '[models.clip.at.gateway]\nprice = { "1280x720" = "0.08" }\n', {account: BOTH[account]})
    assert card.quote(5, HD) == card.per_second[HD] * 5 == Usd.of(quoted)
    assert not card.may_cost_less()


def test_an_account_may_be_free_or_charge_by_another_measure(tmp_path: Path) -> None:
    free = 'price = { "1280x720" = "0", "640x360" = "0" }'
    card = loaded(
        tmp_path, f'[models.clip.at.gpu]\n{free}\n[models.clip.at.gateway]\n{free}\nunit_price.video = "0.3"\n'
    )
    assert card.quote(5, HD, account="gpu") == FREE
    assert card.quote(5, HD, account="gateway") == card.quote(10, SMALL) == Usd.of("0.30")


def test_the_prices_of_accounts_are_shown(tmp_path: Path) -> None:
    card = loaded(tmp_path, '[models.clip.at.gateway]\nprice = { "1280x720" = "0.08" }\n')
    place = Whereabouts(service=plain("Gateway"), load=AccountLoad(), most=None, health=Health())
    report = a_report(card, replace(place, service=plain("GPU")), replace(place, prices=card.prices_at["gateway"]))
    assert "5 s for at most **$0.40**" in words(ModelsPage(ModelsFacts(rows=[report])))
    assert "Gateway: $0.02/s: 640x360 · $0.08/s: 1280x720" in words(ModelSheet(report))
    assert row(card, BOTH, TODAY)[5] == "at gateway 5 s for $0.10"


def test_prices_of_accounts_in_a_later_file_are_laid_over() -> None:
    first = tomllib.loads(ROW + '[models.clip.at.gateway]\nprice = { "1280x720" = "0.08" }\n')
    file = CatalogueFile(Path("models.toml"), "", first)
    assert set(file.models()["clip"]["at"]) == {"gateway"}


# Graphics card time


HOUR = GpuTime(dollars=Decimal("2.49"), unit=3600, most_seconds=600)
RENTED = AccountPrices(per_second={HD: FREE}, per_video={HD: HOUR.bound}, gpu=HOUR)


@pytest.mark.parametrize(
    ("seconds", "cost"),
    [(0, "0"), (100, "0.069167"), (600, "0.415"), (700, "0.415"), (-1, "0"), (0.0001, "0.000001")],
)
def test_time_is_charged_up_to_the_most_and_rounded_up(seconds: float, cost: str) -> None:
    assert HOUR.cost(seconds) == Usd.of(cost)


def test_what_was_measured_is_charged_and_never_more_than_was_quoted() -> None:
    assert RENTED.settled(HOUR.bound, 100) == Usd.of("0.069167")
    assert RENTED.settled(HOUR.bound, 10_000) == HOUR.bound
    assert RENTED.settled(HOUR.bound, None) == HOUR.bound
    beside = Usd.of("0.10")  # for example for a video
    assert RENTED.settled(HOUR.bound + beside, 100) == Usd.of("0.169167")
    assert RENTED.settled(Usd.of("0.05"), 100) == Usd.of("0.05")  # quoted when an hour was cheaper
    assert RENTED.settled(Usd.of("0.20"), 100) == Usd.of("0.069167")


def test_a_price_by_the_hour_is_shown_as_a_bound(tmp_path: Path) -> None:
    by_time = '[models.clip.unit_price]\ngpu_hour = "2.49"\nmost_gpu_seconds = 600\n'
    card = loaded(tmp_path, by_time)
    assert card.quote(5, SMALL) == Usd.of("0.515")
    assert card.may_cost_less("gpu")
    shown = words(ModelSheet(a_report(card)))
    assert "at most $0.42 a video, by the time it takes: 1280x720, 640x360" in shown
    assert "up to $0.415 for a graphics card's time" in row(card, BOTH, TODAY)[5]


# Mistakes


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            '[models.clip.unit_price]\ngpu_hour = "2"\ngpu_second = "1"\nmost_gpu_seconds = 9\n',
            "line 12: [models.clip] unit_price gpu_second and gpu_hour are both the time of a graphics card; keep the",
        ),
        (
            '[models.clip.unit_price]\nmillion_tokens = "2"\nmegapixel_frame = "1"\n',
            "line 12: [models.clip] unit_price megapixel_frame and million_tokens both count the frames of a video",
        ),
        (
            "[models.clip.unit_price]\nmost_gpu_seconds = 9\n",
            "line 12: [models.clip] unit_price gpu_second or gpu_hour and",
        ),
        ('[models.clip.unit_price]\nvideo = "0.0000000000001"\n', "video: 0.0000000000001 has more than 12 decimals"),
        ('[models.clip.unit_price]\nvideo = "1e30"\n', "video: 1e30 is more than $10,000, which is taken for a slip"),
        (
            'picture_price = "0.0000001"\n',
            "line 11: [models.clip] picture_price 0.0000001 is finer than a micro-dollar",
        ),
        ('reference_price = "-1"\n', "line 11: [models.clip] reference_price '-1' is no price"),
        ('source_price = "0.1"\n', "line 11: [models.clip] source_price has to be written as [models.ID.source_price]"),
        (
            "[models.clip.source_price]\nnative = 0.01\n",
            "line 12: [models.clip] source_price native: 0.01 is no price",
        ),
        ('[models.clip.source_price]\nmagic = "1"\n', "source_price 'magic' is no way to remix; there are 'native'"),
        (
            '[models.clip.sound_price.off]\n"1280x721" = "1"\n',
            "line 12: [models.clip] sound_price 1280x721: the model does not make this size",
        ),
        (
            '[models.clip.at.gpu]\npicture_price = "1"\n[models.clip.at.gateway]\npicture_price = "-1"\n',
            "line 14: [models.clip] at gateway picture_price '-1' is no price",
        ),
        (
            '[models.clip.at.gpu.price]\n"1280x720" = "1"\n[models.clip.at.gateway.price]\n"1280x720" = 1\n',
            "line 14: [models.clip] at gateway price 1280x720: 1 is no price",
        ),
        (
            '[models.clip.at.gateway.price]\n"720x720" = "1"\n',
            "line 12: [models.clip] at 720x720: the model does not make this size; its sizes are 1280x720 or 640x360",
        ),
        (
            '[models.clip.at.gateway.unit_price]\nminute = "1"\n',
            "line 12: [models.clip] at gateway unit_price 'minute' is no unit",
        ),
        (
            '[models.clip.at.gpu2]\npicture_price = "1"\n',
            "line 11: [models.clip] at gpu2: the model is not at this account; it is at gpu or gateway",
        ),
        (
            "[models.clip.at.gateway]\nseconds = [4]\n",
            "line 12: [models.clip] at gateway: 'seconds' is nothing that an account can have for itself; there",
        ),
        ('at = "gateway"\n', "line 11: [models.clip] at has to be written as [models.ID.at.ACCOUNT], with prices"),
    ],
)
def test_a_slip_is_one_sentence_with_its_line_and_field(tmp_path: Path, more: str, problem: str) -> None:
    with pytest.raises(CannotStart) as caught:
        loaded(tmp_path, more)
    assert problem in caught.value.sentence
    assert str(tmp_path / "models.toml") in caught.value.sentence
