"""Every setting: its name in the environment is the field's name in capitals. Read by the composition root only.

A setting may also come from `.env`, and a secret from a file: `DISCORD_TOKEN__FILE=/run/secrets/token`.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from bot.domain.errors import CannotStart
from bot.domain.guild import AccessPolicy

FILE_SUFFIX = "__FILE"


class SecretFiles(PydanticBaseSettingsSource):
    """`NAME__FILE` holds the path of a file whose content is the setting, as container platforms hand out secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002 (the base class asks for it)
        path = os.environ.get(field_name.upper() + FILE_SUFFIX)
        return (_content(path, field_name) if path else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        values = {name: self.get_field_value(field, name)[0] for name, field in self.settings_cls.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


class Settings(BaseSettings):
    """What the host decides. Amounts are US dollars and times are seconds."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True)

    discord_token: SecretStr = Field(description="The bot's token from the Discord developer portal. Required.")
    discord_api_base: str = Field(
        "https://discord.com/api/v10", description="Discord's REST address; change it for a rate-limit proxy."
    )
    discord_gateway_url: str = Field("wss://gateway.discord.gg/", description="Discord's gateway address.")
    discord_media_hosts: tuple[str, ...] = Field(
        ("cdn.discordapp.com", "media.discordapp.net"),
        description="Hosts that pictures given to a command may be fetched from, as a JSON list.",
    )
    openai_api_key: SecretStr | None = Field(
        None, description="Key for a server that speaks the OpenAI Videos dialect; setting it turns the provider on."
    )
    openai_base_url: str = Field(
        "https://api.openai.com/v1", description="Address of that server: a gateway, or a GPU machine of your own."
    )
    openai_server: str = Field(
        "auto",
        description="Which kind of server that is: `auto` finds out; or openai, litellm, bifrost, vllm-omni, sglang, "
        "new-api, saygm, fastvideo, dynamo, plain.",
    )
    gemini_api_key: SecretStr | None = Field(
        None, description="Key for Google's Gemini API, of a project with billing; setting it turns the provider on."
    )
    gemini_base_url: str = Field(
        "https://generativelanguage.googleapis.com/v1beta", description="Address of the Gemini API."
    )
    openrouter_api_key: SecretStr | None = Field(
        None, description="Key for OpenRouter, some thirty hosted models; setting it turns the provider on."
    )
    openrouter_base_url: str = Field("https://openrouter.ai/api/v1", description="Address of OpenRouter's API.")
    openrouter_webhook_secret: SecretStr | None = Field(
        None,
        description="Secret your OpenRouter workspace signs webhooks with; needs HTTP_PORT and an https PUBLIC_URL.",
    )
    accounts_file: Path | None = Field(
        None, description="More accounts at video services (TOML): any number of servers and keys, side by side."
    )
    download_hosts: tuple[str, ...] = Field(
        (),
        description="Other hosts of your network that finished videos may be fetched from without encryption, as a "
        "JSON list.",
    )
    models_file: Path | None = Field(None, description="Your own model catalogue (TOML), laid over the shipped one.")
    data_dir: Path = Field(Path("data"), description="Folder for the database and the finished videos.")
    database_url: str | None = Field(
        None, description="Where the database is; default SQLite in DATA_DIR. postgresql://… for several processes."
    )
    max_concurrent_jobs: int = Field(3, ge=1, description="Renders at once, over all providers and processes.")
    guild_concurrent_jobs: int | None = Field(
        None, ge=1, description="Renders at once for one server; unset: no limit."
    )
    member_concurrent_jobs: int | None = Field(
        None, ge=1, description="Renders at once for one member; unset: no limit, but whoever has fewest goes first."
    )
    poll_min_seconds: float = Field(1.0, gt=0, description="Shortest wait between two looks at a render.")
    poll_max_seconds: float = Field(20.0, gt=0, description="Longest wait between two looks at a render.")
    lease_seconds: float = Field(
        60.0, ge=1, description="How long a step may be held; recovery after a crash takes at most this."
    )
    access_default: AccessPolicy = Field(
        AccessPolicy.GRANTED,
        description="Who may make videos on a new server: `granted` (Manage Server, and roles granted with "
        "/settings access) or `everyone`.",
    )
    guild_monthly_budget_usd: str = Field("25", pattern=r"^\d{1,9}(\.\d{1,6})?$", description="Budget of a new server.")
    confirm_above_usd: str = Field(
        "1.00", pattern=r"^\d{1,9}(\.\d{1,6})?$", description="Ask before a video that costs at least this."
    )
    http_host: str = Field("127.0.0.1", description="Address the web pages are served on; 0.0.0.0 for every network.")
    http_port: int | None = Field(
        None, ge=1, le=65535, description="Port for `/healthz`, `/metrics` and player pages; unset: no web pages."
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]{1,300}$",
        description="Address people reach that port at, for links to videos too large for Discord; unset: no links.",
    )
    metrics_token: SecretStr | None = Field(
        None, description="Word that `/metrics` asks for as a bearer token; unset: open, but shut with PUBLIC_URL."
    )
    log_level: str = Field(
        "INFO",
        pattern="^(DEBUG|INFO|WARNING|ERROR)$",
        description="DEBUG, INFO, WARNING or ERROR. Secrets are blotted out.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 (pydantic-settings names its arguments)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, SecretFiles(settings_cls), dotenv_settings

    @field_validator("discord_api_base", "discord_gateway_url")
    @classmethod
    def _is_an_address(cls, text: str) -> str:
        try:
            parts = urlsplit(text)
            is_one = parts.scheme in {"http", "https", "ws", "wss"} and bool(parts.hostname)
        except ValueError:
            is_one = False
        if not is_one:
            raise ValueError(f"{text!r} is not a web address")
        return text

    @field_validator("discord_token")
    @classmethod
    def _can_be_sent(cls, token: SecretStr) -> SecretStr:
        if not re.fullmatch(r"[\x21-\x7e]+", token.get_secret_value().strip()):
            raise ValueError("it has a space or a character that no token has; copy it anew")
        return token

    @property
    def secrets(self) -> list[str]:
        """Everything that must never be seen in a log."""
        given = (getattr(self, name) for name in type(self).model_fields)
        words = [secret.get_secret_value().strip() for secret in given if isinstance(secret, SecretStr)]
        return words + _passwords(self.database_url or "")


def read_settings() -> Settings:
    """The settings of this process. CannotStart names the first one that is missing or wrong."""
    try:
        return Settings()
    except ValidationError as error:
        raise CannotStart(_sentence(error)) from None
    except SettingsError as error:
        name = re.search(r'field "(\w+)"', str(error))
        raise CannotStart(f"{name[1].upper() if name else 'A setting'} has to be written as JSON.") from None


def _sentence(error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "A setting"
    if first["type"] == "missing":
        return f"{name} is not set. Put it into the environment or into a file called .env; .env.example shows how."
    return f"{name} is not right: {first['msg'].removeprefix('Value error, ')}."


def _passwords(url: str) -> list[str]:
    """The password in a database's address, as it is written there and as it is meant."""
    try:
        password = urlsplit(url).password
    except ValueError:
        password = None
    return [password, unquote(password)] if password else []


def _content(path: str, field_name: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        name = field_name.upper() + FILE_SUFFIX
        raise CannotStart(f"{name} points to {path}, which cannot be read: {error.strerror}.") from None
