"""Whether a process of this machine is still there."""

from __future__ import annotations

import os
import sys


def runs(number: int) -> bool:
    """True also where nobody can tell."""
    if sys.platform == "win32":  # there is no question that does no harm
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
