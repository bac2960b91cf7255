"""What the adapters of all dialects have in common: the facts of their account."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.accounts import Account
from bot.providers.common.endpoint import Endpoint


class Adapter:
    """An account, and what is known of its service without asking."""

    def __init__(self, account: Account, key_header: str = "Authorization") -> None:
        self._account = account
        self._endpoint = Endpoint(account, key_header)

    @property
    def name(self) -> str:
        return self._account.name

    @property
    def host(self) -> str:
        return self._endpoint.name

    @property
    def setting(self) -> str:
        return self._account.key_setting

    async def listed_models(self) -> Sequence[object] | None:
        """Most services do not say what their models can do."""
        return None
