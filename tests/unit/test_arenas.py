"""Threads share a few malloc arenas, unless the host configures the number."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config.arenas import MOST, SAID, TUNABLES

ROOT = Path(__file__).parents[2]
THREADS = 6
ARENAS = f"""
import ctypes, threading
from bot.config.arenas import share_arenas
share_arenas()
together = threading.Barrier({THREADS})
library = ctypes.CDLL(None)
library.malloc.restype = ctypes.c_void_p
def work():
    together.wait(5)
    library.malloc(ctypes.c_size_t(5000))
    together.wait(5)
threads = [threading.Thread(target=work) for _ in range({THREADS})]
for each in threads:
    each.start()
for each in threads:
    each.join()
library.fdopen.restype = ctypes.c_void_p
library.malloc_info(0, ctypes.c_void_p(library.fdopen(1, b"w")))
library.fflush(None)
"""


def arenas(**environment: str) -> int:
    """How many glibc reports for a process with six running threads."""
    inherited = {name: value for name, value in os.environ.items() if name not in {SAID, TUNABLES}}
    told = subprocess.check_output([sys.executable, "-c", ARENAS], cwd=ROOT, env=inherited | environment, text=True)
    return told.count("<heap nr=")


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "gnu_get_libc_version"), reason="no glibc here"
)
def test_threads_share_two_arenas_unless_the_host_allows_for_more() -> None:
    assert arenas() == MOST
    assert arenas(**{SAID: "4"}) == 4
    assert arenas(**{TUNABLES: "glibc.malloc.check=0:glibc.malloc.arena_max=4"}) == 4
