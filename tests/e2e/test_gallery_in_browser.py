"""The gallery and the player in a real browser: by mouse, by keyboard, on a phone, and with assistive technology."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from PIL import Image

from bot.domain.ids import ALPHABET, JobId
from bot.domain.messages import msg
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause, Failed
from tests.builders import NOON, WIDE, a_job, a_request, a_video
from tests.extent import only_in_full
from tests.films import a_film
from tests.galleries import GallerySite, a_finished_video, a_gallery
from tests.sandbox.accessibility import faults
from tests.sandbox.demo_page import DESKTOP, PATIENCE, PHONE, Browser, Page, Window, a_browser, expect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asyncio(loop_scope="module"),
    only_in_full("a browser takes a minute for all of it, and nearly all is also tested over HTTP"),
]

MADE, REMIX, BROKEN = "K7Q4FD", "R4M48P", "FA4424"
PROMPT = "a fox in the snow\nat dawn"
MANY = 30  # more than a page
SECONDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    browser: Browser
    site: GallerySite

    @asynccontextmanager
    async def visit(self, window: Window = DESKTOP, *, bears: str = "never", **more: Any) -> AsyncIterator[Page]:
        """Ann's own, opened by her link. Afterwards: nothing was thrown, refused, or requested from elsewhere."""
        context = await self.browser.new_context(
            viewport={"width": window.width, "height": window.height},
            has_touch=window.is_phone,
            is_mobile=window.is_phone,
            **more,
        )
        context.set_default_timeout(PATIENCE)
        page, problems = await context.new_page(), list[str]()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type in {"error", "warning"} else None)
        page.on("request", lambda asked: problems.append(asked.url) if self._is_elsewhere(asked.url) else None)
        await page.goto(self.site.link())
        yield page
        await context.close()
        assert [problem for problem in problems if bears not in problem] == []

    def _is_elsewhere(self, address: str) -> bool:
        return urlsplit(address).netloc != urlsplit(self.site.url).netloc


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gallery(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Gallery]:
    folder = tmp_path_factory.mktemp("gallery")
    async with a_browser() as browser, a_gallery(folder) as site:
        await fill(site, folder)
        yield Gallery(browser=browser, site=site)


async def fill(site: GallerySite, folder: Path) -> None:
    """A video, its remix, one that failed, and many that wait."""
    film = (await asyncio.to_thread(a_film, folder / "film.mp4", seconds=SECONDS)).read_bytes()
    files = {"film": film, "poster": a_picture("WEBP", WIDE.width, WIDE.height), "sheet": a_sheet()}
    for number in range(MANY):
        id_ = JobId(f"AAAA{ALPHABET[number // 20]}{ALPHABET[number % 20]}")
        await site.keep(a_job(id=id_, created_at=NOON - timedelta(hours=1, minutes=number)))
    failed = Failed(cause=Cause.MODERATION, reason=msg("No foxes."), charged=False, finished_at=NOON)
    await site.keep(a_job(failed, id=JobId(BROKEN), created_at=NOON - timedelta(minutes=1)))
    made = a_finished_video(MADE, request=a_request(prompt=PROMPT), cost=Usd.of("0.40"))
    remix = a_finished_video(REMIX, request=a_request(prompt="at night", source=JobId(MADE)), private=True)
    assert made.video == a_video()
    for job in (made, remix):
        await site.keep(job, **files)


def a_picture(kind: str, width: int, height: int) -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), (40, 90, 140)).save(written, kind)
    return written.getvalue()


def a_sheet(side: int = 90, gap: int = 4) -> bytes:
    """Nine stills; the fifth is red."""
    sheet = Image.new("RGB", (3 * side + 2 * gap, 3 * side + 2 * gap), (0, 0, 80))
    sheet.paste((200, 0, 0), (side + gap, side + gap, 2 * side + gap, 2 * side + gap))
    written = BytesIO()
    sheet.save(written, "JPEG")
    return written.getvalue()


async def comes_true(page: Page, expression: str) -> None:
    """Checked from outside: the page itself may evaluate nothing."""
    async with asyncio.timeout(PATIENCE / 1000):
        while not await page.evaluate(expression):
            await page.wait_for_timeout(50)


async def now(page: Page) -> float:
    """The player's position, in seconds."""
    return float(await page.locator(".player video").evaluate("video => video.currentTime"))


async def state(page: Page, name: str) -> Any:
    return await page.locator(".player video").evaluate(f"video => video.{name}")


@asynccontextmanager
async def a_player(gallery: Gallery, window: Window = DESKTOP, **more: Any) -> AsyncIterator[Page]:
    async with gallery.visit(window, **more) as page:
        await page.goto(gallery.site.at() + MADE)
        await expect(page.locator(".controls")).to_be_visible()
        await comes_true(page, "document.querySelector('.player video').readyState >= 1")
        yield page


@pytest.mark.parametrize(("theme", "locale"), [("light", "en-GB"), ("dark", "en-GB"), ("light", "ja-JP")])
@pytest.mark.parametrize("window", [DESKTOP, PHONE])
async def test_no_page_keeps_anybody_out(gallery: Gallery, window: Window, theme: str, locale: str) -> None:
    bears = "the server responded with a status of 404"
    async with gallery.visit(window, bears=bears, color_scheme=theme, locale=locale) as page:
        found: list[str] = []
        for name in ("", "?state=cancelled", "?from=nonsense", MADE, REMIX, BROKEN, "ZZZZZZ"):
            await page.goto(gallery.site.at() + name)
            if await page.locator(".keys summary").count():
                await page.locator(".keys summary").click()
            found += [f"{name} {report}" for report in await faults(page)]
        assert found == []


@pytest.mark.parametrize("window", [DESKTOP, PHONE])
@pytest.mark.parametrize("locale", ["en-GB", "ja-JP", "de-DE", "fr-FR"])
async def test_a_search_is_one_row_and_the_other_filters_unfold_below_it(
    gallery: Gallery, locale: str, window: Window
) -> None:
    async with gallery.visit(window, locale=locale) as page:
        ends = await page.locator(".filters > :not(details)").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect().bottom)"
        )
        assert max(ends) - min(ends) < 1
        favourites = page.get_by_role("checkbox")
        await expect(favourites).to_be_hidden()
        await page.locator(".filters summary").click()
        await favourites.check()
        await page.locator(".filters button").click()
        await expect(favourites).to_be_checked()
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_filters_are_used_with_the_keyboard_alone(gallery: Gallery) -> None:
    async with gallery.visit() as page:
        keys, asked_for = page.keyboard, list[str]()
        page.on("request", lambda asked: asked_for.append(asked.url) if "state=" in asked.url else None)
        await keys.press("Tab")
        await expect(page.get_by_role("searchbox")).to_be_focused()
        await keys.press("Tab")
        await keys.press("Tab")
        await keys.press("Enter")  # expands the others
        await keys.press("Tab")
        state = page.get_by_label("State")
        await expect(state).to_be_focused()
        await keys.press("ArrowDown")
        await expect(state).to_have_value("finished")
        await page.get_by_role("searchbox").press("Enter")
        await expect(page.locator(".tile")).to_have_count(2)
        await expect(page.get_by_label("State")).to_have_value("finished")
        await expect(page.locator(".filters details")).to_have_attribute("open", "")
        assert len(asked_for) == 1  # choosing requests nothing yet


async def test_a_poster_plays_muted_under_the_pointer_and_with_the_focus(gallery: Gallery) -> None:
    async with gallery.visit() as page:
        tile = page.locator(".tile", has_text="a fox in the snow").first
        await tile.hover()
        playing = tile.locator("video.plays")
        await expect(playing).to_be_visible()
        assert await playing.evaluate("video => video.muted && !video.paused")
        await page.mouse.move(2, 2)
        await expect(tile.locator("video")).to_have_count(0)
        await tile.get_by_role("link").focus()
        await expect(playing).to_be_visible()
        await page.keyboard.press("Escape")
        await expect(tile.locator("video")).to_have_count(0)


async def test_who_wants_less_motion_sees_posters_that_stand_still(gallery: Gallery) -> None:
    async with gallery.visit(reduced_motion="reduce") as page:
        tile = page.locator(".tile", has_text="a fox in the snow").first
        await tile.get_by_role("link").focus()
        await page.wait_for_timeout(400)
        await expect(tile.locator("video")).to_have_count(0)


async def test_scrolling_brings_the_older_ones_each_once(gallery: Gallery) -> None:
    async with gallery.visit() as page:
        await page.keyboard.press("End")
        await expect(page.locator(".tile")).to_have_count(MANY + 3)
        await expect(page.get_by_role("status")).to_have_text("More videos were added below.")
        addresses = await page.locator(".tile a").evaluate_all("links => links.map(link => link.pathname)")
        assert len(set(addresses)) == MANY + 3
        await expect(page.locator(".older")).to_have_count(0)


async def test_without_scripts_links_and_the_browsers_own_player_do_it(gallery: Gallery) -> None:
    async with gallery.visit(java_script_enabled=False) as page:
        await page.get_by_role("link", name="Show older videos").click()
        await expect(page.locator(".tile")).to_have_count(MANY + 3 - 24)
        await page.goto(gallery.site.at() + MADE)
        await expect(page.locator("video[controls]")).to_be_visible()
        await expect(page.locator(".controls")).to_be_hidden()


async def test_the_player_obeys_the_keyboard(gallery: Gallery) -> None:
    async with a_player(gallery) as page:
        for key, at in (("ArrowRight", 1.0), ("ArrowRight", 2.0), ("ArrowLeft", 1.0)):
            await page.keyboard.press(key)
            assert await now(page) == pytest.approx(at)
        for key, frame in ((".", 25.5), (".", 26.5), (",", 25.5)):
            await page.keyboard.press(key)
            assert await now(page) == pytest.approx(frame / 24)
        await page.keyboard.press("m")
        assert await state(page, "muted")
        await expect(page.get_by_role("button", name="Unmute")).to_be_visible()
        await page.keyboard.press(" ")
        await expect(page.locator(".control.play")).to_have_accessible_name("Pause")
        assert not await state(page, "paused")
        await page.keyboard.press(" ")
        await expect(page.locator(".control.play")).to_have_accessible_name("Play")
        await page.keyboard.press("f")
        await comes_true(page, "document.fullscreenElement?.matches('.player')")


async def test_the_keys_can_be_turned_off_and_stay_off(gallery: Gallery) -> None:
    async with a_player(gallery) as page:
        await page.locator(".keys summary").click()
        await page.get_by_label("Use these keys on this page").uncheck()
        await page.locator("h1").click()
        await page.keyboard.press("m")
        assert not await state(page, "muted")
        await page.reload()
        await page.keyboard.press("m")
        assert not await state(page, "muted")


async def test_the_time_line_shows_the_still_of_the_place_under_the_pointer(gallery: Gallery) -> None:
    async with a_player(gallery) as page:
        await page.locator(".timeline").hover()  # its middle
        await expect(page.locator(".preview")).to_be_visible()
        await expect(page.locator(".preview span")).to_have_text("0:01.5")
        shot = Image.open(BytesIO(await page.locator(".preview .still").screenshot())).convert("RGB")
        red, _, blue = shot.resize((1, 1), Image.Resampling.BOX).tobytes()
        assert red > 150 > blue
        await page.mouse.move(2, 2)
        await expect(page.locator(".preview")).to_be_hidden()
        await page.locator(".timeline").click()
        assert await now(page) == pytest.approx(1.5, abs=0.1)
        position = page.get_by_role("slider", name="Position")
        await expect(position).to_have_attribute("aria-valuetext", "0:01.5 of 0:03.0")


async def test_speed_loop_and_copy(gallery: Gallery) -> None:
    async with a_player(gallery, permissions=["clipboard-read", "clipboard-write"]) as page:
        await page.get_by_label("Speed").select_option("0.5")
        assert await state(page, "playbackRate") == 0.5
        loop = page.get_by_role("button", name="Loop")
        await loop.click()
        await expect(loop).to_have_attribute("aria-pressed", "true")
        assert await state(page, "loop")
        await page.get_by_role("button", name="Copy prompt").click()
        await expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert await page.evaluate("navigator.clipboard.readText()") == PROMPT
        async with page.expect_download() as started:
            await page.get_by_role("link", name="Download").click()
        assert (await started.value).suggested_filename == f"kinora-{MADE}.mp4"


@pytest.mark.parametrize("window", [Window(width=1280, height=720), DESKTOP, PHONE], ids=lambda it: f"{it.width} px")
async def test_the_stage_is_as_wide_as_its_picture_with_no_bars_beside_it(gallery: Gallery, window: Window) -> None:
    async with a_player(gallery, window) as page:
        stage, film = page.locator(".stage"), page.locator(".stage video")
        box, picture = await stage.bounding_box(), await film.bounding_box()
        assert box == picture
        assert picture is not None
        assert picture["width"] / picture["height"] == pytest.approx(WIDE.width / WIDE.height, rel=0.01)
        assert picture["height"] <= 0.72 * window.height + 1


async def test_what_stands_above_a_video_is_not_said_again_below_it(gallery: Gallery) -> None:
    async with a_player(gallery) as page:
        await expect(page.locator(".badges").first).to_contain_text("4 s")
        await expect(page.locator("dl.about dt")).to_have_text(["Size", "Cost", "Ordered"])


async def test_why_a_video_failed_is_not_squeezed_into_a_column(gallery: Gallery) -> None:
    async with gallery.visit() as page:
        await page.goto(gallery.site.at() + BROKEN)
        row, others = page.locator("dl.about > div").first, page.locator("dl.about")
        await expect(row).to_have_text("ReasonNo foxes.")
        shape, room = await row.bounding_box(), await others.bounding_box()
        assert shape is not None
        assert room is not None
        assert shape["width"] == pytest.approx(min(room["width"], 768), abs=1)


async def test_on_a_phone_nothing_sticks_out_and_a_tap_plays(gallery: Gallery) -> None:
    async with gallery.visit(PHONE) as page:
        for name in ("", MADE):
            await page.goto(gallery.site.at() + name)
            assert await page.evaluate("document.documentElement.scrollWidth") == PHONE.width
        await page.locator(".overlay").tap()
        await comes_true(page, "!document.querySelector('.player video').paused")


async def test_a_video_leads_to_its_remix_and_back(gallery: Gallery) -> None:
    async with a_player(gallery) as page:
        await page.get_by_role("link", name="at night").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("R4M-48P")
        await page.get_by_role("link", name="a fox in the snow").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text("K7Q-4FD")


async def test_an_open_page_says_that_it_was_closed(gallery: Gallery) -> None:
    bears = "the server responded with a status of 403"
    async with a_player(gallery, bears=bears) as page:
        gallery.site.people.members.clear()
        gallery.site.bench.clock.forward(30)
        await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        await expect(page.get_by_role("alert").filter(has_text="This gallery is closed")).to_be_visible()
