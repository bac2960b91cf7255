"""Unneeded files are removed after a day; young files and those of jobs stay."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from sqlalchemy import text, update

from bot.domain.ids import JobId
from bot.domain.phases import Done
from bot.domain.video import Picture
from bot.jobs.reconcile.files import FileSweep
from storage.jobs.file_references import SqlFileReferences
from storage.tables import jobs
from tests.builders import NOON, a_job, a_request, a_video
from tests.workbench import PLACES, Bench, a_bench

TWO_DAYS, AN_HOUR = 2 * 86_400, 3600


async def a_file(bench: Bench, key: str, age: float) -> None:
    await bench.context.files.put(b"content", key)
    async with bench.context.files.local(key) as path:
        os.utime(path, (time.time() - age, time.time() - age))


async def is_there(bench: Bench, key: str) -> bool:
    try:
        async with bench.context.files.local(key):
            return True
    except FileNotFoundError:
        return False


def a_sweep(bench: Bench) -> FileSweep:
    return FileSweep(
        files=bench.context.files,
        references=SqlFileReferences(database=bench.store.database),
        clock=bench.clock,
    )


def a_picture(name: str) -> Picture:
    return Picture(key=f"pictures/{name}.png", preview=f"pictures/{name}.jpg", sha256="0", note="as it is")


async def test_old_pictures_that_were_never_ordered_are_removed(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    async with a_bench(tmp_path) as bench:
        await bench.order(a_job(request=a_request(picture=a_picture("ordered"))))
        kept = [("pictures/ordered.png", TWO_DAYS), ("pictures/ordered.jpg", TWO_DAYS), ("pictures/young.png", AN_HOUR)]
        for key, age in [*kept, ("pictures/old.png", TWO_DAYS), ("pictures/old.jpg", TWO_DAYS)]:
            await a_file(bench, key, age)
        await a_sweep(bench).sweep()
        assert [await is_there(bench, key) for key, _ in kept] == [True, True, True]
        assert not await is_there(bench, "pictures/old.png")
        assert not await is_there(bench, "pictures/old.jpg")
        assert "removed 2 files of pictures and 0 of videos" in caplog.text


async def test_what_a_deletion_left_is_removed_and_all_other_videos_stay(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        kept, gone = await a_done_one(bench, "K7Q4FD"), await a_done_one(bench, "B2B2B2")
        keys = [
            f"videos/{job}/1.{ending}" for job in (kept, gone, "ZZZZZZ") for ending in ("mp4", "webp", "preview.mp4")
        ]
        for key in keys:
            await a_file(bench, key, TWO_DAYS)
        await a_file(bench, f"videos/{gone}/2.mp4", AN_HOUR)
        await bench.store.mark_deleted(gone)
        await a_sweep(bench).sweep()
        assert [key for key in keys if not await is_there(bench, key)] == [key for key in keys if gone in key]
        assert await is_there(bench, f"videos/{gone}/2.mp4")


async def a_done_one(bench: Bench, name: str) -> JobId:
    job = a_job(id=JobId(name))
    await bench.order(job)
    (lease,) = await bench.store.claim("before", PLACES, 1)
    video = a_video(video=f"videos/{name}/1.mp4")
    await bench.store.move(lease, lease.job.moved_to(Done(video=video, remote_id=name, finished_at=NOON)))
    return job.id


async def test_a_picture_of_a_row_that_cannot_be_read_stays(tmp_path: Path) -> None:
    async with a_bench(tmp_path) as bench:
        job_id = await bench.order(a_job(request=a_request(picture=a_picture("torn"))))
        torn = update(jobs).where(jobs.c.id == job_id).values(picture=text("""'{"key": "pictures/torn.png", "pre'"""))
        await bench.store.database.write(lambda connection: connection.execute(torn))
        await a_file(bench, "pictures/torn.png", TWO_DAYS)
        await a_sweep(bench).sweep()
        assert await is_there(bench, "pictures/torn.png")
