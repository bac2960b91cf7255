"""The options a person typed for a command, checked like in Discord's own app before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.sandbox.discord.checks import command_checks as kinds
from bot.sandbox.discord.checks.pictures import ending_of
from bot.sandbox.discord.http.cdn import Attachment, safe_name
from bot.sandbox.discord.http.posting import upload_limit
from bot.sandbox.discord.people.outcome import CannotDo
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.places import Channel
from bot.sandbox.discord.world.world import World

LONGEST_TEXT = 6000
WHOLE = re.compile(r"-?[0-9]{1,16}")
FRACTION = re.compile(r"-?[0-9]{1,16}(\.[0-9]+)?")


@dataclass(slots=True)
class Resolved:
    """The people, roles, channels and files that options name, as an interaction includes them."""

    world: World
    channel: Channel
    found: dict[str, Json] = field(default_factory=dict)

    def file(self, given: Any, label: str) -> str:
        if not isinstance(given, bytes | tuple):
            raise CannotDo(f"“{label}” needs a file.")
        filename, data = given if isinstance(given, tuple) else (f"file.{ending_of(given)}", given)
        if len(data) > upload_limit(self.world, self.channel):
            raise CannotDo(f"The file for “{label}” is too large.")
        attachment = Attachment(
            id=self.world.ids.next(),
            channel_id=self.channel.id,
            filename=safe_name(filename),
            data=data,
            ephemeral=True,
        )
        described = self.world.cdn.to_dict(self.world.cdn.keep(attachment))
        return self._add("attachments", attachment.id, described)

    def user(self, given: Any) -> str:
        try:
            user = self.world.user(given)
        except LookupError as error:
            raise CannotDo(str(error)) from None
        guild = self.world.guilds.get(self.channel.guild_id or 0)
        if guild is not None and user.id in guild.members:
            member = {key: value for key, value in guild.member(user).items() if key not in {"user", "deaf", "mute"}}
            permissions = str(self.world.permissions(user, self.channel))
            self._add("members", user.id, {**member, "permissions": permissions})
        return self._add("users", user.id, user.to_dict())

    def role(self, given: Any) -> str:
        guild = self.world.guilds.get(self.channel.guild_id or 0)
        for role in guild.roles.values() if guild else []:
            if given in (role.id, str(role.id), role.name):
                return self._add("roles", role.id, role.to_dict())
        raise CannotDo(f"There is no role “{given}” on this server.")

    def place(self, given: Any, types: Sequence[int] = ()) -> str:
        """Without `types` a channel of any type."""
        for channel in self.world.channels_of(self.channel.guild_id or 0):
            if given in (channel, channel.id, str(channel.id), channel.name):
                if types and channel.type not in types:
                    raise CannotDo(f"Channels such as “{channel.name}” can't be chosen here.")
                return self._add("channels", channel.id, {**channel.to_dict(), "permissions": "0"})
        raise CannotDo(f"There is no channel “{given}” on this server.")

    def anyone(self, given: Any) -> str:
        try:
            return self.role(given)
        except CannotDo:
            return self.user(given)

    def _add(self, kind: str, snowflake: int, described: Json) -> str:
        self.found.setdefault(kind, {})[str(snowflake)] = described
        return str(snowflake)


def find_command(commands: Sequence[Json], kind: int, name: str) -> Json:
    for command in commands:
        if command["type"] == kind and command["name"] == name:
            return command
    raise CannotDo(f"There is no command “{name}” here.")


def command_data(command: Json, path: Sequence[str], options: list[Json], resolved: Resolved) -> Json:
    """The `data` of an interaction: options nested in their subcommands."""
    for name, kind in reversed(list(zip(path, _kinds_along(command, path), strict=True))):
        options = [{"name": name, "type": kind, "options": options}]
    data = {"id": command["id"], "name": command["name"], "type": command["type"], "options": options}
    scope = {"guild_id": command["guild_id"]} if "guild_id" in command else {}
    return data | scope | ({"resolved": resolved.found} if resolved.found else {})


def leaf(command: Json, path: Sequence[str]) -> Json:
    """The command or subcommand that takes the options."""
    for name in path:
        command = _sub(command, name)
    if parts := _subs(command):
        raise CannotDo(f"“{command['name']}” is the beginning of several commands: add {' or '.join(parts)}.")
    return command


def filled(declared: Sequence[Json], given: Mapping[str, Any], resolved: Resolved) -> list[Json]:
    """The options as they are sent. CannotDo says what is missing or invalid."""
    known = {option["name"]: option for option in declared}
    for name in given:
        _check_known(name, known)
    missing = [name for name, option in known.items() if option.get("required") and given.get(name) is None]
    if missing:
        raise CannotDo(f"“{missing[0]}” is required: give it a value.")
    return [_filled(known[name], value, resolved) for name, value in given.items() if value is not None]


def half_typed(declared: Sequence[Json], given: Mapping[str, Any], focused: str, typed: str) -> list[Json]:
    """The options while one of them is being typed: nothing is checked, and nothing counts as missing yet.

    The one being typed is text, whatever its type. Other numbers are sent as numbers once they can be parsed, and as
    text before that; a choice that is not made yet is omitted.
    """
    known = {option["name"]: option for option in declared}
    _check_known(focused, known)
    if not known[focused].get("autocomplete"):
        raise CannotDo(f"There are no suggestions for “{focused}”.")
    others = {name: _so_far(known[name], given[name]) for name in given if name in known and name != focused}
    sent = [
        {"name": name, "type": known[name]["type"], "value": value}
        for name, value in others.items()
        if value is not None
    ]
    return [*sent, {"name": focused, "type": known[focused]["type"], "value": typed, "focused": True}]


def _check_known(name: str, known: Mapping[str, Json]) -> None:
    if name in known:
        return
    usable = f"You can use: {', '.join(known)}." if known else "It takes no options at all."
    raise CannotDo(f"This command takes no option called “{name}”. {usable}")


def _so_far(option: Json, given: Any) -> Any:
    """The value of an option that nobody has checked yet; None if it is not sent."""
    if given is None or option["type"] not in {kinds.STRING, kinds.INTEGER, kinds.BOOLEAN, kinds.NUMBER}:
        return None
    if option["type"] in {kinds.INTEGER, kinds.NUMBER} and not option.get("choices"):
        number = _as_number(option, given)
        return str(given) if number is None else number
    try:
        return _truth(option, given) if option["type"] == kinds.BOOLEAN else _chosen(option, given)
    except CannotDo:
        return None


def _kinds_along(command: Json, path: Sequence[str]) -> Iterator[int]:
    for name in path:
        command = _sub(command, name)
        yield command["type"]


def _subs(command: Json) -> list[str]:
    return [each["name"] for each in command.get("options") or [] if each["type"] in {kinds.SUB, kinds.GROUP}]


def _sub(command: Json, name: str) -> Json:
    for option in command.get("options") or []:
        if option["name"] == name and option["type"] in {kinds.SUB, kinds.GROUP}:
            found: Json = option
            return found
    raise CannotDo(f"“{command['name']}” has no part called “{name}”.")


def _filled(option: Json, given: Any, resolved: Resolved) -> Json:
    return {"name": option["name"], "type": option["type"], "value": _value(option, given, resolved)}


def _value(option: Json, given: Any, resolved: Resolved) -> Any:
    match option["type"]:
        case kinds.STRING:
            return _text(option, _chosen(option, given))
        case kinds.INTEGER | kinds.NUMBER:
            return _number(option, _chosen(option, given))
        case kinds.BOOLEAN:
            return _truth(option, given)
        case kinds.USER_OPTION:
            return resolved.user(given)
        case kinds.ROLE_OPTION:
            return resolved.role(given)
        case kinds.CHANNEL_OPTION:
            return resolved.place(given, option.get("channel_types") or ())
        case kinds.MENTIONABLE:
            return resolved.anyone(given)
        case _:
            return resolved.file(given, option["name"])


def _chosen(option: Json, given: Any) -> Any:
    """If there are choices, one of them by name or value; otherwise the text."""
    choices = option.get("choices") or []
    if not choices:
        return given
    for choice in choices:
        if given == choice["name"] or str(given) == str(choice["value"]):
            return choice["value"]
    names = ", ".join(choice["name"] for choice in choices)
    raise CannotDo(f"“{given}” is not a choice for “{option['name']}”. You can choose: {names}.")


def _text(option: Json, given: Any) -> str:
    text = str(given)
    least, most = option.get("min_length") or 0, option.get("max_length") or LONGEST_TEXT
    if not least <= len(text) <= most or not text:
        raise CannotDo(f"“{option['name']}” must have {max(1, least)} to {most} characters; this has {len(text)}.")
    return text


def _number(option: Json, given: Any) -> int | float:
    number = _as_number(option, given)
    if number is None:
        kind = "number" if option["type"] == kinds.NUMBER else "whole number"
        raise CannotDo(f"“{option['name']}” must be a {kind}; “{given}” is not one.")
    least, most = option.get("min_value"), option.get("max_value")
    if least is not None and number < least:
        raise CannotDo(f"“{option['name']}” must be at least {least}.")
    if most is not None and number > most:
        raise CannotDo(f"“{option['name']}” may be at most {most}.")
    return number


def _as_number(option: Json, given: Any) -> int | float | None:
    """The number that was given, or typed completely."""
    shape, read = (FRACTION, float) if option["type"] == kinds.NUMBER else (WHOLE, int)
    return read(str(given)) if shape.fullmatch(str(given)) else None


def _truth(option: Json, given: Any) -> bool:
    if isinstance(given, bool):
        return given
    if str(given).lower() in {"true", "false"}:
        return str(given).lower() == "true"
    raise CannotDo(f"“{option['name']}” must be true or false; “{given}” is neither.")
