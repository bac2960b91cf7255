"""The shipped bot, `-m tests.e2e.later_bot`, whose clock is ahead by the seconds in a file in its folder."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

from bot import app
from bot.clock import SystemClock
from bot.jobs.use_cases.studio.contests import work as contests
from bot.settings import read_settings

SECONDS = Path("seconds_later")  # in the bot's working folder; without the file, the clock is right


def later(_clock: SystemClock) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=float(SECONDS.read_text()) if SECONDS.exists() else 0.0)


if __name__ == "__main__":
    # A jump of the clock is noticed at the next check.
    with patch.object(SystemClock, "now", later), patch.object(contests, "LONGEST", 0.5):
        asyncio.run(app.run(read_settings()))
