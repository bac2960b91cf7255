"""Continuing in a thread: who may, where it starts, and that each family has only one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, KinoraError, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.ports.messages import Shown
from bot.jobs.delivery.projects import ProjectThread, ProjectThreads
from bot.jobs.delivery.threads import ThreadParents
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.projects import LONGEST_NAME, MoveToThread, thread_name
from tests.builders import CHANNEL, MAX, SAM, KnownChannels, a_done_job, a_job, a_member, a_request
from tests.changes import some_changes
from tests.moderation import block
from tests.scripted import MemoryRecords
from tests.tiers import a_tier, an_authorization

TIER, BLOCKED = a_tier("Basic", 7), a_member(id=SAM)
RESULT = PostedMessage(channel_id=CHANNEL, message_id=500)


@dataclass
class Threads:
    """The ThreadOpener, the MessageStore and the orders of one family."""

    opened: list[tuple[int, str]] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    refusal: KinoraError | None = None
    result: PostedMessage | None = RESULT
    family: dict[JobId, Job] = field(default_factory=dict)

    async def open(self, message: PostedMessage, name: str) -> int:
        if self.refusal is not None:
            raise self.refusal
        self.opened.append((message.message_id, name))
        return message.message_id + len(self.opened)

    async def is_there(self, thread_id: int) -> bool:
        return thread_id not in self.gone

    async def shown(self, job_id: JobId) -> Shown:
        assert job_id
        return Shown(result=self.result)

    async def get(self, job_id: JobId) -> Job | None:
        return self.family.get(job_id)


async def moving(threads: Threads, *tiers: Any) -> MoveToThread:
    records, store = MemoryRecords(), threads
    await block(records, BLOCKED.id)
    anything: Any = store
    return MoveToThread(
        projects=ProjectThreads(records=records, orders=store),
        thread_parents=ThreadParents(records=records),
        messages=anything,
        authorization=await an_authorization(*tiers, records=records),
        private_videos=PrivateVideos(preferences=GuildPreferences(records=records, changes=some_changes())),
        threads=store,
    )


@pytest.mark.parametrize(
    ("member", "may"),
    [
        pytest.param(a_member(), True, id="its owner"),
        pytest.param(a_member(id=MAX), True, id="who is in a tier"),
        pytest.param(a_member(id=MAX, roles=frozenset()), False, id="a stranger"),
        pytest.param(a_member(id=MAX, roles=frozenset(), manages=True), True, id="a manager"),
        pytest.param(BLOCKED, False, id="who is blocked"),
        pytest.param(a_member(id=MAX, channels=KnownChannels(seen=frozenset())), False, id="who does not see it"),
    ],
)
async def test_who_continues_in_a_thread(member: Member, *, may: bool) -> None:
    threads = Threads()
    move = await moving(threads, TIER)
    try:
        await move.begin(member, a_done_job())
    except KinoraError:
        assert not may
    assert len(threads.opened) == int(may)


async def test_a_family_has_one_thread_until_somebody_deletes_it() -> None:
    first = a_done_job()
    remix = a_done_job(id=JobId("Q7K4FD"), request=a_request(source=first.id))
    threads = Threads(family={first.id: first, remix.id: remix})
    move = await moving(threads)
    assert await move.begin(a_member(), remix) == (501, True)
    assert await move.begin(a_member(), first) == (501, False)
    assert await move.thread_parents.of(501) == CHANNEL
    another = a_job(request=a_request(source=remix.id))
    assert await move.projects.place_for(another) == 501
    threads.gone = {501}
    assert await move.begin(a_member(), first) == (502, True)
    assert await move.projects.place_for(another) == 502
    await move.projects.forget(501)
    assert await move.projects.place_for(another) == 502


async def test_where_no_thread_can_begin_nothing_is_remembered() -> None:
    threads = Threads(refusal=Undeliverable("Kinora lacks a permission."))
    move = await moving(threads)
    with pytest.raises(Undeliverable):
        await move.begin(a_member(), a_done_job())
    assert await move.projects.of(a_done_job()) is None
    for result in (None, PostedMessage(channel_id=1, message_id=2, direct=True)):
        threads.result = result
        with pytest.raises(BadRequest, match=r"isn't in any channel.*Nothing was changed"):
            await move.begin(a_member(), a_done_job())
    with pytest.raises(BadRequest, match=r"was deleted\. Nothing was changed"):
        await move.begin(a_member(), a_done_job(deleted=True))
    with pytest.raises(BadRequest, match=r"Private videos stay"):
        await move.begin(a_member(), a_done_job(private=True))


def test_a_thread_is_named_after_the_prompt_in_one_line() -> None:
    assert thread_name(a_job(request=a_request(prompt="a  fox\nin the\tsnow"))) == "a fox in the snow"
    long = thread_name(a_job(request=a_request(prompt="fox " * 100)))
    assert (len(long) <= LONGEST_NAME, long[-1]) == (True, "…")


@pytest.mark.parametrize(
    ("changes", "results_channel", "place"),
    [
        pytest.param({}, None, 501, id="ordered around the thread"),
        pytest.param({"channel_id": MAX}, None, None, id="ordered elsewhere"),
        pytest.param({"channel_id": MAX}, CHANNEL, 501, id="ordered elsewhere, and results are posted here"),
        pytest.param({}, MAX, 501, id="ordered here, and results are posted elsewhere"),
        pytest.param({"private": True}, CHANNEL, None, id="private"),
        pytest.param({"request": a_request()}, CHANNEL, None, id="no remix"),
    ],
)
async def test_what_is_posted_in_the_thread(
    changes: dict[str, Any], results_channel: int | None, place: int | None
) -> None:
    first = a_done_job()
    projects = (await moving(Threads(family={first.id: first}))).projects
    await projects.remember(first.id, ProjectThread(thread_id=501, channel_id=CHANNEL))
    remix = a_job(**{"request": a_request(source=first.id), **changes})
    assert await projects.place_for(remix, results_channel) == place


async def test_a_family_is_known_by_its_first_video_even_where_that_is_gone() -> None:
    gone = JobId("GGGGGG")
    second = a_done_job(id=JobId("Q7K4FD"), request=a_request(source=gone))
    projects = (await moving(Threads(family={second.id: second}))).projects
    assert await projects.root_of(a_job(request=a_request(source=second.id))) == gone
    assert await projects.root_of(second) == gone
    assert await projects.root_of(a_job(id=gone)) == gone


async def test_a_thread_that_is_gone_is_no_project_any_more() -> None:
    projects = (await moving(Threads())).projects
    await projects.remember(JobId("GGGGGG"), ProjectThread(thread_id=501, channel_id=CHANNEL))
    await projects.forget(502)
    assert (await projects.is_project(501), await projects.is_project(502)) == (True, False)
    await projects.forget(501)
    assert not await projects.is_project(501)
    assert await projects.of(a_job(id=JobId("GGGGGG"))) is None


async def test_of_two_threads_of_a_family_each_is_forgotten_by_itself() -> None:
    projects, root = (await moving(Threads())).projects, JobId("GGGGGG")
    for thread_id in (501, 502):
        await projects.remember(root, ProjectThread(thread_id=thread_id, channel_id=CHANNEL))
    for thread_id in (502, 501):
        await projects.forget(thread_id)
        assert not await projects.is_project(thread_id)
        assert await projects.of(a_job(id=root)) is None
