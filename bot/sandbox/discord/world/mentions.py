"""Whom a text mentions, and which of them the sender allows it to notify (`allowed_mentions`)."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any

from bot.data_classes import value_object
from bot.sandbox.discord.checks.faults import FormBody
from bot.sandbox.discord.world.clock import Json

USER = re.compile(r"<@!?(\d{15,20})>")
ROLE = re.compile(r"<@&(\d{15,20})>")
EVERYONE = re.compile(r"@(everyone|here)")
CODE = re.compile(r"```.*?```|`[^`]*`", re.DOTALL)  # nothing in code is a mention


@value_object
class Allowed:
    """None means all. A text without `allowed_mentions` has Discord's default: everybody."""

    users: frozenset[int] | None = None
    roles: frozenset[int] | None = None
    everyone: bool = True
    replied: bool = True


@value_object
class Mentions:
    users: list[int] = field(default_factory=list)
    roles: list[int] = field(default_factory=list)
    everyone: bool = False


def allowed_in(data: Json) -> Allowed:
    """Read `allowed_mentions` of a request. An absent or null key allows all."""
    given = data.get("allowed_mentions")
    if given is None:
        return Allowed()
    form = FormBody(data).inside("allowed_mentions")
    parse = form.data.get("parse") or []
    for kind in parse:
        if kind not in {"users", "roles", "everyone"}:
            form.wrong("BASE_TYPE_CHOICES", "Value must be one of {'users', 'roles', 'everyone'}.", "parse")
    users, roles = _listed(form, parse, "users"), _listed(form, parse, "roles")
    form.finish()
    return Allowed(
        users=users, roles=roles, everyone="everyone" in parse, replied=bool(form.data.get("replied_user", False))
    )


def mentioned(text: str, allowed: Allowed) -> Mentions:
    """Whom the text notifies, in the order of their mentions."""
    spoken = CODE.sub("", text)
    return Mentions(
        users=_found(USER, spoken, allowed.users),
        roles=_found(ROLE, spoken, allowed.roles),
        everyone=allowed.everyone and EVERYONE.search(spoken) is not None,
    )


def _listed(form: FormBody, parse: list[Any], key: str) -> frozenset[int] | None:
    listed = form.data.get(key) or []
    if key in parse:
        if listed:
            message = f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.'
            form.wrong("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message)
        return None
    if len(listed) > 100:
        form.wrong("BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.", key)
    return frozenset(int(each) for each in listed)


def _found(pattern: re.Pattern[str], text: str, allowed: frozenset[int] | None) -> list[int]:
    ids = dict.fromkeys(int(match) for match in pattern.findall(text))
    return [each for each in ids if allowed is None or each in allowed]
