"""Every provider has all that the list in ADDING_A_PROVIDER.md names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.domain.money.usd import MICROS_PER_CENT
from bot.providers.catalogue.load import SHIPPED, CatalogueFile, card_of
from bot.providers.dialects import DIALECTS
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
SERVICES = (ROOT / "docs" / "how-to" / "services.md").read_text()
GUIDE = (ROOT / "bot" / "providers" / "ADDING_A_PROVIDER.md").read_text()
PLACE = re.compile(r"(?P<kind>file|setting|text) `(?P<what>(?:\\`|[^`])+)`(?: in `(?P<file>[^`]+)`)?")
ROWS = [line.split(" | ", 1)[1] for line in GUIDE.splitlines() if line.startswith("| ") and PLACE.search(line)]
PLACES = [(place["kind"], place["what"], place["file"]) for row in ROWS for place in PLACE.finditer(row)]


def filled_in(text: str, name: str) -> str:
    return re.sub(r"\\([`|])", r"\1", text).replace("{name}", name).replace("{NAME}", name.upper())


def test_the_list_is_read() -> None:
    assert len(PLACES) >= 9
    assert {kind for kind, _, _ in PLACES} == {"file", "setting", "text"}


@pytest.mark.parametrize("provider", list(DIALECTS))
@pytest.mark.parametrize(("kind", "what", "file"), PLACES)
def test_a_provider_has_everything_on_the_list(provider: str, kind: str, what: str, file: str | None) -> None:
    wanted = filled_in(what, provider)
    match kind:
        case "file":
            assert list(ROOT.glob(wanted)), wanted
        case "setting":
            assert wanted.lower() in Settings.model_fields
        case _:
            texts = [path.read_text() for path in ROOT.glob(filled_in(file or "", provider))]
            assert any(wanted in text for text in texts), f"{wanted} in {file}"


@pytest.mark.parametrize(
    "member",
    [
        "submit",
        "look",
        "fetch",
        "cancel",
        "forget",
        "recent",
        "find",
        "check",
        "served",
        "listed_models",
        "lacks",
        "unit_prices",
        "remix_methods",
    ],
)
def test_the_list_names_what_an_adapter_does(member: str) -> None:
    assert f"`{member}`" in GUIDE


PRICES = re.findall(r"\$(\d+\.\d\d) \(`([\w.-]+)`, (\d+ \w+ \d{4})\)", SERVICES)


def test_the_table_of_services_names_prices() -> None:
    assert len(PRICES) >= 5


@pytest.mark.parametrize(("dollars", "model", "day"), PRICES)
def test_a_price_in_the_table_of_services_is_the_catalogues(dollars: str, model: str, day: str) -> None:
    """Five seconds in the usual size, rounded up to a cent."""
    file = CatalogueFile.read(SHIPPED)
    card = card_of(model, file.models()[model], file)
    cents = -(-card.quote(5, card.sizes[0]).micros // MICROS_PER_CENT)
    assert f"{cents / 100:.2f}" == dollars
    assert card.priced is not None
    assert f"{card.priced.day} {card.priced:%B %Y}" == day
