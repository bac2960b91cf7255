"""What the adapters of all dialects have in common: the facts of their account."""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Sequence

from bot.domain.accounts import Account
from bot.domain.errors import Refused
from bot.domain.messages import Message, Model, Term, msg
from bot.domain.models.abilities import asked
from bot.domain.models.card import ModelCard
from bot.domain.models.workflow import Lack
from bot.domain.ports.provider import Order, StillMade, UnitPrice
from bot.domain.video import BY_ID
from bot.providers.common.endpoint import Endpoint

MOST_REMEMBERED = 1000  # videos whose status nobody knows


REFERENCES = "references"  # besides the abilities with a name


def check_options(order: Order, has: Container[str], service: Message) -> None:
    """Raise Refused, by its name, for an option that the catalogue promises and this service does not have.

    This is checked before anything is sent: an omitted option would be paid for all the same. An order that identifies
    its source by id allows none, whatever the service `has`.
    """
    if order.method in BY_ID:
        has = ()
    wanted = [each.value for each in asked(order.options)]
    wanted += [REFERENCES] if order.options.references else []
    for option in wanted:
        if option not in has:
            raise Refused(
                msg(
                    "{service} doesn't take {option}, which the catalogue promises for {model}. Leave it out.",
                    service=service,
                    option=Term(f"`{option}`"),
                    model=Model(order.card.label),
                )
            )


class OddStatuses:
    """Unknown statuses, by video: a repeated one is interpreted by the video's other fields."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def came_before(self, remote_id: str, word: str) -> bool:
        """Whether it was this video's previous status, too."""
        came = self._seen.pop(remote_id, None) == word
        self._seen[remote_id] = word
        if len(self._seen) > MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]
        return came


class Adapter:
    """An account, and what is known about its service without asking."""

    def __init__(self, account: Account, key_header: str = "Authorization", key_scheme: str = "Bearer") -> None:
        self._account = account
        self._endpoint = Endpoint(account, key_header, key_scheme)
        self._odd_statuses = OddStatuses()

    def _is_odd_again(self, remote_id: str, word: str, *, is_odd: bool) -> bool:
        """Whether a poll found an unknown status, and the previous poll found the same."""
        return is_odd and self._odd_statuses.came_before(remote_id, word)

    @property
    def name(self) -> str:
        return self._account.name

    @property
    def label(self) -> Message:
        return self._endpoint.label

    @property
    def host(self) -> str:
        return self._endpoint.name

    @property
    def setting(self) -> str:
        return self._account.key_setting

    @property
    def may_block(self) -> bool:
        """Most services answer an order at once."""
        return False

    @property
    def in_order(self) -> bool:
        """Most services make many videos at once."""
        return False

    @property
    def lists_late(self) -> bool:
        """Most services list a video as soon as it is ordered."""
        return False

    @property
    def shows_at_once(self) -> bool:
        """For most services this is unknown."""
        return False

    async def unit_prices(self, _: Collection[ModelCard], /) -> Mapping[str, UnitPrice]:
        """Most services do not say what they charge, or say it in their list of models."""
        return {}

    async def listed_models(self) -> Sequence[object] | None:
        """Most services do not say what their models can do."""
        return None

    async def lacks(self, _: ModelCard, /) -> Sequence[Lack]:
        """Most services either serve a model or don't."""
        return ()

    async def still_made(self, _ids: Collection[str], _due: Collection[str], /) -> StillMade | None:
        """Most services have no list of what they are making."""
        return None

    async def find(self, _: str, /) -> Sequence[str] | None:
        """Most services know no names of ours."""
        return None
