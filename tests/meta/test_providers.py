"""Every provider has everything on the list in ADDING_A_PROVIDER.md."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.providers.dialects import DIALECTS
from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
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
        "still_made",
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
