"""What a manager sees: each screen in a dark and a light window, as Max."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from playwright.async_api import Browser

from bot.sandbox.stage import Stage
from docs.pictures.camera import LOOKS, Window, in_each, open_window, save

WAITING = [
    "dunes in the desert",
    "mist over a quiet lake",
    "a green valley",
    "a red fox in the snow",
    "a harbour at night",
]
REASON = "The service is down until 3 pm"


async def photograph(browser: Browser, stage: Stage, folder: Path) -> None:
    windows = [await open_window(browser, look, f"{stage.url}/?as=max") for look in LOOKS if not look.is_phone]
    for name, step in STEPS.items():
        await step(windows, stage)
        await in_each(windows, lambda window: window.rest())
        for window in windows:
            save(await window.picture(), folder / f"{name}-{window.look.theme}.webp")


async def _queue(windows: Sequence[Window], stage: Stage) -> None:
    stage.host.render_seconds = 20.0
    for prompt in WAITING:
        await stage.person("ann").types("/create", channel="lounge", prompt=prompt)
    first = windows[0]
    await first.composer.fill("/queue ")
    await first.page.keyboard.press("Enter")
    await first.latest.get_by_role("button", name="Pause").click()
    await first.form.get_by_role("textbox").fill(REASON)
    await first.form.get_by_role("button", name="Submit").click()
    await in_each(windows, lambda window: window.latest.get_by_text("The queue is paused").wait_for())


STEPS: dict[str, Callable[[Sequence[Window], Stage], Awaitable[None]]] = {"queue": _queue}
