"""The shipped bot, `-m tests.e2e.quick_bot`, with shorter pauses before it redraws a card or looks for a lost order.

With an argument, such as `work`, it does only that part.

The real pauses (five seconds each) are tested in tests/unit and tests/e2e/test_whole_bot.py; elsewhere they would make
up most of a test's time.
"""

from __future__ import annotations

import asyncio
import sys
from functools import partial
from unittest.mock import patch

from bot import app
from bot.config.duties import BY_COMMAND
from bot.jobs.steps.sending import answered
from bot.settings import read_settings
from bot.ui.publish import card_updates as editor
from bot.ui.publish.live_cards import LiveCards
from bot.wiring import discord as assembly

if __name__ == "__main__":
    quick = partial(LiveCards, least_gap=0.3)
    with (
        patch.object(assembly, "LiveCards", quick),
        patch.object(editor, "GAP_PER_CARD", 0.1),
        patch.object(answered, "FIRST_SEARCH", 0.5),
    ):
        asyncio.run(app.run(read_settings(), BY_COMMAND[" ".join(sys.argv[1:]) or "run"]))
