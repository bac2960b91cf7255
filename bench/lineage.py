"""How long the picture of a family of 500 videos takes: `python -m bench.lineage [times]`.

Posters are animations of noisy stills, about as large as allowed.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from bench.measuring import machine, row
from bot.domain.media import DrawnRelative
from bot.domain.studio.visibility import Visibility
from bot.media.processor import SubprocessMediaProcessor
from bot.media.video.footage import Still
from bot.media.video.sheet import STILLS, moving_poster

VIDEOS = 500
FAMILIES = {
    "one with 499 remixes": [-1, *[0] * (VIDEOS - 1)],
    "a line of 500": [-1, *range(VIDEOS - 1)],
    "three remixes of each": [-1, *(number // 3 for number in range(VIDEOS - 1))],
}


async def main(times: int) -> None:
    print(f"{machine()}; milliseconds")
    print(f"{'':<35}{'p50':>10}{'p99':>10}{'max':>10}")
    with tempfile.TemporaryDirectory() as folder:
        posters = _written(Path(folder))
        for name, parents in FAMILIES.items():
            await _measure(name, _family(parents, posters), times)


async def _measure(name: str, relatives: Sequence[DrawnRelative], times: int) -> None:
    painter, took, worked = SubprocessMediaProcessor(at_once=1), list[float](), list[float]()
    for _ in range(times):
        began, before = time.perf_counter(), _of_children()
        picture = await painter.family(relatives, owner=1)
        took.append(time.perf_counter() - began)
        worked.append(_of_children() - before)
    print(f"{row(name, took)}  {picture.drawn} of {len(relatives)} drawn, {len(picture.jpeg):,} bytes")
    print(row("  of it, processor time", worked))


def _of_children() -> float:
    """Processor seconds of our child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _written(folder: Path) -> Sequence[Path]:
    noise = Image.effect_noise((640, 360), 60).convert("RGB")
    poster = moving_poster([Still(at=0.0, image=noise.rotate(40 * number)) for number in range(STILLS)])
    paths = [folder / f"{number}.webp" for number in range(VIDEOS)]
    for path in paths:
        path.write_bytes(poster or b"")
    return paths


def _family(parents: Sequence[int], posters: Sequence[Path]) -> Sequence[DrawnRelative]:
    steps = [0]
    for parent in parents[1:]:
        steps.append(steps[parent] + 1)
    return [
        DrawnRelative(parent=parent, visibility=Visibility.SHOWN, steps=step, name="K7Q-4FD", posters=(poster,))
        for parent, step, poster in zip(parents, steps, posters, strict=True)
    ]


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
