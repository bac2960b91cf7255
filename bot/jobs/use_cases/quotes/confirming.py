"""When a member is asked before a video is ordered: as the host, the server, their tier and they themselves chose."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.data_classes import wired
from bot.domain.access.confirming import ConfirmBounds
from bot.domain.access.limits import OrderLimits
from bot.domain.access.members import Member
from bot.domain.access.rules import check_manages
from bot.domain.errors import BadRequest
from bot.domain.guild import GuildOptions
from bot.domain.messages import Message, Money, msg
from bot.domain.money.usd import Usd
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.use_cases.guild import GuildPreferences
from bot.jobs.use_cases.me.preferences import OwnPreferences


@wired
class PriceConfirmation:
    host: Usd
    preferences: GuildPreferences
    own_preferences: OwnPreferences
    authorization: Authorization

    async def above(self, member: Member) -> Usd:
        """The price from which on they are asked."""
        above, _ = await self._of(member)
        return above

    async def asks(self, member: Member, price: Usd) -> bool:
        """Whether a price is so high that they are asked first, or have to be told that it needs approval."""
        above, limits = await self._of(member)
        return price >= above or limits.needs_approval(price)

    async def _of(self, member: Member) -> tuple[Usd, OrderLimits]:
        bounds, limits, own = await asyncio.gather(
            self.bounds(member.guild_id), self.authorization.limits(member), self.own_preferences.of(member.id)
        )
        return bounds.of(limits.rights.confirm_above, own.confirm_above), limits

    async def bounds(self, guild_id: int) -> ConfirmBounds:
        return self._bounds(await self.preferences.of(guild_id))

    async def change(self, member: Member, *, above: Usd | None, at_most: Usd | None) -> ConfirmBounds:
        """For the member's server; None leaves it as it is.

        Raises NotAllowed, and BadRequest when the most is less than the usual; nothing is changed then.
        """

        def changed(known: GuildOptions) -> GuildOptions:
            chosen = replace(
                known,
                confirm_above=known.confirm_above if above is None else above,
                confirm_at_most=known.confirm_at_most if at_most is None else at_most,
            )
            if at_most is not None and at_most < (usual := self._bounds(chosen).usual):
                raise BadRequest(_too_low(usual, at_most))
            return chosen

        return self._bounds((await self.preferences.change(member, changed)).after or GuildOptions())

    async def choose(self, member: Member, *, above: Usd | None, at_most: Usd | None) -> ConfirmBounds:
        """Both anew, None as the host has it. Raises as `change` does."""
        bounds = ConfirmBounds(host=self.host, server=above, at_most=at_most)
        if at_most is not None and at_most < bounds.usual:
            raise BadRequest(_too_low(bounds.usual, at_most))
        await self.preferences.change(
            member, lambda known: replace(known, confirm_above=above, confirm_at_most=at_most)
        )
        return bounds

    async def reset(self, member: Member) -> ConfirmBounds:
        """As the host of the bot has it. Raises NotAllowed."""
        check_manages(member)
        await self.preferences.change(member, lambda known: replace(known, confirm_above=None, confirm_at_most=None))
        return await self.bounds(member.guild_id)

    def _bounds(self, options: GuildOptions) -> ConfirmBounds:
        return ConfirmBounds(host=self.host, server=options.confirm_above, at_most=options.confirm_at_most)


def _too_low(usual: Usd, most: Usd) -> Message:
    return msg(
        "{most} is less than {usual}, from which members are asked here. Lower that, too. Nothing was changed.",
        usual=Money(usual),
        most=Money(most),
    )
