"""The film in the README: a prompt typed, a video watched, a remix of it, and what both cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser

from bot.sandbox.stage import Stage
from docs.pictures.camera import Look, Window, open_window, say
from docs.pictures.tour import CHANGE, PROMPT

LOOK = Look(name="film", width=820, height=680, theme="dark")
COLOURS = 256
KEYS = 4  # letters typed from one frame to the next
TYPING, STEP, PLAYING, PAUSE = 90, 500, 250, 1500  # milliseconds a frame stands
FRAMES = 12  # of a video that plays


@dataclass(slots=True, kw_only=True)
class Film:
    window: Window
    frames: list[tuple[Image.Image, int]] = field(default_factory=list)

    async def take(self, milliseconds: int) -> None:
        """One more frame; one that shows nothing new makes the last one longer."""
        picture = await self.window.picture()
        if self.frames and self.frames[-1][0].tobytes() == picture.tobytes():
            last, shown = self.frames.pop()
            self.frames.append((last, shown + milliseconds))
        else:
            self.frames.append((picture, milliseconds))

    async def types(self, words: str) -> None:
        for at in range(0, len(words), KEYS):
            await self.window.page.keyboard.type(words[at : at + KEYS])
            await self.take(TYPING)

    async def watches_the_card(self) -> None:
        """Each face of the card, until its video is there; how long one waits for each is not shown."""
        video, before = self.window.latest.locator("video"), ""
        while not await video.count():
            face = await self.window.latest.inner_text()
            if face != before:
                await self.take(STEP)
            before = face
            await self.window.page.wait_for_timeout(200.0)

    async def plays_the_video(self) -> None:
        await self.window.rest()
        video = self.window.latest.locator("video")
        await self.take(STEP)
        await video.evaluate("video => { video.controls = false; video.closest('.player').classList.add('begun'); }")
        for number in range(FRAMES):
            await video.evaluate(SEEK, number / FRAMES)
            await self.take(PLAYING)
        await video.evaluate("video => { video.controls = true; video.closest('.player').classList.remove('begun'); }")

    def save(self, target: Path) -> None:
        pictures = with_one_palette([picture for picture, _ in self.frames])
        shown = [max(milliseconds, 20) for _, milliseconds in self.frames]
        first, *others = pictures
        first.save(target, save_all=True, append_images=others, duration=shown, loop=0, optimize=True, disposal=1)
        say(target)


SEEK = """async (video, part) => {
    video.currentTime = part * video.duration;
    await new Promise(next => video.addEventListener("seeked", next, { once: true }));
    await new Promise(next => requestAnimationFrame(() => requestAnimationFrame(next)));
}"""


def with_one_palette(pictures: Sequence[Image.Image]) -> list[Image.Image]:
    """One palette for all, and no dithering: frames differ only where something happens, which keeps the file small."""
    some = pictures[:: max(1, len(pictures) // 12)]
    width, height = pictures[0].size
    sheet = Image.new("RGB", (width, height * len(some)))
    for number, picture in enumerate(some):
        sheet.paste(picture, (0, number * height))
    palette = sheet.quantize(COLOURS, method=Image.Quantize.MEDIANCUT)
    return [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]


async def shoot(browser: Browser, stage: Stage, target: Path) -> None:
    stage.host.render_seconds = 9.0
    film = Film(window=await open_window(browser, LOOK, stage.url))
    await film.take(STEP)
    await film.types("/create ")
    await film.types(PROMPT)
    await film.take(PAUSE)
    await film.window.page.keyboard.press("Enter")
    await film.watches_the_card()
    await film.plays_the_video()
    await film.window.latest.get_by_role("button", name="Remix").click()
    await film.window.form.get_by_role("textbox").first.select_text()
    await film.take(STEP)
    await film.types(CHANGE)
    await film.take(PAUSE)
    await film.window.form.get_by_role("button", name="Submit").click()
    await film.window.latest.get_by_text("northern lights").first.wait_for()
    await film.watches_the_card()
    await film.plays_the_video()
    await film.types("/costs ")
    await film.window.page.keyboard.press("Enter")
    await film.window.latest.get_by_text("this month").first.wait_for()
    await film.window.rest()
    await film.take(2 * PAUSE)
    film.save(target)
