"""The price of an order, and cheaper options."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.messages import Duration, Message, Model, Money, Term, joined, msg, value
from bot.domain.models.prices import Inputs
from bot.domain.money.allowances import Remainder, Scope
from bot.domain.money.usd import Usd
from bot.domain.video import Mode, RemixMethod
from bot.jobs.ordering.quoting import Quote
from bot.jobs.timing.render_times import RenderTimes
from bot.jobs.use_cases.quotes.details import QuoteDetails
from bot.ui.text.phrases.access.approvals import is_needed_above
from bot.ui.text.phrases.ordering.options import in_short
from bot.ui.text.phrases.ordering.prices import surcharge
from bot.ui.text.phrases.studio import extending
from bot.ui.text.phrases.values import REMIX_METHOD_TEXT, dotted, lines, order_facts, prompt, roughly, seconds, small

EDIT, CHEAPER, BACK = msg("Edit"), msg("Cheaper…"), msg("Back")
CHOOSE = msg("Choose a cheaper one")
SETTLES = msg("It's charged at its real cost, never more than this.")
ON_OWN_KEY = msg("Paid with a key from `/keys`, not from the budget")
LONGEST_PROMPT = 1000  # characters of the prompt that are shown, as it is sent, with the style of a preset


def price(quote: Quote) -> Message:
    return bounded(Money(quote.price), is_bound=quote.is_bound)


def bounded(amount: Money | Message, *, is_bound: bool) -> Message:
    """`is_bound`: it may cost less."""
    return msg("at most {price}", price=amount) if is_bound else Message("{price}", {"price": amount})


def question(details: QuoteDetails, was: Usd | None = None) -> Message:
    """`was`: the previous quote, before it changed."""
    quote = details.quote
    amount = bounded(Message("**{price}**", {"price": Money(quote.price)}), is_bound=quote.is_bound)
    facts = order_facts(quote.card.label, quote.request, None)
    return lines(
        None if was is None else changed(was, quote.price),
        _asked(quote, amount),
        Message("> {prompt}", {"prompt": prompt(quote.request.prompt, LONGEST_PROMPT)}),
        small(dotted(facts, None if quote.method is None else _way(quote, quote.method))),
        small(dotted(extending.sum_of(quote.before, quote.request.seconds), extending.NEW_PART_ONLY))
        if quote.before is not None
        else None,
        None if (beside := in_short(quote.request.options)) is None else small(beside),
        None if not (beside := _surcharges(quote)) else small(msg("With {surcharges}", surcharges=beside)),
        small(SETTLES) if quote.is_bound else None,
        _usual(details.times),
        small(ON_OWN_KEY) if details.own_key else None,
        None if details.left is None else small(left(details.left)),
        None if (above := details.approval_above) is None else is_needed_above(above, private=quote.private),
    )


def _surcharges(quote: Quote) -> Message | None:
    """The part of the price for additional images, at the usual price if the account is not known yet."""
    request = quote.request
    taken = Inputs.of(quote.method, picture=request.picture is not None, options=request.options)
    asked = quote.card.prices if quote.account is None else quote.card.prices_of(quote.account)
    found = [surcharge(more) for more in asked.surcharges(request.size, quote.method, taken)]
    return joined(*found, by=", ") if found else None


def _asked(quote: Quote, amount: Message) -> Message:
    if quote.request.mode is Mode.EXTEND:
        return extending.question(quote.request, amount)
    return msg("Make this video for {price}?", price=amount)


def _way(quote: Quote, method: RemixMethod) -> Message:
    return extending.WAYS[method] if quote.request.mode is Mode.EXTEND else REMIX_METHOD_TEXT[method]


def changed(was: Usd, now: Usd) -> Message:
    if was < now:
        return msg(
            "**The price has gone up** from {was} to {now} since you were asked. Nothing was ordered.",
            was=Money(was),
            now=Money(now),
        )
    return msg("**This changed** since you were asked. Nothing was ordered.")


def _usual(times: RenderTimes) -> Message | None:
    """How long it typically takes."""
    if times.told is None:
        return None
    if times.here:
        return small(msg("Usually takes {time} here", time=Duration(times.told)))
    return small(msg("Typically takes {time}", time=roughly(times.told)))


def left(remainder: Remainder) -> Message:
    """What will be left of a limit after this order."""
    rest, cap = Money(remainder.left), Money(remainder.cap)
    match remainder.scope:
        case Scope.SERVER:
            return msg("Leaves {left} of this server's {cap} this month", left=rest, cap=cap)
        case Scope.POOL:
            return msg("Leaves {left} of {role}'s {cap} this month", left=rest, role=remainder.whose, cap=cap)
        case Scope.MONTH:
            return msg("Leaves {left} of your {cap} this month", left=rest, cap=cap)
        case Scope.DAY:
            return msg("Leaves {left} of your {cap} today", left=rest, cap=cap)
        case Scope.GRANT:
            return msg("Leaves {left} of the {cap} you were granted", left=rest, cap=cap)
        case Scope.KEY:
            return msg("Leaves {left} of the key's {cap} this month", left=rest, cap=cap)


def go(quote: Quote) -> Message:
    return msg("Go · {price}", price=price(quote))


def cheaper(quote: Quote, others: Sequence[Quote]) -> Message:
    """Each with its price and what is given up."""
    head = msg("**Cheaper than {price}**, and what changes:", price=price(quote))
    return lines(head, *(_line(other, quote) for other in others))


def _line(other: Quote, quote: Quote) -> Message:
    return msg("**{price}** · {name} · {changes}", price=price(other), name=name(other), changes=changes(other, quote))


def name(other: Quote) -> Message:
    return dotted(value(Model(other.card.label)), seconds(other.request.seconds), value(Term(str(other.request.size))))


def changes(other: Quote, quote: Quote) -> Message:
    return dotted(*_changes(other, quote))


def _changes(other: Quote, quote: Quote) -> Iterable[Message]:
    wanted, made = quote.request, other.request
    if other.card.id != quote.card.id:
        yield msg("not {model}", model=Model(quote.card.label))
    if made.seconds < wanted.seconds:
        yield msg("{length} shorter", length=seconds(wanted.seconds - made.seconds))
    if made.seconds > wanted.seconds:
        yield msg("{length} longer", length=seconds(made.seconds - wanted.seconds))
    if made.size != wanted.size:
        yield msg("not {size}", size=Term(str(wanted.size)))
    if quote.method is not None and other.method is not None and other.method is not quote.method:
        yield _way(other, other.method)


def option(other: Quote) -> Message:
    """In a list of choices."""
    return dotted(name(other), price(other))
