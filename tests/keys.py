"""Own keys for tests: in a server's database, encrypted by nothing but a mark."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from bot.domain.accounts import Account, KeyOwner
from bot.domain.errors import AccountTrouble
from bot.domain.keys.own_key import OwnKey
from bot.domain.money.usd import Usd
from bot.domain.ports.provider import Provider
from bot.jobs.providers.open_keys import NOBODYS, OpenKeys
from bot.jobs.providers.registry import ProviderRegistry
from storage.keys.store import SqlKeyStore
from tests.builders import ANN, GUILD, NOON, an_account
from tests.scripted import ScriptedProvider

ANNS = KeyOwner(guild_id=GUILD, member_id=ANN).account("openai")
SERVERS = KeyOwner(guild_id=GUILD).account("openai")
SECRET = "sk-own-key-of-ann-1234"


class PlainCipher:
    """A KeyCipher that hides nothing; with `lost` it decrypts nothing either."""

    def __init__(self, *, lost: bool = False) -> None:
        self.lost = lost

    def seal(self, account: str, key: str) -> str:
        return f"{account} {key}"

    def opened(self, account: str, sealed: str) -> str | None:
        whose, _, key = sealed.partition(" ")
        return None if self.lost or whose != account else key

    def resealed(self, sealed: str) -> str | None:
        return None if self.lost or sealed else sealed


def a_key(account: str = ANNS, **changes: Any) -> OwnKey:
    key = OwnKey(account=account, ending="1234", month_limit=None, added_by=ANN, added_at=NOON)
    return replace(key, **changes)


async def stored(keys: SqlKeyStore, account: str = ANNS, secret: str = SECRET, limit: Usd | None = None) -> OwnKey:
    key = a_key(account, month_limit=limit)
    await keys.put(key, PlainCipher().seal(account, secret), may_replace=False)
    return key


class RefusingProvider(ScriptedProvider):
    async def check(self) -> None:
        raise AccountTrouble("The video service rejected the key (401).")


@dataclass(kw_only=True)
class Locksmith:
    """Opens accounts as scripted providers, and records the keys."""

    learned: list[str] = field(default_factory=list)
    opened: list[Account] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    script: dict[str, Any] = field(default_factory=dict)  # fields of the providers
    takes_any: bool = False  # whether it accepts any key

    def open(self, account: Account) -> Provider:
        if account.key == NOBODYS and not self.takes_any:
            return RefusingProvider(name=account.name)
        self.opened.append(account)
        locksmith = self

        class Opened(ScriptedProvider):
            async def check(self) -> None:
                if trouble := locksmith.script.get("refuses"):
                    raise trouble

            async def close(self) -> None:
                locksmith.closed.append(account.key)

        fields = {name: value for name, value in self.script.items() if name != "refuses"}
        return Opened(**{"name": account.name, **fields})

    def keys(self, keys: SqlKeyStore, cipher: PlainCipher | None = None, **more: Any) -> OpenKeys:
        return OpenKeys(
            keys=keys,
            cipher=cipher or PlainCipher(),
            accounts={"openai": an_account(max_renders=1)},
            open_account=self.open,
            learned=self.learned.append,
            **more,
        )

    def registry(self, ours: Provider, keys: OpenKeys) -> ProviderRegistry:
        return ProviderRegistry({ours.name: ours}, keys)
