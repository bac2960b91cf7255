"""What the doctor says about real databases and folders, and that it leaves them unchanged."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.doctor.report import Finding, Level, fine
from bot.doctor.storage_checks import books, database, files, integrity, store, unsettled
from bot.domain.errors import CannotStart
from bot.domain.money.usd import Usd
from bot.domain.phases import Unknown
from storage.db import schema
from storage.db.database import Database
from storage.db.inspection import looked_at
from tests.builders import NOON, a_job
from tests.scripted import SteppingClock
from tests.stores import JobStores


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some folder?#%" / "kinora.db"


def url_of(file: Path) -> str:
    return f"sqlite:///{file}".replace("%", "%25").replace("?", "%3F")


async def a_database(file: Path) -> Path:
    """A database with one queued order."""
    there = await Database.open(url_of(file))
    await JobStores(database=there, clock=SteppingClock(), budget=Usd.of(25)).add(a_job())
    await there.close()
    return file


def change(file: Path, *statements: str, values: tuple[str, ...] = ()) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement, values)


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def seen(url: str) -> list[tuple[str, Level, str]]:
    found: list[Finding] = [*await database(url), *await integrity(url, 10), *await books(url)]
    return [(each.subject, each.level, each.words) for each in found]


async def test_a_sound_database_is_fine_and_left_as_it_was(file: Path) -> None:
    await a_database(file)
    before = content(file.parent)
    assert await seen(url_of(file)) == [
        ("database", Level.FINE, f"{file} opens; its tables are those of this version"),
        ("integrity", Level.FINE, "the database file is sound"),
        ("books", Level.FINE, "ledger, budgets and videos add up to the cent"),
    ]
    assert content(file.parent) == before


async def test_a_database_that_is_open_elsewhere_can_be_looked_at(file: Path) -> None:
    there = await Database.open(url_of(file))
    assert [level for _, level, _ in await seen(url_of(file))] == [Level.FINE] * 3
    await there.close()


async def test_what_is_looked_at_cannot_be_written_to(file: Path) -> None:
    await a_database(file)
    with pytest.raises(CannotStart, match="readonly database"):
        async with looked_at(url_of(file)) as there:
            await JobStores(database=there, clock=SteppingClock(), budget=Usd.of(25)).add(a_job())


async def test_no_database_yet_is_fine_and_none_is_made(file: Path) -> None:
    assert await seen(url_of(file)) == [("database", Level.FINE, f"none yet; the first start creates {file}")]
    assert not file.parent.exists()
    assert not await unsettled(url_of(file), "openai")


@pytest.mark.parametrize(
    ("revision", "level", "words"),
    [
        (None, Level.FINE, "opens; it is empty, and the next start makes the tables"),
        ("0000", Level.FINE, "opens; the database will be upgraded at the next start"),
        ("9999", Level.FAILURE, "the database was written by a newer version of Kinora, and this one could damage it"),
    ],
    ids=["empty", "older", "newer"],
)
async def test_the_version_of_the_tables_is_told_and_not_changed(
    file: Path, monkeypatch: pytest.MonkeyPatch, revision: str | None, level: Level, words: str
) -> None:
    monkeypatch.setattr(schema, "REVISIONS", ("0000", *schema.REVISIONS))
    file.parent.mkdir()
    change(file, "CREATE TABLE alembic_version (version_num VARCHAR)" if revision else "CREATE TABLE other (id)")
    if revision:
        change(file, "INSERT INTO alembic_version VALUES (?)", values=(revision,))
    before = content(file.parent)
    finding, *rest = await seen(url_of(file))
    assert finding[1] is level
    assert finding[2].endswith(words)
    assert [subject for subject, _, _ in rest] == ["integrity"]  # other tables have no books to check
    assert content(file.parent) == before


async def test_a_file_that_is_no_database_is_a_failure(file: Path) -> None:
    file.parent.mkdir()
    file.write_text("something else altogether " * 100)
    with pytest.raises(CannotStart, match="file is not a database"):
        await database(url_of(file))
    (finding,) = await integrity(url_of(file), 10)
    assert (finding.level, finding.words) == (Level.FAILURE, "the database file is damaged: file is not a database")


async def test_a_damaged_page_is_found(file: Path) -> None:
    await a_database(file)
    with file.open("r+b") as damaged:
        damaged.seek(4096)
        damaged.write(os.urandom(4096 * 8))
    (finding,) = await integrity(url_of(file), 10)
    assert finding.level is Level.FAILURE
    assert finding.words.startswith("the database file is damaged: ")


async def test_a_large_database_is_looked_through_for_so_long_only(file: Path) -> None:
    await a_database(file)
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT i FROM n"
    change(file, "CREATE TABLE large (i INTEGER)", "CREATE INDEX large_i ON large (i)", f"INSERT INTO large {numbers}")
    (finding,) = await integrity(url_of(file), 0)
    assert (finding.level, finding.words) == (
        Level.WARNING,
        "not fully checked within 0 seconds; nothing wrong so far",
    )


async def test_books_that_do_not_add_up_are_a_failure(file: Path) -> None:
    await a_database(file)
    change(file, "UPDATE budget SET reserved = reserved + 10000")
    (finding,) = await books(url_of(file))
    assert finding.level is Level.FAILURE
    assert "the ledger says $0.40 on hold and $0.00 spent, the counters say $0.41 on hold" in finding.words


async def test_an_order_without_an_answer_is_known(file: Path) -> None:
    there = await Database.open(url_of(file))
    rows = JobStores(database=there, clock=SteppingClock(), budget=Usd.of(25))
    job = await rows.add(a_job())
    assert not await unsettled(url_of(file), "openai")
    await rows.decide(job, job.moved_to(Unknown(sent_at=NOON, fingerprint="f", method=None)))
    assert await unsettled(url_of(file), "openai")
    assert not await unsettled(url_of(file), "another")
    await there.close()


async def test_a_postgresql_that_is_off_is_told_without_its_password() -> None:
    with pytest.raises(CannotStart) as refused:
        await database("postgresql://kinora:canary-password@127.0.0.1:9/kinora")
    assert "refused" in refused.value.sentence
    assert "canary-password" not in refused.value.sentence


async def test_a_folder_is_tried_and_nothing_is_left_there(tmp_path: Path) -> None:
    (tmp_path / "files" / "tmp").mkdir(parents=True)
    before = sorted(tmp_path.rglob("*"))
    writable, space = await files(tmp_path)
    assert (writable.level, writable.words) == (Level.FINE, f"DATA_DIR {tmp_path} is writable")
    assert space.subject == "room"
    assert sorted(tmp_path.rglob("*")) == before


async def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    writable, _ = await files(tmp_path / "new" / "data")
    assert writable.words.endswith("is writable; the first start creates it")
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_cannot_be_written_to_is_a_failure(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    (finding,) = await files(tmp_path)
    assert (finding.level, finding.words) == (
        Level.FAILURE,
        f"cannot write to {tmp_path / 'files'}: Not a directory",
    )


async def test_a_store_that_takes_files_leaves_nothing_on_the_disk() -> None:
    folders = list[Path]()

    class Taking:
        async def check(self) -> None:
            (folders[-1] / "tmp").mkdir()

    def opened_in(folder: Path) -> Taking:
        folders.append(folder)
        return Taking()

    assert await store("s3://videos", opened_in) == [fine("store", "s3://videos takes files")]
    assert not folders[0].exists()
