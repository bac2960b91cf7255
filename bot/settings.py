"""Every setting: its name in the environment is the field's name in capitals. Read by the composition root only.

A setting may also come from `.env`, and a secret from a file: `DISCORD_TOKEN__FILE=/run/secrets/token`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.config.environment import read_texts, read_what_can_be
from bot.config.errors import sentence_of
from bot.config.misspelt import misspelt
from bot.config.services import OPENAI, ServiceSettings
from bot.config.types import (
    LONGEST_WAIT,
    MOST_AT_ONCE,
    MOST_MEGABYTES,
    MOST_SHARDS,
    Address,
    Dollars,
    InAnyCase,
    Level,
    LocalPath,
    Number,
    Page,
    ShardIds,
    StorageBytes,
    Token,
)
from bot.data_classes import value_object
from bot.domain.errors import CannotStart
from bot.domain.guild import AccessPolicy
from bot.domain.moderation.rules import WhenDown
from bot.domain.ports.gateway_lock import Shards
from bot.domain.texts.redaction import passwords_in
from bot.logs.lines import LogFormat

LISTS = frozenset({"DISCORD_MEDIA_HOSTS", "DOWNLOAD_HOSTS", "WEBHOOK_HOSTS"})  # written as JSON
NO_TOKEN = "none"  # noqa: S105 - what stands for a token that nobody needs, or that is missing
FIT_TOGETHER = ("poll_min_seconds", "poll_max_seconds")


class CleanedTexts(PydanticBaseSettingsSource):
    """Environment, `NAME__FILE` and `.env`, however they were written.

    pydantic's own sources read files only as UTF-8, and keep stray blanks and quotes.
    """

    def get_field_value(self, _: FieldInfo, field_name: str) -> tuple[object, str, bool]:
        return self().get(field_name), field_name, False

    def __call__(self) -> dict[str, object]:
        names = [name.upper() for name in self.settings_cls.model_fields]
        return {name.lower(): value for name, value in read_texts(names, LISTS).items()}


class Settings(ServiceSettings):
    """The settings of the host. Amounts are in US dollars and times in seconds."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True)

    discord_token: Token = Field(description="The bot's token from the Discord developer portal. Required.")
    discord_api_base: Address = Field(
        "https://discord.com/api/v10", description="Discord's REST address; change it for a rate-limit proxy."
    )
    discord_gateway_url: Address = Field("wss://gateway.discord.gg/", description="Discord's gateway address.")
    shard_count: int = Field(
        1, ge=1, le=MOST_SHARDS, description="Total number of shards; needed only beyond 2,500 servers."
    )
    shard_ids: ShardIds | None = Field(
        None, description="Shards that this process connects, such as `0,1` or `0-3`; unset: all of them."
    )
    discord_media_hosts: tuple[str, ...] = Field(
        ("cdn.discordapp.com", "media.discordapp.net"),
        description="Hosts from which images given to a command may be fetched, as a JSON list.",
    )
    accounts_file: LocalPath | None = Field(
        None, description="Further accounts at video services (TOML): any number of servers and keys."
    )
    download_hosts: tuple[str, ...] = Field(
        (),
        description="Other hosts in your network from which finished videos may be fetched, even without encryption, "
        "as a JSON list.",
    )
    models_file: LocalPath | None = Field(
        None, description="Your own model catalogue (TOML), which overrides the shipped one."
    )
    keys_secret: SecretStr | None = Field(
        None,
        description="Secret that encrypts keys of /keys and secrets of webhooks; unset: both are off. See its guide.",
    )
    webhook_hosts: tuple[str, ...] = Field(
        (), description="Hosts that webhooks may call over http and in your own network, as a JSON list."
    )
    data_dir: LocalPath = Field(Path("data"), description="Folder for the database and the finished videos.")
    files_url: str | None = Field(
        None,
        description="Where videos and pictures are stored: `s3://bucket`, `gs://bucket` or `az://container`, each with "
        "an optional folder; unset: in DATA_DIR.",
    )
    files_endpoint: Address | None = Field(None, description="Address of your own S3-compatible server.")
    files_region: str | None = Field(None, description="Region of the S3 bucket.")
    files_access_key: SecretStr | None = Field(
        None, description="Access key for the S3 bucket; unset: found where AWS's own tools look."
    )
    files_secret_key: SecretStr | None = Field(None, description="Secret key for the S3 bucket.")
    files_credentials: LocalPath | None = Field(
        None, description="File with the key of a Google service account; unset: found where Google's tools look."
    )
    files_cache_mb: int = Field(
        1000,
        ge=0,
        le=MOST_MEGABYTES,
        description="Megabytes in DATA_DIR for caching the latest files, with FILES_URL.",
    )
    files_redirect: bool = Field(default=False, description="Browsers load videos from there, by signed addresses.")
    files_quota: StorageBytes | None = Field(None, description="Most that all kept videos may take, such as `50 GB`.")
    database_url: str | None = Field(
        None, description="Address of the database; unset: SQLite in DATA_DIR. postgresql://… for several processes."
    )
    max_concurrent_jobs: int = Field(
        3, ge=1, le=MOST_AT_ONCE, description="Simultaneous renders, over all providers and processes."
    )
    guild_concurrent_jobs: int | None = Field(
        None, ge=1, le=MOST_AT_ONCE, description="Simultaneous renders for one server; unset: no limit."
    )
    member_concurrent_jobs: int | None = Field(
        None,
        ge=1,
        le=MOST_AT_ONCE,
        description="Simultaneous renders for one member; unset: no limit, but whoever has the fewest goes first.",
    )
    member_waiting_jobs: int = Field(
        5, ge=1, le=MOST_AT_ONCE, description="Orders of one member that may wait on a server."
    )
    poll_min_seconds: Number = Field(
        1.5, gt=0, le=LONGEST_WAIT, description="Shortest interval between two polls of a render."
    )
    poll_max_seconds: Number = Field(
        20.0, gt=0, le=LONGEST_WAIT, description="Longest interval between two polls of a render."
    )
    lease_seconds: Number = Field(
        60.0,
        ge=1,
        le=LONGEST_WAIT,
        description="How long a worker may hold a step; recovery after a crash takes at most this long.",
    )
    access_default: InAnyCase[AccessPolicy] = Field(
        AccessPolicy.GRANTED,
        description="Who may make videos on a new server: `granted` (Manage Server, and roles granted with "
        "/settings access) or `everyone`.",
    )
    guild_monthly_budget_usd: Dollars = Field("25", description="Monthly budget of a new server.")
    approval_hours: Number = Field(24, gt=0, le=720, description="Hours an order waits for approval before it ends.")
    confirm_above_usd: Dollars = Field("1.00", description="Ask before a video that costs at least this.")
    moderation_api_key: SecretStr | None = Field(
        None, description="Key for OpenAI's moderation model, which is free; setting it lets servers turn it on."
    )
    moderation_base_url: str = Field(OPENAI, description="Address of that model's API.")
    moderation_model: str = Field("omni-moderation-latest", description="Name of that model.")
    moderation_when_down: InAnyCase[WhenDown] = Field(
        WhenDown.ALLOW,
        description="What to do with orders while that model doesn't answer: `allow`, or `refuse` (free of charge).",
    )
    helper_base_url: Address | None = Field(
        None,
        description="Address of an OpenAI-style chat API that improves prompts and describes images; unset: no prompt "
        "helper.",
    )
    helper_api_key: SecretStr | None = Field(None, description="Key for it; your own server may need none.")
    helper_model: str | None = Field(None, description="Name of the chat model there; it should understand images.")
    helper_price_in_usd: Dollars | None = Field(
        None, description="Price of a million input tokens; 0 for your own server."
    )
    helper_price_out_usd: Dollars | None = Field(None, description="Price of a million output tokens.")
    http_host: str = Field("127.0.0.1", description="Address to serve the web pages on; 0.0.0.0 for every network.")
    http_port: int | None = Field(
        None, ge=1, le=65535, description="Port for `/healthz`, `/metrics`, players and galleries; unset: no web pages."
    )
    public_url: Page | None = Field(
        None,
        description="Address at which people reach that port, for links to large videos and to galleries; unset: no "
        "links.",
    )
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token that `/metrics` requires; unset: open, but closed with PUBLIC_URL."
    )
    log_level: Level = Field("INFO", description="DEBUG, INFO, WARNING or ERROR. Secrets are redacted.")
    log_format: InAnyCase[LogFormat] = Field(
        LogFormat.TEXT, description="`text` for people, or `json`: one object per line."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        *_others: PydanticBaseSettingsSource,
        **_named: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, CleanedTexts(settings_cls)

    @model_validator(mode="after")
    def _fit_together(self) -> Settings:
        # If only the longest wait is set, and is short, it applies to the shortest as well.
        if "poll_min_seconds" in self.model_fields_set and self.poll_min_seconds > self.poll_max_seconds:
            raise ValueError("POLL_MIN_SECONDS is more than POLL_MAX_SECONDS")
        return self

    @property
    def shards(self) -> Shards:
        ids = self.shard_ids or range(self.shard_count)
        return Shards(count=self.shard_count, ids=tuple(ids))

    @property
    def has_token(self) -> bool:
        return self.discord_token.get_secret_value() != NO_TOKEN

    @property
    def secrets(self) -> list[str]:
        """Everything that must never appear in a log."""
        given = (getattr(self, name) for name in type(self).model_fields)
        words = [secret.get_secret_value().strip() for secret in given if isinstance(secret, SecretStr)]
        words += [part.strip() for word in words if "," in word for part in word.split(",")]  # KEYS_SECRET
        return words + passwords_in(self.database_url or "")


class GivenSettings(Settings):
    """Settings from given values only, not from the environment."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 (pydantic-settings names its arguments)
        init_settings: PydanticBaseSettingsSource,
        *_others: PydanticBaseSettingsSource,
        **_named: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings,)


@value_object
class SettingsSoFar:
    """`settings` have the default if something is missing or wrong; `troubles` have a sentence for each."""

    settings: Settings
    troubles: Mapping[str, str]  # by name


def read_settings(*, with_discord: bool = True) -> Settings:
    """The settings of this process. CannotStart names the first one that is missing or wrong.

    Tasks that do not talk to Discord do not need its token.
    """
    needs_token = with_discord or read_texts(["DISCORD_TOKEN"], ())
    try:
        return Settings() if needs_token else Settings(discord_token=SecretStr(NO_TOKEN))
    except ValidationError as error:
        sentence = sentence_of(error.errors()[0])
    raise CannotStart(with_slips(sentence))


def settings_so_far(entered: Mapping[str, str] | None = None) -> SettingsSoFar:
    """The settings that are valid, for tasks that need no more.

    Values that were `entered`, by name, take precedence.
    """
    names = [name.upper() for name in Settings.model_fields]
    texts, unread = read_what_can_be(names, LISTS, entered or {})
    values, troubles = {name.lower(): text for name, text in texts.items()}, dict(unread)
    while True:
        try:
            return SettingsSoFar(settings=GivenSettings.model_validate(values), troubles=troubles)
        except ValidationError as error:
            for each in error.errors():
                wrong = [str(each["loc"][0])] if each["loc"] else FIT_TOGETHER
                troubles.setdefault(wrong[0].upper(), sentence_of(each))
                values = {name: value for name, value in values.items() if name not in wrong}
            values.setdefault("discord_token", NO_TOKEN)


def misspelt_settings(used: Collection[str] = ()) -> Sequence[str]:
    """A sentence for each name that was probably meant to be a setting; `used` are names with another use."""
    return misspelt((name.upper() for name in Settings.model_fields), used)


def with_slips(sentence: str) -> str:
    """With hints: a missing setting may be there under a misspelt name."""
    return " ".join([sentence, *misspelt_settings()])
