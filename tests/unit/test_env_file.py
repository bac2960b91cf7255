"""`.env` as the setup writes it: with all answers, everything else unchanged, and unreadable for other users."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.domain.errors import CannotStart
from bot.setup.env_file import changed, check_place, write

KEPT = """\
# my settings

DISCORD_TOKEN=old   # of last year
export MAX_CONCURRENT_JOBS=2
SOMETHING="of several
DISCORD_TOKEN=lines"
openai_api_key=
"""


def test_settings_change_in_their_places_and_every_other_line_stays() -> None:
    text = changed(KEPT, {"DISCORD_TOKEN": "new", "OPENAI_API_KEY": "key", "GEMINI_API_KEY": "g"})
    assert text == KEPT.replace("DISCORD_TOKEN=old   # of last year", "DISCORD_TOKEN=new").replace(
        "openai_api_key=\n", "OPENAI_API_KEY=key\nGEMINI_API_KEY=g\n"
    )


def test_a_last_line_without_an_end_is_ended() -> None:
    assert changed("LOG_LEVEL=DEBUG", {"DISCORD_TOKEN": "new"}) == "LOG_LEVEL=DEBUG\nDISCORD_TOKEN=new\n"


@pytest.mark.parametrize("value", ["a b", "a#b", " a", "it's", 'say "a"', "back\\slash", "$HOME", "ä", "a=b"])
def test_a_value_is_read_as_it_was_entered(tmp_path: Path, value: str) -> None:
    write(tmp_path / ".env", {"OPENAI_API_KEY": value})
    assert dotenv_values(tmp_path / ".env")["OPENAI_API_KEY"] == value


def test_a_value_that_would_be_read_otherwise_is_not_written(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(KEPT)
    with pytest.raises(CannotStart, match=r"^OPENAI_API_KEY can't be kept in \.env as it is"):
        write(tmp_path / ".env", {"OPENAI_API_KEY": "${HOME}"})
    assert [path.name for path in tmp_path.iterdir()] == [".env"]
    assert (tmp_path / ".env").read_text() == KEPT


def test_only_the_owner_reads_it_and_what_was_there_before_is_kept_each_time(tmp_path: Path) -> None:
    place = tmp_path / ".env"
    assert write(place, {"DISCORD_TOKEN": "first"}) is None
    copies = [write(place, {"DISCORD_TOKEN": word}) for word in ("second", "third")]
    assert copies == [tmp_path / ".env.backup", tmp_path / ".env.backup2"]
    assert [dotenv_values(path)["DISCORD_TOKEN"] for path in (*filter(None, copies), place)] == [
        "first",
        "second",
        "third",
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_a_file_of_windows_keeps_its_line_ends(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("# für Kinora\r\nLOG_LEVEL=DEBUG\r\n".encode("utf-16"))
    write(tmp_path / ".env", {"DISCORD_TOKEN": "new"})
    assert (tmp_path / ".env").read_bytes() == "# für Kinora\nLOG_LEVEL=DEBUG\nDISCORD_TOKEN=new\n".encode()
    (tmp_path / ".env").write_bytes(b"LOG_LEVEL=DEBUG\r\n")
    write(tmp_path / ".env", {"DISCORD_TOKEN": "new"})
    assert (tmp_path / ".env").read_bytes() == b"LOG_LEVEL=DEBUG\r\nDISCORD_TOKEN=new\r\n"


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "settings").write_text("LOG_LEVEL=DEBUG\n")
    (tmp_path / ".env").symlink_to(tmp_path / "elsewhere" / "settings")
    write(tmp_path / ".env", {"DISCORD_TOKEN": "new"})
    assert (tmp_path / ".env").is_symlink()
    assert dotenv_values(tmp_path / "elsewhere" / "settings") == {"LOG_LEVEL": "DEBUG", "DISCORD_TOKEN": "new"}


def test_a_link_to_itself_is_said_so(tmp_path: Path) -> None:
    (tmp_path / ".env").symlink_to(".env")
    with pytest.raises(CannotStart, match=r"\.env is a link that leads back to itself\. Remove it\.$"):
        check_place(tmp_path / ".env")


def test_a_folder_of_that_name_is_said_so(tmp_path: Path) -> None:
    (tmp_path / ".env").mkdir()
    with pytest.raises(CannotStart, match=r"^The settings belong in /.+/\.env, which is a folder\.$"):
        check_place(tmp_path / ".env")
