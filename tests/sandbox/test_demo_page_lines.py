"""Input that the demo page can't send as typed, and what it says about it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.sandbox.demo_page import Browser, Page, a_visit, composer, expect
from tests.sandbox.simulated_discord_bot import a_studio

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Page]:
    async with (
        a_studio(monkeypatch) as studio,
        a_visit(browser, studio.sandbox.url) as visit,
    ):
        yield visit


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/later tone: calm", "/later takes no option called “tone”. You can use: private."),
        ("/whisper tone: calm", "/whisper takes no options. Remove “tone: calm” and send it again."),
        ("/later private: Yes tone: calm", "/later takes no option called “tone”. You can use: private."),
    ],
)
async def test_an_option_that_does_not_exist_is_named_with_those_that_do(page: Page, line: str, sentence: str) -> None:
    await composer(page).fill(line)
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_have_text(sentence)
    await expect(page.get_by_label("Options of /")).to_have_value("tone: calm")


async def test_a_text_may_have_words_with_colons(page: Page) -> None:
    await composer(page).fill("/create mood: a quiet sea")
    await expect(page.get_by_label("prompt", exact=True)).to_have_value("mood: a quiet sea")


async def test_a_whole_line_is_understood_while_it_is_typed_like_one_that_is_pasted(page: Page) -> None:
    await composer(page).press_sequentially("/create prompt: a quiet mood: sea seconds: 4 size:Tall")
    await expect(page.get_by_label("prompt", exact=True)).to_have_value("a quiet mood: sea")
    await expect(page.get_by_label("seconds", exact=True)).to_have_value("4")
    await expect(page.get_by_label("size", exact=True)).to_have_value("Tall")


async def test_a_typed_line_may_begin_with_any_option(page: Page) -> None:
    await composer(page).press_sequentially("/create seconds: 4 prompt: a quiet sea")
    await expect(page.get_by_label("seconds", exact=True)).to_have_value("4")
    await expect(page.get_by_label("prompt", exact=True)).to_have_value("a quiet sea")


async def test_members_are_told_which_commands_only_managers_have(page: Page) -> None:
    await composer(page).fill("/settings access")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_contain_text(
        "Only managers of the server have /settings; Discord hides it from others."
    )


async def test_an_unknown_command_does_not_become_one_that_mentions_its_name(page: Page) -> None:
    await composer(page).fill("/nothing about")
    await expect(page.get_by_role("listbox").get_by_role("option")).to_have_count(1)
    await composer(page).press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text("No such command")
    await composer(page).press("ArrowDown")
    await expect(page.get_by_role("listbox").get_by_role("option", selected=True)).to_contain_text("/silent")


async def test_a_command_of_managers_does_not_become_another_one_that_mentions_it(page: Page) -> None:
    await composer(page).fill("/settings")
    await composer(page).press("Enter")
    await expect(page.get_by_role("alert")).to_contain_text(
        "Only managers of the server have /settings; Discord hides it from others."
    )


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/settings channels", "There is no /settings channels. Use /settings open page: Channels."),
        ("/settings moon", "There is no /settings moon. Type one of these after /settings: access, open."),
        ("/settings", "Type one of these after /settings: access, open."),
        ("/moon", "No such command. Type / to see them all."),
    ],
)
async def test_a_command_that_does_not_exist_is_answered_with_the_nearest_one(
    browser: Browser, page: Page, line: str, sentence: str
) -> None:
    async with a_visit(browser, page.url.partition("/?")[0], "max") as managers:
        await composer(managers).fill(line)
        await managers.get_by_role("button", name="Send").click()
        await expect(managers.get_by_role("alert")).to_have_text(sentence)


async def test_only_a_command_with_options_lists_them_while_one_types(page: Page) -> None:
    await composer(page).fill("/later ")
    await page.get_by_label("Options of /later").press_sequentially("tone")
    await expect(page.get_by_text("No such option.")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.keyboard.press("Escape")
    await composer(page).fill("/whisper ")
    await page.get_by_label("Options of /whisper").press_sequentially("tone")
    await expect(page.get_by_label("Options of /whisper")).to_have_value("tone")
    await expect(page.get_by_text("No such option.")).to_be_hidden()


async def test_whoever_asks_for_a_video_in_plain_words_is_told_which_command_makes_one(page: Page) -> None:
    await composer(page).fill("make me a video of a fox")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("article", name="Message from Ann")).to_contain_text("make me a video of a fox")
    await expect(page.get_by_text("Kinora doesn't read messages. Type /create to make a video.")).to_be_visible()
