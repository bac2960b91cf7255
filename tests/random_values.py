"""What people type and send at random: fitting and unfitting."""

from __future__ import annotations

import io
import random
from functools import cache
from typing import Any

from PIL import Image

from bot.sandbox.discord.checks import command_checks as kinds
from bot.sandbox.discord.world.clock import Json

PEOPLE = ("ann", "max", "sam", "tia")
ROLES = ("Filmmaker",)
CHANNELS = ("studio", "lounge")
WORDS = (
    *("a fox in the snow", "a quiet lake at dawn", "", " ", "x", "0", "-1", "8", "12", "1.5", "99999999999999999999"),
    *("🦊" * 40, "a" * 2000, "a" * 4100, "@everyone hi <@123>", "**bold** `code` ||s||", "fox\nrabbit", "\u202etest"),
    *("שלום עולם", "日本語", "{a|b|c} fox", "$5", "tomorrow at 8", "in 2 hours", "2020-01-01", "2027-01-01 08:00"),
    *("K7Q4FD", "#1", "all", "none", "sora-2", "1280x720", "720x1280", "http://127.0.0.1:1/", "/settings", "null"),
)


def words_for(option: Json, rng: random.Random) -> Any:
    """A value for an option of a command; one of its choices if it has any."""
    if option.get("choices"):
        return rng.choice(option["choices"])["value"]
    least, most = option.get("min_value", 0), min(option.get("max_value", 500), 10**6)
    match option["type"]:
        case kinds.INTEGER:
            return rng.randint(int(least), int(most))
        case kinds.BOOLEAN:
            return rng.random() < 0.5
        case kinds.USER_OPTION | kinds.MENTIONABLE:
            return rng.choice(PEOPLE)
        case kinds.CHANNEL_OPTION:
            return rng.choice(CHANNELS)
        case kinds.ROLE_OPTION:
            return rng.choice(ROLES)
        case kinds.NUMBER:
            return rng.choice((least, 0.5, 2.25, most))
        case kinds.ATTACHMENT:
            return rng.choice(files())
        case _:
            return rng.choice(WORDS)


@cache
def files() -> tuple[tuple[str, bytes], ...]:
    return (
        ("small.png", a_png(64, 64)),
        ("wide.png", a_png(1280, 720)),
        ("no.png", b"this is no image"),
        ("prompts.txt", b"fox\nrabbit\n\n{a|b}"),
        ("empty.csv", b""),
    )


def a_png(width: int, height: int) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (width, height), "#c8642a").save(target, "PNG")
    return target.getvalue()
