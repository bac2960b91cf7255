"""A database with 1,000,000 videos of two years, for the benchmarks of queries. Written past the stores, in bulk."""

from __future__ import annotations

import itertools
import json
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from sqlalchemy import make_url

from storage.tables import jobs, ledger

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAYS = 730
LARGEST, MEMBERS = 1, 500  # the largest server has half of all videos
OTHERS, OTHERS_MEMBERS = 399, 40
MODELS = ("sora-2", "sora-2-pro", "veo-3.1", "veo-3.1-fast", "kling-3", "wan-2.7", "hailuo-2.5", "ltx-2")
AT_ONCE = 20_000
STEP = 10**6  # ids of members of one server

Row = tuple[object, ...]
JOB_COLUMNS = [column.name for column in jobs.columns]
ENTRY_COLUMNS = [column.name for column in ledger.columns]


def fill(url: str, number: int) -> None:
    """Write so many jobs with their ledger into an empty, migrated database."""
    address = make_url(url)
    if address.drivername.startswith("sqlite"):
        _fill_sqlite(str(address.database), number)
    else:
        _fill_postgresql(address.set(drivername="postgresql").render_as_string(hide_password=False), number)


def _fill_sqlite(file: str, number: int) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA cache_size=-400000")
        for made in _portions(number):
            for table, columns, rows in made:
                marks = ", ".join("?" * len(columns))
                insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - names of ours
                connection.executemany(insert, rows)
        connection.commit()


def _fill_postgresql(url: str, number: int) -> None:
    with psycopg.connect(url) as connection:
        for made in _portions(number):
            for table, columns, rows in made:
                copy = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
                with connection.cursor().copy(copy.encode()) as target:
                    for row in rows:
                        target.write_row(row)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(b"VACUUM ANALYZE")


def _portions(number: int) -> Iterator[list[tuple[str, Sequence[str], list[Row]]]]:
    made = _made(number)
    while some := list(itertools.islice(made, AT_ONCE)):
        rows = [job for job, _ in some]
        entries = [entry for _, entries in some for entry in entries]
        yield [("jobs", JOB_COLUMNS, rows), ("ledger", ENTRY_COLUMNS, entries)]


def _made(number: int) -> Iterator[tuple[Row, list[Row]]]:
    """Jobs with the entries of their money, the oldest first."""
    rng, entry = random.Random(7), itertools.count(1)  # noqa: S311 - the same videos each time
    earlier: dict[int, list[str]] = {}
    for count in range(number):
        at = NOW - timedelta(days=DAYS) * (1 - count / number)
        values = _job(rng, f"J{count:07}", at, earlier)
        micros = _micros(at)
        money = {"job_id": values["id"], "guild_id": values["guild_id"], "owner_id": values["owner_id"]}
        money |= {"period": values["period"], "at": micros, "reserved": 0, "spent": 0}
        ends = {"at": micros + 90_000_000, "reserved": -values["quote"]}
        ends |= {"kind": "release"} if values["cost"] is None else {"kind": "settle", "spent": values["cost"]}
        entries = [money | {"kind": "reserve", "reserved": values["quote"]}, money | ends]
        yield (
            tuple(values[name] for name in JOB_COLUMNS),
            [tuple((each | {"id": next(entry)})[name] for name in ENTRY_COLUMNS) for each in entries],
        )


def _job(rng: random.Random, id_: str, at: datetime, earlier: dict[int, list[str]]) -> dict[str, Any]:
    largest = rng.random() < 0.5
    guild = LARGEST if largest else 2 + min(int(rng.expovariate(1 / 60)), OTHERS - 1)
    known = earlier.setdefault(guild, [])
    source = known[-1 - min(int(rng.expovariate(1 / 300)), len(known) - 1)] if known and rng.random() < 0.3 else None
    known.append(id_)
    state, detail, is_charged = _end(rng)
    quote = rng.randrange(1, 200) * 10_007
    return dict.fromkeys(JOB_COLUMNS) | {
        "id": id_,
        "guild_id": guild,
        "owner_id": guild * STEP + min(int(rng.expovariate(5 / MEMBERS)), MEMBERS if largest else OTHERS_MEMBERS),
        "channel_id": guild * STEP,
        "private": rng.random() < 0.1,
        "prompt": "a fox in the snow, filmed from a low angle at dawn " * 2,
        "model": rng.choice(MODELS),
        "seconds": 8,
        "size": "1280x720",
        "source": source,
        "provider": "openai",
        "priority": 0,
        "upload_limit": 10_485_760,
        "created_at": _micros(at),
        "state": state,
        "detail": json.dumps(detail),
        "render_seconds": 30 + rng.expovariate(1 / 60) if state == "done" else None,
        "deleted": False,
        "quote": quote,
        "cost": quote + rng.randrange(-5000, 5000) if is_charged else None,
        "period": f"{at:%Y-%m}",
        "lease_epoch": 3,
        "crashes": 0,
    }


def _end(rng: random.Random) -> tuple[str, dict[str, object], bool]:
    """State, fields and whether it was charged."""
    finished = "2026-01-01T00:00:00Z"
    match rng.random():
        case share if share < 0.9:
            video = {"video": "v", "poster": "p", "sheet": "s", "bytes": 1, "sha256": "0"}
            video |= {"size": {"width": 1280, "height": 720}}
            video |= {"seconds": 8.0, "has_sound": True}
            return "done", {"video": video, "remote_id": "r", "finished_at": finished}, True
        case share if share < 0.98:
            cause = rng.choice(("moderation", "provider", "timeout", "invalid"))
            charged = share < 0.92
            return "failed", {"cause": cause, "reason": "no", "charged": charged, "finished_at": finished}, charged
        case _:
            return "cancelled", {"by": 1, "finished_at": finished}, False


def _micros(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
