"""The cost of imports at start-up, by package, next to plain discord.py: `python -m bench.imports [runs]` (Linux).

Seconds are processor time, median of the runs; memory is that of a process which has imported everything and does
nothing else. First by layer, with what each adds to the previous ones; then by package, each module without those that
it imports.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from statistics import median

from bench.measuring import machine

LEAN = (
    "import gc; gc.disable(); "
    "from bot.config.lean_start import keep_out_what_nobody_needs; keep_out_what_nobody_needs()"
)
MEANT = {
    "kinora": f"{LEAN}; import bot.app, bot.settings",
    "bare": "import discord.ext.commands",
}  # as `kinora run` imports it, and what the smallest bot imports
LAYERS = {
    "asyncio": ("asyncio",),
    "aiohttp": ("aiohttp",),
    "discord.py": ("discord.ext.commands",),
    "SQLAlchemy": ("sqlalchemy.ext.asyncio.engine", "sqlalchemy.dialects.sqlite.aiosqlite", "aiosqlite"),
    "pydantic": ("pydantic.main", "pydantic.type_adapter", "pydantic_settings"),
    "bot.settings": ("bot.settings",),
    **{f"the rest of {each}": (each,) for each in ("bot.domain", "storage", "bot.providers", "bot.jobs", "bot.ui")},
    "all else": ("bot", "cogs"),
}  # modules; one of ours stands for everything below it that start-up imports
OURS = ("bot.", "storage.", "cogs.")
MOST = 12  # packages that are listed
COST = """
import sys, time
began = time.process_time()
{}
worked = time.process_time() - began
resident = next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1]
print(worked, int(resident) / 1024, len(sys.modules))
"""
LAYERED = """
import gc, importlib, sys, time
gc.disable()
def state():
    resident = next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1]
    return time.process_time(), int(resident) / 1024, len(sys.modules)
keeps_out = {{
    "aiohttp": ("bot.network.certificates", "share_certificates"),
    "sqlalchemy.ext.asyncio.engine": ("storage.without_orm", "keep_out_the_orm"),
}}
for layer in {}:
    before = state()
    for module in layer:
        if module in keeps_out:
            place, name = keeps_out[module]
            getattr(importlib.import_module(place), name)()
        importlib.import_module(module)
    print(*(after - was for after, was in zip(state(), before)))
"""


def main(runs: int = 5) -> None:
    print(f"{machine()}; median of {runs}")
    _cost(MEANT["kinora"])  # so that all of it is compiled
    for name, statements in MEANT.items():
        costs = [_cost(statements) for _ in range(runs)]
        seconds, megabytes, count = (median(each) for each in zip(*costs, strict=True))
        print(f"{name:<24}{seconds:>8.2f} s{megabytes:>8.0f} MB{count:>8.0f} modules")
    for layer, (seconds, megabytes, count) in _by_layer(runs).items():
        print(f"  {layer:<22}{seconds:>8.2f} s{megabytes:>8.1f} MB{count:>8.0f} modules")
    for package, seconds in _by_package(runs)[:MOST]:
        print(f"  {package:<22}{seconds:>8.2f} s")


def _cost(statements: str) -> tuple[float, ...]:
    """Seconds, megabytes and modules."""
    return tuple(map(float, _said(COST.format(statements)).split()))


def _by_layer(runs: int) -> Mapping[str, tuple[float, ...]]:
    """Seconds, megabytes and modules."""
    told = _said(f"{MEANT['kinora']}; import sys; print(*sys.modules)")
    ours = [module for module in told.split() if module.startswith(OURS)]
    layers = [
        [*modules, *(module for module in ours if module.startswith(tuple(f"{each}." for each in modules)))]
        for modules in LAYERS.values()
    ]
    found = [_layers(layers) for _ in range(runs)]
    return {
        layer: tuple(median(each) for each in zip(*costs, strict=True))
        for layer, *costs in zip(LAYERS, *found, strict=True)
    }


def _layers(layers: Sequence[Sequence[str]]) -> Sequence[tuple[float, ...]]:
    return [tuple(map(float, line.split())) for line in _said(LAYERED.format(layers)).splitlines()]


def _said(code: str) -> str:
    return subprocess.check_output([sys.executable, "-c", code], text=True, env=_compiled())


def _compiled() -> Mapping[str, str]:
    """The environment in which Python caches compiled modules, as it does by default."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _by_package(runs: int) -> list[tuple[str, float]]:
    """The most expensive first."""
    found = [_times() for _ in range(runs)]
    packages = {package for times in found for package in times}
    typical = {package: median(times.get(package, 0.0) for times in found) for package in packages}
    return sorted(typical.items(), key=lambda each: -each[1])


def _times() -> Mapping[str, float]:
    """Format: https://docs.python.org/3/using/cmdline.html#cmdoption-X: self in µs, cumulative, name."""
    command = [sys.executable, "-X", "importtime", "-c", MEANT["kinora"]]
    said = subprocess.run(command, capture_output=True, text=True, check=True, env=_compiled()).stderr
    times: dict[str, float] = defaultdict(float)
    for line in said.splitlines():
        itself, _, name = line.removeprefix("import time:").split("|")
        if itself.strip().isdecimal():
            times[name.strip().partition(".")[0]] += int(itself) / 1e6
    return times


if __name__ == "__main__":
    main(*[int(argument) for argument in sys.argv[1:]])
