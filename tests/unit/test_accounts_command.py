"""`python -m bot accounts`: what it shows, and that draining applies to all processes on the database."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.accounting.accounts import DRAIN, RESUME, AccountsQuery, accounts
from bot.clock import SystemClock
from bot.domain.errors import CannotStart
from bot.jobs.providers.drains import Drains
from bot.settings import Settings
from storage.db.database import Database
from storage.records import SqlRecords
from tests.migrated import a_migrated_database


async def a_setup(folder: Path) -> Settings:
    url = await a_migrated_database(folder / "kinora.db")
    given = {
        "discord_token": "t",
        "data_dir": folder,
        "database_url": url,
        "gemini_api_key": "g",
        "openrouter_api_key": "o",
    }
    return Settings.model_validate(given)


async def test_a_drained_account_is_shown_as_that_until_it_takes_orders_again(tmp_path: Path) -> None:
    settings = await a_setup(tmp_path)
    assert await accounts(settings, AccountsQuery()) == [
        "gemini      gemini      0 rendering, 0 waiting  takes orders",
        "openrouter  openrouter  0 rendering, 0 waiting  takes orders",
    ]
    assert (await accounts(settings, AccountsQuery(what=DRAIN, name="gemini")))[0].startswith("✓ gemini is drained")
    assert await accounts(settings, AccountsQuery(what=DRAIN, name="gemini")) == ["gemini was drained before."]
    assert "drained since" in (await accounts(settings, AccountsQuery()))[0]
    database = await Database.open(str(settings.database_url))
    drains = Drains(records=SqlRecords(database=database, clock=SystemClock()), clock=SystemClock())
    assert await drains.holds("gemini")
    await database.close()
    assert await accounts(settings, AccountsQuery(what=RESUME, name="gemini")) == ["✓ gemini takes orders again."]
    assert await accounts(settings, AccountsQuery(what=RESUME, name="gemini")) == ["gemini was not drained."]


async def test_an_account_that_is_not_set_up_is_refused_by_name(tmp_path: Path) -> None:
    settings = await a_setup(tmp_path)
    with pytest.raises(CannotStart, match=r"no account 'gpu1'\. Set up: gemini, openrouter\. Nothing was changed\."):
        await accounts(settings, AccountsQuery(what=DRAIN, name="gpu1"))


async def test_without_a_database_it_is_said_that_there_is_none(tmp_path: Path) -> None:
    given = {"discord_token": "t", "data_dir": tmp_path, "gemini_api_key": "g"}
    with pytest.raises(CannotStart, match="There is no database yet"):
        await accounts(Settings.model_validate(given), AccountsQuery())
