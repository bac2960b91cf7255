"""/contest, the buttons on the cards of contests, and *Enter a contest…* on a video."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import discord
from discord import app_commands
from discord.app_commands import locale_str
from discord.ext import commands

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest
from bot.domain.ids import JobId, typed
from bot.domain.job import Job
from bot.domain.messages import Message
from bot.domain.studio.contests.contest import MOST_VOTES, Contest, ContestId
from bot.interaction_registry import Interaction, InteractionRegistry
from bot.jobs.use_cases.studio.contests.enter import EnterContests
from bot.jobs.use_cases.studio.contests.known import KnownContests
from bot.jobs.use_cases.studio.contests.run import RunContests
from bot.jobs.use_cases.studio.contests.vote import VoteInContests
from bot.ui.cards.contests.buttons import ContestButton, ContestDeadlineButton, ContestVerb
from bot.ui.dialogs.confirmations import Note
from bot.ui.dialogs.drafts import refilled
from bot.ui.dialogs.studio import contest_forms as forms
from bot.ui.interactions.channel_rights import check_are_here
from bot.ui.interactions.lookup import JobLookup
from bot.ui.interactions.members import DiscordVenues, member_of
from bot.ui.interactions.responses import FOR_MANAGERS, OPENS_FORM, acknowledge, open_form, reply, think, update
from bot.ui.interactions.selects import chosen
from bot.ui.screens.contests.buttons import (
    BallotPageButton,
    CastButton,
    EnterContestButton,
    OfferPageButton,
    OwnVideoSelect,
    PutInButton,
    WithdrawButton,
)
from bot.ui.screens.contests.enter import EnterScreen, WhichContest
from bot.ui.screens.contests.manage import ContestList, EndQuestion, ManageContest
from bot.ui.screens.contests.vote import Ballots
from bot.ui.text.phrases import errors
from bot.ui.text.phrases.studio import contest_ends
from bot.ui.text.phrases.studio import contests as phrases


class Contests(commands.GroupCog, group_name="contest", group_description=locale_str("A theme, entries and votes")):
    def __init__(
        self,
        registry: InteractionRegistry,
        lookup: JobLookup,
        *,
        known: KnownContests,
        run: RunContests,
        enter: EnterContests,
        vote: VoteInContests,
        ballots: Ballots,
        label: Callable[[str], str],
    ) -> None:
        self._known = known
        self._run = run
        self._enter = enter
        self._vote = vote
        self._ballots = ballots
        self._label = label
        registry.add_button(ContestButton, self.clicked)
        registry.add_button(ContestDeadlineButton, self.deadline_clicked)
        registry.add_button(OfferPageButton, self.offer_turned)
        registry.add_button(OwnVideoSelect, self.video_chosen)
        registry.add_button(PutInButton, self.put_in_clicked)
        registry.add_button(WithdrawButton, self.withdraw_clicked)
        registry.add_button(BallotPageButton, self.ballot_turned)
        registry.add_button(CastButton, self.cast_clicked)
        registry.add_button(EnterContestButton, lookup.clicks(self.enter_one_clicked, watching=True))
        registry.add_form(forms.START, self.start_sent, self.start_opened_again)
        registry.add_form(forms.TIMES, self.times_sent, self.times_opened_again)

    # Running a contest

    @app_commands.command(
        description=locale_str("Start a contest; a form asks for its theme and deadline (managers)"),
        extras={FOR_MANAGERS: True, OPENS_FORM: True},
    )
    @app_commands.describe(
        channel=locale_str("Where its card is posted (default: here)"),
        votes=locale_str("How many videos each member can vote for (default 1)"),
        older=locale_str("Also take videos that were ordered before it starts"),
    )
    async def start(
        self,
        interaction: Interaction,
        *,
        channel: discord.TextChannel | None = None,
        votes: app_commands.Range[int, 1, MOST_VOTES] = 1,
        older: bool = False,
    ) -> None:
        await self._run.check_may(await member_of(interaction))
        where = interaction.channel_id if channel is None else channel.id
        if where is None:
            raise BadRequest(errors.CHANNEL_ONLY)
        asked = forms.StartOptions(channel_id=where, votes_each=votes, newer_only=not older)
        await open_form(interaction, forms.StartForm(asked))

    async def start_sent(self, interaction: Interaction, about: str, fields: Mapping[str, str]) -> None:
        member, plan = await member_of(interaction), forms.plan_in(about, fields)
        check_are_here(interaction, [plan.channel_id])
        await think(interaction, ephemeral=True)
        contest = await self._run.start(member, plan)
        await reply(interaction, view=Note(contest_ends.started(contest)))

    async def start_opened_again(self, interaction: Interaction, about: str, fields: Mapping[str, str]) -> None:
        form = forms.StartForm(forms.StartOptions.read(about))
        await open_form(interaction, refilled(form, fields, interaction.guild))

    @app_commands.command(name="list", description=locale_str("The contests here: enter, vote, see who won"))
    async def list_contests(self, interaction: Interaction) -> None:
        member = await member_of(interaction)
        listed, now = await self._known.listed(member), self._known.clock.now()
        await reply(interaction, view=ContestList(listed, now, manages=member.manages))

    async def clicked(self, interaction: Interaction, button: ContestButton) -> None:
        member, contest_id = await member_of(interaction), button.contest_id
        match button.verb:
            case ContestVerb.ENTER:
                await self._enter.check_may(member)
                await reply(interaction, view=await self._entering(member, contest_id))
            case ContestVerb.OWN:
                await reply(interaction, view=await self._entering(member, contest_id))
            case ContestVerb.VOTE:
                ballot = await self._vote.ballot(member, contest_id)
                await think(interaction, ephemeral=True)
                await self._ballots.show(interaction, member, ballot, 0)
            case _:
                await self._managed(interaction, member, button)

    async def _managed(self, interaction: Interaction, member: Member, button: ContestButton) -> None:
        contest = await self._run.get(member, button.contest_id)
        match button.verb:
            case ContestVerb.END:
                await update(interaction, EndQuestion(contest, ContestVerb.REALLY_END))
            case ContestVerb.CANCEL:
                await update(interaction, EndQuestion(contest, ContestVerb.REALLY_CANCEL))
            case ContestVerb.REALLY_END:
                await update(interaction, Note(contest_ends.ended(await self._run.end(member, contest.id))))
            case ContestVerb.REALLY_CANCEL:
                await update(interaction, Note(contest_ends.cancelled(await self._run.cancel(member, contest.id))))
            case ContestVerb.BACK:
                await update(interaction, await self._managing(contest))
            case _:
                await reply(interaction, view=await self._managing(contest))

    async def _managing(self, contest: Contest) -> ManageContest:
        return ManageContest(contest, await self._known.number_in(contest.id))

    async def deadline_clicked(self, interaction: Interaction, button: ContestDeadlineButton) -> None:
        await self._run.get(await member_of(interaction), button.contest_id)
        await open_form(interaction, forms.TimesForm(button.contest_id))

    async def times_sent(self, interaction: Interaction, about: str, fields: Mapping[str, str]) -> None:
        member = await member_of(interaction)
        deadline, voting = fields.get(forms.DEADLINE, ""), fields.get(forms.VOTING, "")
        contest = await self._run.change_times(member, ContestId(about), deadline, voting)
        await reply(interaction, view=Note(contest_ends.changed(contest)))

    async def times_opened_again(self, interaction: Interaction, about: str, fields: Mapping[str, str]) -> None:
        await open_form(interaction, refilled(forms.TimesForm(ContestId(about)), fields, interaction.guild))

    # Entering a video

    async def _entering(self, member: Member, contest_id: ContestId, said: Message | None = None) -> EnterScreen:
        choices = await self._enter.choices(member, contest_id)
        takes_entries = choices.contest.takes_entries(self._known.clock.now())
        return EnterScreen(choices, said, takes_entries=takes_entries, label=self._label)

    async def offer_turned(self, interaction: Interaction, button: OfferPageButton) -> None:
        member = await member_of(interaction)
        choices = await self._enter.choices(member, button.contest_id, button.cursor)
        await update(interaction, EnterScreen(choices, label=self._label))

    async def video_chosen(self, interaction: Interaction, select: OwnVideoSelect) -> None:
        job_id = typed(chosen(interaction))
        if job_id is None:
            raise BadRequest(errors.OTHER_FORM)
        await self._put_in(interaction, select.contest_id, job_id)

    async def put_in_clicked(self, interaction: Interaction, button: PutInButton) -> None:
        await self._put_in(interaction, button.contest_id, button.job_id)

    async def _put_in(self, interaction: Interaction, contest_id: ContestId, job_id: JobId) -> None:
        member = await member_of(interaction)
        await self._enter.enter(member, contest_id, job_id, DiscordVenues(client=interaction.client))
        await update(interaction, await self._entering(member, contest_id, phrases.GOOD_LUCK))

    async def withdraw_clicked(self, interaction: Interaction, button: WithdrawButton) -> None:
        member = await member_of(interaction)
        await self._enter.withdraw(member, button.contest_id, button.job_id)
        await update(interaction, await self._entering(member, button.contest_id, phrases.withdrawn(button.job_id)))

    async def enter_one_clicked(self, interaction: Interaction, job: Job, member: Member) -> None:
        await self._enter.check_may(member)
        contests = await self._known.taking_entries(member)
        if not contests:
            raise BadRequest(phrases.NO_OPEN_CONTEST)
        await reply(interaction, view=WhichContest(job, contests))

    # Voting

    async def ballot_turned(self, interaction: Interaction, button: BallotPageButton) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        ballot = await self._vote.ballot(member, button.contest_id)
        await self._ballots.show(interaction, member, ballot, button.page)

    async def cast_clicked(self, interaction: Interaction, button: CastButton) -> None:
        member = await member_of(interaction)
        await acknowledge(interaction)
        result = await self._vote.vote(member, button.contest_id, button.job_id)
        ballot = await self._vote.ballot(member, button.contest_id)
        said = phrases.voted(result, button.job_id)
        await self._ballots.show(interaction, member, ballot, button.page, said)
