"""/status, /costs, /settings and /history."""

from __future__ import annotations

from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.history import Direction, HistoryFilter
from bot.domain.job import Job
from bot.domain.messages import (
    Count,
    Foreign,
    Message,
    Moment,
    Money,
    Role,
    Term,
    VideoId,
    joined,
    msg,
    msg_n,
    value,
)
from bot.domain.money.costs import Charge, Costs, ModelSpend, Period
from bot.domain.phases import (
    Cancelled,
    Done,
    Failed,
    NeedsReview,
    Posting,
    Queued,
    Rendering,
    Saving,
    Submitting,
    Undelivered,
    Unknown,
)
from bot.ui.text.phrases.cards import watch
from bot.ui.text.phrases.values import MODE, dotted, facts, lines, person, small, video, words

# /status

YOUR_VIDEOS = msg("**Your videos**")
NOTHING_YET = msg("Nothing yet. `/create` makes your first video.")
NOBODY_WAITS = msg("The queue is empty.")
A_PRIVATE_VIDEO = msg("*a private video*")
IN_ANOTHER_CHANNEL = msg("*a video in another channel*")


def to_decide(many: int) -> Message:
    return msg_n(
        "**{count} video needs a manager.** Open it with `/status video:`",
        "**{count} videos need a manager.** Open one with `/status video:`",
        many,
    )


def on_this_server(running: int, waiting: int, at_once: int) -> Message:
    return dotted(
        msg("**On this server**"),
        msg("{number} of {limit} rendering", number=Count(running), limit=Count(at_once)),
        msg("{number} queued", number=Count(waiting)),
    )


def and_more(many: int) -> Message:
    return small(msg("… and {number} more", number=Count(many)))


def row(job: Job, *, hide: bool = False, mine: bool = False) -> Message:
    """One video. `hide`: others see that somebody waits, never what a private video is about.

    `mine`: it is read by its owner alone, who knows their own name.
    """
    named = Message("`{video}` {prompt}", {"video": VideoId(job.id), "prompt": words(job.request.prompt, 60)})
    what = joined(state(job), A_PRIVATE_VIDEO if hide else named)
    owner = None if mine else person(job.owner_id)
    return dotted(what, MODE[job.request.mode], owner, value(Moment(job.created_at)))


def row_elsewhere(job: Job) -> Message:
    """A place in line that is taken by something in a channel the asker cannot see."""
    return joined(state(job), IN_ANOTHER_CHANNEL)


def state(job: Job) -> Message:
    """A phase as one sign and one word. One case for each phase."""
    match job.phase:
        case Queued():
            return msg("⏳ queued:")
        case Submitting():
            return msg("📨 sending:")
        case Unknown():
            return msg("🔎 checking:")
        case Rendering(progress=None):
            return msg("🎥 rendering:")
        case Rendering(progress=progress):
            return msg("🎥 {progress}%:", progress=Count(progress or 0))
        case Saving() | Posting():
            return msg("📥 finishing:")
        case Done():
            return msg("🗑️ deleted:") if job.deleted else value(Term("✅"))
        case Undelivered():
            return msg("🗑️ deleted:") if job.deleted else msg("📦 not posted:")
        case Failed():
            return msg("❌ failed:")
        case Cancelled():
            return msg("🚫 cancelled:")
        case NeedsReview():
            return msg("⚠️ needs a manager:")


# /costs

PERIODS = {Period.TODAY: msg("today"), Period.MONTH: msg("this month"), Period.ALL: msg("in total")}
BY_MODEL = msg("**By model**")
LATEST = msg("**Latest**")


def spent(costs: Costs, period: Period, *, whole_server: bool) -> Message:
    amount, videos = Money(costs.spent), _videos(costs.videos)
    if whole_server:
        return msg(
            "**The server has spent {amount} {period}** on {videos}",
            amount=amount,
            period=PERIODS[period],
            videos=videos,
        )
    return msg("**You've spent {amount} {period}** on {videos}", amount=amount, period=PERIODS[period], videos=videos)


def set_aside(costs: Costs) -> Message | None:
    if not costs.reserved.micros:
        return None
    return msg("{amount} more is on hold for videos in progress", amount=Money(costs.reserved))


def budget_left(costs: Costs) -> Message | None:
    if costs.budget is None or costs.budget_left is None:
        return None
    return msg(
        "This month's budget: {budget}, **{left} left**", budget=Money(costs.budget), left=Money(costs.budget_left)
    )


def model_spend(model: ModelSpend) -> Message:
    return dotted(value(words(model.model, 60)), _videos(model.videos), value(Money(model.spent)))


def charge(entry: Charge, *, mine: bool) -> Message:
    """`mine`: it is read by its owner alone."""
    head = Message("`{video}` {spent}", {"video": VideoId(entry.job_id), "spent": Money(entry.spent)})
    return dotted(
        head,
        value(words(entry.prompt, 50)),
        MODE[entry.mode],
        value(words(entry.model, 60)),
        None if mine else person(entry.owner_id),
        value(Moment(entry.at)),
    )


def _videos(count: int) -> Message:
    return msg_n("{count} video", "{count} videos", count)


# /settings

SHOWN_ROLES = 50  # a server may have 250, whose names would fill more than a message
RULES = msg("**This server's rules**")


def who_may_make(guild_settings: GuildSettings) -> Message:
    if guild_settings.opening is AccessPolicy.EVERYONE:
        return msg("Everyone can make videos here.")
    if guild_settings.roles:
        some = sorted(guild_settings.roles)[:SHOWN_ROLES]
        more = len(guild_settings.roles) - len(some)
        named = [value(Role(role)) for role in some]
        roles = joined(*named, msg("and {number} more", number=Count(more)) if more else None, by=", ")
        return msg("Members with Manage Server and these roles can make videos here: {roles}.", roles=roles)
    return msg("Only members with Manage Server can make videos here. Add a role with `/settings access grant:`.")


def budget(guild_settings: GuildSettings) -> Message:
    return msg("Budget: {budget} a month.", budget=Money(guild_settings.monthly_budget))


# /history

TITLES = {
    HistoryFilter.ALL: msg("Your videos"),
    HistoryFilter.FINISHED: msg("Your finished videos"),
    HistoryFilter.KEPT: msg("Videos waiting to be posted"),
    HistoryFilter.FAILED: msg("Your failed videos"),
    HistoryFilter.CANCELLED: msg("Your cancelled videos"),
    HistoryFilter.REVIEW: msg("Your videos that need a manager"),
}
NOTHING = {
    HistoryFilter.ALL: NOTHING_YET,
    HistoryFilter.FINISHED: msg("You have no finished videos. `/history` without a state lists everything."),
    HistoryFilter.KEPT: msg("Nothing is waiting. Every finished video was posted."),
    HistoryFilter.FAILED: msg("None of your videos failed."),
    HistoryFilter.CANCELLED: msg("None of your videos were cancelled."),
    HistoryFilter.REVIEW: msg("None of your videos need a manager."),
}
LEAF = {Direction.NEWER: msg("Newer"), Direction.OLDER: msg("Older")}


def history_title(which: HistoryFilter) -> Message:
    return Message("**{title}**", {"title": TITLES[which]})


def history_entry(job: Job, most: int, link: str | None) -> Message:
    """One video of a page; `most` characters of its prompt are shown. `link` leads to the message that shows it."""
    about = dotted(
        video(job),
        MODE[job.request.mode],
        facts(job),
        value(Moment(job.created_at)),
        msg("private") if job.private else None,
        watch(link) if link is not None else None,
    )
    return lines(joined(state(job), value(words(job.request.prompt, most))), small(about))


def show(job: Job) -> Message:
    return msg("Show {video}", video=VideoId(job.id))


def poster(job: Job) -> Message:
    """What the thumbnail is, for those who cannot see it."""
    return msg("Poster: {prompt}", prompt=Foreign(job.request.prompt))
