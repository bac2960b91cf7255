"""Orders that wait for approval: what approvers see, and the result of a request."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.access.uncharged import NOT_CHARGED
from bot.domain.job import Job, total_of
from bot.domain.messages import (
    Channel,
    Count,
    Message,
    Model,
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
from bot.domain.money.allowances import Remainder, Scope
from bot.domain.money.usd import Usd
from bot.domain.phases import AwaitingApproval, Cancelled
from bot.ui.text.phrases.ordering.options import in_short
from bot.ui.text.phrases.values import clip, dotted, lines, parent, prompt, small

MOST_OF_PROMPTS = 1500  # characters in total of the prompts shown to an approver; escaping may double them

SHOW_REQUEST = msg("Show it…")
REVIEW = msg("Review…")
NOTHING_TO_APPROVE = msg("No request waits for your approval.")
DENY_TITLE = msg("Deny this request")
WHY = msg("Why? The member reads this")
TO_APPROVERS_ONLY = msg("Private: only approvers see its prompt.")
SEEN = msg("Approvers see its prompt.")
IMAGE = msg("starts from an image")


# For the asker


def is_needed_above(above: Usd, *, private: bool) -> Message:
    """Shown before the order is placed; it also says who will read the prompt."""
    needed = msg("Above {price} your videos need approval first. It's free to cancel until then.", price=Money(above))
    seen = msg("Only approvers see its prompt.") if private else SEEN
    return joined(needed, seen)


def waiting(phase: AwaitingApproval) -> Message:
    rest = msg("ends {when} if nobody decides", when=Moment(phase.until))
    return lines(msg("✋ **Waiting for approval**"), small(dotted(rest, msg("free until it's sent"))))


def not_approved(ended: Cancelled) -> Message:
    if ended.was_denied:
        return joined(msg("🚫 **Not approved** by {member}:", member=Person(ended.by)), ended.reason, NOT_CHARGED)
    return joined(msg("🚫 **Not approved.**"), ended.reason, NOT_CHARGED)


def approved_by(job: Job) -> Message | None:
    return None if job.approval is None else msg("approved by {member}", member=Person(job.approval.by))


# For approvers


def heading(job: Job) -> Message:
    """The first line of a request, by which it is found again."""
    return msg("✋ **{video} needs approval.**", video=VideoId(job.id))


def body(job: Job, label: str, left: Remainder | None, link: str | None = None, others: Sequence[Job] = ()) -> Message:
    """Who asks for what, its price, and what would be left. `link` leads to its card.

    `others` are decided together with it.
    """
    what = dotted(value(Model(label)), clip(job.request), msg("**{price}**", price=Money(job.quote)))
    place = value(Channel(job.channel_id)) if link is None else value(Term(link))
    where = msg("private") if job.private else place
    until = job.phase.until if isinstance(job.phase, AwaitingApproval) else None
    prompts = [job.request.prompt, *_further_prompts(job, others)]
    return lines(
        *(prompt(words, MOST_OF_PROMPTS // len(prompts)) for words in prompts),
        what,
        None if not others else _together(job, others),
        dotted(msg("by {member}", member=Person(job.owner_id)), where),
        None if left is None else still_left(left, job.owner_id),
        _small(parent(job.request, None), IMAGE if job.request.picture is not None else None),
        _small(in_short(job.request.options)),
        small(TO_APPROVERS_ONLY) if job.private else None,
        None if until is None else small(msg("ends {when} if nobody decides", when=Moment(until))),
    )


def _further_prompts(job: Job, others: Sequence[Job]) -> Sequence[str]:
    said = dict.fromkeys(each.request.prompt for each in others)
    return [words for words in said if words and words != job.request.prompt]


def _together(job: Job, others: Sequence[Job]) -> Message:
    return msg(
        "One of {count} videos that are decided together: **{price}** in total",
        count=Count(1 + len(others)),
        price=Money(total_of([job, *others])),
    )


def _small(*parts: Message | None) -> Message | None:
    return small(dotted(*parts)) if any(part is not None for part in parts) else None


def still_left(left: Remainder, owner_id: int) -> Message:
    """Of the budget that has the least left after this order."""
    money, cap, owner = Money(left.left), Money(left.cap), Person(owner_id)
    match left.scope:
        case Scope.SERVER:
            return msg("Leaves {left} of this server's {cap} this month.", left=money, cap=cap)
        case Scope.POOL:
            return msg("Leaves {left} of {role}'s {cap} this month.", left=money, role=left.whose, cap=cap)
        case Scope.MONTH:
            return msg("Leaves {left} of {member}'s {cap} this month.", left=money, member=owner, cap=cap)
        case Scope.DAY:
            return msg("Leaves {left} of {member}'s {cap} today.", left=money, member=owner, cap=cap)
        case Scope.GRANT:
            return msg("Leaves {left} of the {cap} granted to {member}.", left=money, member=owner, cap=cap)
        case Scope.KEY:
            return msg("Leaves {left} of their key's {cap} this month.", left=money, cap=cap)


def decided(job: Job) -> Message:
    """Replaces a request that no longer waits."""
    return lines(_decision(job), small(dotted(_for(job), value(Money(job.quote)))))


def _for(job: Job) -> Message:
    return msg("requested by {member}", member=Person(job.owner_id))


def _decision(job: Job) -> Message:
    video = VideoId(job.id)
    if job.approval is not None:
        who, when = Person(job.approval.by), Moment(job.approval.at)
        return msg("✅ **{video} approved** by {member} {when}.", video=video, member=who, when=when)
    match job.phase:
        case Cancelled(by=by, was_denied=True, reason=Message() as reason):
            return msg("🚫 **{video} denied** by {member}: {reason}", video=video, member=Person(by), reason=reason)
        case Cancelled(reason=Message() as reason):
            return msg("🚫 **{video} has ended.** {reason}", video=video, reason=reason)
        case Cancelled(by=by):
            return msg("🚫 **{video} cancelled** by {member}.", video=video, member=Person(by))
        case _:
            return msg("✅ **{video} no longer needs approval.**", video=video)


def to_approve(many: int) -> Message:
    return msg_n(
        "✋ **{count} request waits for your approval.**", "✋ **{count} requests wait for your approval.**", many
    )


def row(job: Job) -> Message:
    """One request in a list."""
    what = prompt(job.request.prompt, 80)
    about = dotted(value(VideoId(job.id)), value(Person(job.owner_id)), value(Money(job.quote)))
    return lines(what, small(about))
