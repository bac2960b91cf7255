"""What the staff of a server changes while a bot is at work there."""

from __future__ import annotations

from bot.sandbox.discord.world.changes import Gone, PlacesChanged
from bot.sandbox.discord.world.places import THREAD, Channel, Overwrite, User
from bot.sandbox.discord.world.snowflakes import seeded
from bot.sandbox.discord.world.world import Where, Who, World


def deny(world: World, who: Who, where: Where, permissions: int) -> None:
    """Deny rights to one member (or the bot) in one channel, but to no role."""
    _overwrite(world, who, where, deny=permissions)


def allow(world: World, who: Who, where: Where, permissions: int) -> None:
    """Give rights to one member (or the bot) in one channel."""
    _overwrite(world, who, where, allow=permissions)


def give_role(world: World, who: Who, role: str) -> None:
    _set_role(world, who, role, held=True)


def take_role(world: World, who: Who, role: str) -> None:
    _set_role(world, who, role, held=False)


def delete_role(world: World, role: str, guild: str = "Kinora demo") -> None:
    """Delete it from the server and from its members."""
    place = world.guild(guild)
    gone = place.role(role)
    del place.roles[gone.id]
    for held in place.members.values():
        held.discard(gone.id)
    world.gateway.dispatch(
        "GUILD_ROLE_DELETE", {"guild_id": str(place.id), "role_id": str(gone.id)}, place.id, intent=1
    )
    world.tell(PlacesChanged())


def boost(world: World, level: int, guild: str = "Kinora demo") -> None:
    """A server's boosts start or end."""
    boosted = world.guild(guild)
    boosted.premium_tier = level
    world.gateway.dispatch("GUILD_UPDATE", boosted.to_dict(), boosted.id, intent=1)
    world.tell(PlacesChanged())


def archive(world: World, thread: Where, *, locked: bool = False) -> None:
    channel = world.channel(thread)
    channel.archived, channel.locked = True, locked
    _tell(world, channel)


def open_channel(world: World, name: str, kind: int, parent: Where | None = None) -> Channel:
    """A new channel, or a thread or post in another one."""
    around = None if parent is None else world.channel(parent)
    opened = Channel(
        id=world.ids.next(),
        name=name,
        type=kind,
        guild_id=world.guild().id,
        parent_id=None if around is None else around.id,
    )
    if kind == THREAD:
        return world.begin(opened)
    world.channels[opened.id] = opened
    world.gateway.dispatch("CHANNEL_CREATE", opened.to_dict(), opened.guild_id, intent=1)
    world.tell(PlacesChanged())
    return opened


def delete_channel(world: World, where: Where) -> None:
    """Delete the channel, its threads, and all their messages."""
    channel = world.channel(where)
    for child in [each for each in world.channels.values() if each.parent_id == channel.id]:
        delete_channel(world, child)
    for message in list(world.messages.pop(channel.id, {}).values()):
        message.deleted = True
        world.tell(Gone(message))
    shown = channel.to_dict()
    del world.channels[channel.id]
    event = "THREAD_DELETE" if channel.type == THREAD else "CHANNEL_DELETE"
    world.gateway.dispatch(event, shown, channel.guild_id, intent=1)
    world.tell(PlacesChanged())


def join(world: World, name: str, guild: str = "Kinora demo") -> User:
    """Somebody new joins a server."""
    user = User(id=seeded(100 + len(world.users)), key=name.lower(), name=name)
    world.users[user.id] = user
    world.guild(guild).members[user.id] = set()
    world.guild(guild).came[user.id] = world.clock.now()
    world.tell(PlacesChanged())
    return user


def remove_bot(world: World, guild: str = "Kinora demo") -> None:
    """Kick the bot from a server."""
    left = world.guild(guild)
    world.gateway.dispatch("GUILD_DELETE", {"id": str(left.id)}, left.id, intent=1)
    left.members.pop(world.bot.id, None)
    world.tell(PlacesChanged())


def invite_bot(world: World, guild: str = "Kinora demo") -> None:
    """Invite the bot (again)."""
    joined = world.guild(guild)
    joined.members[world.bot.id] = {role.id for role in joined.roles.values() if role.managed}
    joined.came[world.bot.id] = world.clock.now()
    created = joined.as_created(world.channels_of(joined.id), world.bot)
    world.gateway.dispatch("GUILD_CREATE", created, joined.id, intent=1)
    world.tell(PlacesChanged())


def _overwrite(world: World, who: Who, where: Where, *, allow: int = 0, deny: int = 0) -> None:
    user, channel = world.user(who), world.channel(where)
    before = channel.overwrites.get(user.id, Overwrite(id=user.id, member=True))
    channel.overwrites[user.id] = Overwrite(
        id=user.id,
        member=True,
        allow=before.allow & ~deny | allow,
        deny=before.deny & ~allow | deny,
    )
    _tell(world, channel)


def _set_role(world: World, who: Who, role: str, *, held: bool) -> None:
    user = world.user(who)
    guild = next(guild for guild in world.guilds.values() if user.id in guild.members)
    roles = guild.members[user.id]
    (roles.add if held else roles.discard)(guild.role(role).id)
    world.tell(PlacesChanged())


def _tell(world: World, channel: Channel) -> None:
    event = "THREAD_UPDATE" if channel.type == THREAD else "CHANNEL_UPDATE"
    world.gateway.dispatch(event, channel.to_dict(), channel.guild_id, intent=1)
    world.tell(PlacesChanged())
