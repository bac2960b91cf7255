"""Checks a bot's requests against Discord's published OpenAPI schemas."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from bot.sandbox.discord.http.diary import Exchange
from tests.outside import Folder, from_outside

jsonschema: Any = importlib.import_module("jsonschema")  # it has no type stubs


def the_spec() -> dict[str, Any]:
    """The schemas; skips the test if they are missing."""
    spec: dict[str, Any] = json.loads(from_outside(Folder.SPECS, "discord.json").read_text(encoding="utf-8"))
    return spec


def offences(spec: dict[str, Any], exchanges: Iterable[Exchange]) -> Iterator[str]:
    """One sentence for each request whose body violates the schemas."""
    paths = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), methods) for path, methods in spec["paths"].items()]
    checks: dict[int, Any] = {}  # by schema: building one takes longer than using it
    for exchange in exchanges:
        schema = _schema(paths, exchange)
        if schema is None or exchange.body is None:
            continue
        if id(schema) not in checks:
            checks[id(schema)] = jsonschema.Draft202012Validator({**schema, "components": spec["components"]})
        for error in checks[id(schema)].iter_errors(_coerced(exchange.body)):
            yield f"{exchange.method} {exchange.path}: {error.json_path} {error.message[:300]}"


def _schema(paths: Iterable[tuple[re.Pattern[str], Any]], exchange: Exchange) -> dict[str, Any] | None:
    for pattern, methods in paths:
        if pattern.fullmatch(exchange.path) and exchange.method.lower() in methods:
            content = methods[exchange.method.lower()].get("requestBody", {}).get("content", {})
            found: dict[str, Any] | None = content.get("application/json", {}).get("schema")
            return found
    return None


def _coerced(body: Any, key: str = "") -> Any:
    """The library sends ids as numbers, which Discord accepts although the schemas demand strings."""
    if isinstance(body, dict):
        return {name: _coerced(value, name) for name, value in body.items()}
    if isinstance(body, list):
        return [_coerced(value, key) for value in body]
    is_id = key in {"id", "users", "roles"} or key.endswith("_id")
    return str(body) if is_id and isinstance(body, int) else body
