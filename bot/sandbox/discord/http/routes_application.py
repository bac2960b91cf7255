"""The bot's own account, its commands, and the servers it is on."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.discord.checks.faults import missing_access, unknown_member, unknown_user
from bot.sandbox.discord.http.rest import Call, Route, body_of
from bot.sandbox.discord.people.commands import EVERYWHERE
from bot.sandbox.discord.world.changes import CommandsChanged
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.permissions import of_member
from bot.sandbox.discord.world.places import Guild


def routes() -> Sequence[Route]:
    return [*_account(), *_guilds(), *_commands("/applications/{application_id}"), *_guild_commands()]


def _account() -> Sequence[Route]:
    return [
        Route(method="GET", path="/users/@me", handler=_me),
        Route(method="GET", path="/users/@me/guilds", handler=_my_guilds),
        Route(method="GET", path="/users/{user_id}", handler=_user),
        Route(method="GET", path="/oauth2/applications/@me", handler=_application),
        Route(method="GET", path="/applications/@me", handler=_application),
        Route(method="GET", path="/gateway", handler=_gateway, open=True),
        Route(method="GET", path="/gateway/bot", handler=_gateway_for_bots),
    ]


def _guilds() -> Sequence[Route]:
    return [
        Route(method="GET", path="/guilds/{guild_id}", handler=lambda call: _guild(call).to_dict()),
        Route(method="GET", path="/guilds/{guild_id}/roles", handler=lambda call: _guild(call).to_dict()["roles"]),
        Route(method="GET", path="/guilds/{guild_id}/channels", handler=_channels),
        Route(method="GET", path="/guilds/{guild_id}/threads/active", handler=_open_threads),
        Route(method="GET", path="/guilds/{guild_id}/members/{user_id}", handler=_member),
    ]


def _commands(base: str) -> Sequence[Route]:
    all_, one = f"{base}/commands", f"{base}/commands/{{command_id}}"
    return [
        Route(method="GET", path=all_, handler=lambda call: call.world.commands.of(_scope(call))),
        Route(method="PUT", path=all_, handler=_overwrite),
        Route(method="POST", path=all_, handler=_add),
        Route(method="GET", path=one, handler=_command),
        Route(method="PATCH", path=one, handler=_change),
        Route(method="DELETE", path=one, handler=_remove),
    ]


def _guild_commands() -> Sequence[Route]:
    base = "/applications/{application_id}/guilds/{guild_id}"
    nobody_overrides = Route(method="GET", path=f"{base}/commands/permissions", handler=lambda _: [])
    return [nobody_overrides, *_commands(base)]


def _me(call: Call) -> Json:
    return {**call.world.bot.to_dict(), "email": None, "mfa_enabled": True, "verified": True, "locale": "en-US"}


def _my_guilds(call: Call) -> list[Json]:
    """The servers the bot is on, with the fields that this list contains."""
    world = call.world
    return [
        {
            "id": str(guild.id),
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": guild.owner_id == world.bot.id,
            "permissions": str(of_member(guild, world.bot.id)),
            "features": [],
        }
        for guild in world.guilds.values()
        if world.bot.id in guild.members
    ]


def _user(call: Call) -> Json:
    user = call.world.users.get(call.ids["user_id"])
    if user is None:
        raise unknown_user()
    return user.to_dict()


def _application(call: Call) -> Json:
    bot = call.world.bot
    return {
        "id": str(bot.id),
        "name": bot.name,
        "icon": None,
        "description": "",
        "summary": "",
        "bot_public": False,
        "bot_require_code_grant": False,
        "verify_key": call.world.public_key,
        "flags": 0,
        "owner": next(user for user in call.world.users.values() if not user.bot).to_dict(),
        "team": None,
        "bot": bot.to_dict(),
        "integration_types_config": {"0": {}},
    }


def _gateway(call: Call) -> Json:
    return {"url": call.world.gateway.url}


def _gateway_for_bots(call: Call) -> Json:
    left = {"total": 1000, "remaining": 1000 - call.world.gateway.identifies, "reset_after": 86_400_000}
    return {**_gateway(call), "shards": 1, "session_start_limit": {**left, "max_concurrency": 1}}


def _guild(call: Call) -> Guild:
    """A server the bot is on; any other, known or not, is Missing Access."""
    guild = call.world.guilds.get(call.ids["guild_id"])
    if guild is None or call.world.bot.id not in guild.members:
        raise missing_access()
    return guild


def _channels(call: Call) -> list[Json]:
    return [channel.to_dict() for channel in call.world.channels_of(_guild(call).id) if channel.parent_id is None]


def _open_threads(call: Call) -> Json:
    here = call.world.channels_of(_guild(call).id)
    return {
        "threads": [each.to_dict() for each in here if each.parent_id is not None and not each.archived],
        "members": [],
    }


def _member(call: Call) -> Json:
    guild, user_id = _guild(call), call.ids["user_id"]
    if user_id not in guild.members:
        raise unknown_member()
    return guild.member(call.world.users[user_id])


def _scope(call: Call) -> int:
    if call.ids["application_id"] != call.world.bot.id:
        raise missing_access()
    return _guild(call).id if "guild_id" in call.ids else EVERYWHERE


def _overwrite(call: Call) -> list[Json]:
    registered = call.world.commands.overwrite(_scope(call), call.body)
    call.world.tell(CommandsChanged())
    return registered


def _add(call: Call) -> Json:
    registered = call.world.commands.add(_scope(call), body_of(call))
    call.world.tell(CommandsChanged())
    return registered


def _command(call: Call) -> Json:
    return call.world.commands.get(_scope(call), call.ids["command_id"])


def _change(call: Call) -> Json:
    changed = call.world.commands.change(_scope(call), call.ids["command_id"], body_of(call))
    call.world.tell(CommandsChanged())
    return changed


def _remove(call: Call) -> None:
    call.world.commands.remove(_scope(call), call.ids["command_id"])
    call.world.tell(CommandsChanged())
