"""Cards as messages in Discord's channels: edited, removed, found again. Discord's errors become our own."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import discord

from bot.data_classes import wired
from bot.domain.job import Job, PostedMessage
from bot.ui.cards.own_files import OwnFile
from bot.ui.cards.rendering import DrawnCard
from bot.ui.interactions.buttons import is_card_of
from bot.ui.interactions.discord_errors import gone_is_fine, our_errors
from bot.ui.publish.own_messages import find_own, message_at, place_of

HISTORY_TO_SEARCH = 100  # messages since the order, as many as one request returns; the card is among the first


@wired
class DiscordCards:
    """The CardChannel; also edits cards."""

    client: discord.Client

    async def edit(
        self, card: PostedMessage, drawn: DrawnCard, uploaded: Mapping[str, OwnFile]
    ) -> discord.Message | None:
        """The edited message; None if it is gone. Raises Undeliverable and Unavailable."""
        with gone_is_fine():
            return await self._edited(card, drawn, uploaded)
        return None

    async def _edited(self, card: PostedMessage, drawn: DrawnCard, uploaded: Mapping[str, OwnFile]) -> discord.Message:
        try:
            return await message_at(self.client, card).edit(**drawn.as_edit(uploaded))
        except discord.Forbidden:
            if drawn.bare is None:
                raise
            return await message_at(self.client, card).edit(**drawn.bare.as_edit())
        except discord.HTTPException as error:
            if error.status != HTTPStatus.BAD_REQUEST or not uploaded:
                raise
            return await message_at(self.client, card).edit(**drawn.as_edit())  # see `edit_in_place`

    async def remove(self, card: PostedMessage) -> None:
        """Remove a card; see `bot.domain.ports.publishing.CardChannel`."""
        with gone_is_fine():
            await message_at(self.client, card).delete()

    async def find_card(self, job: Job) -> PostedMessage | None:
        """The card of a job; see `bot.domain.ports.publishing.CardChannel`."""
        with our_errors():
            found = await find_own(
                self.client,
                job.channel_id,
                job.created_at,
                HISTORY_TO_SEARCH,
                lambda message: is_card_of(message, job.id),
            )
        return None if found is None else place_of(found)

    async def is_there(self, card: PostedMessage) -> bool:
        """Whether it still exists; see `bot.domain.ports.publishing.CardCheck`."""
        with gone_is_fine():
            await message_at(self.client, card).fetch()
            return True
        return False
