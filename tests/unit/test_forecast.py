"""What a card says about the remaining time."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from datetime import timedelta

import pytest

from bot.domain.job import Job, ProgressAt, QueuePosition
from bot.domain.phases import Rendering
from bot.domain.ports.render_history import PastRender
from bot.jobs.timing.estimates import JobEstimate, RenderOutlook, estimate
from bot.jobs.timing.forecast import RenderForecast
from bot.jobs.timing.poll_schedule import PollSchedule
from bot.jobs.timing.render_times import RenderTimes
from tests.builders import NOON, a_job

NOVICE = RenderTimes((), typical=100.0)
NOBODY_KNOWS = RenderTimes((), typical=None)
VETERAN = RenderTimes((80.0, 90.0, 100.0, 110.0, 120.0), typical=300.0)


def after(seconds: float, times: RenderTimes = NOVICE, progress: int | None = None) -> JobEstimate:
    """A render that began that long ago, and was just looked at."""
    forecast = RenderForecast.of([PastRender(seconds=each) for each in times.times], times.typical)
    return foretold(a_render(seconds, ((seconds, progress or 0),)), times, forecast)


def a_render(seconds: float, seen: Sequence[ProgressAt]) -> Job:
    started = NOON - timedelta(seconds=seconds)
    phase = Rendering(remote_id="r", started_at=started, progress=seen[-1][1] or None)
    return a_job(phase, progress_seen=tuple(seen))


def foretold(job: Job, times: RenderTimes, forecast: RenderForecast) -> JobEstimate:
    assert isinstance(job.phase, Rendering)
    return estimate(job, None, times, NOON, RenderOutlook(forecast=forecast, began=job.phase.started_at))


def left(stands: JobEstimate) -> float | None:
    """Seconds until it is ready."""
    return None if stands.ready_at is None else (stands.ready_at - NOON).total_seconds()


def test_without_history_the_cards_own_figure_counts() -> None:
    assert (NOVICE.usual, VETERAN.usual) == (100.0, 100.0)
    assert left(after(0)) == pytest.approx(100.0, rel=0.01)


def test_reported_progress_beats_history() -> None:
    assert left(after(30.0, VETERAN, 50)) == pytest.approx(30.0, rel=0.01)
    assert left(after(30.0, VETERAN, 1)) == left(after(30.0, VETERAN))


def test_what_has_outlasted_everything_has_no_estimate() -> None:
    assert left(after(10_000.0)) is None


def test_a_card_names_the_moment_that_looks_go_by() -> None:
    """Its service spends half of the time at 99 %, so extrapolating a straight line would predict the end at once."""
    past = [PastRender(seconds=2.0 * at, seen=((at, 99), (2.0 * at - 1.0, 99))) for at in range(40, 80)]
    times, forecast = RenderTimes([render.seconds for render in past], typical=None), RenderForecast.of(past, None)
    for seconds, seen in ((60.0, ((60.0, 99),)), (70.0, ((60.0, 99), (70.0, 99)))):
        stands = foretold(a_render(seconds, seen), times, forecast)
        assert left(stands) == pytest.approx(statistics.median(forecast.left(seconds, seen)))
        assert left(stands) == pytest.approx(120.0 - seconds, abs=2.0)
        assert PollSchedule().wait(seconds, seen, forecast) < (left(stands) or 0.0)


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
