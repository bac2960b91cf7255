"""Files that are stuck: a named pipe hangs whoever opens it, until its other end is opened, too."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.domain.errors import StoreAway
from bot.domain.phases import Done, Queued
from bot.domain.video import Picture
from bot.jobs.steps.room import READ_ONLY
from bot.network.drive import AT_ONCE, DriveThreads
from storage.files.local import LocalFiles
from tests.builders import a_job, a_request
from tests.workbench import a_bench

SOON = 0.05  # seconds
KEY, OTHER = "videos/K7Q4FD/1.mp4", "videos/K7Q4FD/2.mp4"

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes")


@contextmanager
def stuck(path: Path) -> Iterator[None]:
    """Whoever opens the file waits until the end of this."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    try:
        yield
    finally:
        for _ in range(2):  # readers first, then what they wait for
            os.close(os.open(path, os.O_RDWR))


async def test_who_reads_a_stuck_file_is_told_soon_and_others_read_on(tmp_path: Path) -> None:
    files = LocalFiles(tmp_path, patience=SOON)
    await files.put(b"whole", OTHER)
    with stuck(tmp_path / KEY):
        for reading in (files.read(KEY), files.part(KEY, 0, 10)):
            with pytest.raises(StoreAway, match="disk doesn't answer"):
                await reading
        assert await files.read(OTHER) == b"whole"


async def test_however_many_read_a_stuck_file_few_threads_wait_and_the_rest_is_never_begun(tmp_path: Path) -> None:
    threads, begun = DriveThreads(patience=SOON), list[int]()

    def read(number: int) -> bytes:
        begun.append(number)
        return (tmp_path / "stuck").read_bytes()

    with stuck(tmp_path / "stuck"):
        readers = [threads.quick(read, number) for number in range(3 * AT_ONCE)]
        told = await asyncio.gather(*readers, return_exceptions=True)
        assert {type(each) for each in told} == {StoreAway}
        assert await asyncio.to_thread(lambda: "a host name is resolved") == "a host name is resolved"
    assert await DriveThreads().quick(lambda: "it is back") == "it is back"
    assert sorted(begun) == list(range(AT_ONCE))


async def test_a_stuck_write_leaves_reading_alone_and_is_given_up(tmp_path: Path) -> None:
    files, threads = LocalFiles(tmp_path), DriveThreads(longest=SOON)
    await files.put(b"whole", KEY)
    with stuck(tmp_path / "stuck"):
        writes = [threads.run((tmp_path / "stuck").write_bytes, b"") for _ in range(AT_ONCE + 1)]
        told = await asyncio.gather(*writes, return_exceptions=True)
        assert {type(each) for each in told} == {StoreAway}
        assert await files.read(KEY) == b"whole"


async def test_a_library_that_reads_a_stuck_file_in_its_own_threads_gets_them_back_soon(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "stuck")
    other_end = os.open(tmp_path / "stuck", os.O_RDWR)
    try:
        async with DriveThreads(patience=SOON).opened(tmp_path / "stuck") as file:
            os.write(other_end, b"half")
            assert await asyncio.to_thread(file.read1, 4) == b"half"
            with pytest.raises(OSError, match="has not answered"):
                await asyncio.to_thread(file.read, 4)
    finally:
        os.write(other_end, b"the rest")
        os.close(other_end)


async def test_a_file_for_a_library_is_read_whole_in_parts_and_again(tmp_path: Path) -> None:
    content = os.urandom(300_000)
    (tmp_path / "whole").write_bytes(content)
    async with DriveThreads().opened(tmp_path / "whole") as file:
        assert file.read(100_000) + file.read() == content
        file.seek(0)
        assert file.read(299_999) == content[:-1]
        assert os.fstat(file.fileno()).st_size == len(content)
    assert file.closed


async def test_an_order_whose_picture_is_stuck_waits_free_of_charge_and_is_sent_later(tmp_path: Path) -> None:
    picture = Picture(key="pictures/1.png", preview="pictures/1.jpg", sha256="0" * 64, note="")
    async with a_bench(tmp_path, patience=SOON) as bench:
        job_id = await bench.order(a_job(request=a_request(picture=picture)))
        with stuck(tmp_path / "files" / picture.key):
            for _ in range(3):
                await bench.step(forward=60)
                assert (await bench.job(job_id)).phase == Queued(waits_for=READ_ONLY)
        (tmp_path / "files" / picture.key).unlink()
        await bench.context.files.put(b"whole", picture.key)
        assert bench.provider.orders == []
        bench.clock.forward(60)
        assert isinstance((await bench.run(job_id)).phase, Done)
    assert [order.picture for order in bench.provider.orders] == [b"whole"]
