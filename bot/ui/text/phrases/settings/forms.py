"""The forms of /settings: at most 45 characters a label, 100 a hint."""

from __future__ import annotations

from bot.domain.messages import msg

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
ASKING = msg("Price questions")
ASK_ABOVE, AS_THE_HOST = (
    msg("Ask before videos from this price on"),
    msg("Empty: as the host has it. 0 asks before each."),
)
ASK_AT_MOST = msg("The most that tiers and members can choose")
AS_ASKED_HERE = msg("Empty: no more than what is asked here anyway.")
ZONE = msg("This server's time zone")
TIME_ZONE, SUCH_AS = msg("Time zone"), msg("Such as Europe/Berlin.")
