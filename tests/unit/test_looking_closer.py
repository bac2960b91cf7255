"""What the More… panel opens: a recipe, a link to share, and a frame to start another video from."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, KinoraError, NotAllowed, SpoiltVideo, WrongVenue
from bot.domain.guild import GuildOptions
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.links import PlayerLinks
from bot.domain.messages import plain
from bot.domain.moderation.venues import MADE_RESTRICTED, AgeRule, MadeRestricted, Venue
from bot.domain.studio.family import Relative
from bot.domain.studio.visibility import Visibility
from bot.domain.video import Picture, VideoOptions
from bot.jobs.use_cases.guild import OPTIONS, GuildPreferences
from bot.jobs.use_cases.moderation.venues import VenueRules
from bot.jobs.use_cases.private_videos import PrivateVideos
from bot.jobs.use_cases.studio.sharing import LASTS, ShareVideos
from bot.jobs.use_cases.studio.stills import STILLS, StillAddress, VideoStills
from bot.media.processor import SubprocessMediaProcessor
from bot.ui.screens.video.recipe import RecipeScreen
from bot.ui.screens.video.stills import StillSelect
from bot.ui.text.phrases.studio import look
from tests.builders import GUILD, MAX, NOON, SAM, KnownChannels, a_done_job, a_member, a_request
from tests.changes import some_changes
from tests.films import a_film
from tests.scripted import MemoryRecords, SteppingClock

pytestmark = pytest.mark.usefixtures("cheap_processes")

OWNER, MEMBER = a_member(), a_member(id=SAM)
STRANGER, MANAGER = a_member(id=SAM, roles=frozenset()), a_member(id=MAX, manages=True)
ELSEWHERE = a_member(id=SAM, channels=KnownChannels(seen=frozenset()))
PEOPLE = [
    pytest.param(OWNER, {"open", "private"}, id="its owner"),
    pytest.param(MEMBER, {"open"}, id="a member"),
    pytest.param(STRANGER, {"open"}, id="a stranger"),
    pytest.param(MANAGER, {"open"}, id="a manager"),
    pytest.param(ELSEWHERE, set(), id="who does not see its channel"),
]
VIDEOS = {"open": a_done_job(), "private": a_done_job(private=True)}
GONE = replace(a_done_job(), deleted=True)


@dataclass
class Office:
    """A server's rules, and a store with one file, whose frames come from a scripted processor."""

    records: MemoryRecords = field(default_factory=MemoryRecords)
    spoilt: bool = False
    missing: bool = False
    cuts: list[tuple[int, int]] = field(default_factory=list)

    @property
    def preferences(self) -> GuildPreferences:
        return GuildPreferences(records=self.records, changes=some_changes())

    @property
    def stills(self) -> VideoStills:
        outside: Any = self
        private_videos, venues = PrivateVideos(preferences=self.preferences), VenueRules(preferences=self.preferences)
        return VideoStills(files=outside, cutter=outside, private_videos=private_videos, venues=venues)

    def sharing(self, *, public: bool = True) -> ShareVideos:
        return ShareVideos(
            links=PlayerLinks(base="https://kinora.example", key=b"k") if public else None,
            private_videos=PrivateVideos(preferences=self.preferences),
            venues=VenueRules(preferences=self.preferences),
            clock=SteppingClock(),
        )

    async def keeps_restricted(self, job: Job) -> None:
        """The video was ordered in an age-restricted channel, and has to stay in such channels."""
        await self.records.write(OPTIONS, str(GUILD), GuildOptions(age_rule=AgeRule.KEPT))
        await self.records.write(MADE_RESTRICTED, job.id, MadeRestricted(at=NOON))

    @asynccontextmanager
    async def local(self, key: str) -> AsyncIterator[Path]:
        if self.missing:
            raise FileNotFoundError(key)
        yield Path(key)

    async def cut_still(self, video: Path, number: int, owner: int) -> bytes:
        assert video.suffix == ".mp4"
        if self.spoilt:
            raise SpoiltVideo(plain("It is cut off."))
        self.cuts.append((number, owner))
        return b"png"


async def may(work: Any) -> bool:
    try:
        await work
    except KinoraError:
        return False
    return True


@pytest.mark.parametrize(("member", "videos"), PEOPLE)
async def test_who_may_start_from_a_frame_of_a_video(member: Member, videos: set[str]) -> None:
    office = Office()
    assert {name for name, job in VIDEOS.items() if await may(office.stills.cut(member, job, 3))} == videos
    assert office.cuts == [(3, member.id)] * len(videos)


@pytest.mark.parametrize(("member", "videos"), PEOPLE)
async def test_who_may_share_a_video(member: Member, videos: set[str]) -> None:
    sharing = Office().sharing()
    assert {name for name, job in VIDEOS.items() if await may(sharing.share(member, job))} == videos


async def test_a_link_opens_its_video_for_a_week() -> None:
    sharing, job = Office().sharing(), a_done_job()
    link = await sharing.share(MEMBER, job)
    assert link.until == NOON + LASTS
    assert link.url.startswith(f"https://kinora.example/v/{job.id}?until=")
    assert "Anyone with this link can watch K7Q-4FD until" in str(look.shared(job, link))


async def test_what_cannot_be_shared_says_why() -> None:
    with pytest.raises(BadRequest, match="was deleted, so there's nothing to share"):
        await Office().sharing().share(OWNER, GONE)
    with pytest.raises(BadRequest, match="has no public address"):
        await Office().sharing(public=False).share(OWNER, a_done_job())


@pytest.mark.parametrize("venue", [Venue.OPEN, Venue.DIRECT, Venue.UNKNOWN])
async def test_a_video_that_stays_among_age_restricted_channels_gives_no_frame_and_no_link_elsewhere(
    venue: Venue,
) -> None:
    office, job = Office(), a_done_job()
    await office.keeps_restricted(job)
    member = replace(OWNER, venue=venue)
    with pytest.raises(WrongVenue):
        await office.stills.check(member, job)
    with pytest.raises(WrongVenue):
        await office.sharing().share(member, job)
    assert await office.stills.check(replace(OWNER, venue=Venue.AGE_RESTRICTED), job) == job.video


@pytest.mark.parametrize(
    ("office", "job", "says"),
    [
        (Office(), GONE, "was deleted, so no frame of it can be used. You weren't charged."),
        (Office(missing=True), a_done_job(), "The file of K7Q-4FD is missing. You weren't charged."),
        (Office(spoilt=True), a_done_job(), "No frame could be read from K7Q-4FD: It is cut off. You weren't charged."),
    ],
)
async def test_a_frame_that_cannot_be_had_says_why(office: Office, job: Job, says: str) -> None:
    with pytest.raises(BadRequest, match=says.replace(".", r"\.")):
        await office.stills.cut(OWNER, job, 0)


def test_forms_remember_a_still_in_the_place_of_a_pictures_address() -> None:
    address = StillAddress(job_id=JobId("K7Q4FD"), number=8)
    assert StillAddress.read(str(address)) == address
    for other in "", "https://cdn.discordapp.com/fox.png", "still:K7Q4FD:9", "still:K7Q4FD", "still:0OIL1U:1":
        assert StillAddress.read(other) is None


async def test_a_still_is_cut_out_as_large_as_the_video(tmp_path: Path) -> None:
    film = a_film(tmp_path / "film.mp4", size=(640, 360))
    stills = [await SubprocessMediaProcessor().cut_still(film, number, owner=1) for number in (0, STILLS - 1)]
    assert [Image.open(io.BytesIO(each)).size for each in stills] == [(640, 360)] * 2
    assert stills[0] != stills[1]


def test_each_still_is_offered_with_its_time() -> None:
    labels = [option.label for option in StillSelect(JobId("K7Q4FD"), seconds=9.0).item.options]
    assert (labels[0], labels[8], len(labels)) == ("Frame 1 · 0:00.5", "Frame 9 · 0:08.5", 9)


def a_remix(prompt: str = "the same in snow") -> Job:
    return a_done_job(request=a_request(prompt=prompt, source=JobId("R4M48P")))


def test_a_recipe_says_all_that_made_a_video() -> None:
    fox = Relative(
        job=a_done_job(id=JobId("R4M48P"), request=a_request(prompt="a *fox*")), parent=0, visibility=Visibility.SHOWN
    )
    gone, hidden = (replace(fox, visibility=visibility) for visibility in (Visibility.DELETED, Visibility.HIDDEN))
    text = look.recipe(a_remix(), "Sora 2", [fox, gone, hidden])
    assert text.splitlines() == [
        "Video: K7Q-4FD",
        "Model: Sora 2 (sora-2)",
        "Length: 4 s",
        "Size: 1280x720",
        "",
        "Prompt:",
        "the same in snow",
        "",
        "Made from R4M-48P:",
        "a *fox*",
        "",
        "Made from a video that was deleted.",
        "",
        "Made from a video that you can't see.",
    ]


def test_a_recipe_lists_what_was_asked_for_beside() -> None:
    options: VideoOptions[Picture] = VideoOptions(sound=False, seed=7, negative_prompt="rain " * 100)
    text = look.recipe(a_done_job(request=a_request(options=options)), "Sora 2", [])
    assert "Sound: off\nSeed: 7\nNegative prompt: rain rain" in text
    assert text.count("rain") == 100


@pytest.mark.parametrize("prompt", ["w" * 4000, "狐" * 4000, "``` @everyone"])
def test_a_recipe_fits_into_a_message_and_stays_in_its_block(prompt: str) -> None:
    job = a_remix(prompt)
    screen: Any = RecipeScreen(job, look.recipe(job, "Sora 2", []), "recipe.txt")
    components = screen.to_components()
    texts = [part["content"] for part in components[0]["components"] if "content" in part]
    assert sum(map(len, texts)) <= 4000
    assert sum(len(text.encode()) for text in texts) <= 9000
    assert texts[1].count("```") == 2
    assert texts[1].endswith("```")


async def test_a_private_video_is_no_managers_to_share() -> None:
    with pytest.raises(NotAllowed):
        await Office().sharing().share(MANAGER, VIDEOS["private"])
