"""The table of commands in the reference is the commands: every name, every option, which of them are needed."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from discord import app_commands

from bot.client import VideoBot
from bot.ui.interactions.buttons import JobButton
from bot.ui.interactions.error_handler import ReportingTree
from bot.wiring.application import COGS

REFERENCE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "commands.md").read_text()


async def a_bot() -> VideoBot:
    """The bot with all its cogs, connected to nothing."""
    nothing = cast("Any", None)
    bot = VideoBot(
        jobs=cast("Any", SimpleNamespace(review=None)),
        messages=nothing,
        files=nothing,
        records=nothing,
        cogs=COGS,
        tree_cls=ReportingTree,
        media_hosts=frozenset(),
    )
    for name in COGS:
        await bot.load_extension(name)
    return bot


async def test_the_reference_lists_every_command_with_its_options() -> None:
    bot = await a_bot()
    commands = [each for each in bot.tree.walk_commands() if isinstance(each, app_commands.Command)]
    signatures = {
        " ".join([f"/{each.qualified_name}", *(p.name if p.required else f"[{p.name}]" for p in each.parameters)])
        for each in commands
    }
    assert set(re.findall(r"^\| `(/[^`]+)` \|", REFERENCE, re.MULTILINE)) == signatures


async def test_the_reference_lists_every_menu() -> None:
    bot = await a_bot()
    menus = {each.name for each in bot.tree.get_commands() if isinstance(each, app_commands.ContextMenu)}
    assert set(re.findall(r"^\| \*([^*]+)\* \|", REFERENCE, re.MULTILINE)) == menus


async def test_every_verb_has_an_answer() -> None:
    bot = await a_bot()
    assert {button.verb for button in JobButton.__subclasses__()} <= set(bot.clicks)
