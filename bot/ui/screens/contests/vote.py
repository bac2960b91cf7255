"""Voting: pages of entries, each with a poster, a link and a button."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

import discord
from discord.ui import ActionRow, Container, LayoutView, Section, Separator, TextDisplay, Thumbnail

from bot.data_classes import value_object, wired
from bot.domain.access.members import Member
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.ports.files import FileStore
from bot.domain.ports.messages import MessageStore
from bot.jobs.use_cases.moderation.spoilers import SpoilerRules
from bot.jobs.use_cases.studio.contests.vote import Ballot
from bot.ui.cards.job_card import BLUE, LONGEST_DESCRIPTION, link_to
from bot.ui.cards.posters import moving_poster, poster_files, poster_name, posters_of
from bot.ui.interactions.responses import update
from bot.ui.screens.budget import TextBudget
from bot.ui.screens.contests.buttons import BallotPageButton, CastButton
from bot.ui.text.formatting import cut
from bot.ui.text.phrases.studio import contests as phrases
from bot.ui.text.render import plain_text

PER_PAGE = 4  # seven components each, which leaves room for the rest within Discord's 40


@value_object
class BallotFacts:
    """What a page shows in addition to the ballot."""

    reader_id: int
    page: int
    links: Mapping[JobId, str] = field(default_factory=dict)
    posters: frozenset[JobId] = frozenset()
    covered: frozenset[JobId] = frozenset()  # shown as spoilers
    said: Message | None = None  # what was just done


class BallotScreen(LayoutView):
    """One page. Pure: built from the facts that were looked up."""

    def __init__(self, ballot: Ballot, about: BallotFacts) -> None:
        super().__init__(timeout=None)
        shown = on_page(ballot, about.page)
        room = TextBudget(1 + max(1, len(shown)))
        title = phrases.ballot(ballot.contest, len(ballot.votes), about.said)
        card: Container[BallotScreen] = Container(TextDisplay(room.text(title)), accent_colour=BLUE)
        for job in shown:
            text = TextDisplay[BallotScreen](room.text(phrases.entry(job, about.links.get(job.id))))
            card.add_item(Separator())
            card.add_item(Section(text, accessory=_poster(job, about)) if job.id in about.posters else text)
            card.add_item(ActionRow(_cast(ballot, job, about)))
        if not shown:
            card.add_item(TextDisplay(room.text(phrases.NOTHING_ENTERED)))
        self.add_item(card)
        if turns := _turns(ballot, about.page):
            self.add_item(ActionRow(*turns))


def on_page(ballot: Ballot, page: int) -> Sequence[Job]:
    return ballot.entries[page * PER_PAGE : (page + 1) * PER_PAGE]


def last_page(ballot: Ballot) -> int:
    return max(0, len(ballot.entries) - 1) // PER_PAGE


def _cast(ballot: Ballot, job: Job, about: BallotFacts) -> CastButton:
    given = job.id in ballot.votes
    text = phrases.take_back(job) if given else phrases.vote_for(job)
    is_own = job.owner_id == about.reader_id
    button = CastButton(ballot.contest.id, about.page, job.id, phrases.YOURS if is_own else text, given=given)
    button.item.disabled = is_own
    return button


def _turns(ballot: Ballot, page: int) -> list[BallotPageButton]:
    before = [BallotPageButton(ballot.contest.id, page - 1, phrases.PREVIOUS)] if page else []
    after = [BallotPageButton(ballot.contest.id, page + 1, phrases.NEXT)] if page < last_page(ballot) else []
    return [*before, *after]


def _poster(job: Job, about: BallotFacts) -> Thumbnail[BallotScreen]:
    described = cut(plain_text(phrases.poster(job)), LONGEST_DESCRIPTION)
    is_covered = job.id in about.covered
    return Thumbnail(f"attachment://{poster_name(job.id)}", description=described, spoiler=is_covered)


@wired
class Ballots:
    """Looks up what a page shows, and puts it into the reply."""

    messages: MessageStore
    files: FileStore
    spoilers: SpoilerRules

    async def show(
        self,
        interaction: discord.Interaction[Any],
        member: Member,
        ballot: Ballot,
        page: int,
        said: Message | None = None,
    ) -> None:
        """Show the page, or the last one if there are fewer."""
        page = min(page, last_page(ballot))
        jobs = on_page(ballot, page)
        # Editing a reply needs the right to attach files in the channel, although the first reply does not.
        attaches = interaction.app_permissions.attach_files
        posters = await posters_of(self.files, jobs if attaches else (), moving_poster)
        about = BallotFacts(
            reader_id=member.id,
            page=page,
            links=await self._links(member, jobs),
            posters=frozenset(posters),
            covered=frozenset([job.id for job in jobs if await self.spoilers.covers(job)]),
            said=said,
        )
        await update(interaction, BallotScreen(ballot, about), attachments=poster_files(posters))

    async def _links(self, member: Member, jobs: Sequence[Job]) -> Mapping[JobId, str]:
        """To messages that the voter can read."""
        found = {job.id: (job, (await self.messages.shown(job.id)).result) for job in jobs}
        return {
            job_id: link_to(job, result)
            for job_id, (job, result) in found.items()
            if result is not None and not result.direct and member.channels.sees(result.channel_id)
        }
