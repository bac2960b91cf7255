"""What people typed to start Kinora, so that what they are told to type works as well."""

from __future__ import annotations

import sys
from pathlib import Path

SCRIPT = "kinora"  # its name under [project.scripts]
MODULE = "python -m bot"


def command_of(program: str) -> str:
    """What starts Kinora again, for `program` as in `sys.argv[0]`."""
    return SCRIPT if Path(program).stem == SCRIPT else MODULE


COMMAND = command_of(sys.argv[0])
