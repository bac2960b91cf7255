"""Who may do what where: roles, then the channel's overwrites, combined like in Discord."""

from __future__ import annotations

from bot.sandbox.discord.world.places import DM, THREAD, Channel, Guild

ADMINISTRATOR = 1 << 3
MANAGE_CHANNELS = 1 << 4
MANAGE_GUILD = 1 << 5
VIEW_CHANNEL = 1 << 10
SEND_MESSAGES = 1 << 11
MANAGE_MESSAGES = 1 << 13
EMBED_LINKS = 1 << 14
ATTACH_FILES = 1 << 15
READ_MESSAGE_HISTORY = 1 << 16
MENTION_EVERYONE = 1 << 17
MANAGE_ROLES = 1 << 28
USE_APPLICATION_COMMANDS = 1 << 31
MANAGE_THREADS = 1 << 34
CREATE_PUBLIC_THREADS = 1 << 35
SEND_MESSAGES_IN_THREADS = 1 << 38

ALL = (1 << 53) - 1
POSTING = VIEW_CHANNEL | SEND_MESSAGES | EMBED_LINKS | ATTACH_FILES | READ_MESSAGE_HISTORY | SEND_MESSAGES_IN_THREADS
ORDINARY = POSTING | USE_APPLICATION_COMMANDS | CREATE_PUBLIC_THREADS


def of_member(guild: Guild, user_id: int) -> int:
    """What a member may do on the server, before any channel overwrites."""
    if user_id == guild.owner_id:
        return ALL
    if user_id not in guild.members:
        return 0
    held = guild.roles[guild.id].permissions
    for role_id in guild.members[user_id]:
        held |= guild.roles[role_id].permissions
    return ALL if held & ADMINISTRATOR else held


def in_channel(guild: Guild, user_id: int, channel: Channel, parent: Channel | None) -> int:
    """What a member may do in one channel. A thread has its parent's overwrites, and its own send permission."""
    held = of_member(guild, user_id)
    if held != ALL and user_id in guild.members:
        held = _overwritten(guild, user_id, (parent or channel), held)
    if not held & VIEW_CHANNEL:
        return 0
    sends = SEND_MESSAGES_IN_THREADS if channel.type == THREAD else SEND_MESSAGES
    return held if held & sends else held & ~(EMBED_LINKS | ATTACH_FILES | MENTION_EVERYONE)


def in_dm() -> int:
    """In a direct message everything that makes sense there is allowed."""
    return ORDINARY


def may_send(held: int, channel: Channel) -> bool:
    needed = SEND_MESSAGES_IN_THREADS if channel.type == THREAD else SEND_MESSAGES
    return channel.type == DM or bool(held & needed)


def _overwritten(guild: Guild, user_id: int, channel: Channel, held: int) -> int:
    everyone = channel.overwrites.get(guild.id)
    if everyone is not None:
        held = held & ~everyone.deny | everyone.allow
    theirs = [channel.overwrites[role] for role in guild.members[user_id] if role in channel.overwrites]
    denied = allowed = 0
    for overwrite in theirs:
        denied |= overwrite.deny
        allowed |= overwrite.allow
    held = held & ~denied | allowed
    own = channel.overwrites.get(user_id)
    return held if own is None else held & ~own.deny | own.allow
