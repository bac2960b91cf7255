"""The log says what becomes of a job, and nothing that may be a prompt."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from bot.domain.messages import Choice, Foreign, Term, joined, msg
from bot.domain.models.causes import Cause
from bot.domain.ports.provider import Broken
from bot.domain.texts.own_words import in_own_words
from tests.workbench import a_bench


async def test_the_log_says_why_a_video_failed_without_what_the_service_wrote(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    async with a_bench(tmp_path) as bench:
        reason = msg("It said {words} and stopped.", words=Foreign("a fox?"))
        bench.provider.looks = [Broken(cause=Cause.PROVIDER, reason=reason)]
        job = await bench.run(await bench.order())
    assert f"{job.id} rendering -> failed: It said … and stopped." in caplog.messages
    assert "a fox" not in caplog.text


def test_what_others_wrote_is_left_out_of_lists() -> None:
    listed = Choice((Term("720x1280"), Foreign("a fox"), msg("'{typed}'", typed=Foreign("an owl"))), every=True)
    assert in_own_words(msg("It has {models}.", models=listed)) == "It has 720x1280, … and '…'."


def test_what_others_wrote_is_left_out_of_sentences_within_sentences() -> None:
    inner = msg("{service} said {words}.", service=msg("The service"), words=Foreign("a fox"))
    assert in_own_words(joined(inner, msg("Nothing was charged."))) == "The service said …. Nothing was charged."
