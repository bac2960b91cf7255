"""Questions before something is ordered, deleted or decided, and the confirmations afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.job import Job, total_of
from bot.domain.messages import Foreign, Message, Moment, Money, Term, VideoId, joined, msg, msg_n, value
from bot.domain.models.health import Failing
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import Queued
from bot.domain.video import VideoRequest
from bot.jobs.delivery.cards import CardTrouble
from bot.jobs.ordering.quoting import Quote
from bot.ui.text.phrases.values import dotted, has_failed, lines, order_facts, seconds, small, words

SHOWN_LABEL = 40

NO = msg("No")
NOT_ORDERED = msg("Not ordered. You weren't charged.")
BEING_QUEUED = msg("Queueing your private video…")
NO_DIRECT_MESSAGES = msg(
    "Kinora can't send you direct messages, which is where private videos go. "
    "Allow messages from members of this server, or leave out `private`. You weren't charged."
)
DIRECT_MESSAGES_LATER = msg(
    "Discord didn't open your direct messages, which is where private videos go. Try again in a minute. "
    "You weren't charged."
)
MANAGERS_SEE_IT = msg("This server lets members with Manage Server watch it too.")
FREE_SWITCH = msg("The waiting order is cancelled, free of charge.")
NEW_ORDER = msg("This is a new order.")
RETRY_FREE, CLOSE_FREE = msg("Retry it"), msg("Close it")

# Orders


def goes_to_direct_messages(ordered: Sequence[Job], link: str, *, shown: bool) -> Message:
    """`shown`: the server lets managers watch private videos."""
    goes = msg_n(
        "{video} will arrive in your direct messages: {link}",
        "{count} videos will arrive in your direct messages: {link}",
        len(ordered),
        video=VideoId(ordered[0].id),
        link=Term(link),
    )
    return lines(goes, small(MANAGERS_SEE_IT) if shown else None)


def ordered_unseen(ordered: Sequence[Job]) -> Message:
    """Shown instead of its card, which could not be shown, so that it is not ordered again."""
    return msg_n(
        "{video} was ordered for about {price}, but its card couldn't be shown. It's being made, so don't order it "
        "again. `/status video:{video}` shows its progress.",
        "{count} videos were ordered for about {price}, but their card couldn't be shown. They're being made, so don't "
        "order them again. `/status` shows their progress.",
        len(ordered),
        video=VideoId(ordered[0].id),
        price=Money(total_of(ordered)),
    )


# Another model


def name(quote: Quote) -> Foreign:
    return words(quote.card.label, SHOWN_LABEL)


def model_fails(quote: Quote, failing: Failing) -> Message:
    return has_failed(Message("**{model}**", {"model": name(quote)}), failing)


def another_model(job: Job) -> Message:
    return msg(
        "**Try {video} with another model.** {what}",
        video=VideoId(job.id),
        what=FREE_SWITCH if isinstance(job.phase, Queued) else NEW_ORDER,
    )


def offer_line(offer: Quote, wanted: VideoRequest) -> Message:
    """What an offer would make; a length or size other than the requested one is in bold."""
    length, size = seconds(offer.request.seconds), value(Term(str(offer.request.size)))
    if offer.request.seconds != wanted.seconds:
        length = _bold(length)
    if offer.request.size != wanted.size:
        size = _bold(size)
    return joined(value(name(offer)), dotted(length, size, value(Money(offer.price))), by=": ")


def _bold(message: Message) -> Message:
    return Message("**{message}**", {"message": message})


def make_it_anyway(quote: Quote) -> Message:
    return msg("Make it anyway · {price}", price=Money(quote.price))


def with_model(offer: Quote) -> Message:
    return msg("With {model} · {price}", model=name(offer), price=Money(offer.price))


def take(offer: Quote) -> Message:
    return dotted(value(name(offer)), value(Money(offer.price)))


def offers(head: Message, others: Sequence[Quote], wanted: VideoRequest) -> Message:
    return lines(head, *(offer_line(offer, wanted) for offer in others))


# Deleting


def really_delete(job: Job) -> Message:
    return msg(
        "Delete {video} for good? The video, poster and stills are removed. Its cost stays in `/costs`.",
        video=VideoId(job.id),
    )


def is_deleted(job: Job, *, post_removed: bool, at_service: bool | None) -> Message:
    """What was removed, and from where."""
    kept_by_service = {
        True: msg("The service deleted its copy too."),
        False: msg("The service keeps its copy until it expires there."),
        None: None,
    }
    return joined(
        msg("{video} was deleted, with its poster and stills.", video=VideoId(job.id)),
        None if post_removed else msg("Its message couldn't be removed. A moderator can do that."),
        kept_by_service[at_service],
        msg("Its cost stays in `/costs`."),
    )


def not_dismissed(job: Job) -> Message:
    return msg("{video} has moved on since, so its card stays.", video=VideoId(job.id))


def card_trouble(trouble: CardTrouble) -> Message:
    """For managers who wonder why a card in the channel shows something else."""
    return small(
        msg(
            "Discord refused to update its card in the channel {when}: {reason}",
            when=Moment(trouble.at),
            reason=Foreign(trouble.reason),
        )
    )


# Managers' decisions


def pay_again(job: Job, *, was_sent: bool) -> Message:
    if job.quote == FREE:
        return msg("Retry {video}? It costs nothing.", video=VideoId(job.id))
    risk = (
        msg(
            "If the first attempt was charged, you'll pay twice ({twice}). If its video turns up within a week, Kinora "
            "records it and posts it, too.",
            twice=Money(job.quote + job.quote),
        )
        if was_sent
        else msg("Nothing has been sent so far.")
    )
    return msg(
        "Retry {video} for about **{quote}**? {risk}",
        video=VideoId(job.id),
        quote=Money(job.quote),
        risk=risk,
    )


def retry_and_pay(job: Job) -> Message:
    if job.quote == FREE:
        return RETRY_FREE
    return msg("Retry and pay · {price}", price=Money(job.quote))


def give_up(job: Job) -> Message:
    if job.charge == FREE:
        return msg("Close {video}? It costs nothing.", video=VideoId(job.id))
    return msg("Close {video}? Check the service's bill, then choose:", video=VideoId(job.id))


def was_charged(price: Usd) -> Message:
    return msg("It was charged · {price}", price=Money(price))


def goes_on(job: Job) -> Message:
    return msg("{video} continues. Its card shows its progress.", video=VideoId(job.id))


def goes_on_with_that(job: Job) -> Message:
    return msg("{video} continues with that video. Its card shows its progress.", video=VideoId(job.id))


def in_line_once_more(job: Job) -> Message:
    return msg("{video} is queued again.", video=VideoId(job.id))


def given_up(job: Job) -> Message:
    return msg("{video} is closed. Nothing was recorded for it.", video=VideoId(job.id))


def given_up_and_booked(job: Job, cost: Usd) -> Message:
    return msg("{video} is closed and recorded at {cost}.", video=VideoId(job.id), cost=Money(cost))


# Animating a picture


def animation(offer: Quote) -> Message:
    """Describes the video that would be made from a picture."""
    return order_facts(offer.card.label, offer.request, value(Money(offer.price)))
