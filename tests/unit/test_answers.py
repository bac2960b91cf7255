"""Whatever a host answers, an adapter understands it or reports that it can't, and raises nothing else."""

from __future__ import annotations

import json
import math
import re
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.errors import AccountTrouble, FailedToTake, OutcomeUnknown, ProviderError, Refused, Unavailable
from bot.domain.messages import msg
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Listed, Ready, Waiting
from bot.domain.texts.redaction import redacted
from bot.domain.video import RemixMethod
from bot.providers.common.endings import STOPPED
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.errors import no_answer, no_video
from bot.providers.common.foreign_words import unquoted
from bot.providers.common.response import ApiError, Response, api_error_in
from bot.providers.gemini.errors import BLOCKED, NO_SUCH
from bot.providers.openai.ids import id_in
from bot.providers.openai.status import listed, moment, percent, read_status, urls_in, video_in
from bot.providers.xai.status import seconds_in
from tests.builders import an_account

WORDS = st.sampled_from(["id", "status", "error", "code", "message", "detail", "data", "url", "created_at", "type"])
STATES = st.sampled_from(["queued", "completed", "failed", "expired", "deleted", "Cancelled", "unheard of"])
NUMBERS = st.integers() | st.floats() | st.just(10**400)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text() | STATES,
    lambda inner: st.lists(inner) | st.dictionaries(WORDS | st.text(), inner),
    max_leaves=12,
)
VIDEOS = st.fixed_dictionaries(
    {"id": st.text(), "status": STATES},
    optional={"progress": JSON, "error": JSON, "created_at": JSON, "seconds": JSON, "completed_at": JSON, "data": JSON},
)
STATUSES = st.integers(200, 599)
REMIX_METHODS = st.none() | st.sampled_from(list(RemixMethod))


def an_answer(status: int, body: object) -> Response:
    return Response.of(status, {}, body if isinstance(body, str) else json.dumps(body))


@given(status=STATUSES, body=JSON | VIDEOS, method=REMIX_METHODS)
def test_any_answer_is_either_read_or_named(status: int, body: object, method: RemixMethod | None) -> None:
    answer = an_answer(status, body)
    video = video_in(answer)
    if video is not None:
        assert isinstance(read_status(video), Waiting | Ready | Broken)
    assert isinstance(no_answer(answer, HERE), ProviderError)
    assert isinstance(no_video(answer, HERE, method), ProviderError)
    assert id_in(answer) is None or id_in(answer)
    assert all(url.startswith("http") for url in urls_in(an_answer(400, body)))


@pytest.mark.parametrize("clock", [{}, {"date": "soon"}])
def test_a_date_to_come_back_at_counts_by_our_clock_where_the_host_says_no_time(clock: dict[str, str]) -> None:
    then = format_datetime(datetime.now(UTC) + timedelta(minutes=2), usegmt=True)
    wait = Response.of(429, {"Retry-After": then, **clock}, "").retry_after
    assert wait is not None
    assert 110 <= wait <= 120
    assert Response.of(429, {"Retry-After": "Mon, 23 Nov 2020 12:00:00 GMT", **clock}, "").retry_after == 0.0


@pytest.mark.parametrize("body", [{"detail": "throttled", "retry_after": 8}, {"error": {"retry_after": "8"}}])
def test_how_long_to_wait_may_stand_in_the_body(body: object) -> None:
    """Replicate puts it there (juspay/neurolink#1189)."""
    assert an_answer(429, body).retry_after == 8.0


@pytest.mark.parametrize("hint", [True, None, "soon", 10**400, {}, -1])
def test_a_hint_in_the_body_that_is_no_time_is_none(hint: object) -> None:
    assert an_answer(429, {"retry_after": hint}).retry_after is None


@pytest.mark.parametrize("name", ["date", "retry-after"])
def test_a_date_of_no_calendar_is_no_time_to_wait(name: str) -> None:
    headers = {
        "date": "Mon, 23 Nov 2026 12:00:00 GMT",
        "retry-after": "soon",
        name: f"Mon, 23 Nov {'9' * 20} 12:00:00 GMT",
    }
    assert Response.of(429, headers, "").retry_after is None


@given(entry=JSON | VIDEOS)
def test_any_entry_of_a_list_is_read_or_left(entry: object) -> None:
    assert isinstance(listed(entry), Listed | None)


@pytest.mark.parametrize(
    ("status", "said", "is_its_own"),
    [
        (500, "Internal Server Error", True),
        (500, {"error": {"message": "CUDA error"}}, True),
        (503, {"error": {"message": "overloaded"}}, True),
        (500, {"error": {"message": "Request timed out."}}, False),
        (500, {"detail": "upstream did not respond"}, False),
        (500, "context deadline exceeded", False),
        (500, "<html><center><h1>500 Internal Server Error</h1></center><hr><center>nginx</center></html>", False),
        (502, "<html>502 Bad Gateway</html>", False),
        (503, "no healthy upstream", False),
        (504, {"error": {"message": "Gateway Timeout"}}, False),
        (520, {"error": {"message": "web server returned an unknown error"}}, False),
        (524, "error code: 524", False),
        (408, {"error": {"message": "broken"}}, False),
    ],
)
def test_an_error_is_the_services_own_unless_a_proxy_speaks_or_waited_in_vain(
    status: int, said: object, is_its_own: bool
) -> None:
    """Only an error of the service itself proves that no part of the order is still running."""
    refusal = no_video(an_answer(status, said), HERE, None)
    assert isinstance(refusal, OutcomeUnknown)
    assert isinstance(refusal, FailedToTake) is is_its_own


@given(status=STATUSES, body=JSON)
def test_money_is_freed_only_by_an_answer_that_proves_nothing_was_made(status: int, body: object) -> None:
    error = no_video(an_answer(status, body), HERE, None)
    may_have_been_made = status in {303, 408} or (status >= 500 and status != 501) or status < 300
    assert isinstance(error, OutcomeUnknown) == may_have_been_made


@given(progress=NUMBERS | st.booleans() | st.none() | st.text())
def test_progress_is_a_percentage_or_nothing(progress: object) -> None:
    assert percent(progress) in {None, *range(100)}


@given(text=st.text())
def test_what_a_host_says_is_one_line_of_bearable_length(text: str) -> None:
    said = api_error_in({"error": {"message": text}}).said
    assert len(said) <= 300
    assert said.isprintable()


HERE = Endpoint(an_account())


@pytest.mark.parametrize(
    ("told", "seconds"), [(5, 5.0), (5.5, 5.5), (0, None), (10**400, None), (math.inf, None), (True, None), ("5", None)]
)
def test_a_length_that_no_video_has_is_none(told: object, seconds: float | None) -> None:
    assert seconds_in({"video": {"duration": told}}) == seconds


# A naive pattern would search each of their parts to the end, for hours.
WEARISOME = ["-eyJ", "insufficient_", "\"'` ", "https://a:", "https://", "Authorization: Bearer "]


@pytest.mark.parametrize("part", WEARISOME)
def test_an_error_of_megabytes_holds_nobody_up(part: str) -> None:
    words = part * (300_000 // len(part))
    for body in ({"error": {"code": words, "message": words}}, {"detail": [{"msg": part}] * 20_000}, words):
        refused = an_answer(400, body).without("a fox in the snow")
        assert len(str(no_video(refused, HERE, None))) < 500
        assert isinstance(no_video(an_answer(500, body), HERE, None), OutcomeUnknown)
    assert redacted(words)


@pytest.mark.parametrize("part", ["insufficient_", "https://", "a.https://a"])
def test_an_error_is_searched_from_few_of_its_parts(part: str) -> None:
    """In a tenth of the processor time of patterns that read it from each part to its end."""
    words = part * (8000 // len(part))
    refused = an_answer(400, {"error": {"code": words, "message": words}})
    began = time.process_time()
    assert isinstance(no_video(refused, HERE, None), Refused)
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize("part", ["“", "«", "“a", "«“", "”“", "«»“«", "'a ", '"', "“”«"])
def test_quotation_marks_that_nothing_closes_are_read_once(part: str) -> None:
    began = time.process_time()
    unquoted(part * (80_000 // len(part)))
    assert time.process_time() - began < 0.2  # a search from each to the end took two seconds


def test_what_an_unclosed_quotation_mark_begins_is_the_hosts_own() -> None:
    assert unquoted("“a b” is «blocked by “c d” and “safety") == "'…' is blocked by '…' and safety"


@pytest.mark.parametrize(("kind", "part"), [(BLOCKED, "blocked "), (NO_SUCH, "interaction ")])
def test_an_error_that_only_begins_like_a_known_one_is_read_once(kind: re.Pattern[str], part: str) -> None:
    words = part * (80_000 // len(part))
    began = time.process_time()
    assert kind.search(words) is None
    assert time.process_time() - began < 0.2
    known = {BLOCKED: "for its safety", NO_SUCH: "was not found"}
    assert kind.search(words + known[kind])


def test_an_address_within_an_address_loses_its_signature() -> None:
    said = ApiError(
        "", "see https://a.example/x/https://b.example/v.mp4?sig=1 and http://c.example?d=https://e.example?f"
    )
    assert said.said == "see https://a.example/x/https://b.example/v.mp4 and http://c.example"


WRITTEN_OUT = ["2025-11-28T16:24:50Z", "2025-11-28T17:24:50+01:00"]


@pytest.mark.parametrize("value", [1_764_347_090, 1_764_347_090_000, "1764347090", 1_764_347_090.0, *WRITTEN_OUT])
def test_times_come_in_seconds_in_milliseconds_and_written_out(value: object) -> None:
    assert moment(value) == datetime(2025, 11, 28, 16, 24, 50, tzinfo=UTC)


def test_a_time_without_its_zone_is_none() -> None:
    """A wrong zone would make a video look absent."""
    assert moment("2025-11-28T16:24:50") is None


def test_progress_may_come_with_its_sign() -> None:
    assert read_status({"id": "v", "status": "IN_PROGRESS", "progress": "45%"}) == Waiting(progress=45)


@pytest.mark.parametrize("name", ["fail_reason", "failure_reason"])
def test_a_reason_is_said_whatever_it_is_called(name: str) -> None:
    broken = read_status({"task_id": "v", "status": "FAILURE", name: "out of memory"})
    assert isinstance(broken, Broken)
    assert "out of memory" in str(broken.reason)


@pytest.mark.parametrize(
    ("code", "message", "cause"),
    [
        ("InternalError", "out of memory", Cause.PROVIDER),
        ("DataInspectionFailed", "Output data may contain inappropriate content.", Cause.MODERATION),
        (None, None, Cause.PROVIDER),
    ],
)
def test_a_reason_beside_the_status_is_one(code: str | None, message: str | None, cause: Cause) -> None:
    """modelstudioai/cli#199: "failed", without an explanation."""
    broken = read_status({"id": "v", "status": "FAILED", "code": code, "message": message})
    assert isinstance(broken, Broken)
    assert broken.cause is cause
    assert ("out of memory" in str(broken.reason)) is (message == "out of memory")


@pytest.mark.parametrize(
    ("state", "cause"),
    [("TIMEOUT", Cause.PROVIDER), ("aborted", Cause.PROVIDER), ("content_filtered", Cause.MODERATION)],
)
def test_other_words_for_a_failure_end_a_render_at_once(state: str, cause: Cause) -> None:
    broken = read_status({"id": "v", "status": state})
    assert isinstance(broken, Broken)
    assert (broken.cause, broken.charged) == (cause, False)


def test_a_status_that_is_called_state_is_read() -> None:
    video = video_in(an_answer(200, {"id": "v", "state": "succeeded"}))
    assert video is not None
    assert read_status(video) == Ready()


@pytest.mark.parametrize("state", sorted(STOPPED))
def test_a_video_that_was_finished_before_it_was_removed_has_been_paid(state: str) -> None:
    assert read_status({"id": "v", "status": state, "completed_at": 1}) == Broken(
        cause=Cause.PROVIDER, reason=msg("The video service stopped this video."), charged=True
    )


@pytest.mark.parametrize(
    ("base_url", "url", "is_own", "may_fetch"),
    [
        ("https://api.example/v1", "https://api.example/x", True, True),
        ("https://api.example/v1", "https://API.example:443/x", True, True),
        ("https://api.example/v1", "http://api.example/x", False, False),
        ("https://api.example/v1", "https://api.example:8443/x", False, True),
        ("https://api.example/v1", "https://files.example/x", False, True),
        ("https://api.example/v1", "http://127.0.0.1/x", False, False),
        ("https://api.example/v1", "https://api.example@evil.example/x", False, True),
        ("http://gpu.lan:8000/v1", "http://gpu.lan:8000/x", True, True),
        ("http://gpu.lan:8000/v1", "http://gpu.lan:9000/x", False, True),
        ("http://gpu.lan:8000/v1", "http://nas.lan:8000/x", False, False),
        ("http://127.0.0.1:1/v1", "http://localhost:2/x", False, True),
        ("http://127.0.0.1:1/v1", "file:///etc/passwd", False, False),
        ("http://127.0.0.1:1/v1", "http://[broken", False, False),
    ],
)
def test_where_the_key_and_where_a_download_may_go(base_url: str, url: str, *, is_own: bool, may_fetch: bool) -> None:
    host = Endpoint(an_account(base_url=base_url))
    assert host.is_own(url) is is_own
    assert host.may_fetch(url) is may_fetch


def test_a_busy_answer_to_a_look_keeps_its_hint() -> None:
    error = no_answer(Response.of(429, {"Retry-After": "5"}, ""), HERE)
    assert isinstance(error, Unavailable)
    assert error.retry_after == 5.0


def test_a_key_that_a_gateway_without_a_database_does_not_know_is_the_hosts_matter() -> None:
    """What LiteLLM 1.106 answers to any key except its master key."""
    said = {"error": {"message": "No connected db.", "type": "no_db_connection", "param": None, "code": "400"}}
    assert isinstance(no_video(an_answer(400, said), HERE, None), AccountTrouble)


def test_what_a_gateway_says_as_a_literal_of_python_is_read() -> None:
    """LiteLLM 1.108 answers that way."""
    said = "{'error': '/videos: Invalid model name passed in model=sora-9. Call `/v1/models`.'}"
    assert api_error_in({"error": {"message": said}}).message.startswith("/videos: Invalid model name")
    for broken in ("{'error': '", "{" * 1500, "{'error': 1}"):
        assert api_error_in({"error": {"message": broken}}).message == broken


def test_what_a_gateway_passes_on_is_said_in_the_upstreams_own_words() -> None:
    """LiteLLM 1.106 answers that way."""
    upstream = {"error": {"message": "Invalid value: '7'.", "type": "invalid_request_error", "code": "invalid_value"}}
    said = f"litellm.BadRequestError: OpenAIException - {json.dumps(upstream)}. Received Model Group=film"
    complaint = api_error_in({"error": {"message": said, "type": None, "code": "400"}})
    assert (complaint.code, complaint.message) == ("invalid_value", "Invalid value: '7'.")
    broken = said.replace('"code"', "")
    assert api_error_in({"error": {"message": broken, "code": "400"}}).message == broken


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        (44.2, 44.2),
        (0, 0.0),
        (None, None),
        ("44", None),
        (True, None),
        (-1, None),
        (float("nan"), None),
        (10**400, None),
    ],
)
def test_the_time_that_a_server_measured_is_kept_and_nonsense_is_not(told: object, seconds: float | None) -> None:
    video = {"id": "v", "status": "completed", "inference_time_s": told}
    assert read_status(video) == Ready(gpu_seconds=seconds)
