"""Fills in a typed order from its preset: orders it at once, or asks first if something differs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import discord

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.studio.presets import Preset
from bot.jobs.use_cases.presets.applying import ApplyPresets
from bot.ui.dialogs.drafts import Drafts, UnsentForm
from bot.ui.dialogs.presets.question import PresetQuestion
from bot.ui.dialogs.quoting.questions import OpenQuestions
from bot.ui.dialogs.quoting.typed_order import TypedOrder, draft_for
from bot.ui.interactions.error_handler import carry, kept
from bot.ui.interactions.members import as_now

GoOn = Callable[[discord.Interaction[Any], Member, TypedOrder], Awaitable[None]]


@wired
class PresetStep:
    apply: ApplyPresets
    questions: OpenQuestions
    drafts: Drafts

    async def listed(self, member: Member) -> Sequence[Preset]:
        return await self.apply.presets.listed(member)

    async def with_preset(
        self, interaction: discord.Interaction[Any], member: Member, typed: TypedOrder, go_on: GoOn
    ) -> None:
        """Go on with the filled-in order; any refusal gives the input back.

        If there is no such preset, it is given back without its name, for which the form has no field.
        """
        if not typed.preset:
            await go_on(interaction, member, typed)
            return
        self._carry(interaction, member, replace(typed, preset=""))
        preset = await self.apply.presets.named(member, typed.preset)
        self._carry(interaction, member, typed)
        made = await self.apply.apply(member, typed.without_files(), preset)
        filled = typed.with_preset(made)
        if not made.changes:
            await go_on(interaction, member, filled)
            return

        async def agreed(pressed: discord.Interaction[Any]) -> None:
            await go_on(pressed, await as_now(pressed, member), filled)

        unsent = self._carry(interaction, member, filled)
        await self.questions.ask(interaction, PresetQuestion(made, agreed, await kept(unsent)))

    def _carry(self, interaction: discord.Interaction[Any], member: Member, typed: TypedOrder) -> UnsentForm:
        unsent = UnsentForm(drafts=self.drafts, draft=draft_for(member, typed))
        carry(interaction, unsent)
        return unsent
