"""What managers can do with their server's webhooks, and that nobody else can."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Verifier

from bot.domain.access.members import Member
from bot.domain.errors import BadRequest, NotAllowed
from bot.domain.webhooks.deliveries import DeliveryOutcome, SendResult
from bot.domain.webhooks.webhook import MOST
from bot.jobs.use_cases.webhooks.manage import GuildWebhooks
from bot.jobs.webhooks.delivering import WebhookDeliveries
from storage.webhooks.deliveries import SqlDeliveries
from storage.webhooks.store import SqlWebhooks
from tests.builders import GUILD, NOON, a_member
from tests.changes import MemoryChanges, MemoryLog, some_changes
from tests.keys import PlainCipher
from tests.moderation import block
from tests.scripted import MemoryRecords
from tests.tiers import a_tier, an_authorization
from tests.webhooks import ScriptedSender
from tests.workbench import a_bench

URL, COMPLETED = "https://example.com/hooks?key=1", ["video.completed"]
MANAGER = replace(a_member(roles=frozenset()), id=600, manages=True)


@dataclass(kw_only=True)
class Office:
    uses: GuildWebhooks
    sender: ScriptedSender
    changes: MemoryChanges


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    async with a_bench(tmp_path) as bench:
        database, sender, changes = bench.store.database, ScriptedSender(), MemoryChanges()
        deliveries = WebhookDeliveries(
            store=SqlDeliveries(database=database, clock=bench.clock),
            sender=sender,
            cipher=PlainCipher(),
            guild_log=MemoryLog(),
            clock=bench.clock,
            outcomes=Counter(),
            rng=random.Random(1),
        )
        records = MemoryRecords()
        await block(records, 900)
        uses = GuildWebhooks(
            store=SqlWebhooks(database=database, clock=bench.clock),
            deliveries=deliveries,
            authorization=await an_authorization(a_tier("VIP", 7), records=records),
            cipher=PlainCipher(),
            changes=some_changes(changes),
            clock=bench.clock,
            plain_hosts={"n8n"},
        )
        yield Office(uses=uses, sender=sender, changes=changes)


@pytest.mark.parametrize(
    "member",
    [
        pytest.param(a_member(roles=frozenset()), id="a stranger"),
        pytest.param(a_member(roles=frozenset({8})), id="a member"),
        pytest.param(a_member(roles=frozenset({7})), id="a tier member"),
        pytest.param(replace(a_member(), id=900), id="a blocked member"),
        pytest.param(replace(MANAGER, guild_id=GUILD + 1), id="a manager of another server"),
    ],
)
async def test_only_managers_of_the_server_see_or_change_its_webhooks(office: Office, member: Member) -> None:
    made = await office.uses.add(MANAGER, URL, COMPLETED)
    id_, uses = made.webhook.id, office.uses
    acts: list[Callable[[], Awaitable[object]]] = [
        lambda: uses.one(member, id_),
        lambda: uses.test(member, id_),
        lambda: uses.rotate(member, id_),
        lambda: uses.enable(member, id_),
        lambda: uses.remove(member, id_),
    ]
    if not member.manages:
        acts += [lambda: uses.of(member), lambda: uses.add(member, URL, COMPLETED), lambda: uses.check_may_add(member)]
    for act in acts:
        with pytest.raises((NotAllowed, BadRequest)):
            await act()
    assert [each.id for each in await uses.of(MANAGER)] == [id_]
    assert office.sender.heard == []


async def test_a_webhook_is_added_with_a_secret_that_is_shown_once(office: Office) -> None:
    made = await office.uses.add(MANAGER, f" {URL} ", ["video.failed", "budget.reached", "nonsense"])
    assert [each.value for each in made.webhook.events] == ["video.failed", "budget.reached"]
    Verifier(made.secret).sign("msg_1", NOON, "{}")
    assert made.secret not in repr(made)
    assert office.changes.sentences == ["a webhook: none → example.com"]  # an address may contain a secret


@pytest.mark.parametrize(
    ("url", "events", "said"),
    [
        ("http://example.com/", COMPLETED, "has to be called over https"),
        ("https://user:secret@example.com/", COMPLETED, "user name or a password"),
        (URL, [], "Choose at least one event"),
        (URL, ["webhook.test"], "Choose at least one event"),
    ],
)
async def test_what_cannot_be_one_is_refused_and_changes_nothing(
    office: Office, url: str, events: list[str], said: str
) -> None:
    with pytest.raises(BadRequest, match=said) as refused:
        await office.uses.add(MANAGER, url, events)
    assert refused.value.sentence.endswith("Nothing was changed.")
    assert (await office.uses.of(MANAGER), office.changes.noted) == ([], [])


async def test_a_server_has_a_few_webhooks_and_none_twice(office: Office) -> None:
    for number in range(MOST - 1):
        await office.uses.add(MANAGER, f"http://n8n:5678/{number}", COMPLETED)
    with pytest.raises(BadRequest, match="or one with this address"):
        await office.uses.add(MANAGER, "http://n8n:5678/0", COMPLETED)
    await office.uses.add(MANAGER, URL, COMPLETED)
    with pytest.raises(BadRequest, match=f"has {MOST} webhooks already"):
        await office.uses.add(MANAGER, "https://example.com/more", COMPLETED)


async def test_without_a_secret_of_the_operators_webhooks_are_off(office: Office) -> None:
    off = replace(office.uses, cipher=None)
    with pytest.raises(BadRequest, match="no KEYS_SECRET is set"):
        await off.add(MANAGER, URL, COMPLETED)
    assert not off.is_on


async def test_a_test_says_what_the_receiver_answered_and_is_listed(office: Office) -> None:
    made = await office.uses.add(MANAGER, URL, COMPLETED)
    office.sender.answers = [SendResult(outcome=DeliveryOutcome.ANSWERED, status=404)]
    assert (await office.uses.test(MANAGER, made.webhook.id)).status == 404
    [message] = office.sender.heard
    assert (message.url, message.secrets) == (URL, (made.secret,))
    _, [listed] = await office.uses.one(MANAGER, made.webhook.id)
    assert (listed.status, listed.tries) == (404, 1)


async def test_a_new_secret_signs_beside_the_one_before(office: Office) -> None:
    made = await office.uses.add(MANAGER, URL, COMPLETED)
    anew = await office.uses.rotate(MANAGER, made.webhook.id)
    await office.uses.test(MANAGER, made.webhook.id)
    assert office.sender.heard[0].secrets == (anew.secret, made.secret)
    webhook, _ = await office.uses.one(MANAGER, made.webhook.id)
    assert webhook.two_secrets_until is not None
    await office.uses.remove(MANAGER, made.webhook.id)
    assert office.changes.sentences == [
        "a webhook: none → example.com",
        "a webhook: example.com → example.com with a new secret",
        "a webhook: example.com → none",
    ]
