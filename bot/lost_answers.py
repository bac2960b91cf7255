"""Requests to Discord whose responses were lost: discord.py repeats them itself and reports only the last response."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace

import aiohttp

_lost: ContextVar[list[str] | None] = ContextVar("lost answers", default=None)


@contextmanager
def lost_answers() -> Iterator[list[str]]:
    """Collects a line for each request of this task that may have been carried out although it failed."""
    lost: list[str] = []
    token = _lost.set(lost)
    try:
        yield lost
    finally:
        _lost.reset(token)


def noting_lost_answers() -> aiohttp.TraceConfig:
    """For the client's `http_trace`."""
    trace = aiohttp.TraceConfig()
    trace.on_request_end.append(_ended)
    trace.on_request_exception.append(_failed)
    return trace


async def _ended(_: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestEndParams) -> None:
    if params.response.status >= 500:
        _note(str(params.response.status))


async def _failed(_: aiohttp.ClientSession, __: SimpleNamespace, params: aiohttp.TraceRequestExceptionParams) -> None:
    if not isinstance(params.exception, aiohttp.ClientConnectorError):  # in that case nothing was sent
        _note(type(params.exception).__name__)


def _note(what: str) -> None:
    if (lost := _lost.get()) is not None:
        lost.append(what)
