"""The Discord client: connects, loads the cogs, and registers changed commands."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.data_classes import value_object
from bot.domain.ports.gateway_lock import ONE_SHARD, GatewayTurn, Shards
from bot.domain.ports.records import Record, Records
from bot.gateway.pace import GatewayPace
from bot.gateway.rate_limits import count_rate_limits
from bot.gateway.servers import FetchedServers
from bot.interaction_registry import InteractionRegistry
from bot.lost_answers import noting_lost_answers
from bot.member_limits import MemberLimits

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0  # seconds that a request itself waits for a rate limit; longer waits are planned by the worker
NO_SESSION = "0" * 32  # discord.py resumes any session that it remembers; Discord says that this one does not exist
KEPT_BACK = 10  # one in so many sessions of a day is left unused: at the last one Discord resets the token
GUILD_READY_WAIT = 0.05  # seconds after the last server arrived; nothing here needs a complete server cache


@value_object
class RegisteredCommands:
    """The commands that were last registered, by their `digest`."""

    digest: str


COMMANDS = Record("registered commands", RegisteredCommands)  # there is one, under the key ""


class VideoBot(commands.Bot):
    """Kinora's connection to Discord. It holds no services: cogs get what they use when they are built."""

    keeps_commands = True  # False for a process that does not answer people

    def __init__(
        self,
        *,
        records: Records,
        registry: InteractionRegistry,
        tree_cls: type[app_commands.CommandTree[Any]],
        rate_limited: Callable[[], object] = lambda: None,
        translator: app_commands.Translator | None = None,
        texts: str = "",
        shards: Shards = ONE_SHARD,
    ) -> None:
        """`texts` changes whenever the translator's texts do."""
        self.pace, trace = GatewayPace(connections=len(shards.ids)), noting_lost_answers()
        self.pace.watch(trace)
        count_rate_limits(trace, rate_limited)
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            tree_cls=tree_cls,
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            allowed_contexts=app_commands.AppCommandContext(guild=True, dm_channel=False, private_channel=False),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
            max_messages=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            guild_ready_timeout=GUILD_READY_WAIT,
            max_ratelimit_timeout=LONGEST_PAUSE,
            http_trace=trace,
            **sharding(shards),
        )
        self.turn: GatewayTurn | None = None  # None: this process always answers
        self.registry = registry
        self.registered: Sequence[app_commands.AppCommand] = ()  # our commands, once Discord has listed them
        self.limits = MemberLimits()
        self._servers = FetchedServers(http=self.http, state=self._connection)
        self._records = records
        self._translator = translator
        self._texts = texts

    @property
    def is_answering(self) -> bool:
        """False while another process with this token answers people."""
        return self.turn is None or self.turn.is_ours

    @property
    def is_connected(self) -> bool:
        """Whether the gateway has sent this process all its servers."""
        return self.is_ready() and self.ws.open

    async def leave_gateway(self) -> None:
        """Close the gateway's connections and forget their state; REST goes on, and `connect` starts afresh.

        Call this after cancelling whatever awaits `connect`.
        """
        await self._close_sockets()
        self._ready.clear()
        user = self.user
        self._connection.clear(views=False)
        self._connection.user = user

    async def _close_sockets(self) -> None:
        if getattr(self.ws, "open", False):  # None before the first connection
            await self.ws.close(code=1000)

    def dispatch(self, event: str, /, *args: Any, **kwargs: Any) -> None:
        if event == "disconnect" and self.pace.is_failing and self.ws is not None:
            self.ws.session_id = NO_SESSION
        super().dispatch(event, *args, **kwargs)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        self.pace.identifying()
        await super().before_identify_hook(shard_id, initial=initial)

    def get_guild(self, guild_id: int, /) -> discord.Guild | None:
        """The server as the gateway sent it, or otherwise as fetched within the last minute."""
        told = super().get_guild(guild_id)
        return told if told is not None and not told.unavailable else self._servers.known(guild_id) or told

    def get_channel(self, channel_id: int, /) -> Any:
        return super().get_channel(channel_id) or self._servers.channel(channel_id)

    async def fetch_guild(self, guild_id: int, /, *, with_counts: bool = True) -> discord.Guild:  # noqa: ARG002 (the base class has it)
        """With its channels and open threads, at most a minute old."""
        return await self._servers.of(guild_id)

    async def load_cogs(self, cogs: Iterable[commands.Cog]) -> None:
        """Add the cogs, and everything that they registered when they were built."""
        for cog in cogs:
            await self.add_cog(cog)
        self.add_dynamic_items(*self.registry.buttons)
        for menu in self.registry.menus:
            self.tree.add_command(menu)

    async def setup_hook(self) -> None:
        if self._translator is not None:
            await self.tree.set_translator(self._translator)
        if self.keeps_commands:
            await self._register_commands()

    def payload(self) -> Sequence[Mapping[str, Any]]:
        """Our commands as they are registered with Discord, always in the same order."""
        return sorted((c.to_dict(self.tree) for c in self.tree.get_commands()), key=lambda c: (c["type"], c["name"]))

    def digest(self, application_id: int | None, payload: Sequence[Mapping[str, Any]]) -> str:
        """Of all that is registered for our commands, in every language: if it differs, they have changed."""
        registered = json.dumps([application_id, [*payload, {"texts": self._texts}]], sort_keys=True)
        return hashlib.sha256(registered.encode()).hexdigest()

    async def _register_commands(self) -> None:
        """Register our commands, but only if they differ from what Discord has: it allows 200 new ones a day."""
        payload = self.payload()
        ours = RegisteredCommands(digest=self.digest(self.application_id, payload))
        self.registered = await self.tree.fetch_commands()
        known = {(command.type.value, command.name) for command in self.registered}
        same_names = known == {(command["type"], command["name"]) for command in payload}
        if same_names and await self._records.read(COMMANDS, "") == ours:
            log.info("commands are registered and unchanged")
            return
        self.registered = await self.tree.sync()
        await self._records.write(COMMANDS, "", ours)
        log.info("%d commands registered", len(payload))

    async def on_thread_remove(self, thread: discord.Thread) -> None:
        """We were removed from a thread, so a private one is unknown from now on."""
        thread.guild._remove_thread(thread)  # noqa: SLF001 (discord.py keeps it, and has no other way)

    async def on_ready(self) -> None:
        log.info("ready as %s on %d servers", self.user, len(self.guilds))


class ShardedVideoBot(VideoBot, discord.AutoShardedClient):
    """Has one connection per shard. `turn` decides when one may start a session."""

    @property
    def is_connected(self) -> bool:
        shards = self.shards
        wanted = set(self.shard_ids or ())
        return self.is_ready() and wanted <= {number for number, shard in shards.items() if not shard.is_closed()}

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        if self.turn is None:
            await super().before_identify_hook(shard_id, initial=initial)
            return
        _, _, limits = await self.http.get_bot_gateway()
        if limits["remaining"] * KEPT_BACK < limits["total"]:  # counted by Discord, over all processes
            log.warning("Discord allows few more sessions now: %d; the next one is begun later", limits["remaining"])
            await asyncio.sleep(limits["reset_after"] / 1000)
        await self.turn.identified((shard_id or 0) % max(limits["max_concurrency"], 1))

    async def _close_sockets(self) -> None:
        await asyncio.gather(*(shard.disconnect() for shard in self.shards.values()))
        news = vars(self)["_AutoShardedClient__queue"]
        while not news.empty():  # of connections that are closed
            news.get_nowait()


def is_ours_to_answer(interaction: discord.Interaction[Any]) -> bool:
    """False while another process with this token answers people."""
    return client_of(interaction).is_answering


def client_of(interaction: discord.Interaction[VideoBot]) -> VideoBot:
    """There is no other kind of client in this project, though discord.py's types allow for any."""
    return interaction.client


def sharding(shards: Shards) -> Mapping[str, Any]:
    """In discord.py's form."""
    return {} if shards.is_all_in_one else {"shard_count": shards.count, "shard_ids": list(shards.ids)}
