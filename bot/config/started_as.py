"""The command that people typed to start Kinora, so that the commands they are told to type work as well."""

from __future__ import annotations

import sys
from pathlib import Path

SCRIPT = "kinora"  # its name under [project.scripts]
MODULE = "python -m bot"


def command_of(program: str, interpreter: str = "", folder: Path | None = None) -> str:
    """The command that starts Kinora again from `folder`, for `program` as in `sys.argv[0]`.

    The `python` of a virtual environment in that folder is given with its path: no other one has Kinora's dependencies.
    """
    if Path(program).stem == SCRIPT:
        return SCRIPT
    if folder is not None and Path(interpreter).is_relative_to(folder):
        return f"{Path(interpreter).relative_to(folder)} -m bot"
    return MODULE


def _here() -> Path | None:
    """None if the folder has been removed."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None


COMMAND = command_of(sys.argv[0], sys.executable, _here())
