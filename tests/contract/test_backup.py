"""A backup of either database, made while the bot could be writing, and restored on either."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.backup.command import DONE, INCOMPLETE, backup, restore
from bot.domain.audit.changes import SettingChange
from bot.domain.errors import CannotStart, StoreAway
from bot.domain.messages import msg
from bot.domain.retention.rounds import ROUNDS, RemovalRound, Retention
from bot.health.heartbeat import heartbeat_file
from bot.settings import Settings
from storage.db.address import sqlite_url
from storage.db.copies import finish_file
from storage.db.database import Database
from storage.files.local import LocalFiles
from storage.gateway_lock import SqlGatewayLock
from storage.guild_tables import setting_changes
from storage.money.audit import audit
from storage.records import SqlRecords
from storage.setting_changes import SqlSettingChanges
from storage.tables import ledger, metadata
from tests.contract.databases import ANN, GUILD, NOON, World, a_job, claimed, done, sending
from tests.migrated import a_migrated_database

KEY = "videos/a/1.mp4"
Rows = Mapping[str, Sequence[Sequence[Any]]]


def settings_of(data_dir: Path, url: str | None = None) -> Settings:
    return Settings.model_validate({"discord_token": "x" * 60, "data_dir": data_dir, "database_url": url})


@pytest.fixture
def there(tmp_path: Path, world: World) -> Settings:
    return settings_of(tmp_path / "there", world.url)


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    """Another machine, without any data."""
    return settings_of(tmp_path / "here")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backup"


async def some_videos(world: World, settings: Settings) -> None:
    """One that is done, one whose order is being sent, one that waits."""
    for phase in (done(), sending()):
        await world.store.add(a_job())
        lease = await claimed(world.store)
        await world.store.move(lease, lease.job.moved_to(phase), 60)
    await world.store.add(a_job())
    files = LocalFiles(settings.data_dir / "files")
    await files.put(b"a film", KEY)
    await files.put(b"a poster", "videos/a/1.webp")


async def rows_of(url: str) -> Rows:
    async def read(connection: AsyncConnection) -> Rows:
        found = {}
        for table in metadata.sorted_tables:
            rows = await connection.execute(select(table).order_by(*table.primary_key.columns))
            found[table.name] = [tuple(row) for row in rows]
        return found

    database = await Database.open(url)
    try:
        return await database.read(read)
    finally:
        await database.close()


def url_of(settings: Settings) -> str:
    return settings.database_url or sqlite_url(settings.data_dir / "kinora.db")


async def test_what_was_backed_up_is_there_again_on_another_machine(
    world: World, there: Settings, here: Settings, folder: Path
) -> None:
    await some_videos(world, there)
    assert (await backup(there, folder, with_files=True))[0] == DONE
    code, lines = await restore(here, folder, replace=False)
    assert (code, "2 files" in lines[0]) == (DONE, True)
    assert await rows_of(url_of(here)) == await rows_of(world.url)
    assert (here.data_dir / "files" / KEY).read_bytes() == b"a film"


async def test_a_folder_from_which_nothing_could_be_restored_takes_no_backup(
    world: World, there: Settings, folder: Path
) -> None:
    await some_videos(world, there)
    odd = folder.with_name("caf\udce9")
    with pytest.raises(CannotStart, match="its name has bytes that are not text"):
        await backup(there, odd, with_files=True)
    assert not odd.exists()


async def test_a_backup_takes_the_place_of_what_came_after_it(world: World, there: Settings, folder: Path) -> None:
    await some_videos(world, there)
    before = await rows_of(world.url)
    await backup(there, folder, with_files=True)
    await world.store.add(a_job(prompt="ordered since"))
    await LocalFiles(there.data_dir / "files").remove([KEY])
    await world.database.close()
    with pytest.raises(CannotStart, match=r"a database with orders already\. With --replace.* Nothing was changed"):
        await restore(there, folder, replace=False)
    await restore(there, folder, replace=True)
    assert await rows_of(world.url) == before
    assert (there.data_dir / "files" / KEY).read_bytes() == b"a film"


async def test_videos_are_not_removed_by_a_warning_of_before_the_backup(
    world: World, there: Settings, here: Settings, folder: Path
) -> None:
    """Members who marked a video, or chose other days, after the backup was made had responded to the warning."""
    planned = RemovalRound.next(Retention(days=90), NOON)
    await SqlRecords(database=world.database, clock=world.clock).write(ROUNDS, str(GUILD), planned)
    await backup(there, folder, with_files=True)
    assert len((await rows_of(world.url))["records"]) == 1
    await restore(here, folder, replace=False)
    assert (await rows_of(url_of(here)))["records"] == []


async def test_the_books_go_on_in_either_database(world: World, tmp_path: Path, folder: Path) -> None:
    """The backup of one machine is restored into the database of another, of either kind."""
    await backup_of_a_small_server(tmp_path / "small", folder)
    await world.database.close()
    await restore(settings_of(tmp_path / "large", world.url), folder, replace=False)
    database = await Database.open(world.url)
    try:
        store = replace(world, database=database).store
        await store.add(a_job(prompt="after the move"))
        assert list(await audit(database)) == []
        entries = (await rows_of(world.url))[ledger.name]
        assert len(entries) == 2
        await a_change(database)
        assert len((await rows_of(world.url))[setting_changes.name]) == 2
    finally:
        await database.close()


async def a_change(database: Database) -> None:
    change = SettingChange(guild_id=GUILD, by=ANN, what=msg("the budget"), before=None, after=msg("more"))
    await SqlSettingChanges(database=database).add([change], NOON)


async def backup_of_a_small_server(data_dir: Path, folder: Path) -> None:
    settings = settings_of(data_dir)
    data_dir.mkdir(exist_ok=True)
    url = await a_migrated_database(data_dir / "kinora.db")
    world = World(url=url, database=await Database.open(url))
    try:
        await world.store.add(a_job())
        await a_change(world.database)
        await backup(settings, folder, with_files=True)
    finally:
        await world.database.close()


async def test_nothing_is_restored_while_a_bot_runs(world: World, there: Settings, folder: Path) -> None:
    await some_videos(world, there)
    await backup(there, folder, with_files=True)
    there.data_dir.mkdir(exist_ok=True)
    heartbeat = heartbeat_file(there.data_dir)
    heartbeat.write_text("{}")
    with pytest.raises(CannotStart, match=r"^Kinora is running\."):
        await restore(there, folder, replace=True)
    heartbeat.unlink()
    lock = SqlGatewayLock(database=world.database, clock=world.clock)
    await lock.take(1, "another machine", 10**9, lambda _: False)
    with pytest.raises(CannotStart, match=r"^Kinora is running\."):
        await restore(there, folder, replace=True)


async def test_a_bot_that_starts_while_files_are_restored_keeps_its_database(
    world: World, there: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_videos(world, there)
    await backup(there, folder, with_files=True)
    await world.store.add(a_job(prompt="ordered since"))
    before = await rows_of(world.url)

    class SlowFiles(LocalFiles):
        @asynccontextmanager
        async def local(self, key: str) -> AsyncIterator[Path]:
            heartbeat_file(there.data_dir).write_text("{}")
            async with super().local(key) as path:
                yield path

    monkeypatch.setattr("bot.backup.restore.open_files", lambda settings: SlowFiles(settings.data_dir / "files"))
    try:
        with pytest.raises(CannotStart, match=r"^Kinora is running\."):
            await restore(there, folder, replace=True)
    finally:
        heartbeat_file(there.data_dir).unlink()
    assert await rows_of(world.url) == before


async def test_a_backup_that_fails_leaves_no_half_of_a_database(
    world: World, there: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(_source: Path, target: Path) -> None:
        target.write_bytes(b"half of it")
        raise sqlite3.OperationalError("database or disk is full")

    async def are_too_many(_source: Database, url: str) -> None:
        for end in ("", "-wal", "-shm"):  # as SQLite leaves them when it cannot write
            Path(f"{url.removeprefix('sqlite:///')}{end}").write_bytes(b"half of it")
        raise OperationalError("insert", {}, sqlite3.OperationalError("database or disk is full"))

    await some_videos(world, there)
    monkeypatch.setattr("bot.backup.make.copy_file", is_full)
    monkeypatch.setattr("bot.backup.make.write_rows", are_too_many)
    with pytest.raises(CannotStart, match=r"^The database .*/kinora\.db\S* cannot be \w+: database or disk is full\."):
        await backup(there, folder, with_files=True)
    assert list(folder.iterdir()) == []


async def test_a_backup_of_which_a_part_stays_in_the_log_beside_it_is_none(
    world: World, there: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(_file: Path) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    await some_videos(world, there)
    monkeypatch.setattr("bot.backup.make.finish_file", is_full)
    with pytest.raises(CannotStart, match=r"kinora\.db\.new cannot be copied: database or disk is full\.$"):
        await backup(there, folder, with_files=True)
    assert list(folder.iterdir()) == []


def test_what_is_in_the_log_beside_a_database_is_put_into_it(tmp_path: Path) -> None:
    busy, left = tmp_path / "busy.db", tmp_path / "left.db"
    with closing(sqlite3.connect(busy)) as connection:
        connection.execute("pragma journal_mode=wal")
        connection.execute("create table films as select 'a fox' as prompt")
        for end in ("", "-wal"):
            shutil.copyfile(f"{busy}{end}", f"{left}{end}")
    finish_file(left)
    assert not Path(f"{left}-wal").exists()
    alone = left.rename(tmp_path / "alone.db")
    with closing(sqlite3.connect(alone)) as connection:
        assert connection.execute("select prompt from films").fetchall() == [("a fox",)]


async def test_a_restore_onto_a_full_disk_is_one_sentence_and_leaves_nothing_there(
    world: World, there: Settings, here: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(_source: Path, target: Path) -> None:
        target.write_bytes(b"half of it")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    await some_videos(world, there)
    await backup(there, folder, with_files=True)
    monkeypatch.setattr("bot.backup.restore.shutil.copyfile", is_full)
    sentence = r"^Files could not be written: No space left on device\. The database was not changed\.$"
    with pytest.raises(CannotStart, match=sentence):
        await restore(here, folder, replace=False)
    assert list(here.data_dir.glob("kinora.db*")) == []


class AwayFiles(LocalFiles):
    """An object store that stopped answering."""

    async def keys(self) -> Sequence[str]:
        raise StoreAway("The store is away.")

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        raise StoreAway("The store is away.")
        yield Path(key)


async def test_a_backup_from_a_store_that_is_away_is_one_sentence(
    world: World, there: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_videos(world, there)
    monkeypatch.setattr("bot.backup.make.open_files", lambda _: AwayFiles(folder / "away"))
    with pytest.raises(CannotStart, match=r"^The store is away\.$"):
        await backup(there, folder, with_files=True)


async def test_a_restore_into_a_store_that_is_away_is_one_sentence(
    world: World, there: Settings, here: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_videos(world, there)
    await backup(there, folder, with_files=True)
    monkeypatch.setattr("bot.backup.restore.open_files", lambda _: AwayFiles(folder / "away"))
    with pytest.raises(CannotStart, match=r"^The store is away\. The database was not changed\.$"):
        await restore(here, folder, replace=False)


async def test_a_second_backup_copies_only_what_is_new(world: World, there: Settings, folder: Path) -> None:
    await some_videos(world, there)
    await backup(there, folder, with_files=True)
    copy = folder / "files" / KEY
    first = copy.stat().st_mtime_ns
    await LocalFiles(there.data_dir / "files").put(b"another", "videos/b/1.mp4")
    _, lines = await backup(there, folder, with_files=True)
    assert "3 files" in lines[0]
    assert copy.stat().st_mtime_ns == first


async def test_a_second_backup_into_a_folder_ends_while_one_is_made_there(
    world: World, there: Settings, here: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await some_videos(world, there)
    refused = list[str]()

    class FilesBesideAnother(LocalFiles):
        async def keys(self) -> Sequence[str]:
            with pytest.raises(CannotStart) as no:
                await backup(there, folder, with_files=True)
            refused.append(no.value.sentence)
            return await super().keys()

    monkeypatch.setattr("bot.backup.make.open_files", lambda settings: FilesBesideAnother(settings.data_dir / "files"))
    await backup(there, folder, with_files=True)
    assert refused == [
        f"Another backup is being written to {folder}. Nothing was changed; start this one when that is done."
    ]
    assert not (folder / "backup.lock").exists()
    code, _ = await restore(here, folder, replace=False)
    assert code == DONE


async def test_files_that_are_missing_or_damaged_are_named(tmp_path: Path, here: Settings, folder: Path) -> None:
    settings = settings_of(tmp_path / "small")
    await LocalFiles(settings.data_dir / "files").put(b"a film", KEY)
    await LocalFiles(settings.data_dir / "files").put(b"a poster", "videos/a/1.webp")
    await backup_of_a_small_server(tmp_path / "small", folder)
    (folder / "files" / KEY).write_bytes(b"a fi1m")
    code, lines = await restore(here, folder, replace=False)
    assert code == INCOMPLETE
    assert lines[-2:] == ["✗ Files that are missing from the backup, or damaged in it:", f"  {KEY}"]
    assert not (here.data_dir / "files" / KEY).exists()


def says(folder: Path, **fields: Any) -> None:
    """Change the manifest to say this."""
    manifest = folder / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | fields))


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda folder: (folder / "manifest.json").unlink(), "has no manifest.json: it is no backup"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "it is damaged, or of a newer Kinora"),
        (
            lambda folder: says(folder, files={"../kinora.db": {"size": 1, "sha256": ""}}),
            "it is damaged, or of a newer",
        ),
        (lambda folder: says(folder, format=2), "it is damaged, or of a newer Kinora"),
        (
            lambda folder: (folder / "kinora.db").write_bytes(b"SQLite format 3"),
            "is damaged or incomplete. Nothing was",
        ),
        (lambda folder: (folder / "kinora.db").unlink(), "is damaged or incomplete. Nothing was"),
    ],
    ids=["no manifest", "half a manifest", "a way out", "a later format", "half a database", "no database"],
)
async def test_a_backup_that_is_none_changes_nothing(
    tmp_path: Path, here: Settings, folder: Path, damage: Any, words: str
) -> None:
    await backup_of_a_small_server(tmp_path / "small", folder)
    damage(folder)
    with pytest.raises(CannotStart, match=words):
        await restore(here, folder, replace=True)
    assert not here.data_dir.exists()


async def test_there_is_nothing_to_back_up_before_the_first_start(here: Settings, folder: Path) -> None:
    with pytest.raises(CannotStart, match="There is no database yet"):
        await backup(here, folder, with_files=True)
