"""An object store's guarantees, on a real one: those of a folder, also if others delete files or it is down."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio

from bot.backup.move import move_files
from bot.domain.errors import CannotStart, StoreAway
from bot.domain.ports.files import FileStore
from bot.settings import Settings
from storage.files.addresses import StoreAddress
from storage.files.local import LocalFiles
from storage.files.objects import ObjectFiles
from tests.extent import only_in_full
from tests.object_stores import SeaweedFS, seaweedfs
from tests.waiting import PATIENCE, is_told

KEY = "videos/K7Q4FD/1f0c.mp4"

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("the store takes five seconds to start, and ten to start again"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[SeaweedFS]:
    async with seaweedfs(tmp_path_factory.mktemp("seaweedfs")) as node:
        yield node


@pytest.fixture
def address(node: SeaweedFS, request: pytest.FixtureRequest) -> StoreAddress:
    """A separate folder for each test."""
    return node.address(f"s3://kinora/{request.node.name}")


@pytest.fixture
def files(address: StoreAddress, tmp_path: Path) -> ObjectFiles:
    return on(address, tmp_path / "one")


def on(address: StoreAddress, folder: Path, most: int = 1_000_000) -> ObjectFiles:
    return ObjectFiles(address.open(), LocalFiles(folder), most=most)


async def content(files: FileStore, key: str) -> bytes:
    async with files.local(key) as path:
        return path.read_bytes()


async def test_what_one_process_keeps_another_reads(files: ObjectFiles, address: StoreAddress, tmp_path: Path) -> None:
    async with files.scratch(".mp4") as path:
        path.write_bytes(b"whole" * 2_000_000)  # in several parts
        await files.keep(path, KEY)
        await files.keep(path, KEY)
    other = on(address, tmp_path / "other")
    assert await content(other, KEY) == b"whole" * 2_000_000
    assert await other.keys() == [KEY]


async def test_there_is_no_file_that_was_never_kept(files: ObjectFiles) -> None:
    with pytest.raises(FileNotFoundError, match="no file is kept as"):
        await content(files, KEY)
    async with files.scratch() as path:
        with pytest.raises(FileNotFoundError):
            await files.keep(path, KEY)
    with pytest.raises(ValueError, match="is not a key"):
        await content(files, "../secret")


async def test_a_file_that_another_process_removed_is_gone(
    files: ObjectFiles, address: StoreAddress, tmp_path: Path
) -> None:
    await files.put(b"film", KEY)
    await on(address, tmp_path / "other").remove([KEY, "videos/never.mp4"])
    with pytest.raises(FileNotFoundError):
        await content(files, KEY)


async def test_old_files_are_those_that_nobody_wrote_for_long(files: ObjectFiles) -> None:
    await files.put(b"film", KEY)
    await files.put(b"picture", "pictures/a.png")
    assert await files.old("videos", timedelta(hours=1)) == []
    assert await files.old("videos", timedelta(seconds=-60)) == [KEY]


async def test_copies_make_room_for_those_used_last_and_stay_while_in_use(
    address: StoreAddress, tmp_path: Path
) -> None:
    files = on(address, tmp_path, most=10)
    await files.put(b"12345678", "videos/1.mp4")
    async with files.local("videos/1.mp4") as path:
        await files.put(b"12345678", "videos/2.mp4")
        assert path.exists()
    await files.put(b"12345678", "videos/3.mp4")
    assert [each.name for each in tmp_path.rglob("*.mp4")] == ["3.mp4"]
    assert await content(files, "videos/1.mp4") == b"12345678"


async def test_what_was_stored_survives_a_restart_and_meanwhile_the_store_is_away(
    node: SeaweedFS, address: StoreAddress, tmp_path: Path
) -> None:
    files = on(address, tmp_path)
    await files.put(b"film", KEY)
    await node.stop()
    with pytest.raises(StoreAway, match=r"^The file store doesn't answer: "):
        await content(files, KEY)
    with pytest.raises(StoreAway, match=r"^The file store doesn't answer: "):
        await files.put(b"film", "videos/2.mp4")
    assert not await files.writable()
    await node.start()
    assert await content(files, KEY) == b"film"


async def test_refused_keys_and_addresses_that_are_none_are_one_sentence(node: SeaweedFS, tmp_path: Path) -> None:
    with pytest.raises(StoreAway, match=r"^The file store refuses the bot's keys: "):
        await on(node.address(secret_key="another"), tmp_path).check()
    with pytest.raises(StoreAway, match=r"^The file store refuses the bot's keys: "):
        await on(node.address(secret_key="another"), tmp_path).put(b"film", KEY)
    for url in ("ftp://x/y", "s3://", "bucket"):
        with pytest.raises(CannotStart, match=r"Use s3://bucket, gs://bucket or az://container\.$"):
            StoreAddress(url=url).open()


async def test_files_are_moved_there_and_back_and_again_for_nothing(address: StoreAddress, tmp_path: Path) -> None:
    data = {"discord_token": "x" * 60, "data_dir": tmp_path, "files_endpoint": address.endpoint}
    keys = {"files_access_key": address.access_key, "files_secret_key": address.secret_key}
    here = Settings.model_validate(data | keys)
    there = Settings.model_validate(data | keys | {"files_url": address.url, "data_dir": tmp_path / "elsewhere"})
    await LocalFiles(tmp_path / "files").put(b"film", KEY)
    assert (await move_files(here, address.url))[0] == f"✓ 1 files copied to {address.url}, and each read there again"
    assert (await move_files(here, address.url))[0].startswith("✓ 0 files")
    assert await content(on(address, tmp_path / "other"), KEY) == b"film"
    await move_files(there, "data")
    assert await content(LocalFiles(tmp_path / "elsewhere" / "files"), KEY) == b"film"
    with pytest.raises(CannotStart, match="are in data already"):
        await move_files(here, "data")


async def test_a_place_to_move_to_that_is_none_is_named_as_it_was_given(tmp_path: Path) -> None:
    settings = Settings.model_validate({"discord_token": "x" * 60, "data_dir": tmp_path})
    with pytest.raises(CannotStart, match=r"^--to bucket is not a file store\. Use s3://bucket, "):
        await move_files(settings, "bucket")


async def parts_of_uploads(node: SeaweedFS) -> Sequence[str]:
    """The bucket's unfinished uploads."""
    address = f"http://127.0.0.1:{node.ports['filer']}/buckets/kinora/.uploads/"
    async with aiohttp.ClientSession(headers={"Accept": "application/json"}) as people, people.get(address) as answer:
        return [entry["FullPath"] for entry in (await answer.json()).get("Entries") or ()]


async def test_an_upload_that_is_cut_off_leaves_no_file_and_no_parts(files: ObjectFiles, node: SeaweedFS) -> None:
    async with files.scratch(".mp4") as path:
        path.write_bytes(bytes(100_000_000))
        before = await parts_of_uploads(node)

        async def more_parts() -> bool:
            return await parts_of_uploads(node) != before

        uploading = asyncio.create_task(files.keep(path, KEY))
        await is_told(more_parts)
        uploading.cancel()
        await asyncio.gather(uploading, return_exceptions=True)
        assert uploading.cancelled()
        assert await parts_of_uploads(node) == before
        assert await files.keys() == []
        await files.keep(path, KEY)
        assert (await files.look(KEY)).size == 100_000_000


async def test_a_signed_address_gives_parts_and_runs_out(files: ObjectFiles) -> None:
    await files.put(b"a whole film", KEY)
    address, short = await files.signed(KEY, 60), await files.signed(KEY, 1)
    assert address is not None
    assert short is not None
    async with aiohttp.ClientSession() as browser:
        async with browser.get(address, headers={"Range": "bytes=2-6"}) as answer:
            assert (answer.status, await answer.read()) == (206, b"whole")
        async with browser.get(address.replace("X-Amz-Signature=", "X-Amz-Signature=0")) as forged:
            assert forged.status == 403
        async with asyncio.timeout(PATIENCE):
            while True:
                async with browser.get(short) as late:
                    if late.status == 403:
                        return
                await asyncio.sleep(0.2)
