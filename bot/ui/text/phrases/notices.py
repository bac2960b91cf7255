"""Notices to managers in the channel of their choice. Without prompts: its readers may not see the orders' channels."""

from __future__ import annotations

from bot.domain.access.everyone import named_role
from bot.domain.ids import JobId
from bot.domain.messages import (
    Bytes,
    Choice,
    Count,
    Foreign,
    Message,
    Model,
    Moment,
    Money,
    Person,
    Role,
    Term,
    VideoId,
    joined,
    msg,
    msg_n,
    value,
)
from bot.domain.money.usd import FREE
from bot.domain.notices.storage import QuotaFillsUp, QuotaLevel, RemovalDue
from bot.domain.notices.troubles import AccountRefused, BudgetLevel, BudgetNearEnd, DiskFull, OrderNeedsManager, Trouble
from bot.domain.phases import NeedsReview
from bot.jobs.retention import cards as retention
from bot.ui.text.phrases.values import dotted, lines, small

SHOWN_MEMBERS = 5
SHOWN_MODELS = 10
WHO_CAN_HELP = msg("Ask whoever runs this bot to check its API key and its credit there.")
NOTHING_FITS = msg("What's left isn't enough for a video.")
NO_MORE = msg("No more videos can be ordered this month.")
NO_MORE_FROM_POOL = msg("Members with this role can't order more this month, unless they have a grant.")
RAISE = msg("Raise the budget with `/settings budget`.")
RAISE_POOL = msg("Raise the pool with `/settings pool`.")
WAITING = msg("New orders wait until that's fixed; they cost nothing meanwhile.")
MAKE_ROOM = msg("Ask whoever runs this bot to free some space.")
MEND = msg("Ask whoever runs this bot to check it.")


def heading(notice: Trouble) -> Message:
    """The first line, by which a notice is found again."""
    match notice:
        case OrderNeedsManager(job=job):
            return msg("⚠️ **{video} needs a manager.**", video=VideoId(job.id))
        case AccountRefused(service=service):
            return msg("🔌 **{service} is refusing this bot's account.**", service=service)
        case BudgetNearEnd():
            return _budget(notice)
        case DiskFull(read_only=True):
            return msg("💾 **The bot can't write to its disk.**")
        case DiskFull():
            return msg("💾 **The bot's disk is almost full.**")
        case QuotaFillsUp():
            return _quota(notice)
        case RemovalDue(planned=planned):
            return retention.warning_title(planned)


def body(notice: Trouble, link: str | None = None) -> Message:
    """The facts, and what to do. `link` leads to the card of an order."""
    match notice:
        case OrderNeedsManager():
            return _order(notice, link)
        case AccountRefused():
            return _account(notice)
        case BudgetNearEnd():
            stopped = _stopped(notice) if notice.level is BudgetLevel.SPENT else None
            return joined(_spending(notice), stopped, RAISE if notice.role_id is None else RAISE_POOL)
        case DiskFull():
            return _disk(notice)
        case QuotaFillsUp():
            return _what_is_used(notice)
        case RemovalDue(planned=planned):
            return retention.warning(planned)


def is_over(job_id: JobId) -> Message:
    return msg("✅ {video} no longer needs a manager.", video=VideoId(job_id))


def _order(notice: OrderNeedsManager, link: str | None) -> Message:
    job = notice.job
    reason = job.phase.reason if isinstance(job.phase, NeedsReview) else None
    facts = dotted(
        value(Model(notice.model)),
        msg("{amount} on hold", amount=Money(job.quote)) if job.cost is None and job.quote > FREE else None,
        msg("for {member}", member=Person(job.owner_id)),
        msg("private") if job.private else None,
        value(Term(link)) if link is not None else None,
    )
    return lines(reason, small(facts)) if reason is not None else small(facts)


def _account(notice: AccountRefused) -> Message:
    return lines(
        joined(msg("That began {when}.", when=Moment(notice.since)), _waiting(notice)),
        _models(notice),
        WHO_CAN_HELP,
    )


def _waiting(notice: AccountRefused) -> Message:
    """Who is affected on this server."""
    many = len(notice.waiting)
    if not many:
        return msg("No orders are waiting here yet.")
    members = list(dict.fromkeys(job.owner_id for job in notice.waiting))
    if len(members) > SHOWN_MEMBERS:
        return msg(
            "{number} orders of {members} members wait until that's fixed; they cost nothing meanwhile.",
            number=Count(many),
            members=Count(len(members)),
        )
    return msg_n(
        "{count} order of {members} waits until that's fixed; it costs nothing meanwhile.",
        "{count} orders of {members} wait until that's fixed; they cost nothing meanwhile.",
        many,
        members=Choice(tuple(Person(member) for member in members), every=True),
    )


def _models(notice: AccountRefused) -> Message | None:
    shown = notice.models[:SHOWN_MODELS]
    if not shown:
        return None
    more = len(notice.models) - len(shown)
    listed = Choice(tuple(Model(model) for model in shown), every=not more)
    if more:
        names = joined(*(value(Model(model)) for model in shown), by=", ")
        return msg("Models affected: {models} and {number} more.", models=names, number=Count(more))
    return msg("Models affected: {models}.", models=listed)


def _spending(notice: BudgetNearEnd) -> Message:
    spending = notice.spending
    if spending.reserved == FREE:
        return msg("{used} of {budget} spent.", used=Money(spending.spent), budget=Money(spending.budget))
    return msg(
        "{used} of {budget} spent, {reserved} of that reserved for videos in progress.",
        used=Money(spending.used),
        budget=Money(spending.budget),
        reserved=Money(spending.reserved),
    )


def _budget(notice: BudgetNearEnd) -> Message:
    if notice.role_id is not None:
        return _pool(notice.level, named_role(notice.role_id, notice.guild_id))
    match notice.level:
        case BudgetLevel.HALF:
            return msg("💰 **Half of this month's budget is spent.**")
        case BudgetLevel.NEAR:
            return msg("💰 **This month's budget is nearly spent.**")
        case BudgetLevel.SPENT:
            return msg("💰 **This month's budget is spent.**")


def _pool(level: BudgetLevel, role: Role | Foreign) -> Message:
    match level:
        case BudgetLevel.HALF:
            return msg("💰 **Half of {role}'s pool for this month is spent.**", role=role)
        case BudgetLevel.NEAR:
            return msg("💰 **{role}'s pool for this month is nearly spent.**", role=role)
        case BudgetLevel.SPENT:
            return msg("💰 **{role}'s pool for this month is spent.**", role=role)


def _stopped(notice: BudgetNearEnd) -> Message:
    no_more = NO_MORE if notice.role_id is None else NO_MORE_FROM_POOL
    return no_more if notice.spending.used >= notice.spending.budget else joined(NOTHING_FITS, no_more)


def _disk(notice: DiskFull) -> Message:
    if notice.read_only:
        return joined(WAITING, MEND)
    return joined(msg("{free} free.", free=Bytes(notice.free)), WAITING, MAKE_ROOM)


def _quota(notice: QuotaFillsUp) -> Message:
    if notice.level is QuotaLevel.FULL:
        return msg("💾 **The bot's storage is full.**")
    return msg("💾 **{percent}% of the bot's storage is used.**", percent=Count(notice.level))


def _what_is_used(notice: QuotaFillsUp) -> Message:
    used = msg(
        "Videos of all servers have {used} of {quota}.", used=Bytes(notice.use.used), quota=Bytes(notice.use.quota)
    )
    then = WAITING if notice.level is QuotaLevel.FULL else msg("Once it's full, new orders wait. Nothing is lost.")
    return joined(used, then, msg("Delete videos, keep them for fewer days, or ask whoever runs this bot for more."))
