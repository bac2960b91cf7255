"""The registered commands, everywhere and by server. Overwriting keeps the ids of those whose name stays."""

from __future__ import annotations

from collections.abc import Sequence

from bot.sandbox.discord.checks.command_checks import CHAT, check_command, check_commands
from bot.sandbox.discord.checks.faults import unknown_command
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.snowflakes import Snowflakes

EVERYWHERE = 0


class CommandBook:
    """Scopes are server ids, or EVERYWHERE."""

    def __init__(self, application_id: int, ids: Snowflakes) -> None:
        self._application_id = application_id
        self._ids = ids
        self._scopes: dict[int, list[Json]] = {}

    def of(self, scope: int) -> list[Json]:
        return self._scopes.get(scope, [])

    def seen_in(self, guild_id: int | None) -> list[Json]:
        """What a person finds there: a server's own commands and the global ones."""
        return self.of(EVERYWHERE) + (self.of(guild_id) if guild_id else [])

    def get(self, scope: int, command_id: int) -> Json:
        for command in self.of(scope):
            if command["id"] == str(command_id):
                return command
        raise unknown_command()

    def overwrite(self, scope: int, commands: Sequence[Json]) -> list[Json]:
        check_commands(commands)
        self._scopes[scope] = [self._registered(scope, command) for command in commands]
        return self.of(scope)

    def add(self, scope: int, command: Json) -> Json:
        """Add one; an existing one of the same type and name is replaced."""
        check_command(command)
        fresh = self._registered(scope, command)
        self._scopes[scope] = [each for each in self.of(scope) if each["id"] != fresh["id"]] + [fresh]
        return fresh

    def change(self, scope: int, command_id: int, changes: Json) -> Json:
        command = {**self.get(scope, command_id), **changes}
        check_command(command)
        self.get(scope, command_id).update(command, version=str(self._ids.next()))
        return self.get(scope, command_id)

    def remove(self, scope: int, command_id: int) -> None:
        self.of(scope).remove(self.get(scope, command_id))

    def _registered(self, scope: int, command: Json) -> Json:
        kind = command.get("type") or CHAT
        before = next(
            (each for each in self.of(scope) if (each["type"], each["name"]) == (kind, command["name"])), None
        )
        permissions = command.get("default_member_permissions")
        return {
            "description": "",
            "options": [],
            "contexts": None,
            "integration_types": [0, 1],
            "nsfw": False,
            **command,
            "id": before["id"] if before else str(self._ids.next()),
            "type": kind,
            "application_id": str(self._application_id),
            "default_member_permissions": None if permissions is None else str(permissions),
            "version": str(self._ids.next()),
            **({"guild_id": str(scope)} if scope != EVERYWHERE else {}),
        }
