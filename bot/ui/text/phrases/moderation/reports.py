"""Reports and take-downs: the questions, what managers see, and what members are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import (
    Choice,
    Count,
    Foreign,
    Message,
    Moment,
    Money,
    Person,
    Term,
    VideoId,
    joined,
    msg,
    msg_n,
    value,
)
from bot.domain.moderation.cases import (
    CaseDecision,
    DecisionKind,
    Leftovers,
    ModerationCase,
    TakeDown,
    TakenDown,
    VideoReport,
)
from bot.domain.moderation.channel import CaseNews, CaseOutcome, Concern
from bot.domain.money.usd import FREE
from bot.jobs.use_cases.moderation.take_downs import TakeDownPreview
from bot.ui.text.phrases.values import dotted, lines, small, words

TAKE_DOWN = msg("Take down…")
STAYS = msg("Dismiss")
BLOCK = msg("Block member…")
WHY_REPORT = msg("What's wrong with it? (optional)")
WHO_READS = msg("Only server managers read this, with your name.")
WHY_TAKE_DOWN = msg("Reason (optional)")
MAKER_READS = msg("Whoever made it reads this.")
WITH_REMIXES = msg("Also take down its remixes")

SHOWN_REPORTS = 8
SHOWN_REASON = 160  # characters
SHOWN_VIDEOS = 10

REPORTED = msg(
    "Reported. Server managers have been told, and you'll get a silent message when they decide. Nobody else sees this."
)


def report_title(job: Job) -> Message:
    return msg("Report {video}", video=VideoId(job.id))


def take_down_title(job: Job) -> Message:
    return msg("Take down {video}", video=VideoId(job.id))


def what_goes(preview: TakeDownPreview) -> Message:
    """Above the form that confirms a take-down."""
    job = preview.job
    gone = msg("Removes every message that shows it, its files, and its copy at the service where that can delete it.")
    never = msg("Nobody can show, remix or run it again. This can't be undone.")
    spent = (
        msg("It cost {price}, which stays in `/costs`.", price=Money(job.cost))
        if job.cost and job.cost > FREE
        else None
    )
    beside = [msg("{video}, made of the same order, goes with it.", video=VideoId(each.id)) for each in preview.doubles]
    return joined(gone, *beside, never, spent)


def remixes_of(preview: TakeDownPreview) -> Message:
    """How many remixes are removed with it, whose they are, and what they cost."""
    remixes = preview.remixes
    others = len({job.owner_id for job in remixes})
    many = msg_n("{count} video", "{count} videos", len(remixes))
    by = msg_n("by {count} member", "by {count} members", others)
    spent = msg("cost {price}", price=Money(preview.cost)) if preview.cost != FREE else None
    return dotted(many, by, spent, None if preview.is_all else msg("and more"))


# The card for managers


def heading(news: CaseNews) -> Message:
    """The first line. It begins with the video, by which a card is found again."""
    video, case = VideoId(news.job.id), news.case
    match case.decision:
        case CaseDecision(kind=DecisionKind.DISMISSED, by=by):
            return msg("🚩 **{video} can stay,** says {member}.", video=video, member=Person(by))
        case CaseDecision(by=by) if case.take_down is not None and case.take_down.todo:
            return msg("🚩 **{video} is being taken down** by {member}…", video=video, member=Person(by))
        case CaseDecision(by=by):
            return msg("🚩 **{video} was taken down** by {member}.", video=video, member=Person(by))
        case None if case.deleted:
            return msg("🚩 **{video} was deleted** before anybody decided.", video=video)
        case None:
            return msg_n(
                "🚩 **{video} was reported.**",
                "🚩 **{video} was reported by {count} members.**",
                len(case.reports),
                video=video,
            )


def begins(job_id: JobId) -> Message:
    """The beginning of the heading on every card about it."""
    return msg("🚩 **{video} ", video=VideoId(job_id))


def body(news: CaseNews, label: str, link: str | None) -> Message:
    job, case = news.job, news.case
    made = msg("Made by {member}", member=Person(job.owner_id))
    watch = Message("[{open}]({link})", {"open": msg("Open the video"), "link": Term(link)}) if link else None
    reports = [_report(report) for report in case.reports[:SHOWN_REPORTS]]
    more = len(case.reports) - len(reports)
    others = small(msg_n("and {count} more", "and {count} more", more)) if more else None
    return lines(
        dotted(made, value(words(label, 60)), watch), *reports, others, _reason(case.decision), _progress(case)
    )


def _report(report: VideoReport) -> Message:
    said = value(words(report.reason, SHOWN_REASON)) if report.reason else msg("no reason given")
    return msg("> {member}: {reason} · {when}", member=Person(report.by), reason=said, when=Moment(report.at))


def _reason(decision: CaseDecision | None) -> Message | None:
    if decision is None or not decision.reason:
        return None
    return msg("**Reason:** {reason}", reason=words(decision.reason, 300))


def _progress(case: ModerationCase) -> Message | None:
    return None if case.take_down is None else result(case.take_down)


def result(down: TakeDown) -> Message:
    """What was done and what was not."""
    total = len(down.todo) + len(down.done) + len(down.remaining)
    if down.todo:
        return small(msg("{done} of {total} removed so far", done=Count(total - len(down.todo)), total=Count(total)))
    done = ALL_GONE if total == 1 else msg_n("{count} video removed.", "{count} videos removed.", len(down.done))
    kept = len(down.not_at_service)
    service = msg_n(
        "The service can't delete its copy of {count} of them.",
        "Services can't delete their copies of {count} of them.",
        kept,
    )
    return lines(
        small(done) if down.done else None,
        small(service) if kept and len(down.done) > 1 else small(SERVICE_KEEPS) if kept else None,
        *(small(_left(JobId(job_id), left, given_up=down.given_up)) for job_id, left in _some(down.remaining)),
    )


ALL_GONE = msg("Its messages and files are gone.")
SERVICE_KEEPS = msg("The service can't delete its own copy.")


def _some(remaining: Mapping[str, Leftovers]) -> Sequence[tuple[str, Leftovers]]:
    return list(remaining.items())[:SHOWN_VIDEOS]


def _left(job_id: JobId, left: Leftovers, *, given_up: bool) -> Message:
    what = [
        msg("a message may still show it") if left.posts else None,
        msg("the service may still have its copy") if left.service else None,
        msg("it's still being made") if left.unfinished else None,
    ]
    then = msg("Kinora has stopped trying.") if given_up else msg("Kinora keeps trying.")
    return msg("⚠️ {video}: {what}. {then}", video=VideoId(job_id), what=dotted(*what), then=then)


# Messages to members


def outcome(told: CaseOutcome, server: str | None) -> Message:
    where = Foreign(server) if server else msg("a server")
    videos = Choice(tuple(VideoId(job_id) for job_id in told.videos[:SHOWN_VIDEOS]), every=True)
    reason = _reason(told.decision)
    if told.concern is Concern.REPORTER:
        return (
            msg("You reported {videos} on {server}. A manager took it down. Thank you.", videos=videos, server=where)
            if told.decision.kind is DecisionKind.TAKEN_DOWN
            else msg(
                "You reported {videos} on {server}. A manager decided that it can stay.", videos=videos, server=where
            )
        )
    gone = msg_n(
        "Managers of {server} took down your video {videos}.",
        "Managers of {server} took down {count} of your videos: {videos}.",
        len(told.videos),
        server=where,
        videos=videos,
    )
    stays = msg_n(
        "It can't be shown, remixed or run again. What it cost stays in `/costs`.",
        "They can't be shown, remixed or run again. What they cost stays in `/costs`.",
        len(told.videos),
    )
    return lines(gone, reason, small(stays))


def taken_down(down: TakenDown) -> Message:
    """Shown instead of a video that managers took down."""
    said = msg("🚫 **Taken down by managers** {when}. Its cost stays in `/costs`.", when=Moment(down.at))
    return lines(said, msg("Reason: {reason}", reason=words(down.reason, SHOWN_REASON)) if down.reason else None)


def taken_down_briefly(down: TakenDown, most: int) -> Message:
    """For lists; shows at most so many characters of the reason."""
    reason = msg("reason: {reason}", reason=words(down.reason, most)) if down.reason else None
    return dotted(msg("🚫 Taken down by managers"), reason)


def begun(job: Job) -> Message:
    return msg("Taking {video} down…", video=VideoId(job.id))


def dismissed(job: Job) -> Message:
    return msg("{video} can stay. Everyone who reported it gets a message.", video=VideoId(job.id))


def finished(job: Job, down: TakeDown) -> Message:
    head = msg("✅ **{video} was taken down.**", video=VideoId(job.id))
    return lines(head, result(down))
