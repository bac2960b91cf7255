"""Makes the picture in the README: the real demo page after a video and a remix (`python docs/picture.py`).

`python docs/picture.py FOLDER` makes it there in each window and theme, to look at. Needs Debian's `chromium` and the
development dependencies.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import ViewportSize, async_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bot.sandbox.discord.world.messages import Message  # noqa: E402 (the checkout has to be on the path first)
from bot.sandbox.stage import Stage  # noqa: E402

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One picture; sizes in pixels."""

    name: str
    width: int
    height: int
    theme: Literal["light", "dark"]


README = Shot(name="demo", width=1280, height=1000, theme="dark")
ALL = [
    README,
    Shot(name="demo-light", width=1280, height=1000, theme="light"),
    Shot(name="demo-phone-dark", width=390, height=844, theme="dark"),
    Shot(name="demo-phone-light", width=390, height=844, theme="light"),
]


async def main(folder: Path = ROOT / "docs", shots: Sequence[Shot] = (README,)) -> None:
    with tempfile.TemporaryDirectory() as data:
        async with Stage(Path(data), render_seconds=2.0).running() as stage:
            await _play(stage)
            await _photograph(stage.url, {folder / f"{shot.name}.png": shot for shot in shots})


async def _play(stage: Stage) -> None:
    ann = stage.person("ann")
    await ann.types("/create", prompt="a fox in the snow, golden hour, slow pan")
    fox = await _film(stage, 1)
    form = (await ann.clicks("Remix", on=fox)).form
    if form is None:
        raise RuntimeError("the Remix button opened no form")
    await ann.fills(form, prompt="make it night, with northern lights")
    await _film(stage, 2)
    stage.host.render_seconds = 600.0
    await ann.types("/create", prompt="a lighthouse in a storm", seconds=8)
    await asyncio.sleep(2.0)


async def _film(stage: Stage, count: int) -> Message:
    films = await stage.world.until(
        lambda: [m for m in stage.person("ann").sees() if m.media] if _films(stage) >= count else [], timeout=60.0
    )
    film: Message = films[-1]
    return film


def _films(stage: Stage) -> int:
    return len([m for m in stage.person("ann").sees() if m.media])


async def _photograph(url: str, shots: Mapping[Path, Shot]) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for target, shot in shots.items():
            window: ViewportSize = {"width": shot.width, "height": shot.height}
            page = await browser.new_page(viewport=window, color_scheme=shot.theme)
            await page.goto(url)
            await page.wait_for_selector("video")
            await page.wait_for_timeout(2500)  # the videos load their first frame, the page scrolls to its end
            await page.screenshot(path=target)
            sys.stdout.write(f"{target}\n")
        await browser.close()


if __name__ == "__main__":
    if len(sys.argv) > 1:
        asyncio.run(main(Path(sys.argv[1]), ALL))
    else:
        asyncio.run(main())
