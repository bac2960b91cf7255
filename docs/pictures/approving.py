"""A request for approval in the channel for staff, in a dark and a light window, as Max."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser

from bot.sandbox.discord.people.outcome import Form, Outcome
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from docs.pictures.camera import LOOKS, Window, in_each, open_window, save

PROMPT = "a lighthouse in a storm, seen from the sea"
PATIENCE = 60.0  # seconds


async def photograph(browser: Browser, stage: Stage, folder: Path) -> None:
    windows = [await open_window(browser, look, f"{stage.url}/?as=max") for look in LOOKS if not look.is_phone]
    await _give_a_tier(stage)
    tia = stage.person("tia")
    asked = await tia.types("/create", prompt=PROMPT, seconds=12)
    await tia.clicks("Go · $1.20", on=await _answered(asked))
    await in_each(windows, _look_at_staff)
    await in_each(windows, lambda window: window.rest())
    for window in windows:
        save(await window.picture(), folder / f"approval-{window.look.theme}.webp")


async def _look_at_staff(window: Window) -> None:
    await window.page.get_by_role("button", name="staff").first.click()
    await window.latest.get_by_text("needs approval").wait_for()


async def _give_a_tier(stage: Stage) -> None:
    """Trial members, whose expensive videos need approval."""
    max_ = stage.person("max")
    await max_.types("/settings notices", {"channel": "staff"})
    page = await _answered(await max_.types("/settings tiers"))
    tier = await _answered(
        await max_.fills(_form(await max_.clicks("Add…", on=page)), name="Trial", roles=["Trial"], month="5")
    )
    await max_.fills(_form(await max_.clicks("Confirmation and approval…", on=tier)), {"approval-above": "0.50"})


async def _answered(outcome: Outcome) -> Message:
    await outcome.settled(PATIENCE)
    return outcome.message or outcome.followups[-1]


def _form(outcome: Outcome) -> Form:
    if outcome.form is None:
        raise RuntimeError("no form was opened")
    return outcome.form
