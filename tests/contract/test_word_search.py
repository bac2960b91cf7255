"""Videos found by the words of their prompts, in the same way on both databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.phases import Cancelled
from bot.domain.ports.clock import Clock
from bot.domain.studio.library import Reader, VideoFilter, VideoPage
from bot.domain.texts.searching import terms_of
from storage.db.copies import copy_rows
from storage.db.database import Database
from storage.jobs.mapping import row_of
from storage.own_data.person import take_person_out
from storage.studio.search import walk
from storage.studio.search.index import NumberSpan, guild_tag, owner_tag, pair_marks
from storage.studio.search.on_postgresql import PostgresqlSearch
from storage.studio.search.walk import SqlSearchWalk
from storage.studio.search.ways import FromIndex, InOrder
from storage.tables import jobs
from tests.contract.databases import ANN, BEN, GUILD, NOON, PLENTY, World, a_job, a_world, counted_statements

OWN, MINE = VideoFilter(owner_id=ANN), Reader(member_id=ANN)
MANAGER = Reader(member_id=7)
PROMPTS = {
    "en": "A red FOX in the snow",
    "plural": "two foxes at night",
    "de": "Ein Café in der Straße",
    "ja": "雪の中の猫、東京タワーの前",
    "th": "ฉันรักแมวสีขาว",
    "ru": "новогодняя ёлка",
    "hi": "बर्फ में एक बिल्ली",
    "odd": """it's "16:9" & | ! <-> * (a) \\ ' : -- 100%""",
}


async def found(
    world: World,
    words: str,
    wanted: VideoFilter = OWN,
    reader: Reader = MINE,
    *,
    cursor: Cursor | None = None,
    most: int = 10,
) -> VideoPage:
    return await world.store.page(GUILD, replace(wanted, words=words), reader, cursor, most)


async def ids(world: World, words: str, wanted: VideoFilter = OWN, reader: Reader = MINE) -> list[JobId]:
    return [job.id for job in (await found(world, words, wanted, reader)).jobs]


FOUND_BY: Mapping[str, Sequence[str]] = {
    "fox": ["plural", "en"],
    "FOX snow": ["en"],
    '"red fox"': ["en"],
    '"fox red"': [],
    '"fo"': [],
    "cafe strasse": ["de"],
    "猫": ["ja"],
    "東京": ["ja"],
    "京東": [],
    "雪の中の猫": ["ja"],
    "แมว": ["th"],
    "елка": ["ru"],
    "बिल्ली": ["hi"],
    "it's 16:9": ["odd"],
    "100% (a)": ["odd"],
    "nobody": [],
    "!!! & | :*": [],
    "' OR 1=1 --": [],
    "fox NOT red": [],
    "x" * 5000: [],
}


async def test_words_find_prompts_in_any_alphabet(world: World) -> None:
    made = {(await world.store.add(a_job(prompt))).id: name for name, prompt in PROMPTS.items()}
    await world.store.add(a_job("A red FOX in the snow", guild_id=GUILD + 1))
    assert {words: [made[each] for each in await ids(world, words)] for words in FOUND_BY} == FOUND_BY


async def test_long_prompts_and_long_words_are_taken(world: World) -> None:
    job = await world.store.add(a_job("word " * 20_000 + "w" * 5000))
    assert await ids(world, "w" * 5000) == [job.id]
    assert await ids(world, "word") == [job.id]


async def test_pages_go_there_and_back_and_lose_none(world: World) -> None:
    made = [(await world.store.add(a_job("a fox", created_at=NOON + timedelta(seconds=n // 3)))).id for n in range(9)]
    everything = await ids(world, "fox")
    assert sorted(everything) == sorted(made)
    first = await found(world, "fox", most=4)
    assert ([job.id for job in first.jobs], first.newer, first.older) == (everything[:4], False, True)
    second = await found(world, "fox", cursor=Cursor(direction=Direction.OLDER, at=everything[3]), most=4)
    assert ([job.id for job in second.jobs], second.newer, second.older) == (everything[4:8], True, True)
    last = await found(world, "fox", cursor=Cursor(direction=Direction.OLDER, at=everything[7]), most=4)
    assert ([job.id for job in last.jobs], last.newer, last.older) == (everything[8:], True, False)
    back = await found(world, "fox", cursor=Cursor(direction=Direction.NEWER, at=everything[4]), most=4)
    assert ([job.id for job in back.jobs], back.newer, back.older) == (everything[:4], False, True)


async def test_what_a_reader_may_not_watch_is_not_found(world: World) -> None:
    mine, secret = await world.store.add(a_job("fox one")), await world.store.add(a_job("fox two", private=True))
    theirs = await world.store.add(a_job("fox three", owner_id=BEN, channel_id=21))
    everybodys = VideoFilter()
    assert await ids(world, "fox", everybodys, MANAGER) == [theirs.id, mine.id]
    assert await ids(world, "two", everybodys, MANAGER) == []
    assert await ids(world, "fox", VideoFilter(owner_id=ANN), MANAGER) == [mine.id]
    assert await ids(world, "fox", everybodys, replace(MANAGER, channels=frozenset({21}))) == [theirs.id]
    assert await ids(world, "fox", everybodys, replace(MANAGER, member_id=ANN)) == [theirs.id, secret.id, mine.id]
    assert await ids(world, "fox", everybodys, replace(MANAGER, private_since=NOON)) == [theirs.id, secret.id, mine.id]
    assert await ids(world, "fox", everybodys, replace(MANAGER, private_since=theirs.created_at)) == [
        theirs.id,
        mine.id,
    ]


async def test_words_go_together_with_the_other_filters(world: World) -> None:
    first = await world.store.add(a_job("a fox", created_at=NOON))
    second = await world.store.add(a_job("a fox", created_at=NOON + timedelta(days=1)))
    assert await ids(world, "fox", VideoFilter(owner_id=ANN, since=NOON + timedelta(hours=1))) == [second.id]
    assert await ids(world, "fox", VideoFilter(owner_id=ANN, before=second.created_at)) == [first.id]
    assert await ids(world, "fox", VideoFilter(owner_id=ANN, model="wan")) == []
    assert await ids(world, "fox", VideoFilter(owner_id=ANN, model="sora-2")) == [second.id, first.id]
    assert await ids(world, "fox", VideoFilter(owner_id=ANN, state=HistoryFilter.FAILED)) == []
    assert await ids(world, "fox", VideoFilter(owner_id=ANN, state=HistoryFilter.OPEN)) == [second.id, first.id]


SERVER = [guild_tag(GUILD)]
WAYS = (InOrder(None), InOrder(2), FromIndex(()), FromIndex((0,)))
FULL = 3


@pytest.mark.postgres
async def test_each_way_on_postgresql_finds_the_same_in_the_same_order(tmp_path: Path) -> None:
    async with a_world("postgres", tmp_path) as world:
        made = [await world.store.add(a_job(prompt)) for prompt in ("red fox", "fox", "a cat", "foxes", "fox red") * 2]
        await world.store.add(a_job("fox", guild_id=GUILD + 1))
        foxes = [job.id for job in made if "fox" in job.request.prompt]
        search = PostgresqlSearch(
            guild_id=GUILD,
            tags=[SERVER],
            terms=terms_of("fox"),
            conditions=[jobs.c.deleted.is_(False)],
            span=NumberSpan(),
            most=FULL,
            forwards=False,
        )

        async def by(way: InOrder | FromIndex, search: PostgresqlSearch = search) -> list[JobId]:
            return [row.id for row in await world.database.read(lambda c: search.by(c, way))]

        assert [await by(way) for way in WAYS] == [foxes[::-1][:FULL], foxes[::-1][:2], *[foxes[::-1][:FULL]] * 2]
        onwards = replace(search, forwards=True)
        assert [await by(way, onwards) for way in WAYS] == [foxes[:FULL], foxes[:2], *[foxes[:FULL]] * 2]
        phrase = replace(search, terms=terms_of('"red fox"'))
        for with_pairs in (False, True):
            either = replace(phrase, with_pairs=with_pairs)
            assert await by(FromIndex(()), either) == [made[5].id, made[0].id], "the index has no places, the rows do"


@pytest.mark.postgres
async def test_on_postgresql_a_page_begins_in_the_newest_and_goes_on_in_the_others(tmp_path: Path) -> None:
    async with a_world("postgres", tmp_path) as world:
        for prompt in ("red fox", "a cat", "fox red") * 4:
            await world.store.add(a_job(prompt))

        async def pages(recent: int) -> dict[tuple[str, bool], list[JobId]]:
            found = dict[tuple[str, bool], list[JobId]]()
            for words, forwards in product(("fox", '"red fox"', "fo re", "cat", "fox cat", "nobody"), (False, True)):
                search = PostgresqlSearch(
                    guild_id=GUILD,
                    tags=[SERVER, [owner_tag(ANN)]],
                    terms=terms_of(words),
                    conditions=[],
                    span=NumberSpan(),
                    most=7,
                    forwards=forwards,
                    recent=recent,
                )
                found[words, forwards] = [row.id for row in await world.database.read(search.rows)]
            return found

        assert await pages(recent=2) == await pages(recent=100)


@pytest.mark.postgres
async def test_rows_without_pairs_of_words_are_found_by_phrases_and_get_them_beside_the_work(tmp_path: Path) -> None:
    async with a_world("postgres", tmp_path) as world:
        made = [await world.store.add(a_job(prompt)) for prompt in ("a red fox", "fox a red", "red fox") * 2]
        gone = await world.store.add(a_job("a red fox"))
        new = await world.store.add(a_job("the red fox"))
        marks = [*pair_marks(["a", "red", "fox"]), *pair_marks(["fox", "a", "red"])]
        await world.database.write(lambda c: c.execute(AS_BEFORE, {"marks": marks, "new": new.id}))
        await world.database.write(lambda c: c.execute(update(jobs).where(jobs.c.id == gone.id).values(deleted=True)))
        phrase = PostgresqlSearch(
            guild_id=GUILD,
            tags=[SERVER],
            terms=terms_of('"red fox"'),
            conditions=[jobs.c.deleted.is_(False)],
            span=NumberSpan(),
            most=9,
            forwards=False,
            recent=2,
        )
        expected = [new.id, *(job.id for job in made[::-1] if job.request.prompt.endswith("red fox"))]
        assert [row.id for row in await world.database.read(phrase.rows)] == expected
        assert await forms(world) == [1] * 7 + [2]
        await collect(world.database, world.clock)
        assert [row.id for row in await world.database.read(phrase.rows)] == expected
        assert await forms(world) == [2] * 7, "and the words of what is deleted have gone"

        late = await world.store.add(a_job("one more red fox", created_at=new.created_at + timedelta(minutes=1)))
        marks = [*pair_marks(["one", "more", "red", "fox"])]
        await world.database.write(lambda c: c.execute(OF_AN_OLDER_PROCESS, {"marks": marks, "late": late.id}))
        assert await forms(world) == [1] + [2] * 7
        assert [row.id for row in await world.database.read(phrase.rows)] == [late.id, *expected], "it is found at once"
        await collect(world.database, world.clock)
        assert await forms(world) == [2] * 8


OF_AN_OLDER_PROCESS = text("UPDATE video_words SET form = 1, words = ts_delete(words, :marks) WHERE job = :late")
AS_BEFORE = text("UPDATE video_words SET form = 1, words = ts_delete(words, :marks) WHERE job != :new")


async def forms(world: World) -> list[int]:
    async def read(connection: AsyncConnection) -> list[int]:
        return sorted((await connection.execute(text("SELECT form FROM video_words"))).scalars())

    return await world.database.read(read)


async def kept_words(world: World) -> int:
    async def read(connection: AsyncConnection) -> int:
        return len((await connection.exec_driver_sql("SELECT job FROM video_words")).all())

    return await world.database.read(read)


async def test_a_deleted_prompt_is_not_found_and_not_kept(world: World) -> None:
    job = await world.store.add(a_job("a fox"))
    await world.store.mark_deleted(job.id)
    assert await ids(world, "fox") == []
    assert await kept_words(world) == 0


async def test_an_erased_prompt_is_not_found_and_not_kept(world: World) -> None:
    job = await world.store.add(a_job("a fox"))
    ended = await world.store.cancel(job.id, ANN)
    await world.database.write(lambda c: take_person_out(c, ended, NOON, is_shown=False))
    assert await ids(world, "fox", VideoFilter(), MANAGER) == []
    assert await kept_words(world) == 0


async def test_a_refused_order_leaves_no_words(world: World) -> None:
    with pytest.raises(Exception, match="budget"):
        await world.store.add(a_job("a fox", quote=world.store.budget + world.store.budget))
    assert await kept_words(world) == 0


async def test_an_order_costs_one_statement_more_and_a_step_none(world: World) -> None:
    with counted_statements() as said:
        await world.store.add(a_job("a fox"))
    assert len([each for each in said if "video_words" in each]) == 1
    with counted_statements() as said:
        [lease] = await world.store.claim("worker", PLENTY, 1)
        await world.store.move(lease, lease.job.moved_to(Cancelled(by=ANN, finished_at=NOON)))
    assert [each for each in said if "video_words" in each] == []


# Earlier videos


async def collect(database: Database, clock: Clock) -> SqlSearchWalk:
    """Like a process from its start until it has been through all jobs."""
    collecting = SqlSearchWalk(database=database, clock=clock)
    await collecting.begin()
    while await collecting.step():
        pass
    return collecting


async def ordered_before(world: World, *orders: Job) -> None:
    """By a version without word search."""
    own = {"reserved": None, "period": "2026-11", "next_at": None, "lease_epoch": 0, "crashes": 0}
    await world.database.write(lambda c: c.execute(insert(jobs), [row_of(order) | own for order in orders]))


async def test_videos_of_before_are_found_once_they_were_walked_through(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walk, "BATCH", 2)
    before = [a_job(f"a fox {number}", guild_id=GUILD - number % 3) for number in range(7)]
    gone = a_job("a fox", deleted=True)
    await ordered_before(world, *before, gone)
    new = await world.store.add(a_job("a fox"))
    page = await found(world, "fox")
    assert ([job.id for job in page.jobs], page.searched_all) == ([new.id], False)
    collecting = SqlSearchWalk(database=world.database, clock=world.clock)
    await collecting.begin()
    assert await collecting.step()
    assert await collecting.step()
    async with world.another_process() as other:  # the first one is cut off
        await collect(other.database, world.clock)
    page = await found(world, "fox")
    here = [job.id for job in before if job.guild_id == GUILD]
    assert ([job.id for job in page.jobs], page.searched_all) == ([new.id, *here[::-1]], True)
    assert await kept_words(world) == 8


async def test_what_an_older_version_ordered_beside_this_one_is_found_after_the_next_start(world: World) -> None:
    collecting = await collect(world.database, world.clock)
    late = a_job("a fox", created_at=NOON + timedelta(minutes=1))
    await ordered_before(world, late)
    assert await ids(world, "fox") == []
    await collect(world.database, world.clock)
    page = await found(world, "fox")
    assert ([job.id for job in page.jobs], page.searched_all) == ([late.id], True)
    await collecting.begin()
    assert await ids(world, "fox") == [late.id], "what is known is found while the next walk has only begun"


async def test_rows_copied_into_another_database_bring_no_words_and_get_them_at_its_start(
    world: World, tmp_path: Path
) -> None:
    job = await world.store.add(a_job("a fox"))
    (tmp_path / "other").mkdir()
    async with a_world("sqlite", tmp_path / "other") as other:
        await other.store.add(a_job("a wolf"))
        await copy_rows(world.database, other.database, lambda _: None)
        assert await kept_words(other) == 0
        await collect(other.database, other.clock)
        assert await ids(other, "fox") == [job.id]


async def test_sqlite_begins_with_the_words_and_sorts_nothing(tmp_path: Path) -> None:
    async with a_world("sqlite", tmp_path) as world:
        await world.store.add(a_job("a fox"))
        with counted_statements() as said:
            await ids(
                world, "fox", VideoFilter(state=HistoryFilter.FINISHED), replace(MANAGER, channels=frozenset({20}))
            )
        [sql] = [each for each in said if "MATCH" in each]
        values = (0,) * sql.count("?")
        rows = await world.database.read(lambda c: c.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values))
        plan = [row.detail for row in rows]
    assert plan[0].startswith("SCAN video_words VIRTUAL TABLE INDEX")
    assert "SEARCH jobs USING INDEX sqlite_autoindex_jobs_1 (id=?)" in plan
    assert not any("TEMP B-TREE" in each for each in plan)
