"""Scripted faults for the next requests, for tests that check how they are handled.

Each operation has a queue of faults; every request takes one from it, and an empty queue means no trouble.

    host.trouble.next(Operation.CREATE, Reset(after=True))         # accepted and paid, but the answer is lost
    host.trouble.next(Operation.LOOK, Say(status=503), Say(status=503))
    host.trouble.next(Operation.CONTENT, Truncate(keep=1000))
"""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from aiohttp import web

from bot.data_classes import value_object


class Operation(StrEnum):
    """The requests the service supports. Each route has one of these names."""

    CREATE = "create"
    REMIX = "remix"
    EDIT = "edit"
    EXTEND = "extend"
    LOOK = "look"
    LIST = "list"
    CONTENT = "content"
    DELETE = "delete"
    HISTORY = "history"
    UPLOAD = "upload"
    INTERRUPT = "interrupt"
    NODES = "nodes"
    SOCKET = "socket"
    CANCEL = "cancel"
    MODELS = "models"
    COLLECTION = "collection"
    HEALTH = "health"
    FILE = "file"
    FILE_INFO = "file-info"
    KEY = "key"
    KEYS = "keys"
    SCHEMA = "schema"


def operation_of(request: web.Request) -> Operation | None:
    """Which operation a request asks for; None for an address that the service does not know."""
    name = request.match_info.route.name
    return None if name is None else Operation(name)


@value_object
class Say:
    """Send this answer. A body that is neither text nor bytes is sent as JSON. `after`: carry out the request first."""

    status: int = 200
    body: object = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    after: bool = False

    @property
    def payload(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()

    @property
    def all_headers(self) -> dict[str, str]:
        plain = isinstance(self.body, str | bytes)
        return {"Content-Type": "text/html" if plain else "application/json", **self.headers}


@value_object
class Hang:
    """Send nothing until the event is set, then go on normally; without an event, until the host closes.

    `after`: the request is carried out first, so that a client which gave up has paid already. Otherwise it is carried
    out late, even when the client has left.
    """

    until: asyncio.Event | None = None
    after: bool = False


@value_object
class Reset:
    """Drop the connection without an answer. `after`: the request is carried out first."""

    after: bool = False


@value_object
class Truncate:
    """Promise the whole file, send its first `keep` bytes, drop the connection."""

    keep: int


@value_object
class Drip:
    """Send the file, but only `size` bytes each `pause` seconds."""

    size: int = 1
    pause: float = 0.05


Fault = Say | Hang | Reset | Truncate | Drip


class Trouble:
    """The script. Faults are used up in the order in which they were given."""

    def __init__(self) -> None:
        self._script: dict[Operation, deque[Fault]] = defaultdict(deque)

    def next(self, operation: Operation, *faults: Fault) -> None:
        """The next requests of this kind get these faults, one each."""
        self._script[operation].extend(faults)

    def take(self, operation: Operation | None) -> Fault | None:
        queue = self._script.get(operation) if operation else None
        return queue.popleft() if queue else None

    @property
    def is_over(self) -> bool:
        """All faults have happened."""
        return not any(self._script.values())
