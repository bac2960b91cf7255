"""Collections of members and of servers: who may add what to them, and who sees what of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.job import Job
from bot.domain.phases import Done
from bot.domain.studio.library import Reader, VideoFilter
from bot.domain.studio.named import suggestion
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.collections import Collections
from storage.own_data.members_rows import count_rows, remove_rows, remove_rows_about
from storage.studio.collections import SqlCollections
from tests.builders import KnownChannels, a_member
from tests.changes import some_changes
from tests.contract.databases import ANN, BEN, GUILD, NOON, World, a_job, a_video, started
from tests.scripted import MemoryRecords, SteppingClock
from tests.tiers import a_tier, an_authorization

LOUNGE = 20
SEES = KnownChannels(seen=frozenset({LOUNGE}))
OWNER = a_member(id=ANN, guild_id=GUILD, channels=SEES)
MEMBER = a_member(id=BEN, guild_id=GUILD, channels=SEES)
STRANGER = a_member(id=7, guild_id=GUILD, roles=frozenset(), channels=KnownChannels(seen=frozenset()))
TIER_MEMBER = a_member(id=8, guild_id=GUILD, roles=frozenset({70}), channels=SEES)
MANAGER = a_member(id=9, guild_id=GUILD, manages=True)


async def collections(world: World) -> Collections:
    return Collections(
        store=SqlCollections(database=world.database),
        authorization=await an_authorization(a_tier("Staff", 70, sees_history=True)),
        private_videos=PrivateVideos(preferences=GuildPreferences(records=MemoryRecords(), changes=some_changes())),
        clock=SteppingClock(),
    )


async def a_kept(world: World, **changes: Any) -> Job:
    job = await started(world.store, a_job(**changes))
    done = job.moved_to(Done(video=a_video(), remote_id=f"remote of {job.id}", finished_at=NOON))
    return await world.store.decide(job, replace(done, cost=job.quote))


async def listed(world: World, wanted: VideoFilter, member: Member) -> list[str]:
    channels = None if member.manages else member.channels.readable()
    page = await world.store.page(GUILD, wanted, Reader(member_id=member.id, channels=channels), None, 10)
    return [job.id for job in page.jobs]


@pytest.mark.parametrize(
    ("member", "own", "servers"),
    [
        pytest.param(OWNER, True, False, id="its owner"),
        pytest.param(MEMBER, True, False, id="a member"),
        pytest.param(TIER_MEMBER, True, False, id="a member of a tier"),
        pytest.param(MANAGER, True, True, id="a manager"),
        pytest.param(STRANGER, False, False, id="who cannot read its channel"),
    ],
)
async def test_who_may_collect_a_video(world: World, member: Member, own: bool, servers: bool) -> None:
    job, them = await a_kept(world), await collections(world)
    for for_server, may in ((False, own), (True, servers)):
        if may:
            collection, count = await them.put(member, [job], "Best of", for_server=for_server)
            assert (collection.is_servers, count) == (for_server, 1)
            assert await listed(world, VideoFilter(collection=collection), member) == [job.id]
        else:
            with pytest.raises((NotAllowed, BadRequest)):
                await them.put(member, [job], "Best of", for_server=for_server)
    assert len(await them.listed(member)) == own + servers


async def test_a_name_is_one_whatever_its_case_and_goes_with_its_last_video(world: World) -> None:
    first, second, them = await a_kept(world), await a_kept(world), await collections(world)
    await them.put(OWNER, [first], "Best  Of")
    collection, _ = await them.put(OWNER, [second, first], "best of")
    assert collection.name == "Best Of"
    assert [each.name for each in await them.listed(OWNER)] == ["Best Of"]
    for typed in ("BEST OF", suggestion(collection)):
        assert await them.named(OWNER, typed) == collection
    wanted = VideoFilter(collection=collection)
    assert await listed(world, wanted, OWNER) == [second.id, first.id]
    assert await listed(world, replace(wanted, words="cat"), OWNER) == [second.id, first.id]
    assert await them.take_out(OWNER, [first, second], collection) == 2
    assert await them.listed(OWNER) == []
    for typed, name in ("best of", "best of"), (suggestion(collection), "Best Of"), ("mine:", "mine:"):
        with pytest.raises(BadRequest, match=f"There is no collection “{name}” here"):
            await them.named(OWNER, typed)


async def test_the_servers_collection_shows_each_what_they_may_watch(world: World) -> None:
    open_one, attic, secret = await a_kept(world), await a_kept(world, channel_id=21), await a_kept(world, private=True)
    them = await collections(world)
    collection, _ = await them.put(MANAGER, [open_one, attic], "Best of", for_server=True)
    wanted = VideoFilter(collection=collection)
    assert await listed(world, wanted, MEMBER) == [open_one.id]
    assert await listed(world, wanted, MANAGER) == [attic.id, open_one.id]
    assert [each.name for each in await them.listed(STRANGER)] == ["Best of"]
    assert await listed(world, wanted, STRANGER) == []
    with pytest.raises(NotAllowed):
        await them.take_out(MEMBER, [open_one], collection)
    owner_manages = replace(OWNER, manages=True)
    with pytest.raises(BadRequest, match="A private video can't be"):
        await them.put(owner_manages, [secret], "Best of", for_server=True)


async def test_a_members_collections_are_erased_with_them_and_a_video_leaves_all(world: World) -> None:
    job, them = await a_kept(world), await collections(world)
    await them.put(OWNER, [job], "Mine")
    shared, _ = await them.put(MANAGER, [job], "Ours", for_server=True)
    assert await world.database.read(lambda connection: count_rows(connection, ANN)) == 1
    assert await world.database.write(lambda connection: remove_rows(connection, ANN)) == 1
    assert [each.name for each in await them.listed(OWNER)] == ["Ours"]
    await world.database.write(lambda connection: remove_rows_about(connection, job.id))
    assert await them.listed(OWNER) == []
    assert shared.is_servers


async def test_a_collection_needs_a_name(world: World) -> None:
    job, them = await a_kept(world), await collections(world)
    for name in ("", "  ", "\n\t"):
        with pytest.raises(BadRequest, match="A collection needs a name"):
            await them.put(OWNER, [job], name)
