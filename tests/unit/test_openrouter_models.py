"""OpenRouter's list of models as model cards: sizes, prices, and what is omitted."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.models.card import ModelCard
from bot.domain.money.usd import Usd
from bot.domain.video import Picture, RemixMethod, Size, VideoRequest
from bot.providers.catalogue.load import SHIPPED, CatalogueFile, Fields, card_of
from bot.providers.common.sizes import RATIOS, SHORT_SIDES, shape_of, size_of
from bot.providers.openrouter.models import rows_of
from bot.providers.openrouter.requests import body_of
from bot.sandbox.video.openrouter.menu import MODELS
from tests.contract.openrouter_services import an_order
from tests.extent import examples
from tests.outside import recorded

DAY = date(2026, 10, 2)
WIDE, HD, UHD = Size(1280, 720), Size(1920, 1080), Size(3840, 2160)


def an_entry(**changes: Any) -> dict[str, Any]:
    entry = {
        "id": "acme/one",
        "name": "Acme: One",
        "supported_resolutions": ["720p", "1080p"],
        "supported_aspect_ratios": ["16:9", "1:1"],
        "supported_sizes": None,
        "supported_durations": [8, 4, 6],
        "supported_frame_images": ["first_frame"],
        "generate_audio": False,
        "pricing_skus": {"duration_seconds": "0.10"},
    }
    return entry | changes


def fields(**changes: Any) -> Fields:
    (row,) = rows_of([an_entry(**changes)], DAY).values()
    return row


def card(**changes: Any) -> ModelCard:
    return card_of("one", fields(**changes), CatalogueFile.read(SHIPPED))


def prices(skus: dict[str, str], *sizes: str, audio: bool | None = False) -> dict[str, str]:
    resolutions = ["480p", "720p", "1080p", "4K"]
    row = fields(
        pricing_skus=skus, generate_audio=audio, supported_resolutions=resolutions, supported_sizes=list(sizes) or None
    )
    return {str(size): str(price) for size, price in row["price"].items()}


def test_a_model_is_a_card() -> None:
    made = card()
    assert (made.label, made.remote, made.provider, made.priced) == ("Acme One", "acme/one", "openrouter", DAY)
    assert made.seconds == (4, 6, 8)
    assert made.sizes == (WIDE, Size(720, 720), HD, Size(1080, 1080))
    assert made.takes_picture
    assert made.remix == (RemixMethod.NATIVE, RemixMethod.FRAME, RemixMethod.LAST_FRAME, RemixMethod.REPROMPT)
    assert made.quote(4, WIDE) == Usd.of("0.40")


def test_a_model_without_first_frames_takes_no_picture() -> None:
    made = card(supported_frame_images=["last_frame"])
    assert not made.takes_picture
    assert made.remix == (RemixMethod.NATIVE, RemixMethod.REPROMPT)


@pytest.mark.parametrize(
    "sku", ["cents_per_second_video_continuation_720p", "video_tokens_with_video_input", "reference_duration_seconds"]
)
def test_a_model_that_charges_more_for_going_on_is_not_asked_to(sku: str) -> None:
    skus = {"duration_seconds": "0.10", sku: "41"}
    assert fields(pricing_skus=skus)["remix"] == (RemixMethod.FRAME, RemixMethod.LAST_FRAME, RemixMethod.REPROMPT)


@pytest.mark.parametrize(
    "changes",
    [
        {"supported_durations": None},
        {"supported_durations": []},
        {"supported_resolutions": None},
        {"supported_aspect_ratios": ["banana"]},
        {"supported_resolutions": ["1K"]},
        {"id": None},
        {"id": "two words"},
        {"id": "x" * 99},
    ],
)
def test_what_makes_no_videos_of_its_own_or_has_no_name_is_left_out(changes: dict[str, Any]) -> None:
    assert rows_of([an_entry(**changes)], DAY) == {}


def test_ids_are_short_unless_they_would_be_somebody_elses() -> None:
    listed = [an_entry(id=name) for name in ("a/one", "b/one", "a/two", "a/sora-2")]
    assert list(rows_of(listed, DAY, {"sora-2"})) == ["a/one", "b/one", "two", "a/sora-2"]


@pytest.mark.parametrize(
    ("skus", "audio", "expected"),
    [
        ({"duration_seconds": "0.08"}, False, {"1280x720": "$0.08", "1920x1080": "$0.08", "3840x2160": "$0.08"}),
        (
            {"duration_seconds": "0.08", "duration_seconds_1080p": "0.2"},
            None,
            {"1280x720": "$0.08", "1920x1080": "$0.20"},
        ),
        ({"duration_seconds_720p": "0.1"}, False, {"1280x720": "$0.10"}),
        ({"duration_seconds_with_audio": "0.4", "duration_seconds_without_audio": "0.2"}, True, {"1280x720": "$0.40"}),
        ({"duration_seconds_with_audio": "0.4", "duration_seconds_without_audio": "0.2"}, None, {"1280x720": "$0.20"}),
        ({"duration_seconds_with_audio": "0.4", "duration_seconds_with_audio_4k": "0.6"}, True, {"3840x2160": "$0.60"}),
        ({"duration_seconds": "0.112", "duration_seconds_with_audio": "0.168"}, True, {"1280x720": "$0.168"}),
        ({"duration_seconds": "0.112", "duration_seconds_with_audio": "0.168"}, False, {"1280x720": "$0.112"}),
        (
            {"text_to_video_duration_seconds_720p": "0.1", "image_to_video_duration_seconds_720p": "0.2"},
            False,
            {"1280x720": "$0.20"},
        ),
        (
            {"cents_per_second_output": "17", "cents_per_second_output_1080p": "29"},
            True,
            {"1280x720": "$0.17", "1920x1080": "$0.29"},
        ),
        ({"cents_per_video_output_second_720p": "14", "cents_per_image_input": "1"}, None, {"1280x720": "$0.14"}),
        (
            {"per-video-second": "0.50", "per-video-second-1080p": "0.75"},
            True,
            {"1280x720": "$0.50", "1920x1080": "$0.75"},
        ),
        ({"duration_seconds": "0.13", "reference_images": "0.04"}, True, {"1280x720": "$0.13"}),
    ],
)
def test_prices_are_read_by_unit_resolution_and_sound(
    skus: dict[str, str], audio: bool | None, expected: dict[str, str]
) -> None:
    found = prices(skus, "1280x720", "1920x1080", "3840x2160", audio=audio)
    assert {size: found[size] for size in expected} == expected
    named = [sku for sku in skus if sku.endswith(("p", "k"))]
    if len(named) == len(skus):  # no price for all resolutions, so only the named ones have one
        assert set(found) == set(expected)


@pytest.mark.parametrize(
    "skus",
    [
        {"duration_seconds": "0.1", "surcharge_on_tuesdays": "3"},
        {"duration_seconds": "0.1", "minimum_cents_per_generation": "56"},
        {"duration_seconds": "0"},
        {"duration_seconds": "-1"},
        {"duration_seconds": "NaN"},
        {"duration_seconds": "1e9"},
        {"duration_seconds": "a lot"},
        {"cents_per_image_input": "?", "duration_seconds": "0.1"},
        {},
    ],
)
def test_prices_that_are_not_understood_are_no_prices(skus: dict[str, str]) -> None:
    assert prices(skus, "1280x720") == {}
    assert card(pricing_skus=skus).sizes[0] == WIDE  # the model is listed, so that the host can price it


def test_a_size_without_a_price_is_not_offered_beside_those_that_have_one() -> None:
    row = fields(pricing_skus={"duration_seconds_1080p": "0.2"})
    assert row["sizes"] == (HD, Size(1080, 1080))


def test_tokens_are_quoted_for_the_pixels_that_are_made_and_never_below_what_was_charged() -> None:
    """Recorded: 4 s of Seedance 2.0 Mini, 480p and 1:1, listed as 480x480, made in 640x640, charged $0.1358."""
    made = card(
        supported_resolutions=["480p", "720p"],
        supported_sizes=["480x480", "1280x720"],
        supported_durations=[4, 5],
        pricing_skus={"video_tokens": "0.0000035"},
    )
    charged = Usd.of("0.1358")
    quote = made.quote(4, Size(480, 480))
    assert charged <= quote <= Usd(charged.micros * 106 // 100)
    exact = Decimal(1280 * 720 * (24 * 5 + 1)) / 1024 * Decimal("0.0000035")
    assert Usd(int(exact * 10**6)) < made.quote(5, WIDE) < Usd(int(exact * 10**6 * Decimal("1.06")))


def test_a_picture_has_a_price_of_its_own() -> None:
    made = card(pricing_skus={"cents_per_video_output_second_720p": "14", "cents_per_image_input": "1"})
    words = VideoRequest(prompt="a fox", model="one", seconds=4, size=WIDE)
    picture = VideoRequest(
        prompt="a fox",
        model="one",
        seconds=4,
        size=WIDE,
        picture=Picture(key="k", preview="p", sha256="0", note=""),
    )
    assert made.check(words) == Usd.of("0.56")
    assert made.check(picture) == Usd.of("0.57")
    assert made.quote(4, WIDE, RemixMethod.FRAME) == made.quote(4, WIDE, RemixMethod.LAST_FRAME) == Usd.of("0.57")
    assert made.quote(4, WIDE, RemixMethod.REPROMPT) == Usd.of("0.56")
    assert RemixMethod.NATIVE not in made.remix  # if it were refused, the next method would have another price


def test_every_size_is_made_from_one_resolution_and_ratio() -> None:
    shapes = {(resolution, ratio) for resolution in SHORT_SIDES for ratio in RATIOS}
    sizes = {shape: size_of(*shape) for shape in shapes}
    assert len(set(sizes.values())) == len(shapes)
    assert {shape: shape_of(size) for shape, size in sizes.items() if size} == {shape: shape for shape in shapes}
    assert all(size and size.width % 2 == size.height % 2 == 0 for size in sizes.values())


def test_every_size_of_the_recorded_list_is_ordered_as_the_model_takes_it() -> None:
    models = {entry["id"]: entry for entry in recorded("openrouter", "models")["data"]}
    rows = rows_of(list(models.values()), DAY)
    assert len(rows) == 23
    for row in rows.values():
        listed = models[row["remote"]]
        assert len(row["sizes"]) == len(_all_sizes(listed))  # none is missing
        for size in row["sizes"]:
            body = body_of(an_order(remote=row["remote"], size=size))
            if "size" in body:
                assert body["size"] in listed["supported_sizes"]
            else:
                assert body["resolution"] in listed["supported_resolutions"]
                assert body["aspect_ratio"] in listed["supported_aspect_ratios"]
                assert size_of(body["resolution"], body["aspect_ratio"]) == size


def _all_sizes(listed: dict[str, Any]) -> list[Any]:
    shapes = [(a, b) for a in listed["supported_resolutions"] for b in listed["supported_aspect_ratios"]]
    return listed["supported_sizes"] or shapes


def test_the_whole_recorded_list_has_prices_and_left_out_are_tools_only() -> None:
    listed = recorded("openrouter", "models")["data"]
    rows = rows_of(listed, DAY)
    left_out = {entry["id"] for entry in listed} - {row["remote"] for row in rows.values()}
    assert left_out == {
        "black-forest-labs/flux-video-edit",
        "black-forest-labs/flux-video-upscale",
        "runway/aleph-2",
    }
    for row in rows.values():
        assert set(row["price"]) == set(row["sizes"]), row["remote"]


@pytest.mark.parametrize(
    ("model", "size", "dollars"),
    [
        ("heygen-video-1", "854x480", "0.02"),
        ("hailuo-3-max", "1366x768", "0.08"),
        ("wan-3.0", "1280x720", "0.10"),
        ("flux-3-video", "1920x1080", "0.29"),
        ("hailuo-3", "2560x1440", "0.13"),
        ("grok-imagine-video", "854x480", "0.05"),
        ("kling-v3.0-pro", "1280x720", "0.168"),
        ("veo-3.1-fast", "1280x720", "0.10"),
        ("veo-3.1-fast", "1920x1080", "0.12"),
        ("veo-3.1-fast", "3840x2160", "0.30"),
        ("veo-3.1-lite", "1280x720", "0.05"),
        ("happyhorse-1.1", "1920x1080", "0.1278"),
    ],
)
def test_what_recorded_models_cost_a_second(model: str, size: str, dollars: str) -> None:
    row = rows_of(recorded("openrouter", "models")["data"], DAY)[model]
    assert row["price"][Size.of(size)] == Usd.of(dollars)


def test_the_shipped_cards_say_what_the_recorded_list_says() -> None:
    rows = rows_of(recorded("openrouter", "models")["data"], DAY)
    shipped = {m: f for m, f in CatalogueFile.read(SHIPPED).models().items() if f["provider"] == "openrouter"}
    assert len(shipped) == 3
    for model, said in shipped.items():
        for field in ("label", "remote", "seconds", "picture", "remix", "priced"):
            assert said[field] == rows[model][field], (model, field)
        assert said["sizes"][0] == rows[model]["sizes"][0]
        assert said["price"] == {size: rows[model]["price"][size] for size in said["sizes"]}


def test_the_simulated_host_serves_the_shipped_cards() -> None:
    rows = rows_of(MODELS, DAY)
    for model, said in CatalogueFile.read(SHIPPED).models().items():
        if said["provider"] == "openrouter":
            assert set(said["sizes"]) <= set(rows[model]["sizes"])
            assert set(said["seconds"]) == set(rows[model]["seconds"])


anything = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=12), inner, max_size=4)),
    max_leaves=8,
)
entries = st.fixed_dictionaries(
    {}, optional={name: st.one_of(anything, st.just(value)) for name, value in an_entry().items()}
)


@settings(max_examples=examples(300), deadline=None, derandomize=True)
@given(listed=st.lists(st.one_of(entries, anything), max_size=4))
def test_whatever_is_listed_makes_whole_cards_or_none(listed: list[Any]) -> None:
    for model, row in rows_of(listed, DAY).items():
        made = card_of(model, row, CatalogueFile.read(SHIPPED))
        assert made.seconds
        assert made.sizes
        assert all(price.micros > 0 for price in made.per_second.values())
