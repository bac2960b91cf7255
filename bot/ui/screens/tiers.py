"""/settings tiers: the list, one tier in full, and the question before one is removed.

All are ephemeral replies to managers. Their buttons carry the act and its tier, so nothing is remembered, and they work
after a restart: `k1:tiers:<act>:<tier>`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Self

from discord import ButtonStyle
from discord.ui import ActionRow, Button, Container, LayoutView, Section, Separator, TextDisplay

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.access.tiers import Tier, Tiers
from bot.domain.access.validity import MOST_TIERS
from bot.domain.guild import GuildSettings
from bot.domain.messages import Message
from bot.domain.models.catalogue import Catalogue
from bot.domain.ports.guilds import GuildStore
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.tiers import GuildTiers
from bot.ui.cards.job_card import BLUE, RED
from bot.ui.interactions.buttons import VERSION, LastingButton
from bot.ui.screens.budget import TextBudget
from bot.ui.screens.settings.controls import OpenSettingsButton
from bot.ui.text.formatting import cut
from bot.ui.text.limits import LONGEST_LABEL
from bot.ui.text.phrases.access import tiers as phrases
from bot.ui.text.render import plain_text

NONE = "none"  # instead of a tier's id
TIER_ID = "[0-9a-z]{1,20}"


class TierAct(StrEnum):
    """What a button on these pages does immediately."""

    LIST = "list"
    OPEN = "open"
    UP = "up"
    DOWN = "down"
    REMOVE = "remove"  # asks first
    REALLY_REMOVE = "really-remove"


class TierForm(StrEnum):
    """Which form a button on these pages opens; also the verb of the form."""

    ADD = "tier-add"
    NAME = "tier-name"
    VIDEOS = "tier-videos"
    LIMITS = "tier-limits"
    ASKING = "tier-asking"
    TRY = "tier-try"


class TierButton(LastingButton, template=rf"{VERSION}:tiers:(?P<act>[a-z-]+):(?P<tier>{TIER_ID})"):
    def __init__(
        self,
        act: TierAct,
        text: Message = phrases.BACK,
        tier: str = NONE,
        *,
        style: ButtonStyle = ButtonStyle.secondary,
        disabled: bool = False,
    ) -> None:
        label, custom_id = cut(plain_text(text), LONGEST_LABEL), f"{VERSION}:tiers:{act}:{tier}"
        super().__init__(Button(label=label, custom_id=custom_id, style=style, disabled=disabled))
        self.act = act
        self.tier = tier

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        """Acts of other versions lead to the list."""
        act = match["act"]
        return cls(TierAct(act) if act in set(TierAct) else TierAct.LIST, tier=match["tier"])


class TierFormButton(LastingButton, template=rf"{VERSION}:tier-form:(?P<form>[a-z-]+):(?P<tier>{TIER_ID})"):
    opens_form: ClassVar[bool] = True

    def __init__(
        self,
        form: TierForm,
        text: Message = phrases.EDIT,
        tier: str = NONE,
        *,
        style: ButtonStyle = ButtonStyle.secondary,
        disabled: bool = False,
    ) -> None:
        custom_id = f"{VERSION}:tier-form:{form}:{tier}"
        super().__init__(Button(label=plain_text(text), custom_id=custom_id, style=style, disabled=disabled))
        self.form = form
        self.tier = tier

    @classmethod
    def read(cls, match: re.Match[str]) -> Self:
        form = match["form"]
        return cls(TierForm(form) if form in set(TierForm) else TierForm.TRY, tier=match["tier"])


class TiersPage(LayoutView):
    """All tiers of a server. `said`: what was just done."""

    def __init__(
        self,
        tiers: Tiers,
        guild_settings: GuildSettings,
        catalogue: Catalogue,
        reader: Member,
        said: Message | None = None,
        *,
        staff_channel: bool = True,
    ) -> None:
        super().__init__(timeout=None)
        room = TextBudget(2 + len(tiers.order) + (said is not None))
        card: Container[TiersPage] = Container(accent_colour=BLUE)
        for text in (said, phrases.TITLE if tiers.order else phrases.NO_TIERS_YET):
            if text is not None:
                card.add_item(TextDisplay(room.text(text)))
        for number, tier in enumerate(tiers.order, 1):
            row = room.text(phrases.row(number, tier, catalogue, reader))
            card.add_item(Section(TextDisplay(row), accessory=TierButton(TierAct.OPEN, phrases.EDIT, tier.id)))
        if tiers.order:
            card.add_item(TextDisplay(room.text(phrases.list_hint(tiers, guild_settings, staff_channel=staff_channel))))
        self.add_item(card)
        full = len(tiers.order) >= MOST_TIERS
        add = TierFormButton(TierForm.ADD, phrases.ADD, style=ButtonStyle.primary, disabled=full)
        self.add_item(ActionRow(add, TierFormButton(TierForm.TRY, phrases.TRY_AS), OpenSettingsButton()))


class TierPage(LayoutView):
    """One tier in full. `said`: what was just done."""

    def __init__(
        self, tier: Tier, tiers: Tiers, catalogue: Catalogue, reader: Member, said: Message | None = None
    ) -> None:
        super().__init__(timeout=None)
        room = TextBudget(2)
        card: Container[TierPage] = Container(accent_colour=BLUE)
        if said is not None:
            card.add_item(TextDisplay(room.text(said))).add_item(Separator())
        card.add_item(TextDisplay(room.text(phrases.page(tier, catalogue, reader))))
        self.add_item(card)
        forms = [(TierForm.NAME, phrases.NAME_AND_ROLES), (TierForm.VIDEOS, phrases.VIDEOS)]
        forms += [(TierForm.LIMITS, phrases.LIMITS), (TierForm.ASKING, phrases.ASKING)]
        self.add_item(ActionRow(*(TierFormButton(form, text, tier.id) for form, text in forms)))
        self.add_item(ActionRow(*_acts(tier, tiers)))


@wired
class TierPages:
    """Looks up what a page shows, for members who were authorized to see it."""

    tiers: GuildTiers
    guilds: GuildStore
    preferences: GuildPreferences
    catalogue: Catalogue

    async def all(self, reader: Member, said: Message | None = None) -> TiersPage:
        guild_id = reader.guild_id
        guild_settings = await self.guilds.guild_settings(guild_id)
        staff_channel = (await self.preferences.of(guild_id)).notices_channel is not None
        tiers = await self.tiers.of(guild_id)
        return TiersPage(tiers, guild_settings, self.catalogue, reader, said, staff_channel=staff_channel)

    async def one(self, reader: Member, tier: Tier, said: Message | None = None) -> TierPage:
        return TierPage(tier, await self.tiers.of(reader.guild_id), self.catalogue, reader, said)


def _acts(tier: Tier, tiers: Tiers) -> Sequence[TierButton]:
    first, last = (bool(tiers.order) and tiers.order[end].id == tier.id for end in (0, -1))
    return (
        TierButton(TierAct.UP, phrases.UP, tier.id, disabled=first),
        TierButton(TierAct.DOWN, phrases.DOWN, tier.id, disabled=last),
        TierButton(TierAct.REMOVE, phrases.REMOVE, tier.id, style=ButtonStyle.danger),
        TierButton(TierAct.LIST),
    )


class RemoveTierQuestion(LayoutView):
    """Asked before a tier is removed: its members may lose rights."""

    def __init__(self, tier: Tier) -> None:
        super().__init__(timeout=None)
        self.add_item(Container(TextDisplay(TextBudget(1).text(phrases.really_remove(tier))), accent_colour=RED))
        really = TierButton(TierAct.REALLY_REMOVE, phrases.remove(tier), tier.id, style=ButtonStyle.danger)
        self.add_item(ActionRow(really, TierButton(TierAct.OPEN, phrases.KEEP, tier.id)))
