"""The documents match the code: every setting, every command, both one-line commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
SETTINGS = (ROOT / "docs" / "reference" / "settings.md").read_text()
EXAMPLE = (ROOT / ".env.example").read_text()


def test_every_setting_is_in_the_reference_with_its_own_words() -> None:
    described = {name.upper(): field.description or "" for name, field in Settings.model_fields.items()}
    assert [name for name, words in described.items() if not words] == []
    rows = {name: rf"^\| `{name}` \| .+ \| {re.escape(words)} \|$" for name, words in described.items()}
    assert [name for name, row in rows.items() if not re.search(row, SETTINGS, re.MULTILINE)] == []


def test_every_setting_is_in_the_example() -> None:
    names = [name.upper() for name in Settings.model_fields]
    assert [name for name in names if not re.search(rf"^#?{name}=", EXAMPLE, re.MULTILINE)] == []


def test_the_documents_name_no_setting_that_does_not_exist() -> None:
    named = set(re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE))
    named |= set(re.findall(r"^\| `([A-Z_]+)` \|", SETTINGS, re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}


def test_the_defaults_in_the_example_are_the_real_ones() -> None:
    for name, value in re.findall(r"^#([A-Z_]+)=(.+)$", EXAMPLE, re.MULTILINE):
        default = Settings.model_fields[name.lower()].default
        shown = "[" + ",".join(f'"{host}"' for host in default) + "]" if isinstance(default, tuple) else str(default)
        assert value == shown, name


@pytest.mark.parametrize("kind", ["demo", "tests"])
def test_the_readme_has_one_command_each(kind: str) -> None:
    block = re.search(rf"<!-- {kind} -->\n```sh\n(.+)\n```\n<!-- end -->", README)
    assert block, f"the {kind} command is one line between its marks"
    assert block[1].startswith("python3 -m venv .venv && .venv/bin/pip install --require-hashes -r requirements")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_files_carry_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    pinned = re.findall(r"^[\w.\[\]-]+==", text, re.MULTILINE)
    assert len(pinned) > 20
    assert text.count("--hash=sha256:") >= len(pinned)
