"""Sentences as rows store them: their text, and what is filled in."""

from __future__ import annotations

from functools import cache

from pydantic import TypeAdapter

from bot.domain.messages import Message


@cache
def sentence_adapter() -> TypeAdapter[Message]:
    """Created for the first one that is written or read: it takes 7 ms."""
    return TypeAdapter(Message)
