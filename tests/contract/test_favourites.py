"""Favourites are a member's own, last as long as the member and the video do, and change nothing else."""

from __future__ import annotations

from datetime import timedelta

from storage.own_data.members_rows import count_rows, rows_as_facts
from storage.studio.favourites import SqlFavourites
from storage.studio.favourites_table import favourites
from tests.contract.databases import ANN, BEN, NOON, World, a_job


async def test_a_favourite_is_its_members_own_until_they_take_it_back(world: World) -> None:
    store = SqlFavourites(database=world.database)
    fox, owl = a_job(), a_job()
    await store.add(ANN, fox.id, NOON)
    await store.add(BEN, owl.id, NOON)
    assert await store.among(ANN, [fox.id, owl.id]) == {fox.id}
    assert await store.among(BEN, [fox.id, owl.id]) == {owl.id}
    assert await store.among(ANN, []) == frozenset()
    await store.remove(ANN, fox.id, NOON)
    await store.remove(ANN, fox.id, NOON)
    assert await store.among(ANN, [fox.id, owl.id]) == frozenset()
    assert await store.among(BEN, [owl.id]) == {owl.id}


async def test_to_mark_a_video_twice_leaves_it_as_it_was_at_first(world: World) -> None:
    store, fox = SqlFavourites(database=world.database), a_job()
    await store.add(ANN, fox.id, NOON)
    await store.add(ANN, fox.id, NOON + timedelta(hours=1))
    (fact,) = await world.database.read(lambda connection: rows_as_facts(connection, ANN))
    assert (fact.kind, fact.value) == (favourites.name, [{"job_id": fox.id, "at": str(NOON)}])


async def test_favourites_count_among_what_is_kept_of_a_member(world: World) -> None:
    store = SqlFavourites(database=world.database)
    await store.add(ANN, a_job().id, NOON)
    await store.add(ANN, a_job().id, NOON)
    counted = await world.database.read(lambda connection: count_rows(connection, ANN))
    assert counted == 2
