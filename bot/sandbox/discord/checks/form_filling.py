"""What a person entered into a form, checked like in Discord's own app, in the format in which it is submitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.sandbox.discord.checks import components as kinds
from bot.sandbox.discord.checks.options import Resolved
from bot.sandbox.discord.people.outcome import CannotDo, Field, Form
from bot.sandbox.discord.world.clock import Json

ENTITIES = (kinds.USER_SELECT, kinds.ROLE_SELECT, kinds.MENTIONABLE_SELECT, kinds.CHANNEL_SELECT)


def submission(form: Form, given: Mapping[str, Any], resolved: Resolved) -> Json:
    """The `data` of a modal submit. Fields that were not given keep their values."""
    entered = {form.field(name).custom_id: value for name, value in given.items()}
    answers = {field.custom_id: _answer(field, entered, resolved) for field in form.fields}
    components = [_submitted(component, answers) for component in form.modal["components"]]
    data = {"custom_id": form.custom_id, "components": components}
    return data | ({"resolved": resolved.found} if resolved.found else {})


def picked(
    wanted: Sequence[Any],
    select_type: int,
    options: Sequence[Json],
    resolved: Resolved,
    channel_types: Sequence[int] = (),
) -> list[str]:
    """The values of a select: options by label or value, people, roles and channels by name."""
    match select_type:
        case kinds.USER_SELECT:
            return [resolved.user(each) for each in wanted]
        case kinds.ROLE_SELECT:
            return [resolved.role(each) for each in wanted]
        case kinds.MENTIONABLE_SELECT:
            return [resolved.anyone(each) for each in wanted]
        case kinds.CHANNEL_SELECT:
            return [resolved.place(each, channel_types) for each in wanted]
        case _:
            return [_option(each, options) for each in wanted]


def check_count(name: str, count: int, least: int, most: int) -> None:
    if not least <= count <= most:
        allowed = str(least) if least == most else f"{least} to {most}"
        raise CannotDo(f"{name}: choose {allowed}, not {count}.")


def _option(wanted: Any, options: Sequence[Json]) -> str:
    for option in options:
        if wanted in (option["label"], option["value"]):
            return str(option["value"])
    raise CannotDo(f"“{wanted}” is not a choice here. You can choose: {', '.join(each['label'] for each in options)}.")


def _submitted(component: Json, answers: Mapping[str, Json]) -> Json:
    numbered = {"id": component.get("id", 0), "type": component["type"]}
    match component["type"]:
        case kinds.LABEL:
            return {**numbered, "component": answers[component["component"]["custom_id"]]}
        case kinds.ACTION_ROW:
            return {**numbered, "components": [answers[child["custom_id"]] for child in component["components"]]}
        case _:
            return numbered


def _answer(field: Field, entered: Mapping[str, Any], resolved: Resolved) -> Json:
    value = entered.get(field.custom_id, field.value)
    named = {"type": field.type, "custom_id": field.custom_id, "id": 0}
    match field.type:
        case kinds.TEXT_INPUT:
            return {**named, "value": _text(field, str(value or ""))}
        case kinds.CHECKBOX:
            return {**named, "value": bool(value)}
        case kinds.RADIO_GROUP:
            return {**named, "value": _radio(field, value)}
        case kinds.FILE_UPLOAD:
            return {**named, "values": _files(field, value, resolved)}
        case _:
            wanted = _several(value)
            _check_chosen(field, len(wanted))
            return {**named, "values": picked(wanted, field.type, field.options, resolved)}


def _text(field: Field, text: str) -> str:
    if not text:
        if field.required:
            raise CannotDo(f"{field.label}: this field is required.")
        return text
    if not field.least <= len(text) <= field.most:
        raise CannotDo(f"{field.label}: must have {field.least} to {field.most} characters; this has {len(text)}.")
    return text


def _radio(field: Field, value: Any) -> str | None:
    if value is None and field.required:
        raise CannotDo(f"{field.label}: this field is required.")
    return None if value is None else _option(value, field.options)


def _files(field: Field, value: Any, resolved: Resolved) -> list[str]:
    files = _several(value)
    _check_chosen(field, len(files))
    return [resolved.file(each, field.label) for each in files]


def _check_chosen(field: Field, count: int) -> None:
    if not count and field.required:
        raise CannotDo(f"{field.label}: this field is required.")
    if count:
        check_count(field.label, count, max(field.least, int(field.required)), field.most)


def _several(value: Any) -> list[Any]:
    """A list stays a list; a single value (a file may be a (name, bytes) pair) becomes one."""
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]
