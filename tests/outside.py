"""Published files by others that are not part of the project: schemas, recorded answers, hostile videos.

They are in folders of `shared/` beside the checkout, or beside its folder, or where an environment variable says.
"""

from __future__ import annotations

import json
import os
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]


class Folder(StrEnum):
    """Its content; `KINORA_SPECS` and so on give another location for it."""

    SPECS = "specs"
    FIXTURES = "fixtures"
    CASES = "cases"


def from_outside(folder: Folder, name: str) -> Path:
    """The file; skips the test if it is missing."""
    setting = f"KINORA_{folder.name}"
    given = [Path(os.environ[setting])] if setting in os.environ else _beside(folder)
    found = next((place / name for place in given if (place / name).is_file()), None)
    if found is None:
        pytest.skip(f"there is no {given[0] / name}; {setting} names the folder it is in")
    return found


def recorded(service: str, name: str) -> Any:
    """A real service's answer, by the name of a file; skips the test if there are no recordings."""
    return json.loads(from_outside(Folder.FIXTURES, f"{service}/{name}.json").read_text(encoding="utf-8"))


def recorded_exchanges(service: str, scenario: str) -> dict[str, Any]:
    """Recorded requests with their answers, by the name of the exchange; skips the test if there are none."""
    return {exchange["name"]: exchange for exchange in recorded(service, scenario)["exchanges"]}


def _beside(folder: Folder) -> list[Path]:
    return [place / "shared" / folder for place in (CHECKOUT.parent, CHECKOUT.parent.parent)]
