"""Trusted certificates: those that the machine trusts, loaded once for all connections.

Each library loads them for itself, and aiohttp twice on import, the second time for connections whose certificates
nobody checks (`ssl=False`), where OpenSSL does not need them. Each time takes 1 MB and up to 0.05 s.
"""

from __future__ import annotations

import ssl
import sys
from functools import cache
from importlib import import_module

LIBRARY = "aiohttp"
MAKE, READ = "create_default_context", "set_default_verify_paths"

trusted = cache(ssl.create_default_context)


def share_certificates() -> None:
    """Import aiohttp with `trusted` in place of its own; does nothing if it is imported already."""
    if LIBRARY in sys.modules:
        return
    made = ssl.create_default_context
    setattr(ssl, MAKE, trusted)
    setattr(ssl.SSLContext, READ, _read_if_checked)
    try:
        import_module(LIBRARY)
    finally:
        delattr(ssl.SSLContext, READ)
        setattr(ssl, MAKE, made)


def _read_if_checked(context: ssl.SSLContext) -> None:
    if context.verify_mode is not ssl.CERT_NONE:
        super(ssl.SSLContext, context).set_default_verify_paths()
