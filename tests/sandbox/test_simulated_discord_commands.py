"""The rules for commands: what can be registered, and what is rejected."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.simulated_discord_raw import COMMANDS, Raw


def with_options(*options: dict[str, Any]) -> dict[str, Any]:
    return {**COMMANDS[0], "options": list(options)}


OPTION = {"type": 3, "name": "prompt", "description": "What"}
BAD_COMMANDS: list[tuple[str, list[dict[str, Any]], tuple[str | int, ...], str]] = [
    ("capitals", [{**COMMANDS[0], "name": "Create"}], (0, "name"), "APPLICATION_COMMAND_INVALID_NAME"),
    ("a space", [{**COMMANDS[0], "name": "a b"}], (0, "name"), "APPLICATION_COMMAND_INVALID_NAME"),
    ("a long name", [{**COMMANDS[0], "name": "x" * 33}], (0, "name"), "BASE_TYPE_BAD_LENGTH"),
    ("no description", [{"name": "x"}], (0, "description"), "BASE_TYPE_REQUIRED"),
    ("a long description", [{"name": "x", "description": "x" * 101}], (0, "description"), "BASE_TYPE_BAD_LENGTH"),
    ("twice", [COMMANDS[0], COMMANDS[0]], (1, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME"),
    (
        "26 options",
        [with_options(*[{**OPTION, "name": f"o{n}"} for n in range(26)])],
        (0, "options"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        "26 choices",
        [with_options({**OPTION, "choices": [{"name": str(n), "value": str(n)} for n in range(26)]})],
        (0, "options", 0, "choices"),
        "BASE_TYPE_MAX_LENGTH",
    ),
    (
        "an option twice",
        [with_options(OPTION, OPTION)],
        (0, "options", 1, "name"),
        "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
    ),
    (
        "required after optional",
        [with_options(OPTION, {**OPTION, "name": "b", "required": True})],
        (0, "options", 1),
        "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    (
        "choices and suggestions",
        [with_options({**OPTION, "autocomplete": True, "choices": [{"name": "x", "value": "x"}]})],
        (0, "options", 0, "autocomplete"),
        "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_EXCLUSIVE",
    ),
    (
        "a long maximum",
        [with_options({**OPTION, "max_length": 6001})],
        (0, "options", 0, "max_length"),
        "NUMBER_TYPE_MAX",
    ),
    (
        "8001 characters",
        [
            with_options(
                *[
                    {**OPTION, "name": f"o{n}", "choices": [{"name": f"{m:099}", "value": "x" * 90} for m in range(25)]}
                    for n in range(2)
                ]
            )
        ],
        (0,),
        "APPLICATION_COMMAND_TOO_LARGE",
    ),
    (
        "a described menu",
        [{"name": "Remix this", "type": 3, "description": "x"}],
        (0, "description"),
        "APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_FORBIDDEN",
    ),
]


@pytest.mark.parametrize(
    ("commands", "path", "fault"), [each[1:] for each in BAD_COMMANDS], ids=[each[0] for each in BAD_COMMANDS]
)
async def test_bad_commands_are_not_registered(
    raw: Raw, commands: list[dict[str, Any]], path: tuple[str | int, ...], fault: str
) -> None:
    before = raw.world.commands.of(0)
    reply = await raw.call("PUT", f"/applications/{raw.app}/commands", commands)
    assert (reply.status, reply.code) == (400, 50035)
    assert fault in reply.faults(*path)
    assert raw.world.commands.of(0) is before


@pytest.mark.parametrize(("kind", "most"), [(1, 100), (2, 15), (3, 15)])
async def test_there_is_room_for_so_many_commands(raw: Raw, kind: int, most: int) -> None:
    described = {"description": "x"} if kind == 1 else {}
    commands = [{"name": f"c{number}", "type": kind, **described} for number in range(most + 1)]
    refused = await raw.call("PUT", f"/applications/{raw.app}/commands", commands)
    assert (refused.status, refused.code) == (400, 30032)
    assert (await raw.call("PUT", f"/applications/{raw.app}/commands", commands[:-1])).status == 200


async def test_overwriting_commands_keeps_the_ids_of_those_that_stay(raw: Raw) -> None:
    path = f"/applications/{raw.app}/commands"
    before = {each["name"]: each["id"] for each in (await raw.call("GET", path)).body}
    changed = [{**COMMANDS[0], "description": "Else"}, {"name": "new", "description": "x"}]
    after = {each["name"]: each["id"] for each in (await raw.call("PUT", path, changed)).body}
    assert set(after) == {"create", "new"}
    assert after["create"] == before["create"]
    assert after["new"] not in before.values()


async def test_a_server_has_commands_of_its_own(raw: Raw) -> None:
    home = raw.world.guild().id
    path = f"/applications/{raw.app}/guilds/{home}/commands"
    added = await raw.call("POST", path, {"name": "here", "description": "Only here"})
    assert added.body["guild_id"] == str(home)
    assert [each["name"] for each in raw.ann.commands()] == ["create", "Remix this video", "here"]
    assert [each["name"] for each in raw.sandbox.person("olga").commands("elsewhere")] == ["create", "Remix this video"]
    changed = await raw.call("PATCH", f"{path}/{added.body['id']}", {"description": "Else"})
    assert changed.body["description"] == "Else"
    assert (await raw.call("DELETE", f"{path}/{added.body['id']}")).status == 204
    assert (await raw.call("GET", f"{path}/{added.body['id']}")).code == 10063
    assert (await raw.call("GET", f"{path}/permissions")).body == []
