"""The facts about a video, converted to plain values in a message and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from bot.domain.media import Footage
from bot.domain.video import Size


def facts_of(footage: Footage) -> Mapping[str, Any]:
    return asdict(footage)


def footage_of(facts: Mapping[str, Any]) -> Footage:
    return Footage(**{**facts, "size": Size(**facts["size"]), "obstacles": tuple(facts["obstacles"])})
