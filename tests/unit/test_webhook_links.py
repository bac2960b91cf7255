"""Which services get a webhook address, depending on the settings."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from pydantic import SecretStr

from bot.config.duties import EVERYTHING
from bot.domain.errors import CannotStart
from bot.domain.links import AllHookLinks
from bot.providers.dialects import DIALECTS
from bot.settings import Settings
from bot.wiring.pages.hooks import calls_setting, secret_setting, webhook_links
from tests.builders import a_job, an_account

PUBLIC: dict[str, Any] = {"public_url": "https://kinora.example", "http_port": 8080}
OPENROUTER: dict[str, Any] = {"openrouter_api_key": "k", "openrouter_webhook_secret": "a secret"}
REPLICATE: dict[str, Any] = {"replicate_api_key": "k", "replicate_webhook_secret": "whsec_c2VjcmV0"}

FAL: dict[str, Any] = {"fal_api_key": "k", "fal_webhooks": True}


def links_of(**settings: Any) -> AllHookLinks:
    return webhook_links(Settings(discord_token=SecretStr("token"), **settings), EVERYTHING, b"site key")


def called(**settings: Any) -> list[str]:
    """The accounts whose services get one."""
    return [each.account for each in links_of(**settings).accounts]


def test_each_service_with_a_key_and_a_secret_calls() -> None:
    assert called(**PUBLIC) == []
    assert called(**PUBLIC, **REPLICATE) == ["replicate"]
    assert called(**PUBLIC, **REPLICATE, **OPENROUTER) == ["openrouter", "replicate"]
    assert called(**PUBLIC, replicate_webhook_secret="whsec_c2VjcmV0") == []


def test_a_service_that_publishes_its_keys_needs_no_secret() -> None:
    assert called(**PUBLIC, **FAL) == ["fal"]
    assert called(**PUBLIC, **OPENROUTER, **FAL) == ["openrouter", "fal"]
    assert called(**PUBLIC, fal_webhooks=True) == []
    assert called(**PUBLIC, fal_api_key="k") == []
    settings = Settings(discord_token=SecretStr("token"), **FAL, **PUBLIC)
    assert not webhook_links(settings, EVERYTHING, None).accounts


def test_a_job_is_called_about_by_the_service_that_makes_it() -> None:
    links = links_of(**PUBLIC, **REPLICATE, **OPENROUTER)
    addresses = [links.to(a_job(account=name)) for name in ("openrouter", "replicate", "openai", "replicate@server:1")]
    assert [address and address.split("/")[4] for address in addresses] == ["openrouter", "replicate", None, None]
    assert len({address and address.split("/")[-1] for address in addresses}) == 3  # each with its own signature


@pytest.mark.parametrize("place", [{}, {"http_port": 8080}, {"public_url": "https://k.example"}])
def test_without_an_address_that_can_be_called_nobody_is_told_one(
    place: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        assert called(**place, **REPLICATE, **FAL) == []
    assert "REPLICATE_WEBHOOK_SECRET needs HTTP_PORT and an https PUBLIC_URL" in caplog.text
    assert "FAL_WEBHOOKS needs HTTP_PORT and an https PUBLIC_URL" in caplog.text


@pytest.mark.parametrize("dialect", [name for name, dialect in DIALECTS.items() if dialect.calls])
def test_a_service_that_calls_has_a_setting_for_its_secret_or_needs_none(dialect: str) -> None:
    setting = calls_setting(dialect) if DIALECTS[dialect].publishes_keys else secret_setting(dialect)
    assert setting.lower() in Settings.model_fields


@pytest.mark.parametrize("secret", ["", "secret", "whsec_", "c2VjcmV0"])
def test_a_secret_that_cannot_be_one_stops_the_start(secret: str) -> None:
    with pytest.raises(CannotStart, match="REPLICATE_WEBHOOK_SECRET isn't a secret of webhooks"):
        DIALECTS["replicate"].read_calls(an_account("replicate"), secret.encode())
