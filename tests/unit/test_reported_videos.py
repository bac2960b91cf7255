"""Members report videos, and managers decide: once, across restarts, and everyone concerned is notified."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, Unavailable, Undeliverable
from bot.domain.guild import GuildOptions
from bot.domain.ids import JobId
from bot.domain.job import PostedMessage
from bot.domain.moderation.cases import REPORTS_A_DAY, ModerationCase
from bot.domain.moderation.venues import Spoilers
from bot.domain.phases import Done, Queued
from bot.jobs.use_cases.guild import OPTIONS
from bot.jobs.use_cases.moderation import work
from bot.jobs.use_cases.moderation.cases import ModerationCases
from bot.ui.text.phrases.moderation import reports as phrases
from bot.ui.text.render import render
from tests.builders import ANN, GUILD, MAX, NOON, SAM, a_job, a_member, a_video
from tests.office import ANOTHER, MANAGER, MEMBER, OTHER_MANAGER, STAFF, Office, buttons_of, words_of
from tests.waiting import PATIENCE, is_told
from tests.workbench import a_bench


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with a_bench(tmp_path) as bench:
        office = Office(bench=bench)
        await office.choose(STAFF)
        yield office


async def test_a_report_comes_before_managers_without_the_prompt(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "  shows   a real person\n")
    await office.look()
    (card,) = office.cards
    assert card.job.request.prompt == ""
    assert words_of(card).splitlines()[0].startswith("🚩 **")
    assert f"> <@{MAX}>: shows a real person" in words_of(card)
    assert "fox" not in words_of(card)
    assert buttons_of(card) == ["Take down…", "Block member…", "Dismiss"]
    assert await office.is_all_done()


async def test_reports_of_one_video_gather_on_one_card(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await office.look()
    await office.videos.report(ANOTHER, video, "this too")
    await office.look()
    assert len(office.cards) == 1
    assert "reported by 2 members" in words_of(office.staff.edited[-1])


async def test_a_member_reports_a_video_once(office: Office) -> None:
    video = await office.a_video()
    tries = [office.videos.report(MEMBER, video, "") for _ in range(3)]
    outcomes = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each) for each in outcomes].count(BadRequest) == 2
    assert len((await office.case(video)).reports) == 1


async def test_a_member_reports_only_so_many_videos_a_day(office: Office) -> None:
    for _ in range(REPORTS_A_DAY):
        await office.videos.report(MEMBER, await office.a_video(), "")
    one_more = await office.a_video()
    with pytest.raises(BadRequest, match=rf"{REPORTS_A_DAY} videos a day. Nothing was sent"):
        await office.videos.report(MEMBER, one_more, "")
    await office.videos.report(ANOTHER, one_more, "")
    office.bench.clock.forward(timedelta(days=1).total_seconds())
    await office.videos.report(MEMBER, one_more, "")


@pytest.mark.parametrize(
    ("who", "changes", "words"),
    [
        (a_member(id=ANN), {}, "your own video"),
        (MANAGER, {"private": True}, "isn't posted"),
        (MEMBER, {"phase": Queued()}, "isn't posted"),
        (MEMBER, {"deleted": True}, "isn't posted"),
    ],
)
async def test_what_cannot_be_reported(office: Office, who: Member, changes: dict[str, Any], words: str) -> None:
    done = Done(video=a_video(), remote_id="video_1", finished_at=NOON)
    with pytest.raises(BadRequest, match=words):
        await office.videos.check_may_report(who, a_job(**{"phase": done, **changes}))


async def test_where_managers_have_no_channel_a_report_is_refused_with_what_to_do(office: Office) -> None:
    await office.choose(None)
    with pytest.raises(BadRequest, match=r"`/settings notices`\. Nothing was sent"):
        await office.videos.report(MEMBER, await office.a_video(), "")
    await office.bench.records.write(OPTIONS, str(GUILD), GuildOptions(log_channel=STAFF))
    await office.videos.report(MEMBER, await office.a_video(), "")
    await office.look()
    assert len(office.cards) == 1


async def test_a_card_that_discord_does_not_take_now_is_posted_later(office: Office) -> None:
    office.staff.troubles = [Unavailable("down"), Undeliverable("no right")]
    await office.videos.report(MEMBER, await office.a_video(), "")
    await office.look()
    assert not office.cards
    await office.look(forward=60)
    assert not office.cards
    await office.look(forward=60)
    assert not office.cards
    await office.look(forward=3600)
    assert len(office.cards) == 1


async def test_a_card_that_a_process_posted_before_it_died_is_found_and_not_posted_again(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    office.staff.found = PostedMessage(channel_id=STAFF, message_id=55)
    await office.look(forward=180)
    assert not office.cards
    assert len(office.staff.edited) == 1
    assert (await office.case(video)).card == office.staff.found


async def test_two_managers_at_once_are_one_decision(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await office.look()
    decisions = [
        office.videos.dismiss(MANAGER, video),
        office.take_downs.begin(OTHER_MANAGER, video, reason="", with_remixes=False, was_reported=True),
    ]
    outcomes = await asyncio.gather(*decisions, return_exceptions=True)
    (refused,) = [each for each in outcomes if isinstance(each, BaseException)]
    assert isinstance(refused, BadRequest)
    assert "has already" in refused.sentence


async def test_a_dismissal_is_told_quietly_and_the_card_says_who(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await office.look()
    await office.videos.dismiss(MANAGER, video)
    await office.look()
    (told,) = office.staff.told
    assert told.user_id == MAX
    assert "decided that it can stay" in render(phrases.outcome(told, "Studio"))
    assert f"can stay,** says <@{SAM}>" in words_of(office.staff.edited[-1])
    assert not buttons_of(office.staff.edited[-1])
    with pytest.raises(BadRequest, match="decided that it can stay"):
        await office.videos.report(MEMBER, video, "")
    assert await office.is_all_done()


async def test_a_reported_video_is_covered_until_a_manager_has_decided_where_its_server_wants_that(
    office: Office,
) -> None:
    video = await office.a_video()
    await office.bench.records.write(
        OPTIONS, str(GUILD), GuildOptions(notices_channel=STAFF, spoilers=Spoilers.REPORTED)
    )
    await office.videos.report(MEMBER, video, "")
    await office.look()
    assert office.staff.covered == [(video.id, True)]
    await office.videos.dismiss(MANAGER, video)
    await office.look()
    assert office.staff.covered == [(video.id, True), (video.id, False)]
    assert await office.is_all_done()


async def test_a_dismissed_video_that_somebody_else_reports_is_a_new_card(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await office.look()
    await office.videos.dismiss(MANAGER, video)
    await office.look(forward=1)
    await office.videos.report(ANOTHER, video, "")
    await office.look()
    assert len(office.cards) == 2
    assert (await office.case(video)).is_open


async def test_a_reported_video_that_its_maker_deletes_needs_no_decision(office: Office) -> None:
    video = await office.a_video()
    await office.videos.report(MEMBER, video, "")
    await office.look()
    await office.manage.delete(a_member(id=ANN), video.id)
    running = asyncio.create_task(office.work.run())
    async with asyncio.timeout(PATIENCE):
        await office.staff.changed.wait()
    running.cancel()
    await asyncio.wait({running})
    assert "was deleted** before anybody decided" in words_of(office.staff.edited[-1])


async def test_a_deletion_is_noted_although_the_database_was_away_at_first(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    video, known, troubles = await office.a_video(), ModerationCases.of, [OSError("the database is away")]
    await office.videos.report(MEMBER, video, "")
    await office.manage.delete(a_member(id=ANN), video.id)

    async def away_at_first(cases: ModerationCases, job_id: JobId) -> ModerationCase | None:
        if troubles:
            raise troubles.pop()
        return await known(cases, job_id)

    async def is_noted() -> bool:
        return not troubles and (await office.case(video)).deleted

    monkeypatch.setattr(ModerationCases, "of", away_at_first)
    monkeypatch.setattr(work, "EVERY", 0.01)
    running = asyncio.create_task(office.work.run())
    await is_told(is_noted)
    running.cancel()
    await asyncio.wait({running})
