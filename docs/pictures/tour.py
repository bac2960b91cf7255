"""The way of a newcomer: create, wait, watch, remix, costs, history; each seen in every window at the same moment."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser

from bot.sandbox.stage import Stage
from docs.pictures.camera import LOOKS, Window, in_each, open_window, save, side_by_side

Maker = Callable[[Browser, Stage, Path], Awaitable[None]]
PROMPT = "snowy mountains at golden hour, slow pan"
CHANGE = "make it night, with northern lights"
EARLIER = ["dunes in the desert", "mist over a quiet lake", "a green valley, seen from a balloon"]
PROGRESS = re.compile(r"[3-7]\d ?%")


async def photograph(browser: Browser, stage: Stage, folder: Path) -> None:
    await play_before(stage)
    windows = [await open_window(browser, look, stage.url) for look in LOOKS]
    on_phones: dict[str, list[Image.Image]] = {}
    for name, step in STEPS.items():
        await step(windows, stage)
        await in_each(windows, lambda window: window.rest())
        for look, picture in [(window.look, await window.picture()) for window in windows]:
            if look.is_phone:
                on_phones.setdefault(look.theme, []).append(picture)
            else:
                save(picture, folder / f"{name}-{look.theme}.webp")
    for theme, pictures in on_phones.items():
        save(side_by_side(pictures), folder / f"phone-{theme}.webp")


async def play_before(stage: Stage) -> None:
    """So that there is something to look back on, and a usual time."""
    ann = stage.person("ann")
    stage.host.render_seconds = 8.0
    for prompt in EARLIER:
        await ann.types("/create", channel="lounge", prompt=prompt)
    await stage.world.until(lambda: len([m for m in ann.sees("lounge") if m.media]) == len(EARLIER), timeout=60.0)


async def _create(windows: Sequence[Window], _stage: Stage) -> None:
    async def begin(window: Window) -> None:
        await window.composer.fill(f"/create {PROMPT}")
        await window.page.get_by_role("button", name="Add model").click()
        await window.page.get_by_role("listbox").get_by_role("option").first.wait_for()

    await in_each(windows, begin)


async def _wait(windows: Sequence[Window], stage: Stage) -> None:
    async def leave(window: Window) -> None:
        for _ in range(2):  # the list, the command
            await window.page.keyboard.press("Escape")

    stage.host.render_seconds = 12.0
    first, *others = windows
    await first.page.keyboard.press("Enter")  # takes the model
    await first.page.keyboard.press("Enter")  # sends the command
    await in_each(others, leave)
    await in_each(windows, lambda window: window.latest.get_by_text(PROGRESS).first.wait_for())


async def _watch(windows: Sequence[Window], _stage: Stage) -> None:
    await in_each(windows, _video_arrives)


async def _remix(windows: Sequence[Window], _stage: Stage) -> None:
    async def begin(window: Window) -> None:
        await window.latest.get_by_role("button", name="Remix").click()
        await window.form.get_by_role("textbox").first.fill(CHANGE)

    await in_each(windows, begin)


async def _remixed(windows: Sequence[Window], stage: Stage) -> None:
    async def leave(window: Window) -> None:
        await window.page.keyboard.press("Escape")
        await window.composer.focus()

    stage.host.render_seconds = 1.0
    first, *others = windows
    await first.form.get_by_role("button", name="Submit").click()
    await in_each(others, leave)
    await in_each(windows, lambda window: window.latest.get_by_text("northern lights").first.wait_for())
    await in_each(windows, _video_arrives)


async def _costs(windows: Sequence[Window], _stage: Stage) -> None:
    await _uses(windows, "costs", "this month")


async def _history(windows: Sequence[Window], _stage: Stage) -> None:
    await _uses(windows, "history", CHANGE)


async def _uses(windows: Sequence[Window], command: str, words: str) -> None:
    """One of them asks; the answer is seen in all, which are the same person's."""
    await windows[0].composer.fill(f"/{command} ")
    await windows[0].page.keyboard.press("Enter")
    await in_each(windows, lambda window: window.latest.get_by_text(words).first.wait_for())


async def _video_arrives(window: Window) -> None:
    await window.latest.locator("video").wait_for()


STEPS: dict[str, Callable[[Sequence[Window], Stage], Awaitable[None]]] = {
    "create": _create,
    "wait": _wait,
    "watch": _watch,
    "remix": _remix,
    "remixed": _remixed,
    "costs": _costs,
    "history": _history,
}
