"""A video that was reported, or that managers take down: one case for each, stored as a record.

Everything still to be done about it follows from the case: its card, the take-down, who is to be told. So whoever works
on it next, even after a crash, continues where it was left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.data_classes import value_object
from bot.domain.job import PostedMessage
from bot.domain.ports.records import Record

MOST_REMIXES = 500  # remixes of one video, taken down with it; any others are named at the end
MOST_REPORTS = 50  # kept for one video; further reports change nothing
REPORTS_A_DAY = 5  # of one member on a server
TRIED_FOR = timedelta(days=1)  # how long deletions refused by Discord or a service are retried


@value_object
class VideoReport:
    """What one member says about a video. `reason` may be empty."""

    by: int
    at: datetime
    reason: str = ""


class DecisionKind(StrEnum):
    """The values are stored."""

    DISMISSED = "dismissed"
    TAKEN_DOWN = "taken down"


@value_object
class CaseDecision:
    """A manager's decision about a case. `reason` is shown to the maker; it may be empty."""

    kind: DecisionKind
    by: int
    at: datetime
    reason: str = ""


@value_object
class Leftovers:
    """What is left of a video that was taken down, and is retried."""

    posts: bool = False  # a message still shows it
    service: bool = False  # the service still has it
    unfinished: bool = False  # it was still being made, and is called off


@value_object
class TakeDown:
    """Its progress. `todo` are ids of jobs, sources before their remixes; afterwards each is in one of the others."""

    with_remixes: bool
    todo: tuple[str, ...]
    done: tuple[str, ...] = ()
    remaining: Mapping[str, Leftovers] = field(default_factory=dict)  # by id: retried until given up
    not_at_service: tuple[str, ...] = ()  # done, but its service keeps its copy
    given_up: bool = False

    @property
    def ended(self) -> bool:
        return not self.todo and (not self.remaining or self.given_up)


@value_object
class ModerationCase:
    """Everything about one video. `opened_at` is when it last came before the managers, who see it as one card."""

    guild_id: int
    owner_id: int
    opened_at: datetime
    reports: tuple[VideoReport, ...] = ()
    decision: CaseDecision | None = None
    take_down: TakeDown | None = None
    card: PostedMessage | None = None
    shown: str = ""  # the state that the card shows
    told: tuple[str, ...] = ()  # who was told of the decision: a role in it, and an id
    deleted: bool = False  # by its maker, before anything was decided
    covered: bool = False  # as a spoiler, where its server wants that of reported videos

    @property
    def is_open(self) -> bool:
        return self.decision is None and not self.deleted

    @property
    def is_final(self) -> bool:
        """It is taken down, or being taken down: nothing brings it back."""
        return self.decision is not None and self.decision.kind is DecisionKind.TAKEN_DOWN

    @property
    def is_undecided_report(self) -> bool:
        return self.is_open and bool(self.reports)

    @property
    def state(self) -> str:
        """Another one is another card."""
        decided = "open" if self.decision is None else self.decision.kind.value
        down, gone = self.take_down, "deleted" if self.deleted else ""
        far = "" if down is None else f"{len(down.done)}/{len(down.remaining)}/{len(down.todo)}/{down.given_up}"
        return f"{decided} {len(self.reports)} {gone} {far}".strip()

    def reported_by(self, member_id: int) -> bool:
        return any(report.by == member_id for report in self.reports)

    def with_report(self, report: VideoReport) -> ModerationCase:
        """With one more report, which reopens a dismissed case; one that is taken down stays as it is."""
        if self.is_final:
            return self
        reports = (*self.reports, report)[-MOST_REPORTS:]
        if self.decision is None:
            return replace(self, reports=reports)
        return replace(
            self, reports=reports, opened_at=report.at, decision=None, card=None, shown="", told=(), deleted=False
        )


@value_object
class TakenDown:
    """By managers, with their reason. From then on, the video cannot be shown, remixed or rerun."""

    by: int
    at: datetime
    reason: str = ""


@value_object
class OpenCases:
    """A server's cases that need work: when each is due, by its video's id. Whoever works on one puts that off."""

    due: Mapping[str, datetime] = field(default_factory=dict)


@value_object
class ReportsMade:
    """When a member reported videos on a server, within the last day."""

    at: tuple[datetime, ...] = ()


CASE = Record("moderation case", ModerationCase, lasts=timedelta(days=90))  # by the video's id
TAKEN_DOWN = Record("taken down", TakenDown)  # likewise, and for ever
OPEN_CASES = Record("open moderation cases", OpenCases)  # by the server's id
REPORTS_MADE = Record("reports made", ReportsMade, lasts=timedelta(days=1))  # by server and member: "10:101"
