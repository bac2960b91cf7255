"""A member's preferences are stored, and apply on every server."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.access.preferences import MemberPreferences, Notify
from bot.domain.money.usd import Usd
from bot.jobs.use_cases.me.preferences import PREFERENCES, OwnPreferences
from storage.records import SqlRecords
from tests.contract.databases import ANN, BEN, World


@pytest.fixture
def records(world: World) -> SqlRecords:
    return SqlRecords(database=world.database, clock=world.clock)


async def test_a_choice_is_kept_with_its_types_and_is_one_members_own(records: SqlRecords) -> None:
    own = OwnPreferences(records=records)
    assert await own.of(ANN) == MemberPreferences()
    await own.change(ANN, lambda known: replace(known, confirm_above=Usd.of("12.50")))
    after = await own.change(ANN, lambda known: replace(known, notify=Notify.DIRECT))
    assert after == await own.of(ANN) == MemberPreferences(confirm_above=Usd.of("12.50"), notify=Notify.DIRECT)
    assert await own.of(BEN) == MemberPreferences()


async def test_who_goes_back_to_the_defaults_leaves_nothing_behind(records: SqlRecords) -> None:
    own = OwnPreferences(records=records)
    await own.change(ANN, lambda known: replace(known, notify=Notify.SILENT))
    assert await own.change(ANN, lambda _: MemberPreferences()) == MemberPreferences()
    assert await records.read(PREFERENCES, str(ANN)) is None
