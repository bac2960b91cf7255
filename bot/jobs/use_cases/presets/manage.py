"""Presets: members keep their own, and the managers of a server keep some for all who are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.data_classes import wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.audit.changes import SettingChange
from bot.domain.errors import BadRequest
from bot.domain.messages import Count, Duration, Foreign, Message, Model, Term, joined, msg, value
from bot.domain.ports.clock import Clock
from bot.domain.studio.named import found, meant
from bot.domain.studio.presets import (
    LONGEST_NAME,
    LONGEST_STYLE,
    MOST_PRESETS,
    NOBODYS,
    Preset,
    PresetStore,
)
from bot.domain.texts.names import is_blank, tidied
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.jobs.use_cases.authorization import Authorization

UNNAMED = msg("A preset needs a name. Nothing was changed.")
GONE = msg("That preset is gone. `/presets` lists them all. Nothing was changed.")
FULL = msg(
    "There can be {most} presets. Remove one with `/presets` first. Nothing was changed.", most=Count(MOST_PRESETS)
)
WITH_SOUND, WITHOUT_SOUND = msg("With sound"), msg("Without sound")
EMPTY = msg("A preset needs a style, a model, a length, a size or an option. Nothing was changed.")


@wired
class Presets:
    """Raises BadRequest, and NotAllowed for the server's where somebody does not manage it."""

    store: PresetStore
    authorization: Authorization
    changes: SettingChanges
    clock: Clock

    async def listed(self, member: Member) -> Sequence[Preset]:
        """Their own and the server's."""
        return await self.store.listed(member.guild_id, member.id)

    async def of_place(self, member: Member, *, for_server: bool) -> Sequence[Preset]:
        """Their own alone, or the server's."""
        return [each for each in await self.listed(member) if each.is_servers == for_server]

    async def named(self, member: Member, typed: str) -> Preset:
        """By its name, or as it was suggested; of two with one name their own."""
        preset = found(await self.listed(member), typed)
        if preset is None:
            raise BadRequest(
                msg(
                    "There is no preset “{name}” here. `/presets` lists them all. You weren't charged.",
                    name=Foreign(meant(typed)[:LONGEST_NAME]),
                )
            )
        return preset

    async def add(self, member: Member, preset: Preset, *, for_server: bool = False) -> Preset:
        """As a new one, of theirs or of the server."""
        await self.authorize(member, for_server=for_server)
        new = placed(member, checked(preset), for_server=for_server)
        if not await self.add_new(member, [new]):
            raise BadRequest(await self._why_not(member, new))
        return new

    async def add_new(self, member: Member, presets: Sequence[Preset]) -> Sequence[Preset]:
        """Those that were added, of some that were checked and placed: as many as there is room for."""
        added = await self.store.add(presets, self.clock.now())
        for each in added:
            await self._note(member, None, each)
        return added

    async def marked(self, member: Member, mark: str) -> Preset:
        """The one that a button or a form is about."""
        preset = next((each for each in await self.listed(member) if each.mark == mark), None)
        if preset is None:
            raise BadRequest(GONE)
        return preset

    async def change(self, member: Member, before: Preset, after: Preset) -> Preset:
        """BadRequest where another has the name, or it is gone."""
        await self.authorize(member, for_server=before.is_servers)
        new = replace(checked(after), guild_id=before.guild_id, member_id=before.member_id)
        if not await self.store.change(before, new, self.clock.now()):
            is_there = await self._has(member, before)
            raise BadRequest(_taken(new) if is_there else GONE)
        await self._note(member, before, new)
        return new

    async def remove(self, member: Member, preset: Preset) -> None:
        await self.authorize(member, for_server=preset.is_servers)
        if not await self.store.remove(preset):
            raise BadRequest(GONE)
        await self._note(member, preset, None)

    async def authorize(self, member: Member, *, for_server: bool) -> None:
        """Whether they may add to them, or change them."""
        await self.authorization.authorize(member, Act.MANAGE if for_server else Act.KEEP)

    async def _why_not(self, member: Member, preset: Preset) -> Message:
        return _taken(preset) if await self._has(member, preset) else FULL

    async def _has(self, member: Member, preset: Preset) -> bool:
        """Whether its place has one of its name."""
        beside = await self.of_place(member, for_server=preset.is_servers)
        return preset.key in {each.key for each in beside}

    async def _note(self, member: Member, before: Preset | None, after: Preset | None) -> None:
        """What is changed of the server's is told to its managers."""
        named = after or before
        if named is None or not named.is_servers:
            return
        what = msg("the preset “{name}”", name=Foreign(named.name))
        is_renamed = before is not None and after is not None and before.name != after.name
        told = [None if each is None else in_short(each, named=is_renamed) for each in (before, after)]
        await self.changes.note(SettingChange.of(member, what, *told))


def _taken(preset: Preset) -> Message:
    name = Foreign(preset.name)
    return msg("There is a preset “{name}” already. Choose another name. Nothing was changed.", name=name)


def placed(member: Member, preset: Preset, *, for_server: bool) -> Preset:
    guild_id, member_id = (member.guild_id, NOBODYS) if for_server else (NOBODYS, member.id)
    return replace(preset, guild_id=guild_id, member_id=member_id)


def _style(typed: str) -> str:
    """Empty if nothing is visible: it would add nothing to a prompt but a comma."""
    return "" if is_blank(typed) else typed.strip()


def checked(preset: Preset) -> Preset:
    """With a name and a style as they are kept. Raises BadRequest."""
    named = replace(preset, name=tidied(preset.name, LONGEST_NAME), style=_style(preset.style))
    if not named.name:
        raise BadRequest(UNNAMED)
    if len(named.style) > LONGEST_STYLE:
        raise BadRequest(
            msg(
                "A style can have {most} characters, not {count}. Nothing was changed.",
                most=Count(LONGEST_STYLE),
                count=Count(len(named.style)),
            )
        )
    if named.is_empty:
        raise BadRequest(EMPTY)
    return named


def in_short(preset: Preset, *, named: bool = False) -> Message:
    """All of it in one line, with its name if that is wanted."""
    options = preset.options
    parts = (
        Foreign(preset.name) if named else None,
        Foreign(preset.style) if preset.style else None,
        None if preset.model is None else Model(preset.model),
        None if preset.seconds is None else Duration(preset.seconds),
        None if preset.size is None else Term(str(preset.size)),
        None if options.seed is None else Term(str(options.seed)),
        Foreign(options.negative_prompt) if options.negative_prompt else None,
        None if options.lora is None else Foreign(str(options.lora)),
    )
    sound = None if options.sound is None else WITH_SOUND if options.sound else WITHOUT_SOUND
    return joined(*(value(part) for part in parts if part is not None), sound, by=" · ")
