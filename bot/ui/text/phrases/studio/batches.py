"""Several videos that were ordered at once: their card, the questions before, and the messages when they are done."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.job import Job, total_of
from bot.domain.messages import Count, Message, Model, Money, Person, Term, joined, msg, msg_n, value
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Cancelled, Done, Undelivered
from bot.domain.studio.batches import BatchKind
from bot.domain.texts.prices import price_of
from bot.jobs.timing.estimates import JobEstimate
from bot.ui.text.phrases import cards
from bot.ui.text.phrases.values import clip, dotted, lines, order_facts, parent, small, video, words

CANCEL_WAITING = msg("Cancel those waiting")
KINDS = {
    BatchKind.VARIATIONS: msg("Variations"),
    BatchKind.PROMPTS: msg("One prompt, several ways"),
    BatchKind.COMPARISON: msg("Compared"),
    BatchKind.ORDERS: msg("Several orders"),
}
NOTHING_WAITS = msg("None of these videos is waiting any more. Nothing was cancelled.")
PROMPT_LENGTH = 120  # characters shown of each, if they differ


def number_of(job: Job) -> int:
    """Its position in the batch."""
    return 1 if job.batch is None else job.batch.number


# The card


def title(kind: BatchKind, job: Job, link: str | None) -> Message:
    """`link` leads to the source of the remixes."""
    return small(dotted(KINDS[kind], None if kind is BatchKind.ORDERS else parent(job.request, link)))


def line(job: Job, kind: BatchKind, label: str, estimate: JobEstimate) -> Message:
    """The state of one of them."""
    return lines(
        Message("**{number}.** {words}", {"number": Count(number_of(job)), "words": _state(job, label, estimate)}),
        small(_told_apart(job, kind, label)) if kind is not BatchKind.VARIATIONS else None,
    )


def _state(job: Job, label: str, estimate: JobEstimate) -> Message:
    if isinstance(job.phase, Done) and not job.deleted:
        return dotted(value(Term("✅")), video(job), price_of(job))
    return cards.status(job, estimate, label)


def _told_apart(job: Job, kind: BatchKind, label: str) -> Message:
    if kind is BatchKind.PROMPTS:
        return value(words(job.request.prompt, PROMPT_LENGTH))
    if kind is BatchKind.ORDERS:
        return dotted(value(Model(label)), clip(job.request), value(words(job.request.prompt, PROMPT_LENGTH)))
    return dotted(value(Model(label)), clip(job.request))


def elsewhere(link: str) -> Message:
    """For one that could not stay with the card."""
    return small(cards.watch(link))


def small_print(batch: Sequence[Job], kind: BatchKind, label: str) -> Message:
    first = batch[0]
    says_its_own = kind in {BatchKind.COMPARISON, BatchKind.ORDERS}
    ordered = None if says_its_own else order_facts(label, first.request, None)
    start = None if kind is BatchKind.ORDERS else cards.starts_from(first)
    return lines(
        small(dotted(ordered, made(batch))),
        None if start is None else small(start),
        small(msg("by {member}", member=Person(first.owner_id))),
    )


def made(batch: Sequence[Job]) -> Message:
    """Their total cost: the quotes while they are in progress, the charges at the end."""
    if not all(job.is_at_rest for job in batch):
        return msg("{count} videos for {price}", count=Count(len(batch)), price=Money(total_of(batch)))
    cost, finished = charged(batch), sum(isinstance(job.phase, Done | Undelivered) for job in batch)
    if finished == len(batch):
        return msg("{count} videos for {price}", count=Count(len(batch)), price=Money(cost))
    some, every = Count(finished), Count(len(batch))
    if cost == FREE:
        return msg("{finished} of {count} videos made, nothing charged", finished=some, count=every)
    return msg("{finished} of {count} videos made, {price} charged", finished=some, count=every, price=Money(cost))


def charged(batch: Sequence[Job]) -> Usd:
    return sum((job.cost for job in batch if job.cost is not None), FREE)


def poster(job: Job) -> Message:
    return msg("Video {number}: {prompt}", number=Count(number_of(job)), prompt=words(job.request.prompt, 200))


def show(number: int) -> Message:
    return msg("Show {number}", number=Count(number))


def remix(number: int) -> Message:
    return msg("Remix {number}", number=Count(number))


def vote(number: int, votes: int) -> Message:
    return msg("Vote {number} · {votes}", number=Count(number), votes=Count(votes))


def voted(number: int, *, counts: bool) -> Message:
    if counts:
        return msg("You voted for {number}. Press it again to take your vote back.", number=Count(number))
    return msg("You took your vote for {number} back.", number=Count(number))


def run_again(number: int) -> Message:
    return msg("Run {number} again", number=Count(number))


def cancelled(batch: Sequence[Job], ended: Sequence[Job]) -> Message:
    """The result of cancelling those that wait, and what is made anyway."""
    free = msg_n(
        "Cancelled {count} video that was waiting. It wasn't charged.",
        "Cancelled {count} videos that were waiting. They weren't charged.",
        sum(isinstance(job.phase, Cancelled) for job in ended),
    )
    going = sum(not job.is_at_rest for job in batch)
    sent = msg_n(
        "{count} was already sent and is still being made.",
        "{count} were already sent and are still being made.",
        going,
    )
    return joined(free, sent if going else None)


# When they are done


def ready(owner_id: int, finished: int, ordered: int) -> Message:
    if finished == ordered:
        return msg("{member}, your {count} videos are ready.", member=Person(owner_id), count=Count(ordered))
    return msg(
        "{member}, {finished} of your {count} videos are ready.",
        member=Person(owner_id),
        finished=Count(finished),
        count=Count(ordered),
    )


def is_ready(finished: int, ordered: int, link: str) -> Message:
    """For a direct message."""
    return msg(
        "{finished} of your {count} videos are ready: {link}",
        finished=Count(finished),
        count=Count(ordered),
        link=Term(link),
    )
