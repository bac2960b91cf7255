"""How the demo page shows messages of the bot and of people."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.discord.world.messages import Message
from tests.sandbox.demo_page import (
    PHONE,
    Browser,
    Page,
    a_film,
    a_picture,
    a_visit,
    an_animation,
    expect,
    latest,
    sends,
)
from tests.sandbox.simulated_discord_raw import Raw, button, raw_access, row, text, v2

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

HOSTILE = "\n".join(
    [
        "<img src=x onerror=alert(1)><script>alert(1)</script>",
        "[click](javascript:alert(1)) [too](data:text/html,hi) [\u202egnp.exe](https://example.org/x)",
        "\u202eturned round\u200b\u200b\u2066\u2067 \u0301\u0301\u0301Z" + "\u0300\u0316" * 40,
        "W" * 500,
        "**" * 60 + "||" * 41 + "`" * 33 + "_*_*" * 40 + "[" * 50 + "<t:99999999999999:R><@123>",
        "> " * 20 + "deep",
    ]
)


@pytest_asyncio.fixture(loop_scope="module")
async def raw() -> AsyncIterator[Raw]:
    async with raw_access() as access:
        yield access


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, raw: Raw) -> AsyncIterator[Page]:
    async with a_visit(browser, raw.sandbox.url) as visit:
        yield visit


async def post(raw: Raw, body: dict[str, Any], **files: bytes) -> Message:
    """A message of the bot, with files: `cat_png` becomes cat.png."""
    named = {name.replace("_", "."): data for name, data in files.items()}
    reply = await raw.send(body, files=named or None)
    assert reply.status == 200, reply.body
    return raw.world.message(raw.studio, int(reply.body["id"]))


def card(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 17, "components": list(components), **more}


NAMES = ("Length", "How", "Channel")


def an_option(label: str, **more: Any) -> dict[str, Any]:
    return {"label": label, "value": label, **more}


def shown(name: str, **more: Any) -> dict[str, Any]:
    return {"type": 12, "items": [{"media": {"url": f"attachment://{name}"}, **more}]}


async def test_a_card_has_its_colour_text_and_every_style_of_button(page: Page, raw: Raw) -> None:
    looks = {1: "primary", 2: "secondary", 3: "success", 4: "danger"}
    buttons = [button(style=style, label=look, custom_id=f"k1:{look}") for style, look in looks.items()]
    link = {"type": 2, "style": 5, "label": "Full quality", "url": f"{raw.sandbox.url}/"}
    dead = button(label="Later", custom_id="k1:later", disabled=True)
    parts = [text("**Rendering**"), {"type": 14}, row(*buttons, link), row(dead)]
    await post(raw, v2(card(*parts, accent_color=0xF08A3C)))
    message = latest(page)
    await expect(message.locator(".card")).to_have_css("border-left-color", "rgb(240, 138, 60)")
    await expect(message.locator("strong")).to_have_text("Rendering")
    await expect(message.get_by_role("separator")).to_be_visible()
    for look in looks.values():
        await expect(message.get_by_role("button", name=look)).to_have_class(f"button {look}")
    await expect(message.get_by_role("button", name="Later")).to_be_disabled()
    await expect(message.get_by_role("link", name="Full quality")).to_have_attribute("href", f"{raw.sandbox.url}/")


async def test_a_video_shows_its_first_frame_and_plays_where_it_is(page: Page, raw: Raw) -> None:
    await post(raw, v2(shown("fox.mp4", description="A fox in the snow")), fox_mp4=a_film())
    video = latest(page).get_by_label("A fox in the snow")
    await expect(video).to_have_js_property("videoWidth", 64)
    assert await video.evaluate("video => [video.controls, video.loop, video.paused]") == [True, False, True]
    await video.evaluate("video => video.play()")
    await expect(video).to_have_js_property("ended", value=True)


async def test_a_video_is_a_picture_until_it_is_played(page: Page, raw: Raw) -> None:
    await post(raw, v2(shown("fox.mp4", description="A fox in the snow")), fox_mp4=a_film(seconds=30))
    play = latest(page).get_by_role("button", name="Play")
    await play.press("Enter")
    video = latest(page).get_by_label("A fox in the snow")
    await expect(video).to_have_js_property("paused", value=False)
    await expect(video).to_be_focused()
    await expect(play).to_be_hidden()


async def test_a_video_plays_on_while_its_message_changes(page: Page, raw: Raw) -> None:
    message = await post(raw, v2(shown("fox.mp4"), text("before")), fox_mp4=a_film(seconds=30))
    video = latest(page).locator("video")
    await video.evaluate("video => { video.muted = true; return video.play(); }")
    raw.world.clock.skip(60)  # links get new signatures
    kept = {"id": str(message.attachments[0].id), "filename": "fox.mp4"}
    await raw.edit(message.id, {"components": [shown("fox.mp4"), text("after")], "attachments": [kept]})
    await expect(latest(page)).to_contain_text("after")
    await expect(video).to_have_js_property("paused", value=False)
    await expect(video).not_to_have_js_property("currentTime", 0)


async def test_arrow_keys_move_a_video(page: Page, raw: Raw) -> None:
    await post(raw, v2(shown("fox.mp4", description="A fox")), fox_mp4=a_film(seconds=4))
    video = latest(page).get_by_label("A fox")
    await expect(video).to_have_js_property("duration", 4)
    for key, moment in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("ArrowLeft", 0), ("ArrowLeft", 0)):
        await video.press(key)
        await expect(video).to_have_js_property("currentTime", moment)
    await video.evaluate("video => { video.currentTime = 3.5; }")
    await video.press("ArrowRight")
    await expect(video).to_have_js_property("currentTime", 4)


async def test_pictures_have_their_description_and_can_be_enlarged(page: Page, raw: Raw) -> None:
    accessory = {"type": 11, "media": {"url": "attachment://ref.png"}, "description": "the reference"}
    section = {"type": 9, "components": [text("> a fox")], "accessory": accessory}
    parts = [section, shown("cat.png", description="a cat")]
    await post(raw, v2(card(*parts)), ref_png=a_picture(), cat_png=a_picture(320, 180))
    for words in ("the reference", "a cat"):
        picture = latest(page).get_by_role("img", name=words)
        await expect(picture).to_have_js_property("complete", value=True)
        assert await picture.evaluate("image => image.naturalWidth") > 0
    await latest(page).get_by_role("button", name="Enlarge: a cat").click()
    await expect(page.get_by_role("dialog", name="Picture").get_by_role("img", name="a cat")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_a_thumbnail_may_be_an_animation(page: Page, raw: Raw) -> None:
    accessory = {"type": 11, "media": {"url": "attachment://fox.webp"}, "description": "a fox"}
    section = {
        "type": 9,
        "components": [text("**a fox in the snow**"), text("-# Sora 2 · 4 s")],
        "accessory": accessory,
    }
    message = await post(raw, v2(card(section)), fox_webp=an_animation())
    (thumbnail,) = message.thumbnails
    assert (thumbnail.content_type, thumbnail.width, thumbnail.height) == ("image/webp", 160, 90)
    await expect(latest(page).get_by_role("img", name="a fox")).to_have_js_property("naturalWidth", 160)


async def test_emoji_are_drawn_and_still_text(page: Page, raw: Raw) -> None:
    remix = button(label="Remix", custom_id="k1:remix", emoji={"name": "🎬"})
    await post(raw, v2(text("✅ done, 🦊 and ▶ are left to the font"), row(remix)))
    message = latest(page)
    await expect(message.locator(".markdown .emoji")).to_have_text(["✅"])
    await expect(message.locator(".markdown .emoji svg")).to_be_visible()
    await expect(message).to_contain_text("✅ done, 🦊 and ▶ are left to the font")
    await expect(message.get_by_role("button", name="Remix", exact=True).locator("svg")).to_be_visible()


async def test_a_spoiler_is_covered_until_it_is_opened(page: Page, raw: Raw) -> None:
    await post(raw, v2(text("||the end||"), shown("cat.png", spoiler=True)), cat_png=a_picture(320, 180))
    words = latest(page).get_by_text("the end")
    await expect(words).to_be_hidden()
    await latest(page).get_by_role("button", name="Spoiler: show it").press("Enter")
    await expect(words).to_be_visible()
    lid = latest(page).get_by_role("button", name="Spoiler", exact=True)
    await lid.click()
    await expect(lid).to_have_count(0)


async def test_a_file_can_be_downloaded(page: Page, raw: Raw) -> None:
    await post(raw, v2({"type": 13, "file": {"url": "attachment://costs.csv"}}), costs_csv=b"a,b\n" * 600)
    link = latest(page).get_by_role("link", name=re.compile("costs.csv"))
    await expect(link).to_contain_text("2 KB")
    async with page.expect_download() as started:
        await link.click()
    assert (await (await started.value).path()).read_bytes() == b"a,b\n" * 600


async def test_markdown_reads_as_in_discord(page: Page, raw: Raw) -> None:
    lounge, ann = raw.world.channel("lounge").id, raw.ann.id
    lines = [
        "# Big\n-# small\n> quoted\n- one\n  - deeper\n1. first",
        "**bold** *slanted* __under__ ~~gone~~ ***both*** `co*d*e` snake_case_name \\*plain\\* :smile: <:cat:123456>",
        f"[words](https://example.org/a) https://example.org/b. <@{ann}> <#{lounge}> </create:1>",
        "```py\nx = **1**\n```",
    ]
    await post(raw, {"content": "\n".join(lines), "allowed_mentions": {"users": [str(ann)]}})
    message = latest(page).locator(".markdown")
    found = {tag: message.locator(tag) for tag in ("h3", ".small-print", "blockquote", "u", "s", "pre", "ol")}
    expected = ["Big", "small", "quoted", "under", "gone", "x = **1**", "first"]
    assert [await each.inner_text() for each in found.values()] == expected
    assert await message.locator("strong").all_inner_texts() == ["bold", "both"]
    assert await message.locator("em").all_inner_texts() == ["slanted", "both"]
    assert await message.locator("ul ul li").all_inner_texts() == ["deeper"]
    assert await message.locator("p code").all_inner_texts() == ["co*d*e"]
    await expect(message).to_contain_text("snake_case_name *plain* :smile: :cat:")
    links = [await each.get_attribute("href") for each in await message.get_by_role("link").all()]
    assert links == ["https://example.org/a", "https://example.org/b"]
    assert await message.locator(".mention").all_inner_texts() == ["@Ann", "#lounge", "/create"]


async def test_times_are_written_out_and_count_by_themselves(page: Page, raw: Raw) -> None:
    soon = int(time.time()) + 3590
    await page.clock.install()
    await post(raw, {"content": f"ready <t:{soon}:R>, <t:1700000000:D>"})
    await expect(latest(page)).to_contain_text("in 59 minutes, 14 November 2023")
    await page.clock.fast_forward("50:00")
    await expect(latest(page)).to_contain_text("in 9 minutes")


async def test_times_in_a_text_are_in_the_language_of_its_reader(page: Page, raw: Raw) -> None:
    await page.goto(page.url.replace("language=en-US", "language=de"))
    await post(raw, {"content": f"ready <t:{int(time.time()) + 3590}:R>, <t:1700000000:D>"})
    await expect(latest(page)).to_contain_text("in 59 Minuten, 14. November 2023")


async def test_hostile_text_stays_text_and_inside_its_card(page: Page, raw: Raw) -> None:
    await post(raw, v2(card(text(HOSTILE))))
    message = latest(page)
    await expect(message).to_contain_text("<img src=x onerror=alert(1)><script>alert(1)</script>")
    assert await message.locator("script, .markdown img").count() == 0
    hrefs = [await each.get_attribute("href") for each in await message.get_by_role("link").all()]
    assert hrefs == ["https://example.org/x"]
    widths = "node => [node.scrollWidth <= node.clientWidth, document.body.scrollWidth <= innerWidth]"
    assert await page.locator("#timeline").evaluate(widths) == [True, True]


async def test_a_message_shows_what_it_answers_and_leads_there(page: Page, raw: Raw) -> None:
    first = await post(raw, v2(card(text("**Create** · a fox"), text("-# K7Q-4FD"))))
    for number in range(20):
        raw.ann.says(f"talk {number}\n\n\n\nand more")
    await post(raw, {"content": "ready", "message_reference": {"message_id": str(first.id)}})
    back = latest(page).get_by_role("button", name="Go to the message this answers, from Kinora")
    await expect(back).to_contain_text("Create · a fox K7Q-4FD")
    await back.click()
    await expect(page.get_by_role("article").first).to_be_in_viewport()


async def test_an_answer_shows_what_it_answers_as_it_is_now(page: Page, raw: Raw) -> None:
    first = await post(raw, v2(card(text("Waiting"))))
    await post(raw, {"content": "ready", "message_reference": {"message_id": str(first.id)}})
    answered = latest(page).get_by_role("button", name="Go to the message this answers, from Kinora")
    await expect(answered).to_contain_text("Waiting")
    await raw.edit(first.id, {"components": [text("Done")]})
    await expect(answered).to_contain_text("Done")
    await raw.call("DELETE", f"/channels/{raw.studio}/messages/{first.id}")
    await expect(latest(page)).to_contain_text("Original message was deleted")


async def test_on_a_phone_the_menu_button_does_not_lie_over_what_is_answered(browser: Browser, raw: Raw) -> None:
    first = await post(raw, {"content": "a very long story " * 20})
    await post(raw, {"content": "ready", "message_reference": {"message_id": str(first.id)}})
    async with a_visit(browser, raw.sandbox.url, window=PHONE) as page:
        words = await latest(page).locator(".context-text").bounding_box()
        button = await latest(page).get_by_role("button", name="Message menu").bounding_box()
        assert words is not None
        assert button is not None
        assert words["x"] + words["width"] <= button["x"]


async def test_an_answer_to_a_deleted_message_says_so(page: Page, raw: Raw) -> None:
    first = await post(raw, {"content": "soon gone"})
    await post(raw, {"content": "ready", "message_reference": {"message_id": str(first.id)}})
    await raw.call("DELETE", f"/channels/{raw.studio}/messages/{first.id}")
    await expect(page.get_by_role("article")).to_have_count(1)
    await page.reload()
    await expect(latest(page)).to_contain_text("Original message was deleted")


async def test_a_link_to_a_message_stays_on_the_page(page: Page, raw: Raw) -> None:
    target = raw.ann.says("here it is", "lounge")
    await post(raw, {"content": f"[watch](https://discord.com/channels/1/{target.channel_id}/{target.id})"})
    await latest(page).get_by_role("button", name="watch").click()
    await expect(page.get_by_role("log", name="Messages in lounge")).to_contain_text("here it is")


async def test_a_link_to_a_message_that_is_gone_says_so(page: Page, raw: Raw) -> None:
    await post(raw, {"content": f"[watch](https://discord.com/channels/1/{raw.studio}/5)"})
    await latest(page).get_by_role("button", name="watch").click()
    await expect(page.get_by_role("status").filter(visible=True, has_text="That message was deleted")).to_be_visible()


async def test_a_mention_stands_out_and_is_counted_on_its_channel(page: Page, raw: Raw) -> None:
    mention = {"content": f"<@{raw.ann.id}> ready", "allowed_mentions": {"users": [str(raw.ann.id)]}}
    await page.get_by_role("button", name="lounge").click()
    await post(raw, mention)
    studio = page.get_by_role("navigation", name="Channels").get_by_role("button", name="studio")
    await expect(studio.get_by_label("1 mention")).to_be_visible()
    await expect(page).to_have_title("(1) Kinora demo")
    await studio.click()
    await expect(latest(page)).to_have_class("message for-me")
    await expect(page).to_have_title("Kinora demo")


async def test_new_messages_are_read_aloud_and_edits_are_not(page: Page, raw: Raw) -> None:
    message = await post(raw, v2(card(text("**Create** · a fox"))))
    aloud = page.locator("[aria-live=polite]#announcer")
    await expect(aloud).to_have_text("Kinora: Create · a fox")
    await raw.edit(message.id, {"components": [text("40 %")]})
    await expect(latest(page)).to_contain_text("40 %")
    await expect(aloud).to_have_text("Kinora: Create · a fox")


async def test_what_is_deleted_goes_away(page: Page, raw: Raw) -> None:
    said = raw.ann.says("never mind")
    await expect(latest(page, "Ann")).to_contain_text("never mind")
    raw.ann.deletes(said)
    await expect(latest(page, "Ann")).to_have_count(0)


async def test_what_follows_a_deleted_message_says_who_wrote_it(page: Page, raw: Raw) -> None:
    waiting = await post(raw, v2(card(text("Rendering"))))
    await post(raw, v2(card(text("Done"))))
    await expect(latest(page)).to_have_class("message compact")
    await raw.call("DELETE", f"/channels/{raw.studio}/messages/{waiting.id}")
    await expect(page.get_by_role("article")).to_have_count(1)
    await expect(latest(page).locator(".author")).to_have_text("Kinora")
    await raw.call("DELETE", f"/channels/{raw.studio}/messages/{raw.world.seen_by('ann', 'studio')[0].id}")
    await expect(page.get_by_text("Today")).to_have_count(0)


async def test_a_menu_of_channels_has_those_that_may_be_chosen(page: Page, raw: Raw) -> None:
    await raw.send(v2(row({"type": 8, "custom_id": "where", "placeholder": "Where", "channel_types": [0]})))
    offered = latest(page).get_by_role("combobox", name="Where").locator("option")
    await expect(offered).to_have_text(["Where", "studio", "lounge", "read-only"])


async def test_a_form_with_words_a_list_and_choices_is_filled_in(page: Page, raw: Raw) -> None:
    length = {"type": 3, "custom_id": "seconds", "options": [an_option("4 s"), an_option("8 s", default=True)]}
    way = {
        "type": 21,
        "custom_id": "how",
        "options": [an_option("Change it"), an_option("Go on", description="after it")],
    }
    place = {"type": 8, "custom_id": "place", "required": False}
    labels = [
        {"type": 18, "label": name, "component": each} for name, each in zip(NAMES, (length, way, place), strict=True)
    ]
    modal = {"title": "Remix", "custom_id": "k1:remix", "components": [text("-# Sora 2 · **$0.40**"), *labels]}
    await sends(page, "create", prompt="a fox")
    await raw.world.until(lambda: raw.world.interactions)
    (asked,) = raw.world.interactions.values()
    assert (await raw.answer(asked, {"type": 9, "data": modal})).status == 200
    form = page.get_by_role("dialog", name="Remix")
    await expect(form.locator("strong")).to_have_text("$0.40")
    await expect(form.get_by_label("Length")).to_have_value("8 s")
    await form.get_by_label("Length").select_option("4 s")
    await form.get_by_role("radio", name="Go on").check()
    await form.get_by_label("Channel").select_option("lounge")
    await form.get_by_role("button", name="Submit").click()
    sent = (await raw.world.until(lambda: list(raw.world.interactions.values())[1:]))[0].data
    answers = [each["component"] for each in sent["components"] if each["type"] == 18]
    assert [each.get("values") or each.get("value") for each in answers] == [
        ["4 s"],
        "Go on",
        [str(raw.world.channel("lounge").id)],
    ]


async def test_a_button_is_pressed_until_silence_is_reported(page: Page, raw: Raw) -> None:
    raw.world.rules.ack_seconds = 1.0
    await post(raw, v2(row(button(label="Remix"))))
    remix = latest(page).get_by_role("button", name="Remix")
    await remix.click()
    await expect(remix).to_have_attribute("aria-busy", "true")
    await expect(remix).to_be_focused()
    await expect(latest(page).get_by_role("alert")).to_have_text("The application did not respond")
    await expect(remix).to_have_attribute("aria-busy", "false")


async def test_the_reader_is_not_torn_away_from_old_messages(page: Page, raw: Raw) -> None:
    for number in range(30):
        raw.ann.says(f"talk {number}\n\n\n\nand more")
    await expect(page.get_by_role("article").last).to_be_in_viewport()
    await page.get_by_role("button", name="What is this?").click()
    await expect(page.get_by_role("heading", name="Welcome to #studio")).to_be_in_viewport()
    raw.ann.says("the newest")
    newer = page.get_by_role("button", name="New messages")
    await expect(newer).to_be_visible()
    await page.get_by_role("textbox", name="Message or command").fill("/create ")
    ends = [await each.bounding_box() for each in (newer, page.locator(".composer"))]
    assert ends[0] is not None
    assert ends[1] is not None
    assert ends[0]["y"] + ends[0]["height"] <= ends[1]["y"]
    await newer.click()
    await expect(latest(page, "Ann")).to_be_in_viewport()
    await expect(latest(page, "Ann")).to_contain_text("the newest")
