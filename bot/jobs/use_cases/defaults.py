"""The model, length and size that a server orders where a member leaves them open."""

from __future__ import annotations

from dataclasses import replace

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_manages
from bot.domain.errors import BadRequest
from bot.domain.guild import GuildOptions
from bot.domain.models.catalogue import Catalogue
from bot.domain.models.not_offered import no_such_length, no_such_size
from bot.domain.video import Size
from bot.jobs.use_cases.guild import GuildPreferences


@wired
class OrderDefaults:
    """Checked against the catalogue here, and against the tier of whoever orders when they do."""

    preferences: GuildPreferences
    catalogue: Catalogue

    async def choose(self, member: Member, model: str | None, seconds: int | None, size: Size | None) -> GuildOptions:
        """None: as each model has it. Raises NotAllowed, and BadRequest with what would work."""
        check_manages(member)
        card_id = self._check(model, seconds, size)

        def changed(known: GuildOptions) -> GuildOptions:
            return replace(known, default_model=card_id, default_seconds=seconds, default_size=size)

        return (await self.preferences.change(member, changed)).after or GuildOptions()

    def _check(self, model: str | None, seconds: int | None, size: Size | None) -> str | None:
        cards = list(self.catalogue.cards.values()) if model is None else [self.catalogue.card(model)]
        label = None if model is None else cards[0].label
        lengths = sorted({each for card in cards for each in card.seconds})
        sizes = {str(each): None for card in cards for each in card.sizes}
        if seconds is not None and seconds not in lengths:
            raise BadRequest(no_such_length(seconds, lengths, label))
        if size is not None and str(size) not in sizes:
            raise BadRequest(no_such_size(str(size), sizes, label))
        return None if model is None else cards[0].id
