"""Changes of a server's tiers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain.access.members import Member
from bot.domain.access.tiers import NO_LIMITS, Tier, Tiers
from bot.domain.audit.changes import SettingChange
from bot.domain.audit.fields import FieldWords, differences, every, roles
from bot.domain.messages import Duration, Foreign, Message, Model, Ordinal, msg, value

NO_LIMIT = msg("no limit")
AS_THE_SERVER_HAS_IT = msg("the server's default")
PLACES = {-1: msg("later"), 0: msg("normal"), 1: msg("sooner")}
NEW_TIER = Tier(id="", name="", roles=frozenset())


def _models(ids: frozenset[str]) -> Message | None:
    return every([Model(model) for model in sorted(ids)])


RIGHTS = {
    "models": FieldWords(what=msg("the models"), none=msg("all models"), shown=_models),
    "longest_seconds": FieldWords(
        what=msg("the longest video"), none=NO_LIMIT, shown=lambda length: value(Duration(length))
    ),
    "largest": FieldWords(what=msg("the largest video"), none=NO_LIMIT),
    "day_limit": FieldWords(what=msg("the daily limit of each member"), none=NO_LIMIT),
    "month_limit": FieldWords(what=msg("the monthly limit of each member"), none=NO_LIMIT),
    "at_once": FieldWords(what=msg("how many videos each member can render at once"), none=NO_LIMIT),
    "in_one_order": FieldWords(what=msg("how many videos a member can order at once"), none=NO_LIMIT),
    "confirm_above": FieldWords(what=msg("the price from which members are asked first"), none=AS_THE_SERVER_HAS_IT),
    "priority": FieldWords(
        what=msg("the place in line"), shown=lambda priority: PLACES[(priority > 0) - (priority < 0)]
    ),
    "may_go_private": FieldWords(what=msg("whether members can make private videos")),
    "sees_server_costs": FieldWords(what=msg("whether members see the server's costs")),
    "sees_history": FieldWords(what=msg("whether members can browse everyone's videos")),
    "approval_above": FieldWords(what=msg("the price above which a video needs approval"), none=NO_LIMIT),
    "may_approve": FieldWords(what=msg("whether members can approve videos of others")),
}


def tier_changes(member: Member, before: Tiers, after: Tiers) -> Sequence[SettingChange]:
    """Everything that changed, was added or removed, without tiers that only made room for others."""
    return list(_changes(member, before, after))


def move_change(member: Member, before: Tiers, after: Tiers, tier: Tier) -> SettingChange:
    """A manager moved it up or down."""
    places = [value(Ordinal([each.id for each in tiers.order].index(tier.id) + 1)) for tiers in (before, after)]
    return SettingChange.of(member, _of(msg("the place in the list"), tier), *places)


def _changes(member: Member, before: Tiers, after: Tiers) -> Iterator[SettingChange]:
    for tier in after.order:
        yield from _changes_of(member, before.get(tier.id) or NEW_TIER, tier)
    for tier in before.order:
        if after.get(tier.id) is None:
            named = msg("the tier “{tier}”", tier=Foreign(tier.name))
            yield SettingChange.of(member, named, _roles(member, tier), None)


def _changes_of(member: Member, before: Tier, after: Tier) -> Iterator[SettingChange]:
    if before is NEW_TIER:
        named = msg("the tier “{tier}”", tier=Foreign(after.name))
        yield SettingChange.of(member, named, None, _roles(member, after))
    else:
        names = [value(Foreign(tier.name)) for tier in (before, after)]
        yield SettingChange.of(member, _of(msg("the name"), before), *names)
        held = [_roles(member, tier) for tier in (before, after)]
        yield SettingChange.of(member, _of(msg("the roles"), after), *held)
    for what, old, new in differences(RIGHTS, NO_LIMITS if before is NEW_TIER else before.rights, after.rights):
        named = msg("{what} in the tier “{tier}”", what=what, tier=Foreign(after.name))
        yield SettingChange.of(member, named, old, new)


def _roles(member: Member, tier: Tier) -> Message | None:
    return roles(tier.roles, member.guild_id)


def _of(what: Message, tier: Tier) -> Message:
    return msg("{what} of the tier “{tier}”", what=what, tier=Foreign(tier.name))
