"""Presets as a file: those of a member or of a server written, and the ones of a file added to either."""

from __future__ import annotations

from collections.abc import Sequence

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.messages import Message, msg
from bot.domain.studio.preset_files import read, written
from bot.domain.studio.presets import Preset
from bot.jobs.use_cases.presets.manage import Presets, placed

NONE_TO_EXPORT = msg("There are no presets to export yet.")


@value_object
class ImportedPresets:
    """What became of those in a file. `known`: left alone, because their names are taken; as the file has them."""

    added: Sequence[Preset]
    known: Sequence[Preset]
    no_room: Sequence[Preset]
    mistakes: Sequence[Message]
    for_server: bool


@wired
class PresetFiles:
    """Raises BadRequest, and NotAllowed where somebody imports for a server that they do not manage."""

    presets: Presets

    async def export(self, member: Member, *, for_server: bool) -> str:
        """Everybody may use the server's, so everybody may have them as a file."""
        listed = await self.presets.of_place(member, for_server=for_server)
        if not listed:
            raise BadRequest(NONE_TO_EXPORT)
        return written(listed)

    async def add(self, member: Member, data: bytes, *, for_server: bool) -> ImportedPresets:
        await self.presets.authorize(member, for_server=for_server)
        file = read(data)
        wanted = [placed(member, each, for_server=for_server) for each in file.presets]
        before = {each.key for each in await self.presets.of_place(member, for_server=for_server)}
        added = await self.presets.add_new(member, [each for each in wanted if each.key not in before])
        new = {each.key for each in added}
        return ImportedPresets(
            added=added,
            known=[each for each in wanted if each.key in before],
            no_room=[each for each in wanted if each.key not in before | new],
            mistakes=file.mistakes,
            for_server=for_server,
        )

    async def replace(self, member: Member, wanted: Sequence[Preset]) -> int:
        """Those that have these names become these; how many did. One that is gone meanwhile is left out."""
        now = {(each.is_servers, each.key): each for each in await self.presets.listed(member)}
        found = [(before, each) for each in wanted if (before := now.get((each.is_servers, each.key))) is not None]
        for before, each in found:
            await self.presets.change(member, before, each)
        return len(found)
