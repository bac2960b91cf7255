"""What a member is told of an order before they say yes to it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.data_classes import value_object, wired
from bot.domain.access.limits import OrderLimits
from bot.domain.access.members import Member
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.allowances import Remainder
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from bot.domain.ports.render_history import RenderHistory
from bot.jobs.ordering.alternatives import kind_of
from bot.jobs.ordering.cheaper import CheaperOrders
from bot.jobs.ordering.quoting import Quote
from bot.jobs.timing.render_times import RenderTimes
from bot.jobs.use_cases.allowances import MemberAllowances
from bot.jobs.use_cases.authorization import Authorization


@value_object
class QuoteDetails:
    """A quote with what matters for the yes to it."""

    quote: Quote
    times: RenderTimes
    left: Remainder | None  # after it; None: nothing limits it
    own_key: bool = False  # whether one pays
    cheaper: Sequence[Quote] = ()  # the nearest first
    approval_above: Usd | None = None  # it waits for approval, as all above this price do


@wired
class Quotes:
    authorization: Authorization
    allowances: MemberAllowances
    render_history: RenderHistory
    catalogue: Catalogue
    cheaper: CheaperOrders
    clock: Clock

    async def details(self, member: Member, quote: Quote) -> QuoteDetails:
        """Raises OverBudget when there is no room for it."""
        limits = await self.authorization.limits(member)
        own = limits.own_account(quote.card, quote.account)
        times, left, cheaper = await asyncio.gather(
            self._times(member, quote),
            self._left(member, limits, quote, own),
            self.cheaper.than(quote, limits),
        )
        above = limits.rights.approval_above if limits.needs_approval(quote.price) else None
        return QuoteDetails(
            quote=quote, times=times, left=left, cheaper=cheaper, own_key=own is not None, approval_above=above
        )

    async def _left(self, member: Member, limits: OrderLimits, quote: Quote, own: str | None) -> Remainder | None:
        if own is not None:
            return await self.allowances.after_on_key(own, quote.price, self.clock.now())
        return await self.allowances.after(member, limits, quote.price, self.clock.now())

    async def _times(self, member: Member, quote: Quote) -> RenderTimes:
        kind = kind_of(quote)
        past = await self.render_history.render_times([kind], member.guild_id)
        return RenderTimes.of(past[kind], self.catalogue.cards.get(quote.request.model))
