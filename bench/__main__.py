"""Runs all benchmarks in sequence: `python -m bench [--quick] [--json FILE]`.

Each runs in its own process, as with `python -m bench.NAME`; those that measure no time run in parallel. With `--quick`
they take about three minutes in all on a quiet machine. One that fails, or exceeds its time limit, has a row with the
reason, and the command ends with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from bench.measuring import machine
from bench.running import Result, Runs, hearing_ctrl_c

PATIENCE = 1800.0  # time limit in seconds,
QUICK_PATIENCE = 300.0  # and with --quick


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """`quick` and `full` are its arguments. If `quick` is None, it takes too long for --quick."""

    what: str
    name: str
    quick: str | None = ""
    full: str = ""
    is_timed: bool = True  # whether other work on the machine changes its results


BENCHMARKS = (
    Benchmark(what="when to look at a render, simulated", name="polling", quick="600 1", is_timed=False),
    Benchmark(what="statements, transactions and requests of a video", name="counts", is_timed=False),
    Benchmark(what="looks on time", name="looks", quick="1000 5", full="1000 60"),
    Benchmark(what="looks on time, ten times as many", name="looks", quick=None, full="10000 60"),
    Benchmark(
        what="looks and orders beside slow downloads",
        name="looks",
        quick="1000 5 --downloads 64",
        full="1000 60 --downloads 64",
    ),
    Benchmark(what="until people are answered", name="interactions", quick="50 4 40", full="50 20 200"),
    Benchmark(what="start and idle memory", name="startup", quick="1", full="5"),
    Benchmark(what="imports of a start", name="imports", quick="1", full="5"),
    Benchmark(what="from done to posted, and after an outage", name="delivery", quick="2 10", full="20 200"),
    Benchmark(what="orders, claims and steps on both databases", name="rates", quick="200", full="1000"),
    Benchmark(what="posters, sheets, copies and fitted pictures", name="media", quick="1", full="10"),
    Benchmark(what="lateness of a heartbeat beside media", name="loop_lag", quick="2", full="8"),
    Benchmark(what="a chart of /costs", name="charts", quick="5", full="20"),
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="about three minutes for all of them")
    parser.add_argument("--json", type=Path, help="a file that gets the results, too")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that processes it started end with it
    print(f"{machine()}; {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    with hearing_ctrl_c():
        results = _results(quick=options.quick)
    if options.json is not None:
        told = {"machine": machine(), "results": [asdict(result) for result in results]}
        options.json.write_text(json.dumps(told, indent=2) + "\n")
    failed = [result for result in results if result.failure is not None]
    print(
        f"\n{len(results)} benchmarks in {sum(each.seconds for each in results):.0f} s of theirs, {len(failed)} failed"
    )
    for result in failed:
        print(f"  {result.command}: {result.failure}")
    return 1 if failed else 0


def _results(*, quick: bool) -> Sequence[Result]:
    runs = Runs()

    def measured(benchmark: Benchmark) -> Result:
        words = (benchmark.quick or "") if quick else benchmark.full
        return runs.run(
            benchmark.what, ["-m", f"bench.{benchmark.name}", *words.split()], QUICK_PATIENCE if quick else PATIENCE
        )

    wanted = [each for each in BENCHMARKS if not quick or each.quick is not None]
    results = list[Result]()
    with tqdm(total=len(wanted), unit="benchmark") as bar, ThreadPoolExecutor() as pool:
        together = pool.map(measured, [each for each in wanted if not each.is_timed])
        try:
            results += [_told(result, bar.update) for result in together]
        except KeyboardInterrupt:
            runs.stop()
            raise
        results += [_told(measured(each), bar.update) for each in wanted if each.is_timed]
    return results


def _told(result: Result, count: Callable[[], object]) -> Result:
    count()
    print(f"\n## {result.what}\n{result.command}  ({result.seconds} s)")
    if result.failure is not None:
        print(f"  failed: {result.failure}")
    print("\n".join(f"  {line}" for line in result.lines), flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main())
