"""Ports for servers that cannot be asked which one they took."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Free just now: whoever takes it first has it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
