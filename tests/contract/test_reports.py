"""What /costs and /stats add up: updated with each change, by the server's days, and rebuilt from the jobs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.guild import AccessPolicy
from bot.domain.job import Job
from bot.domain.money.costs import MADE, CostQuestion, Costs, DateRange, Grouping, Period, Spend
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Cause, Phase
from bot.domain.stats import RatedVideos, UsualTimes
from bot.domain.studio.ratings import VideoRating
from bot.domain.video import Aim, Mode
from storage.db.database import Work
from storage.guilds import GuildRows
from storage.money.audit import audit_mended
from storage.reports import pending
from storage.reports.buckets import buckets_of, day_bucket, spans
from storage.reports.rebuild import mend
from storage.reports.statistics import SqlStatReports
from storage.reports.tables import hour_sums, member_sums, video_sums
from storage.studio.ratings.store import SqlRatings
from tests.contract.databases import (
    ANN,
    BEN,
    GUILD,
    NOON,
    PLENTY,
    World,
    a_job,
    claimed,
    done,
    failed,
)


async def finished(world: World, job: Job, phase: Phase, cost: Usd | None = None) -> Job:
    await world.store.add(job)
    [lease] = await world.store.claim("worker", PLENTY, 1)
    return (await world.store.move(lease, replace(job, phase=phase, cost=cost, render_seconds=80.0))).job


def question(days: DateRange, by: Grouping, owners: set[int] | None = None) -> CostQuestion:
    return CostQuestion(guild_id=GUILD, owners=owners, days=days, by=by)


async def a_year(world: World) -> None:
    """Every 40 days an order of Ann's for $1 to $9, every third of them a failure; a remix of Ben's. All at noon."""
    for number in range(9):
        phase = done(str(number)) if number % 3 else replace(failed(), charged=True, cause=Cause.TIMEOUT)
        await finished(world, a_job(created_at=NOON + timedelta(seconds=number)), phase, Usd.of(number + 1))
        await world.clock.sleep(timedelta(days=40).total_seconds())
    remix = a_job(owner_id=BEN, created_at=NOON + timedelta(seconds=9))
    await finished(world, replace(remix, request=replace(remix.request, source=remix.id)), done("ben"), Usd.of("0.50"))


async def test_costs_by_member_mode_and_day_add_up_over_months_and_days(world: World) -> None:
    await a_year(world)
    ever = Period.ALL.days(world.clock.now().date())
    by_member = await world.store.report(question(ever, Grouping.MEMBER))
    assert by_member.rows == (
        Spend(key=str(ANN), videos=6, spent=Usd.of(45)),
        Spend(key=str(BEN), videos=1, spent=Usd.of("0.50")),
    )
    assert (by_member.videos, by_member.wasted, by_member.failures) == (7, Usd.of(12), 3)
    assert by_member.average == Usd(round(33_500_000 / 7))
    assert by_member.quoted == Usd.of("4.00")
    by_mode = await world.store.report(question(ever, Grouping.MODE))
    assert [row.key for row in by_mode.rows] == ["create", "remix"]
    # From the middle of one month to the middle of another: days, whole months, days.
    some = DateRange(date(2026, 12, 20), date(2027, 5, 2))
    by_day = await world.store.report(question(some, Grouping.DAY))
    assert by_day.rows == (
        Spend(key="2027-01", videos=1, spent=Usd.of(2)),
        Spend(key="2027-02", videos=1, spent=Usd.of(3)),
        Spend(key="2027-03", videos=0, spent=Usd.of(4)),
        Spend(key="2027-05", videos=1, spent=Usd.of(5)),
    )
    assert (by_day.spent, by_day.wasted) == (Usd.of(14), Usd.of(4))
    anns = await world.store.report(question(some, Grouping.DAY, {ANN, 5}))
    assert (anns.rows, anns.latest) == (by_day.rows, ())
    assert await world.store.spenders(question(ever, Grouping.DAY), 1) == [ANN]


async def test_the_file_has_every_charge_once_page_by_page(world: World) -> None:
    await a_year(world)
    asked = question(DateRange(date(2026, 12, 20), None), Grouping.DAY)
    pages, after = [], None
    while page := await world.store.charges(asked, after, 3):
        pages.append(page)
        after = page[-1]
    assert [len(page) for page in pages] == [3, 3, 3]
    charges = [charge for page in pages for charge in page]
    assert [charge.spent for charge in charges] == [*(Usd.of(number) for number in range(2, 10)), Usd.of("0.50")]
    assert [charge.outcome for charge in charges].count(MADE) == 7
    costs = await world.store.report(asked)
    assert costs.spent == sum((charge.spent for charge in charges), FREE)


async def test_an_extension_is_told_from_a_remix(world: World) -> None:
    for aim in (Aim.CHANGE, Aim.EXTEND):
        job = a_job(created_at=world.clock.now())
        request = replace(job.request, source=job.id, aim=aim)
        await finished(world, replace(job, request=request), done(aim), Usd.of(1))
        await world.clock.sleep(1.0)
    asked = question(Period.ALL.days(world.clock.now().date()), Grouping.MODE)
    assert [each.mode for each in await world.store.charges(asked, None, 9)] == [Mode.REMIX, Mode.EXTEND]
    report = await world.store.report(asked)
    assert [each.mode for each in report.latest] == [Mode.EXTEND, Mode.REMIX]
    assert [(row.key, row.videos) for row in report.rows] == [("extend", 1), ("remix", 1)]


async def test_a_day_is_the_servers_own_also_when_clocks_change(world: World) -> None:
    guilds = GuildRows(database=world.database, opening=AccessPolicy.GRANTED, budget=FREE)
    await guilds.set_time_zone(GUILD, "Europe/Berlin")
    days = DateRange(date(2026, 10, 25), date(2026, 10, 25))  # an hour longer than others
    inside = question(days, Grouping.DAY)
    world.clock.moment = NOON.replace(month=10, day=24, hour=22, minute=0)  # midnight there
    await finished(world, a_job(), done("first"), Usd.of(1))
    world.clock.moment = NOON.replace(month=10, day=25, hour=22, minute=59)
    await finished(world, a_job(), done("last"), Usd.of(2))
    world.clock.moment = NOON.replace(month=10, day=25, hour=23, minute=0)
    await finished(world, a_job(), done("after"), Usd.of(4))
    assert [charge.spent for charge in await world.store.charges(inside, None, 9)] == [Usd.of(1), Usd.of(2)]
    assert (await world.store.report(inside)).rows == (Spend(key="2026-10-25", videos=2, spent=Usd.of(3)),)
    assert await mend(world.database) == []


async def test_a_video_that_fails_after_it_was_charged_is_waste_on_the_day_it_was_charged(world: World) -> None:
    await world.store.add(a_job())
    lease = await claimed(world.store)
    lease = await world.store.move(lease, replace(lease.job, phase=done(), cost=Usd.of("0.40")), keep=True)
    await world.clock.sleep(timedelta(days=3).total_seconds())
    await world.store.move(lease, replace(lease.job, phase=failed(), cost=Usd.of("0.10")))
    day = await world.store.report(question(Period.TODAY.days(NOON.date()), Grouping.DAY))
    assert (day.videos, day.spent, day.wasted, day.failures) == (0, Usd.of("0.10"), Usd.of("0.10"), 1)
    assert await world.store.check_books() == []


@pytest.mark.parametrize("quote", [FREE, Usd.of("0.40")], ids=["free", "its service said that it charged nothing"])
async def test_a_failure_that_cost_nothing_is_no_charge(world: World, quote: Usd) -> None:
    """Whether that is stored as 0 or as nothing."""
    for cost in (FREE, None):
        await finished(world, a_job(quote=quote, created_at=world.clock.now()), failed(), cost)
        await world.clock.sleep(1.0)
    ever = question(Period.ALL.days(NOON.date()), Grouping.MODEL)
    costs = await world.store.report(ever)
    assert (costs.failures, costs.wasted, costs.quoted, costs.latest) == (0, FREE, FREE, ())
    assert await world.store.charges(ever, None, 9) == []
    (model,) = (await SqlStatReports(database=world.database).stats(GUILD, ever.days)).models
    assert model.outcomes == {Cause.PROVIDER: 2}
    assert await world.store.check_books() == []
    assert await mend(world.database) == []


async def test_a_video_that_cost_nothing_is_listed_and_was_estimated(world: World) -> None:
    await finished(world, a_job(), done(), FREE)
    ever = question(Period.ALL.days(NOON.date()), Grouping.MODEL)
    costs = await world.store.report(ever)
    assert (costs.videos, costs.quoted, [charge.spent for charge in costs.latest]) == (1, Usd.of("0.40"), [FREE])
    assert [charge.spent for charge in await world.store.charges(ever, None, 9)] == [FREE]
    assert await mend(world.database) == []


async def test_sums_that_were_never_kept_are_made_from_the_jobs(world: World) -> None:
    await a_year(world)
    await finished(world, a_job(guild_id=5), failed())
    ever = question(Period.ALL.days(NOON.date()), Grouping.MEMBER)
    before = await world.store.report(ever)
    for lost in (delete(video_sums), delete(member_sums), delete(hour_sums)):
        await world.database.write(partial(AsyncConnection.execute, statement=lost))
    assert len(await world.store.check_books()) == 2
    assert await mend(world.database, most=2) == [5, GUILD]
    assert await world.store.report(ever) == before
    assert await world.store.check_books() == []
    assert await mend(world.database) == []


async def test_sums_of_an_older_version_that_took_extensions_for_remixes_are_put_right(world: World) -> None:
    job = a_job()
    await finished(world, replace(job, request=replace(job.request, source=job.id, aim=Aim.EXTEND)), done(), Usd.of(1))
    older = update(video_sums).values(mode="remix")
    await world.database.write(lambda c: c.execute(older))
    ever = question(Period.ALL.days(NOON.date()), Grouping.MODE)
    assert [row.key for row in (await world.store.report(ever)).rows] == ["remix"]
    assert await mend(world.database) == [GUILD]
    assert [(row.key, row.videos, row.spent) for row in (await world.store.report(ever)).rows] == [
        ("extend", 1, Usd.of(1))
    ]
    assert await mend(world.database) == []


async def test_sums_too_many_of_a_month_alone_and_of_nobody_are_put_right(world: World) -> None:
    await a_year(world)
    ever = question(Period.ALL.days(world.clock.now().date()), Grouping.MEMBER)
    before = await world.store.report(ever)
    month = update(member_sums).where(member_sums.c.bucket == 202612).values(spent=member_sums.c.spent + 7)
    nobodys = {"guild_id": GUILD, "owner_id": 9, "bucket": 20270101, "model": "wan", "mode": "create"}
    nobodys |= {"outcome": MADE, "jobs": 1, "charged": 1, "spent": 5, "quoted": 5}
    stray = {"guild_id": GUILD, "bucket": 202401, "owner_id": 9, "jobs": 1, "videos": 1, "spent": 5}
    for wrong in (month, insert(video_sums).values(nobodys), insert(member_sums).values(stray)):
        await world.database.write(partial(AsyncConnection.execute, statement=wrong))
    nowhere = {"guild_id": 5, "bucket": 202401, "hour": 3, "jobs": 1}
    await world.database.write(lambda c: c.execute(insert(hour_sums).values(nowhere)))
    assert await mend(world.database, most=1) == [5, GUILD]
    assert await world.store.report(ever) == before
    assert await mend(world.database) == []


async def test_while_sums_are_made_anew_orders_go_on_and_reports_say_so(world: World) -> None:
    await a_year(world)
    for lost in (delete(video_sums), delete(member_sums), delete(hour_sums)):
        await world.database.write(partial(AsyncConnection.execute, statement=lost))
    ever = question(Period.ALL.days(world.clock.now().date()), Grouping.MEMBER)
    said = list[Costs]()

    async def order() -> None:
        """Order meanwhile, like members do, and request /costs."""
        for number in range(4):
            late = NOON + timedelta(days=360, seconds=number)
            await finished(world, a_job(created_at=late), done(f"late {number}"), Usd.of(1))
            said.append(await world.store.report(ever))

    async with asyncio.TaskGroup() as both:
        mending = both.create_task(mend(world.database, most=1))
        both.create_task(order())
    assert mending.result() == [GUILD]
    assert any(not each.added_up for each in said)
    after = await world.store.report(ever)
    assert (after.videos, after.spent, after.added_up) == (11, Usd.of("49.50"), True)
    assert await mend(world.database) == []


async def test_a_month_that_begins_while_sums_are_made_anew_keeps_its_own(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await finished(world, a_job(), done("before"), Usd.of(1))
    stray = {"guild_id": GUILD, "bucket": 202401, "owner_id": 9, "jobs": 1, "videos": 1, "spent": 5}
    await world.database.write(lambda c: c.execute(insert(member_sums).values(stray)))
    async with world.another_process() as other:
        write, writes = other.database.write, count(1)

        async def write_beside_an_order(work: Work[None]) -> None:
            if next(writes) == 2:  # the first one records which sums are rebuilt
                await world.clock.sleep(timedelta(days=40).total_seconds())
                await finished(world, a_job(created_at=world.clock.now()), done("meanwhile"), Usd.of(2))
            await write(work)

        monkeypatch.setattr(other.database, "write", write_beside_an_order)
        assert await mend(other.database) == [GUILD]
    costs = await world.store.report(question(Period.ALL.days(world.clock.now().date()), Grouping.MEMBER))
    assert (costs.videos, costs.spent) == (2, Usd.of(3))
    assert await mend(world.database) == []


async def test_what_a_stop_cut_off_is_put_right_by_the_next_start(world: World) -> None:
    await a_year(world)
    ever = question(Period.ALL.days(world.clock.now().date()), Grouping.MEMBER)
    before = await world.store.report(ever)
    await world.database.write(lambda c: pending.note_all(c, [GUILD, 5]))
    await world.database.write(lambda c: c.execute(delete(hour_sums).where(hour_sums.c.bucket > 202700)))
    assert not (await world.store.report(ever)).added_up
    async with world.another_process() as other:
        assert await mend(other.database) == [GUILD]
    assert await world.store.report(ever) == before
    stats = SqlStatReports(database=world.database)
    assert (await stats.stats(5, Period.ALL.days(NOON.date()))).added_up


async def test_after_an_update_reports_say_that_sums_may_be_wrong_until_they_are_compared(world: World) -> None:
    await a_year(world)
    ever = question(Period.ALL.days(world.clock.now().date()), Grouping.MEMBER)
    assert (await world.store.report(ever)).added_up
    await world.database.write(pending.note_unknown)
    assert not (await world.store.report(ever)).added_up
    assert await mend(world.database) == []
    assert (await world.store.report(ever)).added_up


async def test_what_is_still_wrong_after_it_was_made_anew_is_said(world: World) -> None:
    await a_year(world)
    await world.database.write(lambda c: c.execute(delete(hour_sums)))
    complaints = await audit_mended(world.database, [GUILD])
    assert [each.text for each in complaints] == ["Server {server}: the sums of /costs do not agree with its videos."]
    assert await audit_mended(world.database, []) == []  # they were just compared
    assert await mend(world.database) == [GUILD]
    assert await audit_mended(world.database, [GUILD]) == []


async def test_stats_say_what_came_of_orders_how_long_they_took_and_when_they_were_made(world: World) -> None:
    await a_year(world)
    stats = SqlStatReports(database=world.database)
    ever = await stats.stats(GUILD, Period.ALL.days(NOON.date()))
    [model] = ever.models
    assert (model.outcomes, model.average) == ({MADE: 7, "timeout": 3}, Usd(round(33_500_000 / 7)))
    assert model.times == UsualTimes(renders=10, median=80.0, p90=80.0)
    assert (sum(ever.hours), ever.hours[12]) == (10, 10)
    assert ever.made["2027-01"] == 1
    assert [(entry.job.owner_id, entry.remixes) for entry in ever.remixed] == [(BEN, 1)]
    assert (await stats.stats(None, Period.ALL.days(NOON.date()))).outcomes == ever.outcomes
    assert (await stats.stats(5, Period.ALL.days(NOON.date()))).videos == 0


async def test_stats_count_the_ratings_of_videos_that_were_ordered_in_that_time(world: World) -> None:
    ratings = SqlRatings(database=world.database)
    for days, likes in ((0, [True, True]), (40, [True, False])):
        job = await finished(world, a_job(created_at=NOON + timedelta(days=days)), done(str(days)), Usd(1))
        for member_id, each in enumerate(likes):
            await ratings.rate(member_id, job.id, NOON, likes=each)
    reports = SqlStatReports(database=world.database)

    async def rated(days: DateRange) -> RatedVideos | None:
        return (await reports.stats(GUILD, days)).rated

    day = NOON.date()
    assert await rated(DateRange(day, day)) == RatedVideos(count=1, rating=VideoRating(likes=2))
    assert await rated(DateRange(None, None)) == RatedVideos(count=2, rating=VideoRating(likes=3, dislikes=1))
    assert await rated(DateRange(day + timedelta(days=1), day + timedelta(days=39))) is None


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        (DateRange(date(2026, 11, 3), date(2026, 11, 20)), [(20261103, 20261120)]),
        (DateRange(None, None), [(300_000_000, 300_009_999)]),
        (DateRange(date(2025, 1, 1), date(2026, 12, 31)), [(300_002_025, 300_002_026)]),
        (
            DateRange(date(2025, 1, 20), date(2026, 11, 11)),
            [
                *((20250120, 20250131), (20261101, 20261111)),
                *((202502, 202503), (200_020_252, 200_020_263), (202610, 202610)),
            ],
        ),
        (
            DateRange(date(2024, 12, 31), date(2026, 1, 1)),
            [(20241231, 20241231), (20260101, 20260101), (300_002_025, 300_002_025)],
        ),
    ],
)
def test_a_range_is_made_of_the_longest_kept_sums_that_fit(days: DateRange, wanted: list[tuple[int, int]]) -> None:
    assert spans(days) == wanted


@given(st.dates(date(2024, 1, 1), date(2027, 1, 1)), st.integers(0, 1000), st.booleans())
def test_each_day_of_a_range_is_in_one_of_its_sums(first: date, length: int, by_month: bool) -> None:
    last = first + timedelta(days=length)
    ranges = spans(DateRange(first, last), by_month=by_month)
    for day in (first, last, first - timedelta(days=1), last + timedelta(days=1), first + timedelta(days=length // 2)):
        held = [low <= bucket <= high for bucket in buckets_of(day_bucket(day)) for low, high in ranges]
        assert sum(held) == (first <= day <= last)
