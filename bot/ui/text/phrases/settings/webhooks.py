"""A server's webhooks: their page, their form, and the results."""

from __future__ import annotations

from urllib.parse import urlsplit

from bot.domain.messages import Choice, Count, Foreign, Message, Moment, Term, joined, msg, msg_n, value
from bot.domain.webhooks.deliveries import Delivery, DeliveryOutcome, DeliveryState, SendResult
from bot.domain.webhooks.webhook import EventKind, Webhook, WhyOff
from bot.jobs.use_cases.webhooks.manage import NewSecret
from bot.ui.text.phrases.values import dotted, lines, small

WEBHOOKS, WEBHOOKS_ARE = msg("Webhooks"), msg("Addresses that are called when videos end or the budget runs low")
NONE_YET = msg("No webhook is set up.")
HOW = msg(
    "Each event is sent as JSON, signed by the rules of Standard Webhooks, and repeated for a day until it is taken. "
    "It may come more than once, always with the same id, and in any order."
)
OFF = msg("⚠️ Webhooks are off, because no KEYS_SECRET is set to encrypt them. Whoever runs this bot can set one.")
ADD, CHOOSE, BACK = msg("Add a webhook…"), msg("Choose a webhook"), msg("All webhooks")
TEST, ROTATE, REMOVE, ENABLE = msg("Send a test"), msg("New secret"), msg("Remove…"), msg("Turn on")
REALLY, KEEP = msg("Remove it"), msg("Keep it")
ENABLED, REMOVED = msg("✅ The webhook is on again."), msg("✅ The webhook was removed, with what was waiting for it.")
NO_DELIVERIES = msg("Nothing was sent yet.")
DELIVERIES = msg("**Latest deliveries**")

# The form

FORM = msg("A new webhook")
ADDRESS, ADDRESS_HINT = msg("Address"), msg("It has to begin with https, and lead to a machine on the internet.")
EVENTS, EVENTS_HINT = msg("Events"), msg("What it is called for")

EVENT = {
    EventKind.COMPLETED: msg("Videos that are finished"),
    EventKind.FAILED: msg("Videos that failed"),
    EventKind.BUDGET: msg("50, 80 and 100 % of the month's budget"),
}
KIND = {
    EventKind.COMPLETED: msg("finished"),
    EventKind.FAILED: msg("failed"),
    EventKind.BUDGET: msg("budget"),
    EventKind.TEST: msg("test"),
}
OUTCOME = {
    DeliveryOutcome.DELIVERED: msg("taken"),
    DeliveryOutcome.ANSWERED: msg("refused"),
    DeliveryOutcome.REDIRECTED: msg("redirected, which isn't followed"),
    DeliveryOutcome.NOT_PUBLIC: msg("it isn't on the internet"),
    DeliveryOutcome.NOT_FOUND: msg("its name leads nowhere"),
    DeliveryOutcome.UNREACHABLE: msg("it can't be reached"),
    DeliveryOutcome.NOT_TRUSTED: msg("its certificate isn't trusted"),
    DeliveryOutcome.TIMED_OUT: msg("it took too long"),
    DeliveryOutcome.BROKEN: msg("the connection broke"),
    DeliveryOutcome.NO_SECRET: msg("its secret can't be opened; make a new one"),
}
WHY_OFF = {
    WhyOff.GONE: msg("⚠️ off: it answered that it no longer exists"),
    WhyOff.SILENT: msg("⚠️ off: it took nothing for a day"),
}
LONGEST_SHOWN = 80


def shown(url: str) -> str:
    """Enough of the address to tell webhooks apart."""
    parts = urlsplit(url)
    text = f"{parts.netloc}{parts.path}{'?…' if parts.query else ''}"
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}…"


def row(number: int, webhook: Webhook) -> Message:
    head = msg("{number}. {address}", number=Count(number), address=Foreign(shown(webhook.url)))
    return lines(head, small(dotted(events(webhook), standing(webhook))))


def events(webhook: Webhook) -> Message:
    return value(Choice(tuple(KIND[each] for each in webhook.events), every=True))


def standing(webhook: Webhook) -> Message:
    if webhook.why_off is not None:
        return WHY_OFF[webhook.why_off]
    if webhook.delivered_at is None:
        return NO_DELIVERIES
    return msg("last taken {when}", when=Moment(webhook.delivered_at))


def summary(count: int, off: int) -> Message:
    if not count:
        return msg("none")
    return dotted(
        msg_n("{count} webhook", "{count} webhooks", count),
        msg_n("⚠️ {count} is off", "⚠️ {count} are off", off) if off else None,
    )


def about(webhook: Webhook) -> Message:
    until = webhook.two_secrets_until
    return lines(
        msg("**{address}**", address=Foreign(shown(webhook.url))),
        dotted(events(webhook), standing(webhook)),
        None if until is None else small(msg("The secret before still signs, and stops {when}.", when=Moment(until))),
    )


def delivery(made: Delivery) -> Message:
    return dotted(
        msg("{kind} {when}", kind=KIND[made.kind], when=Moment(made.created_at)),
        _state(made),
        None if made.tries <= 1 else msg_n("{count} try", "{count} tries", made.tries),
    )


def _state(made: Delivery) -> Message:
    said = None if made.outcome is None else _outcome(made.outcome, made.status)
    if made.state is DeliveryState.GIVEN_UP:
        return msg("❌ given up: {why}", why=said or OUTCOME[DeliveryOutcome.BROKEN])
    if made.state is DeliveryState.DELIVERED:
        return joined(msg("✅"), said)
    if said is None or made.next_at is None:
        return msg("⏳ on its way")
    return msg("⏳ {why}, tried again {when}", why=said, when=Moment(made.next_at))


def _outcome(outcome: DeliveryOutcome, status: int | None) -> Message:
    if status is None:
        return OUTCOME[outcome]
    return msg("{outcome} ({status})", outcome=OUTCOME[outcome], status=Term(str(status)))


def tested(result: SendResult) -> Message:
    said = _outcome(result.outcome, result.status)
    if result.outcome is DeliveryOutcome.DELIVERED:
        return msg("✅ The test was {outcome}.", outcome=said)
    return msg("❌ The test wasn't taken: {outcome}.", outcome=said)


def added(made: NewSecret) -> Message:
    return lines(msg("✅ The webhook was added. Its secret is shown this once:"), _secret(made))


def rotated(made: NewSecret) -> Message:
    return lines(
        msg("✅ The new secret signs from now on, and for a day the one before signs too. It is shown this once:"),
        _secret(made),
    )


def _secret(made: NewSecret) -> Message:
    return msg("||`{secret}`||", secret=Term(made.secret))


def really(webhook: Webhook) -> Message:
    return msg(
        "Remove the webhook to {address}? What is on its way to it is dropped.", address=Foreign(shown(webhook.url))
    )
