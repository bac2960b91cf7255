"""Ports for servers that cannot report which one they use."""

from __future__ import annotations

import random
import socket

OURS = range(20_000, 32_000)  # below those that systems give to whoever does not choose: nobody gets one by chance

_given: set[int] = set()


def free_port() -> int:
    """Free at the moment, and not given again by this process: its server may take seconds to use it."""
    dice = random.SystemRandom()  # each process has other ones, whatever a test does with `random`
    while True:
        port = dice.choice(OURS)
        if port not in _given and _is_free(port):
            _given.add(port)
            return port


def free_ports(count: int) -> list[int]:
    return [free_port() for _ in range(count)]


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
