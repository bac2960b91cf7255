"""A member who sends too much is ignored, at no one else's expense."""

from __future__ import annotations

from collections import Counter
from types import SimpleNamespace
from typing import Any

import discord

from bot.member_limits import BURST, FULL_AGAIN, MOST_REMEMBERED, PAUSE, PER_SECOND, MemberLimits
from bot.ui.interactions.admission import is_admitted
from tests.builders import ANN

BEN = ANN + 1


class Hand:
    """A clock set by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Crowd:
    """Members who press buttons at once. Counts the admitted presses, and keeps the errors."""

    def __init__(self, *, is_answering: bool = True) -> None:
        self.hand = Hand()
        self.client = SimpleNamespace(is_answering=is_answering, limits=MemberLimits(clock=self.hand))
        self.admitted: Counter[int] = Counter()
        self.told: list[str] = []

    async def sends(
        self, member: int, kind: discord.InteractionType = discord.InteractionType.component, data: object = None
    ) -> None:
        interaction: Any = SimpleNamespace(
            type=kind,
            data=data,
            locale=discord.Locale.american_english,
            user=SimpleNamespace(id=member),
            client=self.client,
            extras={},
            response=SimpleNamespace(is_done=lambda: False, send_message=self._say),
            original_response=self._said,
        )
        first = await is_admitted(interaction)
        assert await is_admitted(interaction) is first, "one interaction counts once, however many ask about it"
        self.admitted[member] += first

    async def _say(self, *, content: str, ephemeral: bool, **_: Any) -> Any:
        assert ephemeral
        self.told.append(content)
        return SimpleNamespace(resource=None)

    async def _said(self) -> None:
        return None


async def test_ten_thousand_presses_of_one_member_take_nothing_from_the_others() -> None:
    crowd = Crowd()
    for number in range(10_000):
        await crowd.sends(ANN)
        if number % 1000 == 0:
            await crowd.sends(BEN)
    assert crowd.admitted == {ANN: BURST, BEN: 10}
    assert len(crowd.told) == 1


async def test_who_waits_as_told_is_heard_again() -> None:
    crowd = Crowd()
    for _ in range(BURST + 1):
        await crowd.sends(ANN)
    crowd.hand.seconds += 1.0
    for _ in range(BURST):
        await crowd.sends(ANN)
    assert crowd.admitted[ANN] == BURST + PER_SECOND
    assert len(crowd.told) == 1, "not again within seconds"
    crowd.hand.seconds += max(PAUSE, FULL_AGAIN)
    for _ in range(BURST + 1):
        await crowd.sends(ANN)
    assert len(crowd.told) == 2


async def test_typing_fast_keeps_nobody_from_pressing_and_is_refused_without_a_word() -> None:
    crowd = Crowd()
    for _ in range(100):
        await crowd.sends(ANN, discord.InteractionType.autocomplete)
    assert (crowd.admitted[ANN], crowd.told) == (BURST, [])
    await crowd.sends(ANN)
    assert crowd.admitted[ANN] == BURST + 1


async def test_who_presses_too_fast_still_sends_the_form_they_have_filled() -> None:
    crowd = Crowd()
    for _ in range(BURST + 1):
        await crowd.sends(ANN)
    await crowd.sends(ANN, discord.InteractionType.modal_submit)
    assert crowd.admitted[ANN] == BURST + 1


async def test_while_another_process_answers_nothing_is_said() -> None:
    crowd = Crowd(is_answering=False)
    for _ in range(BURST + 1):
        await crowd.sends(ANN)
    assert (crowd.admitted[ANN], crowd.told) == (0, [])


def test_members_who_are_quiet_are_forgotten_and_never_too_many_are_remembered() -> None:
    hand = Hand()
    limits = MemberLimits(clock=hand)
    for member in range(MOST_REMEMBERED + 5):
        assert limits.takes(member)
    assert len(limits) == MOST_REMEMBERED
    hand.seconds += FULL_AGAIN + 1
    assert limits.takes(ANN)
    assert len(limits) == 1


async def test_what_cannot_be_stored_is_marked_in_what_members_send() -> None:
    """Half an emoji from a client that truncates text (JustVugg/colibri#1589), and NUL (DeytaHQ/khora#1528)."""
    sent = {
        "options": [{"name": "prompt", "value": "a fox \ud83d in\0 snow \U0001f98a"}, {"name": "seconds", "value": 4}]
    }
    await Crowd().sends(ANN, discord.InteractionType.application_command, sent)
    assert sent == {
        "options": [
            {"name": "prompt", "value": "a fox \ufffd in\ufffd snow \U0001f98a"},
            {"name": "seconds", "value": 4},
        ]
    }
