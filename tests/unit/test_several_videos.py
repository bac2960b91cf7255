"""Several videos of /history together: who may do what with them, and the results."""

from __future__ import annotations

import io
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.guild import GuildOptions
from bot.domain.ids import JobId, new_id
from bot.domain.job import Job
from bot.domain.links import ArchiveLinks
from bot.domain.messages import plain
from bot.domain.moderation.venues import MADE_RESTRICTED, AgeRule, MadeRestricted
from bot.domain.phases import Cause, Done, Failed
from bot.domain.ports.files import FileStore
from bot.jobs.use_cases.guild import OPTIONS, GuildPreferences
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.several import SeveralVideos, size_of
from bot.web.archives import ArchivePages
from bot.web.server import application
from storage.files.archives import ZipArchives
from storage.files.local import LocalFiles
from tests.builders import GUILD, MAX, NOON, SAM, KnownChannels, a_done_job, a_job, a_member, a_video
from tests.changes import some_changes
from tests.moderation import block
from tests.scripted import MemoryRecords, SteppingClock

LINKS = ArchiveLinks(base="", key=b"k" * 32)
OWNER, MANAGER = a_member(), a_member(id=MAX, manages=True)
MEMBER = a_member(id=SAM)
STRANGER = a_member(id=SAM, roles=frozenset(), channels=KnownChannels(seen=frozenset()))
TIER_MEMBER = a_member(id=SAM, roles=frozenset({8}))


@dataclass
class KeptJobs:
    """Jobs by id, and what was done to them."""

    jobs: dict[JobId, Job] = field(default_factory=dict)
    deleted: list[JobId] = field(default_factory=list)

    async def get_many(self, job_ids: Collection[JobId]) -> Mapping[JobId, Job]:
        return {id_: self.jobs[id_] for id_ in job_ids if id_ in self.jobs}

    async def delete(self, _member: Member, job_id: JobId) -> Any:
        self.deleted.append(job_id)
        return _Deletion()

    async def remove_posts(self, _job_id: JobId) -> bool:
        return True


@dataclass(frozen=True)
class _Deletion:
    at_service: bool | None = None


def a_kept_job(number: int, **changes: Any) -> Job:
    video = a_video(video=f"videos/{number}.mp4", bytes=1000)
    done = Done(video=video, remote_id="video_1", finished_at=NOON)
    return replace(a_done_job(id=new_id(), **changes), phase=done)


@pytest.fixture
def files(tmp_path: Path) -> LocalFiles:
    return LocalFiles(tmp_path)


def several(kept_jobs: KeptJobs, files: FileStore, records: MemoryRecords | None = None) -> SeveralVideos:
    kept, anything = records or MemoryRecords(), kept_jobs
    preferences = GuildPreferences(records=kept, changes=some_changes())
    queries: Any = anything
    manage: Any = anything
    messages: Any = anything
    return SeveralVideos(
        queries=queries,
        private_videos=PrivateVideos(preferences=preferences),
        venues=VenueRules(preferences=preferences),
        manage=manage,
        messages=messages,
        files=files,
        archives=ZipArchives(),
        records=kept,
        clock=SteppingClock(),
        links=LINKS,
    )


@pytest.mark.parametrize(
    ("member", "chooses", "deletes"),
    [
        pytest.param(OWNER, {"open", "private", "failed", "waiting"}, {"open", "private", "failed"}, id="its owner"),
        pytest.param(MANAGER, {"open", "failed", "waiting"}, {"open", "failed"}, id="a manager"),
        pytest.param(MEMBER, {"open", "failed", "waiting"}, set(), id="a member"),
        pytest.param(TIER_MEMBER, {"open", "failed", "waiting"}, set(), id="a member of a tier"),
        pytest.param(STRANGER, set(), set(), id="who cannot read its channel"),
    ],
)
@pytest.mark.parametrize("is_blocked", [False, True])
async def test_who_may_choose_and_delete(
    files: LocalFiles, member: Member, chooses: set[str], deletes: set[str], is_blocked: bool
) -> None:
    """A block takes away neither viewing nor deleting one's own videos."""
    made = {
        "open": a_kept_job(1),
        "private": a_kept_job(2, private=True),
        "failed": a_job(_a_failure()),
        "waiting": a_job(),
        "gone": a_kept_job(3, deleted=True),
    }
    records, kept_jobs = MemoryRecords(), KeptJobs({job.id: job for job in made.values()})
    if is_blocked:
        await block(records, member.id)
    them = several(kept_jobs, files, records)
    name, jobs = await them.choose(member, [job.id for job in made.values()])
    assert {job.id for job in jobs} == {made[each].id for each in chooses}
    if deletes:
        assert len(await them.deletable(member, name)) == len(deletes)
    else:
        with pytest.raises(BadRequest, match="You can't delete any of these"):
            await them.deletable(member, name)
    done = await them.delete(member, name)
    assert {*kept_jobs.deleted} == {made[each].id for each in deletes}
    assert (done.deleted, done.left) == (len(deletes), len(chooses) - len(deletes))


def _a_failure() -> Failed:
    return Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=False, finished_at=NOON)


async def test_an_older_choice_and_that_of_somebody_else_are_none(files: LocalFiles) -> None:
    job = a_kept_job(1)
    them = several(KeptJobs({job.id: job}), files)
    first, _ = await them.choose(OWNER, [job.id])
    second, _ = await them.choose(OWNER, [job.id])
    for member, name in ((OWNER, first), (MEMBER, second)):
        with pytest.raises(BadRequest, match="That choice is too old"):
            await them.chosen(member, name)


async def test_an_archive_has_the_files_that_can_be_had(files: LocalFiles) -> None:
    jobs = [a_kept_job(1), a_kept_job(2), a_kept_job(3)]
    for number in (1, 3):
        await files.put(bytes([number]) * 1000, f"videos/{number}.mp4")
    them = several(KeptJobs({job.id: job for job in jobs}), files)
    name, _ = await them.choose(OWNER, [job.id for job in jobs])
    async with them.packed(await them.packable(OWNER, name)) as packed:
        with ZipFile(packed.path) as archive:
            assert [archive.read(each)[:1] for each in archive.namelist()] == [b"\1", b"\3"]
        assert (packed.videos, packed.left_out) == (2, 1)
        assert packed.path.stat().st_size <= size_of(jobs)
    name, _ = await them.choose(OWNER, [])
    with pytest.raises(BadRequest, match="None of these has a video"):
        await them.packable(OWNER, name)


async def test_an_order_without_a_video_counts_neither_as_packed_nor_as_left_out(files: LocalFiles) -> None:
    await files.put(b"a film", "videos/1.mp4")
    async with several(KeptJobs(), files).packed([a_kept_job(1), replace(a_kept_job(2), deleted=True)]) as packed:
        assert (packed.videos, packed.left_out) == (1, 0)


async def test_files_of_a_clock_that_was_not_set_are_in_an_archive(files: LocalFiles) -> None:
    job = a_kept_job(1)
    await files.put(b"a film", "videos/1.mp4")
    async with files.local("videos/1.mp4") as path:
        os.utime(path, (0, 0))
    them = several(KeptJobs({job.id: job}), files)
    name, _ = await them.choose(OWNER, [job.id])
    async with them.packed(await them.packable(OWNER, name)) as packed:
        with ZipFile(packed.path) as archive:
            assert [archive.read(each) for each in archive.namelist()] == [b"a film"]


async def test_a_link_has_only_what_its_member_may_share(files: LocalFiles) -> None:
    """It works for everyone who has it, like a shared link to a single video."""
    open_one, private, bound = a_kept_job(1), a_kept_job(2, private=True), a_kept_job(3)
    records = MemoryRecords()
    await records.write(OPTIONS, str(GUILD), GuildOptions(age_rule=AgeRule.KEPT))
    await records.write(MADE_RESTRICTED, bound.id, MadeRestricted(at=NOON))
    them = several(KeptJobs(), files, records)
    given = {
        (who, name): await them.link(member, [open_one, job]) is not None
        for who, member in {"owner": OWNER, "manager": MANAGER}.items()
        for name, job in {"open": open_one, "private": private, "bound": bound}.items()
    }
    assert {each for each, is_given in given.items() if is_given} == {
        ("owner", "open"),
        ("owner", "private"),
        ("manager", "open"),
    }


async def test_a_signed_address_gives_an_archive_until_it_runs_out(files: LocalFiles) -> None:
    jobs = [a_kept_job(1), a_kept_job(2, created_at=datetime(1970, 1, 1, tzinfo=UTC))]
    for number in (1, 2):
        await files.put(bytes([number]) * 3_000_000, f"videos/{number}.mp4")
    kept_jobs, clock = KeptJobs({job.id: job for job in jobs}), SteppingClock()
    pages = ArchivePages(find=kept_jobs.get_many, files=files, links=LINKS, clock=clock)
    nothing: Any = _NoPages()
    link = LINKS.to([job.id for job in jobs], clock.now() + timedelta(hours=1))
    async with TestClient(TestServer(application(nothing, archives=pages))) as visitor:
        answer = await visitor.get(link)
        with ZipFile(io.BytesIO(await answer.read())) as archive:
            assert archive.testzip() is None
            assert [archive.read(each)[:1] for each in archive.namelist()] == [b"\1", b"\2"]
        assert answer.headers["Content-Type"] == "application/zip"
        other = link.replace(jobs[0].id, new_id())
        assert [(await visitor.get(each)).status for each in (other, link + "0", "/zip/x")] == [403] * 3
        kept_jobs.jobs = {}
        assert (await visitor.get(link)).status == 410
        clock.forward(7200)
        assert (await visitor.get(link)).status == 403


class _NoPages:
    write: Any = None  # error pages, which nothing here needs

    def routes(self) -> list[Any]:
        return []
