"""Each result is posted once, as close as possible to its order, also by a process that takes over after a crash."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.errors import Reach, Unavailable, Undeliverable
from bot.domain.guild import GuildOptions
from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import Message, msg
from bot.domain.moderation.venues import MADE_RESTRICTED, AgeRule, MadeRestricted, Venue
from bot.domain.phases import Posting
from bot.domain.ports.messages import Route, Shown
from bot.jobs.delivery.batches import BatchCards
from bot.jobs.delivery.deliver import ResultDelivery
from bot.jobs.delivery.nonces import NONCE_HOLDS
from bot.jobs.delivery.owner_notices import OwnerNotices
from bot.jobs.delivery.projects import ProjectThread, ProjectThreads
from bot.jobs.delivery.routes import DIRECT_CLOSED, DeliveryRoutes
from bot.jobs.delivery.threads import ThreadParents
from bot.jobs.delivery.upload_limits import UNBOOSTED
from bot.jobs.use_cases.guild import OPTIONS, GuildPreferences
from bot.jobs.use_cases.me.preferences import OwnPreferences
from bot.jobs.use_cases.moderation.venues import PostingVenues, VenueRules
from bot.ui.text.render import render
from tests.builders import ANN, CHANNEL, NOON, a_job, a_request, a_video
from tests.changes import some_changes
from tests.scripted import MemoryRecords, SteppingClock

PARENT, DIRECT, CHOSEN, THREAD = 30, 40, 50, 60
CARD = PostedMessage(channel_id=CHANNEL, message_id=1)
GONE = Undeliverable("Its channel was deleted.", Reach.CHANNEL, channel_gone=True)
NO_RIGHT = Undeliverable("Kinora lacks a permission.", Reach.CHANNEL)
AUTOMOD = Undeliverable("AutoMod blocked it.", Reach.SERVER)
FILTERED = Undeliverable("Discord refused it.", Reach.NOWHERE)
CLOSED = Undeliverable(DIRECT_CLOSED, Reach.NOWHERE)
POSTING = Posting(video=a_video(), remote_id="video_1", since=NOON)


class RememberedMessages:
    """The part of the MessageStore that delivery uses."""

    def __init__(self) -> None:
        self.card: PostedMessage | None = CARD
        self.result: PostedMessage | None = None
        self.routes: dict[Route, int] = {}
        self.copies: list[PostedMessage] = []

    async def shown(self, job_id: JobId) -> Shown:
        assert job_id
        return Shown(card=self.card, result=self.result)

    async def remember_result(self, job_id: JobId, message: PostedMessage) -> None:
        assert job_id
        self.result = message

    async def remember_copy(self, job_id: JobId, message: PostedMessage) -> None:
        assert job_id
        self.copies.append(message)

    async def remember_route(self, job_id: JobId, route: Route, channel_id: int = 0) -> None:
        assert job_id
        self.routes[route] = channel_id

    async def route_taken(self, job_id: JobId) -> Route | None:
        assert job_id
        return next((route for route in reversed(Route) if route in self.routes), None)

    async def place_of(self, job_id: JobId, route: Route) -> int | None:
        assert job_id
        return self.routes.get(route)


@dataclass
class Channels:
    """The ResultChannel, with scripted refusals by channel; knows earlier posts."""

    refusals: dict[int, Exception] = field(default_factory=dict)
    direct: int | Exception = DIRECT
    history: Exception | None = None  # raised by the search for an earlier post
    posted_before: dict[int, PostedMessage] = field(default_factory=dict)
    posts: list[tuple[Job, str, PostedMessage | None, Message | None]] = field(default_factory=list)
    searched: list[int] = field(default_factory=list)
    card_stands: bool = True

    async def post(
        self, job: Job, *, nonce: str, card: PostedMessage | None = None, said: Message | None = None
    ) -> PostedMessage:
        self.posts.append((job, nonce, card, said))
        if refusal := self.refusals.get(job.channel_id):
            raise refusal
        return PostedMessage(channel_id=job.channel_id, message_id=99)

    async def of(self, _guild_id: int, channel_id: int) -> Venue:
        """For the ChannelVenues."""
        return Venue.OPEN if channel_id in {CHANNEL, PARENT} else Venue.UNKNOWN

    async def find_posted(self, job: Job, since: datetime) -> PostedMessage | None:
        assert since == NOON
        self.searched.append(job.channel_id)
        if self.history is not None:
            raise self.history
        return self.posted_before.get(job.channel_id)

    async def is_there(self, card: PostedMessage) -> bool:
        """For the CardCheck."""
        assert isinstance(card, PostedMessage)
        return card == CARD and self.card_stands

    async def open_direct(self, user_id: int) -> int:
        assert user_id == ANN
        if isinstance(self.direct, Exception):
            raise self.direct
        return self.direct

    @property
    def tried(self) -> list[int]:
        return [job.channel_id for job, *_ in self.posts]


@dataclass
class OwnerMessages:
    """The OwnerChannel; raises `troubles` first."""

    troubles: list[Exception] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    async def send_link(self, job: Job, result: PostedMessage, *, nonce: str) -> PostedMessage:
        assert job.owner_id == ANN
        await asyncio.sleep(0)
        if self.troubles:
            raise self.troubles.pop(0)
        self.said.append(f"{nonce}: {result.message_id}")
        return PostedMessage(channel_id=DIRECT, message_id=7)

    async def say_closed(self, job: Job, result: PostedMessage, *, nonce: str) -> PostedMessage:
        assert job.owner_id == ANN
        self.said.append(nonce)
        return PostedMessage(channel_id=result.channel_id, message_id=8)


@dataclass
class Scene:
    """A job about to be posted. `in_thread`: it was ordered in an open thread."""

    channels: Channels
    messages: RememberedMessages = field(default_factory=RememberedMessages)
    clock: SteppingClock = field(default_factory=SteppingClock)
    job: Job = field(default_factory=lambda: a_job(POSTING, upload_limit=10 * UNBOOSTED))
    in_thread: bool = False
    records: MemoryRecords = field(default_factory=MemoryRecords)
    owner: OwnerMessages = field(default_factory=OwnerMessages)
    family: dict[JobId, Job] = field(default_factory=dict)

    async def get(self, job_id: JobId) -> Job | None:
        return self.family.get(job_id)

    async def remix_in_a_project(self, channel_id: int = CHANNEL) -> None:
        """A remix of a remix, whose first video continues in a thread."""
        first = a_job()
        between = a_job(request=a_request(source=first.id))
        self.family = {first.id: first, between.id: between}
        self.job = replace(self.job, request=a_request(source=between.id))
        projects = ProjectThreads(records=self.records, orders=self)
        await projects.remember(first.id, ProjectThread(thread_id=THREAD, channel_id=channel_id))

    async def set_options(self, **changes: Any) -> None:
        options = await self.options()
        await self.records.write(OPTIONS, str(self.job.guild_id), replace(options, **changes))

    async def options(self) -> GuildOptions:
        return await self.records.read(OPTIONS, str(self.job.guild_id)) or GuildOptions()

    async def keep_cards(self) -> None:
        await self.set_options(keep_cards=True)

    async def choose_results(self, channel_id: int | None) -> None:
        await self.set_options(results_channel=channel_id)

    async def chosen_results(self) -> int | None:
        return (await self.options()).results_channel

    async def deliver(self, *, again: bool = False) -> PostedMessage:
        parents = ThreadParents(records=self.records)
        if self.in_thread:
            await parents.remember(CHANNEL, PARENT)
        messages: Any = self.messages
        preferences = GuildPreferences(records=self.records, changes=some_changes())
        routes = DeliveryRoutes(
            messages=messages,
            thread_parents=parents,
            channel=self.channels,
            preference=preferences,
            projects=ProjectThreads(records=self.records, orders=self),
        )
        venues = PostingVenues(rules=VenueRules(preferences=preferences), channels=self.channels)
        delivery = ResultDelivery(
            messages=messages,
            routes=routes,
            channel=self.channels,
            preferences=preferences,
            owner_notices=OwnerNotices(
                choices=OwnPreferences(records=self.records),
                messages=messages,
                records=self.records,
                channel=self.owner,
            ),
            venues=venues,
            batch_cards=BatchCards(messages=messages, routes=routes, channel=self.channels, venues=venues),
            clock=self.clock,
        )
        return await delivery.deliver(self.job, again=again)


def a_scene(refusals: dict[int, Exception] | None = None, *, in_thread: bool = False, private: bool = False) -> Scene:
    scene = Scene(channels=Channels(refusals=refusals or {}), in_thread=in_thread)
    scene.job = replace(scene.job, private=private)
    return scene


@pytest.mark.parametrize(("keeps", "answered"), [(True, CARD), (False, None)])
async def test_a_result_is_posted_where_it_was_ordered_as_an_answer_to_a_card_that_stays(
    *, keeps: bool, answered: PostedMessage | None
) -> None:
    scene = a_scene()
    if keeps:
        await scene.keep_cards()
    assert await scene.deliver() == PostedMessage(channel_id=CHANNEL, message_id=99)
    assert scene.channels.posts == [(scene.job, f"k1-{scene.job.id}-result", answered, None)]
    assert scene.messages.routes == {}


async def test_in_direct_messages_each_video_is_one_message_whatever_the_server_chose() -> None:
    scene = a_scene(private=True)
    await scene.keep_cards()
    await scene.deliver()
    assert [card for _, _, card, _ in scene.channels.posts] == [None]


async def test_what_is_remembered_as_posted_is_not_posted_again() -> None:
    scene = a_scene()
    scene.messages.result = CARD
    await scene.deliver(again=True)
    assert scene.channels.posts == []


async def test_a_channel_that_refuses_leads_to_the_threads_channel_and_then_to_the_owner() -> None:
    scene = a_scene({CHANNEL: NO_RIGHT, PARENT: NO_RIGHT}, in_thread=True)
    assert await scene.deliver() == PostedMessage(channel_id=DIRECT, message_id=99)
    (_, first, _, _), (there, second, card, said), (direct, third, _, _) = scene.channels.posts
    assert len({first, second, third}) == 3, "Discord knows nonces by their author"
    assert (there.channel_id, there.private, card) == (PARENT, False, None)
    assert there.upload_limit == scene.job.upload_limit
    assert said is not None
    assert render(said) == f"It couldn't be posted in <#{CHANNEL}>."
    assert (direct.channel_id, direct.private, direct.upload_limit) == (DIRECT, True, UNBOOSTED)
    assert scene.messages.routes == {Route.PARENT: PARENT, Route.DIRECT: DIRECT}
    assert scene.channels.searched == [], "none of them was tried before"


async def test_no_more_is_believed_of_direct_messages_than_of_the_place_of_the_order() -> None:
    scene = a_scene({CHANNEL: NO_RIGHT})
    scene.job = replace(scene.job, upload_limit=UNBOOSTED - 1)
    await scene.deliver()
    assert [job.upload_limit for job, *_ in scene.channels.posts] == [UNBOOSTED - 1] * 2


async def test_a_double_is_sent_after_its_owner_unless_its_channel_is_gone() -> None:
    for no, tried in ((NO_RIGHT, [CHANNEL, DIRECT]), (GONE, [CHANNEL])):
        scene = a_scene({CHANNEL: no, DIRECT: CLOSED})
        scene.job = replace(scene.job, doubles=JobId("K7Q4FD"))
        with pytest.raises(Undeliverable):
            await scene.deliver()
        assert scene.channels.tried == tried


async def test_what_was_made_inside_goes_to_its_owner_if_its_channel_is_age_restricted_no_more() -> None:
    scene = a_scene(in_thread=True)
    await scene.set_options(age_rule=AgeRule.KEPT)
    await scene.records.write(MADE_RESTRICTED, scene.job.id, MadeRestricted(at=NOON))
    assert await scene.deliver() == PostedMessage(channel_id=DIRECT, message_id=99)
    assert scene.channels.tried == [DIRECT]


async def test_a_video_goes_to_the_channel_its_server_chose() -> None:
    scene = a_scene()
    await scene.choose_results(CHOSEN)
    await scene.keep_cards()  # the card is in another channel, so it can't be answered
    assert await scene.deliver() == PostedMessage(channel_id=CHOSEN, message_id=99)
    ((_, nonce, card, said),) = scene.channels.posts
    assert (nonce, card) == (f"k1-{scene.job.id}-chosen", None)
    assert render(said or msg("")) == f"Ordered in <#{CHANNEL}>."
    assert scene.messages.routes == {Route.CHOSEN: CHOSEN}


async def test_a_remix_goes_to_the_thread_of_its_family_before_any_channel_its_server_chose() -> None:
    scene = a_scene()
    await scene.choose_results(CHOSEN)
    await scene.remix_in_a_project()
    assert await scene.deliver() == PostedMessage(channel_id=THREAD, message_id=99)
    assert render(scene.channels.posts[0][3] or msg("")) == f"Ordered in <#{CHANNEL}>."


async def test_a_thread_in_the_channel_its_server_chose_takes_remixes_from_everywhere() -> None:
    scene = a_scene()
    await scene.choose_results(CHOSEN)
    await scene.remix_in_a_project(channel_id=CHOSEN)
    assert await scene.deliver() == PostedMessage(channel_id=THREAD, message_id=99)


async def test_what_is_ordered_in_the_thread_of_a_family_stays_there() -> None:
    scene = a_scene()
    await scene.choose_results(CHOSEN)
    await scene.remix_in_a_project()
    scene.job = replace(scene.job, channel_id=THREAD)
    assert await scene.deliver() == PostedMessage(channel_id=THREAD, message_id=99)
    assert scene.messages.routes == {}


async def test_what_is_ordered_in_another_channel_does_not_go_to_that_thread() -> None:
    scene = a_scene()
    await scene.remix_in_a_project(channel_id=PARENT)
    assert await scene.deliver() == PostedMessage(channel_id=CHANNEL, message_id=99)


async def test_a_locked_thread_leads_back_and_one_that_is_gone_is_forgotten() -> None:
    scene = a_scene({THREAD: NO_RIGHT})
    await scene.remix_in_a_project()
    assert await scene.deliver() == PostedMessage(channel_id=CHANNEL, message_id=99)
    assert render(scene.channels.posts[1][3] or msg("")) == f"It couldn't be posted in <#{THREAD}>."
    scene = a_scene({THREAD: GONE})
    await scene.remix_in_a_project()
    await scene.deliver()
    assert scene.channels.tried == [THREAD, CHANNEL]
    projects = ProjectThreads(records=scene.records, orders=scene)
    assert await projects.of(scene.job) is None
    assert not await projects.is_project(THREAD)


async def test_what_that_channel_refuses_goes_the_usual_way_and_one_that_is_gone_is_forgotten() -> None:
    scene = a_scene({CHOSEN: GONE, CHANNEL: NO_RIGHT}, in_thread=True)
    await scene.choose_results(CHOSEN)
    await scene.deliver()
    assert scene.channels.tried == [CHOSEN, CHANNEL, PARENT]
    assert render(scene.channels.posts[1][3] or msg("")) == f"It couldn't be posted in <#{CHOSEN}>."
    assert await scene.chosen_results() is None


async def test_a_channel_that_only_refuses_stays_chosen_though_the_next_one_is_gone() -> None:
    scene = a_scene({CHOSEN: NO_RIGHT, CHANNEL: GONE})
    await scene.choose_results(CHOSEN)
    await scene.deliver()
    assert scene.channels.tried == [CHOSEN, CHANNEL, DIRECT]
    assert await scene.chosen_results() == CHOSEN


async def test_who_takes_over_looks_in_the_channel_of_the_first_try_whatever_was_chosen_since() -> None:
    scene = a_scene()
    scene.messages.routes[Route.CHOSEN] = CHOSEN
    await scene.deliver(again=True)
    assert scene.channels.tried == [CHOSEN]


async def test_a_private_video_is_its_owners_whatever_the_server_chose() -> None:
    scene = a_scene(private=True)
    await scene.choose_results(CHOSEN)
    await scene.deliver()
    assert scene.channels.tried == [CHANNEL]


async def test_what_the_server_refuses_goes_to_the_owner_alone() -> None:
    scene = a_scene({CHANNEL: AUTOMOD}, in_thread=True)
    await scene.deliver()
    assert scene.channels.tried == [CHANNEL, DIRECT]


@pytest.mark.parametrize(("no", "private"), [(FILTERED, False), (NO_RIGHT, True)])
async def test_what_is_refused_everywhere_or_is_private_goes_nowhere_else(no: Undeliverable, *, private: bool) -> None:
    scene = a_scene({CHANNEL: no}, private=private)
    with pytest.raises(Undeliverable, match=no.sentence):
        await scene.deliver()
    assert (scene.channels.tried, scene.messages.routes) == ([CHANNEL], {})


async def test_the_owner_is_told_why_also_when_their_direct_messages_are_closed() -> None:
    scene = a_scene({CHANNEL: GONE, DIRECT: CLOSED})
    with pytest.raises(Undeliverable) as no:
        await scene.deliver()
    assert no.value.sentence == f"{GONE.sentence} {DIRECT_CLOSED}"


async def test_a_file_that_is_missing_is_not_looked_for_in_other_channels() -> None:
    scene = a_scene({CHANNEL: NO_RIGHT, DIRECT: Undeliverable("Its file is missing from the store.")})
    with pytest.raises(Undeliverable, match=r"^Its file is missing from the store\.$"):
        await scene.deliver()


async def test_trouble_that_passes_leads_nowhere_and_keeps_the_route() -> None:
    scene = a_scene({CHANNEL: NO_RIGHT})
    scene.channels.direct = Unavailable("Discord is having trouble.")
    with pytest.raises(Unavailable):
        await scene.deliver()
    assert scene.messages.routes == {Route.DIRECT: 0}, "whoever takes over asks the owner, not the channel"
    scene.channels.direct = DIRECT
    await scene.deliver(again=True)
    assert scene.channels.tried == [CHANNEL, DIRECT]


async def test_while_the_nonce_holds_a_repeated_post_finds_the_first() -> None:
    scene = a_scene()
    scene.clock.forward(NONCE_HOLDS.total_seconds() - 1)
    await scene.deliver(again=True)
    assert scene.channels.searched == []
    assert [nonce for _, nonce, _, _ in scene.channels.posts] == [f"k1-{scene.job.id}-result"]


async def test_after_that_the_message_is_looked_for_before_it_is_posted() -> None:
    earlier = PostedMessage(channel_id=CHANNEL, message_id=55)
    scene = a_scene()
    scene.channels.posted_before[CHANNEL] = earlier
    scene.clock.forward(NONCE_HOLDS.total_seconds())
    assert await scene.deliver(again=True) == earlier
    assert scene.channels.posts == []


async def test_a_first_try_never_looks_for_an_earlier_one() -> None:
    scene = a_scene()
    scene.clock.forward(timedelta(hours=1).total_seconds())
    await scene.deliver()
    assert scene.channels.searched == []


async def test_what_may_be_posted_already_is_not_posted_elsewhere_when_its_channel_refuses_now() -> None:
    scene = a_scene({CHANNEL: NO_RIGHT})
    with pytest.raises(Undeliverable, match="Kinora lacks a permission"):
        await scene.deliver(again=True)
    assert (scene.channels.tried, scene.messages.routes) == ([CHANNEL], {})


@pytest.mark.parametrize("no", [NO_RIGHT, AUTOMOD, FILTERED, Undeliverable("Its file is missing from the store.")])
async def test_what_stands_in_a_channel_that_refuses_now_is_found_also_while_the_nonce_holds(no: Undeliverable) -> None:
    earlier = PostedMessage(channel_id=CHANNEL, message_id=55)
    scene = a_scene({CHANNEL: no})
    scene.channels.posted_before[CHANNEL] = earlier
    assert await scene.deliver(again=True) == earlier
    assert scene.channels.tried == [CHANNEL]


async def test_a_first_try_that_was_refused_after_a_lost_answer_is_looked_for_before_it_goes_elsewhere() -> None:
    no = Undeliverable("I lack a permission.", Reach.CHANNEL, may_stand=True)
    earlier = PostedMessage(channel_id=CHANNEL, message_id=55)
    scene = a_scene({CHANNEL: no})
    scene.channels.posted_before[CHANNEL] = earlier
    assert await scene.deliver() == earlier
    scene = a_scene({CHANNEL: no})
    with pytest.raises(Undeliverable, match="I lack a permission"):
        await scene.deliver()
    assert (scene.channels.tried, scene.channels.searched, scene.messages.routes) == ([CHANNEL], [CHANNEL], {})


async def test_what_cannot_be_looked_for_where_it_is_refused_is_kept() -> None:
    scene = a_scene({CHANNEL: NO_RIGHT})
    scene.channels.history = Undeliverable("I may not read there.", Reach.CHANNEL)
    with pytest.raises(Undeliverable, match="Kinora lacks a permission"):
        await scene.deliver(again=True)
    assert scene.messages.routes == {}


async def test_while_discord_cannot_say_what_stands_there_nothing_is_decided() -> None:
    scene = a_scene({CHANNEL: NO_RIGHT})
    scene.channels.history = Unavailable("Discord is having trouble.")
    with pytest.raises(Unavailable):
        await scene.deliver(again=True)


async def test_what_went_with_its_channel_is_posted_elsewhere() -> None:
    scene = a_scene({CHANNEL: GONE})
    assert await scene.deliver(again=True) == PostedMessage(channel_id=DIRECT, message_id=99)
    assert scene.channels.searched == []


async def test_a_route_whose_direct_messages_have_closed_ends_there() -> None:
    scene = a_scene()
    scene.messages.routes[Route.DIRECT] = 0
    scene.channels.direct = CLOSED
    with pytest.raises(Undeliverable, match="can't send you direct messages"):
        await scene.deliver(again=True)
    assert scene.channels.posts == []
