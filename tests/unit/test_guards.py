"""The header for a proxy that guards a server without keys of its own."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from bot.providers.common.endpoint import Endpoint
from tests.builders import an_account


@pytest.mark.parametrize(
    ("key", "shown"),
    [
        ("none", {}),
        ("None", {}),
        ("a-token", {"Authorization": "Bearer a-token"}),
        ("X-Api-Key: abc def", {"X-Api-Key": "abc def"}),
        ("Authorization: Basic dTpw", {"Authorization": "Basic dTpw"}),
        ("user:word", {"Authorization": "Bearer user:word"}),
    ],
)
def test_a_key_says_itself_how_it_is_shown(key: str, shown: Mapping[str, str]) -> None:
    assert Endpoint(an_account("comfyui", key=key), "").credentials == shown


def test_the_value_of_a_header_is_a_secret_too() -> None:
    assert "abc-def-ghi" in Endpoint(an_account("comfyui", key="X-Api-Key: abc-def-ghi"), "").secrets


def test_a_members_own_key_names_no_header() -> None:
    account = an_account("comfyui", name="comfyui@member:1:2", key="Host: elsewhere.example")
    assert Endpoint(account, "").credentials == {"Authorization": "Bearer Host: elsewhere.example"}


def test_other_dialects_show_their_keys_as_ever() -> None:
    assert Endpoint(an_account(key="none")).credentials == {"Authorization": "Bearer none"}
    assert Endpoint(an_account("gemini", key="k"), "x-goog-api-key").credentials == {"x-goog-api-key": "k"}
