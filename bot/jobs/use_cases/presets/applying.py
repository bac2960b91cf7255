"""An order that is made with a preset."""

from __future__ import annotations

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.studio.presets import Preset
from bot.jobs.ordering.presets import PresetOrder, fitted, with_model
from bot.jobs.ordering.quoting import OrderRequest
from bot.jobs.use_cases.create import CreateVideo
from bot.jobs.use_cases.presets.manage import Presets


@wired
class ApplyPresets:
    presets: Presets
    create: CreateVideo

    async def apply(self, member: Member, order: OrderRequest, preset: Preset) -> PresetOrder:
        """What the order leaves open is the preset's, as near as can be had.

        Nothing is ordered. Raises BadRequest, NotAllowed and TierLimit.
        """
        limits = await self.create.authorization.authorize(member, Act.MAKE)
        catalogue = self.create.quoting.catalogue
        cards = limits.catalogue(catalogue).cards.values()
        wanted = with_model(order, preset, cards, catalogue.label(preset.model or ""))
        return fitted(order, wanted, await self.create.chosen(member, wanted.order))
