"""What `python -m bot import` finds in a folder, and what it reports."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.domain.errors import CannotStart
from bot.domain.money.usd import Usd
from bot.importing.command import DONE, INCOMPLETE, import_videos
from bot.importing.folder import read_folder
from bot.importing.history import HistoryEntry, read_history
from bot.importing.videos import ACCOUNT, Recipient
from bot.settings import Settings
from storage.db.database import Database
from storage.jobs.imports import SqlImports
from storage.tables import jobs
from tests.films import a_film
from tests.imports import FOX, OCTOBER, OWL, written
from tests.migrated import a_migrated_database

pytestmark = pytest.mark.usefixtures("cheap_processes")

HERS = Recipient(guild_id=1, member_id=2, channel_id=3)


def settings_of(data_dir: Path) -> Settings:
    return Settings.model_validate({"discord_token": "x" * 60, "data_dir": data_dir})


async def test_what_is_broken_is_named_and_the_rest_comes_in(tmp_path: Path) -> None:
    url = await a_migrated_database(tmp_path / "kinora.db")
    a_film(tmp_path / "video_owl_video.mp4", sound=False, size=(64, 36))
    (tmp_path / "video_fox_video.mp4").write_bytes(b"no film")
    (tmp_path / "notes.json").write_text("{")
    written(tmp_path, [OWL, FOX, {"id": "video_lost"}, {"id": "video_no", "status": "failed"}, {"prompt": "?"}, 7])

    code, lines = await import_videos(settings_of(tmp_path), tmp_path, HERS)

    assert (code, lines[:4]) == (
        INCOMPLETE,
        [
            f"✗ {tmp_path}: 1 imported, 0 already there, 3 skipped",
            "1 more were never finished.",
            "  notes.json: it isn't JSON",
            "  video_lost_video.mp4: the file is missing",
        ],
    )
    assert lines[4].startswith("  video_fox_video.mp4: ")
    database = await Database.open(url)
    try:
        assert set(await SqlImports(database=database, account=ACCOUNT).known()) == {"video_owl"}
    finally:
        await database.close()


async def test_a_database_that_stops_in_the_middle_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def stops(*_: object) -> bool:
        raise OperationalError("insert", {}, sqlite3.OperationalError("disk I/O error"))

    await a_migrated_database(tmp_path / "kinora.db")
    a_film(tmp_path / "video_owl_video.mp4", sound=False, size=(64, 36))
    monkeypatch.setattr(SqlImports, "add", stops)
    with pytest.raises(CannotStart, match=r"^The database .*kinora\.db cannot be used: disk I/O error\.$"):
        await import_videos(settings_of(tmp_path), tmp_path, HERS)


@pytest.mark.parametrize(
    "history",
    [
        [FOX],
        {"soraVideoHistory": json.dumps([FOX])},
        [{**FOX, "timestamp": OCTOBER.isoformat(), "seconds": "4", "costDetails": {"totalCost": "0.4"}}],
        [{**FOX, "timestamp": None, "created_at": OCTOBER.timestamp()}],
    ],
    ids=["a list", "a browser's storage", "as text", "as the service says it"],
)
def test_histories_are_read_as_they_come(tmp_path: Path, history: object) -> None:
    (fox,) = read_history(written(tmp_path, history))

    assert (fox.prompt, fox.model, str(fox.size)) == ("a fox in the snow", "sora-2", "1280x720")
    assert (fox.seconds, fox.created_at, fox.cost) == (4, OCTOBER, Usd.of("0.40"))
    assert not fox.is_unfinished


@pytest.mark.parametrize("odd", [5, -1, [], {}, True, None, "", "then", 1e300, float("nan")])
def test_fields_that_make_no_sense_are_as_if_missing(tmp_path: Path, odd: object) -> None:
    names = ("prompt", "model", "size", "costDetails", "remix_of", "filename")
    said = {name: None if isinstance(odd, str) else odd for name in names} | {"seconds": odd and str(odd) + "s"}

    assert read_history(written(tmp_path, [{"id": "fox", **said, "timestamp": str(odd) + "?"}])) == [
        HistoryEntry(id="fox")
    ]


@pytest.mark.parametrize("odd", [-1e300, 1e300, float("inf"), "1e999", "1e999999999", -1, 10**400])
def test_numbers_beyond_all_bounds_are_as_if_missing(tmp_path: Path, odd: object) -> None:
    said = {"seconds": odd, "cost": odd, "timestamp": odd}

    assert read_history(written(tmp_path, [{"id": "fox", **said}])) == [HistoryEntry(id="fox")]


@pytest.mark.parametrize("written_at", [0, -1, 10**11 - 1])
async def test_a_file_of_a_clock_that_was_not_set_was_made_now(tmp_path: Path, written_at: int) -> None:
    url = await a_migrated_database(tmp_path / "kinora.db")
    a_film(tmp_path / "video_owl_video.mp4", sound=False, size=(64, 36))
    os.utime(tmp_path / "video_owl_video.mp4", (written_at, written_at))

    assert (await import_videos(settings_of(tmp_path), tmp_path, HERS))[0] == DONE

    database = await Database.open(url)
    try:
        created_at = await database.read(lambda connection: connection.scalar(select(jobs.c.created_at)))
    finally:
        await database.close()
    assert created_at is not None
    assert abs(datetime.now(UTC) - created_at) < timedelta(hours=1)


def test_text_that_no_database_takes_is_mended(tmp_path: Path) -> None:
    (tmp_path / "caf\udce9_video.mp4").touch()
    written(tmp_path, [{"id": "fox", "prompt": "a \ud83e fox\x00", "filename": "x.mp4", "status": []}])

    folder = read_folder(tmp_path)

    assert ([found.entry.id for found in folder.videos], folder.unfinished) == (["caf?"], 1)
    assert read_history(tmp_path / "history.json")[0].prompt == "a ? fox"


def test_what_a_video_was_made_from_comes_first_also_in_a_circle(tmp_path: Path) -> None:
    made_from = {"a": "b", "b": "c", "c": "b", "d": "a"}
    for name in made_from:
        (tmp_path / f"{name}_video.mp4").touch()
    written(tmp_path, [{"id": name, "remix_of": source} for name, source in made_from.items()])

    assert [found.entry.id for found in read_folder(tmp_path).videos] == ["c", "b", "a", "d"]


async def test_a_folder_without_videos_is_refused(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "data")
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(CannotStart, match="The folder"):
            await import_videos(settings, folder, HERS)
    assert not settings.data_dir.exists()


async def test_a_database_is_made_where_there_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "videos"
    folder.mkdir()
    written(folder, [{"id": "video_no", "status": "failed"}])

    code, lines = await import_videos(settings_of(tmp_path / "data"), folder, HERS)

    assert (code, lines[1:]) == (DONE, ["1 more were never finished."])
    assert (tmp_path / "data" / "kinora.db").exists()
