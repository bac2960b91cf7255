"""The demo page in a real browser, and files to show in it."""

from __future__ import annotations

import io
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

import av
import pytest
from PIL import Image

from tests import waiting

pytest.importorskip("playwright", reason="the demo page is driven with playwright")

from playwright.async_api import Browser, ConsoleMessage, FilePayload, Locator, Page, Route, async_playwright, expect

__all__ = [
    "Browser",
    "FilePayload",
    "Locator",
    "Page",
    "Route",
    "expect",
]  # tests import them from here, after the check above

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
PATIENCE = waiting.PATIENCE * 1000  # milliseconds
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Sizes in pixels. A phone has touch and no hover."""

    width: int
    height: int
    is_phone: bool = False


DESKTOP = Window(width=1200, height=800)
PHONE = Window(width=360, height=640, is_phone=True)


@asynccontextmanager
async def a_browser() -> AsyncIterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs a Chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=SWITCHES, timeout=PATIENCE)
        yield browser
        await browser.close()


@asynccontextmanager
async def a_visit(
    browser: Browser,
    url: str,
    person: str = "ann",
    *,
    window: Window = DESKTOP,
    theme: Literal["light", "dark"] = "light",
    language: str = "en-US",
    bears: str = "never",
) -> AsyncIterator[Page]:
    """The page, opened as this person, whose Discord is in this language.

    At the end it asserts that the page threw no error, made no request to another host, and logged no warning or error
    except `bears`.
    """
    context = await browser.new_context(
        viewport={"width": window.width, "height": window.height},
        has_touch=window.is_phone,
        is_mobile=window.is_phone,
        color_scheme=theme,
        locale="en-GB",
    )
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(_told(said)) if said.type in {"error", "warning"} else None)
    page.on("request", lambda asked: problems.append(asked.url) if _is_elsewhere(asked.url, url) else None)
    await page.goto(f"{url}/?as={person}&language={language}")
    await expect(page.get_by_role("button", name=f"You are {person.title()}.")).to_be_visible()
    yield page
    await context.close()
    unexpected = [problem for problem in problems if bears not in problem]
    assert not unexpected, unexpected


def _told(said: ConsoleMessage) -> str:
    return f"{said.text} {said.location.get('url', '')}"


def _is_elsewhere(asked: str, url: str) -> bool:
    return urlsplit(asked).scheme != "blob" and urlsplit(asked).netloc != urlsplit(url).netloc


def composer(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Message or command")


def latest(page: Page, who: str = "Kinora") -> Locator:
    return page.get_by_role("article", name=f"Message from {who}").last


async def sends(page: Page, command: str, **options: str) -> None:
    """Type a command with its options as `name: value`, and send it."""
    values = " ".join(f"{name}: {value}" for name, value in options.items())
    await composer(page).fill(f"/{command} {values}")
    await page.get_by_role("button", name="Send").click()


def a_picture(width: int = 64, height: int = 36) -> bytes:
    """A PNG."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 120, 40)).save(file, "PNG")
    return file.getvalue()


def an_animation(width: int = 160, height: int = 90) -> bytes:
    """An animated WebP of two pictures."""
    file = io.BytesIO()
    first, second = (Image.new("RGB", (width, height), colour) for colour in ((200, 120, 40), (40, 120, 200)))
    first.save(file, "WEBP", save_all=True, append_images=[second], duration=200, loop=0)
    return file.getvalue()


def a_film(width: int = 64, height: int = 36, seconds: int = 2) -> bytes:
    """A silent MP4 that a browser plays."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        frame = av.VideoFrame(width, height, "yuv420p")
        for plane in frame.planes:
            plane.update(bytes([140]) * plane.buffer_size)
        for number in range(10 * seconds):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return file.getvalue()
