"""How long pictures and films take in the media process: `python -m bench.media [of each]`.

In sequence, each in its own process as in the bot, from the call to its answer.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from bench.material import a_film, a_photo
from bench.measuring import machine, row
from bot.domain.media import Fit, FramePosition
from bot.domain.video import Size
from bot.media.processor import SubprocessMediaProcessor

SIZE = Size(1280, 720)
SECONDS = 8


async def main(of_each: int = 5) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = folder / "film.mp4"
        film.write_bytes(await asyncio.to_thread(a_film, SECONDS, SIZE))
        photo = await asyncio.to_thread(a_photo)
        size = film.stat().st_size
        print(f"{machine()}; a film of {SECONDS} s, {SIZE}, {size / 1e6:.1f} MB; a photo of 12 MP; milliseconds")
        print(f"{'':<35}{'p50':>10}{'p99':>10}{'max':>10}")
        for what, make in _tasks(SubprocessMediaProcessor(), folder, film, photo).items():
            times = []
            for _ in range(of_each):
                began = time.perf_counter()
                await make()
                times.append(time.perf_counter() - began)
            print(row(what, times), flush=True)


def _tasks(
    media: SubprocessMediaProcessor, folder: Path, film: Path, photo: bytes
) -> dict[str, Callable[[], Awaitable[object]]]:
    poster, sheet, moving = (folder / name for name in ("poster.webp", "sheet.jpg", "moving.webp"))
    return {
        "poster and contact sheet": lambda: media.inspect(film, poster, sheet),
        "and a moving poster": lambda: media.inspect(film, poster, sheet, moving=moving),
        "the last frame": lambda: media.still(film, SIZE, FramePosition.LAST),
        "a copy of half the size": lambda: media.shrink(film, folder / "copy.mp4", film.stat().st_size // 2),
        "two films joined": lambda: media.join(film, film, folder / "joined.mp4"),
        "a photo fitted": lambda: media.fit(photo, SIZE, Fit.CROP),
    }


if __name__ == "__main__":
    asyncio.run(main(*[int(argument) for argument in sys.argv[1:]]))
