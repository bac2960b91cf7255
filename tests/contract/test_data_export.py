"""A member's data as a file for themselves: complete, and small enough for a message."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from bot.domain.access.own_data import OwnRecords
from bot.domain.access.preferences import Notify
from bot.domain.errors import BadRequest
from bot.domain.ids import shown
from bot.domain.job import Job
from bot.domain.links import PlayerLinks
from bot.domain.moderation.cases import CASE, ModerationCase, VideoReport
from bot.domain.moderation.refusals import REFUSALS
from bot.domain.money.usd import Usd
from bot.jobs.use_cases.me.export import Export, ExportData
from bot.jobs.use_cases.me.preferences import PREFERENCES, OwnPreferences
from bot.ui.dialogs.drafts import DRAFTS, Draft
from storage.files.archives import ZipArchives
from storage.files.local import LocalFiles
from storage.own_data.stored import SqlOwnData
from storage.records import SqlRecords
from tests.contract.databases import ANN, BEN, GUILD, NOON, World, a_job, a_video, claimed, done
from tests.moderation import a_refused_order

ABOUT = OwnRecords(by_member=[PREFERENCES], drafts=DRAFTS, refusals=[REFUSALS], cases=[CASE])
PLENTY = 10_000_000


@dataclass(kw_only=True)
class Scene:
    world: World
    folder: Path
    links: PlayerLinks | None = None

    @property
    def files(self) -> LocalFiles:
        return LocalFiles(self.folder)

    @property
    def records(self) -> SqlRecords:
        return SqlRecords(database=self.world.database, clock=self.world.clock)

    @property
    def exports(self) -> ExportData:
        return ExportData(
            own_data=SqlOwnData(database=self.world.database, clock=self.world.clock, about=ABOUT),
            preferences=OwnPreferences(records=self.records),
            files=self.files,
            archives=ZipArchives(),
            records=self.records,
            clock=self.world.clock,
            links=self.links,
        )

    async def finished(self, number: int, size: int = 1000, **changes: Any) -> Job:
        """A video with its own file."""
        video = a_video()
        video = replace(video, video=f"videos/x/{number}.mp4", bytes=size)
        await self.files.put(bytes([number % 256]) * size, video.video)
        await self.world.store.add(a_job(f"prompt {number}", **changes))
        lease = await claimed(self.world.store)
        phase = replace(done(f"r{number}"), video=video)
        return (await self.world.store.move(lease, replace(lease.job, phase=phase, cost=Usd.of("0.123456")))).job

    async def export(self, most: int = PLENTY) -> tuple[Export, dict[str, Any], Sequence[str]]:
        """Its own description, its JSON files, and its other files."""
        async with self.exports.made(ANN, most) as export:
            assert export.path.stat().st_size == export.bytes
            with ZipFile(export.path) as file:
                names = file.namelist()
                return export, {n: json.loads(file.read(n)) for n in names if n.endswith(".json")}, names[3:-1]


@pytest.fixture
def scene(world: World, tmp_path: Path) -> Scene:
    return Scene(world=world, folder=tmp_path / "files")


async def test_all_of_it_is_in_the_file_and_nothing_of_others(scene: Scene) -> None:
    mine, other = await scene.finished(1), await scene.finished(2, owner_id=BEN)
    await OwnPreferences(records=scene.records).change(
        ANN, lambda known: replace(known, confirm_above=Usd.of("12.50"), notify=Notify.SILENT)
    )
    await scene.records.write(DRAFTS, "mark", Draft(member_id=ANN, verb="edit", about="x", fields={"prompt": "draft"}))
    export, data, videos = await scene.export()
    assert (export.orders, export.videos, export.left_out) == (1, 1, 0)
    (order,) = data["jobs.json"]
    assert (order["video"], order["prompt"], order["charged_usd"]) == (shown(mine.id), mine.request.prompt, "0.123456")
    assert (order["server_id"], order["link"], order["file"]["bytes"]) == (str(mine.guild_id), None, 1000)
    assert [(line["kind"], line["reserved_usd"], line["spent_usd"]) for line in data["costs.json"]] == [
        ("reserve", "0.400000", "0.000000"),
        ("settle", "-0.400000", "0.123456"),
    ]
    preferences = data["preferences.json"]
    assert (preferences["confirm_above_usd"], preferences["notify"]) == ("12.500000", "silent")
    assert [fact["value"]["fields"] for fact in preferences["remembered"] if fact["kind"] == "drafts"] == [
        {"prompt": "draft"}
    ]
    assert data["about.json"]["videos"] == [shown(mine.id)]
    assert videos == [f"videos/{shown(mine.id)}.mp4"]
    assert shown(other.id) not in json.dumps(data)


async def test_a_refused_order_is_in_it_without_the_servers_list_and_who_decided(scene: Scene) -> None:
    await scene.records.write(REFUSALS, "mark", a_refused_order(member_id=ANN, text="a h0und", decided_by=BEN))
    _, data, _ = await scene.export()
    (fact,) = data["preferences.json"]["remembered"]
    assert (fact["value"]["text"], fact["value"]["kind"]) == ("a h0und", "word")
    assert "hound" not in json.dumps(data)
    assert str(BEN) not in json.dumps(data)


async def test_somebody_of_whom_nothing_is_kept_gets_that(scene: Scene) -> None:
    export, data, videos = await scene.export()
    assert (export.orders, data["jobs.json"], data["costs.json"], videos) == (0, [], [], [])


async def test_the_newest_videos_go_along_and_the_others_have_links(scene: Scene) -> None:
    scene.links = PlayerLinks(base="https://videos.example", key=b"k" * 32)
    jobs = [await scene.finished(number, 20_000) for number in range(1, 5)]
    export, data, videos = await scene.export(50_000)
    assert (export.videos, export.left_out, export.links_until) == (2, 2, NOON + timedelta(days=7))
    assert export.bytes <= 50_000
    assert videos == [f"videos/{shown(job.id)}.mp4" for job in (jobs[3], jobs[2])]
    assert data["about.json"]["videos_left_out"] == sorted(shown(job.id) for job in jobs[:2])
    assert all(order["link"].startswith("https://videos.example/v/") for order in data["jobs.json"])


async def test_a_video_that_another_process_has_is_left_out(scene: Scene) -> None:
    job = await scene.finished(1)
    await scene.files.remove(["videos/x/1.mp4"])
    export, data, _ = await scene.export()
    assert (export.videos, data["about.json"]["videos_left_out"]) == (0, [shown(job.id)])


@pytest.mark.parametrize("number", [210])
async def test_hundreds_of_videos_are_written_in_parts(scene: Scene, number: int) -> None:
    await scene.finished(1)
    store = scene.world.store
    for _ in range(number):
        await store.add(a_job(quote=Usd(1)))
    export, data, _ = await scene.export()
    assert export.orders == len(data["jobs.json"]) == number + 1
    assert len({order["video"] for order in data["jobs.json"]}) == number + 1
    assert len(data["costs.json"]) == number + 2


async def test_it_is_made_once_an_hour_and_a_failure_costs_no_turn(scene: Scene) -> None:
    exports = scene.exports
    await exports.check_turn(ANN)
    with pytest.raises(BadRequest, match="once an hour"):
        await exports.check_turn(ANN)
    await exports.check_turn(BEN)
    await exports.give_turn_back(ANN)
    await exports.check_turn(ANN)
    await scene.world.clock.sleep(3601)
    await exports.check_turn(ANN)


async def test_nothing_is_left_behind(scene: Scene) -> None:
    await scene.finished(1)
    with pytest.raises(RuntimeError, match="sent"):
        async with scene.exports.made(ANN, PLENTY):
            raise RuntimeError("it could not be sent")
    assert list((scene.folder / "tmp").iterdir()) == []


async def test_what_they_reported_is_in_it_with_their_words_alone(scene: Scene) -> None:
    reports = (VideoReport(by=BEN, at=NOON, reason="mine"), VideoReport(by=ANN, at=NOON, reason="it is me"))
    case = ModerationCase(guild_id=GUILD, owner_id=BEN, opened_at=NOON, reports=reports)
    await scene.records.write(CASE, "K7Q4FD", case)
    _, data, _ = await scene.export()
    assert data["preferences.json"]["remembered"] == [
        {"kind": "report", "value": {"video": "K7Q4FD", "at": "2026-11-23T12:00:00.123456Z", "reason": "it is me"}}
    ]
