"""The doctor's test video: confirmed first, ordered once, and its cost reported however it ends."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.doctor import spending
from bot.doctor.report import Finding, Level
from bot.doctor.spending import Clip, Spending, cheapest
from bot.domain.errors import OutcomeUnknown, ProviderError, Refused, SpoiltVideo, Unavailable
from bot.domain.messages import msg
from bot.domain.money.usd import Usd
from bot.domain.phases import Cause
from bot.domain.ports.provider import Broken, Look, Ready, Waiting
from tests.builders import a_card
from tests.scripted import PlainMediaProcessor, ScriptedProvider


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spending, "LEAST_WAIT", 0.0)
    monkeypatch.setattr(spending, "LONGEST_WAIT", 0.0)


async def spend(provider: ScriptedProvider, media: PlainMediaProcessor | None = None, *, yes: bool = True) -> Finding:
    clip = cheapest(provider, [a_card()])
    assert isinstance(clip, Clip)
    asked: list[str] = []

    def agree(question: str) -> bool:
        asked.append(question)
        return yes

    said: list[str] = []
    found = await Spending(media=media or PlainMediaProcessor(), agree=agree, say=said.append).spend([clip])
    assert asked == ["Order the test clip for $0.40?"]
    assert said[0] == "  Sora 2 at video.example, 4 s of 1280x720: $0.40"
    (finding,) = found
    return finding


async def test_nothing_is_ordered_without_a_yes() -> None:
    provider = ScriptedProvider()
    finding = await spend(provider, yes=False)
    assert finding.level is Level.WARNING
    assert provider.orders == []


@pytest.mark.parametrize(
    ("cost", "words"),
    [(None, "it cost $0.40 by the price table"), (Usd.of("0.31"), "it cost $0.31, as video.example says")],
)
async def test_a_clip_that_plays_is_told_with_its_cost(cost: Usd | None, words: str) -> None:
    looks: list[Look | ProviderError] = [Waiting(), Unavailable("busy"), Waiting(progress=50), Ready(cost=cost)]
    provider = ScriptedProvider(looks=looks)
    finding = await spend(provider)
    assert finding.level is Level.FINE
    assert finding.words.endswith(words)
    assert len(provider.orders) == 1
    assert provider.forgotten == ["video_1"]


NO: Sequence[tuple[ProviderError, str, str]] = [
    (Refused("Not this."), "nothing was made or charged: Not this.", ""),
    (Unavailable("Busy."), "nothing was made or charged: Busy.", ""),
    (OutcomeUnknown("The answer was lost."), "The answer was lost.", "$0.40 may have been charged."),
]


@pytest.mark.parametrize(("trouble", "words", "bill"), NO)
async def test_an_order_that_fails_is_never_sent_again(trouble: ProviderError, words: str, bill: str) -> None:
    provider = ScriptedProvider(submits=[trouble])
    finding = await spend(provider)
    assert (finding.level, finding.words) == (Level.FAILURE, words)
    assert finding.fix.endswith(bill)
    assert len(provider.orders) == 1


@pytest.mark.parametrize(
    ("end", "bill"),
    [
        (Broken(cause=Cause.PROVIDER, reason=msg("It broke.")), "video.example says it wasn't charged."),
        (Broken(cause=Cause.PROVIDER, reason=msg("It broke."), charged=True), "It may have cost $0.40."),
        (Broken(cause=Cause.PROVIDER, reason=msg("It broke."), cost=Usd.of("0.05")), "It may have cost $0.05."),
    ],
)
async def test_a_clip_that_breaks_is_told_with_what_it_may_have_cost(end: Look, bill: str) -> None:
    finding = await spend(ScriptedProvider(looks=[end]))
    assert (finding.level, finding.words, finding.fix) == (Level.FAILURE, "no video was made: It broke.", bill)


async def test_a_file_that_comes_late_is_fetched_again_and_one_that_does_not_play_is_a_failure() -> None:
    late = ScriptedProvider(fetches=[Unavailable("Not yet."), True])
    assert (await spend(late)).level is Level.FINE
    finding = await spend(ScriptedProvider(), PlainMediaProcessor(SpoiltVideo("It is damaged.")))
    assert (finding.level, finding.words) == (Level.FAILURE, "video_1 was made, but: It is damaged.")
    assert finding.fix == "It may have cost $0.40."


async def test_a_clip_that_is_never_done_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spending, "LEAST_PATIENCE", 0.05)
    monkeypatch.setattr(spending, "TYPICAL_TIMES", 0)
    finding = await spend(ScriptedProvider(looks=[Waiting()]))
    assert finding.level is Level.FAILURE
    assert finding.words.startswith("video_1: not done after")
