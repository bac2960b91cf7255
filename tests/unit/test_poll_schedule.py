"""When to poll a render again, and what past renders reveal about its end."""

from __future__ import annotations

import functools
import json
from itertools import pairwise
from pathlib import Path

import pytest

import bench.polling
from bench.polling.bounds import bound, by_progress
from bench.polling.policies import Ours, fixed, growing
from bench.polling.watching import Figures, figures, renders, sample
from bot.domain.ids import JobId
from bot.domain.ports.render_history import PastRender
from bot.jobs.timing.calls import ENOUGH_CALLED, LAST, MOST_UNCALLED, ServiceCalls
from bot.jobs.timing.forecast import RenderForecast, noted
from bot.jobs.timing.hazard import wait_for_end, wait_for_random_end
from bot.jobs.timing.poll_schedule import PollSchedule, backoff
from tests.extent import only_in_full

RECORDED = Path(bench.polling.__file__).with_name("recorded.json")
ROUNDED = 0.005
SCHEDULE = PollSchedule()
STEADY = RenderForecast.of([PastRender(seconds=80.0 + number) for number in range(41)], None)
NEW = RenderForecast.of([], 100.0)


@functools.cache
def ours() -> Figures:
    return figures(Ours(), *sample())


def test_figures_of_the_simulation_are_no_worse_than_recorded() -> None:
    """They depend only on the rule. If you improve them, record them."""
    recorded = json.loads(RECORDED.read_text())
    assert ours().polls <= recorded["polls"] + ROUNDED
    assert ours().delay <= recorded["delay"] + ROUNDED


def test_the_schedule_beats_fixed_waits_and_backoff() -> None:
    tabs, backing = (figures(each, *sample()) for each in (fixed(10.0), growing(15.0, 60.0, 1.5)))
    assert ours().polls < min(12.5, tabs.polls)
    assert ours().delay < min(1.5, tabs.delay / 3, backing.delay / 15)


@only_in_full("two thousand renders more tell the same of the rule, and only they of what no rule can beat")
def test_the_schedule_is_near_what_no_rule_can_beat() -> None:
    many = figures(Ours(), renders(1000, 600), renders(0, 2500))
    assert many.product < 3.5 * bound(renders(0, 2500), by_progress)


def test_looks_come_closer_towards_the_expected_end() -> None:
    waits = [SCHEDULE.wait(elapsed, (), STEADY) for elapsed in (5.0, 70.0, 85.0, 115.0)]
    assert all(later < sooner for sooner, later in pairwise(waits))
    assert waits[0] == 20.0


def test_reported_progress_beats_history() -> None:
    slow, quick = ((10.0, 20), (30.0, 40)), ((10.0, 20), (30.0, 97))
    assert SCHEDULE.wait(30.0, slow, STEADY) > 8
    assert SCHEDULE.wait(30.0, quick, STEADY) < 3
    assert SCHEDULE.wait(30.0, ((30.0, 1),), STEADY) == SCHEDULE.wait(30.0, (), STEADY)


def test_what_stands_at_the_end_is_looked_at_ever_more_calmly() -> None:
    waits = [SCHEDULE.wait(at, ((50.0, 99), (at, 99)), STEADY) for at in (50.1, 60.0, 300.0, 2000.0)]
    assert waits == sorted(waits)
    assert waits[0] == SCHEDULE.least
    assert waits[-1] == 60.0


def test_the_services_own_hint_is_never_undercut() -> None:
    assert SCHEDULE.wait(95.0, ((95.0, 99),), STEADY, hint=30.0) == 30.0
    assert SCHEDULE.first(7.0) == 7.0


@pytest.mark.parametrize(("draw", "wait"), [(0.0, 18.0), (1.0, 22.0)])
def test_waits_are_spread_by_a_tenth(draw: float, wait: float) -> None:
    assert SCHEDULE.wait(10.0, (), STEADY, draw=draw) == pytest.approx(wait)


def test_few_looks_are_needed_where_the_service_calls() -> None:
    assert SCHEDULE.wait(90.0, (), STEADY, is_called=True) > 3 * SCHEDULE.wait(90.0, (), STEADY)


def test_without_history_the_cards_own_figure_counts() -> None:
    assert SCHEDULE.wait(90.0, (), NEW) < SCHEDULE.wait(5.0, (), NEW)
    assert RenderForecast.of([PastRender(seconds=10.0)] * 3, 100.0).times[30] == pytest.approx(10.0, rel=0.1)


def test_an_end_lay_between_the_last_two_looks() -> None:
    """Estimates from ends as they were noticed would lead to later and later polls."""
    past = [PastRender(seconds=100.0, seen=((3.0, 0), (90.0, 0)))] * 10
    assert set(RenderForecast.of(past, None).times) == {95.0}


def test_how_far_progress_is_off_is_learnt_by_tenths() -> None:
    hurries_at_the_end = [PastRender(seconds=60.5, seen=((50.0, 52), (60.0, 52)))] * 20
    learnt = RenderForecast.of(hurries_at_the_end, None)
    assert list(learnt.errors) == [5]
    assert list(learnt.left(50.0, ((50.0, 52),))) == [pytest.approx(10.25)] * 60
    assert max(STEADY.left(50.0, ((50.0, 52),))) > 46


def test_few_looks_of_a_render_are_kept() -> None:
    seen: tuple[tuple[float, int], ...] = ()
    for second in range(1000):
        seen = noted(seen, (float(second), min(99, second // 5)))
    assert len(seen) == 21
    assert seen[:3] == ((0.0, 0), (45.0, 9), (50.0, 10))
    assert seen[-2:] == ((495.0, 99), (999.0, 99))


def test_a_random_end_is_waited_for_by_the_same_rule() -> None:
    spread = [30.0 * (number + 0.5) / 10 for number in range(2000)]  # evenly over ten minutes: 1/600 per second
    assert wait_for_end(spread, patience=0.4, most=60.0) == pytest.approx(
        wait_for_random_end(600.0, patience=0.4, most=60.0), rel=0.02
    )


@pytest.mark.parametrize(("elapsed", "wait"), [(300.0, 27.15), (2000.0, 60.0)])
def test_what_has_outlasted_everything_known_waits_for_a_share_of_its_lateness_up_to_a_minute(
    elapsed: float, wait: float
) -> None:
    assert STEADY.late == 119.0
    assert SCHEDULE.wait(elapsed, (), STEADY) == pytest.approx(wait)


def test_a_call_before_the_end_is_seen_counts() -> None:
    calls = ServiceCalls()
    calls.heard("openai", JobId("J0"))
    calls.ended("openai", JobId("J0"))
    assert calls.has_called("openai", JobId("J0"))


def test_calls_of_long_ago_do_not_count() -> None:
    calls = ServiceCalls()
    for number in range(ENOUGH_CALLED):
        calls.heard("openai", JobId(f"old {number}"))
    for number in range(LAST - ENOUGH_CALLED + 1):
        calls.heard("openai", JobId(f"J{number}"))
    assert not calls.has_called("openai", JobId("old 0"))
    assert calls.has_called("openai", JobId("old 1"))


def test_calls_are_relied_on_once_they_came_and_while_they_come() -> None:
    job_ids = [JobId(f"J{number}") for number in range(20)]
    calls = ServiceCalls()
    for job_id in job_ids[:ENOUGH_CALLED]:
        assert not calls.are_relied_on("openai")
        calls.ended("openai", job_id)
        calls.heard("openai", job_id)
    assert calls.are_relied_on("openai")
    assert not calls.are_relied_on("gemini")
    for job_id in job_ids[ENOUGH_CALLED : ENOUGH_CALLED + MOST_UNCALLED + 1]:
        calls.ended("openai", job_id)
    assert not calls.are_relied_on("openai")


def test_backoff_doubles_up_to_its_bound() -> None:
    assert [backoff(tries) for tries in (0, 1, 3, 50, 5000)] == [1.0, 2.0, 8.0, 60.0, 60.0]
