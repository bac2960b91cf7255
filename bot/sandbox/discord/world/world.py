"""The simulated Discord's whole state, and the few ways in which it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bot.sandbox.discord.checks.faults import unknown_channel, unknown_message
from bot.sandbox.discord.checks.limits import Limits
from bot.sandbox.discord.http.cdn import Cdn
from bot.sandbox.discord.http.diary import Diary
from bot.sandbox.discord.http.gateway import DIRECT_MESSAGES, GUILD_MESSAGES, Gateway
from bot.sandbox.discord.http.trouble import Trouble
from bot.sandbox.discord.people.commands import CommandBook
from bot.sandbox.discord.people.interaction import Interaction
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.changes import BotTurned, Change, Gone, Pinged, PlacesChanged, Shown
from bot.sandbox.discord.world.clock import PATIENCE, Bell, Clock, Json
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.discord.world.places import DM, THREAD, Channel, Guild, User
from bot.sandbox.discord.world.rules import Rules
from bot.sandbox.discord.world.seed import TOKEN, Seed, demo
from bot.sandbox.discord.world.snowflakes import Snowflakes

T = TypeVar("T")
Who = User | str | int
Where = Channel | str | int


class World:
    """Everything there is. `trouble` scripts faults, `diary` logs requests, `clock` can be advanced."""

    def __init__(self, seed: Seed, rules: Rules | None = None) -> None:
        self.rules = rules or Rules()
        self.clock = Clock()
        self.bell = Bell()
        self.ids = Snowflakes(self.clock)
        self.cdn = Cdn(self.clock)
        self.trouble = Trouble()
        self.limits = Limits(self.clock)
        self.diary = Diary(self.bell)
        self.bot = seed.bot
        self.token = seed.token
        self.public_key = seed.public_key
        self.users = {user.id: user for user in seed.users}
        self.guilds = {guild.id: guild for guild in seed.guilds}
        self.channels = {channel.id: channel for channel in seed.channels}
        self.messages: dict[int, dict[int, Message]] = {}
        self.interactions: dict[int, Interaction] = {}
        self.nonces: dict[tuple[int, str], tuple[float, Message]] = {}
        self.commands = CommandBook(seed.bot.id, self.ids)
        self.gateway = Gateway(
            seed.token,
            clock=self.clock,
            rules=self.rules,
            greeting=self._greeting,
            guilds=self._guilds_created,
            members=lambda guild_id: [self.guilds[guild_id].member(each) for each in self.members(guild_id)],
            turned=self._turned,
        )
        self._watchers: list[Callable[[Change], None]] = []

    @classmethod
    def demo(cls, *, premium_tier: int = 0, rules: Rules | None = None, token: str = TOKEN) -> World:
        """Server "Kinora demo" with #studio, #lounge, #read-only and a thread; Ann, Max, Sam; Olga on another one."""
        return cls(demo(premium_tier, token), rules)

    # Looking things up

    def user(self, who: Who) -> User:
        """By id, or by key such as "ann". LookupError if there is nobody."""
        if isinstance(who, User):
            return who
        for user in self.users.values():
            if who in (user.id, str(user.id), user.key):
                return user
        raise LookupError(f"There is nobody called {who}.")

    def guild(self, which: str | int = "Kinora demo") -> Guild:
        return next(guild for guild in self.guilds.values() if which in {guild.id, guild.name})

    def channel(self, where: Where) -> Channel:
        """By id, by name, or "@ann" for the direct messages with Ann. Unknown Channel (404) if there is none."""
        if isinstance(where, Channel):
            return where
        for channel in self.channels.values():
            if where in {channel.id, channel.name}:
                return channel
        raise unknown_channel()

    def direct(self, who: Who) -> Channel:
        """The direct messages of a person with the bot, opened if necessary."""
        user = self.user(who)
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        opened = Channel(id=self.ids.next(), name=f"@{user.key}", type=DM, recipient=user)
        self.channels[opened.id] = opened
        self.tell(PlacesChanged())
        return opened

    def parent(self, channel: Channel) -> Channel | None:
        return self.channels.get(channel.parent_id or 0)

    def permissions(self, who: Who, where: Where) -> int:
        """What a person, or the bot, may do in a channel."""
        user, channel = self.user(who), self.channel(where)
        if channel.type == DM:
            return may.in_dm() if user in {channel.recipient, self.bot} else 0
        guild = self.guilds.get(channel.guild_id or 0)
        return may.in_channel(guild, user.id, channel, self.parent(channel)) if guild else 0

    def channels_of(self, guild_id: int) -> list[Channel]:
        return [channel for channel in self.channels.values() if channel.guild_id == guild_id]

    def commands_in(self, channel: Channel) -> list[Json]:
        """The registered commands that people find there: none on a server without the bot."""
        guild = self.guilds.get(channel.guild_id or 0)
        if guild is not None and self.bot.id not in guild.members:
            return []
        return self.commands.seen_in(channel.guild_id)

    def message(self, channel_id: int, message_id: int) -> Message:
        """Unknown Message (404) if there is none."""
        found = self.messages.get(channel_id, {}).get(message_id)
        if found is None:
            raise unknown_message()
        return found

    def seen_by(self, who: Who, where: Where) -> list[Message]:
        """The messages of a channel as one person sees them, oldest first."""
        user, channel = self.user(who), self.channel(where)
        if not self.permissions(user, channel) & may.VIEW_CHANNEL:
            return []
        return [message for message in self.messages.get(channel.id, {}).values() if message.can_be_seen_by(user.id)]

    def members(self, guild_id: int | None, roles: Sequence[int] = ()) -> list[User]:
        """The people of a server, or those of them with one of the roles."""
        guild = self.guilds.get(guild_id or 0)
        held = guild.members if guild else {}
        return [self.users[member] for member, theirs in held.items() if not roles or theirs & set(roles)]

    # Changing things

    def add(self, message: Message) -> Message:
        """Add a new message, and notify people of it."""
        channel = self.channels[message.channel_id]
        channel.last_message_id = message.id
        self.messages.setdefault(channel.id, {})[message.id] = message
        self.tell(Shown(message))
        self._dispatch("MESSAGE_CREATE", message)
        self.ping(message)
        return message

    def begin(self, thread: Channel) -> Channel:
        self.channels[thread.id] = thread
        self.gateway.dispatch("THREAD_CREATE", thread.to_dict(), thread.guild_id, intent=1)
        self.tell(PlacesChanged())
        return thread

    def ping(self, message: Message) -> None:
        if message.notified:
            self.tell(Pinged(message))

    def changed(self, message: Message) -> Message:
        self.tell(Shown(message))
        self._dispatch("MESSAGE_UPDATE", message)
        return message

    def remove(self, message: Message) -> None:
        message.deleted = True
        self.messages[message.channel_id].pop(message.id, None)
        for attachment in message.attachments:
            self.cdn.drop(attachment)
        self.tell(Gone(message))
        self._dispatch("MESSAGE_DELETE", message)

    # Watching

    def watch(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Report every change from now on. Call the returned function to stop."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def tell(self, change: Change) -> None:
        for watcher in list(self._watchers):
            watcher(change)
        self.bell.ring()

    async def until(self, predicate: Callable[[], T], timeout: float = PATIENCE) -> T:  # noqa: ASYNC109 - the name a reader expects
        """Wait until `predicate()` is truthy, checking again at each change; TimeoutError after `timeout` seconds.

        It may depend only on this world: of a service, a file or a database no change is told.
        """
        return await self.bell.until(predicate, timeout)

    # What the gateway requests

    def _greeting(self) -> Json:
        return {
            "v": 10,
            "user": {**self.bot.to_dict(), "email": None, "mfa_enabled": True, "verified": True},
            "user_settings": {},
            "application": {"id": str(self.bot.id), "flags": 0},
            "private_channels": [],
            "relationships": [],
        }

    def _guilds_created(self) -> list[tuple[int, Json]]:
        joined = [guild for guild in self.guilds.values() if self.bot.id in guild.members]
        return [(guild.id, guild.as_created(self._visible_to_bot(guild), self.bot)) for guild in joined]

    def _visible_to_bot(self, guild: Guild) -> list[Channel]:
        here = self.channels_of(guild.id)
        return [
            channel
            for channel in here
            if channel.type != THREAD or self.permissions(self.bot, channel) & may.VIEW_CHANNEL
        ]

    def _turned(self) -> None:
        self.tell(BotTurned(self.gateway.online))

    def _dispatch(self, event: str, message: Message) -> None:
        """Inform the bots that have the messages intent; they may not read the content of others' messages."""
        if message.ephemeral:
            return
        intent = GUILD_MESSAGES if message.guild_id else DIRECT_MESSAGES
        shown: Json = {"id": str(message.id), "channel_id": str(message.channel_id)}
        if event != "MESSAGE_DELETE":
            shown = message.to_dict()
            if message.guild_id and message.author is not self.bot:
                shown |= {"content": "", "embeds": [], "components": [], "attachments": []}
        if message.guild_id:
            shown["guild_id"] = str(message.guild_id)
        self.gateway.dispatch(event, shown, message.guild_id, intent)
