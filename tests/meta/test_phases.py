"""Whoever adds a phase is led to every place that has to know it, by the type checker or by one of these tests."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

from bot.domain.phases import PHASES, Kept, Tone, Trait, names_with
from bot.jobs.runner import WHILE
from bot.ui.cards.job_card import TONES
from storage.tables import AMBIGUOUS_STATES, ENDED_STATES, OPEN_STATES
from tests.extent import only_in_full

ROOT = Path(__file__).resolve().parents[2]
MUST_KNOW = (  # files that match phases by type, so that mypy demands a new one
    "bot/jobs/runner.py",
    "bot/ui/cards/job_card.py",
    "bot/ui/text/phrases/cards.py",
    "bot/ui/text/phrases/lists.py",
)


def test_every_phase_says_what_it_is() -> None:
    for name, phase in PHASES.items():
        assert phase.traits, name
        assert isinstance(phase.tone, Tone), name
        at_rest, works, waits = (trait in phase.traits for trait in (Trait.AT_REST, Trait.WORKS_ALONE, Trait.WAITS))
        assert [at_rest, works, waits].count(True) == 1, f"{name} is at rest, works alone or waits: one of them"


def test_what_has_a_video_is_what_the_types_say_has_one() -> None:
    assert {name for name, phase in PHASES.items() if phase in get_args(Kept)} == set(names_with(Trait.HAS_VIDEO))


def test_the_sets_that_rows_and_indexes_were_made_with_are_the_same() -> None:
    """Indexes are partial: another set needs a migration that works with the previous version still running."""
    assert OPEN_STATES == ("awaitingapproval", "posting", "queued", "rendering", "saving", "submitting", "unknown")
    assert ENDED_STATES == ("done", "failed", "posting", "undelivered")
    assert AMBIGUOUS_STATES == ("submitting", "unknown")
    assert names_with(Trait.HOLDS_SLOT) == ("rendering", "submitting", "unknown")


def test_every_step_has_words_for_what_it_was_doing_when_the_bot_stopped() -> None:
    assert set(WHILE) == set(names_with(Trait.WAITS, Trait.WORKS_ALONE))


def test_every_tone_has_a_colour() -> None:
    assert set(TONES) | {Tone.ACTIVE} == set(Tone)


@only_in_full("a type check of everything takes long")
def test_a_new_phase_breaks_the_type_check_where_it_must_be_known(tmp_path: Path) -> None:
    for package in ("bot", "cogs", "storage"):
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__", "sandbox"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    phases = tmp_path / "bot" / "domain" / "phases.py"
    new = "@value_object\nclass Paused:\n    traits: ClassVar[Traits] = frozenset()\n"
    text = phases.read_text().replace(
        "Phase = (\n    Queued", f"{new}    tone: ClassVar[Tone] = Tone.QUIET\n\n\nPhase = (\n    Paused | Queued"
    )
    assert "Paused | Queued" in text
    phases.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--cache-dir", str(tmp_path / "cache"), *MUST_KNOW],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert {line.split(":")[0] for line in done.stdout.splitlines() if "exhaustive-match" in line} == set(MUST_KNOW)
