"""Somebody who uses Discord: types commands, presses buttons, fills forms, reads.

ann = sandbox.person("ann")
outcome = await ann.types("/create", prompt="a cat", model="sora-2")
await ann.clicks("Remix", on=outcome.message)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.discord.checks import command_checks, components
from bot.sandbox.discord.checks.components import Select
from bot.sandbox.discord.checks.form_filling import check_count, picked, submission
from bot.sandbox.discord.checks.options import Resolved, command_data, filled, find_command, half_typed, leaf
from bot.sandbox.discord.http.cdn import Attachment, safe_name
from bot.sandbox.discord.people.interaction import Kind
from bot.sandbox.discord.people.invoking import invoke
from bot.sandbox.discord.people.outcome import CannotDo, Form, Outcome
from bot.sandbox.discord.world import permissions as may
from bot.sandbox.discord.world.clock import Json
from bot.sandbox.discord.world.messages import Message
from bot.sandbox.discord.world.places import DM, Channel, User
from bot.sandbox.discord.world.world import Where, Who, World


class Person:
    """Does what Discord's own app allows; anything else is CannotDo, and nothing is sent."""

    def __init__(self, world: World, who: Who) -> None:
        self._world = world
        self.user = world.user(who)

    @property
    def id(self) -> int:
        return self.user.id

    async def types(
        self, command: str, also: Mapping[str, Any] | None = None, /, *, channel: Where = "studio", **options: Any
    ) -> Outcome:
        """Use a slash command, such as "/create" or "/settings access". `also` contains options whose names are taken.

        Options are checked against the registered command. Choices are given by name or value; files are bytes or
        (name, bytes); people, roles and channels are given by name.
        """
        place = self._place(channel)
        name, *path = command.removeprefix("/").split()
        registered = self._command(command_checks.CHAT, name, place)
        resolved = Resolved(self._world, place)
        sent = filled(leaf(registered, path).get("options") or [], {**(also or {}), **options}, resolved)
        data = command_data(registered, path, sent, resolved)
        interaction = await invoke(self._world, Kind.COMMAND, self.user, place, data, name=" ".join([name, *path]))
        return Outcome(self._world, interaction)

    async def suggests(
        self,
        command: str,
        option: str,
        typed: str = "",
        others: Mapping[str, Any] | None = None,
        /,
        *,
        channel: Where = "studio",
        **more: Any,
    ) -> Sequence[Json]:
        """The choices offered while an option contains `typed`: [{"name", "value"}]. None from a silent bot."""
        place = self._place(channel)
        name, *path = command.removeprefix("/").split()
        registered = self._command(command_checks.CHAT, name, place)
        sent = half_typed(leaf(registered, path).get("options") or [], {**(others or {}), **more}, option, typed)
        data = command_data(registered, path, sent, Resolved(self._world, place))
        return (await invoke(self._world, Kind.AUTOCOMPLETE, self.user, place, data)).choices

    async def clicks(self, button: str, /, *, on: Message) -> Outcome:
        """Press a button, by its label or the beginning of its custom_id."""
        found = self._seen(on).button(button)
        if found.disabled:
            raise CannotDo(f"The button “{found.label}” is disabled.")
        if found.custom_id is None:
            raise CannotDo(f"The button “{found.label}” is a link to {found.url}.")
        return await self._uses_component(on, {"custom_id": found.custom_id, "component_type": components.BUTTON})

    async def picks(self, wanted: Any, /, *, on: Message, select: str | None = None) -> Outcome:
        """Choose in a select, one value or a list; with several selects, by placeholder or custom_id."""
        found = _select(self._seen(on), select)
        if found.disabled:
            raise CannotDo("The select is disabled.")
        chosen = wanted if isinstance(wanted, list) else [wanted]
        check_count(found.placeholder or "This menu", len(chosen), found.least, found.most)
        resolved = Resolved(self._world, self._world.channels[on.channel_id])
        values = picked(chosen, found.type, found.options, resolved, found.channel_types)
        data = {"custom_id": found.custom_id, "component_type": found.type, "values": values}
        return await self._uses_component(on, data | ({"resolved": resolved.found} if resolved.found else {}))

    async def fills(self, form: Form, fields: Mapping[str, Any] | None = None, /, **more: Any) -> Outcome:
        """Submit a form. Fields are given by label or custom_id; the others keep their values."""
        opened = form.interaction
        resolved = Resolved(self._world, opened.channel)
        data = submission(form, {**(fields or {}), **more}, resolved)
        interaction = await invoke(
            self._world,
            Kind.MODAL,
            self.user,
            opened.channel,
            data,
            source=opened.source,
            name=opened.name,
            menu=opened.menu,
        )
        return Outcome(self._world, interaction)

    async def uses(self, menu: str, /, *, on: Message | User, channel: Where = "studio") -> Outcome:
        """Use an entry of the context menu of a message or a person."""
        if isinstance(on, Message):
            self._seen(on)
        place = self._place(on.channel_id if isinstance(on, Message) else channel)
        kind = command_checks.MESSAGE if isinstance(on, Message) else command_checks.USER
        registered = self._command(kind, menu, place)
        resolved = Resolved(self._world, place)
        if isinstance(on, Message):
            resolved.found["messages"] = {str(on.id): on.to_dict()}
        else:
            resolved.user(on)
        data = command_data(registered, [], [], resolved) | {"target_id": str(on.id)}
        interaction = await invoke(self._world, Kind.COMMAND, self.user, place, data, name=menu, menu=True)
        return Outcome(self._world, interaction)

    def says(self, words: str, channel: Where = "studio", *files: tuple[str, bytes]) -> Message:
        """Post an ordinary message."""
        place = self._place(channel)
        if not may.may_send(self._world.permissions(self.user, place), place):
            raise CannotDo(f"{self.user.name} may not write in {place.name}.")
        cdn, ids = self._world.cdn, self._world.ids
        kept = [
            cdn.keep(Attachment(id=ids.next(), channel_id=place.id, filename=safe_name(name), data=data))
            for name, data in files
        ]
        message = Message(
            id=ids.next(),
            channel_id=place.id,
            guild_id=place.guild_id,
            author=self.user,
            cdn=cdn,
            content=words,
            attachments=kept,
        )
        return self._world.add(message)

    def deletes(self, message: Message) -> None:
        """Delete a message: one's own, an ephemeral one (it is dismissed), or with Manage Messages anybody's."""
        held = self._world.permissions(self.user, message.channel_id)
        if message.author is not self.user and not message.ephemeral and not held & may.MANAGE_MESSAGES:
            raise CannotDo("This message belongs to somebody else.")
        self._world.remove(self._seen(message))

    def sees(self, channel: Where = "studio") -> list[Message]:
        """The messages of a channel, oldest first; ephemeral ones only if they are for this person."""
        return self._world.seen_by(self.user, self._resolved(channel))

    def commands(self, channel: Where = "studio") -> list[Json]:
        """The registered commands this person finds there."""
        place = self._resolved(channel)
        return [each for each in self._world.commands_in(place) if self._may_use(each, place)]

    def withheld(self, channel: Where = "studio") -> list[Json]:
        """The registered commands that Discord hides from this person there."""
        place = self._resolved(channel)
        return [each for each in self._world.commands_in(place) if not self._may_use(each, place)]

    def _command(self, kind: int, name: str, place: Channel) -> Json:
        command = find_command(self._world.commands_in(place), kind, name)
        if not self._may_use(command, place):
            raise CannotDo(f"{self.user.name} may not use “{name}” here.")
        return command

    def _may_use(self, command: Json, place: Channel) -> bool:
        if place.type == DM:
            contexts = command.get("contexts")
            return command.get("dm_permission") is not False if contexts is None else 1 in contexts
        held = self._world.permissions(self.user, place)
        needed = command["default_member_permissions"]
        if command.get("contexts") is not None and 0 not in command["contexts"]:
            return False
        if not held & may.USE_APPLICATION_COMMANDS:
            return False
        if needed is None:
            return True
        return held & may.ADMINISTRATOR != 0 if int(needed) == 0 else held & int(needed) == int(needed)

    async def _uses_component(self, on: Message, data: Json) -> Outcome:
        place = self._world.channels[on.channel_id]
        interaction = await invoke(self._world, Kind.COMPONENT, self.user, place, data, source=on)
        return Outcome(self._world, interaction)

    def _resolved(self, channel: Where) -> Channel:
        return self._world.direct(self.user) if channel == "dm" else self._world.channel(channel)

    def _place(self, channel: Where) -> Channel:
        place = self._resolved(channel)
        if not self._world.permissions(self.user, place) & may.VIEW_CHANNEL:
            raise CannotDo(f"{self.user.name} cannot see {place.name}.")
        return place

    def _seen(self, message: Message) -> Message:
        if message.deleted or message not in self.sees(message.channel_id):
            raise CannotDo(f"{self.user.name} cannot see this message.")
        return message


def _select(message: Message, wanted: str | None) -> Select:
    for found in message.selects:
        if wanted is None or found.placeholder == wanted or found.custom_id.startswith(wanted):
            return found
    raise LookupError(f"This message has no menu “{wanted}”.")
