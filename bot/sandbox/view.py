"""The simulated Discord as one person sees it, in the demo page's format (see `console`)."""

from __future__ import annotations

from bot.sandbox.discord.checks.command_checks import CHAT
from bot.sandbox.discord.people.person import Person
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.changes import BotTurned, Change, CommandsChanged, Gone, Pinged, PlacesChanged, Shown
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.messages import COMMAND_ANSWER, MENU_ANSWER, Message
from bot.sandbox.discord.world.places import DM, TEXT, THREAD, Channel, Guild
from bot.sandbox.discord.world.world import World

KINDS = {TEXT: "text", THREAD: "thread", DM: "dm"}  # of channels that the page shows


class View:
    """LookupError if there is nobody of that name."""

    def __init__(self, world: World, key: str) -> None:
        self._world = world
        self._person = Person(world, key)
        self._me = self._person.user

    def state(self) -> Json:
        guild, channels = self._guild(), self._channels()
        return {
            "type": "state",
            "me": {
                "id": str(self._me.id),
                "key": self._me.key,
                "name": self._me.name,
                "avatar_color": self._me.avatar_color,
                "role_names": [guild.roles[role].name for role in sorted(guild.members[self._me.id])],
            },
            "people": [
                {
                    "id": str(user.id),
                    "key": user.key,
                    "name": user.name,
                    "note": user.note,
                    "avatar_color": user.avatar_color,
                }
                for user in self._world.users.values()
                if not user.bot
            ],
            "guild": {"name": guild.name, "icon_text": guild.icon_text},
            "roles": [{"id": str(role.id), "name": role.name} for role in guild.roles.values()],
            "channels": [self._channel(channel) for channel in channels],
            **self._commands(),
            "bot": self._bot(),
            "messages": {
                str(channel.id): [self._message(message) for message in self._person.sees(channel)]
                for channel in channels
            },
        }

    def told(self, change: Change) -> Json | None:
        """What the page is told about a change, if it concerns this person."""
        match change:
            case Shown(message) if self._sees(message):
                return {"type": "message", "message": self._message(message)}
            case Gone(message) if self._sees(message):
                return {"type": "gone", "channel_id": str(message.channel_id), "message_id": str(message.id)}
            case Pinged(message) if self._me.id in message.notified and self._sees(message):
                return {"type": "notify", "channel_id": str(message.channel_id), "message_id": str(message.id)}
            case CommandsChanged():
                return {"type": "commands", **self._commands()}
            case PlacesChanged():
                return {"type": "channels", "channels": [self._channel(channel) for channel in self._channels()]}
            case BotTurned():
                return {"type": "bot", **self._bot()}
            case _:
                return None

    def _bot(self) -> Json:
        return {"online": self._world.gateway.online, "name": self._world.bot.name}

    def _guild(self) -> Guild:
        return next(guild for guild in self._world.guilds.values() if self._me.id in guild.members)

    def _channels(self) -> list[Channel]:
        here = [*self._world.channels_of(self._guild().id), *self._direct()]
        return [channel for channel in here if self._is_shown(channel)]

    def _is_shown(self, channel: Channel) -> bool:
        return channel.type in KINDS and bool(self._world.permissions(self._me, channel) & may.VIEW_CHANNEL)

    def _direct(self) -> list[Channel]:
        return [channel for channel in self._world.channels.values() if channel.recipient is self._me]

    def _channel(self, channel: Channel) -> Json:
        held = self._world.permissions(self._me, channel)
        return {
            "id": str(channel.id),
            "name": self._world.bot.name if channel.type == DM else channel.name,
            "topic": channel.topic,
            "kind": KINDS[channel.type],
            "can_write": may.may_send(held, channel),
        }

    def _commands(self) -> Json:
        """`withheld`: the names of commands that are hidden from this person."""
        channels = self._channels()
        if not channels:
            return {"commands": [], "withheld": []}
        withheld = [each["name"] for each in self._person.withheld(channels[0]) if each["type"] == CHAT]
        return {"commands": self._person.commands(channels[0]), "withheld": withheld}

    def _sees(self, message: Message) -> bool:
        channel = self._world.channels.get(message.channel_id)
        return channel is not None and message.can_be_seen_by(self._me.id) and self._is_shown(channel)

    def _message(self, message: Message) -> Json:
        return {
            **message.to_dict(relative=True),
            "ephemeral": message.ephemeral,
            "thinking": message.thinking,
            "for_me": self._me.id in message.notified or self._me in message.mentions,
            "interaction": _used(message),
        }


def _used(message: Message) -> Json | None:
    if message.origin is None or message.type not in {COMMAND_ANSWER, MENU_ANSWER}:
        return None
    return {"user": message.origin.user.to_dict(), "name": message.origin.name}
