"""Every screen fits in one Discord message, whatever its data."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.guild import AccessPolicy, GuildSettings
from bot.domain.ids import JobId, new_id, shown
from bot.domain.job import QueuePosition
from bot.domain.messages import Message, plain
from bot.domain.models.health import Health
from bot.domain.money.costs import Charge, Costs, DateRange, Period, Spend
from bot.domain.money.usd import FREE, Usd
from bot.domain.phases import NeedsReview, Phase, Queued, Rendering, Undelivered
from bot.domain.ports.jobs import ConcurrencyLimits
from bot.domain.queue.state import QueueTotals
from bot.domain.studio.library import VideoFilter, VideoPage
from bot.domain.texts.discord_ids import LARGEST_ID
from bot.domain.texts.languages import reading
from bot.domain.video import Aim, Mode, Size
from bot.jobs.providers.health import ModelReport
from bot.jobs.timing.estimates import JobEstimate
from bot.jobs.use_cases.browse import Overview
from bot.jobs.use_cases.costs import CostsAsked, CostsScope
from bot.ui.screens.budget import TextBudget
from bot.ui.screens.history.page import PER_PAGE, HistoryScreen, PageFacts
from bot.ui.screens.lists import GuildSettingsScreen, StatusList
from bot.ui.screens.models import ModelsFacts, ModelSheet, ModelsPage
from bot.ui.screens.reports.costs import CostsList, PeriodSelect
from bot.ui.text.limits import LONGEST_MESSAGE, MOST_BYTES, MOST_COMPONENTS
from bot.ui.text.phrases.studio.history import entry
from bot.ui.text.render import render
from tests.builders import CHANNEL, NOON, SAM, a_card, a_job, a_request, a_video

PROMPTS = st.sampled_from(["*", "🦊", "<@everyone> ", "[x](https://y) ", "é\u202e", "```\n"]).map(
    lambda each: each * 1000
)
KEPT = Undelivered(video=a_video(), remote_id="r", reason=plain("*" * 500))
ASIDE = NeedsReview(was="rendering", reason=plain("*" * 500))


def parts(view: Any) -> list[dict[str, Any]]:
    return _parts(view.to_components())


def _parts(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    beside = [part["accessory"] for part in components if "accessory" in part]
    return [*components, *beside, *(inner for part in components for inner in _parts(part.get("components", [])))]


def words(view: Any) -> str:
    return "".join(part["content"] for part in parts(view) if "content" in part)


@pytest.mark.parametrize(
    ("source", "aim", "badge"),
    [
        (None, Aim.CHANGE, None),
        (JobId("AAAAAA"), Aim.CHANGE, "Remix"),
        (JobId("AAAAAA"), Aim.CONTINUE, "Remix"),
        (JobId("AAAAAA"), Aim.EXTEND, "Extend"),
    ],
)
def test_lists_say_what_a_video_was_made_by(source: JobId | None, aim: Aim, badge: str | None) -> None:
    job = a_job(request=a_request(source=source, aim=aim))
    said = render(entry(job, 60, None))
    assert [word for word in ("Remix", "Extend") if word in said] == ([badge] if badge else [])


def assert_it_fits(view: Any) -> None:
    assert len(words(view)) <= LONGEST_MESSAGE
    assert len(words(view).encode()) <= MOST_BYTES
    assert len(parts(view)) <= MOST_COMPONENTS
    assert all(part["content"] for part in parts(view) if "content" in part)


def jobs(many: int, phase: Phase, prompt: str) -> list[Any]:
    return [a_job(phase, id=new_id(), owner_id=LARGEST_ID, request=a_request(prompt=prompt)) for _ in range(many)]


def totals(*, rendering: int = 0, waiting: int = 0) -> QueueTotals:
    return QueueTotals(rendering=rendering, waiting=waiting, under_way=rendering + waiting, price=Usd(0))


@given(st.integers(0, 10), st.integers(0, 60), st.integers(0, 60), PROMPTS)
def test_status_fits_whatever_is_under_way(mine: int, aside: int, waiting: int, prompt: str) -> None:
    overview = Overview(
        mine=jobs(mine, KEPT, prompt),
        queue=jobs(waiting, Queued(), prompt),
        totals=totals(waiting=waiting),
        limits=ConcurrencyLimits(total=3, per_guild=3, per_member=1),
        to_decide=jobs(aside, ASIDE, prompt),
    )
    assert_it_fits(StatusList(overview))


def test_status_of_a_busy_manager_shows_some_of_each_and_counts_the_rest() -> None:
    overview = Overview(
        mine=jobs(10, KEPT, "*" * 60),
        queue=jobs(30, Queued(), "*" * 60),
        totals=totals(waiting=500),
        limits=ConcurrencyLimits(total=3, per_guild=3, per_member=1),
        to_decide=jobs(10, ASIDE, "*" * 60),
    )
    view: Any = StatusList(overview)
    assert_it_fits(view)
    boxes = [box["components"][0]["content"] for box in view.to_components()]
    for box, many in zip(boxes, (10, 10, 500), strict=True):
        rows, more = len(re.findall("`...-...`", box)), box.rpartition("… and ")[2].partition(" more")[0]
        assert rows >= 5
        assert rows + int(more) == many


def test_status_lists_each_video_once_and_counts_those_at_the_service() -> None:
    mine = a_job(Rendering(remote_id="r", started_at=NOON), id=JobId("K7Q4FD"))
    aside, waiting = a_job(ASIDE, id=JobId("AAAAAA")), a_job(Queued(), id=JobId("BBBBBB"), owner_id=SAM)
    stands = JobEstimate(line=QueuePosition(ahead=1, running=1, places=3), ready_at=NOON)
    overview = Overview(
        mine=[mine, aside],
        queue=[mine, waiting],
        totals=totals(rendering=1, waiting=1),
        limits=ConcurrencyLimits(total=3),
        to_decide=[aside],
        estimates={mine.id: JobEstimate(line=None, ready_at=None, any_moment=True), waiting.id: stands},
    )
    said = words(StatusList(overview))
    assert [said.count(shown(job.id)) for job in (mine, aside, waiting)] == [1, 1, 1]
    assert "🎥 rendering: `K7Q-4FD` a fox in the snow · any moment now" in said
    assert f"⏳ 2nd in line: `BBB-BBB` a fox in the snow · <@{SAM}> · ready about <t:{int(NOON.timestamp())}:t>" in said
    assert "**On this server** · 1 of 3 rendering · 1 queued" in said
    assert "**1 video needs a manager.** Open it with `/status video:`" in said


def test_costs_say_what_is_on_hold_and_which_orders_gave_no_video() -> None:
    charge = Charge(
        job_id=JobId("K7Q4FD"),
        prompt="a fox",
        model="sora-2",
        mode=Mode.CREATE,
        owner_id=SAM,
        channel_id=CHANNEL,
        spent=Usd.of("0.0034"),
        at=NOON,
        ordered_at=NOON,
        made_video=False,
    )
    costs = Costs(
        spent=Usd.of("0.0034"),
        reserved=Usd.of("1.20"),
        on_hold=Usd.of("0.40"),
        videos=0,
        rows=(Spend(key="sora-2", videos=0, spent=Usd.of("0.0034")),),
        latest=(charge,),
    )
    said = words(CostsList(costs, CostsAsked(), {"sora-2": "Sora 2"}.__getitem__))
    assert "still being added up" not in said
    assert "still being added up" in words(CostsList(replace(costs, added_up=False), CostsAsked()))
    assert "**You've spent <$0.01 this month** on 0 videos\n$0.80 more is reserved for videos in progress\n" in said
    assert "$0.40 more is on hold until a manager decides" in said
    assert "Sora 2 · 0 videos · <$0.01" in said
    assert f"`K7Q-4FD` <$0.01 · a fox · no video · Sora 2 · <t:{int(NOON.timestamp())}:R>" in said
    aside = replace(costs, latest=(replace(charge, needs_manager=True),))
    assert "a fox · needs a manager · sora-2" in words(CostsList(aside, CostsAsked()))
    double = replace(costs, latest=(replace(charge, made_video=True, is_double=True),))
    assert "a fox · also ordered again · sora-2" in words(CostsList(double, CostsAsked()))


def test_the_costs_of_all_members_are_everyones_and_ping_nobody() -> None:
    nothing = Costs(spent=FREE, reserved=FREE, videos=0)
    said = [words(CostsList(nothing, CostsAsked(scope=CostsScope.ROLE, whom=role), guild_id=1)) for role in (1, 7)]
    assert "**Members with @\u200beveryone have spent $0.00 " in said[0]
    assert "**Members with <@&7> have spent $0.00 " in said[1]


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "From 1 Nov 2026 to 3 Nov 2026"), ("de", "Vom 1. Nov. 2026 bis 3. Nov. 2026")],
)
def test_days_that_were_typed_begin_with_a_capital_and_keep_those_of_their_months(language: str, words: str) -> None:
    days = DateRange(date(2026, 11, 1), date(2026, 11, 3))
    with reading(language):
        assert PeriodSelect(CostsAsked(days=days)).item.placeholder == words


@given(st.integers(0, 200), st.integers(0, 50), PROMPTS)
def test_costs_fit_whatever_was_made(models: int, latest: int, prompt: str) -> None:
    spends = tuple(Spend(key=prompt, videos=10**6, spent=Usd(10**12 + 1)) for _ in range(models))
    charge = Charge(
        job_id=new_id(),
        prompt=prompt,
        model=prompt,
        mode=Mode.CREATE,
        owner_id=LARGEST_ID,
        channel_id=CHANNEL,
        spent=Usd(10**12 + 1),
        at=NOON,
        ordered_at=NOON,
    )
    costs = Costs(
        spent=Usd(10**12 + 1),
        videos=10**6,
        reserved=Usd(10**12),
        budget=Usd(10**12),
        budget_left=Usd(10**12),
        rows=spends,
        latest=(charge,) * latest,
    )
    assert_it_fits(CostsList(costs, CostsAsked(scope=CostsScope.SERVER, days=Period.ALL)))


@given(st.integers(0, PER_PAGE), PROMPTS)
def test_history_fits_whatever_is_on_its_page(many: int, prompt: str) -> None:
    page = VideoPage(wanted=VideoFilter(owner_id=1), jobs=jobs(many, KEPT, prompt), newer=True, older=True)
    posters = frozenset(job.id for job in page.jobs)
    assert_it_fits(HistoryScreen(page, PageFacts(reader_id=1, posters=posters)))


@given(st.integers(0, 7), PROMPTS, st.integers(1, 200))
def test_models_fit_whatever_they_are_called_and_offer(many: int, name: str, sizes: int) -> None:
    offered = tuple(Size(16 * (number + 1), 9 * (number + 1)) for number in range(sizes))
    card = a_card(label=name, sizes=offered, per_second={size: Usd(size.width * 1001) for size in offered})
    report = ModelReport(card=card, usual=None, videos=0, health=Health(), ends=None, remix=card.remix)
    assert_it_fits(ModelsPage(ModelsFacts(rows=[report] * many, before="a", after="b")))
    assert_it_fits(ModelSheet(report))


def test_rules_fit_with_every_role_of_a_server() -> None:
    roles = frozenset(range(LARGEST_ID - 250, LARGEST_ID))
    view = GuildSettingsScreen(
        GuildSettings(guild_id=1, opening=AccessPolicy.GRANTED, roles=roles, monthly_budget=Usd.of(100))
    )
    assert_it_fits(view)
    assert "and 200 more" in words(view)


def test_where_tiers_decide_nothing_else_is_said_of_who_makes_videos() -> None:
    rules = GuildSettings(guild_id=1, opening=AccessPolicy.EVERYONE, roles=frozenset(), monthly_budget=Usd.of(100))
    said = words(GuildSettingsScreen(rules, has_tiers=True))
    assert "tiers, and they alone decide" in said
    assert "Everyone" not in said


def test_what_one_text_leaves_is_there_for_the_next() -> None:
    room = TextBudget(2, characters=100)
    assert room.text(plain("short")) == "short"
    assert len(room.text(plain("x" * 200))) == 95


def test_no_more_rows_are_written_than_fit() -> None:
    asked = []

    def row(number: int) -> Message:
        asked.append(number)
        return plain("x" * 20)

    text = TextBudget(1, characters=100).rows(plain("many"), range(1000), row)
    assert text.splitlines() == ["many", *["x" * 20] * 3, "-# … and 997 more"]
    assert len(asked) == 4
