"""What happens in one contest by itself: its card, the counting, and its result. Each by whoever holds it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from bot.data_classes import wired
from bot.domain.audit.log_channel import GuildLog, LogCard, LogTone
from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.messages import Channel, Foreign, Message, joined, msg
from bot.domain.ports.studio.contests import (
    ContestCard,
    ContestChannel,
    ContestResult,
    ContestWork,
    ContestWorkStore,
)
from bot.domain.studio.contests.contest import Contest, ContestStage, ContestState, Noted
from bot.jobs.delivery.nonces import NONCE_HOLDS, nonce_of
from bot.jobs.upkeep import retry_in
from bot.jobs.use_cases.studio.contests.known import KnownContests

log = logging.getLogger(__name__)

HELD = timedelta(minutes=2)  # how long who works on a contest has for it
CARD, RESULT = "card", "result"  # parts of nonces
STILL_OPEN = msg("It goes on: `/contest list` has what its card had.")
NOWHERE = msg("Its result can't be posted there. `/contest list` shows it.")


@wired
class ContestSteps:
    known: KnownContests
    store: ContestWorkStore
    channel: ContestChannel
    log: GuildLog

    def hold(self, now: datetime) -> tuple[str, datetime]:
        """A name for who holds a contest, and until when."""
        return secrets.token_hex(8), now + HELD

    async def post(self, work: ContestWork) -> None:
        """The card of a new one. Raises Undeliverable and Unavailable."""
        await self._show(work, work.contest)
        await self.store.release(work, work.contest.next_change(self.known.clock.now()))

    async def take(self, work: ContestWork) -> None:
        """All that is to be done about a contest now."""
        contest, now = work.contest, self.known.clock.now()
        if contest.state is ContestState.OPEN and contest.stage(now) is ContestStage.OVER:
            counted = await self.store.count(work, now)
            if counted is None:
                await self.store.release(work, now)  # it goes on longer by now, or somebody else has it
                return
            contest = counted
        again = []
        if contest.state is ContestState.OVER:
            again.append(await self._try(contest, work, Noted.RESULT, lambda: self._tell(work, contest)))
        contest = await self.known.store.get(contest.id) or contest  # its card leads to the result
        again.append(await self._try(contest, work, Noted.CARD, lambda: self._show(work, contest)))
        due = [at for at in (*again, contest.next_change(now)) if at is not None]
        await self.store.release(work, min(due, default=None))

    async def _try(
        self, contest: Contest, work: ContestWork, what: Noted, act: Callable[[], Awaitable[None]]
    ) -> datetime | None:
        """When it is to be tried again; None once it is done, or cannot be."""
        now = self.known.clock.now()
        try:
            await act()
        except Unavailable as later:
            log.info("the %s of the contest %s waits: %s", what, contest.id, later.sentence)
            age = now - (contest.ended_at or contest.started_at)
            return now + retry_in(age)
        except Undeliverable as no:
            log.warning("the channel of the contest %s takes no %s: %s", contest.id, what, no.sentence)
            await self._note(work, contest, what, no.message)
        return None

    async def _show(self, work: ContestWork, contest: Contest) -> None:
        """Its card, where that would say something else now; one that people removed stays away."""
        now = self.known.clock.now()
        card = ContestCard(contest=contest, entries=await self.known.number_in(contest.id), now=now)
        was_posted = bool(contest.shown)
        if card.shown == contest.shown or (contest.card_id is None and (was_posted or contest.ended_at)):
            return
        card_id = contest.card_id
        if card_id is None:
            card_id = await self._posted_before(contest.started_at, self.channel.find_card, contest)
            nonce = nonce_of("k", contest.id, CARD)
            card_id = card_id or await self.channel.post_card(card, nonce=nonce)
        elif not await self.channel.edit_card(card):
            card_id = None
        await self.store.note_card(work, card_id, card.shown, now)

    async def _tell(self, work: ContestWork, contest: Contest) -> None:
        """Who won, once; afterwards that is only redrawn, as videos may be gone since."""
        result = ContestResult(contest=contest, standings=await self.known.store.standings(contest.id))
        if contest.result_id is not None:
            await self._draw_anew(result)
        elif contest.noted is not Noted.RESULT:
            begun = contest.ended_at or contest.times.vote_until
            result_id = await self._posted_before(begun, self.channel.find_result, contest)
            nonce = nonce_of("k", contest.id, RESULT)
            result_id = result_id or await self.channel.post_result(result, nonce=nonce)
            await self.store.note_result(work, result_id)

    async def _draw_anew(self, result: ContestResult) -> None:
        """It was told once: managers need not hear that it stays as it was."""
        try:
            await self.channel.edit_result(result)
        except Undeliverable as no:
            log.info("the result of the contest %s stays as it was: %s", result.contest.id, no.sentence)

    async def _posted_before(
        self, since: datetime, find: Callable[[Contest], Awaitable[int | None]], contest: Contest
    ) -> int | None:
        """What an earlier attempt may have posted: while Discord knows the nonce, a repeated post finds it, too."""
        if self.known.clock.now() - since < NONCE_HOLDS:
            return None
        return await find(contest)

    async def _note(self, work: ContestWork, contest: Contest, what: Noted, why: Message) -> None:
        """Managers are told once of each."""
        if contest.noted in {what, Noted.RESULT} or (what is Noted.CARD and contest.ended_at):
            return
        if await self.store.note_told(work, what):
            said = msg(
                "Nothing can be posted in {channel} for the contest “{theme}”.",
                channel=Channel(contest.channel_id),
                theme=Foreign(contest.theme),
            )
            then = STILL_OPEN if what is Noted.CARD else NOWHERE
            self.log.post(contest.guild_id, LogCard(body=joined(said, why, then), tone=LogTone.WARNING))
