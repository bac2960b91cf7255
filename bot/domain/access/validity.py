"""What a tier must have to be of use. Each refusal is one sentence, and nothing is changed then."""

from __future__ import annotations

from collections.abc import Collection

from bot.domain.access.everyone import named_roles
from bot.domain.access.limits import OrderLimits
from bot.domain.access.tiers import Tier, TierRights, Tiers
from bot.domain.errors import BadRequest
from bot.domain.messages import Choice, Count, Foreign, Model, Money, Term, msg, msg_n
from bot.domain.models.card import ModelCard
from bot.domain.models.catalogue import Catalogue
from bot.domain.money.usd import Usd

MOST_TIERS = 10  # on one page, which a message of Discord has room for
MOST_ROLES = 10  # of one tier
LONGEST_NAME = 30  # characters


def check_tier(tier: Tier, catalogue: Catalogue, roles: Collection[int] | None) -> None:
    """Raise BadRequest for a tier that nobody could use. `roles`: those that the server has; None skips that check."""
    if not tier.name.strip():
        raise BadRequest(msg("A tier needs a name. Nothing was changed."))
    if not tier.roles:
        raise BadRequest(msg("A tier needs at least one role. Nothing was changed."))
    if roles is not None and not tier.roles <= {*roles}:
        raise BadRequest(msg("One of these roles has been deleted. Nothing was changed. Choose the roles again."))
    _check_models(tier, catalogue)
    _check_money(tier, catalogue)


def _check_models(tier: Tier, catalogue: Catalogue) -> None:
    rights = tier.rights
    chosen = [card for card in catalogue.cards.values() if rights.models is None or card.id in rights.models]
    if not chosen:
        raise BadRequest(msg("None of these models can be ordered any more. Nothing was changed."))
    if OrderLimits(tier=tier).cards(catalogue):
        return
    shortest, smallest = min(min(card.seconds) for card in chosen), min(_smallest(card) for card in chosen)
    raise BadRequest(
        msg(
            "No model of this tier makes videos within these limits: the shortest is {seconds} seconds, the smallest "
            "{size}. Nothing was changed.",
            seconds=Count(shortest),
            size=Term(smallest[1]),
        )
    )


def _smallest(card: ModelCard) -> tuple[int, str]:
    return min((size.pixels, str(size)) for size in card.sizes)


def _check_money(tier: Tier, catalogue: Catalogue) -> None:
    most = tightest(tier.rights)
    prices = {card.label: price for card in OrderLimits(tier=tier).cards(catalogue).values() if (price := lowest(card))}
    if most is None or not prices or most >= min(prices.values()):
        return
    label = min(prices, key=lambda each: prices[each])
    raise BadRequest(
        msg(
            "{limit} isn't enough for one video: the cheapest of this tier costs {price} ({model}). "
            "Nothing was changed.",
            limit=Money(most),
            price=Money(prices[label]),
            model=Model(label),
        )
    )


def tightest(rights: TierRights) -> Usd | None:
    """The most that a member may spend on one video; None: as much as the server."""
    return min((limit for limit in (rights.day_limit, rights.month_limit) if limit is not None), default=None)


def lowest(card: ModelCard) -> Usd | None:
    """The price of its cheapest video; None if no price is known."""
    return min((card.quote(min(card.seconds), size) for size in card.sizes if size in card.per_second), default=None)


def check_order(tiers: Tiers, everyone: int) -> None:
    """Raise BadRequest if a tier is of no use because of those above it, or if there are too many."""
    if len(tiers.order) > MOST_TIERS:
        raise BadRequest(
            msg_n(
                "There's room for {count} tier. Nothing was changed.",
                "There's room for {count} tiers. Nothing was changed.",
                MOST_TIERS,
            )
        )
    names = [tier.name.casefold() for tier in tiers.order]
    if twice := next((tier for tier in tiers.order if names.count(tier.name.casefold()) > 1), None):
        raise BadRequest(msg("There's already a tier called “{tier}”. Nothing was changed.", tier=Foreign(twice.name)))
    if found := tiers.unreachable(everyone):
        below, above = found
        raise BadRequest(
            msg(
                "Nobody would get the tier “{below}”: “{above}” is above it and has {roles} too. Nothing was changed.",
                below=Foreign(below.name),
                above=Foreign(above.name),
                roles=_shared(below, above, everyone),
            )
        )


def _shared(below: Tier, above: Tier, everyone: int) -> Choice:
    return named_roles({everyone} if everyone in above.roles else below.roles & above.roles, everyone)
