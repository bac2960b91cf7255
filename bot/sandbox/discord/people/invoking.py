"""A person uses the bot: the interaction is sent over the gateway, and its answer awaited."""

from __future__ import annotations

from bot.sandbox.discord.http.posting import upload_limit
from bot.sandbox.discord.people.interaction import Interaction, Kind
from bot.sandbox.discord.world.changes import Answered
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.discord.world.places import DM, Channel, User
from bot.sandbox.discord.world.world import World


async def invoke(
    world: World,
    kind: Kind,
    user: User,
    channel: Channel,
    data: Json,
    *,
    source: Message | None = None,
    name: str | None = None,
    menu: bool = False,
) -> Interaction:
    """Send an interaction to the bot and wait for its first answer. Without one in time it comes back `dead`."""
    interaction = Interaction(
        id=world.ids.next(),
        kind=kind,
        user=user,
        channel=channel,
        guild_id=channel.guild_id,
        created=world.clock.now(),
        data=data,
        name=name,
        menu=menu,
        source=source,
    )
    world.interactions[interaction.id] = interaction
    world.bell.ring()
    _send(world, interaction)
    try:
        await world.bell.until(lambda: interaction.answer is not None, world.rules.ack_seconds)
    except TimeoutError:
        interaction.dead = True
        world.tell(Answered())
    return interaction


def _send(world: World, interaction: Interaction) -> None:
    """Nothing is sent to a bot that was removed: its old buttons just fail."""
    guild = world.guilds.get(interaction.guild_id or 0)
    if guild is not None and world.bot.id not in guild.members:
        return
    payload = payload_of(world, interaction)
    for _ in range(2 if world.trouble.takes_twin() else 1):
        world.gateway.dispatch("INTERACTION_CREATE", payload, interaction.guild_id)


def payload_of(world: World, interaction: Interaction) -> Json:
    """INTERACTION_CREATE as the bot receives it."""
    channel = interaction.channel
    payload = {
        "id": str(interaction.id),
        "application_id": str(world.bot.id),
        "type": int(interaction.kind),
        "token": interaction.token,
        "version": 1,
        "data": interaction.data,
        "channel_id": str(channel.id),
        "channel": {**channel.to_dict(), "permissions": str(world.permissions(interaction.user, channel))},
        "app_permissions": str(world.permissions(world.bot, channel)),
        "locale": interaction.user.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": upload_limit(world, channel),
        "context": 1 if channel.type == DM else 0,
        "authorizing_integration_owners": {"0": str(channel.guild_id or 0)},
    }
    if interaction.source is not None:
        payload["message"] = interaction.source.to_dict()
    return payload | _who_and_where(world, interaction)


def _who_and_where(world: World, interaction: Interaction) -> Json:
    if interaction.guild_id is None:
        return {"user": interaction.user.to_dict()}
    guild = world.guilds[interaction.guild_id]
    permissions = str(world.permissions(interaction.user, interaction.channel))
    return {
        "guild_id": str(guild.id),
        "guild": {"id": str(guild.id), "features": [], "locale": guild.preferred_locale},
        "guild_locale": guild.preferred_locale,
        "member": {**guild.member(interaction.user), "permissions": permissions},
    }
