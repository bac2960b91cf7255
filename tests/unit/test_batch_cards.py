"""The card of a batch: what it shows of each video, and how it is drawn."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.job import Job, QueuePosition
from bot.domain.messages import plain
from bot.domain.money.usd import Usd
from bot.domain.phases import AwaitingApproval, Cancelled, Cause, Done, Failed, NeedsReview, Phase, Queued, Rendering
from bot.domain.queue.state import HoldKind, QueueHold
from bot.domain.studio.batches import LARGEST_BATCH, BatchPlace
from bot.jobs.timing.estimates import JobEstimate
from bot.ui.cards.batch_card import BatchCard, BatchFacts
from tests.builders import ANN, NOON, a_job, a_request, a_video

NO_ESTIMATE = JobEstimate(line=None, ready_at=None)
DONE = Done(video=a_video(), remote_id="r", finished_at=NOON)
FAILED = Failed(cause=Cause.MODERATION, reason=plain("It was refused."), charged=False, finished_at=NOON)
CANCELLED = Cancelled(by=ANN, finished_at=NOON)
RENDERING = Rendering(remote_id="r", started_at=NOON)


def a_batch(*phases: Phase, prompts: Sequence[str] = (), models: Sequence[str] = ()) -> list[Job]:
    made: list[Job] = []
    for number, phase in enumerate(phases, 1):
        request = a_request(prompt=prompts[number - 1] if prompts else "a fox in the snow")
        if models:
            request = replace(request, model=models[number - 1])
        cost = Usd.of("0.40") if isinstance(phase, Done) else None
        job = a_job(phase, request=request, cost=cost)
        lead = made[0].id if made else job.id
        made.append(replace(job, batch=BatchPlace(lead=lead, number=number)))
    return made


def facts_of(batch: Sequence[Job], **known: Any) -> BatchFacts:
    estimates = known.pop("estimates", {job.id: NO_ESTIMATE for job in batch})
    posters = {job.id: f"poster-{job.id}.webp" for job in batch if job.video is not None and job.is_at_rest}
    return BatchFacts(
        estimates=estimates,
        labels={job.id: job.request.model for job in batch},
        posters=posters,
        **known,
    )


def components(batch: Sequence[Job], **known: Any) -> list[dict[str, Any]]:
    view: Any = BatchCard(batch, facts_of(batch, **known))
    return _flat(view.to_components())


def _flat(parts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for part in parts for each in (part, *_flat(part.get("components", [])))]


def texts(batch: Sequence[Job], **known: Any) -> str:
    return "\n".join(part["content"] for part in components(batch, **known) if "content" in part)


def labels(batch: Sequence[Job], **known: Any) -> list[str]:
    return [part["label"] for part in components(batch, **known) if "label" in part]


def test_while_they_wait_those_that_were_not_sent_can_be_cancelled() -> None:
    batch = a_batch(Queued(), Queued(), RENDERING)
    assert labels(batch) == ["Cancel those waiting"]
    assert "3 videos for $1.20" in texts(batch)


def test_each_finished_one_has_its_poster_and_its_buttons_and_each_failed_one_its_reason() -> None:
    batch = a_batch(DONE, FAILED, RENDERING, DONE)
    shown = [part for part in components(batch) if "items" in part]
    assert [item["media"]["url"] for item in shown[0]["items"]] == [
        f"attachment://poster-{batch[0].id}.webp",
        f"attachment://poster-{batch[3].id}.webp",
    ]
    assert labels(batch) == ["Show 1", "Run 2 again", "Show 4", "Remix 1", "Remix 4"]
    assert "**2.** ❌ **Failed.** It was refused. You weren't charged." in texts(batch)


def test_what_came_of_all_is_said_truthfully() -> None:
    assert "2 videos for $0.80" in texts(a_batch(DONE, DONE))
    assert "1 of 3 videos made, $0.40 charged" in texts(a_batch(DONE, FAILED, CANCELLED))
    assert "0 of 2 videos made, nothing charged" in texts(a_batch(FAILED, CANCELLED))
    review = NeedsReview(was="unknown", reason=plain("Nobody knows."))
    assert "$0.40 is on hold until a manager decides." in texts(a_batch(DONE, review))


def test_where_nothing_was_made_the_card_can_go() -> None:
    assert labels(a_batch(FAILED, CANCELLED))[-1] == "Dismiss"
    assert "Dismiss" not in labels(a_batch(FAILED, DONE))


def test_prompts_stand_at_each_where_they_differ() -> None:
    said = texts(a_batch(Queued(), Queued(), prompts=["a red fox", "a blue fox"]))
    assert "a red fox" in said
    assert "a blue fox" in said
    assert said.count("fox") == 2


def test_models_stand_at_each_where_they_are_compared_and_votes_on_their_buttons_alone() -> None:
    batch = a_batch(DONE, DONE, models=["sora-2", "wan"])
    said = texts(batch, votes={batch[1].id: 2})
    assert "sora-2 · 4 s · 1280x720\n" in said
    assert "wan · 4 s · 1280x720\n" in said
    assert "vote" not in said
    assert labels(batch, votes={batch[1].id: 2})[-2:] == ["Vote 1 · 0", "Vote 2 · 2"]
    assert "Vote 1 · 0" not in labels(a_batch(DONE, FAILED, models=["sora-2", "wan"])), "there is nothing to compare"


def test_orders_of_all_kinds_say_their_own_models_and_prompts_and_are_not_voted_on() -> None:
    batch = a_batch(DONE, DONE, prompts=["a fox", "a hound"], models=["sora-2", "wan"])
    said = texts(batch)
    assert "Several orders" in said
    for prompt in ("a fox", "a hound"):
        assert said.count(prompt) == 1
    assert not any(label.startswith("Vote") for label in labels(batch))


def test_a_deleted_video_leaves_the_card_without_its_poster() -> None:
    one, other = a_batch(DONE, DONE)
    batch = [replace(one, deleted=True), other]
    assert sum(len(part.get("items", [])) for part in components(batch)) == 1
    assert labels(batch) == ["Show 2", "Remix 2"]
    assert "**1.** 🗑️ **Deleted.**" in texts(batch)


def test_what_is_covered_is_a_spoiler() -> None:
    one, other = a_batch(DONE, DONE)
    [gallery] = [part for part in components([one, other], covered=frozenset({other.id})) if "items" in part]
    assert [item.get("spoiler", False) for item in gallery["items"]] == [False, True]


@pytest.mark.parametrize("length", range(100, 125))
def test_a_long_reason_why_they_wait_cuts_no_mention_or_time_in_two(length: int) -> None:
    hold = QueueHold(kind=HoldKind.PAUSE, reason="_" * length, by=ANN, since=NOON)
    waiting = replace(NO_ESTIMATE, line=QueuePosition(ahead=0, running=0, places=1, paused=hold))
    batch = a_batch(Queued(), Queued(), prompts=["a red fox", "a blue fox"])
    said = texts(batch, estimates={job.id: waiting for job in batch})
    assert not re.search(r"<[^>]*(?:\n|$)", said)


@pytest.mark.parametrize("phase", [Queued(), DONE, FAILED, AwaitingApproval(since=NOON, until=NOON)])
def test_the_largest_batch_fits_into_a_message(phase: Phase) -> None:
    prompts = [f"{number} " + "🦊 a fox, " * 200 for number in range(LARGEST_BATCH)]
    batch = a_batch(*[phase] * LARGEST_BATCH, prompts=prompts)
    assert len(components(batch)) <= 40
    assert len(texts(batch)) <= 4000
    assert len([part for part in components(batch) if part["type"] == 1]) <= 5
    same = a_batch(*[phase] * LARGEST_BATCH, prompts=["🦊" * 5000] * LARGEST_BATCH)
    assert len(texts(same)) <= 4000
