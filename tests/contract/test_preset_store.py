"""Presets of members and of servers: stored, found by name, and changed by their owners."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.studio.named import suggestion
from bot.domain.studio.preset_files import written
from bot.domain.studio.presets import LONGEST_STYLE, MOST_PRESETS, NOBODYS, Preset
from bot.domain.video import Lora, Size, VideoOptions
from bot.jobs.use_cases.presets.files import PresetFiles
from bot.jobs.use_cases.presets.manage import Presets
from storage.own_data.members_rows import count_rows, remove_rows, rows_as_facts
from storage.studio.presets import SqlPresets
from tests.builders import a_member
from tests.changes import MemoryChanges, some_changes
from tests.contract.databases import ANN, BEN, GUILD, NOON, World
from tests.moderation import block
from tests.scripted import MemoryRecords, SteppingClock
from tests.tiers import a_tier, an_authorization

OWNER, MEMBER = a_member(id=ANN, guild_id=GUILD), a_member(id=BEN, guild_id=GUILD)
STRANGER, MANAGER = a_member(id=7, guild_id=GUILD, roles=frozenset()), a_member(id=9, guild_id=GUILD, manages=True)
NOIR = Preset(
    name="Noir",
    style="black and white, {prompt}",
    model="sora-2",
    seconds=8,
    size=Size(1280, 720),
    options=VideoOptions(
        sound=False, seed=2**31 - 1, negative_prompt="colour", lora=Lora(name="Film grain", strength=0.6)
    ),
)


async def presets(world: World, changes: MemoryChanges | None = None) -> Presets:
    records = MemoryRecords()
    await block(records, 8)
    return Presets(
        store=SqlPresets(database=world.database),
        authorization=await an_authorization(a_tier("Staff", 70), records=records),
        changes=some_changes(changes),
        clock=SteppingClock(),
    )


WHO_MAY = {
    "a member": (OWNER, False),
    "a member of a tier": (a_member(id=6, guild_id=GUILD, roles=frozenset({70})), False),
    "a blocked member": (a_member(id=8, guild_id=GUILD), False),
    "a stranger": (STRANGER, False),
    "a manager": (MANAGER, True),
}


async def test_everybody_keeps_presets_and_managers_those_of_the_server(world: World) -> None:
    them = await presets(world)
    for who, (member, servers) in WHO_MAY.items():
        assert await them.add(member, NOIR) == replace(NOIR, member_id=member.id), who
        if servers:
            await them.add(member, NOIR, for_server=True)
        else:
            with pytest.raises(NotAllowed):
                await them.add(member, NOIR, for_server=True)
        assert [each.is_servers for each in await them.listed(member)] == [False, True][: 1 + servers], who


async def test_own_ones_come_first_and_go_along_to_other_servers(world: World) -> None:
    them = await presets(world)
    for name in "Rain", "Noir":
        await them.add(OWNER, replace(NOIR, name=name))
    await them.add(MANAGER, replace(NOIR, name="noir", seconds=4), for_server=True)
    elsewhere = replace(OWNER, guild_id=GUILD + 5)
    assert [each.name for each in await them.listed(OWNER)] == ["Noir", "Rain", "noir"]
    assert [each.name for each in await them.listed(elsewhere)] == ["Noir", "Rain"]
    assert [each.name for each in await them.listed(MEMBER)] == ["noir"]
    own, servers = await them.named(OWNER, "NOIR "), await them.named(MEMBER, "NOIR")
    assert (own.seconds, servers.seconds) == (8, 4)
    for each in own, servers:
        assert await them.named(OWNER, suggestion(each)) == each
    with pytest.raises(BadRequest, match="no preset “Rain” here"):
        await them.named(MEMBER, "Rain")


async def test_a_name_that_is_taken_a_preset_of_nothing_and_one_too_many_are_refused(world: World) -> None:
    them = await presets(world)
    await them.add(OWNER, NOIR)
    refused = {
        "There is a preset “NOIR” already": replace(NOIR, name=" NOIR "),
        "A preset needs a name": replace(NOIR, name="\n "),
        "A preset needs a style, a model": Preset(name="Nothing", style=" \u202e "),
        f"can have {LONGEST_STYLE} characters, not {LONGEST_STYLE + 1}": replace(NOIR, style="x" * (LONGEST_STYLE + 1)),
    }
    for words, preset in refused.items():
        with pytest.raises(BadRequest, match=f"{words}.*Nothing was changed"):
            await them.add(OWNER, preset)
    many = [replace(NOIR, name=str(number), member_id=ANN) for number in range(MOST_PRESETS)]
    assert len(await them.store.add(many, NOON)) == MOST_PRESETS - 1
    with pytest.raises(BadRequest, match=f"There can be {MOST_PRESETS} presets"):
        await them.add(OWNER, replace(NOIR, name="One more"))
    assert len(await them.listed(OWNER)) == MOST_PRESETS


async def test_the_servers_are_noted_for_its_managers_and_own_ones_are_not(world: World) -> None:
    noted = MemoryChanges()
    them = await presets(world, noted)
    await them.add(MANAGER, NOIR)
    await them.add(MANAGER, Preset(name="Mute", options=VideoOptions(sound=False)), for_server=True)
    assert noted.sentences == ["the preset “Mute”: none → Without sound"]


async def test_the_servers_are_changed_removed_and_imported_by_managers_alone(world: World) -> None:
    them = await presets(world)
    servers, files = await them.add(MANAGER, NOIR, for_server=True), PresetFiles(presets=them)
    for member in (member for member, may in WHO_MAY.values() if not may):
        for change in (
            them.change(member, servers, replace(servers, name="Mine")),
            them.remove(member, servers),
            files.add(member, written([NOIR]).encode(), for_server=True),
            files.replace(member, [replace(servers, style="")]),
        ):
            with pytest.raises(NotAllowed):
                await change
        assert await them.listed(member) == [servers]
        assert (await them.add(member, servers)).member_id == member.id, "a copy for themselves"


async def test_a_rename_and_a_removal_of_the_servers_are_noted(world: World) -> None:
    noted = MemoryChanges()
    them = await presets(world, noted)
    grain = await them.add(MANAGER, Preset(name="Grain", style="film grain"), for_server=True)
    film = await them.change(MANAGER, grain, replace(grain, name="Film"))
    assert await them.marked(MANAGER, film.mark) == film
    await them.remove(MANAGER, film)
    assert noted.sentences == [
        "the preset “Grain”: none → film grain",
        "the preset “Film”: Grain · film grain → Film · film grain",
        "the preset “Film”: film grain → none",
    ]
    for gone in them.marked(MANAGER, film.mark), them.remove(MANAGER, film), them.change(MANAGER, film, film):
        with pytest.raises(BadRequest, match="That preset is gone"):
            await gone


async def test_a_file_brings_what_is_new_and_leaves_what_is_there_until_it_is_to_be_replaced(world: World) -> None:
    them = await presets(world)
    files = PresetFiles(presets=them)
    with pytest.raises(BadRequest, match="no presets to export"):
        await files.export(OWNER, for_server=False)
    await them.add(OWNER, NOIR)
    others = [replace(NOIR, name="noir", style="other words"), replace(NOIR, name="Rain")]
    data = written(others)[:-4].encode() + b', {"name": "Bad", "seconds": -1}]}'
    made = await files.add(OWNER, data, for_server=False)
    assert [[each.name for each in kind] for kind in (made.added, made.known, made.no_room)] == [["Rain"], ["noir"], []]
    assert len(made.mistakes) == 1
    assert (await them.named(OWNER, "noir")).style == NOIR.style
    assert await files.replace(OWNER, made.known) == 1
    assert (await them.named(OWNER, "NOIR")).style == "other words"
    for preset in await them.listed(OWNER):
        await them.remove(OWNER, preset)
    assert await files.replace(OWNER, made.known) == 0, "gone meanwhile"


async def test_a_file_brings_as_many_as_there_is_room_for(world: World) -> None:
    files = PresetFiles(presets=await presets(world))
    data = written(replace(NOIR, name=str(number)) for number in range(MOST_PRESETS + 2)).encode()
    made = await files.add(MANAGER, data, for_server=True)
    assert (len(made.added), len(made.no_room)) == (MOST_PRESETS, 2)
    assert written(await files.presets.listed(MANAGER)) == await files.export(STRANGER, for_server=True)


async def test_a_preset_is_changed_and_removed_once_and_keeps_clear_of_others(world: World) -> None:
    store = SqlPresets(database=world.database)
    noir, rain = (replace(NOIR, name=name, member_id=ANN) for name in ("Noir", "Rain"))
    await store.add([noir, rain], NOON)
    assert not await store.change(noir, replace(noir, name="rain"), NOON), "taken"
    shout = replace(noir, name="NOIR", style="")
    assert await store.change(noir, shout, NOON)
    assert await store.change(shout, replace(shout, name="Film"), NOON)
    assert not await store.change(noir, noir, NOON), "gone"
    assert [each.name for each in await store.listed(GUILD, ANN)] == ["Film", "Rain"]
    assert await store.remove(rain)
    assert not await store.remove(rain)


async def test_no_more_are_kept_than_a_menu_holds_however_many_processes_add_at_once(world: World) -> None:
    half = MOST_PRESETS // 2
    async with world.another_process() as other:
        stores = [SqlPresets(database=database) for database in (world.database, other.database) for _ in range(2)]
        several = [[replace(NOIR, name=f"{n}-{each}", member_id=ANN) for each in range(half)] for n in range(4)]
        added = await asyncio.gather(*(store.add(part, NOON) for store, part in zip(stores, several, strict=True)))
    assert sum(map(len, added)) == MOST_PRESETS == len(await stores[0].listed(GUILD, ANN))


async def test_of_several_that_want_one_name_at_once_none_is_lost(world: World) -> None:
    names = [f"{number:02}" for number in range(MOST_PRESETS - 1)]
    kept = [replace(NOIR, name=name, member_id=ANN) for name in names]
    async with world.another_process() as other:
        stores = [SqlPresets(database=database) for database in (world.database, other.database)]
        await stores[0].add(kept, NOON)
        changes = [stores[n % 2].change(each, replace(each, name="Film"), NOON) for n, each in enumerate(kept)]
        changed = await asyncio.gather(*changes)
    assert changed.count(True) == 1
    assert len(await stores[0].listed(GUILD, ANN)) == len(kept)


async def test_own_presets_are_shown_to_their_member_and_erased_with_them(world: World) -> None:
    them = await presets(world)
    await them.add(OWNER, NOIR)
    await them.add(MANAGER, NOIR, for_server=True)
    assert await world.database.read(lambda connection: count_rows(connection, ANN)) == 1
    (fact,) = await world.database.read(lambda connection: rows_as_facts(connection, ANN))
    assert (fact.kind, fact.value[0]["style"], fact.value[0]["seed"]) == ("presets", NOIR.style, 2**31 - 1)
    assert await world.database.write(lambda connection: remove_rows(connection, ANN)) == 1
    assert [each.member_id for each in await them.listed(OWNER)] == [NOBODYS]
