"""The demo page brings its own images for the bot's emoji, because many machines have no font with them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DRAWN = set(re.findall(r'^  "(.)":', (ROOT / "bot/sandbox/page/emoji.js").read_text(), re.MULTILINE))
SIGNS = set("▰▱★✓✕")  # every font has them


def test_every_emoji_that_people_see_is_drawn() -> None:
    paths = [path for top in ("bot/ui", "cogs") for path in (ROOT / top).rglob("*.py")]
    seen = {sign for path in paths for sign in path.read_text() if unicodedata.category(sign) == "So"}
    assert seen - SIGNS - DRAWN == set()
