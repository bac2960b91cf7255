"""`python -m bot stats`, for the host, across all servers."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bot.accounting.host_stats import host_stats
from bot.domain.errors import CannotStart
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Phase
from bot.settings import Settings, read_settings
from tests.builders import a_request
from tests.contract.databases import NOON, PLENTY, a_job, a_world, done, failed


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    return read_settings(with_discord=False)


async def test_all_servers_are_counted_in_each_form(settings: Settings, tmp_path: Path) -> None:
    async with a_world("sqlite", tmp_path) as world:
        ends: list[Phase] = [done("1"), done("2"), replace(failed(), cause=Cause.MODERATION)]
        for number, phase in enumerate(ends):
            job = await world.store.add(a_job(guild_id=number + 1, owner_id=number + 1, created_at=NOON))
            [lease] = await world.store.claim("worker", PLENTY, 1)
            cost = None if number == 2 else Usd.of("0.40")
            await world.store.move(lease, replace(job, phase=phase, cost=cost, render_seconds=80.0 + number))
        said = json.loads(await host_stats(settings, None, "json"))
        assert (said["videos"], said["outcomes"]) == (2, {"made": 2, "moderation": 1})
        [line] = csv.DictReader((await host_stats(settings, None, "csv")).splitlines())
        assert line == {
            "model": "sora-2",
            "orders": "3",
            "videos": "2",
            "failed": "1",
            "cancelled": "0",
            "median_s": "81.0",
            "p90_s": "82.0",
            "average_usd": "0.400000",
        }
        table = (await host_stats(settings, "2015-01-02", "table")).splitlines()
        assert table[1].split() == ["sora-2", "3", "2", "1", "0", "81.0", "82.0", "0.400000"]
        assert table[3:] == ["outcomes: made 2, moderation 1", "busiest hours (UTC): 12:00"]
        assert json.loads(await host_stats(settings, "yesterday", "json"))["videos"] == 0


async def test_a_models_name_is_no_formula(settings: Settings, tmp_path: Path) -> None:
    async with a_world("sqlite", tmp_path) as world:
        job = await world.store.add(replace(a_job(created_at=NOON), request=a_request(model="=1+1")))
        [lease] = await world.store.claim("worker", PLENTY, 1)
        await world.store.move(lease, replace(job, phase=done("1"), cost=Usd.of("0.40")))
        [line] = csv.DictReader((await host_stats(settings, None, "csv")).splitlines())
        assert line["model"] == "'=1+1"


@pytest.mark.parametrize(
    ("since", "said"), [(None, "There is no database yet."), ("soon", "“soon” isn't a date. Write it like")]
)
async def test_what_cannot_be_told_is_one_sentence(settings: Settings, since: str | None, said: str) -> None:
    with pytest.raises(CannotStart, match=said):
        await host_stats(settings, since, "table")
