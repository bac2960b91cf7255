"""What the doctor says about accounts that take no orders: why, since when, and what happens to their models."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.doctor.account_checks import ACCOUNTS, ClosedAccounts, accounts
from bot.doctor.report import Level
from bot.domain.queue.accounts import AccountLoad
from bot.jobs.providers.accounts import AccountStates
from bot.jobs.providers.circuit_breaker import Opened
from bot.settings import Settings
from bot.wiring.jobs import account_watch
from storage.db.database import Database
from tests.builders import NOON, a_card
from tests.migrated import a_migrated_database

WAN = a_card(id="wan", label="Wan", accounts=("gpu1", "gpu2"))
LTX = a_card(id="ltx", label="LTX", provider="gpu1")
REFUSED = Opened(since=NOON, next_trial=NOON + timedelta(minutes=1), trials=1, paid=False)


def closed(states: AccountStates, **changes: Any) -> ClosedAccounts:
    return ClosedAccounts(states=states, cards={"wan": WAN, "ltx": LTX}, names=["gpu1", "gpu2"], **changes)


def test_of_accounts_that_take_orders_nothing_is_said() -> None:
    assert closed(AccountStates()).findings() == []


def test_a_drained_account_is_a_warning_with_what_waits_and_how_it_ends() -> None:
    states = AccountStates(drained={"gpu1": NOON}, loads={"gpu1": AccountLoad(waiting=2)})
    (finding,) = closed(states).findings()
    assert (finding.level, finding.subject) == (Level.WARNING, ACCOUNTS)
    assert finding.words == (
        "gpu1 has been drained since 2026-11-23 12:00 UTC by whoever runs the bot; 2 orders wait there. "
        "Wan goes to gpu2, LTX waits."
    )
    assert finding.fix.endswith("accounts resume gpu1 ends it.")


@pytest.mark.parametrize(
    ("paid", "why", "fix"), [(True, "an order was refused", "its credit"), (False, "its key was refused", "its key")]
)
def test_a_refused_account_says_what_was_refused(paid: bool, why: str, fix: str) -> None:
    (finding,) = closed(AccountStates(refused={"gpu2": NOON}), opened={"gpu2": replace(REFUSED, paid=paid)}).findings()
    assert finding.words == f"gpu2 has taken no orders since 2026-11-23 12:00 UTC, because {why}. Wan goes to gpu1."
    assert fix in finding.fix
    assert finding.level is Level.WARNING


def test_a_refused_account_whose_models_are_nowhere_else_is_a_failure() -> None:
    findings = closed(AccountStates(refused={"gpu1": NOON, "gpu2": NOON})).findings()
    assert [(each.level, each.words.rpartition("refused. ")[2]) for each in findings] == [
        (Level.FAILURE, "Wan waits, LTX waits."),
        (Level.FAILURE, "Wan waits."),
    ]
    assert {each.subject for each in findings}.isdisjoint({"gpu1", "gpu2"}), "a clip shows whether they do again"


async def test_what_the_bot_noted_is_read_from_its_database(tmp_path: Path) -> None:
    url = await a_migrated_database(tmp_path / "kinora.db")
    given = {"discord_token": "t", "data_dir": tmp_path, "database_url": url, "gemini_api_key": "g"}
    settings = Settings.model_validate(given)
    assert await accounts(settings, {}, ["gemini"]) == []
    database = await Database.open(url)
    await account_watch(settings, database, SystemClock()).drains.begin("gemini")
    await database.close()
    (finding,) = await accounts(settings, {}, ["gemini"])
    assert finding.words.startswith("gemini has been drained since")
    assert finding.words.endswith("No model is there.")


async def test_before_the_first_start_there_is_nothing_to_read(tmp_path: Path) -> None:
    settings = Settings.model_validate({"discord_token": "t", "data_dir": tmp_path, "gemini_api_key": "g"})
    assert await accounts(settings, {}, ["gemini"]) == []
