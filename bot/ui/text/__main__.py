"""`python -m bot.ui.text extract FILE` writes all sentences as a gettext template (POT), for translators."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.ui.text.extract import extract


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.ui.text", description=__doc__)
    parser.add_argument("task", choices=["extract"])
    parser.add_argument("file", type=Path, help="where to write the template")
    given = parser.parse_args(arguments)
    extract(given.file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
