"""The machine's trusted certificates are loaded once for all connections that verify them, and for no others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = "from bot.network.certificates import share_certificates, trusted; share_certificates()"
MACHINE_TRUSTS = "len(ssl.create_default_context().get_ca_certs())"


def said_by(code: str) -> str:
    return subprocess.check_output([sys.executable, "-c", f"import ssl; {code}"], cwd=ROOT, text=True).strip()


def test_a_connection_that_is_checked_has_all_that_the_machine_trusts_and_another_none() -> None:
    code = (
        f"{SHARED}; import aiohttp.connector as made; "
        f"print(len(made._SSL_CONTEXT_VERIFIED.get_ca_certs()) == {MACHINE_TRUSTS}, "
        "made._SSL_CONTEXT_UNVERIFIED.get_ca_certs())"
    )
    assert said_by(code) == "True []"


def test_discord_and_the_services_are_checked_by_what_was_read_once() -> None:
    code = f"{SHARED}; import aiohttp.connector as made; print(made._SSL_CONTEXT_VERIFIED is trusted())"
    assert said_by(code) == "True"


def test_what_is_shared_checks_certificates_and_whose_they_are() -> None:
    code = f"{SHARED}; print(trusted().verify_mode is ssl.CERT_REQUIRED, trusted().check_hostname)"
    assert said_by(code) == "True True"


def test_what_others_read_is_read_as_ever() -> None:
    code = (
        f"before = {MACHINE_TRUSTS}; {SHARED}; unchecked = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT); "
        "unchecked.check_hostname = False; unchecked.verify_mode = ssl.CERT_NONE; "
        "unchecked.set_default_verify_paths(); "
        f"print({MACHINE_TRUSTS} == before == len(unchecked.get_ca_certs()), ssl.create_default_context() is trusted())"
    )
    assert said_by(code) == "True False"


def test_where_aiohttp_was_there_before_it_keeps_its_own() -> None:
    code = f"import aiohttp.connector as made; {SHARED}; print(made._SSL_CONTEXT_VERIFIED is trusted())"
    assert said_by(code) == "False"
