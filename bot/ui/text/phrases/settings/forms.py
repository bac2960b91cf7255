"""The forms of /settings: at most 45 characters per label, and 100 per hint."""

from __future__ import annotations

from bot.domain.messages import Foreign, Message, msg

BUDGET = msg("This server's budget")
DOLLARS_A_MONTH, DOLLARS = msg("US dollars a month"), msg("US dollars")
ZERO_STOPS = msg("Such as 25 or 12.50. 0 stops all spending.")
POOL = msg("A role's pool")
ROLE, ROLE_SHARES = msg("Role"), msg("Its members share the pool.")
ZERO_REMOVES = msg("Such as 10. 0 removes the pool.")
GRANT = msg("Money for one member")
MEMBER = msg("Member")
ZERO_TAKES_BACK = msg("Beyond their limits, such as 2. 0 takes back what they have.")
LAST_DAY = msg("Last day")
LAST_DAY_HINT = msg("Such as Sunday or 2026-12-24. Empty: the end of this month.")
ASKING = msg("Ask before expensive videos")
ASK_ABOVE, AS_THE_HOST = (
    msg("Ask before videos from this price on"),
    msg("Empty: the bot's default. 0 asks before every video."),
)
ASK_AT_MOST = msg("The most that tiers and members can choose")
AS_ASKED_HERE = msg("Empty: they can't raise it.")
DEFAULTS = msg("Defaults of this server")
MODEL, LENGTH, SIZE = msg("Model"), msg("Length in seconds"), msg("Size")
AS_USUAL = msg("None chosen: the bot's default.")
EMPTY_AS_USUAL = msg("Empty: each model's default.")
SUCH_AS_SIZE = msg("Such as 1280x720. Empty: each model's default.")
ZONE = msg("This server's time zone")
TIME_ZONE, SUCH_AS = msg("Time zone"), msg("Such as Europe/Berlin.")


def no_length(typed: str) -> Message:
    return msg("“{typed}” isn't a whole number of seconds. Nothing was changed.", typed=Foreign(typed[:20]))


def no_size(typed: str) -> Message:
    return msg("“{typed}” isn't a size like 1280x720. Nothing was changed.", typed=Foreign(typed[:20]))
