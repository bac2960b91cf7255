"""The settings of a server as its manager sees them: the hub, a page of it, and the tiers; dark and light, as Max."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from bot.sandbox.discord.people.outcome import Outcome
from bot.sandbox.stage import Stage
from docs.pictures.camera import LOOKS, Window, in_each, open_window, save

TIERS: Sequence[Mapping[str, Any]] = (
    {"name": "Film club", "roles": ["Filmmaker"], "month": "15"},
    {"name": "Guests", "roles": ["Trial"], "longest": "4", "month": "2"},
)


async def photograph(browser: Browser, stage: Stage, folder: Path) -> None:
    await _set_up(stage)
    windows = [await open_window(browser, look, f"{stage.url}/?as=max") for look in LOOKS if not look.is_phone]
    for name, step in STEPS.items():
        await step(windows)
        await in_each(windows, lambda window: window.rest())
        for window in windows:
            save(await window.picture(), folder / f"{name}-{window.look.theme}.webp")


async def _set_up(stage: Stage) -> None:
    """So that there is something to see."""
    max_ = stage.person("max")
    for tier in TIERS:
        page = await _answer(await max_.types("/settings tiers"))
        form: Any = (await max_.clicks("Add…", on=page)).form
        await _answer(await max_.fills(form, tier))
    await _answer(await max_.types("/settings pool", role="Filmmaker", dollars="10"))
    page = await _answer(await max_.types("/settings open"))
    page = await _answer(await max_.picks("Notifications", on=page))
    await _answer(await max_.picks("staff", on=page, select="Channel for the log"))
    await _answer(await max_.types("/settings budget", dollars="40"))


async def _answer(outcome: Outcome) -> Any:
    await outcome.settled(30.0)
    return outcome.message


async def _open(windows: Sequence[Window], command: str) -> None:
    first = windows[0]
    await first.composer.fill(f"{command} ")
    await first.page.keyboard.press("Enter")


async def _hub(windows: Sequence[Window]) -> None:
    await _open(windows, "/settings open")
    await in_each(windows, lambda window: window.latest.get_by_text("Settings of this server").wait_for())


async def _history(windows: Sequence[Window]) -> None:
    await windows[0].latest.locator("select").last.select_option("history")
    await in_each(windows, lambda window: window.latest.get_by_text("the month's budget:").wait_for())


async def _tiers(windows: Sequence[Window]) -> None:
    await _open(windows, "/settings tiers")
    await in_each(windows, lambda window: window.latest.get_by_text("highest first").wait_for())


STEPS: dict[str, Callable[[Sequence[Window]], Awaitable[None]]] = {
    "settings": _hub,
    "history-of-settings": _history,
    "tiers": _tiers,
}
