"""Catalogue rows from fal's descriptions of a model's endpoints."""

from __future__ import annotations

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.doctor.discovery import Discovery
from bot.doctor.discovery import described as command
from bot.domain.errors import CannotStart
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import UnitPrice
from bot.domain.video import RemixMethod, Size
from bot.providers.catalogue.load import CatalogueFile, card_of, load_catalogue
from bot.providers.fal.openapi import Description, describe, row
from bot.sandbox.video.fal.menu import description
from bot.sandbox.video.service import SANDBOX_KEY
from bot.settings import Settings
from tests.builders import an_account
from tests.contract.fal_services import LTX, VEO, a_fal

TODAY = date(2026, 11, 29)


async def described(*endpoints: str) -> str:
    async with a_fal() as service:
        account = an_account("fal", key=SANDBOX_KEY, base_url=service.base_url)
        return await describe(account, endpoints, "mine", TODAY)


def read(text: str) -> CatalogueFile:
    return CatalogueFile(Path("models.toml"), text, tomllib.loads(text))


@pytest.mark.parametrize("card", [VEO, LTX], ids=lambda card: card.id)
async def test_a_row_names_the_parts_as_the_shipped_card_does(card: object) -> None:
    assert card in (VEO, LTX)
    shipped = VEO if card is VEO else LTX
    file = read(await described(shipped.remote, *shipped.endpoints.values()))
    mine = card_of("mine", file.models()["mine"], file)
    assert mine.endpoints == shipped.endpoints
    assert {name: mine.fields[name] for name in shipped.fields} == shipped.fields
    assert (mine.sizes[0], mine.takes_picture, mine.remix) == (shipped.sizes[0], True, shipped.remix)
    assert set(shipped.seconds) <= set(mine.seconds)
    assert mine.per_second == {}


async def test_ways_to_remix_follow_from_the_endpoints() -> None:
    file = read(await described(*(f"simulated/moviola/{name}-video" for name in ("text-to", "edit", "extend"))))
    card = card_of("mine", file.models()["mine"], file)
    assert card.remix == (RemixMethod.NATIVE, RemixMethod.EXTEND, RemixMethod.REPROMPT)
    assert card.fields["seconds"] == "seconds as text"
    assert card.fields["edit.seconds"] == ""


async def test_a_price_that_may_be_another_with_each_size_is_left_to_a_person() -> None:
    text = await described(VEO.remote)
    assert f"# {VEO.remote}: $0.40 by fal on 2026-11-29 (unit: seconds)" in text
    assert '\n# "1280x720" = "0.40"\n' in text


async def test_one_price_for_everything_is_the_cards() -> None:
    file = read(await described(*(f"simulated/moviola/{name}-video" for name in ("text-to", "edit"))))
    card = card_of("mine", file.models()["mine"], file)
    assert card.per_second == dict.fromkeys(card.sizes, Usd.of("0.10"))


async def test_a_price_by_its_pixels_is_the_cards(tmp_path: Path) -> None:
    own = tmp_path / "models.toml"
    own.write_text(await described("simulated/mosaic/text-to-video"))
    card = load_catalogue(own, {"fal": "queue.fal.run"}, TODAY).cards["mine"]
    assert 'megapixel_frame = "0.0024075"\nrate = 25\n' in own.read_text()
    wide = Size(1280, 720)
    charged = Decimal("0.0024075") * 117  # of 126 frames; a begun megapixel counts in full
    assert Decimal(0) <= Decimal(card.quote(5, wide).micros) / 1_000_000 - charged < Decimal("0.0024075")
    assert card.quote(5, card.sizes[-1]) > card.quote(5, wide) * 2


async def test_a_price_by_time_lacks_only_the_most_that_a_person_knows(tmp_path: Path) -> None:
    text = await described("simulated/loom/text-to-video")
    assert "# simulated/loom/text-to-video: $0.00125 by fal on 2026-11-29 (unit: compute seconds)" in text
    assert read(text).models()["mine"].keys().isdisjoint({"price", "unit_price"})
    own = tmp_path / "models.toml"
    own.write_text(text.replace("# [models", "[models").replace("# gpu", "gpu").replace("# most", "most"))
    card = load_catalogue(own, {"fal": "queue.fal.run"}, TODAY).cards["mine"]
    assert card.quote(5, card.sizes[0]) == Usd.of("0.75")


MOVIOLA = "simulated/moviola/text-to-video"
OPEN = '\n# "1280x720" = "?"\n'


@pytest.mark.parametrize(
    ("lengths", "unit", "written"),
    [
        (["5"], "second", '\n"1280x720" = "0.50"\n'),
        (["5"], "seconds", '\n"1280x720" = "0.50"\n'),
        (["5"], "videos", '\n[models."mine".unit_price]\nvideo = "0.50"\n'),
        (["5", "10"], "videos", '\n# [models."mine".unit_price]\n# video = "0.50"\n'),
        (["5"], "megapixels", '\n# megapixel_frame = "0.50"\n# rate = 24 # frames a second, which its description'),
        (["5"], "1m tokens", '\n# million_tokens = "0.50"\n'),
        (["5"], "1000 tokens", '\n# million_tokens = "500.00"\n'),
        (["5"], "compute_seconds", '\n# gpu_second = "0.50"\n# most_gpu_seconds = 600'),
        (["5"], "gpu_minute", '\n# gpu_hour = "30.00"\n'),
        (["5"], "units", OPEN),
    ],
)
def test_a_price_is_written_by_what_it_is_charged_for(lengths: list[str], unit: str, written: str) -> None:
    known = Description.of(MOVIOLA, description(MOVIOLA))
    fields = {**known.fields, "seconds": {"enum": lengths}}
    price = UnitPrice(price=Usd.of("0.50"), unit=unit)
    one = Description(endpoint=MOVIOLA, fields=fields, needs=known.needs)
    text = row([one], account="fal", model="mine", prices={MOVIOLA: price}, today=TODAY)
    assert written in text
    assert "mine" in read(text).models()


def test_a_price_that_sound_may_change_stays_a_comment() -> None:
    known = Description.of(MOVIOLA, description(MOVIOLA))
    loud = Description(endpoint=MOVIOLA, fields={**known.fields, "generate_audio": {}}, needs=known.needs)
    price = UnitPrice(price=Usd.of("0.50"), unit="seconds")
    text = row([loud], account="fal", model="mine", prices={MOVIOLA: price}, today=TODAY)
    assert '\n# "1280x720" = "0.50"\n' in text


def test_a_price_of_a_second_is_in_whole_micro_dollars() -> None:
    known = Description.of(MOVIOLA, description(MOVIOLA))
    price = UnitPrice(price=Usd(2), unit="seconds", dollars=Decimal("0.00000105"))
    text = row([known], account="fal", model="mine", prices={MOVIOLA: price}, today=TODAY)
    assert read(text).models()["mine"]["price"] == dict.fromkeys((Size(1280, 720), Size(720, 1280)), Usd(2))


def test_what_has_to_be_named_beside_is_said() -> None:
    known = Description.of("a/b", description("fal-ai/veo3.1"))
    odd = Description(endpoint="a/b", fields=known.fields, needs=frozenset({"prompt", "style"}))
    text = row([odd], account="fal", model="mine", prices={}, today=TODAY)
    assert "# Orders have to name style too" in text


def test_no_word_of_a_service_adds_a_row_of_its_own() -> None:
    evil = '\r\n[models."sora-2"]\x1b[2J\u2028'
    known = Description.of("a/b", description("fal-ai/veo3.1"))
    fields = {**known.fields, evil: {}, "negative_prompt": {}}
    odd = Description(endpoint="a/b", fields=fields, needs=frozenset({"prompt", evil}))
    price = UnitPrice(price=Usd.of("0.50"), unit=evil)
    text = row([odd], account="fal", model="mine", prices={"a/b": price}, today=TODAY)
    assert list(read(text).models()) == ["mine"]
    assert all(line.isprintable() for line in text.split("\n"))


async def test_a_description_without_end_is_said_to_be_none() -> None:
    async def brackets(_request: web.Request) -> web.Response:
        return web.Response(text="[" * 200_000)

    app = web.Application()
    app.router.add_get("/openapi.json", brackets)
    async with TestServer(app) as server:
        account = an_account("fal", key=SANDBOX_KEY, base_url=str(server.make_url("")))
        with pytest.raises(CannotStart, match="could not be read"):
            await describe(account, ["a/b"], "mine", TODAY)


@pytest.mark.parametrize("document", [None, {}, {"paths": {}}, {"paths": {"/x": 1}, "components": {"schemas": {}}}])
def test_what_describes_no_model_is_said(document: object) -> None:
    with pytest.raises(CannotStart, match="no description of an input with a prompt for a/b"):
        Description.of("a/b", document)


async def test_the_command_names_a_model_by_its_application() -> None:
    async with a_fal() as service:
        settings = Settings(
            discord_token=SecretStr("t"), fal_api_key=SecretStr(SANDBOX_KEY), fal_base_url=service.base_url
        )
        asked = Discovery(provider="fal", models=["simulated/moviola/text-to-video"])
        file = read(await command(settings, asked, {"moviola"}))
    assert [(name, row["label"]) for name, row in file.models().items()] == [("simulated-moviola", "Simulated Moviola")]


@pytest.mark.parametrize(("most", "name"), [(None, "seed"), (2**32 - 1, "seed"), (65_535, None)])
def test_a_seed_that_may_not_be_any_is_none(most: int | None, name: str | None) -> None:
    fields = {"prompt": {}, "seed": {"type": "integer", **({} if most is None else {"maximum": most})}}
    assert Description(endpoint="simulated/moviola", fields=fields, needs=frozenset()).name_of("seed") == name
