"""`python -m bot.ui.text extract FILE` writes all sentences as a gettext template (POT), for translators.

`python -m bot.ui.text update` updates the sentences in the catalogues, and prints how many translations each lacks.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.ui.text.extract import extract, update


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot.ui.text", description=__doc__)
    tasks = parser.add_subparsers(dest="task", required=True)
    template = tasks.add_parser("extract", help="write all sentences as a template")
    template.add_argument("file", type=Path, help="where to write the template")
    tasks.add_parser("update", help="give the catalogues the sentences of today")
    given = parser.parse_args(arguments)
    if given.task == "extract":
        extract(given.file)
    else:
        for language, sentences, missing in update():
            sys.stdout.write(f"{language}: {sentences} sentences, {missing} of them not translated\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
