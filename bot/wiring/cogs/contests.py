"""Contests: what runs them, and their cog."""

from __future__ import annotations

from discord import Client

from bot.data_classes import wired
from bot.interaction_registry import InteractionRegistry
from bot.jobs.use_cases.studio.contests.run import RunContests
from bot.jobs.use_cases.studio.contests.step import ContestSteps
from bot.jobs.use_cases.studio.contests.work import ContestWorker
from bot.ui.interactions.lookup import JobLookup
from bot.ui.publish.contests.messages import DiscordContests
from bot.ui.screens.contests.vote import Ballots
from bot.wiring.cogs.screens import ScreenParts
from bot.wiring.jobs import JobParts
from bot.wiring.use_cases import UseCases
from cogs.studio.contests import Contests


@wired
class ContestParts:
    """What runs contests, for managers and by itself, and shows what is handed in."""

    run: RunContests
    worker: ContestWorker
    ballots: Ballots


def contest_parts(client: Client, parts: JobParts, uses: UseCases, screens: ScreenParts) -> ContestParts:
    channel = DiscordContests(
        client=client,
        messages=screens.messages,
        files=screens.files,
        spoilers=screens.spoilers,
        venues=screens.venues,
        choices=uses.own_preferences,
        languages=screens.languages,
    )
    known = uses.finished.contests.known
    steps = ContestSteps(known=known, store=parts.stores.contest_work, channel=channel, log=parts.guild_log)
    run = RunContests(
        known=known,
        steps=steps,
        authorization=uses.authorization,
        guilds=parts.stores.guilds,
        changes=uses.changes,
    )
    ballots = Ballots(messages=screens.messages, files=screens.files, spoilers=screens.spoilers)
    return ContestParts(run=run, worker=ContestWorker(steps=steps), ballots=ballots)


def contest_cog(registry: InteractionRegistry, lookup: JobLookup, uses: UseCases, contests: ContestParts) -> Contests:
    finished = uses.finished.contests
    return Contests(
        registry,
        lookup,
        known=finished.known,
        run=contests.run,
        enter=finished.enter,
        vote=finished.vote,
        ballots=contests.ballots,
        label=uses.catalogue.label,
    )
