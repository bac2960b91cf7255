"""The Discord client: holds the services, loads the cogs by name, registers the commands when they changed."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.domain.access import Member
from bot.domain.job import Job
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.domain.ports.publishing import Reposter
from bot.domain.ports.records import Records
from bot.jobs.use_cases.service import JobService

log = logging.getLogger(__name__)

COMMANDS_NOTE = "registered commands"
LONGEST_PAUSE = 60.0  # seconds a request waits for Discord's rate limits by itself; more is for the worker to plan
GUILD_READY_WAIT = 0.2  # seconds after the last server arrived; nothing here needs the server cache to be complete

ClickHandler = Callable[[discord.Interaction[Any], Job, Member], Awaitable[None]]
FreeFormHandler = Callable[[discord.Interaction[Any], str, Mapping[str, str]], Awaitable[None]]
FormHandler = Callable[[discord.Interaction[Any], Job, Member, Mapping[str, str]], Awaitable[None]]


class VideoBot(commands.Bot):
    """Kinora's connection to Discord. Others find what they need on it: `jobs`, `messages`, `files`, …"""

    publisher: Reposter  # set by the composition root, because it needs the client itself
    is_answering = True  # False while another process with this token answers people

    def __init__(
        self,
        *,
        jobs: JobService,
        messages: MessageStore,
        files: FileStore,
        records: Records,
        cogs: Sequence[str],
        tree_cls: type[app_commands.CommandTree[Any]],
        media_hosts: frozenset[str],
    ) -> None:
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
        )
        self.jobs = jobs
        self.messages = messages
        self.files = files
        self.media_hosts = media_hosts
        self.clicks: dict[str, ClickHandler] = {}  # verb -> what a click on a persistent button means
        self.free_forms: dict[str, FreeFormHandler] = {}  # likewise, about no video; the text is the form's ticket
        self.forms: dict[str, FormHandler] = {}  # verb -> what a sent form means; its fields by their ids
        self.records = records
        self._cog_names = cogs

    async def setup_hook(self) -> None:
        await self.load_cogs()
        await self._register_commands()

    async def load_cogs(self) -> None:
        for name in self._cog_names:
            await self.load_extension(name)

    def payload(self) -> Sequence[Mapping[str, Any]]:
        """Our commands as Discord is told of them, always in the same order."""
        return sorted((c.to_dict(self.tree) for c in self.tree.get_commands()), key=lambda c: (c["type"], c["name"]))

    async def _register_commands(self) -> None:
        """Tell Discord our commands, only when they differ from what it has: it allows 200 new ones a day."""
        payload = self.payload()
        text = digest(self.application_id, payload)
        known = {(command.type.value, command.name) for command in await self.tree.fetch_commands()}
        same_names = known == {(command["type"], command["name"]) for command in payload}
        if same_names and await self.records.read(COMMANDS_NOTE) == text:
            log.info("commands are registered and unchanged")
            return
        await self.tree.sync()
        await self.records.write(COMMANDS_NOTE, text)
        log.info("%d commands registered", len(payload))

    async def on_ready(self) -> None:
        log.info("ready as %s on %d servers", self.user, len(self.guilds))

    async def fetch_member(self, guild_id: int, user_id: int) -> discord.Member | None:
        """Someone's roles as Discord has them now; None when they are not on the server."""
        guild = self.get_guild(guild_id) or await self.fetch_guild(guild_id)
        try:
            return await guild.fetch_member(user_id)
        except discord.NotFound:
            return None


def digest(application_id: int | None, payload: Sequence[Mapping[str, Any]]) -> str:
    """Stands for the commands as they are registered: another one means that they have changed."""
    return hashlib.sha256(json.dumps([application_id, payload], sort_keys=True).encode()).hexdigest()
