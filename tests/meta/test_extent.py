"""Tests of the simulated services alone are skipped only while git reports them unchanged."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.extent import changed

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is what is asked")

AS_SOMEBODY = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")


def git(checkout: Path, *words: str) -> None:
    subprocess.run(["git", *AS_SOMEBODY, *words], cwd=checkout, check=True, capture_output=True)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A clean clone with one folder."""
    origin = tmp_path / "origin"
    (origin / "sandbox").mkdir(parents=True)
    (origin / "sandbox" / "world.py").write_text("1")
    git(origin, "init", "--initial-branch=main")
    git(origin, "config", "receive.denyCurrentBranch", "ignore")
    git(origin, "add", ".")
    git(origin, "commit", "-m", "Begin")
    git(tmp_path, "clone", str(origin), "clone")
    return tmp_path / "clone"


def test_a_clone_has_changed_nothing(checkout: Path) -> None:
    assert not changed("sandbox", checkout=checkout)


def test_an_edit_a_new_file_and_a_commit_are_changes(checkout: Path) -> None:
    edited = checkout / "sandbox" / "world.py"
    edited.write_text("2")
    assert changed("sandbox", checkout=checkout)
    git(checkout, "commit", "--all", "-m", "Change")
    assert changed("sandbox", checkout=checkout)
    git(checkout, "push")
    assert not changed("sandbox", checkout=checkout)
    (checkout / "sandbox" / "new.py").write_text("3")
    assert changed("sandbox", checkout=checkout)


def test_what_lies_elsewhere_does_not_count(checkout: Path) -> None:
    (checkout / "bot.py").write_text("4")
    assert not changed("sandbox", checkout=checkout)


def test_where_git_knows_nothing_everything_has_changed(tmp_path: Path) -> None:
    assert changed("sandbox", checkout=tmp_path)
