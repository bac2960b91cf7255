"""Pages of /history are pure functions: jobs in, components out."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.domain.access.rules import check_may_see
from bot.domain.errors import BadRequest, NotFound
from bot.domain.history import Cursor, Direction, HistoryFilter
from bot.domain.ids import JobId, new_id
from bot.domain.job import Job, PostedMessage
from bot.domain.messages import plain
from bot.domain.money.calendar import Calendar
from bot.domain.phases import Cancelled, Cause, Failed, NeedsReview, Phase, Posting, Queued, Rendering, Undelivered
from bot.domain.studio.library import VideoFilter, VideoOrder, VideoPage
from bot.jobs.use_cases.studio.library import BrowseLibrary
from bot.ui.cards.job_card import ResultPost
from bot.ui.publish.repost import check_showable
from bot.ui.screens.history.buttons import PageButton, Place
from bot.ui.screens.history.page import PER_PAGE, HistoryScreen, PageFacts
from bot.ui.screens.history.several import SeveralScreen
from bot.ui.text.phrases.studio.history import NOTHING
from bot.ui.text.render import render
from cogs.history import whose
from tests.builders import ANN, NOON, SAM, a_done_job, a_job, a_member, a_request, a_video
from tests.scripted import SteppingClock
from tests.tiers import ScriptedGuilds
from tests.views import everything, words

KEPT = Undelivered(video=a_video(), remote_id="r", reason=plain("Its channel was deleted."))
ID = JobId("K7Q4FD")
ACTION_ROW = 1  # Discord's number of that component type


def a_page(*jobs: Job, which: HistoryFilter = HistoryFilter.ALL, newer: bool = False, older: bool = False) -> VideoPage:
    return VideoPage(wanted=VideoFilter(owner_id=ANN, state=which), jobs=jobs, newer=newer, older=older)


def buttons(view: Any) -> dict[str, str]:
    return {part["label"]: part["custom_id"] for part in everything(view) if "custom_id" in part}


def posters(view: Any) -> list[str]:
    return [part["accessory"]["media"]["url"] for part in everything(view) if "accessory" in part]


@pytest.mark.parametrize("which", list(HistoryFilter))
def test_an_empty_list_says_so_in_a_sentence(which: HistoryFilter) -> None:
    view = HistoryScreen(a_page(which=which), PageFacts(reader_id=ANN))
    assert render(NOTHING[which]) in words(view)
    assert buttons(view) == ({} if which is HistoryFilter.ALL else {"All your videos": "k1:history:all:first"})


def test_an_entry_says_what_it_is_what_it_cost_and_where_it_is() -> None:
    about = PageFacts(
        reader_id=ANN,
        results={ID: PostedMessage(channel_id=20, message_id=30)},
        posters=frozenset({ID}),
        labels={ID: "Sora 2"},
    )
    view = HistoryScreen(a_page(a_done_job()), about)
    assert "✅ a fox in the snow" in words(view)
    assert f"K7Q-4FD · Create · Sora 2 · 4 s · 1280x720 · $0.40 · <t:{int(NOON.timestamp())}:R>" in words(view)
    assert "[watch](https://discord.com/channels/10/20/30)" in words(view)
    assert posters(view) == ["attachment://K7Q4FD.webp"]
    assert buttons(view) == {
        "Show": "k1:show:K7Q4FD",
        "Remix": "k1:remix:K7Q4FD",
        "Run again": "k1:again:K7Q4FD",
        "Favourite": "k1:star:all:first:K7Q4FD",
    }


def test_what_makes_more_of_a_video_stands_above_what_keeps_it() -> None:
    about = PageFacts(reader_id=ANN, deletable=frozenset({ID}))
    parts = everything(HistoryScreen(a_page(a_done_job()), about))
    rows = [[button["label"] for button in row["components"]] for row in parts if row["type"] == ACTION_ROW]
    assert rows == [["Show", "Remix", "Run again"], ["Favourite", "Delete"]]


def test_a_private_entry_links_to_direct_messages() -> None:
    about = PageFacts(reader_id=ANN, results={ID: PostedMessage(channel_id=20, message_id=30)})
    view = HistoryScreen(a_page(a_done_job(private=True)), about)
    assert "[watch](https://discord.com/channels/@me/20/30)" in words(view)
    assert "· private" in words(view)


def test_a_deleted_video_cannot_be_watched_nor_shown() -> None:
    about = PageFacts(reader_id=ANN, results={ID: PostedMessage(channel_id=20, message_id=30)})
    for job in (a_done_job(deleted=True), a_done_job(deleted=True, phase=KEPT)):
        view = HistoryScreen(a_page(job), about)
        assert "🗑️ deleted:" in words(view)
        assert "[watch]" not in words(view)
        assert buttons(view) == {}


@pytest.mark.parametrize(
    ("phase", "says"),
    [
        (KEPT, "Its channel was deleted."),
        (Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=False, finished_at=NOON), "It broke."),
        (NeedsReview(was="unknown", reason=plain("Nobody knows.")), "Nobody knows."),
    ],
)
def test_what_went_wrong_is_said(phase: Phase, says: str) -> None:
    assert f"-# {says}" in words(HistoryScreen(a_page(a_job(phase)), PageFacts(reader_id=ANN)))


def test_a_failure_that_cost_nothing_shows_no_price() -> None:
    free = Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=False, finished_at=NOON)
    assert "$" not in words(HistoryScreen(a_page(a_job(free)), PageFacts(reader_id=ANN)))


def test_a_video_being_made_has_nothing_to_show_yet() -> None:
    posting = Posting(video=a_video(), remote_id="r")
    only = {"Select several…": "k1:several:all:first"}
    assert buttons(HistoryScreen(a_page(a_job(), a_job(posting)), PageFacts(reader_id=ANN))) == only


@pytest.mark.parametrize("prompt", ["*" * 4000, "🦊" * 4000, "<@everyone> " * 300, "[x](https://y) " * 200])
def test_a_full_page_of_any_words_fits_discord(prompt: str) -> None:
    jobs = [
        a_job(replace(KEPT, reason=plain(prompt)), id=new_id(), request=a_request(prompt=prompt))
        for _ in range(PER_PAGE)
    ]
    results = {job.id: PostedMessage(channel_id=2**62, message_id=2**62) for job in jobs}
    about = PageFacts(
        reader_id=ANN,
        results=results,
        posters=frozenset(results),
        deletable=frozenset(results),
        gallery="https://kinora.example/g/1",
    )
    view = HistoryScreen(a_page(*jobs, newer=True, older=True), about)
    assert view.content_length() <= 4000
    parts = everything(view)
    assert len(words(view).encode()) + 12 * len(parts) < 10_000
    assert len(parts) + len(posters(view)) <= 40
    assert len({part["custom_id"] for part in parts if "custom_id" in part}) == 18


@pytest.mark.parametrize("which", list(HistoryFilter))
def test_leaf_buttons_carry_all_they_need_within_discords_limit(which: HistoryFilter) -> None:
    first, last = a_job(), a_job()
    about = PageFacts(reader_id=ANN, place=Place(which))
    made = buttons(HistoryScreen(a_page(first, last, which=which, newer=True, older=True), about))
    assert made == {
        "Newer": f"k1:history:{which}:newer:{first.id}",
        "Older": f"k1:history:{which}:older:{last.id}",
        "Select several…": f"k1:several:{which}:first",
    }
    assert all(len(custom_id) <= 100 for custom_id in made.values())


def test_a_list_of_the_best_has_no_newer_and_older() -> None:
    best = VideoFilter(order=VideoOrder.BEST)
    page = replace(a_page(a_job(), a_job(), newer=True, older=True), wanted=best)
    view = HistoryScreen(page, PageFacts(reader_id=ANN))
    assert {"Previous", "Next"} < buttons(view).keys()
    assert "-# rated ones, the best first" in words(view)
    nobodys = HistoryScreen(replace(page, jobs=()), PageFacts(reader_id=ANN))
    assert "Nobody has rated any of these videos yet." in words(nobodys)


async def test_a_leaf_button_is_read_back_as_it_was_made() -> None:
    cursor = Cursor(direction=Direction.OLDER, at=ID)
    made = PageButton(Place(HistoryFilter.KEPT, cursor))
    match = re.fullmatch(PageButton.__discord_ui_compiled_template__, made.custom_id)
    assert match is not None
    interaction: Any = None
    read = await PageButton.from_custom_id(interaction, made.item, match)
    assert read.place == Place(HistoryFilter.KEPT, cursor)


def test_a_list_that_fits_on_one_page_has_no_leaf_buttons() -> None:
    assert buttons(HistoryScreen(a_page(a_job()), PageFacts(reader_id=ANN))) == {}


# Showing videos


@pytest.mark.parametrize(
    ("job", "says"),
    [
        (a_done_job(deleted=True), "was deleted. Its cost stays in"),
        (a_job(Posting(video=a_video(), remote_id="r")), "is being posted"),
        (a_job(Queued()), "isn't finished yet"),
        (a_job(Rendering(remote_id="r", started_at=NOON)), "isn't finished yet"),
        (a_job(Cancelled(by=ANN, finished_at=NOON)), "never finished, so there's nothing to show"),
    ],
)
def test_what_cannot_be_shown_gets_its_own_sentence(job: Job, says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        check_showable(job)


def test_finished_and_kept_videos_can_be_shown() -> None:
    check_showable(a_done_job())
    check_showable(a_job(KEPT))


def test_seeing_does_not_need_the_right_to_make_videos() -> None:
    looker = a_member(id=SAM, roles=frozenset())
    assert check_may_see(looker, a_done_job()).id == ID
    with pytest.raises(NotFound):
        check_may_see(looker, a_done_job(private=True))


def test_a_repost_names_who_wanted_to_see_it_and_a_late_one_says_so() -> None:
    assert f"Shown again for <@{SAM}>." in words(ResultPost(a_done_job(), "film.mp4", asked_by=SAM))
    late = words(ResultPost(a_job(KEPT), "film.mp4", late=True))
    assert f"<@{ANN}>, your video is ready." in late
    assert "delivered late" in late


@pytest.mark.parametrize(
    ("scope", "is_gathered", "owner"),
    [(None, False, ANN), ("mine", False, ANN), ("server", False, None), (None, True, None), ("mine", True, ANN)],
)
def test_favourites_and_collections_are_of_everybodys_unless_mine_are_asked_for(
    scope: str | None, is_gathered: bool, owner: int | None
) -> None:
    assert whose(a_member(id=ANN), None, scope, is_gathered=is_gathered) == owner


def test_videos_to_choose_from_say_what_their_models_are_called() -> None:
    view = SeveralScreen(a_page(a_done_job()), Place("all"), label=str.upper)
    assert "SORA-2 · 4 s" in str(everything(view))


def test_where_nothing_can_be_chosen_no_menu_offers_nothing() -> None:
    view = SeveralScreen(a_page(), Place("all"))
    assert words(view) == "No video fits that."
    assert list(buttons(view)) == ["Back to the list"]
    assert not any("options" in part for part in everything(view))


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Pacific/Honolulu", "UTC"])
async def test_days_are_the_servers_as_they_were_typed_wherever_they_are_read(zone: str) -> None:
    """A timestamp would show 2 November to readers west of the server."""
    calendar = Calendar.of(zone)
    library = a_library(ScriptedGuilds(time_zone=zone))
    wanted = await library.within(a_member(), VideoFilter(owner_id=ANN), "3.11.25", "5 Nov 2025")
    assert (wanted.since, wanted.before) == (calendar.midnight(date(2025, 11, 3)), calendar.midnight(date(2025, 11, 6)))
    days = await library.days(a_member(), wanted)
    page = VideoPage(wanted=wanted, jobs=(), newer=False, older=False)
    text = words(HistoryScreen(page, PageFacts(reader_id=ANN, days=days)))
    assert "from 3 November 2025 · up to 5 November 2025" in text


def a_library(guilds: Any) -> BrowseLibrary:
    """One that can answer only about days."""
    nobody: Any = None
    return BrowseLibrary(
        library=nobody,
        authorization=nobody,
        preferences=nobody,
        guilds=guilds,
        catalogue=nobody,
        clock=SteppingClock(),
    )
