"""A database that is damaged, incomplete or badly named: one sentence, or the rest works; no password is shown."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.domain.errors import CannotStart
from bot.domain.ids import JobId
from bot.domain.ids import shown as shown_id
from bot.wiring.stores import check_books
from storage.db.address import address, shown, sqlite_url, without_secrets
from storage.db.database import Database
from storage.db.inspection import looked_at, sqlite_file
from storage.db.schema import SchemaState, schema_state
from storage.money.audit import audit
from tests.contract.databases import BUDGET, GUILD, PLENTY, StoppedClock, a_job
from tests.extent import FULL
from tests.migrated import a_migrated_database
from tests.stores import JobStores

PAGE = 4096  # bytes
NOBODY = "127.0.0.1:1"  # where nothing listens


@pytest.fixture
async def file(tmp_path: Path) -> Path:
    await a_migrated_database(tmp_path / "kinora.db")
    return tmp_path / "kinora.db"


async def filled(file: Path, most: int = 3) -> list[JobId]:
    """A closed database with a few jobs in it."""
    database = await Database.open(sqlite_url(file))
    store = JobStores(database=database, clock=StoppedClock(), budget=BUDGET)
    stored = [await store.add(a_job(f"{number} foxes " * 50)) for number in range(most)]
    await database.close()
    return [job.id for job in stored]


def by_hand(file: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.execute(statement, values)
        connection.commit()


def root_page(file: Path, table: str) -> int:
    with closing(sqlite3.connect(file)) as connection:
        found = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table]).fetchone()
    return int(found[0])


def scribble_on_page(file: Path, number: int) -> None:
    with file.open("r+b") as opened:
        opened.seek((number - 1) * PAGE)
        opened.write(b"\xaa" * PAGE)


@pytest.mark.parametrize("table", ["jobs", "ledger", "messages"])
async def test_a_damaged_page_is_one_sentence_that_names_the_file_and_what_to_do(file: Path, table: str) -> None:
    await filled(file)
    scribble_on_page(file, root_page(file, table))
    with pytest.raises(CannotStart) as refused:
        await Database.open(sqlite_url(file))
    assert str(refused.value).startswith(f"The database {file} is damaged: ")
    assert str(refused.value).endswith("Stop every Kinora that uses it, keep a copy, and restore a backup.")
    assert "\n" not in str(refused.value)


async def test_damage_that_keeps_the_look_for_it_from_reading_is_told_as_such(file: Path) -> None:
    await filled(file)
    for number in range(2, file.stat().st_size // PAGE):
        scribble_on_page(file, number)
    with pytest.raises(CannotStart, match=r"kinora\.db .*: database disk image is malformed\. Stop every Kinora"):
        await Database.open(sqlite_url(file))


async def test_damage_that_only_the_audit_meets_is_a_sentence_too(file: Path) -> None:
    await filled(file)
    opened = await Database.open(sqlite_url(file))
    by_hand(file, "ALTER TABLE ledger RENAME TO mislaid")
    try:
        with pytest.raises(CannotStart, match=r"kinora\.db cannot be used: no such table: ledger\. Stop every Kinora"):
            await audit(opened)
    finally:
        await opened.close()


async def test_a_start_says_in_the_log_which_videos_do_not_add_up(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, *_ = await filled(file)
    by_hand(file, "DELETE FROM ledger WHERE job_id = ?", first)
    opened = await Database.open(sqlite_url(file))
    try:
        await check_books(opened)
        assert f"the ledger does not add up: Video {shown_id(first)}: the ledger says" in caplog.text
    finally:
        await opened.close()


async def test_books_that_cannot_be_read_are_named_in_the_log_and_stop_nobody(
    file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await filled(file)
    opened = await Database.open(sqlite_url(file))
    by_hand(file, "ALTER TABLE ledger RENAME TO mislaid")
    try:
        await check_books(opened)
        assert "whether the ledger adds up could not be found out" in caplog.text
    finally:
        await opened.close()


async def test_a_missing_table_is_named(file: Path) -> None:
    await filled(file)
    for lost in ("messages", "ledger"):
        by_hand(file, f"DROP TABLE {lost}")
    with pytest.raises(CannotStart, match=r"kinora\.db has lost ledger, messages\. Stop every Kinora that uses it"):
        await Database.open(sqlite_url(file))


BREAKS_A_DETAIL = "UPDATE jobs SET detail = ? WHERE id = ?"
BREAKS_A_PICTURE = "UPDATE jobs SET picture = ? WHERE id = ?"


@pytest.mark.parametrize(
    ("statement", "broken"),
    [(BREAKS_A_DETAIL, '{"waits_for": '), (BREAKS_A_DETAIL, "[]"), (BREAKS_A_PICTURE, "fox.png")],
)
async def test_a_row_whose_json_is_broken_is_set_aside_and_named_and_the_rest_works(
    file: Path, statement: str, broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    first, second, third = await filled(file)
    by_hand(file, statement, broken, second)
    opened = await Database.open(sqlite_url(file))
    try:
        store = JobStores(database=opened, clock=StoppedClock(), budget=BUDGET)
        assert await audit(opened) == []
        with caplog.at_level(logging.WARNING):
            leases = await store.claim("worker", PLENTY, 10)
        assert [lease.job.id for lease in leases] == [first, third]
        assert f"job {second} (queued) is left alone" in caplog.text
        assert [job.id for job in await store.under_way(GUILD)] == [first, third]
        assert await store.get(second) is None
        assert await store.next_due() is None or await store.claim("worker", PLENTY, 10) == []
    finally:
        await opened.close()


# Addresses


@pytest.mark.parametrize("name", ["My%20Bot", "what?", "bot#1", "my bot", "Büro", "100%", "a?b=c&d#e", "x@y:z"])
async def test_the_database_is_made_in_the_folder_whatever_its_name_is(tmp_path: Path, name: str) -> None:
    file = tmp_path / name / "kinora.db"
    await filled(file)
    assert file.is_file()
    assert sqlite_file(sqlite_url(file)) == file
    assert [path.name for path in tmp_path.iterdir()] == [name]
    async with looked_at(sqlite_url(file)) as there:
        assert await there.read(schema_state) is SchemaState.CURRENT


ADDRESSES_WITH_A_SECRET = [
    "postgresql://kinora:hunter2@{}/kinora",
    "postgresql://{}/kinora?user=kinora&password=hunter2",
    "postgresql://kinora@{}/kinora?sslpassword=hunter2&sslkey=hunter2.pem",
    "postgresql://{}/kinora?PassWord=hunter2",
    "postgresql://kinora:pa@hunter2@{}/kinora",
    "postgresql://kin/ora:hunter2@{}/kinora",
    "postgresql://kinora:p%40hunter2@{}/kinora",
]


@pytest.mark.parametrize("secretive", ADDRESSES_WITH_A_SECRET)
def test_a_password_is_left_out_of_any_form_an_address_can_have(secretive: str) -> None:
    assert "hunter2" not in shown(address(secretive.format(NOBODY)))


@pytest.mark.parametrize("secretive", ADDRESSES_WITH_A_SECRET if FULL else ADDRESSES_WITH_A_SECRET[4:6])
async def test_a_password_is_shown_in_no_form_an_address_can_have(secretive: str) -> None:
    pytest.importorskip("psycopg")
    url = secretive.format(NOBODY)
    with pytest.raises(CannotStart) as refused:
        await Database.open(url)
    assert "hunter2" not in str(refused.value)
    with pytest.raises(CannotStart) as refused:
        async with looked_at(url) as there:
            await there.read(schema_state)
    assert "hunter2" not in str(refused.value)


def test_what_a_driver_says_about_an_address_is_told_without_its_passwords() -> None:
    url = address("postgresql://kinora:top%20secret@db.example/kinora?sslpassword=other")
    said = "connection failed: password 'top secret' and sslpassword=other at db.example"
    assert without_secrets(said, url) == "connection failed: password '***' and sslpassword=*** at db.example"


def test_an_address_is_shown_with_what_helps_to_find_it() -> None:
    assert shown(address("postgresql://kinora:x@db.example:5433/kinora?sslmode=require")) == (
        "postgresql+psycopg://kinora:***@db.example:5433/kinora"
    )
    assert shown(address("sqlite:////data/kinora.db")) == "/data/kinora.db"
