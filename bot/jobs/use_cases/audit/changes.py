"""Every change of a server's settings is stored, and announced in its log channel."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.access.rules import check_manages
from bot.domain.audit.changes import ChangeCursor, ChangesPage, ChangeStore, SettingChange
from bot.domain.audit.fields import labelled
from bot.domain.audit.log_channel import GuildLog, LogCard
from bot.domain.messages import Message, Param, Person, joined, msg
from bot.domain.ports.clock import Clock

log = logging.getLogger(__name__)

MOST_ON_A_PAGE = 8
NONE = msg("none")
KINORA = msg("Kinora")


@wired
class SettingChanges:
    store: ChangeStore
    log: GuildLog
    clock: Clock
    label: Callable[[str], str] = str  # of a model, by its id

    async def note(self, *changes: SettingChange) -> None:
        """Record changes on one server once they are made.

        A change without effect is none. It raises nothing: they are done.
        """
        made = [self._labelled(change) for change in changes if change.before != change.after]
        if not made:
            return
        try:
            await self.store.add(made, self.clock.now())
        except Exception:
            # Whoever made them must not be told that they failed: they did not.
            log.exception(
                "changes of the server %s are not kept: %s", made[0].guild_id, [str(sentence(m)) for m in made]
            )
        self.log.post(made[0].guild_id, LogCard(body=joined(*map(sentence, made), by="\n")))

    def _labelled(self, change: SettingChange) -> SettingChange:
        """Models by their current names; later they may be gone."""
        before, after = (
            None if words is None else labelled(words, self.label) for words in (change.before, change.after)
        )
        return replace(change, before=before, after=after)

    async def page(self, member: Member, cursor: ChangeCursor | None = None) -> ChangesPage:
        """The latest, or those next to the cursor's. Raises NotAllowed."""
        check_manages(member)
        return await self.store.page(member.guild_id, MOST_ON_A_PAGE, cursor)


def sentence(change: SettingChange) -> Message:
    """What happened, in one line."""
    who: Param = KINORA if change.by is None else Person(change.by)
    return msg(
        "{who} changed {what}: {before} → {after}",
        who=who,
        what=change.what,
        before=change.before or NONE,
        after=change.after or NONE,
    )
