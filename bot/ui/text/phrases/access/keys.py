"""/keys: the page, its form, and the results. Only the last characters of a key are ever shown."""

from __future__ import annotations

from bot.domain.keys.own_key import OwnKey
from bot.domain.messages import Foreign, Message, Money, Term, msg, msg_n, value
from bot.jobs.use_cases.keys.manage import KeysOverview, StoredKey
from bot.ui.text.phrases.values import dotted, lines, small

TITLE = msg("**Keys for video services.** With a key of your own, you pay for your videos here yourself.")
NONE_YET = msg("No key is stored.")
HOW_IT_IS_KEPT = msg(
    "A key is checked with its service, stored encrypted, and used on this server only. Only its last characters are "
    "ever shown. Your own key comes before the server's, and the server's before the bot's."
)
OFF = msg("⚠️ Own keys are off, because no KEYS_SECRET is set to encrypt them. Whoever runs this bot can set one.")
ADD, REMOVE = msg("Add or replace a key…"), msg("Remove a key…")
REALLY, KEEP = msg("Remove it"), msg("Keep it")
REFUSED = msg("⚠️ its service refuses it: replace it")
LEAVING = msg("being removed")

# The form

KEY_FIELD = msg("Key")
KEY_HINT = msg("Checked with the service, which costs nothing. It's never shown again.")
LIMIT_FIELD = msg("Limit per month in US dollars, such as 10")
LIMIT_HINT = msg("It pays no more than this. Empty: only your service's own limit applies.")


def page(overview: KeysOverview) -> Message:
    rows = [row(stored, overview) for stored in overview.keys]
    return lines(
        TITLE,
        None if overview.is_on else OFF,
        *(rows or [NONE_YET]),
        small(HOW_IT_IS_KEPT) if overview.is_on else None,
    )


def row(stored: StoredKey, overview: KeysOverview) -> Message:
    key = stored.key
    head = dotted(whose(key, _service(key, overview)), ending(key))
    states = (
        LEAVING if key.leaving else None,
        REFUSED if stored.refused_since is not None and not key.leaving else None,
        _spent(stored),
        _under_way(stored.use.open_orders),
    )
    return lines(head, small(dotted(*states)))


def _service(key: OwnKey, overview: KeysOverview) -> Message:
    return overview.services.get(key.service, value(Term(key.service)))


def whose(key: OwnKey, service: Message) -> Message:
    if key.is_servers:
        return msg("**{service}**, the server's", service=service)
    return msg("**{service}**, yours", service=service)


def ending(key: OwnKey) -> Message | None:
    return msg("ends in {ending}", ending=Foreign(key.ending)) if key.ending else None


def _spent(stored: StoredKey) -> Message:
    used, limit = Money(stored.use.spent.used), stored.key.month_limit
    if limit is None:
        return msg("{used} this month", used=used)
    return msg("{used} of {limit} this month", used=used, limit=Money(limit))


def _under_way(orders: int) -> Message | None:
    return msg_n("{count} video in progress", "{count} videos in progress", orders) if orders else None


def choice(service: Message, *, is_servers: bool) -> Message:
    """An entry of the menu."""
    if is_servers:
        return msg("{service}: for the whole server", service=service)
    return msg("{service}: for my own videos", service=service)


def stored_choice(key: OwnKey, service: Message) -> Message:
    if key.is_servers:
        return msg("{service}, the server's (…{ending})", service=service, ending=Term(key.ending))
    return msg("{service}, yours (…{ending})", service=service, ending=Term(key.ending))


def form_title(*, is_servers: bool) -> Message:
    return msg("A key for the whole server") if is_servers else msg("A key for your own videos")


def added(key: OwnKey, service: Message) -> Message:
    if key.is_servers:
        return msg("✅ {service} accepted the key. It pays for this server's videos from now on.", service=service)
    return msg("✅ {service} accepted the key. It pays for your videos here from now on.", service=service)


def really(key: OwnKey, service: Message, open_orders: int) -> Message:
    asked = msg("Remove the key for {whose}?", whose=stored_choice(key, service))
    kept = msg_n(
        "It takes no new orders, and is erased once the {count} video in progress has finished.",
        "It takes no new orders, and is erased once the {count} videos in progress have finished.",
        open_orders,
    )
    return lines(asked, kept if open_orders else msg("It's erased at once."))


def removed(left: int) -> Message:
    if not left:
        return msg("✅ The key is erased.")
    return msg_n(
        "✅ The key takes no new orders, and is erased once the {count} video in progress has finished.",
        "✅ The key takes no new orders, and is erased once the {count} videos in progress have finished.",
        left,
    )
