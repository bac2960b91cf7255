"""Adding, listing, testing, rotating and removing webhooks of a server."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Iterable, Sequence

from bot.data_classes import value_object, wired
from bot.domain.access.actions import Act
from bot.domain.access.members import Member
from bot.domain.audit.changes import SettingChange
from bot.domain.errors import BadRequest
from bot.domain.keys.store import KeyCipher
from bot.domain.messages import Foreign, Message, msg, msg_n, value
from bot.domain.network.targets import check_target, host_of
from bot.domain.ports.clock import Clock
from bot.domain.webhooks.deliveries import Delivery, SendResult
from bot.domain.webhooks.events import test_body
from bot.domain.webhooks.store import WebhookStore
from bot.domain.webhooks.webhook import CHOOSABLE, MOST, OVERLAP, Webhook, sealed_as
from bot.jobs.use_cases.audit.changes import SettingChanges
from bot.jobs.use_cases.authorization import Authorization
from bot.jobs.webhooks.delivering import WebhookDeliveries

SECRET_BYTES = 24
ID_BYTES = 6
SHOWN = 8  # deliveries
OFF = msg(
    "Webhooks are off, because no KEYS_SECRET is set to encrypt their secrets. Whoever runs this bot can set one. "
    "Nothing was changed."
)
GONE = msg("That webhook was removed already. Nothing was changed.")
NO_EVENTS = msg("Choose at least one event. Nothing was changed.")
IS_ON = msg("That webhook is on already. Nothing was changed.")


@value_object
class NewSecret:
    """Shown once, to whoever made it."""

    webhook: Webhook
    secret: str

    def __repr__(self) -> str:
        return f"<a secret of the webhook {self.webhook.id}>"


@wired
class GuildWebhooks:
    """Raises NotAllowed, and BadRequest with one sentence; nothing is changed then."""

    store: WebhookStore
    deliveries: WebhookDeliveries
    authorization: Authorization
    cipher: KeyCipher | None
    changes: SettingChanges
    clock: Clock
    plain_hosts: Collection[str] = ()  # that may be called over http

    @property
    def is_on(self) -> bool:
        return self.cipher is not None

    async def of(self, member: Member) -> Sequence[Webhook]:
        await self.authorization.authorize(member, Act.MANAGE)
        return await self.store.of(member.guild_id)

    async def one(self, member: Member, webhook_id: str) -> tuple[Webhook, Sequence[Delivery]]:
        """With its latest deliveries."""
        webhook = await self._webhook(member, webhook_id)
        return webhook, await self.store.recent(webhook_id, SHOWN)

    async def check_may_add(self, member: Member) -> None:
        """Asked before the form opens, and again when it is sent."""
        await self.authorization.authorize(member, Act.MANAGE)
        if self.cipher is None:
            raise BadRequest(OFF)

    async def add(self, member: Member, url: str, events: Iterable[str]) -> NewSecret:
        await self.check_may_add(member)
        wanted, address = tuple(each for each in CHOOSABLE if each.value in set(events)), url.strip()
        check_target(address, self.plain_hosts)
        if not wanted:
            raise BadRequest(NO_EVENTS)
        webhook = Webhook(
            id=secrets.token_hex(ID_BYTES),
            guild_id=member.guild_id,
            url=address,
            events=wanted,
            added_at=self.clock.now(),
        )
        secret, sealed = self._fresh_secret(webhook.id)
        if not await self.store.add(webhook, sealed, MOST):
            raise BadRequest(
                msg_n(
                    "This server has {count} webhook already, or one with this address. Nothing was changed.",
                    "This server has {count} webhooks already, or one with this address. Nothing was changed.",
                    MOST,
                )
            )
        await self._note(member, webhook, None, _named(webhook))
        return NewSecret(webhook=webhook, secret=secret)

    async def test(self, member: Member, webhook_id: str) -> SendResult:
        """Call it now, once. A webhook that is off is called, too."""
        await self._webhook(member, webhook_id)
        result = await self.deliveries.test(webhook_id, test_body(member.guild_id, self.clock.now()))
        if result is None:
            raise BadRequest(GONE)
        return result

    async def rotate(self, member: Member, webhook_id: str) -> NewSecret:
        """Another secret. For OVERLAP the one before signs too, so that its receiver loses nothing."""
        webhook = await self._webhook(member, webhook_id)
        secret, sealed = self._fresh_secret(webhook_id)
        if not await self.store.rotate(webhook_id, sealed, self.clock.now() + OVERLAP):
            raise BadRequest(GONE)
        await self._note(member, webhook, _named(webhook), msg("{webhook} with a new secret", webhook=_named(webhook)))
        return NewSecret(webhook=webhook, secret=secret)

    async def enable(self, member: Member, webhook_id: str) -> None:
        webhook = await self._webhook(member, webhook_id)
        if not await self.store.enable(webhook_id):
            raise BadRequest(IS_ON)
        self.deliveries.wake()
        await self._note(member, webhook, msg("{webhook}, off", webhook=_named(webhook)), _named(webhook))

    async def remove(self, member: Member, webhook_id: str) -> None:
        webhook = await self._webhook(member, webhook_id)
        if not await self.store.remove(webhook_id):
            raise BadRequest(GONE)
        await self._note(member, webhook, _named(webhook), None)

    async def _webhook(self, member: Member, webhook_id: str) -> Webhook:
        await self.authorization.authorize(member, Act.MANAGE)
        webhook = await self.store.get(member.guild_id, webhook_id)
        if webhook is None:
            raise BadRequest(GONE)
        return webhook

    def _fresh_secret(self, webhook_id: str) -> tuple[str, str]:
        """As it is shown, and sealed."""
        if self.cipher is None:
            raise BadRequest(OFF)
        secret = f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
        return secret, self.cipher.seal(sealed_as(webhook_id), secret)

    async def _note(self, member: Member, webhook: Webhook, before: Message | None, after: Message | None) -> None:
        what = msg("a webhook")
        change = SettingChange(guild_id=webhook.guild_id, by=member.id, what=what, before=before, after=after)
        await self.changes.note(change)


def _named(webhook: Webhook) -> Message:
    """By its host: the rest of an address may be secret."""
    return value(Foreign(host_of(webhook.url)))
