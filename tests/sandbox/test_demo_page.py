"""The demo page as a person uses it: keyboard, pills, forms, menus, people, themes."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from bot.sandbox.discord.people.commands import EVERYWHERE
from bot.sandbox.discord.world.world import World
from bot.sandbox.server import Sandbox
from tests.ports import free_port
from tests.sandbox.demo_page import (
    PHONE,
    Browser,
    FilePayload,
    Page,
    Route,
    a_picture,
    a_visit,
    composer,
    expect,
    latest,
    sends,
)
from tests.sandbox.simulated_discord_bot import Studio, a_studio

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PICTURE: FilePayload = {"name": "cat.png", "mimeType": "image/png", "buffer": a_picture(640, 360)}


class Recorder:
    """Records requests to start and stop the bot."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def start(self) -> None:
        self.asked.append("start")

    async def stop(self) -> None:
        self.asked.append("stop")

    async def restart(self) -> None:
        self.asked.append("restart")


@pytest_asyncio.fixture(loop_scope="module")
async def studio(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Studio]:
    async with a_studio(monkeypatch) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, studio: Studio) -> AsyncIterator[Page]:
    async with a_visit(browser, studio.sandbox.url) as visit:
        yield visit


async def test_a_newcomer_is_welcomed_and_sends_an_example_with_two_clicks(page: Page) -> None:
    await expect(page.get_by_role("region", name="Welcome")).to_contain_text("Everything here is simulated")
    await page.get_by_role("button", name="/create prompt: a fox in the snow").click()
    await expect(page.get_by_label("prompt", exact=True)).to_have_value("a fox in the snow")
    await page.get_by_role("button", name="Send").click()
    await expect(latest(page)).to_contain_text("Ann used /create")
    await expect(latest(page).locator(".card")).to_contain_text("a fox in the snow")
    await expect(composer(page)).to_be_focused()


async def test_a_command_is_sent_with_the_keyboard_alone(page: Page) -> None:
    keys = page.keyboard
    await keys.type("/cr")
    await expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_contain_text("/create")
    await keys.press("Enter")
    await keys.type("a cat")
    await keys.press("Tab")
    await expect(page.get_by_role("button", name="Add model")).to_be_focused()
    await keys.press("Enter")
    await expect(page.get_by_label("model", exact=True)).to_be_focused()
    await keys.type("sora-2-")
    await expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_have_text("SORA-2-PRO")
    await keys.press("Tab")
    await expect(page.get_by_label("model", exact=True)).to_have_value("SORA-2-PRO")
    await keys.press("Enter")
    await expect(latest(page).locator(".card")).to_contain_text("a cat sora-2-pro none 8 no picture")


async def test_the_palette_narrows_while_typing_and_closes_on_escape(page: Page) -> None:
    await composer(page).press_sequentially("/")
    options = page.get_by_role("listbox").get_by_role("option")
    await expect(options).to_have_count(5)
    await page.keyboard.type("whisp")
    await expect(options).to_have_count(1)
    await expect(composer(page)).to_have_attribute("aria-activedescendant", re.compile("list-"))
    await page.keyboard.press("Escape")
    await expect(options).to_have_count(0)
    await composer(page).fill("/nothing like it")
    await expect(page.get_by_text("No matching commands.")).to_be_visible()
    await composer(page).press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("No such command")


async def test_choices_are_picked_from_a_list(page: Page) -> None:
    await composer(page).fill("/create a cat")
    await page.get_by_role("button", name="Add size").click()
    await page.get_by_role("listbox").get_by_role("option", name="Wide").click()
    await expect(page.get_by_label("size", exact=True)).to_have_value("Wide")
    await page.keyboard.press("Enter")
    await expect(latest(page).locator(".card")).to_contain_text("a cat any 1280x720 8")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({}, "“prompt” is required"),
        ({"prompt": "a cat", "seconds": "13"}, "“seconds” may be at most 12."),
        ({"prompt": "a cat", "seconds": "many"}, "“seconds” must be a whole number; “many” is not one."),
        ({"prompt": "a cat", "seconds": "0x8"}, "“seconds” must be a whole number; “0x8” is not one."),
        ({"prompt": "a cat", "seconds": ""}, "“seconds” is empty: give it a value, or remove it."),
        ({"prompt": "a cat", "size": "Tall"}, "“Tall” is not a choice for “size”"),
        ({"prompt": "a"}, "3 to 100 characters"),  # the server's error
    ],
)
async def test_what_does_not_fit_is_said_beside_the_composer(
    page: Page, options: dict[str, str], sentence: str
) -> None:
    await sends(page, "create", **options)
    await expect(page.get_by_role("alert")).to_contain_text(sentence)
    await expect(page.get_by_role("group", name="/create")).to_be_visible()
    await page.get_by_label("prompt", exact=True).fill("a dog")
    await expect(page.get_by_role("alert")).to_have_count(0)


async def test_an_option_left_empty_is_not_silently_dropped(page: Page, studio: Studio) -> None:
    await composer(page).fill("/later ")
    await page.get_by_role("button", name="Add private").click()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_contain_text("“private” is empty: give it a value, or remove it.")
    field = page.get_by_label("private", exact=True)
    await expect(field).to_be_focused()
    await expect(field).to_have_attribute("aria-invalid", "true")
    assert studio.bot.seen == []
    await page.get_by_role("listbox").get_by_role("option", name="Yes").click()
    await expect(page.get_by_role("alert")).to_have_count(0)
    await expect(field).not_to_have_attribute("aria-invalid", "true")
    await page.keyboard.press("Enter")
    await expect(latest(page)).to_contain_text("Only you can see this")


async def test_what_belongs_to_no_option_stays_and_is_asked_about(page: Page, studio: Studio) -> None:
    keys = page.keyboard
    await keys.type("/later tonight")
    field = page.get_by_label("Options of /later")
    await expect(field).to_have_value("tonight")
    await expect(page.get_by_text("No such option.")).to_be_visible()
    await keys.press("Enter")
    asked = "“tonight” is not an option of /later. You can use: private."
    await expect(page.get_by_role("alert")).to_contain_text(asked)
    await expect(field).to_be_focused()
    assert studio.bot.seen == []
    await keys.press("Control+A")
    await keys.type("priv")
    await expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_contain_text("private")
    await keys.press("Enter")
    await expect(page.get_by_label("private", exact=True)).to_be_focused()
    await expect(field).to_have_count(0)


async def test_words_on_both_sides_of_an_options_name_are_both_its_value(page: Page) -> None:
    await composer(page).fill("/create a fox prompt: in the snow")
    await expect(page.get_by_label("prompt", exact=True)).to_have_value("a fox in the snow")


async def test_a_command_without_options_is_sent_with_enter_alone(page: Page) -> None:
    await page.keyboard.type("/whisper")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(latest(page)).to_contain_text("and this")


async def test_a_picture_that_was_never_chosen_is_asked_for(page: Page) -> None:
    await composer(page).fill("/create a cat")
    await page.get_by_role("button", name="Add image").click()
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_contain_text("“image” is empty: choose a file, or remove it.")
    await page.get_by_role("button", name="Remove image").click()
    await page.keyboard.press("Enter")
    await expect(latest(page).locator(".card")).to_contain_text("a cat any none 8 no picture")


async def test_the_first_suggestion_is_taken_unless_one_moves_on(page: Page) -> None:
    await composer(page).fill("/create a cat")
    await page.get_by_role("button", name="Add model").click()
    chosen = page.get_by_role("listbox").get_by_role("option", selected=True)
    await expect(chosen).to_have_text("SORA-2")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("model", exact=True)).to_have_value("SORA-2")
    await page.get_by_role("button", name="Add size").click()
    await expect(chosen).to_have_text("Wide")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(latest(page).locator(".card")).to_contain_text("a cat sora-2 1280x720 8")


async def test_a_suggestion_for_what_was_typed_before_is_not_taken(page: Page) -> None:
    await composer(page).fill("/create a cat")
    await page.get_by_role("button", name="Add model").click()
    await expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_have_text("SORA-2")
    asked: list[Route] = []

    def hold(route: Route) -> None:
        asked.append(route)

    await page.route("**/console/suggestions", hold)
    await page.keyboard.type("v")
    await page.keyboard.press("Tab")  # before the answer to "v" has arrived
    await expect(page.get_by_label("model", exact=True)).to_have_value("v")
    for route in asked:
        await route.continue_()


async def test_what_was_picked_is_still_picked_when_one_comes_back(page: Page) -> None:
    await composer(page).fill("/later ")
    await page.get_by_role("button", name="Add private").click()
    await page.get_by_role("listbox").get_by_role("option", name="No").click()
    await page.get_by_role("button", name="Send").focus()
    await page.get_by_label("private", exact=True).focus()
    await expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_have_text("No")


async def test_a_length_typed_by_hand_is_a_number_for_the_bot(page: Page, studio: Studio) -> None:
    await composer(page).fill("/create prompt: a cat seconds: 12")
    await page.get_by_role("button", name="Add model").click()
    await expect(page.get_by_role("listbox").get_by_role("option").first).to_be_visible()
    told: Any = studio.bot.seen[-1].data
    assert [option["value"] for option in told["options"] if option["name"] == "seconds"] == [12]


async def test_an_option_and_a_command_can_be_put_away_again(page: Page) -> None:
    await composer(page).fill("/create a cat")
    await page.get_by_role("button", name="Add seconds").click()
    await page.keyboard.press("Backspace")
    await expect(page.get_by_label("seconds", exact=True)).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(composer(page)).to_be_focused()


async def test_a_picture_travels_with_a_command(page: Page) -> None:
    await composer(page).fill("/create a cat")
    await page.get_by_role("button", name="Add image").click()
    await page.get_by_label("image", exact=True).set_input_files([PICTURE])
    await page.keyboard.press("Enter")
    await expect(latest(page).locator(".card")).to_contain_text(f"640x360 {len(PICTURE['buffer'])}")


async def test_a_dropped_picture_is_posted_or_begins_a_video(page: Page) -> None:
    drop = """bytes => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], "cat.png", { type: "image/png" }));
        const options = { dataTransfer: data, bubbles: true, cancelable: true };
        document.getElementById("timeline").dispatchEvent(new DragEvent("drop", options));
    }"""
    await page.evaluate(drop, list(PICTURE["buffer"]))
    await page.keyboard.type("look")
    await page.keyboard.press("Enter")
    await expect(latest(page, "Ann")).to_contain_text("look")
    await expect(latest(page, "Ann").locator(".picture img")).to_have_js_property("naturalWidth", 640)
    await page.evaluate(drop, list(PICTURE["buffer"]))
    await page.get_by_role("button", name="Start a video from it").click()
    await expect(page.get_by_label("prompt", exact=True)).to_be_focused()
    await page.keyboard.type("a cat")
    await page.keyboard.press("Enter")
    await expect(latest(page).locator(".card")).to_contain_text("a cat any none 8 640x360")


async def test_a_form_is_filled_in_and_says_what_does_not_fit(page: Page) -> None:
    await sends(page, "create", prompt="a cat")
    await latest(page).get_by_role("button", name="Remix").click()
    form = page.get_by_role("dialog", name="Remix")
    words = form.get_by_label("Your words")
    await expect(form).to_contain_text("Say what to change.")
    await expect(words).to_be_focused()
    await expect(words).to_have_value("as before")
    await words.fill("with a hat")
    await expect(form).to_contain_text("10 / 50")
    await form.get_by_label("Picture").set_input_files([PICTURE])
    await form.get_by_role("radio", name="wild").check()
    await form.get_by_role("button", name="Submit").click()
    await expect(form).to_have_count(0)
    await expect(latest(page).locator(".card")).to_contain_text(f"with a hat / [{len(PICTURE['buffer'])}] / wild")


async def test_a_form_is_left_with_escape_and_the_button_gets_the_focus_back(page: Page) -> None:
    await sends(page, "create", prompt="a cat")
    remix = latest(page).get_by_role("button", name="Remix")
    await remix.press("Enter")
    await page.get_by_role("dialog", name="Remix").get_by_label("Your words").press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await expect(remix).to_be_focused()


async def test_no_field_of_a_form_is_below_its_footer_when_the_keyboard_comes_to_it(page: Page) -> None:
    await page.set_viewport_size({"width": 1200, "height": 400})
    await sends(page, "create", prompt="a cat")
    await latest(page).get_by_role("button", name="Remix").click()
    form = page.get_by_role("dialog", name="Remix")
    await expect(form.get_by_label("Your words")).to_be_focused()
    while not await form.get_by_role("button", name="Cancel").evaluate("node => node === document.activeElement"):
        assert await form.evaluate(
            """form => {
                const field = document.activeElement.getBoundingClientRect();
                return field.top >= 0 && field.bottom <= form.querySelector("footer").getBoundingClientRect().top;
            }"""
        )
        await page.keyboard.press("Tab")


async def test_a_select_is_told_to_the_bot_and_answered_privately(page: Page) -> None:
    await sends(page, "length")
    await latest(page).get_by_role("combobox", name="Length").select_option("8 seconds")
    await expect(latest(page)).to_contain_text("chose ['8']")
    await expect(latest(page)).to_contain_text("Only you can see this")


async def test_a_private_answer_is_dismissed(page: Page) -> None:
    await sends(page, "whisper")
    await expect(page.get_by_role("article")).to_have_count(2)
    for _ in range(2):
        await latest(page).get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_role("article")).to_have_count(0)


async def test_a_late_answer_is_thought_about_first(page: Page, studio: Studio) -> None:
    await sends(page, "later")
    await expect(latest(page)).to_contain_text("Kinora is thinking…")
    studio.bot.go.set()
    await expect(latest(page)).to_contain_text("done, @Ann")


async def test_commands_are_described_in_the_language_of_their_reader(browser: Browser, studio: Studio) -> None:
    registered = {each["name"]: each for each in studio.sandbox.world.commands.of(EVERYWHERE)}
    registered["create"]["description_localizations"] = {"de": "Macht ein Video"}
    registered["Remix this video"]["name_localizations"] = {"de": "Dieses Video remixen"}
    async with a_visit(browser, studio.sandbox.url, language="de") as page:
        await composer(page).fill("/macht")
        await expect(page.get_by_role("listbox").get_by_role("option")).to_contain_text("/create")
        await composer(page).fill("look at this")
        await composer(page).press("Enter")
        await latest(page, "Ann").get_by_role("button", name="Message menu").press("Enter")
        await page.get_by_role("menuitem", name="Dieses Video remixen").click()
        await expect(latest(page)).to_contain_text("you mean 'look at this'")


async def test_the_menu_of_a_message_opens_with_keys_and_with_the_mouse(page: Page) -> None:
    await composer(page).fill("look at this")
    await composer(page).press("Enter")
    more = latest(page, "Ann").get_by_role("button", name="Message menu")
    await more.press("Enter")
    menu = page.get_by_role("menu", name="Message menu")
    await expect(menu.get_by_role("menuitem").first).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(more).to_be_focused()
    await latest(page, "Ann").get_by_text("look at this").click(button="right")
    await menu.get_by_role("menuitem", name="Remix this video").click()
    await expect(latest(page)).to_contain_text("you mean 'look at this'")


async def test_people_see_their_own_commands_and_their_own_messages(page: Page) -> None:
    await sends(page, "whisper")
    await expect(latest(page)).to_contain_text("and this")
    await page.get_by_role("radio", name="Max Manager of the server").check()
    await expect(composer(page)).to_have_attribute("placeholder", "Type / or write as Max")
    await expect(page.get_by_role("article")).to_have_count(0)
    await composer(page).fill("/settings")
    await page.get_by_role("listbox").get_by_role("option", name="/settings access").click()
    await page.get_by_label("role", exact=True).fill("film")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(latest(page)).to_contain_text("granted Filmmaker")
    await page.reload()
    await expect(page.get_by_role("radio", checked=True)).to_have_value("max")


async def test_two_windows_share_a_channel(page: Page, browser: Browser, studio: Studio) -> None:
    async with a_visit(browser, studio.sandbox.url, "sam") as other:
        await sends(page, "create", prompt="a cat")
        await latest(other).get_by_role("button", name="Cancel").click()
        await expect(latest(page).locator(".card")).to_have_text("Cancelled")


async def test_commands_work_in_a_thread(page: Page) -> None:
    await page.get_by_role("button", name="storyboard").click()
    await sends(page, "create", prompt="a cat")
    await expect(page.get_by_role("log", name="Messages in storyboard")).to_contain_text("Ann used /create")


async def test_a_direct_message_opens_a_channel_of_its_own(page: Page, studio: Studio) -> None:
    channel = await studio.bot.create_dm(studio.bot.get_partial_messageable(studio.ann.id))
    await channel.send("your video is ready")
    await page.get_by_role("navigation", name="Channels").get_by_role("button", name="Kinora").click()
    await expect(latest(page)).to_contain_text("your video is ready")
    await channel.send(f"https://discord.com/channels/@me/{channel.id}/1")
    await expect(latest(page).get_by_role("button", name="Kinora › message")).to_have_text("Kinora › message")


async def test_what_one_had_begun_to_write_is_not_the_next_persons(page: Page) -> None:
    await composer(page).fill("/create a cat")
    await page.get_by_role("radio", name="Max Manager of the server").check()
    await expect(composer(page)).to_have_attribute("placeholder", "Type / or write as Max")
    await expect(composer(page)).to_have_value("")


async def test_the_theme_follows_the_system_until_it_is_chosen(page: Page) -> None:
    scheme = "() => getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(scheme)
    await page.get_by_role("button", name="Use the dark theme").click()
    dark = await page.evaluate(scheme)
    assert light != dark
    await page.reload()
    await expect(page.get_by_role("button", name="Use the light theme")).to_be_visible()
    assert await page.evaluate(scheme) == dark
    await page.get_by_role("button", name="Use the light theme").click()
    await page.emulate_media(color_scheme="dark")
    assert await page.evaluate(scheme) == light


async def test_a_small_screen_keeps_the_channels_in_a_drawer(browser: Browser, studio: Studio) -> None:
    async with a_visit(browser, studio.sandbox.url, window=PHONE) as page:
        await sends(page, "create", prompt="a cat")
        await expect(latest(page)).to_be_in_viewport()
        lounge = page.get_by_role("button", name="lounge")
        await expect(lounge).to_have_count(0)
        toggle = page.get_by_role("button", name="Channels and people")
        await toggle.click()
        await expect(lounge).to_be_in_viewport()
        await expect(page.get_by_role("main")).to_have_js_property("inert", value=True)  # not reachable with Tab
        await page.get_by_text("A simulated server on this machine").click()
        await page.keyboard.press("Escape")
        await expect(toggle).to_be_focused()
        await toggle.click()
        await lounge.click()
        await expect(page.get_by_role("heading", name="lounge", exact=True)).to_be_visible()
        await expect(lounge).to_have_count(0)
        await expect(page.get_by_role("main")).to_have_js_property("inert", value=False)
        assert await page.evaluate("document.documentElement.scrollWidth") == 360


async def test_a_lost_line_is_shown_and_comes_back(browser: Browser) -> None:
    sandbox = Sandbox(World.demo())
    port = free_port()
    await sandbox.start(port)
    async with a_visit(browser, sandbox.url, bears="ERR_CONNECTION_REFUSED") as page:
        await sandbox.close()
        banner = page.get_by_text("Lost the connection to the demo.")
        await expect(banner).to_be_visible()
        await composer(page).fill("anybody there?")
        await composer(page).press("Enter")
        await expect(page.get_by_role("alert")).to_contain_text("The demo didn't answer.")
        await sandbox.start(port)
        await expect(banner).to_be_hidden()
        await composer(page).press("Enter")
        await expect(latest(page, "Ann")).to_contain_text("anybody there?")
    await sandbox.close()


async def test_the_bot_is_restarted_from_the_page(browser: Browser) -> None:
    keeper = Recorder()
    sandbox = Sandbox(World.demo(), keeper=keeper)
    await sandbox.start()
    async with a_visit(browser, sandbox.url) as page:
        panel = page.get_by_role("region", name="The bot")
        await expect(panel).to_contain_text("Offline")
        await panel.get_by_role("button", name="Restart the bot").click()
        await expect(panel).to_contain_text("Starting…")
        await panel.get_by_role("button", name="Start the bot", exact=True).click()
        await expect(panel.get_by_role("button", name="Start the bot", exact=True)).to_be_enabled()
    assert keeper.asked == ["restart", "start"]
    await sandbox.close()


async def test_without_a_keeper_the_switch_goes_away(browser: Browser, studio: Studio) -> None:
    async with a_visit(browser, studio.sandbox.url, bears="404") as page:
        await page.get_by_role("button", name="Restart the bot").click()
        await expect(page.get_by_role("button", name="Restart the bot")).to_have_count(0)
