"""The gallery of somebody who has made a few videos, and its player."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page

from bot.sandbox.discord.world.messages import Message
from bot.sandbox.stage import Stage
from docs.pictures.camera import LOOKS, SETTLED, Look, open_page, save, side_by_side

PATIENCE = 60.0  # seconds
PROMPTS = (
    "dunes in the desert, first light",
    "mist over a quiet lake",
    "a green valley, seen from a balloon",
    "a lighthouse in a storm, waves breaking over the rocks",
    "a harbour in the morning, gulls above the boats",
    "snowy mountains at golden hour, slow pan",
)
REFUSED, CHANGE = "[refused] a famous actor on the moon", "make it night, with northern lights"


async def photograph(browser: Browser, stage: Stage, folder: Path) -> None:
    await _make_videos(stage)
    link = await _link(stage)
    for look in LOOKS:
        page = await open_page(browser, look, link)
        grid = await _grid(page, look)
        await page.get_by_role("link", name=CHANGE).click()
        player = await _player(page, look)
        if look.is_phone:
            save(side_by_side([grid, player]), folder / f"gallery-{look.name}.webp")
        else:
            save(grid, folder / f"gallery-{look.theme}.webp")
            save(player, folder / f"player-{look.theme}.webp")
        await page.context.close()


async def _make_videos(stage: Stage) -> None:
    """Ann's, one after the other; the last one is a remix."""
    ann = stage.person("ann")
    stage.host.render_seconds = 1.0
    for number, prompt in enumerate(PROMPTS):
        await ann.types("/create", channel="lounge", prompt=prompt)
        await _arrives(stage, number + 1)
    await ann.types("/create", channel="lounge", prompt=REFUSED)
    last = (await _arrives(stage, len(PROMPTS)))[-1].button("Remix").custom_id or ""
    await ann.types("/remix", channel="lounge", video=last.rpartition(":")[2], prompt=CHANGE)
    await _arrives(stage, len(PROMPTS) + 1)


async def _arrives(stage: Stage, number: int) -> Sequence[Message]:
    """The messages with finished videos, once there are so many."""

    def results() -> Sequence[Message]:
        seen = stage.person("ann").sees("lounge")
        found = [message for message in seen if message.media and message.media[0].filename.endswith(".mp4")]
        return found if len(found) >= number else []

    return await stage.world.until(results, timeout=PATIENCE)


async def _link(stage: Stage) -> str:
    history = await stage.person("ann").types("/history", channel="lounge")

    def links() -> Sequence[str]:
        buttons = history.message.buttons if history.message else []
        return [button.url or "" for button in buttons if button.label == "Open gallery"]

    return (await stage.world.until(links, timeout=PATIENCE))[0]


async def _grid(page: Page, look: Look) -> Image.Image:
    """With a poster that plays, where there is a pointer."""
    if not look.is_phone:
        await page.get_by_role("article").nth(3).hover()
        await page.locator("video.plays").wait_for()
    return await _picture(page)


async def _player(page: Page, look: Look) -> Image.Image:
    """With a still above the time line, where there is a pointer."""
    await page.locator(".controls").wait_for()
    if not look.is_phone:
        await page.locator(".timeline").hover()
        await page.locator(".preview").wait_for()
    return await _picture(page)


async def _picture(page: Page) -> Image.Image:
    await page.wait_for_load_state("networkidle")
    await page.wait_for_timeout(SETTLED)
    return Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
