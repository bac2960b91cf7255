"""The id that we keep of a request: its address below the queue's, without the path after the application's name.

It consists only of the endpoint and the request's own id, so that an order and a list entry give the same id.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

REQUEST = re.compile(r"[A-Za-z0-9_-]{1,100}")
ENDPOINT = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)+", re.ASCII)  # no segment leads upwards
APPLICATION = "application"  # a parameter of a webhook's address
MOST_ENDPOINTS = 50  # the most that one query may name
NAMESPACES = frozenset({"workflows", "comfy"})  # precede an owner's name


def application_of(endpoint: str) -> str:
    """`fal-ai/veo3.1` for `fal-ai/veo3.1/image-to-video`: what a request is polled under."""
    parts = endpoint.split("/")
    return "/".join(parts[: 3 if parts[0] in NAMESPACES else 2])


def remote_id_of(endpoint: str, request: str) -> str | None:
    """None for an id that cannot be part of an address."""
    if not ENDPOINT.fullmatch(endpoint) or not REQUEST.fullmatch(request):
        return None
    return f"{application_of(endpoint)}/requests/{request}"


def request_of_id(remote_id: str) -> str:
    return remote_id.rpartition("/")[2]


def groups(endpoints: Sequence[str]) -> Iterator[Sequence[str]]:
    """Groups as large as one query allows."""
    return (endpoints[start : start + MOST_ENDPOINTS] for start in range(0, len(endpoints), MOST_ENDPOINTS))


def with_application(callback: str, endpoint: str) -> str:
    """The webhook address for a request. The webhook's body does not say to which application the request went."""
    return f"{callback}?{urlencode({APPLICATION: application_of(endpoint)})}"
