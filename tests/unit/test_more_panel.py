"""The More… panel: who is offered what, and favourites for everyone who may watch a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from discord import ButtonStyle
from discord.ui import ActionRow, TextDisplay

from bot.domain.access.members import Member
from bot.domain.access.tiers import Tier
from bot.domain.errors import BadRequest, KinoraError
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.moderation.venues import Venue
from bot.domain.studio.showcase import ShowcaseEntry
from bot.domain.video import Picture
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.favourites import Favourites
from bot.ui.interactions.buttons import JobButton
from bot.ui.screens.video.buttons import DislikeButton, LikeButton
from bot.ui.screens.video.entries import ENTRIES, PanelEntry, PanelFacts, PanelGroup
from bot.ui.screens.video.more import MorePanel
from bot.ui.text.limits import MOST_BUTTONS
from tests.builders import GUILD, MAX, NOON, SAM, KnownChannels, a_done_job, a_member, a_request
from tests.changes import some_changes
from tests.moderation import block
from tests.scripted import MemoryRecords, SteppingClock
from tests.showcases import no_showcase
from tests.tiers import a_tier, an_authorization

OWNER, MEMBER = a_member(), a_member(id=SAM)
STRANGER, MANAGER = a_member(id=SAM, roles=frozenset()), a_member(id=MAX, manages=True)
ELSEWHERE = a_member(id=SAM, channels=KnownChannels(seen=frozenset()))
BLOCKED = a_member(id=SAM)
TIER = a_tier("Basic", 7)
FOR_ALL = {"Animate a frame…", "Frames", "Recipe", "Lineage", "Favourite"}
FOR_SOME = {"Report…", "Delete"}


def labels(view: MorePanel) -> list[str]:
    return [str(part.item.label) for part in view.walk_children() if isinstance(part, JobButton)]


def shown_to(member: Member, job: Job | None = None, **facts: Any) -> MorePanel:
    return MorePanel(PanelFacts(job=job or a_done_job(), member=member, **facts))


@pytest.mark.parametrize(
    ("member", "offered"),
    [
        pytest.param(OWNER, {"Delete"}, id="its owner"),
        pytest.param(MEMBER, {"Report…"}, id="a member"),
        pytest.param(STRANGER, {"Report…"}, id="a stranger"),
        pytest.param(MANAGER, {"Report…", "Delete"}, id="a manager"),
    ],
)
def test_who_is_offered_what(member: Member, offered: set[str]) -> None:
    shown = labels(shown_to(member))
    assert set(shown) >= FOR_ALL
    assert set(shown) & FOR_SOME == offered


@pytest.mark.parametrize(
    ("member", "heading"), [(OWNER, "-# Remove"), (MEMBER, "-# Report"), (MANAGER, "-# Report or remove")]
)
def test_the_last_heading_speaks_of_what_one_can_do_and_of_nothing_else(member: Member, heading: str) -> None:
    texts = [part.content for part in shown_to(member).walk_children() if isinstance(part, TextDisplay)]
    assert texts[-1] == heading


def test_a_link_is_offered_where_people_can_reach_this_machine_and_for_private_videos_to_their_owner() -> None:
    secret = a_done_job(private=True)
    for member, job, offered in (MEMBER, None, True), (OWNER, secret, True), (MANAGER, secret, False):
        assert ("Share link" in labels(shown_to(member, job, has_links=True))) == offered
        assert "Share link" not in labels(shown_to(member, job))


def test_a_contest_is_offered_for_ones_own_videos_that_all_may_see() -> None:
    secret = a_done_job(private=True)
    for member, job, offered in (
        (OWNER, None, True),
        (OWNER, secret, False),
        (MEMBER, None, False),
        (MANAGER, None, False),
        (replace(OWNER, venue=Venue.DIRECT), None, False),  # videos aren't entered from there
    ):
        assert ("Enter a contest…" in labels(shown_to(member, job, has_contest=True))) == offered
        assert "Enter a contest…" not in labels(shown_to(member, job))


def test_a_video_of_words_alone_can_be_compared_with_another_model() -> None:
    picture = Picture(key="p.png", preview="p.jpg", sha256="ab" * 32, note="")
    assert "Compare…" in labels(shown_to(STRANGER))
    for name, what in {"source": JobId("K7Q4FD"), "picture": picture}.items():
        job = a_done_job(request=a_request(**{name: what}))
        assert "Compare…" not in labels(shown_to(STRANGER, job))


def test_who_may_make_no_videos_is_offered_none_to_make_from_it() -> None:
    left = ["Continue in a thread", "Frames", "Recipe", "Lineage", "Like", "Dislike", "Favourite"]
    assert labels(shown_to(STRANGER, may_make=False))[: len(left)] == left


def test_a_private_video_is_reported_by_nobody() -> None:
    assert "Report…" not in labels(shown_to(MANAGER, a_done_job(private=True)))


def test_of_a_deleted_video_what_is_remembered_can_be_read_and_its_mark_taken_off() -> None:
    panel = shown_to(OWNER, replace(a_done_job(), deleted=True), is_favourite=True)
    assert labels(panel) == ["Recipe", "Lineage", "Favourite ✓"]
    assert "This video was deleted." in texts(panel)


def test_a_favourite_is_said_to_be_one() -> None:
    assert "-# ⭐ One of your favourites" in texts(shown_to(OWNER, is_favourite=True))
    assert "favourites" not in texts(shown_to(OWNER))


@pytest.mark.parametrize(
    ("likes", "said"),
    [(None, ["Like", "Dislike"]), (True, ["Like ✓", "Dislike"]), (False, ["Like", "Dislike ✓"])],
)
def test_ones_own_rating_is_marked_on_its_button(likes: bool | None, said: list[str]) -> None:
    panel = shown_to(MEMBER, likes=likes)
    assert [label for label in labels(panel) if label.startswith(("Like", "Dislike"))] == said
    styles = [part.item.style for part in panel.walk_children() if isinstance(part, LikeButton | DislikeButton)]
    assert [style is ButtonStyle.success for style in styles] == [likes is True, likes is False]


def texts(view: MorePanel) -> str:
    return "\n".join(part.content for part in view.walk_children() if isinstance(part, TextDisplay))


def test_a_full_panel_fits_into_a_message() -> None:
    """All entries at once, more than anyone is offered: rows of 5, 40 components, 4,000 characters."""
    everything = [replace(entry, offered=lambda _: True) for entry in ENTRIES]
    panel = MorePanel(PanelFacts(job=a_done_job(), member=OWNER), everything)
    rows = [part for part in panel.walk_children() if isinstance(part, ActionRow)]
    assert max(len(row.children) for row in rows) <= MOST_BUTTONS
    assert len(list(panel.walk_children())) <= 40
    assert len(texts(panel)) < 4000


def test_a_group_of_more_than_a_row_goes_on_in_the_next() -> None:
    six: Sequence[PanelEntry] = [replace(ENTRIES[0], group=PanelGroup.KEEP, offered=lambda _: True)] * 6
    panel = MorePanel(PanelFacts(job=a_done_job(), member=OWNER), six)
    assert [len(part.children) for part in panel.walk_children() if isinstance(part, ActionRow)] == [5, 1]


@dataclass
class Kept:
    """Favourites in memory."""

    marks: set[tuple[int, JobId]] = field(default_factory=set)

    async def add(self, member_id: int, job_id: JobId, at: datetime, entry: ShowcaseEntry | None = None) -> None:
        assert (at, entry) == (NOON, None)
        self.marks.add((member_id, job_id))

    async def remove(self, member_id: int, job_id: JobId, at: datetime) -> None:
        assert at == NOON
        self.marks.discard((member_id, job_id))

    async def among(self, member_id: int, job_ids: Any) -> frozenset[JobId]:
        return frozenset(each for each in job_ids if (member_id, each) in self.marks)


@dataclass(frozen=True, kw_only=True)
class Scene:
    kept: Kept
    favourites: Favourites

    async def may_mark(self, member: Member, job: Job) -> bool:
        try:
            await self.favourites.mark(member, job)
        except KinoraError:
            return False
        return (member.id, job.id) in self.kept.marks


async def a_scene(*tiers: Tier, blocked: int | None = None) -> Scene:
    records, kept = MemoryRecords(), Kept()
    if blocked is not None:
        await block(records, blocked)
    preferences, clock = GuildPreferences(records=records, changes=some_changes()), SteppingClock()
    favourites = Favourites(
        store=kept,
        authorization=await an_authorization(*tiers, records=records),
        private_videos=PrivateVideos(preferences=preferences),
        showcase=no_showcase(preferences, clock),
        clock=clock,
    )
    return Scene(kept=kept, favourites=favourites)


@pytest.mark.parametrize(
    ("tiers", "member", "marks"),
    [
        pytest.param((), OWNER, {"open", "private"}, id="its owner"),
        pytest.param((), MEMBER, {"open"}, id="a member"),
        pytest.param((TIER,), MEMBER, {"open"}, id="in a tier"),
        pytest.param((TIER,), STRANGER, {"open"}, id="a stranger"),
        pytest.param((), MANAGER, {"open"}, id="a manager"),
        pytest.param((), BLOCKED, {"open"}, id="who may order nothing"),
        pytest.param((), ELSEWHERE, set(), id="who does not see its channel"),
        pytest.param((), a_member(guild_id=GUILD + 1), set(), id="of another server"),
    ],
)
async def test_who_may_mark_a_video(tiers: tuple[Tier, ...], member: Member, marks: set[str]) -> None:
    scene = await a_scene(*tiers, blocked=BLOCKED.id if member is BLOCKED else None)
    videos = {"open": a_done_job(), "private": a_done_job(private=True)}
    assert {name for name, job in videos.items() if await scene.may_mark(member, job)} == marks


async def test_a_mark_is_taken_off_again_and_does_not_touch_those_of_others() -> None:
    scene, job = await a_scene(), a_done_job()
    await scene.favourites.mark(OWNER, job)
    await scene.favourites.mark(MEMBER, job)
    await scene.favourites.unmark(OWNER, job)
    assert await scene.favourites.among(OWNER, [job]) == frozenset()
    assert await scene.favourites.among(MEMBER, [job]) == {job.id}


async def test_a_deleted_video_is_marked_by_nobody() -> None:
    scene, job = await a_scene(), replace(a_done_job(), deleted=True)
    with pytest.raises(BadRequest, match="is deleted, so it can't be a favourite"):
        await scene.favourites.mark(OWNER, job)
    assert scene.kept.marks == set()
