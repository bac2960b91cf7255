"""What Discord checks about commands before it registers them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.sandbox.discord.checks.faults import Fault, FormBody
from bot.sandbox.discord.world.clock import Json

CHAT, USER, MESSAGE = 1, 2, 3
SUB, GROUP, STRING, INTEGER, BOOLEAN, USER_OPTION, CHANNEL_OPTION = 1, 2, 3, 4, 5, 6, 7
ROLE_OPTION, MENTIONABLE, NUMBER, ATTACHMENT = 8, 9, 10, 11
MOST_OF_A_KIND = {CHAT: 100, USER: 15, MESSAGE: 15}
MOST_CHARACTERS = 8000  # names, descriptions and choice values of one command in all
NAME = re.compile(r"[-_'\w]{1,32}")
SAFE_INTEGER = 2**53


def check_commands(commands: Any) -> None:
    """Raise unless the whole list could be registered in one scope."""
    form = FormBody({"commands": commands})
    seen: set[tuple[int, str]] = set()
    for each in form.each("commands", most=sum(MOST_OF_A_KIND.values())):
        _command(each, seen)
    _finish(form)
    for kind, most in MOST_OF_A_KIND.items():
        if sum(1 for each in commands if each.get("type", CHAT) == kind) > most:
            raise Fault(400, 30032, f"Maximum number of application commands reached ({most})")


def check_command(command: Json) -> None:
    form = FormBody({"commands": [command]})
    for each in form.each("commands", most=1):
        _command(each, set())
    _finish(form)


def characters(command: Json) -> int:
    """What counts towards the 8000: names, descriptions and choices, at all levels."""
    own = len(command.get("name", "")) + len(command.get("description") or "")
    chosen = sum(len(choice["name"]) + len(str(choice["value"])) for choice in command.get("choices") or [])
    return own + chosen + sum(characters(option) for option in command.get("options") or [])


def _finish(form: FormBody) -> None:
    """The body itself is the list, so faults point into it without the name that it has here."""
    try:
        form.finish()
    except Fault as fault:
        fault.body["errors"] = fault.body["errors"].get("commands", fault.body["errors"])
        raise


def _command(form: FormBody, seen: set[tuple[int, str]]) -> None:
    kind = CHAT if form.data.get("type") is None else form.one_of("type", (CHAT, USER, MESSAGE))
    name = form.text("name", least=1, most=32, required=True)
    if (kind, name) in seen:
        form.wrong("APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique", "name")
    seen.add((kind, name))
    _short_list(form, "contexts", (0, 1, 2))
    _short_list(form, "integration_types", (0, 1))
    if kind == CHAT:
        _lowercase(form, name)
        form.text("description", least=1, most=100, required=True)
        _options(form, depth=0)
        if characters(form.data) > MOST_CHARACTERS:
            message = f"Command exceeds maximum size ({MOST_CHARACTERS})"
            form.wrong("APPLICATION_COMMAND_TOO_LARGE", message)
    elif form.data.get("description") or form.data.get("options"):
        message = "Context menu commands cannot have description or options"
        form.wrong("APPLICATION_COMMAND_CONTEXT_MENU_DESCRIPTION_FORBIDDEN", message, "description")


def _options(form: FormBody, depth: int) -> None:
    names: set[str] = set()
    optional_before = False
    for option in form.each("options", most=25):
        kind = option.one_of("type", tuple(range(1, 12)))
        name = option.text("name", least=1, most=32, required=True)
        _lowercase(option, name)
        option.text("description", least=1, most=100, required=True)
        if name in names:
            option.wrong("APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists", "name")
        names.add(name)
        if option.data.get("required") and optional_before:
            message = "Required options must be placed before non-required options"
            option.wrong("APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_before = optional_before or not option.data.get("required")
        _option(option, kind, depth)


def _option(form: FormBody, kind: int, depth: int) -> None:
    if kind in {SUB, GROUP}:
        if depth > (1 if kind == SUB else 0):
            form.wrong("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option types are invalid here", "type")
        else:
            _options(form, depth + 1)
        return
    if kind == STRING:
        form.number("min_length", least=0, most=6000)
        form.number("max_length", least=1, most=6000)
    _choices(form, kind)


def _choices(form: FormBody, kind: int) -> None:
    choices = list(form.each("choices", most=25))
    if choices and form.data.get("autocomplete"):
        message = "Autocomplete and choices cannot both be set"
        form.wrong("APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE_EXCLUSIVE", message, "autocomplete")
    check_choice_list(choices, kind)


def check_choice_list(choices: Sequence[FormBody], kind: int) -> None:
    """Names of 1 to 100 characters, values that fit the option, no name twice."""
    names: set[str] = set()
    for choice in choices:
        name = choice.text("name", least=1, most=100, required=True)
        if name in names:
            message = "Option choice name already exists"
            choice.wrong("APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", message, "name")
        names.add(name)
        if kind == STRING:
            choice.text("value", least=1, most=100, required=True)
        elif kind == INTEGER:
            choice.number("value", least=-SAFE_INTEGER, most=SAFE_INTEGER, required=True)
        elif kind != NUMBER:
            choice.wrong("APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", "This option type cannot have choices")


def _lowercase(form: FormBody, name: str) -> None:
    if name and (NAME.fullmatch(name) is None or name != name.lower()):
        form.wrong("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid", "name")


def _short_list(form: FormBody, key: str, allowed: tuple[int, ...]) -> None:
    given = form.data.get(key)
    if given is None:
        return
    if not isinstance(given, list) or not given or any(each not in allowed for each in given):
        form.wrong("BASE_TYPE_CHOICES", f"Values must be out of {allowed}.", key)
