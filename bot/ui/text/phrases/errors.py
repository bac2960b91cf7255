"""What is said when something cannot be done: by the person, by the bot, or by Discord."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bot.domain.messages import Bytes, Count, Foreign, Message, Money, Term, msg
from bot.domain.money.usd import Usd

# Interactions

NOT_FITTING = msg("That option does not fit this command. Discord may show an old version of it: reload with Ctrl+R.")
NOT_YOURS = msg("You may not use this command here.")
FORGOTTEN = msg(
    "That question is no longer open, because I was restarted since. Nothing was spent; send the command again."
)
OTHER_BUTTON = msg("This button is from another version of the bot. Nothing was done; use the command instead.")
OTHER_FORM = msg("This form is from another version of the bot. Nothing was spent; open it once more.")
TOO_MANY = msg("That is faster than I can answer. Wait a few seconds, then go on. Nothing was spent.")
TOO_SLOW = msg("I was too slow to open the form. Press it once more. Nothing was spent.")
SERVER_ONLY = msg("This works on a server only.")
CHANNEL_ONLY = msg("This works in a channel only.")
LEFT = msg("You are no longer on the server this video belongs to.")
BOT_LEFT = msg("I am no longer on the server this video belongs to.")
NO_ROLE = msg("You no longer have a role that may make videos here.")
NOT_ASKED = msg("Discord does not say just now what you may do on that server. Try again in a minute.")
NO_VIDEO_OF_MINE = msg("That message shows no video of mine. Use it on a finished video.")
OWN_VIDEO = msg("That message is one of mine. **Remix this video**, in the same menu, makes something new of a video.")


def broken(number: str) -> Message:
    return msg(
        "Something broke on my side. Nothing more was ordered. If it stays, tell the host the number {number}.",
        number=Term(number),
    )


def lacking(permissions: Sequence[str]) -> Message:
    """`permissions` as Discord calls them."""
    return msg(
        "I could not post the video in this channel: I lack {permissions} here. "
        "Ask a server manager to allow it, or use another channel. Nothing was spent.",
        permissions=Term(", ".join(permissions)),
    )


NOT_IN_THREAD = msg(
    "I could not post the video here: this thread is private, and I am not in it. "
    "Add me by mentioning me in it, or use another channel. Nothing was spent."
)

# Pictures

NO_PICTURE = msg("That message shows no picture that can be used. Use it on one with a JPEG, PNG, WebP or GIF.")
REPLACED = msg(
    "You have opened this form for another message since. Use that one, or the menu again. Nothing was spent."
)
NOT_FROM_DISCORD = msg("The picture does not come from Discord. Upload it with the command. Nothing was spent.")
NOT_FETCHED = msg("The picture could not be fetched. Send it again. Nothing was spent.")


def too_large(size: int, most: int) -> Message:
    """`most` in megabytes."""
    return msg(
        "The picture has {size}; {most} MB are the most. Make it smaller. Nothing was spent.",
        size=Bytes(size),
        most=Count(most),
    )


def larger_than_said(most: int) -> Message:
    """`most` in megabytes."""
    return msg(
        "The picture has more bytes than it says; {most} MB are the most. Make it smaller. Nothing was spent.",
        most=Count(most),
    )


# Settings

CONTRADICTING = msg("One of these options lets everyone make videos, and another does not. Choose one of them.")


def budget_between(largest: Usd) -> Message:
    return msg("A budget is between $0 and {largest}.", largest=Money(largest))


def ended(sentence: Message) -> Message:
    """A sentence that came without its full stop."""
    return Message("{sentence}.", {"sentence": sentence})


def too_fine(dollars: Decimal) -> Message:
    return msg("{amount} is finer than a micro-dollar.", amount=Term(str(dollars)))


# Messages that Discord does not take

PAUSE = msg("Discord asks for a pause.")
UNREACHABLE = msg("Discord cannot be reached.")
IN_TROUBLE = msg("Discord is in trouble.")
AUTOMOD = msg("The server's AutoMod refused it.")
NO_CHANNEL = msg("Its channel is gone.")
NO_SIGHT = msg("I cannot see its channel any more.")
NO_RIGHT = msg("I lack a permission in its channel: it takes View Channel, Send Messages and Attach Files.")
NOT_THERE = msg("I am no longer on its server.")
REMOVED = msg("It had been posted and was removed again right away.")
FILTERED = msg("Discord's own filter refused it for this channel.")
NO_PLAIN_MESSAGES = msg("Its channel takes no plain messages.")
LOCKED = msg("Its thread is locked.")
UPLOADS_LIMITED = msg("Discord has limited file uploads on its server for now.")


def refused_by_discord(words: str) -> Message:
    return msg("Discord refused it: {words}", words=Foreign(words))
