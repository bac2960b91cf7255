"""Nothing paid for is lost: paging through one's videos, and posting them again, on the shipped bot."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from bot.sandbox.discord.world import admin
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import answer, asked_to_delete, card_goes, card_says, create, more_of, result_of, until
from tests.e2e.stages import quick_stage

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"MAX_CONCURRENT_JOBS": "4", "MEMBER_WAITING_JOBS": "12"}
POSTING = may.SEND_MESSAGES | may.ATTACH_FILES
SHOWN_ID = r"\b[2-9A-Z]{3}-[2-9A-Z]{3}\b"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("history"), SETTINGS).running() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def twelve(stage: Stage) -> list[Message]:
    """The cards of twelve videos of Ann's, oldest first: seven finished, five refused by the service."""
    prompts = [f"{'a [refused] scene' if number % 5 in {1, 3} else 'scene'} {number}" for number in range(12)]
    cards = [await create(stage, prompt=prompt) for prompt in prompts]
    for card, prompt in zip(cards, prompts, strict=True):
        await (card_says(stage, card, "**Failed.**") if "refused" in prompt else card_goes(stage, card))
    return cards


@pytest.fixture
def open_again(stage: Stage) -> Iterator[None]:
    """After each test, whatever its result, the studio and Ann accept the bot's messages again."""
    yield
    stage.person("ann").user.dms_open = True
    admin.allow(stage.world, "kinora", "studio", POSTING)


def name_of(message: Message) -> str:
    """The id of the video that a message is about, as people type it."""
    found = re.search(SHOWN_ID, message.text)
    assert found
    return found[0]


def button_of(message: Message) -> str:
    return f"k1:show:{name_of(message).replace('-', '')}"


def scenes(page: Message) -> list[int]:
    return [int(number) for number in re.findall(r"scene (\d+)", page.text)]


async def history(stage: Stage, who: str = "ann", **options: str | int) -> Message:
    return await answer(stage, await stage.person(who).types("/history", **options))


async def show(stage: Stage, video: str, who: str = "ann", channel: str = "lounge") -> Message:
    return await answer(stage, await stage.person(who).types("/show", channel=channel, video=video))


async def leafed(stage: Stage, page: Message, way: str, expected: list[int]) -> None:
    outcome = await stage.person("ann").clicks(way, on=page)
    assert outcome.failed is None
    await until(stage, lambda: scenes(page) == expected)


def films(stage: Stage, channel: str, who: str = "ann") -> list[Message]:
    return [message for message in stage.person(who).sees(channel) if message.media]


@pytest.mark.parametrize(
    ("who", "told"), [("max", "`/create` makes your first video."), ("sam", "You need the role <@&")]
)
async def test_someone_without_videos_is_told_how_to_begin_or_who_can_give_the_role(
    stage: Stage, who: str, told: str
) -> None:
    page, status = await history(stage, who), await answer(stage, await stage.person(who).types("/status"))
    assert page.ephemeral
    assert page.buttons == []
    assert [f"Nothing yet. {told}" in each.text for each in (page, status)] == [True, True]


@pytest.mark.usefixtures("twelve")
async def test_twelve_videos_are_leafed_through_also_after_a_restart(stage: Stage) -> None:
    page = await history(stage)
    assert page.ephemeral
    assert scenes(page) == [11, 10, 9]
    assert [button.label for button in page.buttons][-2] == "Older"
    await leafed(stage, page, "Older", [8, 7, 6])
    await leafed(stage, page, "Older", [5, 4, 3])
    await stage.keeper.restart()
    await until(stage, lambda: stage.world.gateway.online)
    await leafed(stage, page, "Older", [2, 1, 0])
    assert [button.label for button in page.buttons][-2] == "Newer"
    await leafed(stage, page, "Newer", [5, 4, 3])
    await leafed(stage, page, "Newer", [8, 7, 6])


@pytest.mark.usefixtures("twelve")
async def test_a_page_shows_poster_price_state_and_a_way_to_each_video(stage: Stage) -> None:
    page = await history(stage)
    finished = [number for number in scenes(page) if number % 5 not in {1, 3}]
    assert len(page.thumbnails) == len(finished) == len(re.findall(r"\[watch\]\(https://discord.com", page.text))
    assert {thumbnail.content_type for thumbnail in page.thumbnails} == {"image/webp"}
    assert page.text.count("Sora 2 · 4 s · 1280x720 · $0.40") == len(finished)
    assert page.text.count("❌ failed:") == 3 - len(finished)
    assert len([button for button in page.buttons if button.label == "Show"]) == len(finished)


@pytest.mark.usefixtures("twelve")
async def test_the_list_can_be_narrowed_to_a_state(stage: Stage) -> None:
    page = await history(stage, state="failed")
    assert scenes(page) == [11, 8, 6]
    await leafed(stage, page, "Older", [3, 1])
    empty = await history(stage, state="waiting to be posted")
    assert "Every finished video was posted" in empty.text


async def test_a_video_whose_message_is_gone_is_shown_again_for_free(stage: Stage, twelve: list[Message]) -> None:
    card = twelve[0]
    lost = await result_of(stage, card)
    stage.person("max").deletes(lost)
    paid = len(stage.host.created)
    said = await show(stage, name_of(card))
    assert said.ephemeral
    assert "That cost nothing." in said.text
    (again,) = films(stage, "lounge")
    assert "Shown again for" in again.text
    assert "scene 0" in again.text
    assert again.notified == []
    assert len(again.file(again.media[0].filename)) > 1000
    assert card.deleted
    assert f"/{again.channel_id}/{again.id}" in said.text
    assert len(stage.host.created) == paid
    assert [button.label for button in again.buttons] == ["Remix", "Run again · $0.40", "More…"]


async def test_frames_of_a_video_are_for_who_asks_and_posters_in_the_list_move(
    stage: Stage, twelve: list[Message]
) -> None:
    page = await history(stage, state="finished")
    assert all(b"ANIM" in page.file(thumbnail.filename) for thumbnail in page.thumbnails)
    panel = await more_of(stage, await result_of(stage, twelve[7]))
    seen = await answer(stage, await stage.person("ann").clicks("Frames", on=panel))
    assert seen.ephemeral
    assert [picture.content_type for picture in seen.media] == ["image/jpeg"]
    assert "Frames of " in seen.text


@pytest.mark.usefixtures("twelve")
async def test_videos_are_found_by_their_words_and_marked_where_they_are_listed(stage: Stage) -> None:
    page = await history(stage, "max", search="SCEN 4", scope="server")
    assert scenes(page) == [4]
    assert "with “SCEN 4”" in page.text
    await stage.person("max").clicks("Favourite", on=page)
    await until(stage, lambda: "Favourite ✓" in [button.label for button in page.buttons])
    marked = await history(stage, "max", favourites=True)
    assert scenes(marked) == [4]
    none = await history(stage, "max", search="nowhere", state="failed", scope="server")
    assert "No prompt here has all of that" in none.text
    assert [button.label for button in none.buttons] == ["Search without other filters", "All your videos"]


@pytest.mark.usefixtures("twelve")
async def test_several_videos_are_downloaded_as_one_file(stage: Stage) -> None:
    manager = stage.person("max")
    page = await history(stage, "max", scope="server", state="finished")
    await manager.clicks("Select several…", on=page)
    await until(stage, lambda: bool(page.selects))
    ids = [option["value"] for option in page.selects[0].options][:2]
    await manager.picks(ids, on=page, select=page.selects[0].custom_id)
    await until(stage, lambda: any(str(button.label).startswith("Download 2") for button in page.buttons))
    sent = await answer(stage, await manager.clicks("k1:chosen:download:", on=page))
    assert "2 videos in one file." in sent.text
    assert sent.file("kinora-videos.zip").startswith(b"PK")


@pytest.mark.usefixtures("twelve")
async def test_the_whole_server_is_for_who_may_see_it(stage: Stage) -> None:
    assert "can browse the videos of others" in (await history(stage, "sam", scope="server")).text
    page = await history(stage, "max", scope="server", search="7")
    assert scenes(page) == [7]
    assert "Everyone's videos" in page.text


@pytest.mark.usefixtures("twelve")
async def test_the_button_in_the_list_shows_a_video_where_the_list_is(stage: Stage) -> None:
    page = await history(stage, state="finished")
    before = len(films(stage, "studio"))
    said = await answer(stage, await stage.person("ann").clicks("k1:show:", on=page))
    assert "That cost nothing." in said.text
    assert len(films(stage, "studio")) == before + 1
    assert page.text.startswith("**Your finished videos**")


async def test_someone_without_the_role_may_see_and_show_open_videos(stage: Stage, twelve: list[Message]) -> None:
    said = await show(stage, name_of(twelve[2]), "sam")
    assert "That cost nothing." in said.text


async def test_a_video_of_a_channel_somebody_cannot_see_is_no_video_to_them_until_it_is_shown(stage: Stage) -> None:
    admin.deny(stage.world, "sam", "lounge", may.VIEW_CHANNEL)
    try:
        card = await create(stage, channel="lounge", prompt="a surprise for Sam")
        result = await result_of(stage, card)
        await card_goes(stage, card)
        assert "no video with that id" in (await show(stage, name_of(result), "sam", "studio")).text
        await show(stage, name_of(result), channel="studio")  # Ann posts it in the studio
        brought = films(stage, "studio")[-1]
        offered = [button.label for button in (await more_of(stage, brought, "sam")).buttons]
        assert "Report…" in offered
        assert "Delete" not in offered
        assert "is shown" in (await show(stage, name_of(result), "max", "studio")).text
    finally:
        admin.allow(stage.world, "sam", "lounge", may.VIEW_CHANNEL)


@pytest.mark.usefixtures("twelve")
async def test_videos_are_suggested_while_typing(stage: Stage) -> None:
    choices = await stage.person("ann").suggests("/show", "video", "scene 2")
    assert [choice["name"].partition(" · ")[2] for choice in choices] == ["scene 2"]


async def test_what_cannot_be_shown_gets_a_sentence(stage: Stage, twelve: list[Message]) -> None:
    assert "never finished, so there's nothing to show" in (await show(stage, name_of(twelve[1]))).text
    assert "no video with that id" in (await show(stage, "ZZZ-ZZ9")).text
    assert "isn't a video id" in (await show(stage, "the fox")).text
    refused = await show(stage, name_of(twelve[0]), channel="read-only")
    assert refused.ephemeral
    assert "without Send Messages" in refused.text


async def test_a_private_video_goes_to_direct_messages_and_to_nobody_else(stage: Stage) -> None:
    note = await create(stage, prompt="a secret fox", private=True)
    video = name_of(note)
    await until(stage, lambda: [bool(message.media) for message in stage.person("ann").sees("dm")] == [True])
    refused = await show(stage, video, "sam")
    assert refused.ephemeral
    assert "no video with that id" in refused.text
    before = len(films(stage, "lounge"))
    said = await show(stage, video)
    assert said.ephemeral
    assert "https://discord.com/channels/@me/" in said.text
    assert len(films(stage, "dm")) == 2
    panel = await more_of(stage, films(stage, "dm")[0])
    stills = await answer(stage, await stage.person("ann").clicks("Frames", on=panel))
    assert [picture.content_type for picture in stills.media] == ["image/jpeg"]
    assert len(films(stage, "lounge")) == before
    assert "Only its owner can watch" in (await show(stage, video, "max")).text
    assert films(stage, "dm", "max") == []
    known = await answer(stage, await stage.person("max").types("/status", video=video))
    assert "secret fox" not in known.text
    assert "Delete" in [button.label for button in known.buttons]


async def test_where_managers_may_watch_private_videos_their_owners_are_told(stage: Stage) -> None:
    chosen = await answer(stage, await stage.person("max").types("/settings videos", show_private=True))
    assert "**Private videos** ordered since <t:" in chosen.text
    assert "can also be watched by members with Manage Server" in chosen.text
    note = await create(stage, prompt="an open secret", private=True)
    assert "lets members with Manage Server watch it too" in note.text
    before = len(films(stage, "lounge"))
    mine = stage.person("ann")
    await until(stage, lambda: [bool(m.media) for m in mine.sees("dm") if "open secret" in m.text] == [True])
    seen = await show(stage, name_of(note), "max")
    assert "That cost nothing." in seen.text
    (his,) = films(stage, "dm", "max")
    assert his.channel_id != films(stage, "dm")[0].channel_id
    assert len(films(stage, "lounge")) == before


async def test_a_private_video_is_shown_to_its_owner_alone_while_direct_messages_are_closed(stage: Stage) -> None:
    choice = (await stage.person("ann").suggests("/show", "video", "secret fox"))[0]
    stage.person("ann").user.dms_open = False
    try:
        shown = await show(stage, choice["value"])
        assert shown.ephemeral
        assert [film.content_type for film in shown.media] == ["video/mp4"]
        assert "Shown again for" in shown.text
    finally:
        stage.person("ann").user.dms_open = True


async def kept(stage: Stage, prompt: str) -> Message:
    """The card of a video that finished while neither its channel nor its owner accepted messages; they still don't."""
    stage.host.render_seconds = 3.0
    card = await create(stage, prompt=prompt)
    await card_says(stage, card, "**Rendering**")
    admin.deny(stage.world, "kinora", "studio", POSTING)
    stage.person("ann").user.dms_open = False
    stage.host.render_seconds = 0.5
    await card_says(stage, card, "**Done, but not posted.**")
    return card


@pytest.mark.usefixtures("open_again")
async def test_a_video_its_channel_refused_is_kept_and_delivered_elsewhere(stage: Stage) -> None:
    card = await kept(stage, "nowhere to go")
    assert [button.label for button in card.buttons] == ["Show it here"]
    page = await history(stage, state="waiting to be posted")
    assert "nowhere to go" in page.text
    assert "Kinora lacks a permission in its channel" in page.text
    here = await answer(stage, await stage.person("ann").clicks("Show it here", on=card))
    assert "without Send Messages" in here.text
    before = len(films(stage, "lounge"))
    assert "That cost nothing." in (await show(stage, name_of(card))).text
    delivered = films(stage, "lounge")[before:]
    assert [film.notified for film in delivered] == [[stage.person("ann").id]]
    assert "delivered late" in delivered[0].text
    await card_says(stage, card, f"/{delivered[0].channel_id}/{delivered[0].id}")
    assert "nowhere to go" not in (await history(stage, state="waiting to be posted")).text


@pytest.mark.usefixtures("open_again")
async def test_the_card_of_a_kept_video_shows_it_once_the_channel_is_open_again(stage: Stage) -> None:
    card = await kept(stage, "wait for me")
    admin.allow(stage.world, "kinora", "studio", POSTING)
    await stage.keeper.restart()
    await until(stage, lambda: stage.world.gateway.online)
    said = await answer(stage, await stage.person("ann").clicks("Show it here", on=card))
    assert "That cost nothing." in said.text
    await card_goes(stage, card)


@pytest.mark.usefixtures("open_again")
async def test_two_people_may_show_a_kept_video_at_the_same_moment(stage: Stage) -> None:
    card = await kept(stage, "for both of us")
    before, paid = len(films(stage, "lounge")), len(stage.host.created)
    said = await asyncio.gather(show(stage, name_of(card)), show(stage, name_of(card), "max"))
    assert ["That cost nothing." in each.text for each in said] == [True, True]
    both = films(stage, "lounge")[before:]
    assert len(both) == 2
    await card_says(stage, card, "[watch](")
    assert any(f"/{film.channel_id}/{film.id})" in card.text for film in both)
    assert len(stage.host.created) == paid
    question = await asked_to_delete(stage, both[0])
    await stage.person("ann").clicks("Delete for good", on=question)
    await until(stage, lambda: "was deleted, with its poster and stills" in question.text)
    assert all(film.deleted for film in both)
    await card_goes(stage, card)


async def test_a_video_too_large_for_a_channel_says_so_there_and_is_kept(stage: Stage, twelve: list[Message]) -> None:
    before = len(films(stage, "lounge"))
    usual, stage.world.rules.upload_limit = stage.world.rules.upload_limit, 1000
    await show(stage, name_of(twelve[5]))
    stage.world.rules.upload_limit = usual
    assert any("is too large for Discord here" in message.text for message in stage.person("ann").sees("lounge"))
    assert len(films(stage, "lounge")) == before
    assert "That cost nothing." in (await show(stage, name_of(twelve[5]))).text
    assert len(films(stage, "lounge")) == before + 1


async def test_deleting_a_video_removes_every_message_that_shows_it(stage: Stage, twelve: list[Message]) -> None:
    card = twelve[4]
    first = await result_of(stage, card)
    await show(stage, name_of(card))
    await show(stage, name_of(card), "sam")
    shown = [first, *[film for film in films(stage, "lounge") if "scene 4" in film.text]]
    assert len(shown) == 3
    question = await asked_to_delete(stage, first)
    await stage.person("ann").clicks("Delete for good", on=question)
    await until(stage, lambda: "was deleted, with its poster and stills" in question.text)
    assert all(film.deleted for film in shown)
    assert "was deleted. Its cost stays in" in (await show(stage, name_of(card))).text
    stands = await answer(stage, await stage.person("ann").types("/status", video=name_of(card)))
    assert "**Deleted.**" in stands.text
    assert "discord.com/channels" not in stands.text


async def test_costs_of_a_role_are_listed_drawn_and_exported_and_stats_say_what_came_of_them(
    stage: Stage, twelve: list[Message]
) -> None:
    del twelve  # ordered by Ann, like those of the other tests
    manager, ann = stage.person("max"), stage.person("ann")
    shown = await answer(stage, await manager.types("/costs", role="Filmmaker"))
    [(total, videos)] = re.findall(r" have spent (\$\d+\.\d\d) this month\*\* on (\d+) videos", shown.text)
    assert (total, int(videos) >= 7) == (f"${int(videos) * 0.40:.2f}", True)
    assert "**By member**" in shown.text
    await manager.picks("day", on=shown, select=shown.selects[1].custom_id)
    await until(stage, lambda: "**By day**" in shown.text)
    chart = await answer(stage, await manager.clicks("Chart", on=shown))
    [picture] = chart.media
    assert str(picture.description).startswith(
        f"Costs of Filmmaker this month. {total} in total · $0.40 a video on average."
    )
    assert chart.file("chart-1.png").startswith(b"\x89PNG")
    file = await answer(stage, await manager.clicks("CSV", on=shown))
    lines = file.file("costs.csv").decode().splitlines()
    assert (lines[0].split(",")[-2:], len(lines)) == (["charged_usd", "paid_with"], int(videos) + 1)
    assert {line.split(",")[-2] for line in lines[1:]} == {"0.400000"}
    refused = await answer(stage, await ann.types("/costs", **{"from": "3/4"}))
    assert refused.text.startswith("“3/4” could be ")
    stats = await answer(stage, await ann.types("/stats"))
    assert re.search(
        rf"\*\*{videos} videos made in the last 30 days\*\* · [5-7]\d% succeeded · \$0\.40 a video on average",
        stats.text,
    )
    assert len((await answer(stage, await ann.clicks("Chart", on=stats))).media) == 2


async def test_the_log_holds_no_traceback(stage: Stage) -> None:
    assert "Traceback" not in stage.keeper.log.read_text()
