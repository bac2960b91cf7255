"""What the log contains and what it never does: secrets, signed addresses, forged lines."""

from __future__ import annotations

import json
import logging
import sys

import pytest

from bot.domain.ids import JobId
from bot.domain.texts.redaction import BLOT, redacted
from bot.jobs.current import current_job
from bot.logs.lines import LATER_LINE, JsonLines, Redacting


@pytest.mark.parametrize(
    "line",
    [
        "login with canary-token failed",
        "POST https://discord.com/api/v10/interactions/123/aW50ZXJhY3Rpb246/callback",
        "PATCH https://discord.com/api/webhooks/123/canaryXYZ.abc-1/messages/@original",
        "GET https://cdn.discordapp.com/a.png?ex=1&is=2&hm=canary0123",
        "Authorization: Bearer canary-key-123",
        "authorization: 'Key canary:0123'",
        "GET https://storage.example/v.mp4?X-Goog-Algorithm=x&X-Goog-Signature=canary0123",
        "GET https://bucket.example/v.mp4?AWSAccessKeyId=canary&Signature=canary%2B&Expires=1",
        "GET https://cdn.example/v.mp4?Policy=canary&Key-Pair-Id=canary&Signature=canary~",
        "GET https://a.blob.example/v.mp4?sv=1&se=2026&sp=r&sig=canary%3D",
        "GET https://host.example/v?next=https%3A%2F%2Fx%2F%3Ftoken%3Dcanary",
        "GET https://host.example/v?api_key=canary&access_token=canary",
        "GET https://somebody:canary@host.example/v",
        "postgresql://host/db?user=x&password=canary",
        "Incorrect API key provided: sk-proj-canary******1234.",
        "API key not valid: AIzacanary0123456789abcdefghijkl",
        "the token eyJcanary0123.eyJcanary0123.canary is over",
        "hf_canary0123456789, r8_canary0123456789 and ghp_canary0123456789",
    ],
)
def test_no_secret_reaches_the_log(line: str) -> None:
    formatter = Redacting(["canary-token"])
    written = formatter.format(logging.LogRecord("x", logging.INFO, "f", 1, line, None, None))
    assert "canary" not in written
    assert "aW50ZXJhY3Rpb246" not in written
    assert BLOT in written


@pytest.mark.parametrize("key", ["1", "none", "sk", "any", ""])
def test_a_word_that_is_no_secret_leaves_the_log_readable(key: str) -> None:
    line = "1 job is rendering at 127.0.0.1, none waits; any seconds: 10"
    assert redacted(line, [key]) == line


def test_a_secret_is_found_as_addresses_write_it_and_before_one_that_is_a_part_of_it() -> None:
    assert redacted("a/b+canary= a%2Fb%2Bcanary%3D", ["a/b+canary="]) == f"{BLOT} {BLOT}"
    assert redacted("canary-and-more", ["canary-and", "canary-and-more"]) == BLOT


def test_from_eight_characters_on_a_word_is_a_secret() -> None:
    assert redacted("canary7 canary-8", ["canary7", "canary-8"]) == f"canary7 {BLOT}"


@pytest.mark.parametrize("kind", [Redacting, JsonLines])
def test_a_secret_that_becomes_known_while_a_line_is_written_costs_no_line(kind: type[Redacting | JsonLines]) -> None:
    class WhileItIsRead(str):
        __slots__ = ()

        def __len__(self) -> int:
            formatter.hide(f"canary-of-another-thread-{super().__len__()}")
            return super().__len__()

    formatter = kind([WhileItIsRead("canary-token"), "canary-key"])
    record = logging.LogRecord("x", logging.INFO, "f", 1, "canary-token and canary-key are refused", (), None)
    assert f"{BLOT} and {BLOT} are refused" in formatter.format(record)


def test_ordinary_words_are_no_secrets() -> None:
    line = "Bot disconnected; Bearer documents; see https://host.example/v?until=1&page=2 and sk-12"
    assert redacted(line) == line


FORGED = "video_1\n2026-11-28 12:00:00,000 INFO    bot: all is well\r\x1b[2K\u2028\u202e"


def test_what_is_logged_is_one_line_whatever_it_holds() -> None:
    written = Redacting([]).format(logging.LogRecord("x", logging.INFO, "f", 1, "%s is done", (FORGED,), None))
    assert len(written.splitlines()) == 1
    assert written.isprintable()
    assert r"video_1\n2026" in written


def raise_forged() -> None:
    raise ValueError(FORGED)


def test_no_line_of_a_traceback_looks_like_an_entry() -> None:
    try:
        raise_forged()
    except ValueError:
        record = logging.LogRecord("x", logging.ERROR, "f", 1, "it failed", None, sys.exc_info())
    head, *story = Redacting([]).format(record).splitlines()
    assert head.endswith("it failed")
    assert len(story) > 3
    assert all(line.startswith(LATER_LINE) and line.isprintable() for line in story)


def test_a_line_of_json_is_one_line_that_a_terminal_shows_as_it_is() -> None:
    record = logging.LogRecord("x", logging.INFO, "f", 1, "%s\x85\x9b2J\x7f\ud800 🎬 ありがとう", (FORGED,), None)
    written = JsonLines([]).format(record)
    assert len(written.splitlines()) == 1
    assert written.isprintable()
    assert "🎬 ありがとう" in written
    assert json.loads(written)["message"] == record.getMessage()


def test_json_lines_say_which_job_is_at_work_and_no_secret() -> None:
    error = OSError("canary-token\nis refused")
    trouble = (OSError, error, None)
    record = logging.LogRecord("httpx", logging.ERROR, "f", 1, 'said "%s"', ("no\ncanary-token",), trouble)
    formatter = JsonLines(["canary-token"])
    without_job = json.loads(formatter.format(record))
    at_work = current_job.set(JobId("K7Q4FD"))
    try:
        (line,) = formatter.format(record).splitlines()
    finally:
        current_job.reset(at_work)
    said = json.loads(line)
    assert (said["level"], said["logger"], said["message"]) == ("ERROR", "httpx", f'said "no\n{BLOT}"')
    assert (said["job"], "job" in without_job) == ("K7Q4FD", False)
    assert said["traceback"].endswith(f"OSError: {BLOT}\nis refused")
    assert "canary" not in line
