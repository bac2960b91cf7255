"""The id that is kept of a request: its address below the queue's, without what follows the application's name.

Made of nothing but the endpoint and the request's own id, so that an order and a line of the list give the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

REQUEST = re.compile(r"[A-Za-z0-9_-]{1,100}")
ENDPOINT = re.compile(r"\w[\w.-]*(?:/\w[\w.-]*)+", re.ASCII)  # no part leads upwards
APPLICATION = "application"  # in the address of a call
MOST_ENDPOINTS = 50  # that one question may name
NAMESPACES = frozenset({"workflows", "comfy"})  # before an owner's name


def application_of(endpoint: str) -> str:
    """`fal-ai/veo3.1` of `fal-ai/veo3.1/image-to-video`: how a request is asked about."""
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
    """As many at once as one question may name."""
    return (endpoints[start : start + MOST_ENDPOINTS] for start in range(0, len(endpoints), MOST_ENDPOINTS))


def with_application(callback: str, endpoint: str) -> str:
    """The address that is to be called about a request. The call itself does not say at which application that is."""
    return f"{callback}?{urlencode({APPLICATION: application_of(endpoint)})}"
