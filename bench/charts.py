"""How long a chart takes, and whether the event loop stays responsive: `python -m bench.charts [charts]`."""

from __future__ import annotations

import asyncio
import sys
import time

from bench.measuring import machine, row
from bot.domain.media import Chart, ChartShape, ScaleMark
from bot.media.processor import SubprocessMediaProcessor

TICK = 0.01  # seconds
CHART = Chart(
    shape=ChartShape.COLUMNS,
    title="The server's costs this month",
    note="$88.41 in total · $0.44 a video on average",
    labels=tuple(f"{day} Nov" for day in range(1, 31)),
    values=tuple(day * 37 % 11 / 3 for day in range(30)),
    figures=tuple(f"${day * 37 % 11 / 3:.2f}" for day in range(30)),
    scale=tuple(ScaleMark(value=float(dollars), words=f"${dollars}.00") for dollars in range(1, 5)),
)


async def main(charts: int) -> None:
    painter, times, late = SubprocessMediaProcessor(at_once=1), list[float](), list[float]()
    watch = asyncio.create_task(_watch(late))
    for _ in range(charts):
        began = time.perf_counter()
        picture = await painter.chart(CHART, owner=1)
        times.append(time.perf_counter() - began)
    watch.cancel()
    print(f"{machine()}; {len(picture):,} bytes; milliseconds")
    print(f"{'':<35}{'p50':>10}{'p99':>10}{'max':>10}")
    print(row("a chart", times))
    print(row("lateness of the loop", late))


async def _watch(late: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(TICK)
        late.append(max(0.0, time.perf_counter() - began - TICK))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
