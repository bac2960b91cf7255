"""Why something cannot be done, whether because of the user, the bot or Discord."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.messages import Bytes, Count, Foreign, Message, Model, Role, Term, msg
from bot.ui.text.phrases.access.permissions import all_of

# Interactions

NOT_FITTING = msg(
    "That option doesn't fit this command. Discord may be showing an old version, so reload it with Ctrl+R."
)
NOT_YOURS = msg("You can't use this command here.")
FORGOTTEN = msg(
    "That question is closed: it was answered before, or Kinora was restarted. This press did nothing. Look in "
    "`/status` before you order again."
)
SENT_ALREADY = msg("You've sent this form before, and it counts once. To send another one, open it again.")
OTHER_BUTTON = msg("This button is from another version of the bot. Nothing was done. Use the command instead.")
OTHER_FORM = msg("This form is from another version of the bot. You weren't charged. Open it again.")
TOO_MANY = msg("You're going too fast. Wait a few seconds, then try again. You weren't charged.")
DRAFT_GONE = msg("That text is no longer kept. Open the form again.")
TOO_SLOW = msg("The form took too long to open. Press again. You weren't charged.")
SERVER_ONLY = msg("This only works in a server.")
CHANNEL_ONLY = msg("This only works in a channel.")
LEFT = msg("You're no longer in the server this video belongs to.")
BOT_LEFT = msg("Kinora is no longer in the server this video belongs to.")
NO_ROLE = msg("You no longer have a role that can make videos here.")
NOT_ASKED_ABOUT = msg("Discord didn't say what they may do in that server. Try again in a minute.")
NOT_ASKED = msg("Discord didn't say what you may do in that server. Try again in a minute.")
NO_VIDEO_OF_MINE = msg("That message isn't a Kinora video.")
SEVERAL_VIDEOS = msg(
    "That message shows several videos. Press **Show** below the one you mean, and use the menu on the message that "
    "comes."
)
OWN_VIDEO = msg("That message is a Kinora video. Use **Remix this video** in the same menu.")

DISCORD_FAILED = msg("Discord is having trouble. Nothing more was ordered. Try again in a minute.")


def no_files(why: Message) -> Message:
    return msg("{why} Nothing more was ordered. Try again in a minute.", why=why)


def broken(number: str) -> Message:
    return msg(
        "Something went wrong. Nothing more was ordered. If it keeps happening, tell whoever runs this bot, with the "
        "number {number}.",
        number=Term(number),
    )


def text_kept(sentence: Message, text: str) -> Message:
    """The form cannot be opened any more, so its text is shown instead."""
    return msg("{sentence} You wrote:\n{text}", sentence=sentence, text=Foreign(text))


def lacking(permissions: Sequence[str]) -> Message:
    """`permissions` by Discord's names."""
    return msg(
        "Kinora can't post the video in this channel without {permissions}. "
        "Ask a server manager to allow that, or use another channel. You weren't charged.",
        permissions=all_of(permissions),
    )


NOT_IN_THREAD = msg(
    "Kinora can't post the video here: this thread is private, and Kinora isn't in it. "
    "Mention Kinora to add it, or use another channel. You weren't charged."
)
NOT_IN_SERVER = msg(
    "Kinora can't make videos here: this server has its commands, but Kinora itself isn't a member. "
    "Ask a server manager to invite it again. You weren't charged."
)


def no_length(typed: str) -> Message:
    return msg("“{typed}” isn't a number of seconds. You weren't charged.", typed=Foreign(typed[:40]))


def no_seed(typed: str) -> Message:
    return msg("“{typed}” isn't a whole number, so it can't be a seed. You weren't charged.", typed=Foreign(typed[:40]))


def no_options(label: str) -> Message:
    return msg(
        "{model} has no more options. Leave out `more`, or pick another model; `/models` shows what each one takes. "
        "You weren't charged.",
        model=Model(label),
    )


# Pictures

NO_PICTURE = msg("That message has no image Kinora can use. Try one with a JPEG, PNG, WebP or GIF.")
REPLACED = msg(
    "You've since opened this form for another message. Use that one, or open the menu again. You weren't charged."
)
NOT_FROM_DISCORD = msg("The image isn't on Discord. Attach it to the command. You weren't charged.")
NOT_FETCHED = msg("The image couldn't be downloaded. Send it again. You weren't charged.")

FILE_NOT_FETCHED = msg("The file couldn't be downloaded. Attach it again. Nothing was changed.")


def file_too_large(most: int) -> Message:
    """`most` is in bytes."""
    return msg("The file is too large. The limit is {most}. Nothing was changed.", most=Bytes(most))


def too_large(size: int, most: int) -> Message:
    """`most` is in megabytes."""
    return msg(
        "The image is {size}. The limit is {most} MB. Send a smaller one. You weren't charged.",
        size=Bytes(size),
        most=Count(most),
    )


def larger_than_said(most: int) -> Message:
    """`most` is in megabytes."""
    return msg(
        "The image is larger than Discord says. The limit is {most} MB. Send a smaller one. You weren't charged.",
        most=Count(most),
    )


# Settings

A_BOT = msg("That's a bot, which can't order videos. Nothing was changed.")


def bots_role(role_id: int) -> Message:
    return msg("{role} belongs to a bot, so no member can have it. Nothing was changed.", role=Role(role_id))


CONTRADICTING = msg(
    "One of these options lets everyone make videos, and another doesn't. Choose one. Nothing was changed."
)


def granted_and_revoked(role_id: int) -> Message:
    return msg("{role} can't be granted and revoked at once. Nothing was changed.", role=Role(role_id))


# Messages that Discord does not accept

PAUSE = msg("Discord asked Kinora to slow down.")
UNREACHABLE = msg("Discord can't be reached.")
IN_TROUBLE = msg("Discord is having trouble.")
AUTOMOD = msg("The server's AutoMod blocked it.")
NO_CHANNEL = msg("Its channel was deleted.")
NO_SIGHT = msg("Kinora can no longer see its channel.")
NO_RIGHT = msg("Kinora lacks a permission in its channel. It needs View Channel, Send Messages and Attach Files.")
NOT_THERE = msg("Kinora is no longer in its server.")
REMOVED = msg("It was posted but removed right away.")
FILTERED = msg("Discord's own filter blocked it in this channel.")
NO_PLAIN_MESSAGES = msg("Its channel can't be posted to.")
LOCKED = msg("Its thread is locked.")
UPLOADS_LIMITED = msg("Discord is limiting file uploads in its server for now.")


def refused_by_discord(words: str) -> Message:
    """`words`: Discord's own, if it gave any."""
    if not words.strip():
        return msg("Discord rejected it and gave no reason.")
    whole = words if words.endswith((".", "!", "?")) else f"{words}."
    return msg("Discord rejected it: {words}", words=Foreign(whole))
