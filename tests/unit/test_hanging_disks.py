"""A network drive that hangs, instead of failing: it looks like a disk that takes no files, and blocks few threads."""

from __future__ import annotations

import asyncio
import errno
import shutil
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest

from bot.domain.errors import StoreAway
from bot.domain.phases import Done, Posting, Queued, Saving
from bot.health.readiness import Readiness
from bot.jobs.notices.telling import ManagerNotices
from bot.jobs.steps.room import READ_ONLY, room_in
from bot.jobs.use_cases.guild import GuildPreferences
from bot.network.drive import AT_ONCE
from storage.files.local import LocalFiles
from tests.builders import GUILD
from tests.changes import some_changes
from tests.hangs import HangingDisk, hanging_disk
from tests.unit.test_manager_notices import MANAGERS, RecordedChannel, a_finder, choose, texts
from tests.waiting import comes_true, is_told
from tests.workbench import a_bench

KEY = "videos/K7Q4FD/1.mp4"
SOON = 0.5  # seconds that tests wait for such a disk; a thread on a busy machine needs some of them


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path, patience=SOON)


async def test_it_takes_no_files_and_one_thread_however_often_it_is_looked_at(
    files: LocalFiles, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with hanging_disk(tmp_path) as disk:
        assert await asyncio.gather(*(room_in(files) for _ in range(20))) == [None] * 20
        for _ in range(20):
            assert await room_in(files) is None
        assert await comes_true(lambda: disk.waiting) == 1
        disk.is_back.set()
        await comes_true(lambda: disk.waiting == 0)
        assert (await is_told(lambda: room_in(files)) or 0) > 0
    assert [record.getMessage() for record in caplog.records] == [
        f"nothing can be written to {tmp_path}: it has not answered for 0 seconds",
        f"files can be written to {tmp_path} again",
    ]


async def test_a_disk_that_hangs_only_when_written_to_is_as_bad(files: LocalFiles, tmp_path: Path) -> None:
    with hanging_disk(tmp_path) as disk, patch.object(shutil, "disk_usage", lambda _: SimpleNamespace(free=10**12)):
        while not disk.waiting:  # before it writes, it looks how much is free
            assert await room_in(files) is None
        assert [await room_in(files) for _ in range(5)] == [None] * 5
        assert disk.waiting == 1
        disk.is_back.set()
        await comes_true(lambda: disk.waiting == 0)
        assert await is_told(lambda: room_in(files)) == 10**12


async def test_who_stops_waiting_for_a_look_spoils_it_for_nobody(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path)

    async def disk_has_room() -> bool:
        return await room_in(files) is not None

    with hanging_disk(tmp_path) as disk:
        others = asyncio.create_task(room_in(files))
        for _ in range(3):
            assert await Readiness(checks={"disk": disk_has_room}, patience=SOON).report() == {"disk": False}
        assert disk.waiting == 1
        disk.is_back.set()
        assert (await others or 0) > 0


async def test_reading_from_it_leaves_threads_to_all_the_rest_and_goes_on_once_it_is_back(
    files: LocalFiles, tmp_path: Path
) -> None:
    await files.put(b"whole", KEY)
    with hanging_disk(tmp_path) as disk:
        reading = [asyncio.create_task(_read(files)) for _ in range(3 * AT_ONCE)]
        await comes_true(lambda: disk.waiting == AT_ONCE)
        assert await asyncio.to_thread(lambda: "a host name is resolved") == "a host name is resolved"
        told = await asyncio.gather(*reading, return_exceptions=True)
        assert [str(each) for each in told] == ["The bot's disk doesn't answer."] * len(reading)
        assert {type(each) for each in told} == {StoreAway}
        assert disk.waiting == AT_ONCE
        disk.is_back.set()
        assert await _read(files) == b"whole"


async def _read(files: LocalFiles) -> bytes:
    async with files.local(KEY) as path:
        return path.read_bytes()


async def test_a_full_disk_is_not_written_to(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with (
        patch.object(shutil, "disk_usage", lambda _: SimpleNamespace(free=7)),
        patch.object(Path, "write_bytes", side_effect=OSError(errno.ENOSPC, "No space left on device")) as writing,
    ):
        assert await room_in(LocalFiles(tmp_path)) == 7
    assert not writing.called
    assert caplog.records == []


async def test_orders_wait_for_it_free_of_charge_and_go_on_once_it_is_back(tmp_path: Path) -> None:
    async with a_bench(tmp_path, patience=SOON) as bench:
        with hanging_disk(tmp_path) as disk:
            job_id = await bench.order()
            for _ in range(3):
                await bench.step(forward=60)
            assert (await bench.job(job_id)).phase == Queued(waits_for=READ_ONLY)
            assert (bench.provider.orders, disk.waiting) == ([], 1)
            disk.is_back.set()
            await comes_true(lambda: disk.waiting == 0)
            bench.clock.forward(60)
            assert isinstance((await bench.run(job_id)).phase, Done)
        assert len(bench.provider.orders) == 1


async def test_a_paid_video_waits_for_it_and_is_downloaded_anew_and_ordered_once(tmp_path: Path) -> None:
    async with a_bench(tmp_path, patience=SOON, longest=SOON) as bench:
        job_id = await bench.order()
        while not isinstance((await bench.job(job_id)).phase, Saving):
            await bench.step(forward=60)
        disk = HangingDisk(tmp_path / "files")
        with patch.object(Path, "replace", disk.holds_up(Path.replace)):
            for tries in range(1, 4):
                await bench.step(forward=600)
                phase = (await bench.job(job_id)).phase
                assert isinstance(phase, Saving)
                assert (phase.tries, phase.missing, disk.waiting) == (0, 0, tries)
            disk.is_back.set()
            await comes_true(lambda: disk.waiting == 0)
        assert isinstance((await bench.run(job_id)).phase, Done)
        assert len(bench.provider.orders) == 1


async def test_a_video_is_delivered_once_it_is_back(tmp_path: Path) -> None:
    async with a_bench(tmp_path, patience=SOON) as bench:
        job_id = await bench.order()
        while not isinstance((await bench.job(job_id)).phase, Posting):
            await bench.step(forward=60)
        with hanging_disk(tmp_path / "files"):
            for _ in range(3):
                await bench.step(forward=60)
                assert isinstance((await bench.job(job_id)).phase, Posting)
        assert isinstance((await bench.run(job_id)).phase, Done)
        assert len(bench.provider.orders) == 1


async def test_managers_are_told_of_it_once(tmp_path: Path) -> None:
    async with a_bench(tmp_path, patience=SOON) as bench:
        await choose(bench, MANAGERS)
        files, channel = LocalFiles(tmp_path / "files", patience=SOON), RecordedChannel()
        notices = ManagerNotices(
            finder=a_finder(bench, files),
            preferences=GuildPreferences(records=bench.records, changes=some_changes()),
            channel=channel,
            records=bench.records,
            clock=bench.clock,
        )
        with hanging_disk(tmp_path) as disk:
            for _ in range(3):
                await notices.look([GUILD])
                bench.clock.forward(60)
            (told,) = channel.notices
            assert "can't write to its disk" in texts(told)
            assert disk.waiting == 1
            disk.is_back.set()
            await comes_true(lambda: disk.waiting == 0)
            await notices.look([GUILD])
            assert channel.notices == [told]
