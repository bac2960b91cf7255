"""Input that the demo page can't send as typed, and what it says about it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from bot.sandbox.discord.world.rules import Rules
from tests.sandbox.demo_page import Browser, Page, a_visit, composer, expect
from tests.sandbox.simulated_discord_bot import a_studio

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(loop_scope="module")
async def page(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Page]:
    async with (
        a_studio(monkeypatch, Rules(real_buckets=False)) as studio,
        a_visit(browser, studio.sandbox.url) as visit,
    ):
        yield visit


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/later tone: calm", "/later takes no option called “tone”. You can use: private."),
        (
            "/whisper tone: calm",
            "/whisper takes no options. Remove “tone: calm” and send it again. What it is for: “Whisper”",
        ),
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


async def test_members_are_told_which_commands_only_managers_have(page: Page) -> None:
    await composer(page).fill("/settings access")
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_role("alert")).to_contain_text(
        "Only managers of the server have /settings; Discord hides it from others."
    )
