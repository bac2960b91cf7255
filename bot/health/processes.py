"""Whether a process of this machine is still running."""

from __future__ import annotations

import os
import sys


def runs(number: int) -> bool:
    """True if it cannot be known."""
    if sys.platform == "win32":  # there is no harmless way to ask
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
