"""The list of contests, and what managers can do about each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from discord.ui import ActionRow, Container, LayoutView, TextDisplay

from bot.domain.studio.contests.contest import Contest
from bot.jobs.use_cases.studio.contests.known import ListedContest
from bot.ui.cards.contests.buttons import ContestButton, ContestDeadlineButton, ContestVerb
from bot.ui.cards.contests.card import offered_now
from bot.ui.cards.job_card import BLUE
from bot.ui.screens.budget import TextBudget
from bot.ui.text.phrases.studio import contest_ends
from bot.ui.text.render import render


class ContestList(LayoutView):
    """The contests of a server, each with what can be done about it now."""

    def __init__(self, listed: Sequence[ListedContest], now: datetime, *, manages: bool) -> None:
        super().__init__(timeout=None)
        room = TextBudget(1 + len(listed))
        title = contest_ends.LIST_TITLE if listed else contest_ends.NO_CONTESTS
        card: Container[ContestList] = Container(TextDisplay(room.text(title)), accent_colour=BLUE)
        for each in listed:
            card.add_item(TextDisplay(room.text(contest_ends.listed(each, now))))
            if buttons := _buttons(each.contest, now, manages=manages):
                card.add_item(ActionRow(*buttons))
        self.add_item(card)


def _buttons(contest: Contest, now: datetime, *, manages: bool) -> Sequence[ContestButton]:
    verbs = offered_now(contest, now)
    manager = [ContestVerb.MANAGE] if verbs and manages else []
    return [ContestButton(verb, contest.id) for verb in (*verbs, *manager)]


class ManageContest(LayoutView):
    """What can be done about a running contest."""

    def __init__(self, contest: Contest, entries: int) -> None:
        super().__init__(timeout=None)
        self.add_item(TextDisplay(render(contest_ends.manage(contest, entries))))
        verbs = ContestVerb.END, ContestVerb.CANCEL
        end, cancel = [ContestButton(verb, contest.id) for verb in verbs]
        self.add_item(ActionRow(ContestDeadlineButton(contest.id), end, cancel))


class EndQuestion(LayoutView):
    """Asked before a contest ends for good."""

    def __init__(self, contest: Contest, verb: ContestVerb) -> None:
        super().__init__(timeout=None)
        ask = contest_ends.really_end if verb is ContestVerb.REALLY_END else contest_ends.really_cancel
        self.add_item(TextDisplay(render(ask(contest))))
        self.add_item(ActionRow(*(ContestButton(each, contest.id) for each in (verb, ContestVerb.BACK))))
