"""What is said before money is spent: a quote in a dark and a light window, as Ann."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser

from bot.sandbox.stage import Stage
from docs.pictures.camera import LOOKS, in_each, open_window, save

PROMPT = "a whale breaching at sunrise, seen from a small boat"


async def photograph(browser: Browser, stage: Stage, folder: Path) -> None:
    ann = stage.person("ann")
    stage.host.render_seconds = 4.0
    await stage.person("max").types("/settings confirm", channel="lounge", above="2")
    await ann.types("/create", channel="lounge", prompt="mist over a quiet lake", seconds=12)  # for a usual time
    await stage.world.until(lambda: any(message.media for message in ann.sees("lounge")), timeout=60.0)
    await stage.person("max").types("/settings confirm", channel="lounge", reset=True)
    windows = [await open_window(browser, look, stage.url) for look in LOOKS if not look.is_phone]
    await ann.types("/create", prompt=PROMPT, seconds=12)
    await in_each(windows, lambda window: window.latest.get_by_text("Make this video for").wait_for())
    await in_each(windows, lambda window: window.rest())
    for window in windows:
        save(await window.picture(), folder / f"quote-{window.look.theme}.webp")
    first = windows[0]
    await first.latest.get_by_role("button", name="Cheaper").click()
    await in_each(windows, lambda window: window.latest.get_by_text("Cheaper than").wait_for())
    await in_each(windows, lambda window: window.rest())
    for window in windows:
        save(await window.picture(), folder / f"cheaper-{window.look.theme}.webp")
