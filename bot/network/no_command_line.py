"""httpx without its command line: if rich is installed, that takes 4 MB and 80 modules, and nothing here uses it."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import cast

COMMAND_LINE = "httpx._main"


def keep_out_the_command_line() -> None:
    """Call this before the first import of httpx, which then behaves as if installed without its extra [cli].

    None instead of a module: https://docs.python.org/3/reference/import.html#the-module-cache
    """
    cast("dict[str, ModuleType | None]", sys.modules).setdefault(COMMAND_LINE, None)
