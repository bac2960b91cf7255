"""Jobs at a simulated service with webhooks, with the worker, the database and the web server, all on one clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import aiohttp

from bot.domain.accounts import Account
from bot.domain.ids import JobId
from bot.domain.links import AllHookLinks, HookLinks, PlayerLinks
from bot.domain.models.card import ModelCard
from bot.domain.ports.provider import Provider
from bot.jobs.reconcile.unattributed import UnattributedSpending
from bot.jobs.reconcile.webhooks import WebhookIntake
from bot.jobs.runner import Runner
from bot.providers.dialects import DIALECTS
from bot.web.pages.kept_files import FilePages
from bot.web.player import PlayerPages
from bot.web.server import serve
from bot.web.webhooks import Webhooks
from storage.records import SqlRecords
from tests.builders import a_catalogue, a_job, a_request
from tests.contract.job_scene import Host, JobScene, a_stored_context
from tests.ports import free_port
from tests.scripted import SteppingClock


@dataclass(frozen=True, slots=True, kw_only=True)
class CalledScene(JobScene[Host]):
    most: ClassVar[int] = 300

    card: ModelCard
    links: AllHookLinks
    intake: WebhookIntake
    visitor: aiohttp.ClientSession
    counted: Counter[str]

    async def order(self, prompt: str = "a fox in the snow") -> JobId:
        """The shortest and smallest on the card."""
        seconds, size = self.card.seconds[0], self.card.sizes[0]
        request = a_request(prompt=prompt, model=self.card.id, seconds=seconds, size=size)
        job = a_job(request=request, account=self.card.provider, quote=self.card.quote(seconds, size))
        return (await self.store.add(job)).id

    async def is_called(self, job_id: JobId, query: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status that answers a webhook about a job."""
        url = self.links.to(await self.job(job_id))
        assert url is not None
        async with self.visitor.post(url + query, data=body, headers=headers) as answer:
            return answer.status

    async def books(self) -> list[str]:
        return [str(fault) for fault in await self.store.check_books()]


@asynccontextmanager
async def a_called_scene(
    folder: Path,
    clock: SteppingClock,
    host: Host,
    *,
    provider: Provider,
    account: Account,
    card: ModelCard,
    secret: bytes = b"a key of this machine",
) -> AsyncIterator[CalledScene[Host]]:
    """`provider` is connected to `host`, which is already running."""
    port = free_port()
    links = AllHookLinks([HookLinks(account=account.name, base=f"http://127.0.0.1:{port}", key=secret)])
    reader = DIALECTS[account.dialect].read_calls(account, secret)
    assert reader is not None
    async with AsyncExitStack() as opened:
        more = {"catalogue": a_catalogue(card), "callback": links.to}
        store, context = await opened.enter_async_context(a_stored_context(folder, clock, provider, **more))
        context = replace(context, providers={account.name: provider})
        visitor = await opened.enter_async_context(aiohttp.ClientSession())
        records = SqlRecords(database=store.database, clock=clock)
        intake = WebhookIntake(
            context=context, unattributed=UnattributedSpending(records=records, counters=context.counters)
        )
        hooks = Webhooks(links=links.accounts[0], reader=reader, intake=intake, clock=clock)
        pages = PlayerPages(
            find=store.get, files=FilePages(files=context.files), links=PlayerLinks(base="", key=b"k"), clock=clock
        )
        opened.push_async_callback(await serve(pages, "127.0.0.1", port, hooks=[hooks]))
        yield CalledScene(
            host=host,
            card=card,
            clock=clock,
            store=store,
            runner=Runner(context),
            links=links,
            intake=intake,
            visitor=visitor,
            counted=hooks.calls,
        )
