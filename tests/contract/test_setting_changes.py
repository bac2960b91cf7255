"""Managers' changes are stored with their values, and read a page at a time."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.domain.audit.changes import ChangeCursor, ChangesPage, SettingChange
from bot.domain.history import Direction
from bot.domain.messages import Money, Role, msg, value
from bot.domain.money.usd import Usd
from storage.guild_tables import setting_changes
from storage.setting_changes import SqlSettingChanges
from tests.contract.databases import ANN, GUILD, NOON, World

ELSEWHERE = GUILD + 9


@pytest.fixture
def changes(world: World) -> SqlSettingChanges:
    return SqlSettingChanges(database=world.database)


def a_change(dollars: int, guild_id: int = GUILD) -> SettingChange:
    before, after = (value(Money(Usd.of(amount))) for amount in (dollars, dollars + 1))
    return SettingChange(guild_id=guild_id, by=ANN, what=msg("the budget"), before=before, after=after)


def shown(page: ChangesPage) -> list[SettingChange]:
    return [noted.change for noted in page.changes]


async def test_a_change_is_kept_with_all_that_it_says(changes: SqlSettingChanges) -> None:
    what = msg("the pool of {role}", role=Role(GUILD + 1))
    new = SettingChange(guild_id=GUILD, by=None, what=what, after=value(Money(Usd.of(5))))
    await changes.add([new], NOON)
    (noted,) = (await changes.page(GUILD, 9)).changes
    assert (noted.at, noted.change) == (NOON, new)
    assert await changes.page(ELSEWHERE, 9) == ChangesPage(changes=[], newer=False, older=False)


async def test_changes_are_leafed_through_in_both_directions(changes: SqlSettingChanges) -> None:
    made = [a_change(number) for number in range(5)]
    for each in (*made, a_change(9, ELSEWHERE)):
        await changes.add([each], NOON)
    first = await changes.page(GUILD, 2)
    assert (shown(first), first.newer, first.older) == ([made[4], made[3]], False, True)
    second = await changes.page(GUILD, 2, ChangeCursor(direction=Direction.OLDER, at=first.changes[-1].id))
    assert (shown(second), second.newer, second.older) == ([made[2], made[1]], True, True)
    last = await changes.page(GUILD, 2, ChangeCursor(direction=Direction.OLDER, at=second.changes[-1].id))
    assert (shown(last), last.newer, last.older) == ([made[0]], True, False)
    back = await changes.page(GUILD, 2, ChangeCursor(direction=Direction.NEWER, at=second.changes[0].id))
    assert (shown(back), back.newer, back.older) == ([made[4], made[3]], False, True)


async def test_one_that_cannot_be_read_hides_no_other(changes: SqlSettingChanges, world: World) -> None:
    await changes.add([a_change(1)], NOON)
    broken = update(setting_changes).values(what={"of": "a newer version"})
    await world.database.write(lambda connection: connection.execute(broken))
    await changes.add([a_change(2)], NOON)
    assert shown(await changes.page(GUILD, 9)) == [a_change(2)]
