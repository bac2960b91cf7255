"""The showcase as a page of /settings: its channel, and how many ★ a video needs."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Self

from discord import SelectOption
from discord.ui import ActionRow, Select

from bot.data_classes import wired
from bot.domain.guild import ChannelUse
from bot.domain.messages import Message
from bot.domain.studio.showcase import STARS_TO_CHOOSE
from bot.jobs.use_cases.guild import GuildPreferences
from bot.ui.interactions.buttons import VERSION
from bot.ui.interactions.members import NEEDED
from bot.ui.interactions.selects import LastingSelect
from bot.ui.screens.settings.controls import SettingsAct, SettingsButton, SettingsChannelSelect
from bot.ui.screens.settings.notifications import trouble_in
from bot.ui.screens.settings.pages import PageContent, Visit
from bot.ui.text.phrases.settings.hub import heading
from bot.ui.text.phrases.studio.liked import showcase as phrases
from bot.ui.text.phrases.values import lines, small
from bot.ui.text.render import plain_text


class ShowcaseStarsSelect(LastingSelect, template=rf"{VERSION}:set-showcase-stars"):
    """How many ★ a video needs."""

    def __init__(self, now: int | None = None) -> None:
        options = [
            SelectOption(label=plain_text(phrases.stars_option(stars)), value=str(stars), default=stars == now)
            for stars in STARS_TO_CHOOSE
        ]
        placeholder = plain_text(phrases.CHOOSE_STARS)
        super().__init__(Select(custom_id=f"{VERSION}:set-showcase-stars", options=options, placeholder=placeholder))

    @classmethod
    def read(cls, _: re.Match[str], /) -> Self:
        return cls()


@wired
class ShowcasePage:
    preferences: GuildPreferences

    id: ClassVar[str] = "showcase"
    title: ClassVar[Message] = phrases.SHOWCASE
    about: ClassVar[Message] = phrases.SHOWCASE_IS

    async def summary(self, visit: Visit) -> Message:
        return phrases.summary(await self.preferences.of(visit.member.guild_id))

    async def content(self, visit: Visit) -> PageContent:
        options = await self.preferences.of(visit.member.guild_id)
        channel = options.showcase_channel
        said = lines(
            heading(self.title),
            phrases.stands(options),
            None if channel is None else trouble_in(visit.guild, channel, NEEDED),
            small(phrases.HOW),
        )
        rows: list[ActionRow[Any]] = [
            ActionRow(SettingsChannelSelect(ChannelUse.SHOWCASE, visit.still(channel), phrases.CHOOSE_SHOWCASE)),
            ActionRow(ShowcaseStarsSelect(options.showcase_stars)),
        ]
        if channel is not None:
            rows.append(ActionRow(SettingsButton(self.id, SettingsAct.NO_SHOWCASE, phrases.SHOWCASE_OFF)))
        return PageContent(parts=[said], rows=rows)
