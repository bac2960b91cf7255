"""A server's rules for how Kinora behaves there."""

from __future__ import annotations

from collections.abc import Sequence

from bot.data_classes import value_object
from bot.domain.guild import AccessPolicy, ChannelUse, GuildOptions, GuildSettings
from bot.domain.messages import Channel, Message, Moment, MomentStyle, Money, Role, msg, msg_n, value
from bot.jobs.use_cases.guild import RulesChange
from bot.ui.text.phrases.access.permissions import all_of
from bot.ui.text.phrases.moderation.venues import age_said, spoilers_said
from bot.ui.text.phrases.studio.liked.showcase import SHOWCASE, SHOWCASE_IS
from bot.ui.text.phrases.values import lines

CARDS_STAY = msg("**Cards of finished videos** stay as one line above the video.")
CARDS_GO = msg("**Cards of finished videos** are removed, so each video is one message.")
PRIVATE_HIDDEN = msg(
    "**Private videos** can only be watched by their owners. Managers see that they exist and what they cost."
)
PRIVATE_SHOWN = msg("**Private videos** can also be watched by members with Manage Server.")
OFF = msg("off")
WHERE_ORDERED = msg("where they are ordered")
NOTHING_CHANGED = msg("**Nothing changed.** It was already set like this.")
EVERYONE = msg("everyone")
GRANTED = msg("granted roles")
NOTICES_POSSIBLE = msg("To be told when the budget runs low or an order needs a manager: `/settings notices channel:`")
TIERS_DECIDE = msg("This server has tiers, and they alone decide who can make videos: `/settings tiers`")
NOTICES_TELL = msg(
    "Posted there: orders that need a manager or approval, reported videos, services that refuse the bot's account, a "
    "budget that runs low, and a disk that fills up."
)
NO_NOTICES = msg("**Notices:** off. `/settings notices channel:` turns them on.")
LOG_TELLS = msg("Posted there: every change of these settings and who made it, refused orders, and appeals.")
NO_LOG = msg("**Log:** off. `/settings log channel:` turns it on.")
RESULTS_GO = msg("Videos are posted where they were ordered, unless a channel is chosen for them.")
CHANNEL_DELETED = msg("That channel was deleted, so nothing is posted there. Choose another one.")
CHANNEL_OR_OFF = msg("Choose a channel or `off`, not both. Nothing was changed.")


def how_videos_are_shown(options: GuildOptions, *, unchanged: bool = False) -> Message:
    """`unchanged`: the member chose what was set already."""
    return lines(
        NOTHING_CHANGED if unchanged else None,
        CARDS_STAY if options.keep_cards else CARDS_GO,
        _private_videos(options),
        spoilers_said(options.spoilers),
        age_said(options.age_rule),
    )


def _private_videos(options: GuildOptions) -> Message:
    """What managers see of private videos."""
    if not options.show_private:
        return PRIVATE_HIDDEN
    if options.private_shown_since is None:
        return PRIVATE_SHOWN
    return msg(
        "**Private videos** ordered since {day} can also be watched by members with Manage Server. Owners are told.",
        day=Moment(options.private_shown_since, MomentStyle.DAY),
    )


def rules_changed(change: RulesChange) -> Sequence[Message]:
    """A line for each change; one that says so if there is none."""
    before, after = change.before, change.after
    said = []
    if before.monthly_budget != after.monthly_budget:
        said.append(
            msg(
                "**Budget:** {before} → {after}",
                before=Money(before.monthly_budget),
                after=Money(after.monthly_budget),
            )
        )
    if before.opening is not after.opening:
        said.append(msg("**Access:** {before} → {after}", before=_access(before), after=_access(after)))
    granted, revoked = sorted(after.roles - before.roles), sorted(before.roles - after.roles)
    changes = [
        *said,
        *(msg("**Granted:** {role}", role=Role(role)) for role in granted),
        *(msg("**Revoked:** {role}", role=Role(role)) for role in revoked),
    ]
    return changes or [NOTHING_CHANGED]


@value_object
class ChannelWords:
    title: Message
    tells: Message
    none: Message


CHANNELS = {
    ChannelUse.NOTICES: ChannelWords(title=msg("Notices"), tells=NOTICES_TELL, none=NO_NOTICES),
    ChannelUse.RESULTS: ChannelWords(title=msg("Videos are posted"), tells=RESULTS_GO, none=RESULTS_GO),
    ChannelUse.SHOWCASE: ChannelWords(title=SHOWCASE, tells=SHOWCASE_IS, none=SHOWCASE_IS),
    ChannelUse.LOG: ChannelWords(title=msg("Log"), tells=LOG_TELLS, none=NO_LOG),
}


def channel_changed(kind: ChannelUse, before: int | None, after: int | None) -> Message:
    if before == after:
        return lines(NOTHING_CHANGED, channel_is(kind, after))
    return msg(
        "**{kind}:** {before} → {after}",
        kind=CHANNELS[kind].title,
        before=place(before, kind),
        after=place(after, kind),
    )


def channel_is(kind: ChannelUse, channel_id: int | None) -> Message:
    return msg("**{kind}:** {channel}", kind=CHANNELS[kind].title, channel=place(channel_id))


def channel_in_short(kind: ChannelUse, channel_id: int | None) -> Message:
    return msg("{kind} {channel}", kind=CHANNELS[kind].title, channel=place(channel_id))


def deleted_among(count: int) -> Message | None:
    """Of the allowed channels."""
    if not count:
        return None
    return msg_n("{count} of these channels was deleted.", "{count} of these channels were deleted.", count)


def lacking_there(permissions: Sequence[str]) -> Message:
    """`permissions` by Discord's names."""
    return msg("Kinora can't post there without {permissions}.", permissions=all_of(permissions))


def _access(guild_settings: GuildSettings) -> Message:
    return EVERYONE if guild_settings.opening is AccessPolicy.EVERYONE else GRANTED


def place(channel_id: int | None, kind: ChannelUse | None = None) -> Message:
    if channel_id is None:
        return WHERE_ORDERED if kind is ChannelUse.RESULTS else OFF
    return value(Channel(channel_id))
