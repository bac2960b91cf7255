"""Changes of a server's rules, of how Kinora behaves there, and of its money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.domain.access.everyone import named_role
from bot.domain.access.members import Member
from bot.domain.audit.changes import SettingChange
from bot.domain.audit.fields import OFF, FieldWords, channel, differences, every, model
from bot.domain.guild import AccessPolicy, GuildOptions, GuildSettings
from bot.domain.messages import Channel, Day, DayStyle, Duration, Message, Money, Person, Role, Term, msg, msg_n, value
from bot.domain.moderation.venues import AgeRule, Spoilers
from bot.domain.money.allowances import Grant, GuildAllowances, open_grants
from bot.domain.money.calendar import DEFAULT_ZONE, Calendar
from bot.domain.texts.languages import LANGUAGES

OPENINGS = {AccessPolicy.EVERYONE: msg("everyone"), AccessPolicy.GRANTED: msg("granted roles")}
AS_THE_HOST_HAS_IT = msg("the bot's default")
AS_DISCORD_HAS_IT = msg("as Discord has it")
NOT_RAISED = msg("it can't be raised")
AS_EACH_MODEL_HAS_IT = msg("each model's default")

WHERE_ORDERED = msg("where they are ordered")
EVERYWHERE = msg("everywhere")


SPOILERS = {
    Spoilers.NEVER: msg("none"),
    Spoilers.REPORTED: msg("reported ones"),
    Spoilers.ALWAYS: msg("all"),
}
AGE_RULES = {
    AgeRule.FREE: msg("none"),
    AgeRule.KEPT: msg("what's made in one stays in such channels"),
    AgeRule.ONLY: msg("videos only in such channels"),
}


def _seconds(length: int) -> Message:
    return value(Duration(length))


def _days(days: int) -> Message:
    return msg_n("{count} day", "{count} days", days)


def _language(name: str) -> Message:
    return value(Term(LANGUAGES.get(name, name)))


def _granted(ids: frozenset[int]) -> Message | None:
    """Never @everyone: granting that opens the server."""
    return every([Role(each) for each in sorted(ids)])


def _places(channels: tuple[int, ...]) -> Message:
    return every([Channel(each) for each in channels]) or EVERYWHERE


RULES = {
    "opening": FieldWords(what=msg("who can make videos"), shown=lambda opening: OPENINGS[opening]),
    "roles": FieldWords(what=msg("the roles that can make videos"), shown=_granted),
    "monthly_budget": FieldWords(what=msg("the month's budget")),
    "time_zone": FieldWords(what=msg("the time zone"), none=value(Term(DEFAULT_ZONE))),
}

OPTIONS = {
    "keep_cards": FieldWords(what=msg("whether cards of finished videos stay")),
    "show_private": FieldWords(what=msg("whether managers can watch private videos")),
    "notices_channel": FieldWords(what=msg("the channel for notices"), none=OFF, shown=channel),
    "log_channel": FieldWords(what=msg("the channel for the log"), none=OFF, shown=channel),
    "results_channel": FieldWords(what=msg("the channel for videos"), none=WHERE_ORDERED, shown=channel),
    "showcase_channel": FieldWords(what=msg("the showcase channel"), none=OFF, shown=channel),
    "showcase_stars": FieldWords(what=msg("how many ★ let a video into the showcase")),
    "allowed_channels": FieldWords(what=msg("where videos can be made"), shown=_places),
    "spoilers": FieldWords(what=msg("which videos are spoilers"), shown=lambda which: SPOILERS[which]),
    "age_rule": FieldWords(what=msg("the rule for age-restricted channels"), shown=lambda rule: AGE_RULES[rule]),
    "default_model": FieldWords(what=msg("the default model"), none=AS_THE_HOST_HAS_IT, shown=model),
    "default_seconds": FieldWords(what=msg("the default length"), none=AS_EACH_MODEL_HAS_IT, shown=_seconds),
    "default_size": FieldWords(what=msg("the default size"), none=AS_EACH_MODEL_HAS_IT),
    "keep_days": FieldWords(what=msg("how long videos are kept"), none=msg("for ever"), shown=_days),
    "keep_marked": FieldWords(what=msg("whether marked videos are kept for ever")),
    "language": FieldWords(what=msg("the language"), none=AS_DISCORD_HAS_IT, shown=_language),
    "confirm_above": FieldWords(what=msg("the price from which members are asked first"), none=AS_THE_HOST_HAS_IT),
    "confirm_at_most": FieldWords(what=msg("the most that this price can be raised to"), none=NOT_RAISED),
}


def rule_changes(member: Member, before: GuildSettings, after: GuildSettings) -> Sequence[SettingChange]:
    return [SettingChange.of(member, *each) for each in differences(RULES, before, after)]


def option_changes(
    guild_id: int, by: int | None, before: GuildOptions | None, after: GuildOptions | None
) -> Sequence[SettingChange]:
    """None: nothing was chosen yet."""
    found = differences(OPTIONS, before or GuildOptions(), after or GuildOptions())
    return [SettingChange(guild_id=guild_id, by=by, what=what, before=old, after=new) for what, old, new in found]


def allowance_changes(
    member: Member, before: GuildAllowances, after: GuildAllowances, calendar: Calendar, now: datetime
) -> Sequence[SettingChange]:
    """Of pools, and of grants that held and hold now, by member."""
    return [*_pool_changes(member, before, after), *_grant_changes(member, before, after, calendar, now)]


def _pool_changes(member: Member, before: GuildAllowances, after: GuildAllowances) -> Iterator[SettingChange]:
    old, new = ({pool.role_id: value(Money(pool.monthly)) for pool in each.pools} for each in (before, after))
    for each in sorted(old.keys() | new.keys()):
        of = msg("the pool of {role}", role=named_role(each, member.guild_id))
        yield SettingChange.of(member, of, old.get(each), new.get(each))


def _grant_changes(
    member: Member, before: GuildAllowances, after: GuildAllowances, calendar: Calendar, now: datetime
) -> Iterator[SettingChange]:
    for whose in sorted({grant.member_id for grant in (*before.grants, *after.grants)}):
        held = [
            [grant for grant in open_grants(each.grants, now) if grant.member_id == whose] for each in (before, after)
        ]
        old, new = (every([_grant(grant, calendar) for grant in grants]) for grants in held)
        yield SettingChange.of(member, msg("the grants of {member}", member=Person(whose)), old, new)


def _grant(held: Grant, calendar: Calendar) -> Message:
    last = Day(calendar.last_day_before(held.until), DayStyle.BRIEF)
    return msg("{amount} until {day}", amount=Money(held.amount), day=last)
