"""From a checked order to its card: queue it, answer with the card, record where that is."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import discord
from discord.ui import LayoutView, TextDisplay

from bot.data_classes import wired
from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, CardNotShown, Unavailable, Undeliverable
from bot.domain.ids import JobId
from bot.domain.job import Job
from bot.jobs.delivery.threads import ThreadParents
from bot.jobs.ordering.batches import BatchQuote
from bot.jobs.ordering.quoting import Quote
from bot.jobs.use_cases.create import CreateVideo, Destination
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.studio.batches import OrderBatches
from bot.lost_answers import lost_answers
from bot.ui.cards.batch_rendering import BatchRenderer
from bot.ui.cards.rendering import CardKeeper, CardRenderer, DrawnCard
from bot.ui.interactions.discord_errors import TROUBLE, is_passing, is_token_gone, is_unheard, our_errors
from bot.ui.interactions.members import upload_limit
from bot.ui.interactions.responses import acknowledge, remove_pressed, reply, show_to_all, update
from bot.ui.interactions.threads import remember_parent
from bot.ui.text.phrases import dialogs, errors
from bot.ui.text.render import render

log = logging.getLogger(__name__)

AnyQuote = Quote | BatchQuote


@wired
class OrderPlacement:
    """Places checked orders; its answer is the card."""

    create: CreateVideo
    batches: OrderBatches
    renderer: CardRenderer
    batch_renderer: BatchRenderer
    cards: CardKeeper
    thread_parents: ThreadParents
    preferences: GuildPreferences

    async def check(
        self, interaction: discord.Interaction[Any], member: Member, quote: Quote, others: Sequence[Quote] = ()
    ) -> None:
        """Call this before a question: checks that confirming it, or one of the `others`, could work at all.

        Raises OverBudget, TooManyWaiting, AgainstRules, and BadRequest if a private video could not be sent.
        """
        await self.create.screen(member, quote, interaction.channel_id or 0)
        await self.create.check_room(member, quote.price, *(other.price for other in others))
        if _is_secret(interaction, quote):
            await _check_direct_messages(interaction)

    async def check_batch(self, interaction: discord.Interaction[Any], member: Member, batch: BatchQuote) -> None:
        """Likewise for several orders at once."""
        await self.batches.check(member, batch, interaction.channel_id or 0)
        if _is_secret(interaction, batch):
            await _check_direct_messages(interaction)

    async def place(self, interaction: discord.Interaction[Any], member: Member, quote: AnyQuote) -> None:
        """Queue the order, or all of a batch, and answer with its card.

        "Thinking…" is shown first only if that takes long.
        """
        if _is_secret(interaction, quote):
            await self._place_privately(interaction, member, quote, partial(_reply_with, interaction))
            return
        show_to_all(interaction)
        jobs = await self._store(interaction, member, quote)
        async with self._told_when_stored(jobs):
            card = await self._draw(jobs)
            try:
                message = await reply(interaction, ephemeral=False, **card.as_message())
            except discord.HTTPException as error:
                if not is_token_gone(error):
                    raise
                await _post(interaction.client, jobs, await self._draw(jobs), self.cards)
            else:
                await self.cards.remember(jobs, message, card)

    async def place_asked(
        self, interaction: discord.Interaction[Any], member: Member, quote: AnyQuote, *, instead_of: JobId | None = None
    ) -> None:
        """Likewise after a yes to an ephemeral question, which is removed, so the card is not a reply.

        `instead_of` is a job that is cancelled with it if it still waits, or one that is at rest.
        """
        await acknowledge(interaction)
        if _is_secret(interaction, quote):
            await self._place_privately(interaction, member, quote, partial(update, interaction), instead_of)
            return
        jobs = await self._store(interaction, member, quote, instead_of)
        async with self._told_when_stored(jobs, by_answer=False):
            await _post(interaction.client, jobs, await self._draw(jobs), self.cards)
        with contextlib.suppress(*TROUBLE):
            await remove_pressed(interaction)

    async def _store(
        self, interaction: discord.Interaction[Any], member: Member, quote: AnyQuote, instead_of: JobId | None = None
    ) -> Sequence[Job]:
        await remember_parent(self.thread_parents, interaction)
        destination = _destination(interaction, interaction.channel_id)
        return await self._placed(member, quote, destination, instead_of)

    async def _placed(
        self, member: Member, quote: AnyQuote, destination: Destination, instead_of: JobId | None
    ) -> Sequence[Job]:
        if isinstance(quote, BatchQuote):
            return await self.batches.place(member, quote, destination)
        return [await self.create.place(member, quote, destination, instead_of=instead_of, anew=True)]

    async def _draw(self, jobs: Sequence[Job]) -> DrawnCard:
        return await (self.renderer.draw(jobs[0]) if len(jobs) == 1 else self.batch_renderer.draw(jobs))

    async def _place_privately(
        self,
        interaction: discord.Interaction[Any],
        member: Member,
        quote: AnyQuote,
        tell: Callable[[LayoutView], Awaitable[object]],
        instead_of: JobId | None = None,
    ) -> None:
        """Card and result go to the member's direct messages; whether these are open is tested first."""
        message = await _first_message(interaction)
        try:
            await self.cards.expect(interaction.id, message)
            destination = _destination(interaction, message.channel.id)
            jobs = await self._placed(member, quote, destination, instead_of)
        except Exception:
            with contextlib.suppress(*TROUBLE):
                await message.delete()  # it is not needed as a card
            raise
        async with self._told_when_stored(jobs):
            await self.cards.remember(jobs, message, None)
            options = await self.preferences.of(jobs[0].guild_id)
            told = dialogs.goes_to_direct_messages(jobs, message.channel.jump_url, shown=options.show_private)
            await tell(LayoutView(timeout=None).add_item(TextDisplay(render(told))))

    @contextlib.asynccontextmanager
    async def _told_when_stored(self, jobs: Sequence[Job], *, by_answer: bool = True) -> AsyncIterator[None]:
        """From here on the order exists, so no error may sound as if it did not. Raises CardNotShown.

        If the member is told `by_answer`, and was told that there is no order, it is withdrawn.
        """
        try:
            with lost_answers() as lost:
                yield
        except TROUBLE as error:
            if by_answer and is_unheard(error, lost=bool(lost)):
                log.warning("%s is withdrawn: Discord did not take its answer: %s", jobs[0].id, error)
                for job in jobs:
                    await self.create.withdraw(job)
                raise
            log.warning("%s is ordered, but Discord did not take its card: %s", jobs[0].id, error)
            self.cards.seek(jobs[0])
            self._release(jobs)
            raise CardNotShown(dialogs.ordered_unseen(jobs)) from error
        except Exception as error:
            log.exception("%s is ordered, but its card could not be shown", jobs[0].id)
            self._release(jobs)
            raise CardNotShown(dialogs.ordered_unseen(jobs)) from error
        self._release(jobs)

    def _release(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self.create.release(job)


async def post_card(client: discord.Client, job: Job, renderer: CardRenderer, cards: CardKeeper) -> None:
    """The card of an order as a message that is not a reply."""
    await _post(client, [job], await renderer.draw(job), cards)


async def _post(client: discord.Client, jobs: Sequence[Job], card: DrawnCard, cards: CardKeeper) -> None:
    """`jobs`: those that the card shows."""
    channel = client.get_partial_messageable(jobs[0].channel_id)
    nobody = discord.AllowedMentions.none()
    message = await channel.send(**card.as_message(), nonce=f"k1-{jobs[0].id}-card", allowed_mentions=nobody)
    await cards.remember(jobs, message, card)


def _is_secret(interaction: discord.Interaction[Any], quote: AnyQuote) -> bool:
    return quote.private and interaction.guild_id is not None


async def _reply_with(interaction: discord.Interaction[Any], view: LayoutView) -> None:
    await reply(interaction, view=view)


async def _check_direct_messages(interaction: discord.Interaction[Any]) -> None:
    """Raises BadRequest if they are closed, which Discord reports before it complains about an empty message."""
    try:
        await (await interaction.client.create_dm(interaction.user)).send()
    except discord.Forbidden as error:
        if not is_passing(error):
            raise BadRequest(dialogs.NO_DIRECT_MESSAGES) from None
    except TROUBLE:
        return  # open as far as known; placing the order will show


async def _first_message(interaction: discord.Interaction[Any]) -> discord.Message:
    """The message that becomes the card, in the member's direct messages.

    Raises BadRequest if these are closed, and Unavailable if Discord opens none now.
    """
    waiting = LayoutView(timeout=None).add_item(TextDisplay(render(dialogs.BEING_QUEUED)))
    try:
        with our_errors():
            channel: discord.DMChannel = await interaction.client.create_dm(interaction.user)
            return await channel.send(view=waiting)
    except Undeliverable:
        raise BadRequest(dialogs.NO_DIRECT_MESSAGES) from None
    except Unavailable as later:
        raise Unavailable(dialogs.DIRECT_MESSAGES_LATER) from later


def _destination(interaction: discord.Interaction[Any], channel_id: int | None) -> Destination:
    if channel_id is None:
        raise BadRequest(errors.CHANNEL_ONLY)
    return Destination(channel_id=channel_id, upload_limit=upload_limit(interaction), interaction_id=interaction.id)
