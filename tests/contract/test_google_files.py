"""Files in Google's store: obstore uses its XML API on a simulated one, which accepts only what Google would."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.errors import StoreAway, StoreRefuses
from storage.files.addresses import StoreAddress
from storage.files.local import LocalFiles
from storage.files.objects import ObjectFiles
from tests.google_store import BUCKET, GoogleStore, google_store
from tests.waiting import comes_true

KEY = "videos/K7Q4FD/1f0c.mp4"
FILM = b"whole" * 2_500_000  # three parts


@pytest.fixture
async def store(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[GoogleStore]:
    async with google_store() as store:
        for name, value in store.environment.items():
            monkeypatch.setenv(name, value)
        yield store


@pytest.fixture
def files(store: GoogleStore, tmp_path: Path) -> ObjectFiles:  # noqa: ARG001 (whose address is in the environment)
    return on(tmp_path / "one")


def on(folder: Path, url: str = f"gs://{BUCKET}/of-tests") -> ObjectFiles:
    return ObjectFiles(StoreAddress(url=url).open(), LocalFiles(folder), most=100_000_000)


async def test_a_film_goes_there_in_parts_and_another_process_reads_it(
    store: GoogleStore, files: ObjectFiles, tmp_path: Path
) -> None:
    async with files.scratch(".mp4") as path:
        path.write_bytes(FILM)
        await files.keep(path, KEY)
    assert (store.finished, store.uploads) == (1, {})
    assert store.objects[f"of-tests/{KEY}"].content == FILM
    other = on(tmp_path / "other")
    assert (await other.look(KEY)).size == len(FILM)
    assert await other.part(KEY, 3, 7) == FILM[3:10]
    async with other.local(KEY) as copy:
        assert copy.read_bytes() == FILM


async def test_files_are_listed_by_age_and_removed(files: ObjectFiles) -> None:
    await files.check()
    await files.put(b"film", KEY)
    await files.put(b"picture", "pictures/a.png")
    assert await files.keys() == ["pictures/a.png", KEY]
    assert await files.old("videos", timedelta(hours=1)) == []
    assert await files.old("videos", timedelta(seconds=-60)) == [KEY]
    await files.remove([KEY, "videos/never.mp4"])
    with pytest.raises(FileNotFoundError, match="no file is kept as"):
        await files.look(KEY)


async def test_an_upload_that_is_cut_off_leaves_no_file_and_no_parts(store: GoogleStore, files: ObjectFiles) -> None:
    async with files.scratch(".mp4") as path:
        path.write_bytes(bytes(100_000_000))
        uploading = asyncio.create_task(files.keep(path, KEY))
        await comes_true(lambda: any(store.uploads.values()))
        uploading.cancel()
        await asyncio.gather(uploading, return_exceptions=True)
        assert uploading.cancelled()
    assert (store.objects, store.uploads) == ({}, {})


async def test_refused_keys_and_a_bucket_that_is_none_are_one_sentence(
    store: GoogleStore, files: ObjectFiles, tmp_path: Path
) -> None:
    with pytest.raises(StoreRefuses, match=r"^The file store has no such bucket\. Check FILES_URL"):
        await on(tmp_path / "two", "gs://another/folder").check()
    store.refuses = True
    with pytest.raises(StoreRefuses, match=r"^The file store refuses the bot's keys: "):
        await files.check()
    with pytest.raises(StoreAway):
        await files.put(b"film", KEY)
