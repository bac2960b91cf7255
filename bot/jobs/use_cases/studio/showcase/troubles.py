"""A showcase channel that takes nothing: its server's managers are told once, and one video an hour tries it again."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.data_classes import value_object, wired
from bot.domain.audit.log_channel import GuildLog, LogCard, LogTone
from bot.domain.errors import Undeliverable
from bot.domain.messages import Channel, msg
from bot.domain.ports.clock import Clock
from bot.domain.ports.records import Record, Records

PAUSE = timedelta(hours=1)


@value_object
class ShowcaseTrouble:
    channel_id: int
    until: datetime  # nothing is posted there before


TROUBLE = Record("showcase trouble", ShowcaseTrouble)  # by server


@wired
class ShowcaseTroubles:
    records: Records
    log: GuildLog
    clock: Clock

    async def pause(self, guild_id: int, channel_id: int) -> timedelta | None:
        """Until that channel is tried again; None when it may be tried now."""
        known, now = await self.records.read(TROUBLE, str(guild_id)), self.clock.now()
        if known is None or known.channel_id != channel_id or known.until <= now:
            return None
        return known.until - now

    async def tell(self, guild_id: int, channel_id: int, no: Undeliverable) -> timedelta:
        """How long it is left alone."""
        trouble = ShowcaseTrouble(channel_id=channel_id, until=self.clock.now() + PAUSE)
        before = (await self.records.update(TROUBLE, str(guild_id), lambda _: trouble)).before
        if before is None or before.channel_id != channel_id:
            self.log.post(guild_id, _card(channel_id, no))
        return PAUSE

    async def over(self, guild_id: int) -> None:
        if await self.records.read(TROUBLE, str(guild_id)) is not None:
            await self.records.update(TROUBLE, str(guild_id), lambda _: None)


def _card(channel_id: int, no: Undeliverable) -> LogCard:
    if no.channel_gone:
        said = msg("The showcase channel is gone, so the showcase is off. `/settings open` chooses another one.")
    else:
        said = msg(
            "Videos can't be posted to the showcase in {channel}. {why} Let Kinora View Channel, Send Messages, Attach "
            "Files and Read Message History there, or choose another channel with `/settings open`. They wait until "
            "then.",
            channel=Channel(channel_id),
            why=no.message,
        )
    return LogCard(title=msg("Showcase"), body=said, tone=LogTone.WARNING)
