"""/help: each command once, in the reader's language, and managers' commands only for managers."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from discord import app_commands

from bot.client import VideoBot
from bot.domain.messages import Message, plain
from bot.domain.texts.languages import LANGUAGES, reading
from bot.ui.screens.help import Command, HelpFacts, HelpScreen, managers_commands, open_groups
from bot.ui.text.limits import LONGEST_MESSAGE, MOST_BYTES, MOST_COMPONENTS
from bot.ui.text.locales import translations
from bot.wiring.cogs.commands import commands_only
from tests.views import everything, words

LONGEST_ID = 2**63 - 1
FOR_MANAGERS = {"queue", "settings open", "contest start"}


@pytest.fixture
async def bot() -> VideoBot:
    return await commands_only()


def commands_of(bot: VideoBot) -> Sequence[Command]:
    return [each for each in bot.tree.walk_commands() if isinstance(each, app_commands.Command)]


def a_screen(bot: VideoBot, *, manages: bool = False, known: bool = True, refusal: Message | None = None) -> HelpScreen:
    commands = commands_of(bot)
    ids = {each.name: LONGEST_ID for each in bot.tree.get_commands()} if known else {}
    facts = HelpFacts(commands=commands, menus=bot.registry.menus, ids=ids, manages=manages, refusal=refusal)
    return HelpScreen(facts)


async def test_every_command_is_in_one_group(bot: VideoBot) -> None:
    """Add a new command to `FOR_ALL_MEMBERS`, unless Discord shows it only to managers."""
    commands = commands_of(bot)
    listed = [each.qualified_name for _, found in open_groups(commands) for each in found]
    listed += [each.qualified_name for each in managers_commands(commands)]
    assert sorted(listed) == sorted(each.qualified_name for each in commands)


async def test_a_command_can_be_pressed_where_its_id_is_known(bot: VideoBot) -> None:
    row = "Make a video from a prompt, and from an image if you like"
    assert f"\n</create:{LONGEST_ID}> {row}\n" in words(a_screen(bot))
    assert f"\n</contest list:{LONGEST_ID}> The contests here" in words(a_screen(bot))
    assert f"\n`/create` {row}\n" in words(a_screen(bot, known=False))


async def test_managers_are_shown_what_is_for_them_and_nobody_else_is(bot: VideoBot) -> None:
    member, manager = words(a_screen(bot, known=False)), words(a_screen(bot, known=False, manages=True))
    assert {name for name in FOR_MANAGERS if f"`/{name}`" in member} == set()
    assert {name for name in FOR_MANAGERS if f"`/{name}`" in manager} == FOR_MANAGERS
    assert "*Remix this video* and *Report this video*." in member
    assert "*Report this video* and *Take down this video*." in manager


async def test_the_commands_of_managers_that_one_opens_together_are_one_line(bot: VideoBot) -> None:
    *_, whole, others = words(a_screen(bot, known=True, manages=True)).splitlines()
    assert whole == f"</settings open:{LONGEST_ID}> All settings of this server, page by page"
    assert others.startswith(f"One at a time: </settings access:{LONGEST_ID}>, </settings budget:{LONGEST_ID}>, ")
    assert others.endswith(f" and </settings videos:{LONGEST_ID}>.")


async def test_where_to_begin_is_said_or_why_one_cannot(bot: VideoBot) -> None:
    assert words(a_screen(bot)).startswith(f"**Commands**\nNew here? Type </create:{LONGEST_ID}> and describe")
    said = words(a_screen(bot, refusal=plain("You lack a role.")))
    assert said.startswith("**Commands**\nYou lack a role.\n")
    assert "New here?" not in said


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_is_cut_in_any_language(bot: VideoBot, language: str) -> None:
    with reading(language):
        screen = a_screen(bot, manages=True, refusal=plain("x" * 300))
    said = words(screen)
    assert len(said) <= LONGEST_MESSAGE
    assert len(said.encode()) <= MOST_BYTES
    assert len(everything(screen)) <= MOST_COMPONENTS
    assert [each.name for each in commands_of(bot) if f"</{each.qualified_name}:" not in said] == []
    told = {
        each.qualified_name for each in commands_of(bot) if translations(language).gettext(each.description) in said
    }
    settings = {each.qualified_name for each in commands_of(bot) if each.qualified_name.startswith("settings ")}
    assert {each.qualified_name for each in commands_of(bot)} - told == settings - {"settings open"}
    assert [menu.name for menu in bot.registry.menus if translations(language).gettext(menu.name) not in said] == []


async def test_a_language_half_as_long_again_would_fit(bot: VideoBot) -> None:
    said = words(a_screen(bot, manages=True))
    descriptions = sum(len(each.description) for each in commands_of(bot))
    assert len(said) + descriptions // 2 <= LONGEST_MESSAGE
