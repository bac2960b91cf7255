"""A database with 1,000,000 videos of two years, for benchmarks of queries. Written in bulk, not through the stores.

One fifth of the orders is paid with own keys, two fifths of the others use one role's pool, and every tenth uses a
grant. The newest orders are still open: they wait, render, or need a manager's decision. One in ten videos is rated, by
up to five members.
"""

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

from bench import prompts
from bot.domain.accounts import KeyOwner
from bot.domain.ids import ALPHABET, LENGTH
from storage.studio.ratings.tables import ratings
from storage.tables import RESULT, jobs, ledger, messages

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAYS = 730
LARGEST, MEMBERS = 1, 500  # the largest server has half of all videos
OTHERS, OTHERS_MEMBERS = 399, 40
MODELS = ("sora-2", "sora-2-pro", "veo-3.1", "veo-3.1-fast", "kling-3", "wan-2.7", "hailuo-2.5", "ltx-2")
AT_ONCE = 20_000
STEP = 10**6  # the ids of members of each server
OPEN = 1_000  # number of the newest orders that are open, on all servers
UNDER_WAY = (*["queued"] * 4, *["rendering"] * 3, *["awaitingapproval"] * 2, "needsreview")  # of ten of those
POOL = 77  # the role whose pool is used
RATED = 0.1  # of all finished videos

Row = tuple[object, ...]
JOB_COLUMNS = [column.name for column in jobs.columns]
ENTRY_COLUMNS = [column.name for column in ledger.columns]
MESSAGE_COLUMNS = [column.name for column in messages.columns]
RATING_COLUMNS = [column.name for column in ratings.columns]


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
        # Rows that are copied in consume no sequence numbers, so the bot's next row would get the first number again.
        connection.execute(b"SELECT setval(pg_get_serial_sequence('ledger', 'id'), max(id)) FROM ledger")
        connection.execute(b"VACUUM ANALYZE")


def _portions(number: int) -> Iterator[list[tuple[str, Sequence[str], list[Row]]]]:
    made = _made(number)
    while some := list(itertools.islice(made, AT_ONCE)):
        rows = [job for job, *_ in some]
        entries = [entry for _, entries, _ in some for entry in entries]
        shown = [message for *_, message in some if message is not None]
        yield [
            ("jobs", JOB_COLUMNS, rows),
            ("ledger", ENTRY_COLUMNS, entries),
            ("messages", MESSAGE_COLUMNS, shown),
            ("ratings", RATING_COLUMNS, [rating for job in rows for rating in _ratings(job)]),
        ]


def _made(number: int) -> Iterator[tuple[Row, list[Row], Row | None]]:
    """Jobs with their ledger entries and their messages, the oldest first."""
    rng, entry = random.Random(7), itertools.count(1)
    earlier: dict[int, list[str]] = {}
    for count in range(number):
        at = NOW - timedelta(days=DAYS) * (1 - count / number)
        values = _job(rng, id_of(count), at, earlier)
        if count >= number - OPEN:
            values |= _under_way(count, at, values["quote"])
        shown = {"job_id": values["id"], "kind": RESULT, "channel_id": values["channel_id"], "message_id": count + 1}
        yield (
            tuple(values[name] for name in JOB_COLUMNS),
            [tuple((each | {"id": next(entry)})[name] for name in ENTRY_COLUMNS) for each in _entries(values)],
            tuple(shown.get(name) for name in MESSAGE_COLUMNS) if values["state"] == "done" else None,
        )


def _ratings(job: Row) -> Iterator[Row]:
    """Of one in ten finished videos that everyone may see, by members of its server; the same each time."""
    values = dict(zip(JOB_COLUMNS, job, strict=True))
    rng = random.Random(str(values["id"]))
    if values["state"] != "done" or values["private"] or rng.random() >= RATED:
        return
    for number in rng.sample(range(OTHERS_MEMBERS), rng.randint(1, 5)):
        given = {"job_id": values["id"], "member_id": int(str(values["guild_id"])) * STEP + number}
        given |= {"likes": rng.random() < 0.8, "at": values["created_at"]}
        yield tuple(given[name] for name in RATING_COLUMNS)


def _entries(values: dict[str, Any]) -> list[dict[str, object]]:
    """The reservation for a job, and how that ended."""
    micros, own = values["created_at"], "@" in values["provider"]
    money = dict.fromkeys(ENTRY_COLUMNS) | {
        "job_id": values["id"],
        "guild_id": values["guild_id"],
        "owner_id": values["owner_id"],
    }
    money |= {"period": values["period"], "at": micros, "reserved": 0, "spent": 0}
    money |= {"account": values["provider"] if own else None}
    promised = money | {"kind": "reserve", "reserved": values["quote"]}
    if values["reserved"] is not None:
        return [promised]
    ends = {"at": micros + 90_000_000, "reserved": -values["quote"]}
    ends |= {"kind": "release"} if values["cost"] is None else {"kind": "settle", "spent": values["cost"]}
    return [promised, money | ends]


def id_of(count: int) -> str:
    letters = ""
    for _ in range(LENGTH):
        count, letter = divmod(count, len(ALPHABET))
        letters = ALPHABET[letter] + letters
    return letters


def _job(rng: random.Random, id_: str, at: datetime, earlier: dict[int, list[str]]) -> dict[str, Any]:
    largest = rng.random() < 0.5
    guild = LARGEST if largest else 2 + min(int(rng.expovariate(1 / 60)), OTHERS - 1)
    owner = guild * STEP + min(int(rng.expovariate(5 / MEMBERS)), MEMBERS if largest else OTHERS_MEMBERS)
    known = earlier.setdefault(guild, [])
    source = known[-1 - min(int(rng.expovariate(1 / 300)), len(known) - 1)] if known and rng.random() < 0.3 else None
    known.append(id_)
    state, detail, is_charged = _end(rng)
    quote = rng.randrange(1, 200) * 10_007
    return dict.fromkeys(JOB_COLUMNS) | {
        "id": id_,
        "guild_id": guild,
        "owner_id": owner,
        "channel_id": guild * STEP,
        "private": rng.random() < 0.1,
        "prompt": prompts.prompt(id_),
        "model": rng.choice(MODELS),
        "seconds": 8,
        "size": "1280x720",
        "source": source,
        "priority": 0,
        "upload_limit": 10_485_760,
        "created_at": _micros(at),
        "state": state,
        "detail": json.dumps(detail),
        "render_seconds": 30 + rng.expovariate(1 / 60) if state == "done" else None,
        "deleted": False,
        "quote": quote,
        "cost": quote + rng.randrange(-5000, 5000) if is_charged else None,
        "lease_epoch": 3,
        "crashes": 0,
        **_paid_by(rng, guild, owner, at),
    }


def _paid_by(rng: random.Random, guild: int, owner: int, at: datetime) -> dict[str, object]:
    """Whose key paid, and which of a server's limits counted."""
    month = f"{at:%Y-%m}"
    if rng.random() < 0.2:
        account = KeyOwner(guild_id=guild, member_id=owner if rng.random() < 0.5 else None).account("openai")
        return {"provider": account, "period": f"{month} {account}"}
    drawn = rng.random()
    return {
        "provider": "openai",
        "period": month,
        "day": f"{at:%Y-%m-%d}",
        "pool": POOL if drawn < 0.4 else None,
        "grant_id": f"g{owner}" if drawn > 0.9 else None,
    }


def _under_way(count: int, at: datetime, quote: int) -> dict[str, object]:
    """The fields that differ in an order that is still open."""
    told, words = f"{at:%Y-%m-%dT%H:%M:%SZ}", {"text": "No answer.", "params": {}}
    details: dict[str, dict[str, object]] = {
        "queued": {},
        "rendering": {"remote_id": f"r{count}", "started_at": told},
        "awaitingapproval": {"since": told, "until": told},
        "needsreview": {"was": "unknown", "reason": words, "sent_at": told},
    }
    state = UNDER_WAY[count // 2 % len(UNDER_WAY)]
    detail = details[state]
    open_ = {"state": state, "detail": json.dumps(detail), "remote_id": detail.get("remote_id")}
    due = at if state == "queued" else at + timedelta(days=1)
    free = {"cost": None, "reserved": quote, "render_seconds": None, "next_at": _micros(due)}
    return open_ | free


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
