"""Makes the pictures of the documents: `python -m docs.pictures`, or `python -m docs.pictures FOLDER` to look at them.

A real browser stands before the demo page, with the real bot behind it. Needs Debian's `chromium` and the development
dependencies; it takes about two minutes.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Browser

from bot.sandbox.stage import Stage, own_pages
from docs.pictures import approving, film, gallery, managing, settings, spending, tour
from docs.pictures.camera import a_browser

DOCS = Path(__file__).resolve().parents[1]
PICTURES: dict[str, tuple[str, tour.Maker]] = {
    "tour": ("tour", tour.photograph),
    "spending": ("tour", spending.photograph),
    "managing": ("tour", managing.photograph),
    "settings": ("tour", settings.photograph),
    "approving": ("tour", approving.photograph),
    "gallery": ("tour", gallery.photograph),
    "film": ("demo.gif", film.shoot),
}
SETTINGS = {"POLL_MAX_SECONDS": "1"}


async def main(folder: Path, only: str | None) -> None:
    async with a_browser() as browser:
        for name, (target, make) in PICTURES.items():
            if only in {None, name}:
                await _with_a_stage(browser, folder / target, make)


async def _with_a_stage(browser: Browser, target: Path, make: tour.Maker) -> None:
    with tempfile.TemporaryDirectory() as data:
        async with Stage(Path(data), settings=SETTINGS | own_pages()).running() as stage:
            await make(browser, stage, target)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m docs.pictures", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=DOCS, help="where they go (default: docs)")
    parser.add_argument("--only", choices=PICTURES, help="leave the others as they are")
    arguments = parser.parse_args()
    (arguments.folder / "tour").mkdir(parents=True, exist_ok=True)
    asyncio.run(main(arguments.folder, arguments.only))
