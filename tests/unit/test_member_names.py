"""Members' names on pages: members who left are cached as such, but not those of a server not yet received."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from bot.domain.errors import Unavailable
from bot.ui.interactions.members import DiscordPeople
from bot.web.gallery.names import CachedNames
from tests.builders import GUILD, SAM
from tests.scripted import SteppingClock


async def queried(**_: Any) -> list[Any]:
    return [SimpleNamespace(id=SAM, display_name="Sam")]


@pytest.mark.parametrize("guild", [None, SimpleNamespace(unavailable=True)], ids=["not told of", "unavailable"])
async def test_names_that_come_before_the_server_are_asked_for_again(guild: Any) -> None:
    seen: list[Any] = [guild, SimpleNamespace(unavailable=False, query_members=queried)]
    client: Any = SimpleNamespace(get_guild=lambda _: seen[0])
    people = DiscordPeople(client=client)
    with pytest.raises(Unavailable):
        await people.names(GUILD, [SAM])
    names = CachedNames(people=people, clock=SteppingClock())
    assert await names.names(GUILD, [SAM]) == {}
    seen.pop(0)
    assert await names.names(GUILD, [SAM, 5]) == {SAM: "Sam"}
