"""The showcase: a video is posted once, shows its number of ★, and is removed when it has to be."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, NotAllowed, Reach, Unavailable, Undeliverable
from bot.domain.job import PostedMessage
from bot.domain.moderation.cases import CASE, ModerationCase, VideoReport
from bot.domain.studio.showcase import ShowcaseState
from bot.jobs.use_cases.guild import OPTIONS
from bot.ui.text.render import render
from storage.own_data.members_rows import remove_rows_about
from tests.builders import A_MODERATOR, ANN, GUILD, MAX, NOON, SAM, a_job, a_member
from tests.showcases import HALL, Gallery, a_gallery
from tests.workbench import a_bench

EVE = 105
MINUTES, HOURS = 60.0, 3600.0
POST = PostedMessage(channel_id=HALL, message_id=1000)
NO_RIGHT = Undeliverable("I may not.", Reach.CHANNEL)


@pytest.fixture
async def gallery(tmp_path: Path) -> AsyncIterator[Gallery]:
    async with a_bench(tmp_path) as bench:
        yield await a_gallery(bench)


async def test_a_video_with_enough_stars_is_posted_once_and_edited_once_a_minute(gallery: Gallery) -> None:
    video = await gallery.a_video()
    await gallery.star(video, ANN, MAX)
    await gallery.look()
    assert gallery.hall.posts == {}
    await gallery.star(video, SAM)
    await gallery.look()
    await gallery.look()
    assert list(gallery.hall.posts.values()) == [2]
    assert await gallery.messages.copies(video.id) == [POST]
    await gallery.star(video, EVE, 106)
    await gallery.look()
    assert gallery.hall.edits == []
    await gallery.look(forward=2 * MINUTES)
    assert gallery.hall.edits == [4]
    await gallery.favourites.unmark(a_member(id=EVE), video)
    await gallery.look(forward=2 * MINUTES)
    assert gallery.hall.edits == [4, 3]
    assert len(gallery.hall.posts) == 1


async def test_after_a_crash_the_post_that_stands_is_found(gallery: Gallery) -> None:
    video = await gallery.a_video()
    await gallery.star(video, MAX, SAM)
    gallery.hall.lost = [Unavailable("The answer was lost.")]
    await gallery.look()
    await gallery.look(forward=MINUTES)  # while Discord still recognizes the nonce
    assert len(gallery.hall.posts) == 1
    other = await gallery.a_video()
    await gallery.star(other, MAX, SAM)
    gallery.hall.lost = [Unavailable("The answer was lost.")]
    await gallery.look()
    gallery.hall.found = replace(POST, message_id=5)
    await gallery.look(forward=HOURS)
    assert len(gallery.hall.posts) == 2
    assert await gallery.messages.copies(other.id) == [gallery.hall.found]


async def test_a_post_found_after_a_crash_comes_to_say_how_many_stars_there_are(gallery: Gallery) -> None:
    video = await gallery.a_video()
    await gallery.star(video, MAX, SAM)
    gallery.hall.lost = [Unavailable("The answer was lost.")]
    await gallery.look()
    await gallery.star(video, EVE)
    await gallery.look(forward=MINUTES)
    assert list(gallery.hall.posts.values()) == [2]
    await gallery.look(forward=2 * MINUTES)
    assert gallery.hall.edits == [3]


async def test_a_post_of_which_nobody_heard_goes_when_its_video_may_not_be_there_any_more(gallery: Gallery) -> None:
    video = await gallery.a_video()
    await gallery.star(video, MAX, SAM)
    gallery.hall.lost = [Unavailable("The answer was lost.")]
    await gallery.look()
    await gallery.favourites.unmark(a_member(id=SAM), video)
    gallery.hall.found = replace(POST, message_id=5)
    await gallery.look(forward=HOURS)
    assert gallery.hall.removed == [gallery.hall.found]
    await gallery.star(video, SAM, EVE)
    await gallery.look(forward=HOURS)
    assert len(gallery.hall.posts) == 1


async def test_a_post_that_somebody_deleted_stays_deleted(gallery: Gallery) -> None:
    video = await gallery.a_video()
    await gallery.star(video, MAX, SAM)
    await gallery.look()
    gallery.hall.gone = True
    await gallery.star(video, EVE)
    await gallery.look(forward=2 * MINUTES)
    await gallery.star(video, 106, 107)
    await gallery.look(forward=2 * MINUTES)
    assert (len(gallery.hall.posts), gallery.hall.edits) == (1, [3])


@pytest.mark.parametrize("way", ["off", "more stars", "hidden", "another venue", "not posted"])
async def test_what_may_not_be_shown_there_is_not(gallery: Gallery, way: str) -> None:
    video = await gallery.a_video(posted=way != "not posted")
    await gallery.star(video, MAX, SAM)
    match way:
        case "off":
            await gallery.choose(showcase_channel=None)
        case "more stars":
            await gallery.choose(showcase_stars=3)
        case "hidden":
            gallery.hall.hidden = True
        case "another venue":
            gallery.venue.refusal = Undeliverable("Not there.", Reach.SERVER)
        case _:
            """Its message is missing from the beginning."""
    await gallery.look()
    assert gallery.hall.posts == {}
    assert await gallery.showcase.store.of(video.id) is None


async def test_private_videos_have_no_way_in(gallery: Gallery) -> None:
    secret = await gallery.a_video(private=True)
    assert await gallery.showcase.entry(secret) is None
    assert await gallery.showcase.entry(a_job()) is None


async def test_a_reported_video_waits_for_its_managers(gallery: Gallery) -> None:
    video = await gallery.a_video()
    report = VideoReport(by=MAX, at=NOON)
    case = ModerationCase(guild_id=GUILD, owner_id=ANN, opened_at=NOON, reports=(report,))
    await gallery.bench.records.write(CASE, video.id, case)
    await gallery.star(video, MAX, SAM)
    await gallery.look()
    assert gallery.hall.posts == {}
    await gallery.bench.records.update(CASE, video.id, lambda _: None)
    await gallery.look(forward=15 * MINUTES)
    assert len(gallery.hall.posts) == 1


@pytest.mark.parametrize(
    ("member", "may"),
    [
        pytest.param(a_member(), True, id="its owner"),
        pytest.param(a_member(id=MAX), False, id="a member"),
        pytest.param(a_member(id=MAX, roles=frozenset()), False, id="a stranger"),
        pytest.param(a_member(id=MAX, channels=A_MODERATOR), True, id="a moderator of its channel"),
        pytest.param(a_member(id=MAX, manages=True), True, id="a manager"),
    ],
)
async def test_who_takes_a_video_out_for_good(gallery: Gallery, member: Member, *, may: bool) -> None:
    video = await gallery.a_video()
    await gallery.star(video, MAX, SAM)
    await gallery.look()
    if not may:
        with pytest.raises(NotAllowed):
            await gallery.showcase.take_out(member, video)
        assert await gallery.showcase.has(video)
        return
    await gallery.showcase.take_out(member, video)
    with pytest.raises(BadRequest, match=r"isn't in the showcase\. Nothing was changed"):
        await gallery.showcase.take_out(member, video)
    await gallery.look()
    await gallery.star(video, EVE)
    await gallery.look(forward=2 * MINUTES)
    assert (gallery.hall.removed, len(gallery.hall.posts)) == ([POST], 1)


async def test_who_stays_out_of_showcases_has_no_video_there(gallery: Gallery) -> None:
    shown, waiting = await gallery.a_video(), await gallery.a_video()
    await gallery.star(shown, MAX, SAM)
    await gallery.look()
    await gallery.star(waiting, MAX, SAM)
    await gallery.showcase.choose(ANN, shown=False)
    await gallery.look()
    assert (gallery.hall.removed, len(gallery.hall.posts)) == ([POST], 1)
    later = await gallery.a_video()
    await gallery.star(later, MAX, SAM)
    assert await gallery.showcase.store.of(later.id) is None
    await gallery.showcase.choose(ANN, shown=True)
    await gallery.star(later, EVE)
    await gallery.look()
    assert len(gallery.hall.posts) == 2


async def test_a_video_deleted_while_it_is_posted_leaves_again(gallery: Gallery) -> None:
    video = await gallery.a_video()
    await gallery.star(video, MAX, SAM)
    gallery.hall.meanwhile = lambda: gallery.bench.store.mark_deleted(video.id)
    await gallery.look()
    await gallery.look()
    assert gallery.hall.removed == [POST]


async def test_a_video_whose_owner_is_erased_while_it_is_posted_leaves_no_post(gallery: Gallery) -> None:
    """By then all its rows are gone, so no later look could find the post."""
    video = await gallery.a_video()
    await gallery.star(video, MAX, SAM)

    async def erased() -> None:
        await gallery.bench.store.mark_deleted(video.id)
        await gallery.bench.store.database.write(lambda connection: remove_rows_about(connection, video.id))

    gallery.hall.meanwhile = erased
    await gallery.look()
    assert gallery.hall.removed == [POST]


async def test_a_lost_right_is_told_once_and_tried_by_one_video_an_hour(gallery: Gallery) -> None:
    videos = [await gallery.a_video() for _ in range(3)]
    for video in videos:
        await gallery.star(video, MAX, SAM)
    gallery.hall.troubles = [NO_RIGHT, NO_RIGHT]
    await gallery.look()
    (card,) = gallery.log.cards
    assert f"in <#{HALL}>. I may not. Let Kinora View Channel" in render(card.body)
    await gallery.look(forward=10 * MINUTES)
    assert len(gallery.hall.troubles) == 1
    await gallery.look(forward=HOURS)
    assert (len(gallery.log.cards), gallery.hall.troubles) == (1, [])
    await gallery.look(forward=2 * HOURS)
    assert len(gallery.hall.posts) == 3


async def test_a_showcase_channel_that_is_gone_is_forgotten(gallery: Gallery) -> None:
    video = await gallery.a_video()
    await gallery.star(video, MAX, SAM)
    gallery.hall.troubles = [Undeliverable("It is gone.", Reach.CHANNEL, channel_gone=True)]
    await gallery.look()
    options = await gallery.bench.records.read(OPTIONS, str(GUILD))
    assert options is not None
    assert options.showcase_channel is None
    assert "so the showcase is off" in render(gallery.log.cards[0].body)
    await gallery.look(forward=2 * HOURS)
    assert await gallery.showcase.store.of(video.id) is None


async def test_a_showcase_channel_that_was_deleted_before_anybody_looked_is_told(
    gallery: Gallery,
) -> None:
    video = await gallery.a_video()
    await gallery.star(video, MAX, SAM)
    gallery.hall.closed = Undeliverable("It is gone.", Reach.CHANNEL, channel_gone=True)
    await gallery.look()
    options = await gallery.bench.records.read(OPTIONS, str(GUILD))
    assert options is not None
    assert options.showcase_channel is None
    assert "so the showcase is off" in render(gallery.log.cards[0].body)


async def test_a_post_that_cannot_be_removed_is_tried_for_a_day(gallery: Gallery) -> None:
    video = await gallery.a_video()
    await gallery.star(video, MAX, SAM)
    await gallery.look()
    await gallery.showcase.take_out(a_member(), video)
    gallery.hall.troubles = [NO_RIGHT] * 30
    await gallery.look()
    for _ in range(30):
        await gallery.look(forward=timedelta(hours=1, minutes=1).total_seconds())
    found = await gallery.showcase.store.of(video.id)
    assert found is not None
    assert found.state is ShowcaseState.OUT
    assert len(gallery.hall.troubles) in {5, 6}
