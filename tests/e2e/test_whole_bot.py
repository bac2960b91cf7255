"""The shipped bot in its own process, between simulated services, used like a person uses it."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from typing import Any

import av
import pytest
import pytest_asyncio
from PIL import Image

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from tests.e2e.acting import agreed, answer, asked_to_delete, card_goes, card_says, create, more_of, result_of, until
from tests.e2e.quoting import a_cheaper_one_is_chosen_and_edited, a_remix_is_as_dear_as_its_source_is_long
from tests.e2e.stages import ServiceClock, quick_stage
from tests.reprints import reprinting
from tests.sandbox.simulated_discord_spec import offences, the_spec

pytestmark = pytest.mark.asyncio(loop_scope="module")

SETTINGS = {"LEASE_SECONDS": "4"}
LONG = 600.0  # seconds of a render that nobody waits for


@pytest.fixture(scope="module")
def service_clock() -> ServiceClock:
    return ServiceClock()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory, service_clock: ServiceClock) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("studio"), SETTINGS, clock=service_clock).running() as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def fox(stage: Stage) -> Message:
    """A finished video of Ann's, of the size she ordered."""
    with reprinting(smaller=1):
        return await result_of(stage, await create(stage, prompt="a fox in the snow"))


async def test_a_prompt_is_enough_for_a_playing_video(fox: Message) -> None:
    (film,) = fox.media
    with av.open(io.BytesIO(fox.file(film.filename))) as container:
        video = container.streams.video[0]
        assert (video.codec_context.name, video.width, video.height) == ("h264", 1280, 720)
        assert container.streams.audio
    assert "a fox in the snow" in fox.text
    assert "Sora 2 · 4 s · 1280x720 · $0.40" in fox.text
    assert [button.label for button in fox.buttons] == ["Remix", "Run again · $0.40", "More…"]


async def test_an_order_is_answered_with_its_card_at_once_without_thinking_first(stage: Stage) -> None:
    outcome = await stage.person("ann").types("/create", prompt="a quick fox")
    assert not outcome.deferred
    assert outcome.message is not None
    assert "a quick fox" in outcome.message.text
    await result_of(stage, outcome.message)


async def test_the_result_is_the_one_message_and_notifies_who_asked_and_nobody_else(stage: Stage) -> None:
    before = stage.person("ann").sees("studio")
    card = await create(stage, prompt="one fox alone")
    film = await result_of(stage, card)
    await card_goes(stage, card)
    assert film.notified == [stage.person("ann").id]
    assert film.reply_to is None
    assert [m for m in stage.person("ann").sees("studio") if m not in before] == [film]


async def test_where_the_server_keeps_cards_the_result_answers_its_card_of_one_line(stage: Stage) -> None:
    said = await answer(stage, await stage.person("max").types("/settings videos", keep_cards=True))
    assert "stay as one line" in said.text
    try:
        card = await create(stage, prompt="a fox with a card")
        film = await result_of(stage, card)
        assert film.reply_to is card
        await card_says(stage, card, "[watch](")
        assert card.buttons == []
    finally:
        await answer(stage, await stage.person("max").types("/settings videos", keep_cards=False))


async def test_video_poster_and_stills_are_kept(stage: Stage, fox: Message) -> None:
    (job_id,) = set(re.findall(r"k1:remix:(\w{6})", str(fox.components)))
    folder = stage.data / "files" / "videos" / job_id
    kept = {re.sub("^[0-9a-f]+", "", path.name): path for path in folder.iterdir()}
    assert set(kept) == {".mp4", ".webp", ".jpg", "-moving.webp"}
    assert kept[".mp4"].read_bytes() == fox.file(fox.media[0].filename)
    with Image.open(kept[".webp"]) as poster, Image.open(kept[".jpg"]) as sheet:
        assert poster.size == (1280, 720)
        assert sheet.format == "JPEG"
    assert fox.file("poster.webp") == kept[".webp"].read_bytes()


async def test_remix_opens_a_form_with_the_old_prompt_and_makes_a_new_video(stage: Stage, fox: Message) -> None:
    opened = await stage.person("ann").clicks("Remix", on=fox)
    assert opened.form is not None
    words, model, how, *_ = opened.form.fields
    assert (words.label, words.value) == ("What should change?", "")
    assert "'placeholder': 'a fox in the snow'" in str(opened.form.modal)
    assert [(option["label"], option["description"]) for option in model.options] == [
        ("Sora 2 · same length (4 s)", "about $0.40"),
        ("Sora 2 · same length (4 s), or 8 s to continue", "about $0.40, or about $0.80 to continue"),
        ("Sora 2 · same length (4 s), or 12 s to continue", "about $0.40, or about $1.20 to continue"),
        *((f"Sora 2 Pro · {n} s", f"about ${n * 0.3:.2f}") for n in (4, 8, 12)),
    ]
    assert how.value == "change"
    card = await answer(stage, await stage.person("ann").fills(opened.form, prompt="make it night"))
    remix = await result_of(stage, card)
    assert "Remix of " in remix.text
    assert "Edited from the original" in remix.text


async def test_the_form_can_ask_for_what_happens_next(stage: Stage, fox: Message) -> None:
    opened = await stage.person("ann").clicks("Remix", on=fox)
    assert opened.form is not None
    filled = await stage.person("ann").fills(opened.form, prompt="it trots away", aim="Continue from the end")
    assert "Continues from the last frame" in (await result_of(stage, await answer(stage, filled))).text
    made = next(made for made in stage.host.created if made.prompt == "it trots away")
    assert made.ordered.picture is not None


async def test_who_likes_it_starts_from_the_old_prompt_the_next_time(stage: Stage, fox: Message) -> None:
    opened = await stage.person("ann").clicks("Remix", on=fox)
    assert opened.form is not None
    asked = await answer(
        stage,
        await stage.person("ann").fills(opened.form, prompt="from above", model="Sora 2 Pro · 8 s", prefilled=True),
    )
    assert "for **$2.40**?" in asked.text
    assert "Sora 2 Pro · 8 s" in asked.text
    await stage.person("ann").clicks("No", on=asked)
    await until(stage, lambda: [button.label for button in asked.buttons] == ["Edit"])
    opened = await stage.person("ann").clicks("Remix", on=fox)
    assert opened.form is not None
    words, _, how, again, *_ = opened.form.fields
    assert (words.label, words.value, how.value, again.value) == ("New prompt", "a fox in the snow", "replace", True)
    sent = await stage.person("ann").fills(opened.form, prompt="an owl in the rain", prefilled=False)
    await result_of(stage, await answer(stage, sent))
    assert any(made.prompt == "an owl in the rain" for made in stage.host.created)


async def test_the_command_can_ask_for_what_happens_next(stage: Stage, fox: Message) -> None:
    video = re.findall(r"k1:remix:(\w{6})", str(fox.components))[0]
    typed = await stage.person("ann").types("/remix", video=video, prompt="it sleeps", how="Continue from the end")
    assert "Continues from the last frame" in (await result_of(stage, await answer(stage, typed))).text


async def test_the_menu_of_a_message_remixes_too(stage: Stage, fox: Message) -> None:
    opened = await stage.person("ann").uses("Remix this video", on=fox)
    assert opened.form is not None
    said = stage.person("sam").says("hello")
    refused = await answer(stage, await stage.person("ann").uses("Remix this video", on=said))
    assert "isn't a Kinora video" in refused.text


async def test_the_menu_of_a_picture_animates_it(stage: Stage) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (640, 360), "teal").save(picture, "PNG")
    said = stage.person("sam").says("look at this", "studio", ("sea.png", picture.getvalue()))
    opened = await stage.person("ann").uses("Animate this image", on=said)
    assert opened.form is not None
    card = await answer(stage, await stage.person("ann").fills(opened.form, prompt="the waves begin to roll"))
    assert (await result_of(stage, card)).media
    made = next(made for made in stage.host.created if made.prompt == "the waves begin to roll")
    with Image.open(io.BytesIO(made.ordered.picture or b"")) as sent:
        assert sent.size == (1280, 720)


async def test_a_message_without_a_picture_is_not_animated(stage: Stage) -> None:
    said = stage.person("sam").says("just words")
    refused = await answer(stage, await stage.person("ann").uses("Animate this image", on=said))
    assert "no image" in refused.text
    stranger = await answer(stage, await stage.person("sam").uses("Animate this image", on=said))
    assert "You weren't charged" in stranger.text


@pytest.mark.usefixtures("fox")
async def test_the_remix_command_finds_my_videos_and_takes_ids(stage: Stage) -> None:
    choices = await stage.person("ann").suggests("/remix", "video", "fox in")
    assert any("a fox in the snow" in choice["name"] for choice in choices)
    card = await answer(
        stage, await stage.person("ann").types("/remix", video=choices[-1]["value"], prompt="as a drawing")
    )
    assert "Remix of" in card.text
    unknown = await answer(stage, await stage.person("ann").types("/remix", video="ZZZ-ZZ9", prompt="x"))
    assert unknown.ephemeral
    assert "no video with that id" in unknown.text


async def test_again_orders_the_same_once_more(stage: Stage, fox: Message) -> None:
    card = await answer(stage, await stage.person("ann").clicks("Run again · $0.40", on=fox))
    await result_of(stage, card)
    assert len([made for made in stage.host.created if made.prompt == "a fox in the snow"]) == 2


async def test_models_are_suggested_with_their_price(stage: Stage) -> None:
    names = [choice["name"] for choice in await stage.person("ann").suggests("/create", "model", "sora", prompt="x")]
    assert names[0] == "Sora 2 · 4 s · $0.40"
    seconds = await stage.person("ann").suggests("/create", "seconds", "", prompt="x", model="sora-2")
    assert [choice["name"] for choice in seconds] == ["4 s · $0.40", "8 s · $0.80", "12 s · $1.20"]


@pytest.mark.parametrize(
    ("typed", "length", "price"), [("8", 8, "$0.80"), (12, 12, "$1.20"), ("8 s", 4, "$0.40"), ("7", 4, "$0.40")]
)
async def test_suggested_prices_follow_the_length_that_was_typed(
    stage: Stage, typed: str | int, length: int, price: str
) -> None:
    ann, given = stage.person("ann"), {"prompt": "x", "seconds": typed}
    sizes = await ann.suggests("/create", "size", "1280x", **given)
    assert [choice["name"] for choice in sizes] == [f"1280x720 · landscape · {price}"]
    models = await ann.suggests("/create", "model", "sora", **given)
    assert models[0]["name"] == f"Sora 2 · {length} s · {price}"


async def test_a_dear_video_is_asked_about_first(stage: Stage) -> None:
    ann, before = stage.person("ann"), len(stage.host.created)
    asked = await answer(stage, await ann.types("/create", prompt="a whale", seconds=12))
    assert asked.ephemeral
    assert "Make this video for **$1.20**?" in asked.text
    assert "Leaves $" in asked.text
    await ann.clicks("No", on=asked)
    await until(stage, lambda: "You weren't charged" in asked.text)
    asked = await answer(stage, await ann.types("/create", prompt="a whale", seconds=12))
    await a_cheaper_one_is_chosen_and_edited(stage, asked)
    card = await agreed(stage, "Go · $1.20", asked)
    assert (card.ephemeral, card.reply_to) == (False, None)
    await until(stage, lambda: asked.deleted)
    whale = await result_of(stage, card)
    assert "a blue whale" in whale.text
    assert len(stage.host.created) == before + 1
    await a_remix_is_as_dear_as_its_source_is_long(stage, re.findall(r"k1:remix:(\w{6})", str(whale.components))[0])


async def test_a_refusal_after_a_question_takes_its_place(stage: Stage) -> None:
    ann = stage.person("ann")
    asked = await answer(stage, await ann.types("/create", prompt="a whale", seconds=12, private=True))
    ann.user.dms_open = False
    try:
        outcome = await ann.clicks("Go · $1.20", on=asked)
        await until(stage, lambda: [button.label for button in asked.buttons] == ["Edit"])
    finally:
        ann.user.dms_open = True
    assert "can't send you direct messages" in asked.text
    assert outcome.followups == []


async def test_a_picture_is_fitted_shown_and_sent(stage: Stage) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (1200, 1200), "#c8642a").save(picture, "PNG")
    card = await create(stage, prompt="it comes alive", image=("fox.png", picture.getvalue()))
    assert "cropped from 1200x1200 to 1280x720" in card.text
    (thumbnail,) = card.thumbnails
    assert thumbnail.filename == "reference.jpg"
    await result_of(stage, card)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "image is empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "image is damaged"),
        (b"x" * (25 * 1024 * 1024), "25.0 MB. The limit is 20 MB"),
    ],
    ids=["empty", "svg", "broken", "25 MB"],
)
async def test_a_picture_that_cannot_be_used_is_refused_before_anything_is_spent(
    stage: Stage, data: bytes, says: str
) -> None:
    before = len(stage.host.created)
    stage.world.rules.upload_limit = 30 * 1024 * 1024
    refused = await create(stage, prompt="alive", image=("fox.png", data))
    assert refused.ephemeral
    assert says in refused.text
    assert len(stage.host.created) == before


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"prompt": " \u200b "}, "prompt is empty"),
        ({"prompt": "x", "seconds": 5}, "4, 8 or 12 seconds, not 5"),
        ({"prompt": "x", "size": "640x480"}, "not 640x480"),
        ({"prompt": "x", "size": "big"}, "isn't a size like 1280x720"),
        ({"prompt": "x", "model": "veo-9"}, "no model called “veo-9”"),
    ],
)
async def test_an_order_that_does_not_fit_gets_a_sentence(stage: Stage, options: dict[str, Any], says: str) -> None:
    before = len(stage.host.created)
    refused = await create(stage, **options)
    assert refused.ephemeral
    assert says in refused.text
    assert len(stage.host.created) == before


@pytest.mark.parametrize(
    "prompt",
    ["🦊" * 500, "ثعلب في الثلج", "@everyone <@&1> look", "**bold** # not a heading\n> nor a quote", "é" * 4000],
)
async def test_any_words_make_a_card_and_ping_nobody(stage: Stage, prompt: str) -> None:
    card = await create(stage, prompt=prompt)
    result = await result_of(stage, card)
    assert card.notified == []
    assert result.notified == [stage.person("ann").id]
    assert not result.mention_everyone


async def test_a_stranger_is_told_which_role_it_takes(stage: Stage, fox: Message) -> None:
    refused = await create(stage, "sam", prompt="a cat")
    assert refused.ephemeral
    assert "need the role" in refused.text
    pressed = await answer(stage, await stage.person("sam").clicks("Run again · $0.40", on=fox))
    assert "need the role" in pressed.text
    opened = await answer(stage, await stage.person("sam").clicks("Remix", on=fox))
    assert "need the role" in opened.text


async def test_a_channel_i_cannot_post_in_is_refused_before_anything_is_spent(stage: Stage) -> None:
    refused = await create(stage, "max", channel="read-only", prompt="a cat")
    assert "without Send Messages" in refused.text


@pytest.mark.parametrize(
    ("prompt", "says", "charged"),
    [
        ("a [refused] cat", "You weren't charged.", False),
        ("a [moderated] cat", "Failed", None),
        ("a [breaks] cat", "Failed", None),
    ],
)
async def test_a_failure_says_why_and_offers_the_fix(
    stage: Stage, prompt: str, says: str, charged: bool | None
) -> None:
    card = await create(stage, prompt=prompt)
    await card_says(stage, card, "**Failed.**")
    assert says in card.text
    if charged is not None:
        assert ("It was charged" in card.text) == charged
    other = ["Another model"] if "breaks" in prompt else []
    assert [button.label for button in card.buttons] == ["Edit the prompt", "Run again", "Dismiss", *other]


async def test_a_failed_order_can_be_edited_and_sent_again(stage: Stage) -> None:
    card = await create(stage, prompt="a [refused] dog")
    await card_says(stage, card, "**Failed.**")
    opened = await stage.person("ann").clicks("Edit the prompt", on=card)
    assert opened.form is not None
    assert opened.form.fields[0].value == "a [refused] dog"
    await result_of(stage, await answer(stage, await stage.person("ann").fills(opened.form, prompt="a good dog")))


async def test_the_card_of_a_failed_order_is_dismissed_by_its_owner(stage: Stage) -> None:
    card = await create(stage, prompt="a [refused] cow")
    await card_says(stage, card, "**Failed.**")
    refused = await answer(stage, await stage.person("sam").clicks("Dismiss", on=card))
    assert "Only the member who ordered this video" in refused.text
    assert not card.deleted
    await stage.person("ann").clicks("Dismiss", on=card)
    await card_goes(stage, card)


async def test_a_waiting_job_is_cancelled_for_free(stage: Stage, service_clock: ServiceClock) -> None:
    stage.host.render_seconds = LONG
    try:
        cards = [await create(stage, prompt=f"queue number {n}") for n in range(5)]
        last = cards[-1]
        await card_says(stage, last, "in line")
        await stage.person("ann").clicks("Cancel", on=last)
        await card_says(stage, last, "You weren't charged.")
    finally:
        stage.host.render_seconds = 0.5
    with service_clock.later(LONG):
        for card in cards[:-1]:
            await result_of(stage, card)


async def test_status_shows_mine_and_the_line_and_one_video(stage: Stage, fox: Message) -> None:
    listed = await answer(stage, await stage.person("ann").types("/status"))
    assert listed.ephemeral
    assert "**Your videos**" in listed.text
    (job_id,) = set(re.findall(r"k1:remix:(\w{6})", str(fox.components)))
    one = await answer(stage, await stage.person("ann").types("/status", video=f"{job_id[:3]}-{job_id[3:]}".lower()))
    assert "[watch](" in one.text


async def test_costs_are_mine_and_the_servers_for_managers(stage: Stage) -> None:
    mine = await answer(stage, await stage.person("ann").types("/costs"))
    assert "**You've spent $" in mine.text
    assert "**By model**\nSora 2 · " in mine.text
    refused = await answer(stage, await stage.person("ann").types("/costs", scope="server"))
    assert "Manage Server" in refused.text
    whole = await answer(stage, await stage.person("max").types("/costs", scope="server", period="all"))
    assert "**The server has spent $" in whole.text
    assert "This month's budget: $" in whole.text


async def test_a_private_video_goes_to_direct_messages_only(stage: Stage) -> None:
    here = len(stage.person("max").sees("studio"))
    told = await create(stage, prompt="a secret", private=True)
    assert told.ephemeral
    await until(stage, lambda: any(m.media for m in stage.person("ann").sees("dm")))
    assert len(stage.person("max").sees("studio")) == here
    (job_id,) = set(re.findall(r"(\w{3}-\w{3}) will arrive", told.text))
    peeked = await answer(stage, await stage.person("sam").types("/status", video=job_id))
    assert "no video with that id" in peeked.text
    film = next(m for m in stage.person("ann").sees("dm") if m.media)
    opened = await stage.person("ann").clicks("Remix", on=film)
    assert opened.form is not None


async def test_delete_asks_first_and_says_what_is_gone(stage: Stage) -> None:
    card = await create(stage, prompt="to be deleted")
    film = await result_of(stage, card)
    await card_goes(stage, card)  # its message comes first, and is not deleted while it is posted
    (job_id,) = set(re.findall(r"k1:remix:(\w{6})", str(film.components)))
    assert "Delete" not in [button.label for button in (await more_of(stage, film, "sam")).buttons]
    question = await asked_to_delete(stage, film)
    await stage.person("ann").clicks("Delete for good", on=question)
    await until(stage, lambda: "was deleted, with its poster and stills" in question.text)
    assert film.deleted
    assert "The service deleted its copy too." in question.text
    assert not list((stage.data / "files" / "videos" / job_id).glob("*.mp4"))


async def budget(stage: Stage, dollars: str) -> None:
    await answer(stage, await stage.person("max").types("/settings budget", dollars=dollars))


async def test_buttons_forms_and_refused_texts_outlive_a_restart(stage: Stage, fox: Message) -> None:
    ann = stage.person("ann")
    opened, early = await ann.clicks("Remix", on=fox), await ann.clicks("Remix", on=fox)
    assert opened.form is not None
    assert early.form is not None
    await budget(stage, "0.50")
    refused = await answer(stage, await ann.fills(early.form, prompt="kept for later", aim="Continue from the end"))
    assert "left. You weren't charged" in refused.text
    no_form = await answer(stage, await ann.clicks("Remix", on=fox))
    assert "left. You weren't charged" in no_form.text
    typed = await create(stage, prompt="too dear for now", seconds=12)
    assert "left. You weren't charged" in typed.text
    await budget(stage, "100")
    await stage.keeper.restart()
    await until(stage, lambda: stage.world.gateway.online)
    card = await answer(stage, await ann.fills(opened.form, prompt="after the restart"))
    await result_of(stage, card)
    again = await ann.clicks("Edit", on=refused)
    assert again.form is not None
    words, _, how, *_ = again.form.fields
    assert (words.value, how.value) == ("kept for later", "continue")
    await ann.fills(again.form)
    again = await ann.clicks("Edit", on=typed)
    assert again.form is not None
    assert again.form.field("prompt").value == "too dear for now"
    assert "4 s" in (await answer(stage, await ann.fills(again.form, seconds="4"))).text
    await until(stage, lambda: {"kept for later", "too dear for now"} <= {made.prompt for made in stage.host.created})


async def test_a_kill_in_the_middle_pays_once_and_posts_once(stage: Stage) -> None:
    before = len(stage.host.created)
    stage.host.render_seconds = 2.0
    card = await create(stage, prompt="interrupted")
    await until(stage, lambda: len(stage.host.created) > before)
    await stage.keeper.kill()
    await stage.keeper.start()
    result = await result_of(stage, card)
    stage.host.render_seconds = 0.5
    assert len(stage.host.created) == before + 1
    posted = [m for m in stage.person("ann").sees() if m.media and "interrupted" in m.text]
    assert posted == [result]


async def test_a_card_that_missed_its_removal_is_removed_after_a_restart(stage: Stage) -> None:
    card = await create(stage, prompt="the lights go out")
    await result_of(stage, card)
    await stage.keeper.kill()
    await stage.keeper.start()
    await card_goes(stage, card)


async def test_all_that_was_sent_keeps_to_discords_published_schemas(stage: Stage) -> None:
    assert list(offences(the_spec(), stage.world.diary)) == []


async def test_the_log_holds_no_secret_and_no_traceback(stage: Stage) -> None:
    log = stage.keeper.log.read_text()
    assert "Traceback" not in log
    for secret in ("sandbox-token", "sandbox-key"):
        assert secret not in log
