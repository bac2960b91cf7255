"""Whether anything blocks the event loop: `python -m bench.loop_lag [pictures]`.

A heartbeat should come every 5 ms while large references are fitted and posters and contact sheets are made. Its delay
is how long a person's click would have waited.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from bench.material import a_film, a_photo
from bench.measuring import machine, row
from bot.domain.media import Fit
from bot.domain.video import Size
from bot.media.processor import SubprocessMediaProcessor

BEAT = 0.005  # seconds
SIZE = Size(1280, 720)
SECONDS = 4  # of film


async def main(pictures: int = 20) -> None:
    picture = await asyncio.to_thread(a_photo)
    lags: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        film = folder / "film.mp4"
        film.write_bytes(await asyncio.to_thread(a_film, SECONDS, SIZE))
        media = SubprocessMediaProcessor()
        heart = asyncio.create_task(_beat(lags))
        await asyncio.gather(
            *[media.fit(picture, SIZE, Fit.CROP) for _ in range(pictures)],
            *[media.inspect(film, folder / f"{n}.webp", folder / f"{n}.jpg") for n in range(pictures)],
        )
        heart.cancel()
    print(f"{machine()}; {pictures} references of 12 MP fitted, {pictures} posters and sheets made; lateness in ms")
    print(f"{'':<35}{'p50':>10}{'p99':>10}{'max':>10}")
    print(row("heartbeat every 5 ms", lags))


async def _beat(lags: list[float]) -> None:
    meant = time.perf_counter()
    while True:
        meant += BEAT
        await asyncio.sleep(max(0.0, meant - time.perf_counter()))
        lags.append(max(0.0, time.perf_counter() - meant))


if __name__ == "__main__":
    asyncio.run(main(*[int(argument) for argument in sys.argv[1:]]))
