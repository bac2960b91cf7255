"""The pause between two claims: none when few looks are due, a fifth of a second when hundreds are."""

from __future__ import annotations

import pytest

from bot.jobs.timing.pace import LONGEST, ClaimPace


def after(looks_a_second: int, *, at: float = 10.0) -> ClaimPace:
    """A pace after several seconds with that many looks."""
    pace = ClaimPace()
    for second in range(5):
        pace.note(looks_a_second, at - 4 + second, room=1000)
    return pace


@pytest.mark.parametrize(
    ("looks_a_second", "pause", "expects"),
    [(0, 0.0, False), (1, 0.005, False), (10, 0.05, False), (50, LONGEST, True), (500, LONGEST, True)],
)
def test_the_more_looks_are_due_the_more_of_them_are_claimed_together(
    looks_a_second: int, pause: float, expects: bool
) -> None:
    pace = after(looks_a_second)
    assert pace.pause(10.0) == pytest.approx(pause, rel=0.5)
    assert pace.expects_looks(10.0) is expects


def test_a_rush_that_is_over_holds_nothing_up() -> None:
    pace = after(500)
    assert pace.pause(13.0) == 0.0
    assert not pace.expects_looks(13.0)


def test_what_found_no_room_is_claimed_as_soon_as_there_is_some() -> None:
    pace = after(500)
    pace.note(256, 10.0, room=256)
    pace.note(0, 10.0, room=0)  # meanwhile other steps are claimed
    assert pace.pause(10.0) == 0.0
    assert pace.expects_looks(10.0)


def test_a_claim_of_other_steps_says_nothing_of_polls() -> None:
    pace = after(0)
    pace.note(0, 10.0, room=0)
    assert pace.pause(10.0) == 0.0
    assert not pace.expects_looks(10.0)
