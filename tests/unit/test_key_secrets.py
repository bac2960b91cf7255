"""Secrets that encrypt members' and servers' keys: long enough, replaced without losing a key, and never logged."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import cast

import pytest
from pydantic import SecretStr

from bot.doctor.examination import Services
from bot.doctor.report import Level
from bot.domain.errors import CannotStart
from bot.domain.keys.store import KeyStore
from bot.domain.models.catalogue import Catalogue
from bot.logs.lines import Redacting, hide
from bot.settings import GivenSettings, Settings
from bot.wiring.keys.opening import cipher_of, key_secrets, reseal
from storage.keys.cipher import FernetCipher
from tests.keys import ANNS, SECRET, SERVERS

OLD, NEW = "old-secret-" * 4, "new-secret-" * 4


def settings(secret: str | None) -> Settings:
    return GivenSettings(discord_token=SecretStr("t"), keys_secret=None if secret is None else SecretStr(secret))


def test_secrets_are_read_the_one_in_use_first() -> None:
    assert key_secrets(settings(f" {NEW} , {OLD},")) == [NEW, OLD]
    assert (key_secrets(settings(None)), cipher_of(settings(""))) == ([], None)
    assert {NEW, OLD} <= set(settings(f"{NEW}, {OLD}").secrets)


def test_a_secret_that_can_be_guessed_is_one_sentence() -> None:
    with pytest.raises(
        CannotStart, match=r"Each secret in KEYS_SECRET needs at least 32 characters\. Make one with: python3 -c"
    ):
        key_secrets(settings(f"{NEW},too short"))


@pytest.mark.parametrize("given", [",", " , ,"])
def test_commas_without_a_secret_do_not_turn_own_keys_off_without_a_word(given: str) -> None:
    with pytest.raises(CannotStart, match=r"^Each secret in KEYS_SECRET needs at least 32 characters\."):
        key_secrets(settings(given))


def test_the_doctor_says_that_a_bot_with_such_a_secret_does_not_start() -> None:
    services = Services(providers={}, catalogue=Catalogue({}, {}), troubles=())

    def failures(given: str | None) -> list[str]:
        return [each.words for each in services.said(settings(given)) if each.level is Level.FAILURE]

    assert (failures(None), failures(NEW)) == ([], [])
    (words,) = failures("too short")
    assert words.startswith("Each secret in KEYS_SECRET needs at least 32 characters.")


def test_a_key_is_opened_for_its_own_account_and_by_its_own_secret_alone() -> None:
    pytest.importorskip("cryptography", reason="seals own keys")
    cipher = FernetCipher([NEW])
    sealed = cipher.seal(ANNS, SECRET)
    assert SECRET not in sealed
    assert cipher.opened(ANNS, sealed) == SECRET
    assert cipher.opened(SERVERS, sealed) is None
    assert FernetCipher([OLD]).opened(ANNS, sealed) is None
    assert cipher.opened(ANNS, "no token at all") is None


class Sealed:
    """The part of a KeyStore that the start changes."""

    def __init__(self, **rows: str) -> None:
        self.rows = rows

    async def all_sealed(self) -> Mapping[str, str]:
        return dict(self.rows)

    async def reseal(self, account: str, before: str, after: str) -> None:
        assert self.rows[account] == before
        self.rows[account] = after


async def test_at_the_start_keys_are_sealed_anew_under_the_first_secret(caplog: pytest.LogCaptureFixture) -> None:
    pytest.importorskip("cryptography", reason="seals own keys")
    lost = FernetCipher(["lost" * 8]).seal(SERVERS, "k")
    keys = Sealed(**{ANNS: FernetCipher([OLD]).seal(ANNS, SECRET), SERVERS: lost})
    both, store = FernetCipher([NEW, OLD]), cast("KeyStore", keys)
    with caplog.at_level(logging.INFO):
        await reseal(store, both)
    assert FernetCipher([NEW]).opened(ANNS, keys.rows[ANNS]) == SECRET
    assert "sealed anew under the first secret of KEYS_SECRET: 1" in caplog.text
    assert "own keys that no secret of KEYS_SECRET opens: 1; their orders wait" in caplog.text
    assert SECRET not in caplog.text
    again = dict(keys.rows)
    await reseal(store, both)
    assert keys.rows == again


def test_a_key_that_was_learned_while_running_is_in_no_log() -> None:
    handler, record = logging.NullHandler(), logging.LogRecord("x", logging.INFO, "", 0, f"it said {SECRET}", (), None)
    handler.setFormatter(Redacting([]))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        hide("own-key-of-a-shape-nobody-knows")
        record.msg = "it said own-key-of-a-shape-nobody-knows"
        assert "own-key-of" not in handler.format(record)
    finally:
        root.removeHandler(handler)
