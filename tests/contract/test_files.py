"""What every file store guarantees: a key is there completely or not at all."""

from __future__ import annotations

import errno
import itertools
import os
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from bot.domain.ports.files import FileStore
from storage.files.local import LocalFiles

KEY, OTHER = "videos/K7Q4FD/1f0c.mp4", "videos/K7Q4FD/none.mp4"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data" / "files"


@pytest.fixture
def files(folder: Path) -> LocalFiles:
    return LocalFiles(folder)


async def content(files: FileStore, key: str) -> bytes:
    async with files.local(key) as path:
        return path.read_bytes()


def left_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


async def test_a_scratch_file_is_kept_under_its_key(files: FileStore, folder: Path) -> None:
    async with files.scratch(".mp4") as path:
        path.write_bytes(b"whole")
        await files.keep(path, KEY)

    assert await content(files, KEY) == b"whole"
    assert left_in(folder) == [KEY]


async def test_a_scratch_path_is_new_and_on_the_disk_of_the_store(files: FileStore, folder: Path) -> None:
    async with files.scratch(".mp4") as one, files.scratch(".mp4") as other:
        assert one != other
        assert not one.exists()
        assert one.suffix == ".mp4"
        assert one.is_relative_to(folder)


async def test_scratch_is_removed_when_the_work_on_it_fails(files: FileStore, folder: Path) -> None:
    async def fail() -> None:
        async with files.scratch() as path:
            path.write_bytes(b"half")
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await fail()

    assert left_in(folder) == []


async def test_keeping_a_file_again_is_harmless(files: FileStore) -> None:
    async with files.scratch() as path:
        path.write_bytes(b"whole")
        await files.keep(path, KEY)
        await files.keep(path, KEY)
    async with files.scratch() as path:
        path.write_bytes(b"whole")
        await files.keep(path, KEY)

    assert await content(files, KEY) == b"whole"


async def test_keeping_nothing_is_an_error(files: FileStore, folder: Path) -> None:
    async with files.scratch() as path:
        with pytest.raises(FileNotFoundError):
            await files.keep(path, KEY)

    assert left_in(folder) == []


async def test_bytes_are_put_under_a_key(files: FileStore, folder: Path) -> None:
    await files.put(b"picture", "pictures/a.png")
    await files.put(b"picture", "pictures/a.png")

    assert await content(files, "pictures/a.png") == b"picture"
    assert left_in(folder) == ["pictures/a.png"]


async def test_there_is_no_file_under_an_unknown_key(files: FileStore) -> None:
    with pytest.raises(FileNotFoundError, match="no file is kept as"):
        await content(files, KEY)


async def test_removed_files_are_gone_and_may_be_removed_again(files: FileStore) -> None:
    await files.put(b"one", "videos/A/1.mp4")
    await files.put(b"two", "videos/A/2.mp4")

    await files.remove(["videos/A/1.mp4", "videos/A/never.mp4"])
    await files.remove(["videos/A/1.mp4"])

    with pytest.raises(FileNotFoundError):
        await content(files, "videos/A/1.mp4")
    assert await content(files, "videos/A/2.mp4") == b"two"


@pytest.mark.parametrize(
    "key",
    [
        *["", "/etc/passwd", "../secret", "videos/../../secret", "videos//a", "videos/", "a\\b", "C:/a"],
        *[".hidden", "a/.b", "tmp", "tmp/a", "TMP/a", "a\0b", "a\n", "käse"],
    ],
)
async def test_what_could_lead_out_of_the_folder_is_no_key(files: FileStore, key: str) -> None:
    with pytest.raises(ValueError, match="is not a key"):
        await files.put(b"x", key)
    with pytest.raises(ValueError, match="is not a key"):
        await content(files, key)
    with pytest.raises(ValueError, match="is not a key"):
        await files.remove([key])


async def test_the_free_space_is_known_before_the_first_file(files: FileStore) -> None:
    assert await files.free_bytes() > 0


@pytest.mark.skipif(sys.platform != "linux", reason="it asks Linux for the name of an open file")
async def test_content_reaches_the_disk_before_the_name_does(
    files: FileStore, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diary = []
    sync, replace = os.fsync, Path.replace

    def watched_sync(descriptor: int) -> None:
        name = Path(f"/dev/fd/{descriptor}").resolve()
        diary.append(("sync", "scratch" if name.parent.name == "tmp" else str(name.relative_to(folder))))
        sync(descriptor)

    def watched_replace(path: Path, target: Path) -> Path:
        diary.append(("name", str(target.relative_to(folder))))
        return replace(path, target)

    async with files.scratch() as path:
        path.write_bytes(b"whole")
        monkeypatch.setattr(os, "fsync", watched_sync)
        monkeypatch.setattr(Path, "replace", watched_replace)
        await files.keep(path, KEY)

    assert diary == [
        ("sync", "scratch"),
        ("sync", "."),
        ("sync", "videos"),
        ("name", KEY),
        ("sync", "videos/K7Q4FD"),
    ]


@pytest.mark.parametrize("died_at", ["fsync", "replace"])
async def test_a_death_on_the_way_leaves_no_key(
    files: FileStore, folder: Path, died_at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    owner = os if died_at == "fsync" else Path
    with monkeypatch.context() as patch:
        patch.setattr(owner, died_at, die)
        with pytest.raises(OSError, match="No space left"):
            await files.put(b"whole", KEY)

    assert left_in(folder) == []
    await files.put(b"whole", KEY)
    assert left_in(folder) == [KEY]


async def test_sweeping_removes_what_a_dead_process_left_and_nothing_else(files: LocalFiles, folder: Path) -> None:
    assert await files.sweep() == 0
    await files.put(b"kept", KEY)
    long_ago = time.time() - 2 * 3600
    os.utime(folder / KEY, (long_ago, long_ago))
    async with files.scratch() as abandoned, files.scratch() as in_use:
        abandoned.write_bytes(b"half")
        os.utime(abandoned, (long_ago, long_ago))
        in_use.write_bytes(b"half")

        assert await files.sweep() == 1

        assert left_in(folder) == sorted([str(in_use.relative_to(folder)), KEY])


async def test_a_store_says_whether_it_takes_files_now(
    files: LocalFiles, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    assert await files.writable()
    assert left_in(folder) == []
    (folder / "tmp").rmdir()
    (folder / "tmp").write_text("in the way")
    assert [await files.writable() for _ in range(3)] == [False] * 3
    (folder / "tmp").unlink()
    assert await files.writable()
    assert [record.getMessage().partition(" to ")[0] for record in caplog.records] == [
        "nothing can be written",
        "files can be written",
    ]


async def test_a_file_is_read_in_parts(files: FileStore) -> None:
    await files.put(b"whole", KEY)
    found = await files.look(KEY)
    assert found.size == 5
    assert await files.part(KEY, 1, 3) == b"hol"
    assert await files.part(KEY, 3, 100) == b"le"
    for ask in (files.look(OTHER), files.part(OTHER, 0, 1)):
        with pytest.raises(FileNotFoundError):
            await ask


async def test_what_others_have_put_there_is_not_listed(files: LocalFiles, folder: Path) -> None:
    await files.put(b"film", KEY)
    (folder / "videos" / "Ann's notes.txt").write_text("hers")
    assert await files.keys() == await files.old("videos", timedelta(days=-1)) == [KEY]


async def test_what_others_have_put_into_a_bucket_is_not_listed(folder: Path) -> None:
    obstore = pytest.importorskip("obstore", reason="an extra")
    bucket = pytest.importorskip("obstore.store").MemoryStore()
    files = pytest.importorskip("storage.files.objects").ObjectFiles(bucket, LocalFiles(folder), most=0)
    await files.put(b"film", KEY)
    await obstore.put_async(bucket, "videos/Ann's notes.txt", b"hers")
    assert await files.keys() == await files.old("videos", timedelta(days=-1)) == [KEY]


@pytest.mark.parametrize("looks", range(4))
async def test_making_room_survives_files_that_others_remove_meanwhile(
    files: LocalFiles, folder: Path, monkeypatch: pytest.MonkeyPatch, looks: int
) -> None:
    await files.put(b"first", OTHER)
    await files.put(b"whole", KEY)
    seen, look = itertools.count(), Path.stat

    def removed_meanwhile(path: Path, **how: Any) -> os.stat_result:
        if path == folder / OTHER and next(seen) >= looks:
            path.unlink(missing_ok=True)
        return look(path, **how)

    monkeypatch.setattr(Path, "stat", removed_meanwhile)
    assert KEY in await files.beyond(0, frozenset())


async def test_a_copy_that_another_process_removes_is_read_to_its_end(folder: Path) -> None:
    bucket = pytest.importorskip("obstore.store").MemoryStore()
    objects = pytest.importorskip("storage.files.objects").ObjectFiles
    one, other = (objects(bucket, LocalFiles(folder), most=10) for _ in range(2))
    await one.put(b"whole", KEY)
    async with one.local(KEY) as path:
        await other.put(b"twelve bytes", OTHER)
        assert not (folder / KEY).exists()
        assert path.read_bytes() == b"whole"
        assert path.suffix == ".mp4"
    assert left_in(folder / "tmp") == []


async def test_a_copy_that_another_process_removes_once_it_was_fetched_is_fetched_again(folder: Path) -> None:
    class Contested(LocalFiles):
        async def linked(self, key: str, own: Path) -> Path:
            (folder / key).unlink()
            return await super().linked(key, own)

    bucket = pytest.importorskip("obstore.store").MemoryStore()
    files = pytest.importorskip("storage.files.objects").ObjectFiles(bucket, Contested(folder), most=1000)
    await files.put(b"whole", KEY)
    assert await content(files, KEY) == b"whole"
    assert left_in(folder) == []


async def test_a_copy_is_read_where_files_have_one_name_only(folder: Path) -> None:
    bucket = pytest.importorskip("obstore.store").MemoryStore()
    files = pytest.importorskip("storage.files.objects").ObjectFiles(bucket, LocalFiles(folder), most=1000)
    await files.put(b"whole", KEY)
    with patch.object(os, "link", side_effect=OSError(errno.EPERM, "Operation not permitted")):
        assert await content(files, KEY) == b"whole"


async def test_a_copy_that_is_removed_while_the_store_is_asked_about_it_is_fetched_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    obstore = pytest.importorskip("obstore", reason="an extra")
    bucket, ask = pytest.importorskip("obstore.store").MemoryStore(), obstore.head_async
    files = pytest.importorskip("storage.files.objects").ObjectFiles(bucket, LocalFiles(folder), most=1000)
    await files.put(b"whole", KEY)

    async def slow(store: Any, key: str) -> Any:
        (folder / key).unlink()
        return await ask(store, key)

    monkeypatch.setattr(obstore, "head_async", slow)
    assert await content(files, KEY) == b"whole"
