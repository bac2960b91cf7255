"""All benchmarks one after the other: `python -m bench [--quick] [--json FILE]`.

Each runs in a process of its own, as `python -m bench.NAME` does. With `--quick` they take a few
minutes together.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from bench.measuring import machine

PATIENCE = 1800.0  # seconds that one may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """`quick` and `full` are the words after its name. `quick` None: it takes long, whatever its words."""

    what: str
    name: str
    quick: str | None = ""
    full: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    what: str
    command: str
    seconds: float
    lines: list[str]


BENCHMARKS = (
    Benchmark(what="when to look at a render, simulated", name="polling", quick="600 1"),
    Benchmark(what="statements, transactions and requests of a video", name="counts"),
    Benchmark(what="looks on time", name="looks", quick="1000 10", full="1000 60"),
    Benchmark(what="looks on time, ten times as many", name="looks", quick=None, full="10000 60"),
    Benchmark(what="until people are answered", name="interactions", quick="50 5 40", full="50 20 200"),
    Benchmark(what="start and idle memory", name="startup", quick="1", full="5"),
    Benchmark(what="imports of a start", name="imports", quick="1", full="5"),
    Benchmark(what="from done to posted, and after an outage", name="delivery", quick="3", full="20"),
    Benchmark(what="orders, claims and steps on both databases", name="rates", quick="200", full="1000"),
    Benchmark(what="posters, sheets, copies and fitted pictures", name="media", quick="1", full="10"),
    Benchmark(what="lateness of a heartbeat beside media", name="loop_lag", quick="2", full="8"),
    Benchmark(what="a chart of /costs", name="charts", quick="5", full="20"),
)


def run(benchmark: Benchmark, *, quick: bool) -> Result:
    words = [f"bench.{benchmark.name}", *((benchmark.quick or "") if quick else benchmark.full).split()]
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    said = done.stdout if done.returncode == 0 else done.stderr
    return Result(
        what=benchmark.what,
        command=f"python -m {' '.join(words)}",
        seconds=round(time.monotonic() - began, 1),
        lines=said.strip().splitlines()[-40:] or [f"it ended with {done.returncode}"],
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="less than three minutes for all of them")
    parser.add_argument("--json", type=Path, help="a file that gets the results, too")
    options = parser.parse_args()
    wanted = [each for each in BENCHMARKS if not options.quick or each.quick is not None]
    results = []
    print(f"{machine()}; {datetime.now(UTC):%Y-%m-%d %H:%M} UTC")
    for each in tqdm(wanted, unit="benchmark"):
        results.append(result := run(each, quick=options.quick))
        print(f"\n## {result.what}\n{result.command}  ({result.seconds} s)")
        print("\n".join(f"  {line}" for line in result.lines), flush=True)
    if options.json is not None:
        told = {"machine": machine(), "results": [asdict(result) for result in results]}
        options.json.write_text(json.dumps(told, indent=2) + "\n")


if __name__ == "__main__":
    main()
