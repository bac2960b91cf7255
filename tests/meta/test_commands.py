"""The reference lists exactly the existing commands, with every option and whether it is required."""

from __future__ import annotations

import re
from pathlib import Path

from discord import app_commands

from bot.ui.interactions.buttons import JobButton
from bot.wiring.cogs.commands import commands_only

DOCS = Path(__file__).resolve().parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "commands.md").read_text()
UPGRADING = (DOCS / "how-to" / "upgrading.md").read_text()
NEED_A_HELPER = {"prompt", "describe"}  # not registered without a prompt helper


def written(option: app_commands.Parameter) -> str:
    return str(option.display_name) if option.required else f"[{option.display_name}]"


async def test_the_reference_lists_every_command_with_its_options() -> None:
    bot = await commands_only()
    commands = [each for each in bot.tree.walk_commands() if isinstance(each, app_commands.Command)]
    signatures = {
        " ".join(
            [
                f"/{each.qualified_name}",
                *(str(p.display_name) if p.required else f"[{p.display_name}]" for p in each.parameters),
            ]
        )
        for each in commands
    }
    assert set(re.findall(r"^\| `(/[^`]+)` \|", REFERENCE, re.MULTILINE)) == signatures


async def test_the_reference_lists_every_menu() -> None:
    bot = await commands_only()
    menus = {each.name for each in bot.tree.get_commands() if isinstance(each, app_commands.ContextMenu)}
    assert set(re.findall(r"^\| \*([^*]+)\* \|", REFERENCE, re.MULTILINE)) == menus


def test_the_reference_lists_every_button_about_a_video() -> None:
    labels = [str(button.text).rstrip("…") for button in JobButton.__subclasses__()]
    assert [label for label in labels if f"**{label}**" not in REFERENCE] == []


async def test_the_page_about_upgrades_shows_how_many_commands_are_registered() -> None:
    bot = await commands_only()
    registered = [each.name for each in bot.tree.get_commands() if each.name not in NEED_A_HELPER]
    assert {int(number) for number in re.findall(r"(\d+) commands registered", UPGRADING)} == {len(registered)}
