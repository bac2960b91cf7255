"""A member's preferences: the page of /me, its forms, and how they are notified of a video."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.access.preferences import MemberPreferences, Notify
from bot.domain.job import Job
from bot.domain.messages import Message, Money, Person, Term, VideoId, msg
from bot.domain.money.usd import FREE, Usd
from bot.ui.text.phrases.values import lines, small

TITLE = msg("**Your preferences**, for every server")
NOTIFY = msg("**When a video is done**")
NOTIFY_TEXT: Mapping[Notify, Message] = {
    Notify.PING: msg("Ping me where it's posted"),
    Notify.SILENT: msg("Post it without a ping"),
    Notify.DIRECT: msg("Post it without a ping, and send me the link"),
}
CLOSED = msg(
    "⚠️ Kinora can't send you direct messages. Allow them in this server's privacy settings, then choose this again."
)
ASK_ABOVE, STORED, BACK = msg("Ask me above…"), msg("What's stored"), msg("Preferences")
SHOWCASE_ON, SHOWCASE_OFF = msg("Allow showcases"), msg("Stay out of showcases")
IN_SHOWCASES = msg("**Showcases** can show your videos, with your name, where a server has one.")
NOT_IN_SHOWCASES = msg("**Showcases** never show your videos.")
ASKED_EARLIER = msg("A server can ask at lower prices, too.")

# The form

ASK_TITLE = msg("Ask me before expensive videos")
ASK_FIELD = msg("US dollars, such as 2 or 12.50")
ASK_HINT = msg("You're asked before videos that cost at least this. Empty: each server's default.")


def preferences(chosen: MemberPreferences, *, closed: bool) -> Message:
    return lines(
        TITLE,
        asks_above(chosen.confirm_above),
        small(ASKED_EARLIER) if chosen.confirm_above is not None else None,
        IN_SHOWCASES if chosen.showcase else NOT_IN_SHOWCASES,
        NOTIFY,
        CLOSED if closed and chosen.notify is Notify.DIRECT else None,
    )


def asks_above(price: Usd | None) -> Message:
    if price is None:
        return msg("**Asks before** expensive videos, from each server's default price.")
    if price == FREE:
        return msg("**Asks before** every video.")
    return msg("**Asks before** videos of at least {price}.", price=Money(price))


# Notifications


def is_done(job: Job, link: str) -> Message:
    return msg("Your video {video} is done: {link}", video=VideoId(job.id), link=Term(link))


def direct_closed(owner_id: int) -> Message:
    return msg(
        "{member}, Kinora can't send you direct messages, so your videos are posted without a ping from now on. "
        "`/me` changes that.",
        member=Person(owner_id),
    )
