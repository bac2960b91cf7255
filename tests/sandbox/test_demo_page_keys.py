"""The demo page with the keyboard alone: message menus, forms, and where the focus is afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.sandbox.demo_page import Browser, Page, a_visit, composer, expect, latest, sends
from tests.sandbox.simulated_discord_bot import Studio, a_studio
from tests.sandbox.simulated_discord_raw import raw_access, row, text, v2

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def studio(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Studio]:
    async with a_studio(monkeypatch) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, studio: Studio) -> AsyncIterator[Page]:
    async with a_visit(browser, studio.sandbox.url) as visit:
        yield visit


async def test_arrows_look_through_a_menu_and_enter_chooses(page: Page, studio: Studio) -> None:
    await sends(page, "length")
    menu = latest(page).get_by_role("combobox", name="Length")
    await menu.focus()
    before = len(studio.bot.seen)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await expect(menu).to_have_value("8")
    await expect(latest(page).get_by_text("Press Enter to choose it.")).to_be_visible()
    assert len(studio.bot.seen) == before
    await page.keyboard.press("Enter")
    await expect(latest(page)).to_contain_text("chose ['8']")


async def test_a_menu_that_is_left_without_enter_is_as_it_was(page: Page, studio: Studio) -> None:
    await sends(page, "length")
    menu = latest(page).get_by_role("combobox", name="Length")
    await menu.focus()
    before = len(studio.bot.seen)
    for leaving in ("Escape", "Tab"):
        await page.keyboard.press("ArrowDown")
        await expect(menu).to_have_value("4")
        await page.keyboard.press(leaving)
        await expect(menu).to_have_value("")
        await expect(latest(page).get_by_text("Press Enter to choose it.")).to_be_hidden()
    assert len(studio.bot.seen) == before


async def test_several_are_ticked_and_the_focus_stays_with_their_menu(browser: Browser) -> None:
    options = [{"label": name, "value": name.lower()} for name in ("One", "Two", "Three")]
    menu = {"type": 3, "custom_id": "which", "placeholder": "Which ones", "max_values": 3, "options": options}
    async with raw_access() as raw, a_visit(browser, raw.sandbox.url) as page:
        sent = await raw.send(v2(row(menu)))
        title = latest(page).locator("summary", has_text="Which ones")
        await title.focus()
        for key in ("Enter", "Tab", "Space", "Tab", "Space", "Tab", "Tab"):
            await page.keyboard.press(key)
        await expect(latest(page).get_by_role("button", name="Done")).to_be_focused()
        await page.keyboard.press("Enter")
        await raw.world.until(lambda: raw.world.interactions)
        (asked,) = raw.world.interactions.values()
        assert asked.data["values"] == ["one", "two"]
        assert (await raw.answer(asked, {"type": 6})).status == 200
        assert (await raw.edit(sent.body["id"], v2(row(menu), text("Noted.")))).status == 200
        await expect(latest(page)).to_contain_text("Noted.")
        await expect(title).to_be_focused()


async def test_a_whole_line_typed_by_hand_is_its_value_alone(page: Page) -> None:
    await composer(page).focus()
    await page.keyboard.type("/create prompt: a fox in the snow")
    await expect(page.get_by_label("prompt", exact=True)).to_have_value("a fox in the snow")
    await page.keyboard.press("Enter")
    await expect(latest(page).locator(".card")).to_contain_text("a fox in the snow any none 8 no picture")
    await expect(composer(page)).to_be_focused()
