"""The answers to /stats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.data_classes import wired
from bot.domain.money.calendar import Calendar
from bot.domain.money.costs import MADE, DateRange
from bot.domain.money.usd import Usd
from bot.domain.stats import ModelStats, RatedVideos, Remixed, UsualTimes, VideoStats
from bot.domain.studio.ratings import VideoRating
from storage.db.database import Database
from storage.db.totals import total
from storage.guilds import calendar_of
from storage.jobs.mapping import job_of
from storage.reports import pending
from storage.reports.buckets import ONE_DAY, is_long, month_of_bucket, rows_in, within, written
from storage.reports.sums import EVERYBODY
from storage.reports.tables import hour_sums, video_sums
from storage.studio.ratings.tables import rated_videos
from storage.studio.search.index import number_at
from storage.tables import jobs

MOST_TIMED = 12  # models
RENDERS = 200  # of a model: the latest say how long it takes now
REMIXES = 5000  # the latest, among which the most remixed are looked for
MOST_REMIXED = 20  # some may not be shown to the asker
HOURS = 24


@wired
class SqlStatReports:
    """The StatReports."""

    database: Database

    async def stats(self, guild_id: int | None, days: DateRange) -> VideoStats:
        async def read(connection: AsyncConnection) -> VideoStats:
            calendar = Calendar() if guild_id is None else await calendar_of(connection, guild_id)
            return await StatsQuery(connection=connection, guild_id=guild_id, days=days, calendar=calendar).stats()

        return await self.database.read(read)


@dataclass(slots=True, kw_only=True)
class _Found:
    outcomes: dict[str, int]
    spent: int = 0


@wired
class StatsQuery:
    """One query, within one transaction. `guild_id` None: all servers."""

    connection: AsyncConnection
    guild_id: int | None
    days: DateRange
    calendar: Calendar

    async def stats(self) -> VideoStats:
        models = await self._models()
        names = sorted(models, key=lambda name: (-sum(models[name].outcomes.values()), name))
        times = await self._times(names[:MOST_TIMED]) if names else {}
        return VideoStats(
            days=self.days,
            models=tuple(
                ModelStats(
                    model=name,
                    outcomes=models[name].outcomes,
                    spent_on_videos=Usd(models[name].spent),
                    times=times.get(name),
                )
                for name in names
            ),
            made=await self._made(),
            hours=await self._hours(),
            remixed=await self._remixed() if self.guild_id is not None else (),
            rated=await self._rated() if self.guild_id is not None else None,
            added_up=not await pending.is_any(self.connection, self.guild_id),
        )

    async def _models(self) -> dict[str, _Found]:
        kind = (video_sums.c.model, video_sums.c.outcome)
        query = select(*kind, video_sums.c.jobs, video_sums.c.spent).where(*self._everybodys())
        part = rows_in(video_sums, self.days, query).subquery()
        key = (part.c.model, part.c.outcome)
        sums = select(*key, total(part.c.jobs), total(part.c.spent)).group_by(*key)
        found: dict[str, _Found] = {}
        for model, outcome, count, spent in await self.connection.execute(sums):
            if count:
                entry = found.setdefault(model, _Found(outcomes={}))
                entry.outcomes[outcome] = count
                entry.spent += spent if outcome == MADE else 0
        return found

    async def _made(self) -> dict[str, int]:
        query = select(video_sums.c.bucket, video_sums.c.jobs).where(*self._everybodys(), video_sums.c.outcome == MADE)
        part = rows_in(video_sums, self.days, query, by_month=True).subquery()
        found: dict[int, int] = {}
        for bucket, count in await self.connection.execute(
            select(part.c.bucket, total(part.c.jobs)).group_by(part.c.bucket)
        ):
            key = month_of_bucket(bucket) if is_long(self.days) else bucket
            found[key] = found.get(key, 0) + count
        return {written(bucket): count for bucket, count in sorted(found.items())}

    async def _hours(self) -> tuple[int, ...]:
        here = () if self.guild_id is None else (hour_sums.c.guild_id == self.guild_id,)
        query = select(hour_sums.c.hour, hour_sums.c.jobs).where(*here)
        part = rows_in(hour_sums, self.days, query).subquery()
        rows = await self.connection.execute(select(part.c.hour, total(part.c.jobs)).group_by(part.c.hour))
        found = {row[0]: row[1] for row in rows}
        return tuple(found.get(hour, 0) for hour in range(HOURS))

    async def _times(self, models: Sequence[str]) -> dict[str, UsualTimes]:
        latest = [self._latest_of(model).subquery() for model in models]
        rows = await self.connection.execute(
            union_all(*(select(part.c.model, part.c.render_seconds) for part in latest))
        )
        found: dict[str, list[float]] = {}
        for model, seconds in rows:
            found.setdefault(model, []).append(seconds)
        return {model: render_times(seconds) for model, seconds in found.items()}

    def _latest_of(self, model: str) -> Select[*tuple[Any, ...]]:
        timed = (jobs.c.model == model, jobs.c.render_seconds.is_not(None), *self._ordered())
        query = select(literal(model).label("model"), jobs.c.render_seconds).where(*timed)
        return query.order_by(jobs.c.created_at.desc()).limit(RENDERS)

    async def _remixed(self) -> tuple[Remixed, ...]:
        remixes = (
            select(jobs.c.source)
            .where(*self._ordered(), jobs.c.source.is_not(None))
            .order_by(jobs.c.created_at.desc())
            .limit(REMIXES)
            .subquery()
        )
        times = func.count().label("times")
        most = select(remixes.c.source, times).group_by(remixes.c.source)
        most_remixed = most.order_by(times.desc(), remixes.c.source).limit(MOST_REMIXED).subquery()
        rows = await self.connection.execute(
            select(jobs, most_remixed.c.times)
            .join_from(most_remixed, jobs, jobs.c.id == most_remixed.c.source)
            .order_by(most_remixed.c.times.desc(), jobs.c.id)
        )
        found = [(job_of(row), row.times) for row in rows]
        return tuple(Remixed(job=job, remixes=times) for job, times in found if job is not None)

    async def _rated(self) -> RatedVideos | None:
        first, last = self.days.first, self.days.last
        number, midnight = rated_videos.c.number, self.calendar.midnight
        begin = [] if first is None else [number >= number_at(midnight(first))]
        end = [] if last is None else [number < number_at(midnight(last + ONE_DAY))]
        sums = select(func.count(), total(rated_videos.c.likes), total(rated_videos.c.dislikes))
        here = sums.where(rated_videos.c.guild_id == self.guild_id, *begin, *end)
        count, likes, dislikes = (await self.connection.execute(here)).one()
        return RatedVideos(count=count, rating=VideoRating(likes=likes, dislikes=dislikes)) if count else None

    def _everybodys(self) -> list[ColumnElement[bool]]:
        here = [] if self.guild_id is None else [video_sums.c.guild_id == self.guild_id]
        return [*here, video_sums.c.owner_id == EVERYBODY]

    def _ordered(self) -> list[ColumnElement[bool]]:
        here = [] if self.guild_id is None else [jobs.c.guild_id == self.guild_id]
        return [*here, *within(jobs.c.created_at, self.days, self.calendar)]


def render_times(seconds: Sequence[float]) -> UsualTimes:
    """Median and 90th percentile by nearest rank. There must be at least one render."""
    ordered = sorted(seconds)
    ranks = [ordered[math.ceil(share * len(ordered)) - 1] for share in (0.5, 0.9)]
    return UsualTimes(renders=len(ordered), median=ranks[0], p90=ranks[1])
