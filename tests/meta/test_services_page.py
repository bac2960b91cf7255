"""The page of services matches the catalogue, the dialects and their tests."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path
from typing import Self

import pytest

from bot.domain.models.card import ModelCard
from bot.domain.money.usd import FREE, MICROS_PER_CENT
from bot.domain.video import RemixMethod
from bot.providers.catalogue.load import SHIPPED, CatalogueFile, card_of
from bot.providers.common.adapter import Adapter
from bot.providers.dialects import DIALECTS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "how-to" / "services.md").read_text()
PRICE = re.compile(r"\$(\d+\.\d\d) \(`([\w.-]+)`, (\d+ \w+ \d{4})[);]")
FILE = CatalogueFile.read(SHIPPED)
CARDS = [card_of(model, row, FILE) for model, row in FILE.models().items() if row.get("enabled", True)]
HOSTED = sorted(DIALECTS.keys() - {"openai"})  # one row each, except "openai", which many servers speak


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A service as shown in the table."""

    dialect: str
    service: str
    works: str
    lost: str
    setup: str
    costs: str
    tried: str

    @classmethod
    def of(cls, line: str) -> Self:
        cells = line.strip("| ").split(" | ")
        wanted = len(fields(cls))
        assert len(cells) == wanted, f"a row of services.md has {wanted} cells, not {len(cells)}: {line}"
        dialect, service, works, lost, setup, costs, tried = cells
        return cls(
            dialect=dialect.strip("`"),
            service=service,
            works=works,
            lost=lost,
            setup=setup,
            costs=costs,
            tried=tried,
        )


ROWS = [Row.of(line) for line in PAGE.partition("\n## ")[0].splitlines() if line.startswith("| `")]
BY_DIALECT = {row.dialect: row for row in ROWS}
PRICES = [(row.dialect, *price) for row in ROWS for price in PRICE.findall(row.costs)]


def cards_of(dialect: str) -> list[ModelCard]:
    return [card for card in CARDS if card.provider == dialect]


def test_each_service_has_a_row_of_its_own() -> None:
    assert sorted(row.dialect for row in ROWS if row.dialect != "openai") == HOSTED
    assert "openai" in BY_DIALECT


@pytest.mark.parametrize("dialect", HOSTED)
def test_a_row_says_how_the_service_is_set_up(dialect: str) -> None:
    assert f"`{dialect.upper()}_API_KEY" in BY_DIALECT[dialect].setup


@pytest.mark.parametrize("dialect", HOSTED)
def test_a_row_says_what_five_seconds_cost(dialect: str) -> None:
    assert PRICE.search(BY_DIALECT[dialect].costs)


@pytest.mark.parametrize(("dialect", "dollars", "model", "day"), PRICES)
def test_a_price_is_the_catalogues(dialect: str, dollars: str, model: str, day: str) -> None:
    """Five seconds at the default size, rounded up to a cent."""
    card = card_of(model, FILE.models()[model], FILE)
    cents = -(-card.quote(5, card.sizes[0]).micros // MICROS_PER_CENT)
    assert f"{cents / 100:.2f}" == dollars
    assert card.provider == dialect
    assert card.priced is not None
    assert f"{card.priced.day} {card.priced:%B %Y}" == day


@pytest.mark.parametrize("dialect", HOSTED)
def test_a_row_says_whether_the_service_was_recorded_or_only_read_about(dialect: str) -> None:
    is_recorded = (ROOT / "tests" / "contract" / f"test_{dialect}_recordings.py").exists()
    assert BY_DIALECT[dialect].tried.startswith("recorded answers" if is_recorded else "documents")


@pytest.mark.parametrize("dialect", HOSTED)
def test_a_row_says_how_a_lost_order_is_found(dialect: str) -> None:
    module, _, name = DIALECTS[dialect].adapter.partition(":")
    adapter, lost = getattr(import_module(module), name), BY_DIALECT[dialect].lost
    assert ("found by its name" in lost) == (adapter.find is not Adapter.find)
    assert ("has ended" in lost) == DIALECTS[dialect].lists_late
    assert ("once more" in lost) == (adapter.shows_at_once is not Adapter.shows_at_once)
    if DIALECTS[dialect].calls is not None:
        assert "webhook" in BY_DIALECT[dialect].works


@pytest.mark.parametrize("dialect", HOSTED)
def test_a_row_says_whether_the_service_extends_videos_itself(dialect: str) -> None:
    extends = any(RemixMethod.EXTEND in card.remix for card in cards_of(dialect))
    assert ("extends" in BY_DIALECT[dialect].works) == extends


def test_references_are_as_many_as_the_catalogue_says() -> None:
    found = re.findall(r"^\| (.+?) \| .* \| up to (\d+) \|$", PAGE, re.MULTILINE)
    shipped = {BY_DIALECT[name].service: max(card.abilities.references for card in cards_of(name)) for name in HOSTED}
    assert found
    assert all(shipped[service] == int(most) for service, most in found)


def test_what_costs_nothing_runs_on_a_machine_of_ones_own() -> None:
    free = {card.provider for card in CARDS if card.quote(5, card.sizes[0]) == FREE}
    assert all("GPU of your own" in BY_DIALECT[dialect].service for dialect in free)
