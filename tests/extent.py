"""How much is tested: what a change needs, or with KINORA_CRASH_MATRIX=full everything, in the most realistic way."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

FULL = os.environ.get("KINORA_CRASH_MATRIX") == "full"
CHECKOUT = Path(__file__).resolve().parents[1]


def only_in_full(reason: str) -> pytest.MarkDecorator:
    """For slow tests that shorter tests replace almost completely."""
    return pytest.mark.skipif(not FULL, reason=reason)


def examples(number: int) -> int:
    """The number of examples of a property, or a quarter of it unless everything is tested."""
    return number if FULL else number // 4


def changed(*folders: str, checkout: Path = CHECKOUT) -> bool:
    """Whether these differ from the last commit, or from where this branch left the remote's main branch.

    Outside a git checkout that is unknown, so they count as changed.
    """
    uncommitted = _git(checkout, "status", "--porcelain", "--", *folders)
    if uncommitted is None:
        return True
    trunk = _git(checkout, "merge-base", "HEAD", "origin/HEAD")
    committed = trunk and _git(checkout, "diff", "--name-only", trunk.strip(), "HEAD", "--", *folders)
    return bool(uncommitted or committed)


def _git(checkout: Path, *words: str) -> str | None:
    """The output of git; None if it fails."""
    try:
        return subprocess.check_output(["git", *words], cwd=checkout, text=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return None
