"""aiohttp's certificates: read where somebody checks them, and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
BEFORE = "from bot.network.checked_only import keep_out_unchecked_certificates as keep_out; keep_out()"
MACHINE_TRUSTS = "len(ssl.create_default_context().get_ca_certs())"


def said_by(code: str) -> str:
    return subprocess.check_output([sys.executable, "-c", f"import ssl; {code}"], cwd=ROOT, text=True).strip()


def test_a_connection_that_is_checked_has_all_that_the_machine_trusts_and_another_none() -> None:
    code = (
        f"{BEFORE}; import aiohttp.connector as made; "
        f"print(len(made._SSL_CONTEXT_VERIFIED.get_ca_certs()) == {MACHINE_TRUSTS}, "
        "made._SSL_CONTEXT_UNVERIFIED.get_ca_certs())"
    )
    assert said_by(code) == "True []"


def test_what_others_read_is_read_as_ever() -> None:
    code = (
        f"before = {MACHINE_TRUSTS}; {BEFORE}; unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); "
        "unchecked.check_hostname = False; unchecked.verify_mode = ssl.CERT_NONE; "
        "unchecked.set_default_verify_paths(); "
        f"print({MACHINE_TRUSTS} == before == len(unchecked.get_ca_certs()))"
    )
    assert said_by(code) == "True"
