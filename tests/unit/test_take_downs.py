"""Managers take a video down: it disappears everywhere, despite all obstacles, and the books stay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, KinoraError, NotAllowed, Unavailable
from bot.domain.ids import JobId, shown
from bot.domain.job import Job
from bot.domain.moderation.cases import CASE, TAKEN_DOWN, ModerationCase, VideoReport
from bot.domain.money.usd import Usd
from bot.domain.phases import Done, Posting
from bot.jobs.use_cases.moderation.holding import HELD
from bot.ui.text.phrases.moderation import reports as phrases
from bot.ui.text.render import render
from tests.builders import ANN, GUILD, MAX, NOON, SAM, a_job, a_request, a_video
from tests.office import ANOTHER, MANAGER, MEMBER, STAFF, Office, words_of
from tests.workbench import a_bench


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with a_bench(tmp_path) as bench:
        office = Office(bench=bench)
        await office.choose(STAFF)
        yield office


async def test_a_taken_down_video_is_gone_everywhere_and_stays_in_the_books(office: Office) -> None:
    video = await office.bench.run(await office.bench.order())  # with its files
    await office.videos.report(MEMBER, video, "")
    await office.take_downs.begin(MANAGER, video, reason="a real person", with_remixes=False, was_reported=True)
    await office.look()
    after = await office.bench.job(video.id)
    assert after.deleted
    assert after.video is None
    assert after.cost == Usd.of("0.40")
    assert office.posts.removed == [video.id]
    assert office.bench.provider.forgotten == ["video_1"]
    with pytest.raises(FileNotFoundError):
        async with office.bench.context.files.local("" if video.video is None else video.video.video):
            pass
    assert "was taken down" in words_of((office.staff.edited or office.cards)[-1])
    told = {outcome.user_id: render(phrases.outcome(outcome, "Studio")) for outcome in office.staff.told}
    assert set(told) == {ANN, MAX}
    assert "Managers of Studio took down your video" in told[ANN]
    assert "**Reason:** a real person" in told[ANN]
    assert "A manager took it down" in told[MAX]
    assert await office.bench.store.check_books() == []
    assert office.audited.sentences == [f"the video {shown(video.id)}: shown → taken down"]
    assert await office.is_all_done()


async def test_a_report_does_not_stop_a_take_down(office: Office) -> None:
    video = await office.a_video()
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=False, was_reported=False)
    with pytest.raises(BadRequest, match=r"taking .* down already\. Nothing was sent"):
        await office.videos.report(MEMBER, video, "me too")
    known = await office.case(video)
    assert known.with_report(VideoReport(by=MAX, at=NOON)) == known  # by someone with a form open since before
    await office.look()
    assert (await office.bench.job(video.id)).deleted
    assert await office.is_all_done()


async def a_remix(office: Office, source: Job, owner: int = MAX) -> Job:
    return await office.a_video(owner_id=owner, request=a_request(source=source.id))


async def test_a_take_down_counts_the_remixes_and_takes_them_along_if_asked(office: Office) -> None:
    video = await office.a_video()
    remix = await a_remix(office, video)
    of_remix = await a_remix(office, remix, owner=ANN)
    preview = await office.take_downs.preview(MANAGER, video)
    assert [job.id for job in preview.remixes] == [remix.id, of_remix.id]
    assert preview.cost == Usd.of("0.80")
    assert render(phrases.remixes_of(preview)) == "2 videos · by 2 members · cost $0.80"
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=True, was_reported=False)
    await office.look()
    assert office.posts.removed == [video.id, remix.id, of_remix.id]
    assert {outcome.user_id: len(outcome.videos) for outcome in office.staff.told} == {ANN: 2, MAX: 1}


async def test_the_second_video_of_its_order_goes_with_it_although_it_was_just_being_posted(office: Office) -> None:
    """The check right before the post, when nothing was taken down yet."""
    video = await office.a_video()
    phase = Posting(video=a_video(), remote_id="video_2", since=NOON)
    await office.bench.order(a_job(doubles=video.id, phase=phase))
    lease = await office.bench.lease()
    double = lease.job
    said = render(phrases.what_goes(await office.take_downs.preview(MANAGER, video)))
    assert f"{shown(double.id)}, made of the same order, goes with it." in said
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=False, was_reported=False)
    await office.look()
    done = Done(video=phase.video, remote_id="video_2", finished_at=NOON)
    await office.bench.context.move(lease, done, cost=double.quote)
    assert (await office.bench.job(double.id)).video is not None
    await office.look(forward=60)
    assert (await office.bench.job(double.id)).deleted
    assert office.posts.removed == [video.id, double.id]
    assert await office.is_all_done()


async def test_remixes_stay_unless_asked(office: Office) -> None:
    video = await office.a_video()
    remix = await a_remix(office, video)
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=False, was_reported=False)
    await office.look()
    assert (await office.bench.job(remix.id)).video is not None


async def test_a_remix_that_is_still_made_is_called_off_and_removed_when_it_ends(office: Office) -> None:
    video = await office.a_video()
    waiting = await office.bench.job(await office.bench.order(a_job(request=a_request(source=video.id))))
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=True, was_reported=False)
    await office.look()
    assert (await office.case(video)).take_down is not None
    await office.look(forward=60)
    after = await office.bench.job(waiting.id)
    assert after.cancel_asked_by == SAM or after.is_at_rest
    assert after.deleted
    assert await office.is_all_done()


async def test_what_is_left_is_tried_again_and_given_up_after_a_day(office: Office) -> None:
    office.posts.stuck = 10**6
    video = await office.a_video()
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=False, was_reported=False)
    await office.look()
    down = (await office.case(video)).take_down
    assert down is not None
    assert "a message may still show it. Kinora keeps trying." in render(phrases.result(down))
    for _ in range(3):
        await office.look(forward=43_200)
    down = (await office.case(video)).take_down
    assert down is not None
    assert down.ended
    assert "Kinora has stopped trying." in render(phrases.result(down))
    assert await office.is_all_done()


async def test_a_service_that_is_down_is_asked_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[bool | KinoraError] = [Unavailable("down"), True]

    async def forget(_: str) -> bool:
        said = answers.pop(0)
        if isinstance(said, KinoraError):
            raise said
        return said

    video = await office.a_video()
    monkeypatch.setattr(office.bench.provider, "forget", forget)
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=False, was_reported=False)
    await office.look()
    assert not await office.is_all_done()
    await office.look(forward=60)
    assert not answers
    assert await office.is_all_done()


async def test_a_take_down_that_died_in_the_middle_goes_on(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    video = await office.a_video()
    remix = await a_remix(office, video)
    await office.take_downs.begin(MANAGER, video, reason="", with_remixes=True, was_reported=False)
    remove, deaths = office.posts.remove_posts, [0]

    async def dies(job_id: JobId) -> bool:
        deaths[0] += 1
        if deaths[0] == 2:
            raise asyncio.CancelledError
        return await remove(job_id)

    monkeypatch.setattr(office.posts, "remove_posts", dies)
    with pytest.raises(asyncio.CancelledError):
        await office.look()
    await office.look()
    assert office.posts.removed == [video.id]
    await office.look(forward=HELD.total_seconds() + 1)
    assert office.posts.removed == [video.id, remix.id]
    assert len(office.staff.told) == 2


async def test_one_process_works_on_a_case_at_a_time(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await asyncio.gather(office.look(), office.look())
    assert len(office.cards) == 1


@pytest.mark.parametrize(
    ("who", "may"),
    [
        (replace(MEMBER, roles=frozenset()), False),
        (MEMBER, False),
        (MANAGER, True),
        (replace(MANAGER, manages=False), False),
    ],
    ids=["stranger", "member", "manager", "manager whose role was taken"],
)
async def test_only_managers_take_down_and_dismiss(office: Office, who: Member, may: bool) -> None:
    video = await office.a_video()
    await office.videos.report(ANOTHER, video, "")
    if may:
        await office.take_downs.preview(who, video)
        await office.videos.dismiss(who, video)
        return
    for refused in (
        office.videos.dismiss(who, video),
        office.take_downs.preview(who, video),
        office.take_downs.begin(who, video, reason="", with_remixes=False, was_reported=False),
    ):
        with pytest.raises(NotAllowed):
            await refused
    assert (await office.case(video)).is_open


async def test_a_record_from_before_a_field_was_added_is_read(office: Office) -> None:
    video = await office.a_video()
    await office.bench.records.write(CASE, video.id, ModerationCase(guild_id=GUILD, owner_id=ANN, opened_at=NOON))
    assert (await office.case(video)).is_open
    assert await office.bench.records.read(TAKEN_DOWN, video.id) is None
