"""Ports for servers that cannot report which one they use."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Free at the moment: the first to use it gets it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port
