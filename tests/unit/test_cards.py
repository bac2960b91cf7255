"""Cards are pure functions: a job in, components out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.ids import JobId
from bot.domain.job import Job, PostedMessage, QueuePosition
from bot.domain.messages import Message, plain
from bot.domain.money.allowances import Remainder, Scope
from bot.domain.money.usd import Usd
from bot.domain.phases import (
    Cancelled,
    Cause,
    Done,
    Failed,
    NeedsReview,
    Phase,
    Posting,
    Queued,
    Rendering,
    Saving,
    Submitting,
    Undelivered,
    Unknown,
)
from bot.domain.texts.picture_notes import picture_note
from bot.domain.video import Aim, Picture, RemixMethod
from bot.jobs.timing.estimates import JobEstimate
from bot.ui.cards.job_card import CardFacts, JobCard, ResultPost
from bot.ui.text.phrases.lists import state
from bot.ui.text.phrases.results import ResultFacts
from bot.ui.text.phrases.values import REMIX_METHOD_TEXT
from bot.ui.text.render import render
from tests.builders import ANN, NOON, SAM, a_done_job, a_job, a_request, a_video
from tests.views import everything, words

NOWHERE = JobEstimate(line=None, ready_at=None)
EVERY_PHASE: list[Phase] = [
    Queued(),
    Submitting(sent_at=NOON, fingerprint="f"),
    Unknown(sent_at=NOON, fingerprint="f"),
    Rendering(remote_id="r", started_at=NOON),
    Saving(remote_id="r", started_at=NOON),
    Posting(video=a_video(), remote_id="r"),
    Done(video=a_video(), remote_id="r", finished_at=NOON),
    Undelivered(video=a_video(), remote_id="r", reason=plain("Its channel was deleted.")),
    Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=False, finished_at=NOON),
    Cancelled(by=ANN, finished_at=NOON),
    NeedsReview(was="rendering", reason=plain("Nobody knows.")),
]


def card(job: Job, estimate: JobEstimate = NOWHERE, **more: Any) -> JobCard:
    return JobCard(job, CardFacts(estimate=estimate, **more))


def labels(view: Any) -> list[str]:
    return [part["label"] for part in everything(view) if part.get("type") == 2]


@pytest.mark.parametrize("phase", EVERY_PHASE, ids=lambda phase: type(phase).__name__)
def test_every_phase_has_words_and_fits_discord(phase: Phase) -> None:
    view = card(a_job(phase, request=a_request(prompt="é" * 4000)))
    assert words(view)
    assert view.content_length() <= 4000
    assert len(words(view).encode()) < 10_000
    assert render(state(a_job(phase)))


def test_a_waiting_card_says_its_place_and_the_time_to_go() -> None:
    estimate = JobEstimate(line=QueuePosition(ahead=2, running=3, places=3), ready_at=NOON + timedelta(minutes=3))
    view = card(a_job(), estimate)
    assert "**3rd in line** · ready about <t:" in words(view)
    assert ":R>" not in words(view)  # it would show "ready 4 seconds ago" afterwards
    assert labels(view) == ["Cancel"]


def test_a_bar_is_what_the_service_reports_or_says_that_it_is_estimated() -> None:
    silent = Rendering(remote_id="r", started_at=NOON)
    assert "▰" not in words(card(a_job(silent)))
    assert "%" not in words(card(a_job(silent), replace(NOWHERE, percent=0)))
    assert "▰▰▰▰▱▱▱▱▱▱ 40%" in words(card(a_job(replace(silent, progress=40))))
    assert "≈ 30%" in words(card(a_job(replace(silent, progress=0)), replace(NOWHERE, percent=30)))
    assert "▰▰▰▱▱▱▱▱▱▱ ≈ 30%" in words(card(a_job(silent), replace(NOWHERE, percent=30)))


@pytest.mark.parametrize(("ahead", "says"), [(1, "for 1 other render to end"), (3, "for 3 other renders to end")])
def test_what_waits_at_its_service_says_for_how_many_and_guesses_no_bar(ahead: int, says: str) -> None:
    text = words(card(a_job(Rendering(remote_id="r", started_at=NOON, ahead=ahead)), replace(NOWHERE, percent=30)))
    assert f"-# Waits there {says}." in text
    assert "▰" not in text


@pytest.mark.parametrize(
    ("stands", "says"),
    [
        (JobEstimate(line=None, ready_at=NOON, usual=80.0), "usually 1:20"),
        (JobEstimate(line=None, ready_at=NOON, usual=100.0, is_first=True), "first one here, typically 2 min"),
        (JobEstimate(line=None, ready_at=None, is_first=True), "first one here"),
        (JobEstimate(line=None, ready_at=None, usual=80.0, any_moment=True), "any moment now"),
        (
            JobEstimate(line=None, ready_at=None, usual=80.0, late=True),
            "usually 1:20\n-# Taking longer than usual. Still working on it.",
        ),
    ],
)
def test_a_render_says_when_it_began_and_what_is_usual_and_no_time_that_can_pass(
    stands: JobEstimate, says: str
) -> None:
    text = words(card(a_job(Rendering(remote_id="r", started_at=NOON)), stands))
    assert f"**Rendering** · started <t:{int(NOON.timestamp())}:R> · {says}\n-# sora-2" in text


def test_nobody_can_cancel_twice() -> None:
    assert labels(card(a_job(Rendering(remote_id="r", started_at=NOON), cancel_asked_by=ANN))) == []


def test_a_video_whose_file_may_not_be_fetched_waits_for_the_host_of_the_bot_and_can_be_closed() -> None:
    waiting = card(a_job(Saving(remote_id="video_1", started_at=NOON, place="minio.lan")))
    assert "may not download from. Whoever runs it can allow that" in words(waiting)
    assert "minio.lan" not in words(waiting)
    assert labels(waiting) == ["Close…"]


def test_a_failure_offers_the_fix() -> None:
    failed = Failed(cause=Cause.MODERATION, reason=plain("Refused."), charged=False, finished_at=NOON)
    view = card(a_job(failed))
    assert labels(view) == ["Edit the prompt", "Run again", "Dismiss"]
    assert "$" not in words(view)


def test_a_failure_that_cost_something_says_how_much_once() -> None:
    failed = Failed(cause=Cause.PROVIDER, reason=plain("It broke."), charged=True, finished_at=NOON)
    view = card(a_job(failed, cost=Usd.of("0.0123")))
    assert words(view).count("$") == 1
    assert "The service still charged for this ($0.01)." in words(view)


def test_a_kept_video_can_be_shown_from_its_card_until_it_is_deleted() -> None:
    kept = Undelivered(video=a_video(), remote_id="r", reason=plain("Its channel was deleted."))
    job = a_job(kept, id=JobId("K7Q4FD"))
    assert labels(card(job)) == ["Show it here"]
    assert "`/show video:K7Q-4FD`" in words(card(job))
    assert labels(card(replace(job, deleted=True))) == []


def test_a_done_card_folds_into_one_line_with_a_link() -> None:
    view = card(a_done_job(), result=PostedMessage(channel_id=20, message_id=30))
    assert "[watch](https://discord.com/channels/10/20/30)" in words(view)
    assert labels(view) == []


def test_a_done_card_shows_its_poster_covered_where_its_server_wants_that() -> None:
    result = PostedMessage(channel_id=20, message_id=30)
    for covered in True, False:
        view = card(a_done_job(), result=result, has_picture=True, is_spoiler=covered)
        (thumbnail,) = [part["accessory"] for part in everything(view) if "accessory" in part]
        assert (thumbnail["media"]["url"], thumbnail["spoiler"]) == ("attachment://poster.webp", covered)
        assert "[watch](" in words(view)


def test_a_reference_picture_is_on_the_card() -> None:
    picture = Picture(key="p.png", preview="p.jpg", sha256="0", note="cropped from 1200x1200 to 1280x720")
    view = card(a_job(request=a_request(picture=picture)), has_picture=True)
    thumbnails = [part["accessory"]["media"]["url"] for part in everything(view) if "accessory" in part]
    assert thumbnails == ["attachment://reference.jpg"]
    assert "cropped from 1200x1200" in words(view)


def test_a_card_says_the_prompt_first_then_how_it_stands_then_small_facts() -> None:
    view = card(a_job(id=JobId("K7Q4FD")), JobEstimate(line=QueuePosition(ahead=0, running=0, places=3), ready_at=None))
    assert words(view).splitlines() == [
        "**a fox in the snow**",
        "⏳ **Next in line**",
        "-# sora-2 · 4 s · 1280x720 · about $0.40",
        f"-# K7Q-4FD · by <@{ANN}>",
    ]


def test_the_result_says_what_it_is_who_asked_and_what_it_cost_beside_its_poster() -> None:
    done = Done(video=a_video(), remote_id="r", finished_at=NOON, method=RemixMethod.EDIT)
    picture = Picture(key="p.png", preview="p.jpg", sha256="0", note="")
    job = a_done_job(phase=done, request=a_request(source=JobId("AAAAAA"), picture=picture))
    about = ResultFacts(
        label="Sora 2",
        parent="https://discord.com/channels/1/2/3",
        left=Remainder(scope=Scope.SERVER, left=Usd.of("20.20"), cap=Usd.of(25)),
    )
    view = ResultPost(job, "film.mp4", about, has_poster=True)
    assert words(view).splitlines() == [
        f"<@{ANN}>, your video is ready.",
        "**a fox in the snow**",
        "-# Sora 2 · 4 s · 1280x720 · $0.40 · $20.20 left this month",
        "-# Remix of [AAA-AAA](https://discord.com/channels/1/2/3) · Edited from the original · Starts from an image",
        "-# K7Q-4FD · AI-generated",
    ]
    (shown,) = [part for part in everything(view) if "accessory" in part]
    assert shown["accessory"]["media"]["url"] == "attachment://poster.webp"
    assert labels(view) == ["Remix", "Run again · $0.40", "More…"]


def test_a_result_shown_to_somebody_else_still_says_whose_it_is() -> None:
    text = words(ResultPost(a_done_job(), "film.mp4", asked_by=SAM))
    assert f"Shown again for <@{SAM}>." in text
    assert f"by <@{ANN}>" in text


@pytest.mark.parametrize(
    ("aim", "length", "start"),
    [
        (Aim.CHANGE, "4 s", "Remix of AAA-AAA"),
        (Aim.CONTINUE, "4 s", "Continues AAA-AAA"),
        (Aim.EXTEND, "+4 s", "Extends AAA-AAA"),
    ],
)
def test_a_remix_in_line_says_what_it_is_after_and_promises_no_way(aim: Aim, length: str, start: str) -> None:
    job = a_job(Queued(), request=a_request(source=JobId("AAAAAA"), aim=aim))
    text = words(card(job))
    assert f"-# sora-2 · {length} · 1280x720 · about $0.40\n-# {start}\n" in text
    assert not any(render(words) in text for words in REMIX_METHOD_TEXT.values())


def test_who_cancelled_is_said_unless_it_was_the_owner() -> None:
    by = {who: words(card(a_job(Cancelled(by=who, finished_at=NOON), owner_id=ANN))) for who in (ANN, SAM)}
    assert "🚫 **Cancelled.** You weren't charged." in by[ANN]
    assert f"🚫 **Cancelled** by <@{SAM}>. You weren't charged." in by[SAM]


@pytest.mark.parametrize(
    "kept",
    [
        "used as it is",
        "cropped from 600x900 to 1280x720",
        "first frame of an animation, turned upright, scaled from 720x1280 to 360x640, transparent parts made white",
        "fitted from 600x900 into 1280x720 with blurred edges",
    ],
)
def test_what_was_done_to_a_picture_is_read_as_data_and_said_as_it_was_kept(kept: str) -> None:
    note = picture_note(kept)
    assert note is not None
    assert str(note) == kept
    parts = [each for each in note.params.values() if isinstance(each, Message)] or [note]
    assert len(parts) == len(kept.split(", "))
    assert not [part for part in parts if "words" in part.params]


def test_what_another_version_did_to_a_picture_is_said_as_it_was_kept() -> None:
    assert str(picture_note("cropped from 2x3 to 1x1, painted over")) == "cropped from 2x3 to 1x1, painted over"
