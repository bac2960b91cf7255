"""The wording of /stats."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain.money.costs import MADE, DateRange
from bot.domain.stats import ModelStats, RatedVideos, UsualTimes, VideoStats
from bot.domain.studio.ratings import VideoRating
from bot.ui.text.phrases.reports import stats
from bot.ui.text.render import render


@pytest.mark.parametrize(("renders", "said"), [(9, False), (10, True)])
def test_nine_of_ten_is_said_of_ten_videos_at_least(renders: int, said: bool) -> None:
    entry = ModelStats(model="sora-2", outcomes={MADE: renders}, times=UsualTimes(renders=renders, median=8.0, p90=9.0))
    assert ("9 of 10 within" in render(stats.model(entry, "Sora 2"))) is said


def test_what_members_think_is_said_where_anybody_said_it() -> None:
    nobody = VideoStats(days=DateRange(None, None), models=(), made={}, hours=())
    assert stats.rated(nobody) is None
    known = RatedVideos(count=2, rating=VideoRating(likes=5, dislikes=1))
    said = stats.rated(replace(nobody, rated=known))
    assert said is not None
    assert render(said) == "2 videos rated · 👍 5 · 👎 1"


def test_how_orders_ended_begins_with_a_capital() -> None:
    assert all(str(name)[0].isupper() for name in (*stats.OUTCOMES.values(), stats.OTHER))
