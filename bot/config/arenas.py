"""Fewer arenas of glibc's malloc, from which each thread has one of its own: 0.8 MB less of an idle bot.

In an image with Python 3.13 it was 1.7 MB, and two videos took as much processor time as before.

Threads here wait for a database or a disk most of the time, and seldom for one another's memory. What makes videos has
processes of its own, which are left as they are.
"""

from __future__ import annotations

import ctypes
import os
import sys

MOST = 2
M_ARENA_MAX = -8  # https://man7.org/linux/man-pages/man3/mallopt.3.html
SAID = "MALLOC_ARENA_MAX"  # what a host says counts, there or as one of these:
TUNABLES, TUNABLE = "GLIBC_TUNABLES", "glibc.malloc.arena_max="


def share_arenas() -> None:
    """Before threads are started. Other C libraries have no arenas, and are left alone."""
    if sys.platform != "linux" or SAID in os.environ or TUNABLE in os.environ.get(TUNABLES, ""):
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "gnu_get_libc_version"):
        library.mallopt(M_ARENA_MAX, MOST)
