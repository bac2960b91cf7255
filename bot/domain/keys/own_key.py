"""A stored key as people see it: never the key itself."""

from __future__ import annotations

from datetime import datetime

from bot.data_classes import value_object
from bot.domain.accounts import KeyOwner, owner_of, service_of
from bot.domain.errors import OverBudget
from bot.domain.messages import Moment, MomentStyle, Money, Param, msg_n
from bot.domain.money.costs import MonthSpending
from bot.domain.money.usd import Usd

MINE, SERVERS = "mine", "server"
SHOWN = 4  # of a key's characters, the last ones
SHORTEST_SHOWN = 10  # characters of a key of which anything is shown


@value_object
class OwnKey:
    """What its owner is shown of a stored key."""

    account: str  # to which orders paid with it are sent
    ending: str
    month_limit: Usd | None  # its owner's monthly limit; None: no limit
    added_by: int
    added_at: datetime
    leaving: bool = False  # it accepts no new orders, and is erased once those in progress have ended

    @property
    def service(self) -> str:
        """The account of the settings whose service it is for."""
        return service_of(self.account)

    @property
    def owner(self) -> KeyOwner:
        owner = owner_of(self.account)
        if owner is None:
            raise ValueError(f"{self.account} is nobody's own")
        return owner

    @property
    def is_servers(self) -> bool:
        return self.owner.member_id is None


def ending_of(key: str) -> str:
    """Enough to tell one key from another; nothing if the key is so short that this would reveal most of it."""
    return key[-SHOWN:] if len(key) >= SHORTEST_SHOWN else ""


@value_object
class KeyPlace:
    """What a new key is for: its owner, and the account of the settings whose service it is for."""

    service: str
    is_servers: bool

    @property
    def written(self) -> str:
        """As menus and forms carry it."""
        return f"{SERVERS if self.is_servers else MINE}.{self.service}"

    @classmethod
    def read(cls, text: str) -> KeyPlace | None:
        """None if no menu has offered it."""
        whose, _, service = text.partition(".")
        return cls(service=service, is_servers=whose == SERVERS) if whose in {MINE, SERVERS} and service else None


def no_room(account: str, price: Usd, spending: MonthSpending, at: datetime, videos: int = 1) -> OverBudget:
    """What to say when a key may not pay for that any more; `at` is in its server's time zone."""
    owner = owner_of(account)
    values: dict[str, Param] = {
        "price": Money(price),
        "left": Money(spending.left),
        "cap": Money(spending.budget),
        "month": Moment(at, MomentStyle.MONTH),
    }
    if owner is not None and owner.member_id is None:
        return OverBudget(
            msg_n(
                "This video costs {price}, but the server's own key has only {left} of its {cap} for {month} left. "
                "You weren't charged. A server manager can raise that limit with `/keys`.",
                "These {count} videos cost {price}, but the server's own key has only {left} of its {cap} for {month} "
                "left. You weren't charged. A server manager can raise that limit with `/keys`.",
                videos,
                **values,
            )
        )
    return OverBudget(
        msg_n(
            "This video costs {price}, but your own key has only {left} of its {cap} for {month} left. "
            "You weren't charged. You can raise that limit, or remove the key, with `/keys`.",
            "These {count} videos cost {price}, but your own key has only {left} of its {cap} for {month} left. "
            "You weren't charged. You can raise that limit, or remove the key, with `/keys`.",
            videos,
            **values,
        )
    )
