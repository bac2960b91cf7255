"""From a prompt to the showcase, with the keyboard alone and with the mouse, in two languages each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio

from bot.domain.messages import msg
from bot.sandbox.stage import Stage
from bot.ui.text.render import plain_text
from tests.e2e.acting import answer, until
from tests.e2e.stages import quick_stage
from tests.extent import only_in_full
from tests.sandbox.accessibility import faults
from tests.sandbox.demo_page import Browser, Locator, Page, a_visit, composer, expect
from tests.sandbox.hands import A_WHILE, Hands, Keyboard, Mouse

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(600),  # it makes several videos, up to a minute each on a busy machine
    only_in_full("its parts are tested by themselves; the way through takes half a minute a language"),
]

SETTINGS = {"MAX_CONCURRENT_JOBS": "4", "MEMBER_WAITING_JOBS": "8", "CONFIRM_ABOVE_USD": "5"}
CUT_OFF = """() => [...document.querySelectorAll(".button, .tag, dialog label, dialog h2, .pill")]
    .filter((each) => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)
    .map((each) => each.textContent)"""
NO_PICTURE_IS_BROKEN = """() => [...document.querySelectorAll(".gallery img")]
    .every((each) => !each.complete || each.naturalWidth > 0)"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with quick_stage(tmp_path_factory.mktemp("keys"), SETTINGS).running() as running:
        await a_showcase(running)
        yield running


async def a_showcase(stage: Stage) -> None:
    """A showcase that needs only one ★."""
    max_ = stage.person("max")
    hub = await answer(stage, await max_.types("/settings open"))
    await max_.picks("showcase", on=hub)
    await until(stage, lambda: "There is no showcase" in hub.text)
    await max_.picks("lounge", on=hub, select="Showcase channel")
    await until(stage, lambda: "There is no showcase" not in hub.text)
    await max_.picks("1", on=hub, select="★ that let a video in")
    await until(stage, lambda: "videos with 1 ★" in hub.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person who uses the page in this language and in this way."""

    page: Page
    hands: Hands
    locale: str

    def says(self, english: str) -> str:
        return plain_text(msg(english), self.locale)

    def message(self, english: str) -> Locator:
        return self.page.get_by_role("article").filter(has_text=self.says(english)).last

    def film(self, prompt: str) -> Locator:
        """The newest message with a video of this prompt."""
        films = self.page.get_by_role("article").filter(has=self.page.locator("video"))
        return films.filter(has_text=prompt).last

    async def writes(self, words: str) -> None:
        await self.hands.write(composer(self.page), words)
        await self.hands.send()

    async def sees_pictures(self, english: str, number: int) -> None:
        """In the newest message with this text and pictures."""
        with_pictures = self.page.get_by_role("article").filter(has=self.page.locator(".gallery"))
        message = with_pictures.filter(has_text=self.says(english)).last
        await expect(message.locator(".gallery img")).to_have_count(number, timeout=A_WHILE)

    async def is_in_order(self) -> None:
        await self.page.wait_for_function(NO_PICTURE_IS_BROKEN)
        assert await self.page.evaluate(CUT_OFF) == []
        assert await faults(self.page) == []

    async def presses(self, name: str, **how: Any) -> None:
        """The newest button with this name."""
        await self.hands.press(self.page.get_by_role("button", name=name, **how).last)

    async def button(self, within: Locator, english: str) -> None:
        await self.hands.press(within.get_by_role("button", name=self.says(english)).last)

    async def fills(self, words: str) -> None:
        """Fill the first field of the open form, and submit it."""
        form = self.page.get_by_role("dialog")
        await self.hands.write(form.get_by_role("textbox").first, words)
        await self.hands.press(form.get_by_role("button", name="Submit"))
        await expect(form).to_have_count(0, timeout=A_WHILE)


async def speaks(stage: Stage, language: str) -> None:
    """Set the server's language."""
    max_ = stage.person("max")
    max_.user.locale = "en-US"
    page = await answer(stage, await max_.types("/settings open"))
    page = await answer(stage, await max_.picks("Time zone and language", on=page))
    page = await answer(stage, await max_.picks(language, on=page, select="k1:set-language"))
    assert language in page.text


@pytest.mark.parametrize(
    ("hands", "locale", "language"),
    [
        (Keyboard, "en-US", "English"),
        (Keyboard, "de", "Deutsch"),
        (Mouse, "fr", "Français"),  # not a language of the keyboard's, whose messages are still on the page
        (Mouse, "ja", "日本語"),
    ],
)
async def test_a_video_is_made_remixed_varied_extended_and_shown_to_all(
    browser: Browser, stage: Stage, hands: type[Keyboard | Mouse], locale: str, language: str
) -> None:
    prompt, night, away = (
        f"{each}, {hands.__name__} {locale}" for each in ("a fox in the snow", "make it night", "it trots away")
    )
    await speaks(stage, language)
    async with a_visit(browser, stage.url, language=locale) as page:
        ann = Visitor(page=page, hands=hands(page), locale=locale)
        await ann.writes(f"/create {prompt}")
        await ann.button(ann.film(prompt), "Remix")
        await ann.fills(night)
        await ann.button(ann.film(night), "More…")
        panel = ann.message("Go on from here")
        await ann.button(panel, "Variations…")
        await ann.presses("×2 ·")
        await ann.sees_pictures("Variations", 2)
        await ann.button(panel, "Extend…")
        await ann.fills(away)
        await expect(ann.film(away)).to_contain_text(ann.says("Extended by the service"), timeout=A_WHILE)
        await ann.button(panel, "Lineage")
        await ann.sees_pictures("Another video of these…", 1)
        await ann.is_in_order()
    async with a_visit(browser, stage.url, "max", language=locale) as page:
        max_ = Visitor(page=page, hands=hands(page), locale=locale)
        await max_.button(max_.film(night), "More…")
        await max_.button(max_.message("Go on from here"), "Favourite")
        await max_.presses("lounge", exact=True)
        await expect(max_.film(night)).to_contain_text("⭐ 1", timeout=A_WHILE)
        await max_.is_in_order()
