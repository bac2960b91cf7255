"""All that is kept of a member, as a zip file for themselves: JSON, and as many videos as a message carries.

The shape of the JSON is in docs/reference/export.md. It is written in parts, one export of a process at a time, so that
hundreds of videos take no more memory than one.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.data_classes import value_object, wired
from bot.domain.access.own_data import Archive, Archives, LedgerLine, OwnDataStore
from bot.domain.errors import BadRequest
from bot.domain.ids import JobId, shown
from bot.domain.job import Job
from bot.domain.links import PlayerLinks
from bot.domain.messages import Moment, msg
from bot.domain.money.usd import Usd
from bot.domain.phases import name_of
from bot.domain.ports.clock import Clock
from bot.domain.ports.files import FileStore
from bot.domain.ports.records import Record, Records
from bot.domain.video import Picture, VideoOptions
from bot.jobs.use_cases.me.preferences import OwnPreferences
from bot.network.drive import DRIVE

log = logging.getLogger(__name__)

FORMAT = 1  # of the JSON; a different number means that readers have to change
EVERY = timedelta(hours=1)  # one export of a member
LINK_LASTS = timedelta(days=7)
PART = 200  # orders at a time
ABOUT, ABOUT_A_VIDEO = 1000, 16  # bytes of about.json, which comes last


@value_object
class ExportMade:
    """When a member last exported."""

    at: datetime


EXPORTED = Record("data export", ExportMade, lasts=EVERY)  # by the member's id


@value_object
class Export:
    """The file, which exists as long as it is being sent, and its contents."""

    path: Path
    orders: int
    videos: int  # in it
    left_out: int  # videos
    links_until: datetime | None  # None: the others have no links
    bytes: int = 0  # once it is whole


@value_object
class _Kept:
    """A video that may be included."""

    job_id: JobId
    key: str
    bytes: int


@wired
class ExportData:
    """`links` is None if people can't reach this machine."""

    own_data: OwnDataStore
    preferences: OwnPreferences
    files: FileStore
    archives: Archives
    records: Records
    clock: Clock
    links: PlayerLinks | None = None
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def check_turn(self, member_id: int) -> None:
        """Raises BadRequest until an hour after the last one."""
        now, fresh = self.clock.now(), ExportMade(at=self.clock.now())
        noted = await self.records.update(EXPORTED, str(member_id), lambda known: known or fresh)
        if noted.before is not None:
            again = noted.before.at + EVERY
            raise BadRequest(msg("You can export your data once an hour, next {when}.", when=Moment(max(again, now))))

    async def give_turn_back(self, member_id: int) -> None:
        """It produced nothing, so the next one need not wait."""
        await self.records.update(EXPORTED, str(member_id), lambda _: None)

    @asynccontextmanager
    async def made(self, member_id: int, most: int) -> AsyncIterator[Export]:
        """Of at most so many bytes, unless the JSON alone is larger."""
        async with self._one_at_a_time, self.files.scratch(".zip") as path:
            async with self.archives.open(path) as archive:
                export = await self._write(archive, member_id, path, most)
            size = (await DRIVE.quick(path.stat)).st_size
            log.info("exported %d orders and %d videos of %s: %d bytes", export.orders, export.videos, member_id, size)
            yield replace(export, bytes=size)

    async def _write(self, archive: Archive, member_id: int, path: Path, most: int) -> Export:
        until = self.clock.now() + LINK_LASTS if self.links is not None else None
        kept = await self._write_jobs(archive, member_id, until)
        await self._write_costs(archive, member_id)
        await self._write_preferences(archive, member_id)
        room = most - ABOUT - ABOUT_A_VIDEO * len(kept.videos)
        included = await self._add_videos(archive, kept.videos, room)
        left_out = [video.job_id for video in kept.videos if video.job_id not in included]
        about = {
            "format": FORMAT,
            "made_at": _moment(self.clock.now()),
            "member_id": str(member_id),
            "orders": kept.orders,
            "videos": sorted(map(shown, included)),
            "videos_left_out": sorted(map(shown, left_out)),
            "links_until": None if until is None else _moment(until),
        }
        await _entry(archive, "about.json", [about])
        return Export(path=path, orders=kept.orders, videos=len(included), left_out=len(left_out), links_until=until)

    async def _write_jobs(self, archive: Archive, member_id: int, until: datetime | None) -> _Orders:
        orders, videos = 0, list[_Kept]()
        await archive.begin("jobs.json")
        async for part in self._parts(member_id):
            await archive.write(_lines([self._order(job, until) for job in part], first=orders == 0))
            orders += len(part)
            videos += [
                _Kept(job_id=job.id, key=job.video.video, bytes=job.video.bytes)
                for job in part
                if job.video is not None
            ]
        await archive.write("]\n" if orders else "[]\n")
        return _Orders(orders=orders, videos=videos[::-1])

    async def _write_costs(self, archive: Archive, member_id: int) -> None:
        written = 0
        await archive.begin("costs.json")
        async for part in self._parts(member_id):
            lines = await self.own_data.ledger([job.id for job in part])
            await archive.write(_lines([_line(line) for line in lines], first=written == 0))
            written += len(lines)
        await archive.write("]\n" if written else "[]\n")

    async def _write_preferences(self, archive: Archive, member_id: int) -> None:
        chosen = await self.preferences.of(member_id)
        above = chosen.confirm_above
        facts = await self.own_data.facts(member_id)
        preferences = {
            "confirm_above_usd": None if above is None else above.exact,
            "notify": chosen.notify.value,
            "showcase": chosen.showcase,
            "remembered": [{"kind": fact.kind, "value": fact.value} for fact in facts],
        }
        await _entry(archive, "preferences.json", [preferences])

    async def _add_videos(self, archive: Archive, videos: Iterable[_Kept], room: int) -> set[JobId]:
        """Newest first, as many as fit."""
        included = set[JobId]()
        for video in videos:
            if await archive.size() + video.bytes > room:
                continue
            try:
                async with self.files.local(video.key) as path:
                    await archive.add(f"videos/{shown(video.job_id)}{path.suffix}", path)
            except FileNotFoundError:
                continue  # with another process, or lost
            included.add(video.job_id)
        return included

    async def _parts(self, member_id: int) -> AsyncIterator[Sequence[Job]]:
        last: Job | None = None
        while part := await self.own_data.jobs(member_id, last, PART):
            yield part
            last = part[-1]

    def _order(self, job: Job, until: datetime | None) -> dict[str, Any]:
        request, video = job.request, job.video
        link = None if video is None or self.links is None or until is None else self.links.to(job.id, until)
        return {
            "video": shown(job.id),
            "ordered_at": _moment(job.created_at),
            "server_id": str(job.guild_id),
            "channel_id": str(job.channel_id),
            "private": job.private,
            "prompt": request.prompt,
            "model": request.model,
            "seconds": request.seconds,
            "size": str(request.size),
            "remix_of": None if request.source is None else shown(request.source),
            "image": _image(request.picture),
            "options": _options(request.options),
            "state": name_of(job.phase),
            "deleted": job.deleted,
            "removed_at": None if job.expired_at is None else _moment(job.expired_at),
            "quoted_usd": job.quote.exact,
            "charged_usd": None if job.cost is None else job.cost.exact,
            "file": None if video is None else {"bytes": video.bytes, "sha256": video.sha256, "seconds": video.seconds},
            "link": link,
        }


def _options(options: VideoOptions[Picture]) -> dict[str, Any]:
    return {
        "sound": options.sound,
        "seed": options.seed,
        "negative_prompt": options.negative_prompt,
        "lora": None if options.lora is None else {"name": options.lora.name, "strength": options.lora.strength},
        "end_image": _image(options.end),
        "reference_images": [_image(picture) for picture in options.references],
    }


def _image(picture: Picture | None) -> dict[str, str] | None:
    return None if picture is None else {"sha256": picture.sha256}


@value_object
class _Orders:
    """How many there are, and their videos, newest first."""

    orders: int
    videos: Sequence[_Kept]


def _line(line: LedgerLine) -> dict[str, Any]:
    return {
        "video": shown(line.job_id),
        "at": _moment(line.at),
        "kind": line.kind,
        "reserved_usd": Usd(line.reserved).exact,
        "spent_usd": Usd(line.spent).exact,
    }


async def _entry(archive: Archive, name: str, values: Sequence[dict[str, Any]]) -> None:
    await archive.begin(name)
    for value in values:
        await archive.write(json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def _lines(values: Sequence[dict[str, Any]], *, first: bool) -> str:
    """Of a JSON array, one value a line; `first`: it begins here."""
    written = ",\n".join(json.dumps(value, ensure_ascii=False) for value in values)
    return "" if not values else f"[\n{written}" if first else f",\n{written}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
