"""The bot's permissions in one channel, computed from roles and overwrites as Discord does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from discord import ChannelType, Permissions

from bot.doctor.discord_rest import DiscordRest, Said
from bot.doctor.report import Finding, failure, fine, warning
from bot.jobs.delivery.upload_limits import FLOOR, MIB

SUBJECT = "channel"
NEEDED = Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
)
NAMES = {
    "read_messages": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "embed_links": "Embed Links",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
THREADS = {ChannelType.news_thread.value, ChannelType.public_thread.value, ChannelType.private_thread.value}
NO_MESSAGES = {ChannelType.category.value, ChannelType.forum.value, ChannelType.media.value}
BOOSTED = {2: 50, 3: 100}  # MiB that a message may carry at a boost tier
UNBOOSTED = 20  # MiB since September 2026, not everywhere yet
ADD_THEM = "Allow them for the bot's role in Server Settings → Roles or in the channel's own permissions."

Json = Mapping[str, Any]


async def look_at_channel(rest: DiscordRest, channel_id: int, bot_id: int) -> Sequence[Finding]:
    said = await rest.get(f"/channels/{channel_id}")
    if said.status in {400, 403, 404}:
        return [_not_seen(channel_id, said)]
    channel = said.fields
    if channel.get("guild_id") is None:
        return [warning(SUBJECT, f"{channel_id} is a direct message; Kinora is for channels of a server")]
    guild_id = channel["guild_id"]
    is_thread = channel["type"] in THREADS
    ruling = (await rest.get(f"/channels/{channel['parent_id']}")).fields if is_thread else channel
    guild = (await rest.get(f"/guilds/{guild_id}")).fields
    member = (await rest.get(f"/guilds/{guild_id}/members/{bot_id}")).fields
    held = permissions(guild, member, ruling)
    where = f"#{channel.get('name')} on {guild.get('name')}"
    if channel["type"] in NO_MESSAGES:
        return [failure(SUBJECT, f"{where} can't be posted to", "Use a text channel or a thread.")]
    return [*rights(where, held, is_thread=is_thread), upload_limit(guild.get("premium_tier", 0))]


def permissions(guild: Json, member: Json, channel: Json) -> Permissions:
    """The member's permissions in a channel; for a thread, `channel` is its parent."""
    if guild["owner_id"] == member["user"]["id"]:
        return Permissions.all()
    everyone, roles = guild["id"], set(member["roles"])
    held = Permissions.none()
    for role in guild["roles"]:
        if role["id"] in roles | {everyone}:
            held.value |= int(role["permissions"])
    if held.administrator:
        return Permissions.all()
    overwrites = {overwrite["id"]: overwrite for overwrite in channel.get("permission_overwrites", [])}
    for group in ({everyone}, roles, {member["user"]["id"]}):
        theirs = [overwrites[key] for key in group if key in overwrites]
        allow, deny = (_together(theirs, what) for what in ("allow", "deny"))
        held.handle_overwrite(allow, deny)
    return held


def rights(where: str, held: Permissions, *, is_thread: bool) -> list[Finding]:
    """One line if nothing is missing, otherwise one for what videos need, and one for what they can do without."""
    lacking = [name for name, needed in NEEDED if needed and not getattr(held, name)]
    idle = {"send_messages"} if is_thread else {"send_messages_in_threads"}
    wanted = [name for name in lacking if name not in idle | {"embed_links"}]
    merely = [name for name in lacking if name not in wanted]
    found = []
    if wanted:
        found.append(failure(SUBJECT, f"in {where} the bot lacks {_named(wanted)}", ADD_THEM))
    if merely:
        found.append(warning(SUBJECT, f"in {where} the bot lacks {_named(merely)}; videos still arrive", ADD_THEM))
    return found or [fine(SUBJECT, f"{where}: the bot has every permission it needs")]


def upload_limit(tier: int) -> Finding:
    if tier in BOOSTED:
        return fine(SUBJECT, f"a message carries up to {BOOSTED[tier]} MB there (boost tier {tier})")
    words = f"a message carries {FLOOR // MIB} to {UNBOOSTED} MB there (boost tier {tier}); Kinora learns what it takes"
    return fine(SUBJECT, words)


def _not_seen(channel_id: int, said: Said) -> Finding:
    if said.status == 403:
        return failure(SUBJECT, f"the bot cannot see channel {channel_id}: it lacks {NAMES['read_messages']}", ADD_THEM)
    how = "Copy the channel's id again (User Settings → Advanced → Developer Mode). The bot must be in its server."
    return failure(SUBJECT, f"the bot can't find channel {channel_id}", how)


def _named(permissions: Sequence[str]) -> str:
    return ", ".join(NAMES[name] for name in permissions)


def _together(overwrites: Sequence[Json], what: str) -> int:
    bits = 0
    for overwrite in overwrites:
        bits |= int(overwrite[what])
    return bits
