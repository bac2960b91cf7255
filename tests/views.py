"""The content of a view, by the components that are sent to Discord."""

from __future__ import annotations

from typing import Any


def everything(view: Any) -> list[dict[str, Any]]:
    """Its components, and those inside of them."""
    return _parts(view.to_components())


def words(view: Any) -> str:
    return "\n".join(part["content"] for part in everything(view) if "content" in part)


def _parts(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    inner = [part for each in components for part in _parts(each.get("components", []))]
    return [*components, *inner]
