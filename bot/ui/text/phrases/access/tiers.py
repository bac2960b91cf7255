"""/settings tiers: what tiers allow, their forms, and what a member could do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bot.domain.access.everyone import named_roles
from bot.domain.access.limits import OrderLimits
from bot.domain.access.members import Member
from bot.domain.access.tiers import Tier, TierRights, Tiers
from bot.domain.access.validity import lowest, tightest
from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.messages import Choice, Count, Foreign, Message, Model, Money, Param, Person, Term, joined, msg, value
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.jobs.use_cases.authorization import MemberStanding
from bot.ui.text.phrases.settings.hub import roles
from bot.ui.text.phrases.values import dotted, lines, small

MOST_MODELS = 8  # in a list of them

# The pages

NO_TIERS_YET = msg(
    "**Tiers**\nNone yet. A tier gives roles limits of their own: models, length, size, dollars, place in line. "
    "Until there is one, `/settings access` decides who can make videos."
)
TITLE = msg("**Tiers**, highest first. A member gets the first one that has one of their roles.")
WHO_IS_FREE = msg("Members in no tier can't make videos. Members with Manage Server have no limits.")
NO_STAFF_CHANNEL = msg(
    "Requests for approval show up in `/status` and `/queue` only. `/settings notices` sets a channel for them."
)
WAS_OPEN = msg("`/settings access` says everyone, which no longer counts. To keep that, add a tier for @everyone.")
NO_LIMIT, AS_SERVER = msg("no limit"), msg("the server's default")
ALL_MODELS = msg("all models")
YES, NO, NEVER = msg("yes"), msg("no"), msg("never")
SOONER, LATER, NORMAL = msg("sooner"), msg("later"), msg("normal")
EDIT, ADD, TRY_AS = msg("Edit"), msg("Add…"), msg("Try as…")
NAME_AND_ROLES, VIDEOS, LIMITS = msg("Name and roles…"), msg("Videos…"), msg("Limits…")
ASKING = msg("Confirmation and approval…")
UP, DOWN, REMOVE, BACK = msg("Move up"), msg("Move down"), msg("Remove…"), msg("All tiers")
KEEP = msg("Keep it")

# The forms

ADD_A_TIER = msg("Add a tier")
NAME = msg("Name")
ROLES = msg("Roles")
ROLES_HINT = msg("Members with one of these are in the tier.")
MODELS = msg("Models")
MODELS_HINT = msg("None chosen: all, also later ones.")
MODELS_TYPED = msg("One a line. Empty: all, also later ones.")
LONGEST = msg("Longest video, in seconds")
LARGEST = msg("Largest video")
A_DAY = msg("US dollars a day, for each member")
A_MONTH = msg("US dollars a month, for each member")
CONFIRM_ABOVE = msg("Ask first from this price, in US dollars")
AS_THE_SERVER = msg("Empty: the server's default.")
APPROVAL_ABOVE = msg("Approval above this price, in US dollars")
EMPTY_FOR_NEVER = msg("Empty: never. 0: every video that costs something.")
AT_ONCE = msg("Videos of one member at once")
IN_ONE_ORDER = msg("Videos in one order, as variations")
PLACE = msg("Place in line")
RIGHTS = msg("They may also")
MAY_GO_PRIVATE, SEES_COSTS = msg("make private videos"), msg("see the server's costs")
MAY_APPROVE = msg("approve others' requests")
SEES_HISTORY = msg("browse everyone's videos")
EMPTY_FOR_NONE = msg("Empty: no limit.")
SOONER_CHOICE, NORMAL_CHOICE, LATER_CHOICE = msg("Before other tiers"), msg("Normal"), msg("After other tiers")
TRY_TITLE = msg("What can a member do?")
MEMBER = msg("Member")
NOT_HERE = msg("They aren't a member of this server.")


FIRST_TIER = msg("From now on tiers alone decide who can make videos: members in none of them can't.")


def added(tier: Tier, *, is_first: bool) -> Message:
    said = msg("Added **{tier}**.", tier=_name(tier))
    return joined(said, FIRST_TIER) if is_first else said


def changed(tier: Tier) -> Message:
    return msg("Changed **{tier}**. It applies from now on, and to orders that still wait.", tier=_name(tier))


def removed(tier: Tier, left: Tiers) -> Message:
    if left.order:
        return msg("Removed **{tier}**.", tier=_name(tier))
    return msg("Removed **{tier}**. `/settings access` decides again who can make videos.", tier=_name(tier))


def really_remove(tier: Tier) -> Message:
    return msg(
        "Remove **{tier}**? Members in no other tier can't make videos then, and their waiting orders end, free of "
        "charge.",
        tier=_name(tier),
    )


def remove(tier: Tier) -> Message:
    return msg("Remove “{tier}”", tier=_name(tier))


def edit_title(tier: Tier) -> Message:
    return msg("Edit “{tier}”", tier=_name(tier))


def no_whole_number(typed: str, most: int) -> Message:
    return msg(
        "“{typed}” isn't a whole number from 1 to {most}. Nothing was changed.",
        typed=Foreign(typed[:20]),
        most=Count(most),
    )


# What a tier allows


def row(place: int, tier: Tier, catalogue: Catalogue, reader: Member) -> Message:
    """A tier in the list."""
    head = msg("**{place}. {tier}** · {roles}", place=Count(place), tier=_name(tier), roles=_roles(tier, reader))
    return lines(head, small(summary(tier.rights, catalogue)))


def summary(rights: TierRights, catalogue: Catalogue) -> Message:
    """Its limits in a line."""
    said = [
        None if rights.models is None else value(_models(rights.models, catalogue)),
        None if rights.longest_seconds is None else msg("up to {count} s", count=Count(rights.longest_seconds)),
        None if rights.largest is None else msg("up to {size}", size=Term(str(rights.largest))),
        None if rights.day_limit is None else msg("{limit} a day", limit=Money(rights.day_limit)),
        None if rights.month_limit is None else msg("{limit} a month", limit=Money(rights.month_limit)),
        None if rights.at_once is None else msg("{count} at once", count=Count(rights.at_once)),
        None if rights.in_one_order is None else msg("{count} in one order", count=Count(rights.in_one_order)),
        None if rights.confirm_above is None else msg("asked from {price}", price=Money(rights.confirm_above)),
        None if rights.approval_above is None else msg("approval above {price}", price=Money(rights.approval_above)),
        None if rights.priority == 0 else _place_in_line(rights.priority),
        None if rights.may_go_private else msg("no private videos"),
        msg("sees the server's costs") if rights.sees_server_costs else None,
        msg("can browse everyone's videos") if rights.sees_history else None,
        msg("can approve") if rights.may_approve else None,
    ]
    return dotted(*said) if any(each is not None for each in said) else NO_LIMIT


def facts(tier: Tier, catalogue: Catalogue) -> Sequence[Message]:
    """Everything that it allows, one line each."""
    rights = tier.rights
    models = ALL_MODELS if rights.models is None else value(_models(rights.models, catalogue))
    day, month = rights.day_limit, rights.month_limit
    return [
        msg("**Models:** {models}", models=models),
        msg("**Longest video:** {most}", most=NO_LIMIT if (s := rights.longest_seconds) is None else _seconds(s)),
        msg("**Largest video:** {most}", most=NO_LIMIT if rights.largest is None else Term(str(rights.largest))),
        msg("**A day, for each member:** {limit}", limit=NO_LIMIT if day is None else Money(day)),
        msg("**A month, for each member:** {limit}", limit=NO_LIMIT if month is None else Money(month)),
        msg("**At once, for each member:** {most}", most=NO_LIMIT if (n := rights.at_once) is None else Count(n)),
        msg("**In one order:** {most}", most=NO_LIMIT if (n := rights.in_one_order) is None else Count(n)),
        msg(
            "**Asked before videos from:** {price}",
            price=AS_SERVER if (c := rights.confirm_above) is None else Money(c),
        ),
        msg("**Need approval above:** {price}", price=NEVER if (a := rights.approval_above) is None else Money(a)),
        msg("**Place in line:** {place}", place=_place_in_line(rights.priority)),
        msg("**Private videos:** {may}", may=YES if rights.may_go_private else NO),
        msg("**Sees the server's costs:** {may}", may=YES if rights.sees_server_costs else NO),
        msg("**Can browse everyone's videos:** {may}", may=YES if rights.sees_history else NO),
        msg("**Can approve others' requests:** {may}", may=YES if rights.may_approve else NO),
    ]


def page(tier: Tier, catalogue: Catalogue, reader: Member) -> Message:
    """A tier in full."""
    head = msg("**{tier}** · {roles}", tier=_name(tier), roles=_roles(tier, reader))
    return lines(head, *facts(tier, catalogue))


def list_hint(tiers: Tiers, guild_settings: GuildSettings, *, staff_channel: bool) -> Message:
    """Below the list. `staff_channel`: whether there is a channel for notices to managers."""
    is_for_all = any(guild_settings.guild_id in tier.roles for tier in tiers.order)
    was_open = guild_settings.opening is AccessPolicy.EVERYONE and not is_for_all
    unseen = not staff_channel and any(tier.rights.approval_above is not None for tier in tiers.order)
    return lines(small(WHO_IS_FREE), small(WAS_OPEN) if was_open else None, small(NO_STAFF_CHANNEL) if unseen else None)


# Try as


def standing(found: MemberStanding, catalogue: Catalogue) -> Message:
    """What a member could do, and why."""
    member, tier = found.member, found.tiers.of(found.member)
    head = msg("**What {member} can do**", member=Person(member.id))
    if member.manages:
        return lines(head, msg("Everything, because of Manage Server. No tier limits them."))
    if not found.may_make:
        return lines(head, _why_not(found))
    if tier is None:
        return lines(head, msg("Make videos without limits of their own, by `/settings access`. There are no tiers."))
    through = named_roles(tier.roles & member.all_roles, member.guild_id)
    return lines(
        head,
        msg("In **{tier}**, through {roles}.", tier=_name(tier), roles=through),
        _lower(found, tier),
        *facts(tier, catalogue),
        *_could_make(tier, catalogue),
    )


def _why_not(found: MemberStanding) -> Message:
    if found.block is not None:
        return msg("They can't make videos: a manager has blocked them. `/settings moderation` shows the block.")
    if found.tiers.order:
        return msg("They can't make videos: none of their roles is in a tier.")
    return msg("They can't make videos: `/settings access` grants it to none of their roles.")


def _lower(found: MemberStanding, tier: Tier) -> Message | None:
    others = [each for each in found.tiers.order if each.roles & found.member.all_roles and each.id != tier.id]
    if not others:
        return None
    names = Choice(tuple(_name(each) for each in others), every=True)
    return msg("They are in {tiers} too, lower in the list, which doesn't count.", tiers=names)


def _could_make(tier: Tier, catalogue: Catalogue) -> Sequence[Message]:
    shown = list(OrderLimits(tier=tier).cards(catalogue).values())[:MOST_MODELS]
    most = tightest(tier.rights)
    return [lines(msg("**Could make now:**"), *(_makes(card, most) for card in shown))] if shown else []


def _makes(card: ModelCard, most: Usd | None) -> Message:
    """`most`: the most that its member may spend."""
    price = lowest(card)
    too_dear = price is not None and most is not None and price > most
    return dotted(
        msg("{model}: {choices} s", model=Model(card.label), choices=Choice(tuple(map(Count, card.seconds)))),
        value(Choice(tuple(Term(str(size)) for size in card.sizes))),
        None if price is None else msg("from {price}", price=Money(price)),
        msg("only with a grant, it costs more than these limits") if too_dear else None,
    )


def _roles(tier: Tier, reader: Member) -> Choice:
    return roles(tier.roles, reader.deleted(tier.roles), reader.guild_id)


def _name(tier: Tier) -> Foreign:
    return Foreign(tier.name)


def _models(models: Iterable[str], catalogue: Catalogue) -> Param:
    labels = sorted(catalogue.label(model) for model in models)
    shown = [*map(Model, labels[:MOST_MODELS])]
    more = len(labels) - len(shown)
    return Choice((*shown, *([msg("{count} more", count=Count(more))] if more else [])), every=True)


def _seconds(length: int) -> Message:
    return msg("{count} s", count=Count(length))


def _place_in_line(priority: int) -> Message:
    return NORMAL if priority == 0 else SOONER if priority > 0 else LATER
