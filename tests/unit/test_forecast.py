"""What a card says about the time to go."""

from __future__ import annotations

from datetime import timedelta

from bot.domain.job import QueuePosition
from bot.domain.phases import Rendering
from bot.jobs.timing.estimates import JobEstimate, RenderTimes, estimate
from tests.builders import NOON, a_job

NOVICE = RenderTimes((), typical=100.0)
NOBODY_KNOWS = RenderTimes((), typical=None)
VETERAN = RenderTimes((80.0, 90.0, 100.0, 110.0, 120.0), typical=300.0)


def after(seconds: float, times: RenderTimes = NOVICE, progress: int | None = None) -> JobEstimate:
    """A render that began so long ago."""
    started = NOON - timedelta(seconds=seconds)
    return estimate(a_job(Rendering(remote_id="r", started_at=started, progress=progress)), None, times, NOON)


def test_without_history_the_cards_own_figure_counts() -> None:
    assert (NOVICE.usual, VETERAN.usual) == (100.0, 100.0)
    assert NOVICE.remaining(40.0, None) == 60.0


def test_reported_progress_beats_history() -> None:
    assert VETERAN.remaining(30.0, 50) == 30.0
    assert VETERAN.remaining(30.0, 1) == VETERAN.remaining(30.0, None) == 70.0


def test_what_has_outlasted_everything_has_no_estimate() -> None:
    assert NOVICE.remaining(101.0, None) is None


def test_the_time_to_go_of_a_waiting_job_counts_whole_rounds() -> None:
    stands = estimate(a_job(), QueuePosition(ahead=1, running=3, places=3), NOVICE, NOON)
    assert stands.ready_at == NOON + timedelta(seconds=200)


def test_a_late_render_says_so() -> None:
    stands = after(200)
    assert (stands.late, stands.ready_at, stands.any_moment, stands.percent) == (True, None, False, None)


def test_a_render_goes_from_an_estimated_bar_to_any_moment_to_late() -> None:
    told = [(each.percent, each.any_moment, each.late) for each in map(after, (0, 34, 99, 100, 149, 150))]
    assert told == [
        (0, False, False),
        (30, False, False),
        (90, False, False),
        (90, True, False),
        (90, True, False),
        (None, False, True),
    ]


def test_a_card_is_drawn_again_for_each_step_of_its_bar_and_when_the_usual_time_is_over() -> None:
    assert [after(seconds).changes_in for seconds in (0, 34, 95, 100, 150)] == [10.0, 6.0, 5.0, 50.0, None]
    assert after(34, progress=20).changes_in == 66.0
    quick = RenderTimes((8.0,), typical=None)
    assert [after(seconds, quick).changes_in for seconds in (0, 1, 5)] == [5.0, 4.0, 3.0]


def test_reported_progress_is_no_estimate_and_a_service_in_the_middle_is_not_done_any_moment() -> None:
    assert after(120, progress=40).any_moment is False
    assert after(120, progress=95).any_moment is True
    assert after(50, progress=40).percent is None
    assert after(50, progress=0).percent == 50


def test_what_people_are_told_is_their_servers_own_then_everybodys_then_the_cards() -> None:
    everywhere = RenderTimes((8.0, 90.0, 100.0), typical=300.0)
    own = RenderTimes((8.0, 90.0, 100.0), typical=300.0, here=(8.0,))
    assert [each.told for each in (own, everywhere, NOVICE, NOBODY_KNOWS)] == [8.0, 90.0, 100.0, None]
    assert [after(10, each).is_first for each in (own, everywhere, NOVICE, NOBODY_KNOWS)] == [False, False, True, True]


def test_of_what_nobody_has_timed_nothing_is_foretold() -> None:
    stands = after(1000, NOBODY_KNOWS)
    assert (stands.usual, stands.percent, stands.any_moment, stands.late, stands.changes_in) == (
        None,
        None,
        False,
        False,
        None,
    )
