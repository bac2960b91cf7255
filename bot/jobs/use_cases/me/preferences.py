"""A member's own preferences: theirs to read and to change, from any server."""

from __future__ import annotations

from collections.abc import Callable

from bot.data_classes import wired
from bot.domain.access.preferences import MemberPreferences
from bot.domain.ports.records import Record, Records
from bot.jobs.delivery.owner_notices import CLOSED

PREFERENCES = Record("member preferences", MemberPreferences)  # by the member's id
NOTHING_CHOSEN = MemberPreferences()


@wired
class OwnPreferences:
    """They require no right, because they are about nobody else."""

    records: Records

    async def of(self, member_id: int) -> MemberPreferences:
        """The defaults where nothing was chosen."""
        return await self.records.read(PREFERENCES, str(member_id)) or NOTHING_CHOSEN

    async def change(
        self, member_id: int, change: Callable[[MemberPreferences], MemberPreferences]
    ) -> MemberPreferences:
        """Returns the new ones. `change` may be called several times. The defaults are not stored."""

        def changed(known: MemberPreferences | None) -> MemberPreferences | None:
            after = change(known or NOTHING_CHOSEN)
            return None if after == NOTHING_CHOSEN else after

        after = (await self.records.update(PREFERENCES, str(member_id), changed)).after or NOTHING_CHOSEN
        await self.records.update(CLOSED, str(member_id), lambda _: None)  # they may have opened them: tried again
        return after

    async def is_closed(self, member_id: int) -> bool:
        """Whether they wanted direct messages, and accept none from us."""
        return await self.records.read(CLOSED, str(member_id)) is not None
