"""The demo as a newcomer sees it: the page in a real browser, with the real bot behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Literal

import pytest
import pytest_asyncio

from bot.sandbox.stage import Stage
from tests.e2e.stages import patient
from tests.sandbox.demo_page import (
    DESKTOP,
    PHONE,
    Browser,
    Locator,
    Page,
    Window,
    a_picture,
    a_visit,
    composer,
    expect,
    latest,
    sends,
)

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

A_WHILE = 60_000.0  # milliseconds: a video may be generated meanwhile
UNNAMED = """() => [...document.querySelectorAll("button, a, input, textarea, select, video, dialog, [role=button]")]
    .filter((each) => each.checkVisibility({ checkVisibilityCSS: true }) && !each.closest("[aria-hidden=true]"))
    .filter((each) => !each.ariaLabel && !each.labels?.length && !each.textContent.trim())
    .map((each) => each.outerHTML)"""
OVERFLOWS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    settings = {"POLL_MAX_SECONDS": "1", "LEASE_SECONDS": "4"}
    stage = patient(Stage(tmp_path_factory.mktemp("demo"), render_seconds=1.5, settings=settings))
    async with stage.running() as running:
        yield running


async def test_a_newcomer_makes_a_video_and_remixes_it(browser: Browser, stage: Stage) -> None:
    async with a_visit(browser, stage.url) as page:
        await page.get_by_role("button", name="/create prompt: a fox in the snow").click()
        await page.keyboard.press("Enter")
        film = page.locator("video")
        await expect(film).to_have_count(1, timeout=A_WHILE)
        await film.evaluate("film => { film.muted = true; return film.play() }")
        await expect(film).to_have_js_property("videoWidth", 1280)

        await latest(page).get_by_role("button", name="Remix").click()
        form = page.get_by_role("dialog")
        await expect(form.get_by_role("textbox")).to_have_attribute("placeholder", "a fox in the snow")
        await expect(form.get_by_role("radio", name="Change the scene")).to_be_checked()
        await form.get_by_role("textbox").fill("make it night")
        await form.get_by_role("button", name="Submit").click()
        await expect(film).to_have_count(2, timeout=A_WHILE)
        await expect(latest(page)).to_contain_text("Remix of")

        await latest(page).get_by_role("button", name="Remix").click()
        await form.get_by_role("radio", name="Continue from the end").check()
        await form.get_by_role("textbox").fill("it trots away")
        await form.get_by_role("button", name="Submit").click()
        await expect(film).to_have_count(3, timeout=A_WHILE)
        await expect(latest(page)).to_contain_text("Continues from the last frame")


@pytest.mark.parametrize(
    ("window", "theme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop, light", "phone, dark"]
)
async def test_every_screen_is_in_order(
    browser: Browser, stage: Stage, window: Window, theme: Literal["light", "dark"]
) -> None:
    async with a_visit(browser, stage.url, window=window, theme=theme) as page:
        await assert_in_order(page)
        await sends(page, "create", prompt="a lighthouse in a storm")
        await expect(latest(page).locator("video")).to_have_count(1, timeout=A_WHILE)
        await assert_in_order(page)
        await latest(page).get_by_role("button", name="Remix").click()
        await assert_shown_until_escape(page, page.get_by_role("dialog"))
        await latest(page).get_by_role("button", name="Message menu").click()
        await assert_shown_until_escape(page, page.get_by_role("menu"))
        for command, words in SCREENS.items():
            await composer(page).fill(f"/{command} ")
            await assert_in_order(page)
            await page.get_by_role("button", name="Send").click()
            await expect(latest(page)).to_contain_text(words)
            await assert_in_order(page)
        await composer(page).fill("/create a cat")
        for option in ("model", "seconds", "size", "image", "private", "fit"):
            await page.get_by_role("button", name=f"Add {option}").click()
        await assert_in_order(page)
        await page.keyboard.press("Escape")  # closes the list
        await page.keyboard.press("Escape")  # discards the command
        await expect(composer(page)).to_be_focused()


SCREENS = {
    "status": "On this server",
    "costs": "this month",
    "history": "a lighthouse in a storm",
    "models": "Sora 2 Pro",
}


async def assert_in_order(page: Page) -> None:
    """Every control has a name, and nothing overflows the window."""
    assert await page.evaluate(UNNAMED) == []
    assert not await page.evaluate(OVERFLOWS)


async def assert_shown_until_escape(page: Page, part: Locator) -> None:
    await expect(part).to_be_visible()
    await assert_in_order(page)
    await page.keyboard.press("Escape")
    await expect(part).to_be_hidden()


async def test_a_picture_somebody_posted_is_made_to_move(browser: Browser, stage: Stage) -> None:
    stage.person("sam").says("look", "studio", ("fox.png", a_picture(600, 900)))
    async with a_visit(browser, stage.url) as page:
        await latest(page, "Sam").click(button="right")
        await page.get_by_role("menuitem", name="Animate this image").click()
        form = page.get_by_role("dialog")
        await expect(form).to_contain_text("Sora 2 · 4 s · 720x1280 · $0.40")
        await form.get_by_role("textbox").fill("it blinks")
        await form.get_by_role("button", name="Submit").click()
        await expect(latest(page).locator("video")).to_have_js_property("videoHeight", 1280, timeout=A_WHILE)


async def test_prices_are_in_the_list_of_models(browser: Browser, stage: Stage) -> None:
    async with a_visit(browser, stage.url) as page:
        await composer(page).fill("/create a cat")
        await page.get_by_role("button", name="Add model").click()
        await expect(page.get_by_role("listbox").get_by_role("option").first).to_have_text("Sora 2 · 4 s · $0.40")
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Add seconds").click()
        await page.keyboard.type("12")
        await page.keyboard.press("Tab")
        await page.get_by_label("model", exact=True).focus()
        await expect(page.get_by_role("listbox").get_by_role("option").first).to_contain_text("12 s · $1.20")


async def test_a_manager_chooses_a_channel_from_a_list(browser: Browser, stage: Stage) -> None:
    async with a_visit(browser, stage.url, "max") as page:
        await composer(page).fill("/settings notices ")
        await page.get_by_role("button", name="Add channel").click()
        await expect(page.get_by_role("listbox").get_by_role("option")).to_have_text(
            ["studio", "lounge", "read-only", "staff"]
        )
        await page.get_by_role("listbox").get_by_role("option", name="lounge").click()
        await page.keyboard.press("Enter")
        await expect(latest(page).get_by_role("button", name="#lounge")).to_be_visible()


async def test_a_stranger_is_told_which_role_it_takes(browser: Browser, stage: Stage) -> None:
    async with a_visit(browser, stage.url, "sam") as page:
        await composer(page).fill("/create a cat")
        await page.keyboard.press("Enter")
        await expect(latest(page)).to_contain_text("need the role @Filmmaker")
        await expect(latest(page)).to_contain_text("Only you can see this")


async def test_the_bot_is_restarted_from_the_page_and_goes_on(browser: Browser, stage: Stage) -> None:
    async with a_visit(browser, stage.url) as page:
        await page.get_by_role("button", name="Restart the bot").click()
        state = page.get_by_role("region", name="The bot").get_by_role("status")
        await expect(state).to_have_text("One moment…")
        await expect(state).to_have_text("Online", timeout=A_WHILE)
        await sends(page, "status")
        await expect(latest(page)).to_contain_text("Your videos")
