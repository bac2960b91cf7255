"""TOML that people write: parsed, or refused with an explanation."""

from __future__ import annotations

import tomllib
from typing import Any


def read_toml(content: str) -> dict[str, Any]:
    """Raises ValueError, which says what is wrong and, if known, in which line."""
    try:
        return tomllib.loads(content)
    except tomllib.TOMLDecodeError:
        raise
    except ValueError:
        raise ValueError("a number in it has too many digits") from None
    except RecursionError:
        raise ValueError("it has too many brackets within brackets") from None
