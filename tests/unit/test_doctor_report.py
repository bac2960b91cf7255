"""How the doctor's report is printed, and that no check can break it."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Sequence

import pytest

from bot.doctor.report import WIDTH, Check, Examination, Finding, Report, failure, fine, printed, warning
from bot.domain.errors import CannotStart


def test_a_finding_is_a_sign_a_subject_and_words_with_the_fix_below() -> None:
    assert printed(fine("clock", "right")) == "✓ clock          right"
    assert printed(warning("room", "little", "Make room.")) == (
        "! room           little\n                 → Make room."
    )
    assert printed(failure("token", "refused")).startswith("✗ token          refused")


def test_long_lines_are_wrapped_and_addresses_are_not_broken() -> None:
    address = "https://discord.com/oauth2/authorize?" + "x" * WIDTH
    lines = printed(warning("servers", "word " * 60, f"Invite it: {address}")).splitlines()
    assert all(len(line) <= WIDTH for line in lines if address not in line)
    assert any(line.strip().endswith(address) for line in lines)
    assert all(line.startswith(" " * 17) for line in lines[1:])


@pytest.mark.parametrize(
    ("findings", "end", "failed"),
    [
        ([fine("a", "b")], "All is well.", False),
        ([warning("a", "b"), fine("a", "b"), warning("a", "b")], "2 warnings.", False),
        ([failure("a", "b"), warning("a", "b")], "1 failure, 1 warning.", True),
    ],
)
def test_the_last_line_counts(findings: Sequence[Finding], end: str, failed: bool) -> None:
    out = io.StringIO()
    report = Report(out, [])
    report.add(*findings)
    report.close()
    assert out.getvalue().splitlines()[-1] == end
    assert report.has_failed is failed


def test_secrets_are_redacted_and_short_words_are_not_taken_for_secrets() -> None:
    out = io.StringIO()
    report = Report(out, ["canary-token", "any", ""])
    report.add(failure("token", "canary-token is refused by any of them", "See https://x.example/?sig=abcdef"))
    assert "canary" not in out.getvalue()
    assert "abcdef" not in out.getvalue()
    assert "[secret] is refused by any of them" in out.getvalue()


def test_no_words_of_others_move_the_terminals_hand() -> None:
    said = printed(failure("openai", "is full\x1b[2J\x9b1A\u202e\r\n✓ token  right", "See \x07there."))
    assert all(line.isprintable() for line in said.split("\n"))
    assert [line[0] for line in said.split("\n")] == ["✗", " "]


async def found_by(look: object, patience: float = 5.0) -> Sequence[Finding]:
    async def run() -> Sequence[Finding]:
        if isinstance(look, Exception):
            raise look
        assert isinstance(look, list)
        return look

    return await Examination(patience).findings(Check(subject="thing", look=run))


async def test_a_sentence_of_ours_is_a_failure_in_its_own_words() -> None:
    assert await found_by(CannotStart("It is not there.")) == [failure("thing", "It is not there.")]


async def test_an_unforeseen_error_is_a_line_and_its_story_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    (finding,) = await found_by(KeyError("id"))
    assert finding.words == "could not be checked (KeyError)"
    assert caplog.records[-1].exc_info is not None
    assert "Traceback" not in printed(finding)


async def test_a_check_that_hangs_is_given_up_and_the_others_are_told() -> None:
    never = asyncio.Event()

    async def hang() -> Sequence[Finding]:
        await never.wait()
        return []

    async def well() -> Sequence[Finding]:
        return [fine("other", "well")]

    examination = Examination(0.05)
    first = examination.begin(Check(subject="host", look=hang))
    second = examination.begin(Check(subject="other", look=well))
    assert await first == [failure("host", "no answer within 0.05 seconds")]
    assert await second == [fine("other", "well")]
    assert await examination.is_over()


async def test_a_check_that_cannot_even_be_cancelled_does_not_hold_the_report_up() -> None:
    release = asyncio.Event()

    async def stubborn() -> Sequence[Finding]:
        while not release.is_set():
            try:
                await release.wait()
            except asyncio.CancelledError:
                continue
        return []

    examination = Examination(0.05)
    (finding,) = await examination.findings(Check(subject="database", look=stubborn))
    assert "no answer within" in finding.words
    over = asyncio.create_task(examination.is_over())
    await asyncio.sleep(0)
    release.set()
    assert await over
