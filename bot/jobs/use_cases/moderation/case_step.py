"""One step of the work on a case: its card, its take-down, what covers it, and who is to be told."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.data_classes import wired
from bot.domain.access.own_data import ERASED_MEMBER
from bot.domain.errors import Unavailable, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import PostedMessage
from bot.domain.moderation.cases import TRIED_FOR, CaseDecision, DecisionKind, ModerationCase
from bot.domain.moderation.channel import CaseChannel, CaseNews, CaseOutcome, Concern
from bot.domain.moderation.venues import Spoilers
from bot.domain.ports.jobs import JobQueries
from bot.jobs.delivery.nonces import NONCE_HOLDS, nonce_of
from bot.jobs.upkeep import retry_in
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.moderation.cases import CaseChange, ModerationCases
from bot.jobs.use_cases.moderation.holding import CaseHold
from bot.jobs.use_cases.moderation.reports import staff_channel
from bot.jobs.use_cases.moderation.take_downs import TakeDownSteps
from bot.jobs.use_cases.private_videos import concealed

log = logging.getLogger(__name__)

NO_PLACE = timedelta(hours=1)  # until a card is tried again that no channel takes


@wired
class CaseParts:
    """What cases are worked on with."""

    cases: ModerationCases
    steps: TakeDownSteps
    queries: JobQueries
    preferences: GuildPreferences
    channel: CaseChannel


class CaseStep:
    """What is to be done about one case now, by whoever holds it."""

    def __init__(self, parts: CaseParts, hold: CaseHold) -> None:
        self._parts = parts
        self._cases = parts.cases
        self._hold = hold
        self._guild_id, self._job_id = hold.guild_id, hold.job_id
        self._later: list[datetime] = []  # when something is to be tried again

    async def work(self) -> datetime | None:
        """When it is due again; None when nothing is left to do."""
        case = await self._cases.of(self._job_id)
        if case is None:
            return None
        if case.take_down is not None and not case.take_down.ended:
            await self._show(case)  # before the work, which may take long
        case = await self._take_down(case)
        if case is None:
            return self._cases.clock.now()
        await self._show(case)
        await self._cover(case)
        await self._tell(case)
        return min(self._later, default=None)

    # Take-down

    async def _take_down(self, case: ModerationCase) -> ModerationCase | None:
        """As far as it goes now. None when somebody else has taken the case over."""
        down = case.take_down
        if down is None or down.ended or case.decision is None:
            return case
        left = tuple(down.remaining)
        while case.take_down is not None and case.take_down.todo:
            if not await self._hold.is_still_ours():
                return None
            case = await self._parts.steps.next(self._job_id, case) or case
        for job_id in left:
            if not await self._hold.is_still_ours():
                return None
            case = await self._parts.steps.again(self._job_id, case, JobId(job_id)) or case
        return await self._or_give_up(case)

    async def _or_give_up(self, case: ModerationCase) -> ModerationCase:
        down, decision = case.take_down, case.decision
        if down is None or decision is None or down.ended:
            return case
        age = self._cases.clock.now() - decision.at
        if age < TRIED_FOR:
            self._try_again_after(age)
            return case

        def given_up(known: ModerationCase) -> ModerationCase:
            return replace(known, take_down=known.take_down and replace(known.take_down, given_up=True))

        return await self._cases.note(self._job_id, given_up) or case

    # The card

    async def _show(self, case: ModerationCase) -> None:
        if case.shown == case.state:
            return
        options = await self._parts.preferences.of(self._guild_id)
        channel_id, job = staff_channel(options), await self._parts.queries.get(self._job_id)
        if job is None or (case.card is None and not case.is_open and not case.take_down):
            return
        news = CaseNews(job=concealed(job), case=case)
        try:
            card = await self._shown(case, news, channel_id)
        except Unavailable as later:
            log.info("the card of the case of %s is shown later: %s", self._job_id, later.sentence)
            self._try_again_after(self._cases.clock.now() - case.opened_at)
        except Undeliverable as no:
            log.warning("the channel %s takes no card of a report: %s", channel_id, no.sentence)
            self._later.append(self._cases.clock.now() + NO_PLACE)
        else:
            await self._cases.note(self._job_id, lambda known: replace(known, card=card, shown=case.state))

    async def _shown(self, case: ModerationCase, news: CaseNews, channel_id: int | None) -> PostedMessage | None:
        """Where its card is now. None where it is gone and says no more than was decided, or there is no place."""
        channel = self._parts.channel
        if case.card is not None and await channel.edit(case.card, news):
            return case.card
        if channel_id is None or (case.card is not None and not case.is_open):
            if case.is_open:
                self._later.append(self._cases.clock.now() + NO_PLACE)
            return None
        found = await self._posted_before(case, channel_id)
        if found is not None and await channel.edit(found, news):
            return found
        before = 0 if case.card is None else case.card.message_id
        nonce = nonce_of("c", self._job_id, channel_id, case.opened_at.isoformat(), before)
        return await channel.post(channel_id, news, nonce=nonce)

    async def _posted_before(self, case: ModerationCase, channel_id: int) -> PostedMessage | None:
        """What an earlier attempt may have posted: while Discord knows the nonce, a repeated post finds it, too."""
        if case.card is not None or self._cases.clock.now() - case.opened_at < NONCE_HOLDS:
            return None
        return await self._parts.channel.find_posted(channel_id, self._job_id, case.opened_at)

    async def _cover(self, case: ModerationCase) -> None:
        """As a spoiler while nobody has decided, where its server wants that of reported videos."""
        options = await self._parts.preferences.of(self._guild_id)
        wanted = options.spoilers is Spoilers.REPORTED and case.is_undecided_report
        if wanted == case.covered:
            return
        job = await self._parts.queries.get(self._job_id)
        try:
            # What is deleted is shown nowhere, and where all are covered, all stay so.
            if job is not None and job.video is not None and options.spoilers is not Spoilers.ALWAYS:
                await self._parts.channel.cover(job, covered=wanted)
        except (Unavailable, Undeliverable) as trouble:
            age = self._cases.clock.now() - case.opened_at
            log.info("%s is not covered or uncovered yet: %s", self._job_id, trouble.sentence)
            if age < TRIED_FOR:
                self._try_again_after(age)
                return
        await self._cases.note(self._job_id, lambda known: replace(known, covered=wanted))

    # Who is told

    async def _tell(self, case: ModerationCase) -> None:
        decision = case.decision
        if decision is None or (case.take_down is not None and case.take_down.todo):
            return
        for outcome in await self._outcomes(case, decision):
            if outcome.key not in case.told and await self._told(outcome):
                await self._cases.note(self._job_id, _with_told(outcome.key))

    async def _outcomes(self, case: ModerationCase, decision: CaseDecision) -> Sequence[CaseOutcome]:
        """Nobody is told what they decided themselves."""
        people: dict[int, tuple[Concern, list[JobId]]] = {}
        if decision.kind is DecisionKind.TAKEN_DOWN and case.take_down is not None:
            gone = (*case.take_down.done, *case.take_down.remaining)
            jobs = await self._parts.queries.get_many([JobId(each) for each in gone])
            for job in sorted(jobs.values(), key=lambda job: job.created_at):
                people.setdefault(job.owner_id, (Concern.MAKER, []))[1].append(job.id)
        for report in case.reports:
            people.setdefault(report.by, (Concern.REPORTER, [self._job_id]))
        return [
            CaseOutcome(user_id=user_id, guild_id=self._guild_id, concern=concern, videos=videos, decision=decision)
            for user_id, (concern, videos) in people.items()
            if user_id not in {decision.by, ERASED_MEMBER}
        ]

    async def _told(self, outcome: CaseOutcome) -> bool:
        """Closed direct messages are an answer, too: what was decided stands where they look for the video."""
        nonce = nonce_of("v", self._job_id, outcome.key, outcome.decision.at.isoformat())
        try:
            await self._parts.channel.tell(outcome, nonce=nonce)
        except Unavailable as later:
            age = self._cases.clock.now() - outcome.decision.at
            log.info("member %s is told later: %s", outcome.user_id, later.sentence)
            if age > TRIED_FOR:
                return True
            self._try_again_after(age)
            return False
        except Undeliverable as no:
            log.info("member %s cannot be told what became of %s: %s", outcome.user_id, self._job_id, no.sentence)
        return True

    def _try_again_after(self, age: timedelta) -> None:
        """The longer it has failed, the longer that is."""
        self._later.append(self._cases.clock.now() + retry_in(age))


def _with_told(key: str) -> CaseChange:
    return lambda known: replace(known, told=(*known.told, key))
