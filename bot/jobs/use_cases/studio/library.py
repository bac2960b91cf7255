"""Looking through the videos of a server: one's own, and for those who may, everybody's."""

from __future__ import annotations

from dataclasses import replace

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.history import Cursor
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.costs import DateRange
from bot.domain.ports.clock import Clock
from bot.domain.ports.guilds import GuildStore
from bot.domain.studio.collections import VideoCollection
from bot.domain.studio.library import Reader, VideoFilter, VideoLibrary, VideoPage
from bot.domain.texts.times.dates import read_range
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import GuildPreferences


@wired
class BrowseLibrary:
    """Nobody is shown what they may not watch. Raises NotAllowed for others' videos where they may not look through."""

    library: VideoLibrary
    authorization: Authorization
    preferences: GuildPreferences
    guilds: GuildStore
    catalogue: Catalogue
    clock: Clock

    async def page(self, member: Member, wanted: VideoFilter, cursor: Cursor | None, most: int) -> VideoPage:
        """What has vanished while they looked leads back to the newest."""
        if wanted.owner_id != member.id and not (wanted.favourites or _may_list(member, wanted.collection)):
            await self.authorization.authorize(member, Act.SEE_HISTORY)
        reader = await self._reader(member, wanted)
        page = await self.library.page(member.guild_id, wanted, reader, cursor, most)
        if cursor is not None and (not page.jobs or (not page.newer and len(page.jobs) < most)):
            return await self.library.page(member.guild_id, wanted, reader, None, most)
        return page

    def model_named(self, typed: str) -> str:
        """Its id, by that or by what people call it. One that is retired is found by its id alone."""
        card = self.catalogue.named(typed)
        return typed.strip() if card is None else card.id

    async def within(self, member: Member, wanted: VideoFilter, first: str, last: str) -> VideoFilter:
        """With days as they were typed, both included; empty for an open end. Raises BadRequest."""
        if not first and not last:
            return wanted
        calendar = (await self.guilds.guild_settings(member.guild_id)).calendar
        days = read_range(first or None, last or None, calendar.local(self.clock.now()).date())
        since = None if days.first is None else calendar.midnight(days.first)
        before = None if days.last is None else calendar.next_day(calendar.midnight(days.last))
        return replace(wanted, since=since, before=before)

    async def days(self, member: Member, wanted: VideoFilter) -> DateRange:
        """Those that are listed, as they were typed: members read them in other time zones than their server's."""
        if wanted.since is None and wanted.before is None:
            return DateRange()
        calendar = (await self.guilds.guild_settings(member.guild_id)).calendar
        return DateRange(
            None if wanted.since is None else calendar.local(wanted.since).date(),
            None if wanted.before is None else calendar.last_day_before(wanted.before),
        )

    async def _reader(self, member: Member, wanted: VideoFilter) -> Reader:
        if wanted.owner_id == member.id:
            return Reader(member_id=member.id)
        if not member.manages:
            return Reader(member_id=member.id, channels=member.channels.readable())
        options = await self.preferences.of(member.guild_id)
        return Reader(member_id=member.id, private_since=options.private_open_since)


def _may_list(member: Member, collection: VideoCollection | None) -> bool:
    """Their own, and those of their server."""
    if collection is None or collection.guild_id != member.guild_id:
        return False
    return collection.is_servers or collection.member_id == member.id
