"""Reports by members, and what managers do about them when the video may stay."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.audit.changes import SettingChange
from bot.domain.errors import BadRequest
from bot.domain.guild import GuildOptions
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Count, Message, VideoId, msg
from bot.domain.moderation.cases import (
    REPORTS_A_DAY,
    REPORTS_MADE,
    CaseDecision,
    DecisionKind,
    ModerationCase,
    ReportsMade,
    VideoReport,
)
from bot.domain.texts.names import words_of
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.moderation.cases import NOT_REPORTED, ModerationCases, decided_already

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
LONGEST_REASON = 300  # characters
REPORTED, DISMISSED = msg("undecided"), msg("dismissed")
OWN = msg("This is your own video. You can delete it under **More…**.")
NOT_POSTED = msg("This video isn't posted, so there's nothing to report.")
NO_STAFF_CHANNEL = msg(
    "This server has no channel for reports yet. A manager can choose one with `/settings notices`. Nothing was sent."
)


@wired
class ReportVideos:
    """Raises NotAllowed, and BadRequest with why nothing was sent or changed."""

    cases: ModerationCases
    preferences: GuildPreferences
    authorization: Authorization
    changes: SettingChanges

    async def check_may_report(self, member: Member, job: Job) -> None:
        """Asked before anybody writes a reason, and again when it is sent."""
        await self.authorization.authorize(member, Act.REPORT)
        if job.owner_id == member.id:
            raise BadRequest(OWN)
        if job.video is None or job.private:
            raise BadRequest(NOT_POSTED)
        if staff_channel(await self.preferences.of(member.guild_id)) is None:
            raise BadRequest(NO_STAFF_CHANNEL)
        known = await self.cases.of(job.id)
        if known is not None and known.reported_by(member.id):
            raise BadRequest(reported_already(job, known))
        if known is not None and known.is_final:
            raise BadRequest(_is_going(job))
        made = await self.cases.records.read(REPORTS_MADE, _key(member))
        if made is not None and len(_recent(made, self.cases.clock.now())) >= REPORTS_A_DAY:
            raise BadRequest(_too_many())

    async def report(self, member: Member, job: Job, reason: str) -> None:
        await self.check_may_report(member, job)
        now = self.cases.clock.now()
        said = words_of(reason, LONGEST_REASON)
        report = VideoReport(by=member.id, at=now, reason=said)

        def reported(known: ModerationCase) -> ModerationCase:
            return known if known.reported_by(member.id) else known.with_report(report)

        await self._count(member, now)
        before, _ = await self.cases.change(job, reported)
        if before.reported_by(member.id):
            raise BadRequest(reported_already(job, before))
        if before.is_final:
            raise BadRequest(_is_going(job))
        log.info("%s reported by %s", job.id, member.id)

    async def dismiss(self, member: Member, job: Job) -> ModerationCase:
        """The video stays; who reported it is told."""
        await self.authorization.authorize(member, Act.MODERATE)
        known = await self.cases.of(job.id)
        if known is None or not known.reports:
            raise BadRequest(NOT_REPORTED)
        if known.decision is not None:
            raise BadRequest(decided_already(job.id, known.decision, member))
        decision = CaseDecision(kind=DecisionKind.DISMISSED, by=member.id, at=self.cases.clock.now())
        decided = await self.cases.decide(member, job, decision, None, must_be_open=True)
        log.info("the reports of %s were dismissed by %s", job.id, member.id)
        await self.changes.note(
            SettingChange(
                guild_id=job.guild_id, by=member.id, what=reports_of(job.id), before=REPORTED, after=DISMISSED
            )
        )
        return decided

    async def _count(self, member: Member, now: datetime) -> None:
        """One more of the day's. Of several at once no more than may be get through."""

        def counted(known: ReportsMade | None) -> ReportsMade:
            recent = _recent(known or ReportsMade(), now)
            return ReportsMade(at=recent if len(recent) >= REPORTS_A_DAY else (*recent, now))

        updated = await self.cases.records.update(REPORTS_MADE, _key(member), counted)
        if updated.before is not None and len(_recent(updated.before, now)) >= REPORTS_A_DAY:
            raise BadRequest(_too_many())


def reports_of(job_id: JobId) -> Message:
    return msg("what was reported about {video}", video=VideoId(job_id))


def staff_channel(options: GuildOptions) -> int | None:
    """Where managers are asked to act, or else where they read what happens."""
    return options.notices_channel or options.log_channel


def reported_already(job: Job, case: ModerationCase) -> Message:
    """With what has come of it."""
    video = VideoId(job.id)
    match case.decision:
        case None:
            return msg("You've already reported {video}. A manager hasn't decided yet.", video=video)
        case CaseDecision(kind=DecisionKind.DISMISSED):
            return msg("You reported {video} before, and a manager decided that it can stay.", video=video)
        case _:
            return msg("You reported {video}, and a manager took it down.", video=video)


def _is_going(job: Job) -> Message:
    return msg("Managers are taking {video} down already. Nothing was sent.", video=VideoId(job.id))


def _too_many() -> Message:
    return msg(
        "You can report {count} videos a day. Nothing was sent. Ask a server manager if it's urgent.",
        count=Count(REPORTS_A_DAY),
    )


def _recent(made: ReportsMade, now: datetime) -> tuple[datetime, ...]:
    return tuple(at for at in made.at if now - at < DAY)


def _key(member: Member) -> str:
    return f"{member.guild_id}:{member.id}"
