"""/settings open: the names of its pages, its buttons, and what pages say besides the settings themselves."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bot.domain.access.everyone import named_role
from bot.domain.access.tiers import Tier, Tiers
from bot.domain.audit.changes import NotedChange
from bot.domain.guild import AccessPolicy, GuildOptions, GuildSettings
from bot.domain.history import Direction
from bot.domain.messages import (
    Channel,
    Choice,
    Count,
    Duration,
    Foreign,
    Message,
    Model,
    Moment,
    MomentStyle,
    Money,
    Param,
    Person,
    Term,
    msg,
    msg_n,
    value,
)
from bot.domain.money.calendar import DEFAULT_ZONE
from bot.domain.money.costs import MonthSpending
from bot.domain.texts.languages import LANGUAGES
from bot.jobs.use_cases.audit.changes import KINORA, NONE
from bot.ui.text.phrases.values import dotted, in_quotes, lines, small

TITLE = msg("**Settings of this server**")
HOW = msg("Choose a page. Each shows what is set now, with what changes it.")
ALL_SETTINGS, SHOW = msg("All settings"), msg("Show")
OVERVIEW, OVERVIEW_IS = msg("Overview"), msg("All pages, with what is set now")
CHOOSE_ROLES = msg("Roles that can make videos")
CHOOSE_CHANNEL = msg("Choose a channel")
CHOOSE_ZONE = msg("Choose a time zone")
CHOOSE_LANGUAGE = msg("Choose a language")
LEAF = {Direction.NEWER: msg("Newer"), Direction.OLDER: msg("Older")}
NO_SUCH_PAGE = msg("That page no longer exists. Nothing was changed.")

# Access and tiers

ACCESS, ACCESS_IS = msg("Access and tiers"), msg("Who can make videos, and within which limits")
OPEN_TO_ALL, ONLY_GRANTED = msg("Open to everyone"), msg("Only managers and chosen roles")
TIERS = msg("Tiers…")
FORGET_ROLES = msg("Remove deleted roles")
TIERS_DECIDE = msg("This server has tiers, and they alone decide who can make videos.")
TOO_MANY_ROLES = msg("There are too many roles for a menu. Use `/settings access` to add or remove one.")
MANAGERS_ALWAYS = msg("Members with Manage Server can always make videos, without limits of their own.")
EVERYONE = msg("Everyone can make videos.")
NOBODY = msg("Only members with Manage Server can make videos.")
DELETED_ROLES_GONE = msg("Deleted roles were removed.")
EVERYONE_IS_NO_ROLE = msg("@everyone can't be chosen here. Use **Open to everyone**. Nothing was changed.")
MOST_NAMED = 20

# Budgets

BUDGETS, BUDGETS_ARE = msg("Budgets"), msg("Monthly budget, pools, grants, limits of tiers, when to ask first")
CHANGE_BUDGET, SET_POOL, GRANT, ASKING = (
    msg("Change the budget…"),
    msg("Set a pool…"),
    msg("Grant…"),
    msg("When to ask first…"),
)
FORGET_POOLS = msg("Remove pools of deleted roles")
POOLS_GONE = msg("Pools of deleted roles were removed.")
LIMITS = msg("**Limits of tiers**")
NO_POOLS = msg("None. Members with a role can share an amount each month.")
NO_GRANTS = msg("None. A grant gives a member more than their limit.")
NO_LIMITS = msg("None. A tier can have limits a day and a month for each member.")

# Notifications

NOTIFICATIONS, NOTIFICATIONS_ARE = (
    msg("Notifications"),
    msg("Channels for notices and for the log"),
)
NOTICES_OFF, LOG_OFF = msg("Notices off"), msg("Log off")
CHOOSE_NOTICES, CHOOSE_LOG = msg("Channel for notices"), msg("Channel for the log")

# Channels

CHANNELS, CHANNELS_ARE = msg("Channels"), msg("Where videos can be made, and where they are posted")
CHOOSE_ALLOWED, CHOOSE_RESULTS = msg("Where videos can be made"), msg("Where videos are posted")
ALLOW_ANYWHERE, POST_WHERE_ORDERED = msg("Allow everywhere"), msg("Post where ordered")
EVERYWHERE, WHERE_ORDERED = msg("everywhere"), msg("where they are ordered")
MANAGERS_ANYWHERE = msg("Threads count as their channel. Members with Manage Server can make videos everywhere.")
RESULTS_HINT = msg(
    "Private videos always go to direct messages. If the channel refuses a video, it's posted where it was ordered."
)

# Defaults

DEFAULTS, DEFAULTS_ARE = msg("Defaults"), msg("Model, length and size when a member doesn't choose")
CHANGE_DEFAULTS, NO_DEFAULTS = msg("Change…"), msg("Clear defaults")
DEFAULTS_HINT = msg("If a tier or a model doesn't allow one of them, the model's own default applies.")
BOTS_DEFAULT, MODELS_DEFAULT = msg("the bot's default"), msg("each model's default")
NO_DEFAULTS_SET = msg("none of its own")

# Videos

VIDEOS, VIDEOS_ARE = msg("Videos"), msg("Cards of finished videos, private videos, spoilers, age-restricted channels")
KEEP_CARDS, REMOVE_CARDS = msg("Keep cards"), msg("Remove cards")
SHOW_PRIVATE, HIDE_PRIVATE = msg("Let managers watch private videos"), msg("Keep private videos to their owners")

# Time zone

ZONE = msg("Time zone and language")
ZONE_IS = msg("When days and months begin, for budgets and limits, and the language of what all see")
OTHER_ZONE = msg("Another time zone…")
AS_DISCORD_HAS_IT = msg("As Discord has it for this server")

# History

HISTORY, HISTORY_IS = msg("History"), msg("Who changed what, and when")
NO_CHANGES = msg("Nothing was changed yet.")


def named(page: Message, summary: Message) -> Message:
    """A page in the overview."""
    return msg("**{page}:** {summary}", page=page, summary=summary)


def heading(page: Message) -> Message:
    return msg("**{page}**", page=page)


def roles(ids: Collection[int], deleted: Collection[int], guild_id: int) -> Choice:
    """By name; deleted ones are last, as a number."""
    there = [named_role(id_, guild_id) for id_ in sorted(ids) if id_ not in deleted]
    gone = len(ids) - len(there)
    more = len(there) - MOST_NAMED
    some: list[Param] = [*there[:MOST_NAMED]]
    if more > 0:
        some.append(msg("{number} more", number=Count(more)))
    if gone:
        some.append(msg_n("{count} deleted role", "{count} deleted roles", gone))
    return Choice(tuple(some), every=True)


def who_may_make(guild_settings: GuildSettings, deleted: Collection[int]) -> Message:
    if guild_settings.opening is AccessPolicy.EVERYONE:
        return EVERYONE
    if not guild_settings.roles:
        return NOBODY
    return msg("{roles} can make videos.", roles=_granted(guild_settings, deleted))


def granted_roles(guild_settings: GuildSettings, deleted: Collection[int]) -> Message | None:
    """Those that would apply if it were not open to everyone."""
    if guild_settings.opening is not AccessPolicy.EVERYONE or not guild_settings.roles:
        return None
    return small(msg("Chosen before it was opened: {roles}.", roles=_granted(guild_settings, deleted)))


def access_summary(guild_settings: GuildSettings, tiers: Tiers, deleted: Collection[int]) -> Message:
    if tiers.order:
        names = Choice(tuple(in_quotes(tier.name) for tier in tiers.order), every=True)
        return msg_n("the tier {names}", "the tiers {names}", len(tiers.order), names=names)
    if guild_settings.opening is AccessPolicy.EVERYONE:
        return msg("everyone")
    if not guild_settings.roles:
        return msg("managers only")
    return value(_granted(guild_settings, deleted))


def _granted(guild_settings: GuildSettings, deleted: Collection[int]) -> Choice:
    return roles(guild_settings.roles, deleted, guild_settings.guild_id)


def tier_row(tier: Tier, deleted: Collection[int], guild_id: int) -> Message:
    return msg("{tier}: {roles}", tier=Foreign(tier.name), roles=roles(tier.roles, deleted, guild_id))


def budget_summary(month: MonthSpending, pools: int, grants: int) -> Message:
    return dotted(
        msg("{left} of {budget} left", left=Money(month.left), budget=Money(month.budget)),
        msg_n("{count} pool", "{count} pools", pools) if pools else None,
        msg_n("{count} grant", "{count} grants", grants) if grants else None,
    )


def tier_limits(tier: Tier) -> Message:
    day, month = tier.rights.day_limit, tier.rights.month_limit
    limits = dotted(
        None if day is None else msg("{limit} a day", limit=Money(day)),
        None if month is None else msg("{limit} a month", limit=Money(month)),
    )
    return msg("{tier}: {limits}, for each member", tier=Foreign(tier.name), limits=limits)


def _channels(ids: Sequence[int]) -> Message:
    return value(Choice(tuple(map(Channel, ids)), every=True)) if ids else EVERYWHERE


def allowed(ids: Sequence[int]) -> Message:
    return msg("**Videos can be made:** {where}", where=_channels(ids))


def allowed_in_short(ids: Sequence[int]) -> Message:
    """A separate sentence for each, as other languages place "everywhere" differently."""
    if not ids:
        return msg("videos can be made everywhere")
    return msg_n("videos can be made in {count} channel", "videos can be made in {count} channels", len(ids))


def results(channel_id: int | None) -> Message:
    return msg("**They are posted:** {where}", where=WHERE_ORDERED if channel_id is None else Channel(channel_id))


def results_in_short(options: GuildOptions) -> Message:
    if options.results_channel is None:
        return msg("posted where they are ordered")
    return msg("posted in {channel}", channel=Channel(options.results_channel))


def defaults(options: GuildOptions, model: str | None) -> Message:
    """`model`: its display name."""
    length, size = options.default_seconds, options.default_size
    return lines(
        msg("**Model:** {model}", model=BOTS_DEFAULT if model is None else Model(model)),
        msg("**Length:** {length}", length=MODELS_DEFAULT if length is None else Duration(length)),
        msg("**Size:** {size}", size=MODELS_DEFAULT if size is None else Term(str(size))),
    )


def defaults_summary(options: GuildOptions, model: str | None) -> Message:
    length, size = options.default_seconds, options.default_size
    if model is None and length is None and size is None:
        return NO_DEFAULTS_SET
    return dotted(
        None if model is None else value(Model(model)),
        None if length is None else value(Duration(length)),
        None if size is None else value(Term(str(size))),
    )


def videos_summary(options: GuildOptions) -> Message:
    return dotted(
        msg("finished videos keep their cards") if options.keep_cards else msg("cards of finished videos are removed"),
        msg("managers can watch private videos")
        if options.show_private
        else msg("only owners can watch private videos"),
    )


def zone_summary(guild_settings: GuildSettings, language: str | None) -> Message:
    zone = value(Term(guild_settings.time_zone or DEFAULT_ZONE))
    if language is None:
        return zone
    return msg("{zone}, {language}", zone=zone, language=language_name(language))


def language_name(language: str | None) -> Message:
    name = LANGUAGES.get(language or "")
    return AS_DISCORD_HAS_IT if name is None else value(Term(name))


def language(chosen: str | None) -> Message:
    return lines(
        msg("**Language:** {language}", language=language_name(chosen)),
        small(
            msg("This is for what everyone sees here. What only one person sees is in the language of their Discord.")
        ),
    )


def change(noted: NotedChange) -> Message:
    """The old and new values, who changed them, and when."""
    made = noted.change
    changed = msg(
        "**{what}:** {before} → {after}", what=made.what, before=made.before or NONE, after=made.after or NONE
    )
    return lines(changed, _by_whom(noted))


def large_change(noted: NotedChange) -> Message:
    """Likewise, for a change whose values are too long."""
    return lines(msg("**{what}:** too long to show here", what=noted.change.what), _by_whom(noted))


def _by_whom(noted: NotedChange) -> Message:
    who: Param = KINORA if noted.change.by is None else Person(noted.change.by)
    day, time = Moment(noted.at, MomentStyle.DAY), Moment(noted.at, MomentStyle.CLOCK)
    return small(msg("{who}, {day}, {time}", who=who, day=day, time=time))


def history_summary(latest: NotedChange | None) -> Message:
    if latest is None:
        return NO_CHANGES
    return msg("last changed {when}", when=Moment(latest.at))
