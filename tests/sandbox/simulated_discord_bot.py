"""A small bot on the real discord.py, to test the simulated Discord with."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Literal, Self

import discord
import pytest
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

from bot.sandbox.discord.world.rules import Rules
from bot.sandbox.discord.world.world import World
from bot.sandbox.server import Sandbox
from tests.waiting import PATIENCE, comes_true

Asked = discord.Interaction[Any]
MP4 = b"\x00\x00\x00\x18ftypisom" + b"\x00" * 100
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + (640).to_bytes(4, "big") + (360).to_bytes(4, "big") + b"\x08\x02"


class RemixButton(ui.DynamicItem[ui.Button[Any]], template=r"k1:remix:(?P<job>\w+)"):
    """Opens a form."""

    def __init__(self, job: str) -> None:
        super().__init__(ui.Button(label="Remix", custom_id=f"k1:remix:{job}"))
        self.job = job

    @classmethod
    async def from_custom_id(cls, _asked: Asked, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["job"])

    async def callback(self, interaction: Asked) -> Any:
        await interaction.response.send_modal(RemixForm(self.job))


class CancelButton(ui.DynamicItem[ui.Button[Any]], template=r"k1:cancel:(?P<job>\w+)"):
    """Edits the card it is on."""

    def __init__(self, job: str) -> None:
        super().__init__(ui.Button(label="Cancel", custom_id=f"k1:cancel:{job}"))
        self.job = job

    @classmethod
    async def from_custom_id(cls, _asked: Asked, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["job"])

    async def callback(self, interaction: Asked) -> Any:
        await interaction.response.edit_message(view=a_card("Cancelled"))


class LengthSelect(ui.DynamicItem[ui.Select[Any]], template=r"k1:length:(?P<job>\w+)"):
    """Tells the person what they chose."""

    def __init__(self, job: str) -> None:
        options = [discord.SelectOption(label=f"{seconds} seconds", value=str(seconds)) for seconds in (4, 8, 12)]
        super().__init__(ui.Select(custom_id=f"k1:length:{job}", placeholder="Length", options=options))
        self.job = job

    @classmethod
    async def from_custom_id(cls, _asked: Asked, _item: ui.Item[Any], match: re.Match[str]) -> Self:
        return cls(match["job"])

    async def callback(self, interaction: Asked) -> Any:
        await interaction.response.send_message(f"chose {self.item.values}", ephemeral=True)


class RemixForm(ui.Modal):
    def __init__(self, job: str) -> None:
        super().__init__(title="Remix", custom_id=f"form:{job}")
        self.words: ui.TextInput[Any] = ui.TextInput(custom_id="prompt", default="as before", max_length=50)
        self.picture: ui.FileUpload[Any] = ui.FileUpload(custom_id="picture", required=False)
        self.mood: ui.RadioGroup[Any] = ui.RadioGroup(custom_id="mood", required=False)
        for mood in ("calm", "wild"):
            self.mood.add_option(label=mood, value=mood)
        self.add_item(ui.TextDisplay("Say what to change."))
        self.add_item(ui.Label(text="Your words", component=self.words))
        self.add_item(ui.Label(text="Picture", component=self.picture))
        self.add_item(ui.Label(text="Mood", component=self.mood))

    async def on_submit(self, interaction: Asked) -> None:
        sizes = [len(await each.read()) for each in self.picture.values]
        told = f"{self.words.value} / {sizes} / {self.mood.value}"
        await interaction.response.send_message(view=a_card(told))


def a_card(words: str, *items: ui.Item[Any]) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    card: ui.Container[ui.LayoutView] = ui.Container(ui.TextDisplay(words))
    if items:
        card.add_item(ui.ActionRow(*items))
    view.add_item(card)
    return view


def a_result(name: str = "cat.mp4", data: bytes = MP4) -> tuple[ui.LayoutView, discord.File]:
    file = discord.File(io.BytesIO(data), name)
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.TextDisplay("Here it is"))
    view.add_item(ui.MediaGallery(discord.MediaGalleryItem(file)))
    return view, file


class StudioBot(discord.Client):
    """`seen` collects the interactions; `go` lets /later finish."""

    def __init__(self, **options: Any) -> None:
        super().__init__(intents=discord.Intents(guilds=True), guild_ready_timeout=0.1, **options)
        self.tree = app_commands.CommandTree(self)
        self.seen: list[Asked] = []
        self.resumed = 0
        self.go = asyncio.Event()
        _add_making(self)
        _add_talking(self)

    async def setup_hook(self) -> None:
        self.add_dynamic_items(RemixButton, CancelButton, LengthSelect)
        await self.tree.sync()

    async def before_identify_hook(self, _shard_id: int | None, *, initial: bool = False) -> None:
        """Skip the library's five seconds before another identify, which a single bot doesn't need."""

    async def on_interaction(self, interaction: Asked) -> None:
        self.seen.append(interaction)

    async def on_resumed(self) -> None:
        self.resumed += 1


def _add_making(bot: StudioBot) -> None:
    @bot.tree.command(description="Make a video")
    @app_commands.describe(prompt="What to show")
    @app_commands.choices(size=[app_commands.Choice(name="Wide", value="1280x720")])
    async def create(
        interaction: Asked,
        *,
        prompt: app_commands.Range[str, 3, 100],
        model: str = "any",
        size: str = "none",
        seconds: app_commands.Range[int, 4, 12] = 8,
        image: discord.Attachment | None = None,
    ) -> None:
        picture = f"{image.width}x{image.height} {len(await image.read())}" if image else "no picture"
        words = f"{prompt} {model} {size} {seconds} {picture}"
        await interaction.response.send_message(view=a_card(words, RemixButton("J1"), CancelButton("J1")))

    @create.autocomplete("model")
    async def models(_interaction: Asked, typed: str) -> list[app_commands.Choice[str]]:
        known = ["sora-2", "sora-2-pro", "veo-4"]
        return [app_commands.Choice(name=name.upper(), value=name) for name in known if name.startswith(typed)]

    @bot.tree.command(description="Answer later")
    async def later(interaction: Asked, *, private: bool = False) -> None:
        await interaction.response.defer(ephemeral=private)
        await bot.go.wait()
        await interaction.edit_original_response(view=a_card(f"done, {interaction.user.mention}"))


def _add_talking(bot: StudioBot) -> None:
    @bot.tree.command(description="Whisper")
    async def whisper(interaction: Asked) -> None:
        await interaction.response.send_message("only you", ephemeral=True)
        await interaction.followup.send("and this", ephemeral=True)

    @bot.tree.command(description="Choose a length")
    async def length(interaction: Asked) -> None:
        await interaction.response.send_message(view=a_card("How long?", LengthSelect("J1")))

    @bot.tree.command(description="Say nothing about settings")
    async def silent(_interaction: Asked) -> None: ...

    @bot.tree.context_menu(name="Remix this video")
    async def remix_this(interaction: Asked, message: discord.Message) -> None:
        await interaction.response.send_message(f"you mean {message.content!r}", ephemeral=True)

    settings = app_commands.Group(
        name="settings",
        description="This server's rules",
        default_permissions=discord.Permissions(manage_guild=True),
        guild_only=True,
    )

    @settings.command(description="Add a role")
    async def access(interaction: Asked, role: discord.Role) -> None:
        await interaction.response.send_message(f"granted {role.name}", ephemeral=True)

    @settings.command(name="open", description="All pages")
    async def open_page(interaction: Asked, page: Literal["Budgets", "Channels"]) -> None:
        await interaction.response.send_message(page, ephemeral=True)

    bot.tree.add_command(settings)


class Studio:
    """A sandbox with the bot logged in."""

    def __init__(self, sandbox: Sandbox, bot: StudioBot) -> None:
        self.world = sandbox.world
        self.sandbox = sandbox
        self.bot = bot
        self.ann = sandbox.person("ann")
        self.max = sandbox.person("max")
        self.sam = sandbox.person("sam")

    def place(self, name: str = "studio") -> discord.PartialMessageable:
        return self.bot.get_partial_messageable(self.world.channel(name).id)


@asynccontextmanager
async def a_studio(
    monkeypatch: pytest.MonkeyPatch, rules: Rules | None = None, **options: Any
) -> AsyncIterator[Studio]:
    """The simulated Discord with the small bot running on it.

    Rate limits are off, and answers may take long, unless the rules say otherwise.
    """
    sandbox = Sandbox(World.demo(rules=rules or Rules(real_buckets=False, ack_seconds=PATIENCE)))
    await sandbox.start()
    monkeypatch.setattr(Route, "BASE", sandbox.api_base)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.gateway_url))
    bot = StudioBot(**options)
    running = asyncio.create_task(bot.start(sandbox.world.token))
    try:
        await knows_its_servers(bot, sandbox.world)
        yield Studio(sandbox, bot)
    finally:
        await bot.close()
        await asyncio.gather(running, return_exceptions=True)
        await sandbox.close()


async def knows_its_servers(bot: StudioBot, world: World) -> None:
    """Wait until it is ready and all its servers were described: it is ready without those that take long."""
    await world.until(lambda: world.gateway.online)
    await bot.wait_until_ready()
    expected = {guild.id for guild in world.guilds.values() if world.bot.id in guild.members}
    await comes_true(lambda: {guild.id for guild in bot.guilds if not guild.unavailable} == expected)


@asynccontextmanager
async def another_bot(sandbox: Sandbox) -> AsyncIterator[StudioBot]:
    """Another process of the same bot."""
    bot = StudioBot()
    await bot.login(sandbox.world.token)
    running = asyncio.create_task(bot.connect())
    try:
        await knows_its_servers(bot, sandbox.world)
        yield bot
    finally:
        await bot.close()
        await asyncio.gather(running, return_exceptions=True)
