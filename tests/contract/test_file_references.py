"""Which kept files jobs still need, on both databases."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import insert

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.video import Picture, VideoOptions
from storage.jobs.file_references import BATCH, SqlFileReferences
from storage.jobs.mapping import row_of
from storage.tables import jobs
from tests.builders import a_request
from tests.contract.databases import World, a_job


def a_pictured_job(name: str) -> Job:
    picture = Picture(key=f"pictures/{name}.png", preview=f"pictures/{name}.jpg", sha256="0", note="as it is")
    return replace(a_job(), request=a_request(picture=picture))


async def test_pictures_of_many_jobs_are_read_in_batches(world: World) -> None:
    more = {"reserved": None, "period": "2026-11", "lease_epoch": 0, "crashes": 0}
    rows = [row_of(a_pictured_job(str(number))) | more for number in range(BATCH + 1)]
    await world.database.write(lambda connection: connection.execute(insert(jobs), rows))
    batches = [batch async for batch in SqlFileReferences(database=world.database).pictures()]
    assert len(batches) == 2
    assert frozenset.union(*batches) == {
        f"pictures/{number}.{ending}" for number in range(BATCH + 1) for ending in ("png", "jpg")
    }


async def test_a_deleted_job_needs_no_files(world: World) -> None:
    references = SqlFileReferences(database=world.database)
    kept, gone = await world.store.add(a_pictured_job("kept")), await world.store.add(a_pictured_job("gone"))
    await world.store.mark_deleted(gone.id)
    assert await references.deleted([kept.id, gone.id, JobId("ZZZZZZ")]) == {gone.id}
    assert [batch async for batch in references.pictures()] == [{"pictures/kept.png", "pictures/kept.jpg"}]


async def test_pictures_to_end_with_and_reference_pictures_are_needed_too(world: World) -> None:
    def named(name: str) -> Picture:
        return Picture(key=f"inputs/{name}.png", preview=f"inputs/{name}.jpg", sha256="0", note="")

    options = VideoOptions(end=named("end"), references=(named("one"), named("two")))
    await world.store.add(replace(a_job(), request=a_request(options=options)))
    await world.store.add(replace(a_job(), request=a_request(options=VideoOptions(seed=1))))
    (batch,) = [batch async for batch in SqlFileReferences(database=world.database).pictures()]
    assert batch == {f"inputs/{name}.{ending}" for name in ("end", "one", "two") for ending in ("png", "jpg")}
