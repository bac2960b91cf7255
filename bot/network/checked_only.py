"""aiohttp without the certificates that it never looks at: 0.8 MB less, and 0.03 s at a start.

It reads all that the machine trusts twice when it is imported, the second time for connections whose certificates
nobody checks (`ssl=False`). OpenSSL has use for them only where it checks.
"""

from __future__ import annotations

import ssl
import sys
from importlib import import_module

LIBRARY = "aiohttp"
READ = "set_default_verify_paths"


def keep_out_unchecked_certificates() -> None:
    """Import aiohttp; where that was done already, nothing is left to win."""
    if LIBRARY in sys.modules:
        return
    setattr(ssl.SSLContext, READ, _read_if_checked)
    try:
        import_module(LIBRARY)
    finally:
        delattr(ssl.SSLContext, READ)


def _read_if_checked(context: ssl.SSLContext) -> None:
    if context.verify_mode is not ssl.CERT_NONE:
        super(ssl.SSLContext, context).set_default_verify_paths()
