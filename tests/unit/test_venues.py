"""Rules for age-restricted channels and spoilers: when ordered, sent, posted, shown and remixed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.domain.access.actions import Act, OrderVideo
from bot.domain.errors import Reach, Undeliverable, WrongVenue
from bot.domain.guild import GuildOptions
from bot.domain.job import Job, PostedMessage
from bot.domain.moderation.cases import CASE, ModerationCase, VideoReport
from bot.domain.moderation.venues import AgeRule, Spoilers, Venue
from bot.jobs.delivery.threads import ThreadParents
from bot.jobs.ordering.remix_offers import RemixRequest
from bot.jobs.use_cases.create import Destination
from bot.jobs.use_cases.guild import OPTIONS
from bot.jobs.use_cases.moderation.spoilers import SpoilerRules
from bot.jobs.use_cases.moderation.venues import PostingVenues
from bot.ui.cards.job_card import ResultPost
from bot.ui.cards.own_files import own_files
from bot.ui.interactions.members import venue_of
from bot.ui.publish.covering import Change, changed_view, cover, cover_post, edit_in_place
from bot.ui.text.phrases.results import ResultFacts
from tests.builders import CHANNEL, GUILD, MAX, NOON, a_done_job, a_member, a_request
from tests.unit.test_failover import House, a_house

ANYWHERE = a_member(roles=frozenset(), manages=True)
OUTSIDE, INSIDE = replace(ANYWHERE, venue=Venue.OPEN), replace(ANYWHERE, venue=Venue.AGE_RESTRICTED)
ARCHIVED = CHANNEL + 1  # a thread
ALONE = replace(ANYWHERE, venue=Venue.DIRECT)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(tmp_path) as house:
        yield house


async def choose(house: House, **options: Any) -> None:
    await house.bench.records.write(OPTIONS, str(GUILD), GuildOptions(**options))


async def a_video(house: House, member: Any = INSIDE) -> Job:
    """A finished video that was ordered there."""
    quote = await house.quote()
    stored = await house.create.place(member, quote, Destination(channel_id=CHANNEL, upload_limit=1, interaction_id=1))
    return await house.bench.run(stored.id)


@pytest.mark.parametrize(
    ("rule", "may"),
    [
        (AgeRule.FREE, {Venue.OPEN, Venue.AGE_RESTRICTED, Venue.DIRECT, Venue.UNKNOWN}),
        (AgeRule.KEPT, {Venue.OPEN, Venue.AGE_RESTRICTED, Venue.DIRECT, Venue.UNKNOWN}),
        (AgeRule.ONLY, {Venue.AGE_RESTRICTED, Venue.DIRECT, Venue.UNKNOWN}),
    ],
)
async def test_where_videos_can_be_ordered_also_by_managers(house: House, rule: AgeRule, may: set[Venue]) -> None:
    await choose(house, age_rule=rule)
    for venue in Venue:
        for action in (Act.MAKE, OrderVideo(request=a_request(), private=False)):
            asked = house.create.authorization.authorize(replace(ANYWHERE, venue=venue), action)
            if venue in may:
                await asked
            else:
                with pytest.raises(WrongVenue, match="This server allows videos in age-restricted channels only"):
                    await asked


@pytest.mark.parametrize(
    ("rule", "member", "may"),
    [
        (AgeRule.FREE, OUTSIDE, True),
        (AgeRule.KEPT, OUTSIDE, False),
        (AgeRule.KEPT, INSIDE, True),
        (AgeRule.KEPT, ALONE, True),
        (AgeRule.ONLY, OUTSIDE, False),
        (AgeRule.ONLY, INSIDE, True),
    ],
)
async def test_what_was_made_inside_is_remixed_run_again_and_shown_by_the_rule(
    house: House, rule: AgeRule, member: Any, may: bool
) -> None:
    video = await a_video(house)
    await choose(house, age_rule=rule)
    orders = (
        house.create.quote_remix(member, video.id, RemixRequest(prompt="at night")),
        house.create.quote_again(member, video.id),
        house.create.remix_offers(member, video),
    )
    for each in orders:
        if may:
            await each
        else:
            with pytest.raises(WrongVenue, match="You weren't charged"):
                await each
    if may:
        await house.create.authorization.venues.check_may_use(member, video.id)
    else:
        with pytest.raises(WrongVenue, match=r"`/settings open`\.$"):
            await house.create.authorization.venues.check_may_use(member, video.id)


async def test_what_was_made_outside_is_free_to_go_where_only_the_others_are_kept(house: House) -> None:
    video = await a_video(house, OUTSIDE)
    await choose(house, age_rule=AgeRule.KEPT)
    await house.create.quote_again(OUTSIDE, video.id)


async def test_a_remix_in_direct_messages_of_what_was_made_inside_is_kept_too(house: House) -> None:
    video = await a_video(house)
    await choose(house, age_rule=AgeRule.KEPT)
    quote = await house.create.quote_remix(ALONE, video.id, RemixRequest(prompt="at night"))
    destination = Destination(channel_id=CHANNEL, upload_limit=1, interaction_id=2)
    remix = await house.create.place(ALONE, quote, destination)
    with pytest.raises(WrongVenue):
        await house.create.authorization.venues.check_may_use(OUTSIDE, remix.id)


class Channels:
    """The ChannelVenues: the channel used to be age-restricted."""

    async def of(self, guild_id: int, channel_id: int) -> Venue:
        assert guild_id == GUILD
        return {CHANNEL: Venue.OPEN, ARCHIVED: Venue.UNKNOWN}[channel_id]


async def test_a_channel_that_is_age_restricted_no_more_gets_no_such_video(house: House) -> None:
    video = await a_video(house)
    posting = PostingVenues(rules=house.create.authorization.venues, channels=Channels())
    await posting.check_may_post(video)
    await choose(house, age_rule=AgeRule.KEPT)
    with pytest.raises(Undeliverable) as refused:
        await posting.check_may_post(video)
    assert refused.value.reach is Reach.SERVER  # so its owner gets a direct message
    await posting.check_may_post(replace(video, private=True))


async def test_an_archived_thread_is_as_the_channel_around_it(house: House) -> None:
    """Discord doesn't send such a thread, but a message reopens it for all who can read the channel."""
    video = await a_video(house)
    await choose(house, age_rule=AgeRule.KEPT)
    await ThreadParents(records=house.bench.records).remember(ARCHIVED, CHANNEL)
    posting = PostingVenues(rules=house.create.authorization.venues, channels=Channels())
    with pytest.raises(Undeliverable):
        await posting.check_may_post(replace(video, channel_id=ARCHIVED))


@pytest.mark.parametrize(
    ("channel", "venue"),
    [
        (None, Venue.UNKNOWN),
        (object.__new__(discord.DMChannel), Venue.DIRECT),
        (object.__new__(discord.PartialMessageable), Venue.UNKNOWN),
    ],
)
def test_what_is_no_channel_of_the_server_is_neither(channel: object, venue: Venue) -> None:
    assert venue_of(channel) is venue


@pytest.mark.parametrize(("nsfw", "venue"), [(True, Venue.AGE_RESTRICTED), (False, Venue.OPEN)])
def test_a_channel_is_as_discord_says(nsfw: bool, venue: Venue) -> None:
    channel = object.__new__(discord.TextChannel)
    channel.nsfw = nsfw
    assert venue_of(channel) is venue


# Spoilers


async def covers(house: House, job: Job) -> bool:
    return await SpoilerRules(preferences=house.create.private_videos.preferences).covers(job)


async def test_which_videos_are_posted_as_spoilers(house: House) -> None:
    job, report = a_done_job(), VideoReport(by=MAX, at=NOON)
    case = ModerationCase(guild_id=GUILD, owner_id=job.owner_id, opened_at=NOON)
    assert not await covers(house, job)
    await choose(house, spoilers=Spoilers.ALWAYS)
    assert await covers(house, job)
    assert not await covers(house, replace(job, private=True))
    await choose(house, spoilers=Spoilers.REPORTED)
    assert not await covers(house, job)
    await house.bench.records.write(CASE, job.id, case.with_report(report))
    assert await covers(house, job)
    await house.bench.records.write(CASE, job.id, replace(case.with_report(report), deleted=True))
    assert not await covers(house, job)


def media_of(view: discord.ui.LayoutView) -> list[tuple[str, bool]]:
    """The media of a message, and whether each is a spoiler."""
    found = list[tuple[str, bool]]()
    for part in view.walk_children():
        if isinstance(part, discord.ui.MediaGallery):
            found += [(item.media.url, item.spoiler) for item in part.items]
        elif isinstance(part, discord.ui.Thumbnail):
            found.append((part.media.url, part.spoiler))
    return found


def test_the_video_and_its_poster_are_covered() -> None:
    view = ResultPost(a_done_job(), "fox.mp4", ResultFacts(is_spoiler=True), has_poster=True)
    assert media_of(view) == [("attachment://fox.mp4", True), ("attachment://poster.webp", True)]


def a_posted(view: discord.ui.LayoutView) -> Any:
    """The message as Discord returns it: with URLs instead of attachment names."""
    raw: Any = view  # untyped in discord.py
    data = [_addressed(part) for part in raw.to_components()]
    parts = [discord.components._component_factory(part) for part in data]

    return SimpleNamespace(components=parts, attachments=[])  # which has no files that components show


FILES = ("fox.mp4", "poster.webp")


def _addressed(part: Any) -> Any:
    match part:
        case {"url": "attachment://fox.mp4"}:
            return {"url": "https://cdn.test/attachments/3/1/fox.mp4?ex=1", "attachment_id": "1"}
        case {"url": "attachment://poster.webp"}:
            return {"url": "https://cdn.test/attachments/3/2/poster.webp?ex=1", "attachment_id": "2"}
        case dict():
            return {name: _addressed(each) for name, each in part.items()}
        case list():
            return [_addressed(each) for each in part]
        case _:
            return part


def edited(before: discord.ui.LayoutView, change: Change) -> discord.ui.LayoutView:
    message = a_posted(before)
    return changed_view(message, change, {at: file.reference for at, file in own_files(message).items()})


async def test_a_posted_video_is_covered_and_uncovered_and_stays_as_it_is_otherwise() -> None:
    before = ResultPost(a_done_job(), "fox.mp4", has_poster=True)
    covered, uncovered = (edited(before, partial(cover, covered=each)) for each in (True, False))
    assert media_of(covered) == [("attachment://fox.mp4", True), ("attachment://poster.webp", True)]
    assert media_of(uncovered) == [("attachment://fox.mp4", False), ("attachment://poster.webp", False)]
    assert covered.is_finished()
    buttons = [part.custom_id for part in covered.walk_children() if isinstance(part, discord.ui.Button)]
    assert buttons == [f"k1:{verb}:K7Q4FD" for verb in ("remix", "again", "more")]


def test_of_several_posters_only_the_one_that_is_meant_is_covered() -> None:
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.MediaGallery(*(discord.MediaGalleryItem(f"attachment://{name}") for name in FILES)))
    covered = edited(view, partial(cover, covered=True, meant={"https://cdn.test/attachments/3/2/poster.webp?ex=1"}))
    assert media_of(covered) == [("attachment://fox.mp4", False), ("attachment://poster.webp", True)]


NAMED, ADDRESSED = "attachment://fox.mp4", "https://cdn.test/attachments/3/1/fox.mp4?ex=1"


@pytest.mark.parametrize(("status", "tried"), [(400, [NAMED, ADDRESSED]), (403, [NAMED])])
async def test_files_are_shown_by_their_addresses_only_where_discord_refuses_their_names(
    status: int, tried: list[str]
) -> None:
    message = a_posted(ResultPost(a_done_job(), "fox.mp4"))
    sent = list[str]()

    async def edit(*, view: discord.ui.LayoutView, **_: object) -> None:
        sent.extend(url for url, _ in media_of(view))
        if len(sent) == 1:
            raise discord.HTTPException(SimpleNamespace(status=status, reason="no"), "scripted")

    message.edit = edit
    with nullcontext() if ADDRESSED in tried else pytest.raises(discord.HTTPException):
        await edit_in_place(message, partial(cover, covered=True))
    assert sent == tried


async def test_a_message_with_a_link_alone_has_nothing_to_cover() -> None:
    class Link:
        components = ()
        attachments = ()

        async def edit(self, **_: object) -> None:
            raise AssertionError("it would lose its words")

    class Place:
        def get_partial_messageable(self, _channel_id: int) -> Place:
            return self

        async def fetch_message(self, _message_id: int) -> Link:
            return Link()

    place: Any = Place()
    await cover_post(place, PostedMessage(channel_id=1, message_id=2), covered=True)
