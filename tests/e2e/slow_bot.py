"""The shipped bot, `-m tests.e2e.slow_bot`, whose database takes as long to answer as a file in its folder says."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

from bot import app
from bot.settings import read_settings
from bot.wiring import stores as assembly
from storage.db.database import Database, Work

T = TypeVar("T")
SECONDS = Path("seconds_a_read")  # in the bot's working folder; without the file, at normal speed


class SlowDatabase(Database):
    async def read(self, work: Work[T]) -> T:
        with suppress(FileNotFoundError):
            await asyncio.sleep(float(SECONDS.read_text()))
        return await super().read(work)


if __name__ == "__main__":
    with patch.object(assembly, "Database", SlowDatabase):
        asyncio.run(app.run(read_settings()))
