"""Storing, listing and removing own keys."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.accounts import KeyOwner, owner_of
from bot.domain.audit.changes import SettingChange
from bot.domain.errors import AccountTrouble, BadRequest, CannotStart, Unavailable
from bot.domain.keys.own_key import KeyPlace, OwnKey, ending_of
from bot.domain.keys.store import KeyStore, KeyUse
from bot.domain.messages import Count, Message, Term, joined, message_of, msg, value
from bot.domain.money.usd import Usd
from bot.domain.ports.clock import Clock
from bot.domain.ports.jobs import JobQueue
from bot.domain.ports.provider import Provider
from bot.jobs.providers.circuit_breaker import Circuit
from bot.jobs.providers.endpoints import EndpointHistory
from bot.jobs.providers.open_keys import OpenKeys
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.jobs.use_cases.authorization import Authorization

SHORTEST, LONGEST = 8, 300  # characters of a key
PATIENCE = 20.0  # seconds for a service to say whether it accepts a key
NOTHING_CHANGED = msg("Nothing was changed.")
OFF = msg(
    "Own keys are off, because no KEYS_SECRET is set to encrypt them. Whoever runs this bot can "
    "set one. Nothing was changed."
)
NO_SERVICE = msg("That service isn't set up here any more. Nothing was changed.")
NO_KEY = msg(
    "That isn't a key: it has to be {shortest} to {longest} letters, digits and signs. Nothing was changed.",
    shortest=Count(SHORTEST),
    longest=Count(LONGEST),
)
NO_SUCH_KEY = msg("That key was removed already. Nothing was changed.")


@value_object
class EnteredKey:
    """What was entered in the form. `key` never leaves this unencrypted."""

    place: KeyPlace
    key: str
    month_limit: Usd | None

    def __repr__(self) -> str:
        return f"<a key for {self.place.service}>"


@value_object
class StoredKey:
    """One key as its owner sees it. `refused_since`: since when the service has refused it."""

    key: OwnKey
    use: KeyUse
    refused_since: datetime | None = None


@value_object
class KeysOverview:
    """What a member may see of keys on a server: theirs, and that server's if they manage it."""

    is_on: bool
    keys: Sequence[StoredKey]
    services: Mapping[str, Message]  # their names for people, by the account of the settings
    for_server: bool  # whether they may store one for the server, too


@wired
class OwnKeys:
    """Raises NotAllowed, and BadRequest with one sentence; then nothing is changed."""

    keys: KeyStore
    open_keys: OpenKeys
    services: Mapping[str, Provider]
    authorization: Authorization
    circuit: Circuit
    endpoint_history: EndpointHistory
    queue: JobQueue
    changes: SettingChanges
    clock: Clock

    async def overview(self, member: Member) -> KeysOverview:
        await self.authorization.authorize(member, Act.OWN_DATA)
        found = list(await self.keys.of(member.guild_id, member.id))
        if member.manages:
            found += await self.keys.of(member.guild_id, None)
        uses = await self.keys.use(found)
        refused = await self.circuit.refused_since([key.account for key in found])
        return KeysOverview(
            is_on=self.open_keys.cipher is not None,
            keys=[StoredKey(key=key, use=uses[key.account], refused_since=refused.get(key.account)) for key in found],
            services={name: provider.label for name, provider in self.services.items()},
            for_server=member.manages,
        )

    async def check_may_add(self, member: Member, place: KeyPlace) -> None:
        """Checked before the form opens, and again when it is submitted."""
        if place.is_servers:
            await self.authorization.authorize(member, Act.MANAGE)
        else:
            await self.authorization.check_makes_videos(member)
        if self.open_keys.cipher is None:
            raise BadRequest(OFF)
        if place.service not in self.services:
            raise BadRequest(NO_SERVICE)

    async def add(self, member: Member, entered: EnteredKey) -> OwnKey:
        """Store a key that its service accepts, replacing any previous one."""
        await self.check_may_add(member, entered.place)
        owner = KeyOwner(guild_id=member.guild_id, member_id=None if entered.place.is_servers else member.id)
        account, key = owner.account(entered.place.service), _cleaned(entered.key)
        await self._check(account, key)
        stored = OwnKey(
            account=account,
            ending=ending_of(key),
            month_limit=entered.month_limit,
            added_by=member.id,
            added_at=self.clock.now(),
        )
        await self._store(stored, key)
        return stored

    async def _check(self, account: str, key: str) -> None:
        """Ask the service, free of charge, whether it accepts the key, and not just any.

        If it accepts any, as a self-hosted server may, no key pays for anything: it would only lift all limits. A
        service that lists no models can't tell valid keys from invalid ones before a video is ordered, so it may be
        such a one.
        """
        try:
            provider = self.open_keys.trial(account, key)
        except CannotStart as no:
            raise BadRequest(joined(message_of(no.message), NOTHING_CHANGED)) from None
        try:
            async with _asked(provider):
                await provider.check()
        except (AccountTrouble, CannotStart) as no:
            raise BadRequest(joined(no.message, NOTHING_CHANGED)) from None
        nobodys = self.open_keys.nobodys(account)
        try:
            async with _asked(nobodys):
                await nobodys.check()
                served = await nobodys.served()
        except (AccountTrouble, CannotStart):
            return  # so it can tell valid keys from invalid ones
        raise BadRequest((_tells_nothing if served is None else _takes_any)(provider.label))

    async def _store(self, stored: OwnKey, key: str) -> None:
        cipher, account = self.open_keys.cipher, stored.account
        if cipher is None:
            raise BadRequest(OFF)
        before, refused = await self.keys.get(account), await self.circuit.is_open(account)
        await self.keys.put(stored, cipher.seal(account, key), may_replace=refused)
        # Videos made with another key may be unknown to this one: they are remixed from their files.
        await self.endpoint_history.settle(account, secrets.token_hex(8))
        await self.circuit.try_now(account)
        await self.queue.hurry(account)
        await self._note(stored, stored.added_by, before, stored)

    async def remove(self, member: Member, account: str) -> int:
        """Erase it.

        Returns how many orders in progress it is kept for until they have ended: no other key can poll them.
        """
        owner = owner_of(account)
        if owner is None or owner.guild_id != member.guild_id:
            raise BadRequest(NO_SUCH_KEY)
        await self.authorization.authorize(member, Act.MANAGE if owner.member_id is None else Act.OWN_DATA)
        known = await self.keys.get(account)
        if known is None or owner.member_id not in {None, member.id}:
            raise BadRequest(NO_SUCH_KEY)
        left = await self.keys.remove(account)
        await self._note(known, member.id, known, None)
        return left

    async def _note(self, key: OwnKey, by: int, before: OwnKey | None, after: OwnKey | None) -> None:
        """A server's key is a setting of the server; a member's is nobody else's business."""
        if not key.is_servers:
            return
        provider = self.services.get(key.service)
        what = msg("the server's own key for {service}", service=provider.label if provider else Term(key.service))
        change = SettingChange(
            guild_id=key.owner.guild_id, by=by, what=what, before=_ending(before), after=_ending(after)
        )
        await self.changes.note(change)


def _takes_any(service: Message) -> Message:
    return msg(
        "{service} takes any key, so one of your own would pay for nothing there. Nothing was changed.", service=service
    )


def _tells_nothing(service: Message) -> Message:
    return msg(
        "{service} doesn't tell a good key from a bad one before a video is ordered, so none can be stored for it. "
        "Nothing was changed.",
        service=service,
    )


@asynccontextmanager
async def _asked(provider: Provider) -> AsyncIterator[None]:
    """Around what it is asked, which is closed then. Raises BadRequest where it does not answer in time."""
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except AccountTrouble:
        raise
    except (Unavailable, TimeoutError):
        raise BadRequest(
            msg("{service} can't be asked about the key now. Nothing was changed. Try again.", service=provider.label)
        ) from None
    finally:
        await provider.close()


def _ending(key: OwnKey | None) -> Message | None:
    return None if key is None else value(Term(f"…{key.ending}"))


def _cleaned(key: str) -> str:
    """Without what copying adds around it."""
    bare = key.strip().strip("\"'").removeprefix("Bearer ").strip()
    if not SHORTEST <= len(bare) <= LONGEST or not bare.isascii() or not bare.isprintable() or " " in bare:
        raise BadRequest(NO_KEY)
    return bare
