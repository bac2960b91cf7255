"""The shipped bot, `-m tests.e2e.hanging_bot`, whose disk hangs while there is a certain file in its folder.

With shorter pauses before it looks again.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

from bot import app
from bot.jobs.notices import telling
from bot.jobs.steps import submit
from bot.settings import read_settings
from bot.wiring import files as assembly
from storage.files.local import LocalFiles

HANGS = Path("hangs")  # in the bot's working folder

usage_of = shutil.disk_usage


def once_it_is_back(path: Path) -> Any:
    while HANGS.exists():
        time.sleep(0.05)
    return usage_of(path)


if __name__ == "__main__":
    with (
        patch.object(shutil, "disk_usage", once_it_is_back),
        patch.object(assembly, "LocalFiles", partial(LocalFiles, patience=2.0)),
        patch.object(submit, "FULL_DISK_WAIT", 0.5),
        patch.object(telling, "EVERY", 0.5),
    ):
        asyncio.run(app.run(read_settings()))
