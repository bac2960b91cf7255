"""Missing packages are named themselves, not as extras of `kinora`, which is someone else's project on PyPI."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url

from bot.domain.errors import CannotStart
from bot.settings import Settings
from bot.wiring.files import open_store
from storage.db.connections.engines import engines_for


def test_without_its_driver_postgresql_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(CannotStart) as refusal:
        engines_for(make_url("postgresql+psycopg://kinora@database/kinora"))
    assert refusal.value.sentence == (
        "PostgreSQL needs a driver that is not installed: `pip install 'psycopg[binary]'`, or the extra [postgres] of "
        "the wheel."
    )


def test_without_its_package_an_object_store_is_refused_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "storage.files.objects", None)
    with pytest.raises(CannotStart) as refusal:
        open_store(Settings.model_construct(), "s3://videos", tmp_path, most=0)
    assert refusal.value.sentence == (
        "FILES_URL needs a package that is not installed: `pip install obstore`, or the extra [objects] of the wheel."
    )
