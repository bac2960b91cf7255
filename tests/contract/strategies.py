"""Whatever a host may answer, as Hypothesis makes it up."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.extent import FULL

EXAMPLES = settings(
    max_examples=80 if FULL else 20,  # each is a request to one of seven services
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

Strategy = st.SearchStrategy[Any]

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.one_of(st.integers(), st.floats())  # Python reads and writes NaN and infinities, as some servers do
scalars = st.one_of(st.none(), st.booleans(), numbers, words)
anything: Strategy = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(words, inner, max_size=4)),
    max_leaves=8,
)
pages = st.one_of(words, st.binary(max_size=40), st.sampled_from(["", "{", "[]", "null", '{"id":', "<html>Bad</html>"]))
codes = st.sampled_from([200, 201, 202, 400, 401, 402, 403, 404, 408, 409, 410, 422, 429, 451, 500, 501, 502, 503, 504])


def shaped(fields: dict[str, Strategy], *without: str) -> Strategy:
    """Like what the dialect shows, filled with anything; every field may be missing."""
    return st.fixed_dictionaries({}, optional={name: made for name, made in fields.items() if name not in without})


OPENAI: dict[str, Strategy] = {
    "id": st.one_of(anything, st.just("video_1")),
    "status": st.one_of(
        st.sampled_from(["completed", "queued", "in_progress", "failed", "expired", "cancelled", "Completed", "weird"]),
        anything,
    ),
    **dict.fromkeys(("progress", "created_at", "completed_at", "error", "detail", "data", "videos"), anything),
    **dict.fromkeys(("content_filter", "metadata", "url"), anything),
}

_kinds = shaped({"modality": st.one_of(st.just("video"), anything), "tokens": st.one_of(st.integers(), anything)})
_usages = shaped(
    {
        "total_output_tokens": st.one_of(st.integers(0, 10**6), anything),
        "total_input_tokens": st.one_of(st.integers(0, 10**6), anything),
        "total_thought_tokens": anything,
        "output_tokens_by_modality": st.one_of(st.lists(_kinds, max_size=3), anything),
    }
)
_parts = shaped({"type": st.one_of(st.sampled_from(["video", "text"]), anything), "text": anything, "data": anything})
_steps = shaped({"type": st.one_of(st.just("model_output"), anything), "content": st.lists(_parts, max_size=3)})
_errors = shaped(dict.fromkeys(("code", "status", "message", "details"), anything))

GEMINI: dict[str, Strategy] = {
    "id": st.one_of(anything, st.just("v1_a")),
    "status": st.one_of(
        st.sampled_from(
            [
                *("completed", "queued", "in_progress", "failed", "cancelled", "incomplete"),
                *("requires_action", "COMPLETED", "weird"),
            ]
        ),
        anything,
    ),
    "model": st.one_of(st.just("gemini-omni-1.1-flash"), anything),
    "service_tier": st.one_of(st.just("standard"), anything),
    "updated": anything,
    "error": st.one_of(_errors, anything),
    "usage": st.one_of(_usages, anything),
    "steps": st.one_of(st.lists(st.one_of(_steps, anything), max_size=3), anything),
}

_model_errors = shaped(dict.fromkeys(("loc", "msg", "type", "input"), anything))

FAL: dict[str, Strategy] = {
    "request_id": st.one_of(anything, st.just("a1b2-c3")),
    "status": st.one_of(
        st.sampled_from(["COMPLETED", "IN_QUEUE", "IN_PROGRESS", "FAILED", "cancelled", "weird"]),
        anything,
    ),
    "detail": st.one_of(anything, st.lists(_model_errors, max_size=2)),
    **dict.fromkeys(("error", "error_type", "metrics", "queue_position", "response_url", "video"), anything),
}

_faults = st.fixed_dictionaries({"name": st.just("ZodError"), "message": st.one_of(words, st.just('[{"path": 1}, 2]'))})

OPENROUTER: dict[str, Strategy] = {
    "id": st.one_of(anything, st.just("gen-vid-1-x")),
    "status": st.one_of(
        st.sampled_from(["completed", "pending", "in_progress", "failed", "expired", "cancelled", "Completed"]),
        anything,
    ),
    "usage": st.one_of(anything, st.fixed_dictionaries({"cost": anything})),
    "unsigned_urls": anything,
    "error": st.one_of(anything, _faults, st.fixed_dictionaries({"message": words, "metadata": anything})),
    "data": anything,
}

_made = st.fixed_dictionaries({"filename": st.one_of(st.just("a_00001_.mp4"), words), "subfolder": words})
_outputs = st.dictionaries(words, st.dictionaries(words, st.lists(st.one_of(_made, anything), max_size=2), max_size=2))
_exceptions = shaped(dict.fromkeys(("exception_type", "exception_message", "node_type"), st.one_of(words, anything)))

COMFYUI: dict[str, Strategy] = {
    "prompt_id": st.one_of(anything, st.just("2f0a8f5e-9c5b-5d0a-8d53-2b3a1f4c6d7e")),
    "node_errors": st.one_of(anything, st.dictionaries(words, anything, max_size=2)),
    "id": st.one_of(anything, st.just("2f0a8f5e-9c5b-5d0a-8d53-2b3a1f4c6d7e")),
    "status": st.one_of(
        st.sampled_from(["completed", "pending", "in_progress", "failed", "cancelled", "Completed", "weird"]),
        anything,
    ),
    "outputs": st.one_of(_outputs, anything),
    "execution_error": st.one_of(_exceptions, anything),
    "error": anything,
}

_addresses = st.sampled_from(["https://127.0.0.1:1/v.mp4", "http://[", "data:video/mp4;base64,AA", "ftp://x/v.mp4"])

REPLICATE: dict[str, Strategy] = {
    "id": st.one_of(anything, st.just("ufawqhfynnddngldkgtslldrkq")),
    "status": st.one_of(
        st.sampled_from(["succeeded", "starting", "processing", "failed", "canceled", "aborted", "Succeeded"]),
        anything,
    ),
    "output": st.one_of(anything, _addresses, st.lists(_addresses), st.dictionaries(words, _addresses)),
    "error": st.one_of(anything, words, st.just("The input or output was flagged as sensitive. (E005)")),
    **dict.fromkeys(("detail", "title", "input", "logs", "metrics", "data_removed", "started_at"), anything),
}

_ticks = st.fixed_dictionaries({"cost_in_usd_ticks": st.one_of(st.integers(-1, 10**16), anything)})
_made = shaped(
    {
        "url": st.one_of(words, anything),
        "duration": anything,
        "respect_moderation": st.one_of(st.booleans(), anything),
        "file_output": st.one_of(shaped({"file_id": st.one_of(words, anything)}), anything),
    }
)

XAI: dict[str, Strategy] = {
    "request_id": st.one_of(anything, st.just("c1969c86-eaf1-9c25-a594-44a74c992e09")),
    "status": st.one_of(st.sampled_from(["done", "pending", "failed", "expired", "Done", "weird"]), anything),
    "progress": st.one_of(st.integers(-5, 200), anything),
    "video": st.one_of(_made, anything),
    "usage": st.one_of(_ticks, anything),
    "code": st.one_of(st.sampled_from(["imagine:content-moderated", "not-found", "invalid-argument"]), anything),
    "error": st.one_of(anything, words, _errors),
    "data": anything,
}
