"""What a tier lets its members order, and the sentences that refuse the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from bot.data_classes import value_object
from bot.domain.access.tiers import NO_LIMITS, Tier, TierRights
from bot.domain.accounts import is_members, service_of
from bot.domain.errors import TierLimit
from bot.domain.messages import Choice, Count, Foreign, Message, Model, Param, Term, joined, msg
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd
from bot.domain.video import Size, VideoRequest

WHO_CAN_CHANGE_IT = msg("A server manager can change that with `/settings tiers`. You weren't charged.")
ANOTHER_MODEL = msg("Try another model.")
NOT_PRIVATELY = msg("Leave out `private`, and it's posted in the channel.")
PRIVATE_LIKE_ITS_SOURCE = msg("A remix of a private video is private too.")
MOST_NAMED = 6  # models in one sentence


@value_object
class OrderLimits:
    """What one member may order: as much as their tier allows, or anything if no tier limits them.

    `own_accounts`: those where an own key can pay for their orders, their own before the server's.
    """

    tier: Tier | None = None
    own_accounts: tuple[str, ...] = ()

    def own_account(self, card: ModelCard, near: str | None = None) -> str | None:
        """The account with the own key that pays for an order of this model; None: the account of whoever runs the bot.

        A member's own key takes precedence over the server's; of several accounts, `near` is the one that has its
        source.
        """
        for of_member in (True, False):
            found = [
                account
                for service in card.account_names
                for account in self.own_accounts
                if service_of(account) == service and is_members(account) is of_member
            ]
            if found:
                return near if near in found else found[0]
        return None

    def for_others(self) -> OrderLimits:
        """For orders placed in their name by somebody else: a member's own key pays only for what its owner orders."""
        return replace(self, own_accounts=tuple(account for account in self.own_accounts if not is_members(account)))

    @property
    def rights(self) -> TierRights:
        return NO_LIMITS if self.tier is None else self.tier.rights

    def needs_approval(self, price: Usd) -> bool:
        """Whether a video at this price waits until somebody approves it."""
        above = self.rights.approval_above
        return above is not None and price > above

    def cards(self, catalogue: Catalogue) -> Mapping[str, ModelCard]:
        """Its allowed cards, each with the allowed lengths and sizes."""
        if self.tier is None:
            return catalogue.cards
        return {model: left for model, card in catalogue.cards.items() if (left := self.card(card)) is not None}

    def catalogue(self, catalogue: Catalogue) -> Catalogue:
        """What is left of it. Raises TierLimit if that is nothing."""
        if self.tier is None:
            return catalogue
        cards = self.cards(catalogue)
        if catalogue.cards and not cards:
            tier = Foreign(self.tier.name)
            raise _no(msg("No model of the tier “{tier}” can be ordered here now.", tier=tier))
        return Catalogue(cards, catalogue.retired)

    def card(self, card: ModelCard) -> ModelCard | None:
        """The card with the allowed lengths and sizes; None if nothing of it is allowed."""
        if self.tier is None:
            return card
        seconds = tuple(filter(self._is_short, card.seconds))
        sizes = tuple(filter(self._is_small, card.sizes))
        return replace(card, seconds=seconds, sizes=sizes) if self._has(card.id) and seconds and sizes else None

    def fits(self, seconds: int, size: Size) -> bool:
        return self._is_short(seconds) and self._is_small(size)

    def check_model(self, card: ModelCard, catalogue: Catalogue) -> None:
        """Raise TierLimit unless they may use this model."""
        if self.tier is None or self._has(card.id):
            return
        labels = [allowed.label for allowed in self.catalogue(catalogue).cards.values()]
        raise _no(
            msg(
                "The tier “{tier}” can use {models}, not {model}.",
                tier=Foreign(self.tier.name),
                models=_some(map(Model, labels)),
                model=Model(card.label),
            )
        )

    def check(self, request: VideoRequest, catalogue: Catalogue, *, private: bool) -> None:
        """Raise TierLimit, with what would work, unless this may be ordered. The model may have no card any more."""
        tier, card = self.tier, catalogue.cards.get(request.model)
        if tier is None:
            return
        if card is not None:
            self.check_model(card, catalogue)
        left, name, rights = None if card is None else self.card(card), Foreign(tier.name), tier.rights
        if rights.longest_seconds is not None and not self._is_short(request.seconds):
            no = msg(
                "The tier “{tier}” can make videos of up to {most} seconds, not {seconds}.",
                tier=name,
                most=Count(rights.longest_seconds),
                seconds=Count(request.seconds),
            )
            raise _no(no, _lengths(left))
        if rights.largest is not None and not self._is_small(request.size):
            no = msg(
                "The tier “{tier}” can make videos of up to {most}, not {size}.",
                tier=name,
                most=Term(str(rights.largest)),
                size=Term(str(request.size)),
            )
            raise _no(no, _sizes(left))
        if private and not rights.may_go_private:
            instead = NOT_PRIVATELY if request.source is None else PRIVATE_LIKE_ITS_SOURCE
            raise _no(msg("The tier “{tier}” can't make private videos.", tier=name), instead)

    def check_count(self, videos: int) -> None:
        """Raise TierLimit unless this many videos may be ordered at once."""
        most = self.rights.in_one_order
        if self.tier is None or most is None or videos <= most:
            return
        raise _no(
            msg(
                "The tier “{tier}” can order up to {most} videos at once, not {videos}.",
                tier=Foreign(self.tier.name),
                most=Count(most),
                videos=Count(videos),
            )
        )

    def no_animator(self) -> TierLimit:
        """What to raise if none of their models starts from an image."""
        tier = Foreign("" if self.tier is None else self.tier.name)
        return _no(msg("No model of the tier “{tier}” starts from an image.", tier=tier))

    def _has(self, model: str) -> bool:
        return self.rights.models is None or model in self.rights.models

    def _is_short(self, seconds: int) -> bool:
        return self.rights.longest_seconds is None or seconds <= self.rights.longest_seconds

    def _is_small(self, size: Size) -> bool:
        return self.rights.largest is None or size.pixels <= self.rights.largest.pixels


UNLIMITED = OrderLimits()


def _no(limit: Message, instead: Message | None = None) -> TierLimit:
    return TierLimit(joined(limit, instead, WHO_CAN_CHANGE_IT))


def _lengths(left: ModelCard | None) -> Message:
    """The allowed lengths of a model."""
    if left is None:
        return ANOTHER_MODEL
    choices = _some(map(Count, left.seconds))
    return msg("{model} can make {choices} seconds.", model=Model(left.label), choices=choices)


def _sizes(left: ModelCard | None) -> Message:
    if left is None:
        return ANOTHER_MODEL
    choices = _some(Term(str(size)) for size in left.sizes)
    return msg("{model} can make {choices}.", model=Model(left.label), choices=choices)


def _some(values: Iterable[Param]) -> Choice:
    return Choice(tuple(values)[:MOST_NAMED])
