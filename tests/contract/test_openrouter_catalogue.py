"""A catalogue that follows OpenRouter's own list: over HTTP, from the stored file, and without either."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.errors import CannotStart
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.providers.catalogue.load import CatalogueFile, load_catalogue
from bot.providers.catalogue.refresh import FRESH, RETRY, CatalogueRefresh, last_kept
from bot.providers.openrouter.adapter import OpenRouterVideos
from bot.providers.openrouter.models import rows_of
from bot.sandbox.video.openrouter.menu import MODELS, row
from bot.sandbox.video.trouble import Hang, Operation, Say
from tests.contract.openrouter_services import SMALL, WIDE, Service, a_provider, an_openrouter
from tests.scripted import SteppingClock
from tests.waiting import PATIENCE

OFFERED = ["wan-3.0", "hailuo-3-max", "seedance-2.0-mini", "moviola-1", "veo-3.1-lite"]  # the shipped ones come first
SHIPPED = OFFERED[:3]


class ClockForSleeps(SteppingClock):
    """Records each sleep; the last of the given number never ends."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.slept: list[float] = []
        self.is_over = asyncio.Event()
        self._most = most

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) == self._most:
            self.is_over.set()
            await asyncio.Event().wait()
        await super().sleep(seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """Catalogues from one stored file and one host's own file."""

    provider: OpenRouterVideos
    folder: Path
    clock: SteppingClock

    @property
    def kept(self) -> Path:
        return self.folder / "data" / "openrouter-models.json"

    def says(self, own: str) -> None:
        (self.folder / "own.toml").write_text(own)

    def live(self) -> CatalogueRefresh:
        own = self.folder / "own.toml"

        def load(beneath: CatalogueFile) -> Catalogue:
            hosts = {"openrouter": "openrouter.ai"}
            return load_catalogue(own if own.exists() else None, hosts, self.clock.now().date(), beneath)

        return CatalogueRefresh(service=self.provider, reader=rows_of, load=load, cache=self.kept, clock=self.clock)


@asynccontextmanager
async def a_shop(folder: Path) -> AsyncIterator[tuple[Service, Shop]]:
    async with an_openrouter() as service:
        yield service, Shop(provider=service.provider, folder=folder, clock=SteppingClock())


@asynccontextmanager
async def a_shop_offline(folder: Path, clock: SteppingClock | None = None) -> AsyncIterator[Shop]:
    async with a_provider("http://127.0.0.1:9/api/v1") as provider:
        yield Shop(provider=provider, folder=folder, clock=clock or SteppingClock())


def dearer(**changes: Any) -> Say:
    """The list with a different price for Wan, and other changes if given."""
    skus = {"duration_seconds": "0.77"}
    wan = {**MODELS[0], "pricing_skus": skus, **changes}
    return Say(body={"data": [wan, *MODELS[1:]]})


async def test_the_services_word_counts_more_than_the_shipped_cards(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (service, shop):
        service.host.trouble.next(Operation.MODELS, dearer())
        catalogue = await shop.live().open()
        assert list(catalogue.cards) == OFFERED
        wan = catalogue.default
        assert wan.id == "wan-3.0"
        assert wan.quote(5, WIDE) == Usd.of("3.85")
        assert wan.priced == shop.clock.now().date()
        assert len(wan.sizes) == 15  # the shipped card has nine
        assert wan.typical_seconds == 100.0  # the service does not report that


async def test_a_shipped_model_the_service_does_not_offer_is_gone(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (service, shop):
        service.host.trouble.next(Operation.MODELS, Say(body={"data": [*MODELS[1:]]}))
        catalogue = await shop.live().open()
        assert list(catalogue.cards) == OFFERED[1:]


async def test_a_price_that_is_not_understood_any_more_leaves_none_of_the_shipped_ones(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (service, shop):
        service.host.trouble.next(Operation.MODELS, dearer(pricing_skus={"per_moon_phase": "1"}))
        catalogue = await shop.live().open()
        assert catalogue.cards["wan-3.0"].per_second == {}


async def test_the_hosts_own_file_counts_most_field_by_field(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (_, shop):
        shop.says(
            'default = "moviola-1"\n'
            '[models.moviola-1]\nlabel = "Ours"\n'
            '[models."wan-3.0".price]\n"1280x720" = "0.01"\n'
            "[models.hailuo-3-max]\nenabled = false\n"
        )
        catalogue = await shop.live().open()
        assert catalogue.default.label == "Ours"
        assert catalogue.default.remote == "simulated/moviola-1"
        assert catalogue.cards["wan-3.0"].per_second[WIDE] == Usd.of("0.01")
        assert catalogue.cards["wan-3.0"].per_second[SMALL] == Usd.of("0.05")
        assert "hailuo-3-max" not in catalogue.cards


async def test_a_fresh_list_is_not_asked_for_again(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (service, shop):
        await shop.live().open()
        shop.clock.forward(FRESH.total_seconds() - 1)
        assert list((await shop.live().open()).cards) == OFFERED
        assert service.host.asked[Operation.MODELS] == 1
        shop.clock.forward(1)
        await shop.live().open()
        assert service.host.asked[Operation.MODELS] == 2


async def test_without_a_network_the_kept_list_counts_however_old(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (service, shop):
        service.host.trouble.next(Operation.MODELS, dearer())
        await shop.live().open()
    clock = SteppingClock(shop.clock.now() + timedelta(days=30))
    async with a_shop_offline(tmp_path, clock) as offline:
        catalogue = await offline.live().open()
        assert list(catalogue.cards) == OFFERED
        assert catalogue.default.quote(5, WIDE) == Usd.of("3.85")
        assert catalogue.default.priced == shop.clock.now().date()


async def test_at_the_very_first_start_without_a_network_the_shipped_cards_count(tmp_path: Path) -> None:
    async with a_shop_offline(tmp_path) as shop:
        shop.says('default = "moviola-1"\n[models.moviola-1]\nlabel = "Ours"\n')  # nobody offers that now
        catalogue = await shop.live().open()
        assert list(catalogue.cards) == SHIPPED
        assert catalogue.default.id == "wan-3.0"
        assert not shop.kept.exists()


async def test_a_mistake_in_the_hosts_own_file_still_stops_the_start(tmp_path: Path) -> None:
    async with a_shop_offline(tmp_path) as shop:
        shop.says("[models.\"wan-3.0\"]\nseconds = 'five'\n")
        with pytest.raises(CannotStart, match="seconds has to be a list"):
            await shop.live().open()


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "[]",
        '{"read_at": "yesterday", "models": []}',
        '{"read_at": "2026-11-23T12:00:00", "models": []}',
        '{"read_at": "2026-11-23T12:00:00+00:00"}',
        "[" * 100_000,
    ],
)
async def test_a_spoilt_file_is_asked_for_anew(kept: str, tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (service, shop):
        shop.kept.parent.mkdir()
        shop.kept.write_text(kept)
        assert list((await shop.live().open()).cards) == OFFERED
        assert service.host.asked[Operation.MODELS] == 1
        assert json.loads(shop.kept.read_text())["models"] == list(MODELS)


@pytest.mark.parametrize(
    "answer",
    [
        Say(status=500),
        Say(body="<html>"),
        Say(body={"data": []}),
        Say(body={"data": [{"id": "a/b"}, 7]}),
        Say(body={"models": []}),
    ],
)
async def test_a_list_that_says_nothing_takes_nothing_away(answer: Say, tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (service, shop):
        live = shop.live()
        catalogue = await live.open()
        service.host.trouble.next(Operation.MODELS, answer)
        await live.renew()
        assert list(catalogue.cards) == OFFERED
        assert json.loads(shop.kept.read_text())["models"] == list(MODELS)


async def test_a_service_that_hangs_holds_the_start_up_for_seconds_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.providers.catalogue.refresh.AT_THE_START", 0.2)
    async with a_shop(tmp_path) as (service, shop):
        service.host.trouble.next(Operation.MODELS, Hang())
        began = time.monotonic()
        assert list((await shop.live().open()).cards) == SHIPPED
        assert time.monotonic() - began < 10.0  # requests to the service itself have a limit of 30 seconds


async def test_everybody_who_holds_the_catalogue_sees_it_change(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (service, shop):
        live = shop.live()
        catalogue = await live.open()
        new = row("acme/two", "Acme: Two", pricing_skus={"duration_seconds": "0.5"})
        service.host.trouble.next(Operation.MODELS, Say(body={"data": [new]}))
        await live.renew()
        assert list(catalogue.cards) == ["two"]
        shop.says("[models.two]\nseconds = 'five'\n")  # broken while the bot runs: the previous content stays
        await live.renew()
        assert list(catalogue.cards) == ["two"]


async def test_the_list_is_read_again_when_it_has_grown_old_and_after_a_failure(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (service, shop):
        clock = ClockForSleeps(most=3)
        live = replace(shop, clock=clock).live()
        catalogue = await live.open()
        service.host.trouble.next(Operation.MODELS, Say(status=503), dearer())
        stop = live.start()
        async with asyncio.timeout(PATIENCE):
            await clock.is_over.wait()
        await stop()
        assert clock.slept == [FRESH.total_seconds(), RETRY, FRESH.total_seconds()]
        assert catalogue.default.quote(5, WIDE) == Usd.of("3.85")


async def test_the_list_can_be_read_later_without_the_service(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (_, shop):
        assert set(last_kept(shop.kept, "openrouter", rows_of).models()) >= {*SHIPPED, "sora-2"}
        await shop.live().open()
        assert set(last_kept(shop.kept, "openrouter", rows_of).models()) >= {*OFFERED, "sora-2"}


async def test_a_folder_that_cannot_be_written_to_costs_the_kept_file_only(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as (_, shop):
        (tmp_path / "data").write_text("a file where the folder should be")
        assert list((await shop.live().open()).cards) == OFFERED
