"""The prompt helper: its cogs."""

from __future__ import annotations

from collections.abc import Sequence

from discord.ext.commands import Cog

from bot.interaction_registry import InteractionRegistry
from bot.ui.dialogs.create_form import CreateForms
from bot.wiring.cogs.screens import ScreenParts
from bot.wiring.use_cases import UseCases
from cogs.prompting import PromptCommands, Prompts


def prompting_cogs(
    registry: InteractionRegistry, uses: UseCases, screens: ScreenParts, create_forms: CreateForms
) -> Sequence[Cog]:
    """Includes the commands only if there is a helper."""
    prompts = Prompts(registry, ask=uses.ask_helper, create_forms=create_forms, drafts=screens.drafts)
    return [prompts] if uses.ask_helper is None else [prompts, PromptCommands(prompts, pictures=screens.pictures)]
