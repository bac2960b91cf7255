"""Settings are read and checked, in any spelling."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.domain.errors import CannotStart
from bot.domain.ports.gateway_lock import Shards
from bot.settings import GivenSettings, Settings, misspelt_settings, read_settings, settings_so_far
from bot.wiring.paths import database_url
from storage.db.address import address, file_of


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)


def test_a_missing_token_is_one_sentence() -> None:
    with pytest.raises(CannotStart, match=r"^DISCORD_TOKEN is not set\. "):
        read_settings()


def test_a_wrong_value_names_its_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("MAX_CONCURRENT_JOBS", "0")
    with pytest.raises(CannotStart, match=r"^MAX_CONCURRENT_JOBS is not right"):
        read_settings()


def test_a_secret_can_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("from-the-file\n")
    monkeypatch.setenv("DISCORD_TOKEN__FILE", str(tmp_path / "token"))
    assert read_settings().discord_token.get_secret_value() == "from-the-file"


def test_a_secret_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN__FILE", "/nowhere/token")
    with pytest.raises(CannotStart, match="DISCORD_TOKEN__FILE points to /nowhere/token"):
        read_settings()


@pytest.mark.parametrize("name", ["DISCORD_API_BASE", "FILES_QUOTA", "SHARD_IDS", "DATA_DIR", "DISCORD_TOKEN__FILE"])
def test_a_value_as_long_as_a_file_is_not_said_whole(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "" if name.startswith("DISCORD_TOKEN") else "t")
    monkeypatch.setenv(name, "x" * 20_000)
    with pytest.raises(CannotStart, match=rf"^{name} .*x…") as no:
        read_settings()
    assert len(no.value.sentence) < 300


def test_an_empty_value_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("OPENAI_API_KEY", "")
    assert read_settings().openai_api_key is None


def test_a_comment_behind_an_empty_setting_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose and Docker pass `OPENROUTER_API_KEY=   # optional` as a value (mtrnix/metronix-memory#471)."""
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    monkeypatch.setenv("OPENROUTER_API_KEY", "# optional")
    monkeypatch.setenv("GEMINI_API_KEY", "#1-key")
    settings = read_settings()
    assert (settings.openrouter_api_key, settings.gemini_api_key) == (None, SecretStr("#1-key"))


@pytest.mark.parametrize("blank", [" ", "\r", "\n", "\t", "\u00a0", "\ufeff"], ids=ascii)
@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_BASE_URL", "DATABASE_URL", "METRICS_TOKEN"])
def test_blanks_and_line_ends_around_a_setting_do_not_belong_to_it(
    monkeypatch: pytest.MonkeyPatch, name: str, blank: str
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv(name, f"{blank}http://host/v1{blank}")
    assert given(name) == "http://host/v1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=ascii)
def test_a_file_of_settings_is_read_whatever_wrote_it(tmp_path: Path, encoding: str, line_end: str) -> None:
    lines = ["# für Kinora", 'DISCORD_TOKEN="t"', "OPENAI_API_KEY=key ", "DATA_DIR=Bücher", ""]
    (tmp_path / ".env").write_bytes(line_end.join(lines).encode(encoding))
    settings = read_settings()
    assert (given("DISCORD_TOKEN"), given("OPENAI_API_KEY")) == ("t", "key")
    assert settings.data_dir == Path("Bücher")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_secret_file_is_read_whatever_wrote_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, encoding: str
) -> None:
    (tmp_path / "token").write_bytes(' "from-the-file"\r\n'.encode(encoding))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DISCORD_TOKEN__FILE", "~/token")
    assert given("DISCORD_TOKEN") == "from-the-file"


def test_a_file_that_is_no_text_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\x00\x01\x02\x03")
    with pytest.raises(CannotStart, match=r"^\.env is not text"):
        read_settings()


@pytest.mark.parametrize("name", ["DATA_DIR", "MODELS_FILE", "ACCOUNTS_FILE"])
def test_a_link_to_itself_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv(name, str(tmp_path / "loop"))
    with pytest.raises(CannotStart, match=rf"^{name} is not right: .*loop is a link that leads back to itself\.$"):
        read_settings()


def test_the_passwords_of_a_database_are_secrets_as_written_and_as_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a-token")
    monkeypatch.setenv("DATABASE_URL", "postgresql://kinora:p%40ss@database/kinora?sslmode=require&SSLPassword=of%20it")
    secrets = read_settings().secrets
    assert sorted({*secrets} - {"a-token"}) == ["of it", "of%20it", "p%40ss", "p@ss"]


def test_an_address_that_cannot_be_read_keeps_no_other_secret_from_being_blotted_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "a-token")
    monkeypatch.setenv("DATABASE_URL", "postgresql://kinora:pa[ss@database/kinora")
    assert "a-token" in read_settings().secrets


def test_the_home_folder_may_be_written_as_in_a_shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("DATA_DIR", "~/My%20Bot")
    monkeypatch.setenv("ACCOUNTS_FILE", "~/accounts.toml")
    settings = read_settings()
    assert (settings.data_dir, settings.accounts_file) == (tmp_path / "My%20Bot", tmp_path / "accounts.toml")


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("LOG_LEVEL", "debug", "DEBUG"),
        ("LOG_LEVEL", "Warn", "WARNING"),
        ("GUILD_MONTHLY_BUDGET_USD", "$25", "25"),
        ("GUILD_MONTHLY_BUDGET_USD", "1.250,00", "1250.00"),
        ("CONFIRM_ABOVE_USD", "0,50", "0.50"),
        ("POLL_MIN_SECONDS", "0,5", "0.5"),
        ("ACCESS_DEFAULT", "Everyone", "everyone"),
        ("MAX_CONCURRENT_JOBS", '"3"', "3"),
        ("OPENAI_SERVER", "vLLM-Omni", "vllm-omni"),
        ("MEMBER_WAITING_JOBS", "999999", "999999"),  # meant as no limit
        ("FILES_ENDPOINT", "http://object_store:9000", "http://object_store:9000"),  # a service name in Compose
    ],
)
def test_a_setting_is_taken_as_it_was_meant(monkeypatch: pytest.MonkeyPatch, name: str, typed: str, meant: str) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv(name, typed)
    assert given(name) == meant


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("LOG_LEVEL", "loud", "it has to be DEBUG, INFO, WARNING or ERROR"),
        (
            "GUILD_MONTHLY_BUDGET_USD",
            "1.250",
            "“1.250” could mean 1.25 or 1250. Write it with two decimals or with none",
        ),
        ("GUILD_MONTHLY_BUDGET_USD", "-1", "it has to be between 0 and 999,999,999 dollars"),
        ("CONFIRM_ABOVE_USD", "0.1234567", "it has more than six digits after the point"),
        ("PUBLIC_URL", "videos.example.org", "it has to be an address like https://videos.example.org"),
        ("PUBLIC_URL", "https://videos.example.org/?a=b", "without ? and #"),
        ("MAX_CONCURRENT_JOBS", "three", "it has to be a whole number"),
        ("MAX_CONCURRENT_JOBS", "0", "it has to be at least 1"),
        ("HTTP_PORT", "70000", "it has to be at most 65535"),
        ("POLL_MIN_SECONDS", "0", "it has to be more than 0"),
        ("POLL_MIN_SECONDS", "soon", "“soon” isn't a number"),
        ("ACCESS_DEFAULT", "all", "it has to be 'granted' or 'everyone'"),
        ("DISCORD_GATEWAY_URL", "wss://host:99999/", "'wss://host:99999/' is not a web address"),
        ("DISCORD_API_BASE", "https://discord..com", "'https://discord..com' is not a web address"),
        ("FILES_ENDPOINT", "https://my store/", "'https://my store/' is not a web address"),
        ("FILES_REDIRECT", "maybe", "it has to be True or False"),
        ("WEBHOOK_HOSTS", "{}", 'it has to be a list, such as ["cdn.example.com"]'),
        ("WEBHOOK_HOSTS", "[8]", "everything in its list has to be in quotes"),
        ("APPROVAL_HOURS", "a day", "“a day” isn't a number"),
        ("FILES_QUOTA", "9999999999 TB", "it has to be less than a million TB"),
        ("LEASE_SECONDS", "1" + "0" * 30, "it has to be at most 86400"),
        ("MAX_CONCURRENT_JOBS", "1" + "0" * 30, "it has to be at most 1000000000"),
        ("OPENAI_BASE_URL", "http://ho\nst", "it has a line break or an invisible character in it"),
    ],
)
def test_a_setting_that_cannot_be_taken_is_explained_in_words(
    monkeypatch: pytest.MonkeyPatch, name: str, typed: str, words: str
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv(name, typed)
    with pytest.raises(CannotStart) as refused:
        read_settings()
    assert refused.value.sentence.startswith(f"{name} is not right: ")
    assert words in refused.value.sentence
    assert "^" not in refused.value.sentence


def test_waits_that_do_not_fit_together_are_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("POLL_MIN_SECONDS", "30")
    with pytest.raises(CannotStart, match=r"^POLL_MIN_SECONDS is more than POLL_MAX_SECONDS\.$"):
        read_settings()


def test_a_short_longest_wait_alone_is_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    monkeypatch.setenv("POLL_MAX_SECONDS", "0.5")
    assert read_settings().poll_max_seconds == 0.5


def test_a_misspelt_setting_is_named_with_what_was_meant(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MAX_CONCURENT_JOBS", "5")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:8080")
    (tmp_path / ".env").write_text("DISCORD_TOKEN_FILE=x\nTZ=UTC\nCOMPOSE_PROJECT_NAME=kinora\n")
    assert misspelt_settings() == [
        "DISCORD_TOKEN_FILE is not a setting; did you mean DISCORD_TOKEN__FILE?",
        "MAX_CONCURENT_JOBS is not a setting; did you mean MAX_CONCURRENT_JOBS?",
    ]


def test_in_the_file_every_name_that_nobody_knows_is_named(tmp_path: Path) -> None:
    lines = ["GEMINI_KEY=g", "BOT_TOKEN=t", "OPENAI_API_BASE=u", "COLOUR=red", "KINORA_LOG_LEVEL=DEBUG", "GPU1_KEY=k"]
    (tmp_path / ".env").write_text("\n".join(lines))
    assert misspelt_settings(used={"GPU1_KEY"}) == [
        "BOT_TOKEN is not a setting; did you mean DISCORD_TOKEN?",
        "COLOUR is not a setting.",
        "GEMINI_KEY is not a setting; did you mean GEMINI_API_KEY?",
        "KINORA_LOG_LEVEL is not a setting; did you mean LOG_LEVEL?",
        "OPENAI_API_BASE is not a setting; did you mean OPENAI_BASE_URL?",
    ]


def test_what_the_file_for_compose_reads_from_it_is_no_slip(tmp_path: Path) -> None:
    compose = (Path(__file__).resolve().parents[2] / "compose.scale.yaml").read_text()
    names = set(re.findall(r"\$\{(\w+)", compose))
    (tmp_path / ".env").write_text("".join(f"{name}=x\n" for name in names))
    assert len(names) == 2
    assert misspelt_settings() == []


def test_in_the_environment_only_what_looks_like_ours_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_ORG_ID", "GOOGLE_API_KEY", "TOKEN", "COLOUR", "LANG", "NO_PROXY", "GUILD_BUDGET", "LOGLEVEL"):
        monkeypatch.setenv(name, "something")
    assert misspelt_settings() == [
        "GUILD_BUDGET is not a setting.",
        "LOGLEVEL is not a setting; did you mean LOG_LEVEL?",
    ]


def test_what_is_missing_may_be_there_under_a_name_with_a_slip(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DISCORD_TOKN=t\n")
    with pytest.raises(CannotStart, match=r"^DISCORD_TOKEN is not set\. .* did you mean DISCORD_TOKEN\?$"):
        read_settings()


def test_what_is_right_of_the_settings_is_there_for_those_who_can_do_with_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("LOG_LEVEL=loud\nMAX_CONCURRENT_JOBS=7\nGEMINI_API_KEY__FILE=/nowhere\n")
    monkeypatch.setenv("POLL_MIN_SECONDS", "30")
    so_far = settings_so_far({"MEMBER_WAITING_JOBS": "2"})
    assert sorted(so_far.troubles) == ["DISCORD_TOKEN", "GEMINI_API_KEY", "LOG_LEVEL", "POLL_MIN_SECONDS"]
    settings = so_far.settings
    assert not settings.has_token
    assert (settings.log_level, settings.poll_min_seconds, settings.gemini_api_key) == ("INFO", 1.5, None)
    assert (settings.max_concurrent_jobs, settings.member_waiting_jobs) == (7, 2)


def given(name: str) -> str:
    """The parsed value of a setting."""
    value = getattr(read_settings(), name.lower())
    return str(value.get_secret_value() if isinstance(value, SecretStr) else value)


@pytest.mark.parametrize("name", ["My%20Bot", "what?", "bot#1", "my bot", "Büro", "100%", "a?b=c&d#e", "x@y:z"])
def test_the_database_lies_in_the_data_folder_whatever_that_is_called(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "t")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / name))
    monkeypatch.setenv("OPENROUTER_API_KEY", "sk-or-a-key-of-some-length")
    assert file_of(address(database_url(read_settings()))) == tmp_path / name / "kinora.db"


@pytest.mark.parametrize(
    ("written", "ids"), [("0", (0,)), ("0,1", (0, 1)), (" 1 - 3, 0 ", (0, 1, 2, 3)), (None, (0, 1, 2, 3))]
)
def test_shards_are_numbers_and_ranges(written: str | None, ids: tuple[int, ...]) -> None:
    settings = GivenSettings.model_validate({"discord_token": "x", "shard_count": "4", "shard_ids": written})
    assert settings.shards == Shards(count=4, ids=ids)


@pytest.mark.parametrize(
    ("count", "ids", "sentence"),
    [
        ("4", "0,4", "SHARD_IDS is not right: with SHARD_COUNT=4 the last shard is 3, not 4."),
        ("1", "1", "SHARD_IDS is not right: with SHARD_COUNT=1 the last shard is 0, not 1."),
        ("4", "first", "SHARD_IDS is not right: 'first' is not a shard; write numbers such as 0,1 or 0-3."),
        ("4", "3-1", "SHARD_IDS is not right: '3-1' has no shards."),
        ("4", ",", "SHARD_IDS is not right: it names no shard."),
        ("none", "0", "SHARD_COUNT is not right: it has to be a whole number."),
        ("0", "0", "SHARD_COUNT is not right: it has to be at least 1."),
    ],
)
def test_shards_that_are_not_there_are_named(count: str, ids: str, sentence: str) -> None:
    found = settings_so_far({"DISCORD_TOKEN": "x", "SHARD_COUNT": count, "SHARD_IDS": ids})
    assert sentence in found.troubles.values()


def test_each_setting_that_is_a_list_is_read_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "token")
    lists = {name for name, field in Settings.model_fields.items() if field.annotation == tuple[str, ...]}
    for name in lists:
        monkeypatch.setenv(name.upper(), '["minio", "n8n"]')
    settings = read_settings()
    assert {getattr(settings, name) for name in lists} == {("minio", "n8n")}
