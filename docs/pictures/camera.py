"""A browser, the windows in which the demo page is seen, and how what is seen there becomes a file."""

from __future__ import annotations

import asyncio
import io
import shutil
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.async_api import Browser, Locator, Page, async_playwright

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
PATIENCE = 60_000.0  # milliseconds; a video is made in between
GAP = 36  # pixels between pictures that stand side by side
SETTLED = 400.0  # milliseconds until what moves has come to rest
LOADED = """async () => {
    const media = [...document.querySelectorAll("video, img")];
    const isThere = each => each instanceof HTMLVideoElement ? each.readyState >= 2 : each.complete;
    while (!media.every(isThere)) await new Promise(next => setTimeout(next, 50));
}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A window and its theme; sizes in pixels of the page, of which a phone shows each as `scale` squared."""

    name: str
    width: int
    height: int
    theme: Literal["light", "dark"]
    scale: int = 1

    @property
    def is_phone(self) -> bool:
        return self.scale > 1


LOOKS = [
    Look(name="dark", width=1280, height=860, theme="dark"),
    Look(name="light", width=1280, height=860, theme="light"),
    Look(name="phone-dark", width=390, height=844, theme="dark", scale=2),
    Look(name="phone-light", width=390, height=844, theme="light", scale=2),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The demo page as one person sees it."""

    look: Look
    page: Page

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name="Message or command")

    @property
    def latest(self) -> Locator:
        """The bot's newest message."""
        return self.page.get_by_role("article", name="Message from Kinora").last

    @property
    def form(self) -> Locator:
        return self.page.get_by_role("dialog")

    async def rest(self) -> None:
        """Until everything has loaded and nothing moves, with the pointer out of the way."""
        if not self.look.is_phone:
            await self.page.mouse.move(self.look.width / 2, 2)
        await self.page.evaluate(LOADED)
        await self.page.wait_for_timeout(SETTLED)

    async def picture(self) -> Image.Image:
        return Image.open(io.BytesIO(await self.page.screenshot())).convert("RGB")


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield browser
        await browser.close()


async def open_page(browser: Browser, look: Look, url: str) -> Page:
    context = await browser.new_context(
        viewport={"width": look.width, "height": look.height},
        device_scale_factor=look.scale,
        has_touch=look.is_phone,
        is_mobile=look.is_phone,
        color_scheme=look.theme,
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    await page.goto(url)
    return page


async def open_window(browser: Browser, look: Look, url: str) -> Window:
    window = Window(look=look, page=await open_page(browser, look, url))
    await window.composer.wait_for()
    return window


async def in_each(windows: Sequence[Window], act: Callable[[Window], Awaitable[object]]) -> None:
    await asyncio.gather(*(act(window) for window in windows))


def side_by_side(pictures: Sequence[Image.Image]) -> Image.Image:
    """Pictures of one size on a transparent ground."""
    width, height = pictures[0].size
    row = Image.new("RGBA", (len(pictures) * (width + GAP) - GAP, height))
    for number, picture in enumerate(pictures):
        row.paste(picture, (number * (width + GAP), 0))
    return row.resize((row.width * 2 // 3, row.height * 2 // 3), Image.Resampling.LANCZOS)


def save(picture: Image.Image, target: Path) -> None:
    """As WebP, which is a third of a PNG here."""
    picture.save(target, "WEBP", quality=82, method=6)
    say(target)


def say(target: Path) -> None:
    sys.stdout.write(f"{target} {target.stat().st_size // 1024} kB\n")
