"""`python -m bot doctor`: checks a setup, as its settings describe it, and changes nothing."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

from bot.clock import SystemClock
from bot.data_classes import value_object
from bot.doctor.account_checks import ACCOUNTS, accounts
from bot.doctor.discord_checks import DiscordChecks
from bot.doctor.discord_rest import DiscordRest
from bot.doctor.machine_checks import WebPages, codecs
from bot.doctor.models import orderable
from bot.doctor.other_models import HELPER, MODERATION, moderation, prompt_helper
from bot.doctor.provider_checks import catalogue, service
from bot.doctor.report import Check, Examination, Finding, Level, Report, failure, fine, outcome, warning
from bot.doctor.spending import Clip, Spending, cheapest
from bot.doctor.storage_checks import books, database, files, integrity, store, unsettled
from bot.domain.errors import CannotStart
from bot.domain.models.catalogue import Catalogue
from bot.domain.ports.provider import Provider
from bot.logs.lines import set_up_logs
from bot.media.processor import SubprocessMediaProcessor
from bot.settings import Settings, SettingsSoFar
from bot.wiring.accounts import secrets_of, setting_warnings
from bot.wiring.cogs.commands import commands_only
from bot.wiring.files import KeptFiles, open_store
from bot.wiring.keys.opening import key_secrets
from bot.wiring.paths import database_url, player_key
from bot.wiring.providers import open_helper, open_moderation, providers_of
from storage.db.inspection import looked_at_if_current
from storage.records import SqlRecords

PATIENCE = 20.0  # seconds that a check may take
ALL = "all"
EX_CONFIG = 78  # sysexits.h: something in the configuration is wrong


@value_object
class Asked:
    """What the command line asks for. `spend` names a provider, or ALL; None spends nothing."""

    channel: int | None = None
    spend: str | None = None
    yes: bool = False
    patience: float = PATIENCE


async def doctor(so_far: SettingsSoFar, asked: Asked) -> int:
    """Print the report; the exit code is 1 if something failed, and 78 if it was a setting."""
    settings = so_far.settings
    secrets = _secrets(settings)
    set_up_logs("DEBUG" if settings.log_level == "DEBUG" else "ERROR", secrets)
    report, examination = Report(sys.stdout, secrets), Examination(asked.patience)
    async with AsyncExitStack() as opened:
        rest = await opened.enter_async_context(
            DiscordRest(
                settings.discord_api_base,
                settings.discord_token.get_secret_value().strip(),
                seconds=asked.patience * 0.8,
            )
        )
        services = Services.of(settings)
        for provider in services.providers.values():
            opened.push_async_callback(provider.close)
        report.add(*(failure("settings", sentence) for sentence in so_far.troubles.values()))
        report.add(*services.said(settings, rest="the rest is " if so_far.troubles else ""))
        begun = [examination.begin(check) for check in checks(settings, asked, rest, services)]
        found = [await _told(report, each) for each in begun]
        if asked.spend is not None:
            report.say()
            ill = {each.subject for findings in found for each in findings if each.level is Level.FAILURE}
            report.add(*await outcome("spend", _spent(settings, asked, services, ill, report.say)))
    report.close()
    code = EX_CONFIG if so_far.troubles else int(report.has_failed)
    if not await examination.is_over():
        sys.stdout.flush()
        os._exit(code)  # a check that hangs in a thread or in a database would keep the process alive
    return code


def _secrets(settings: Settings) -> Sequence[str]:
    """Those that are known; problems with accounts are reported among the services."""
    try:
        return secrets_of(settings)
    except CannotStart:
        return settings.secrets


async def _told(report: Report, begun: asyncio.Task[Sequence[Finding]]) -> Sequence[Finding]:
    """In the order of the list, each as soon as possible."""
    findings = await begun
    report.add(*findings)
    return findings


@value_object
class Services:
    """The video services and models, as far as they can be set up; `troubles` say what cannot."""

    providers: Mapping[str, Provider]
    catalogue: Catalogue
    troubles: Sequence[Finding]

    @classmethod
    def of(cls, settings: Settings) -> Services:
        providers: Mapping[str, Provider] = {}
        known, troubles = Catalogue({}, {}), list[Finding]()
        try:
            providers = providers_of(settings)
            known = orderable(settings, providers)
        except CannotStart as trouble:
            troubles.append(failure("models" if providers else "services", trouble.sentence))
        return cls(providers=providers, catalogue=known, troubles=troubles)

    @property
    def hosts(self) -> dict[str, str]:
        return {name: provider.host for name, provider in self.providers.items()}

    def said(self, settings: Settings, *, rest: str = "") -> list[Finding]:
        on = ", ".join(f"{name} at {host}" for name, host in self.hosts.items()) or "none"
        own = f"; models of {settings.models_file} laid over the shipped ones" if settings.models_file else ""
        slips = [warning("settings", sentence) for sentence in setting_warnings(settings)]
        return [fine("settings", f"{rest}read; video services: {on}{own}"), *slips, *_of_keys(settings), *self.troubles]

    def clip(self, provider: Provider) -> Clip | None:
        return cheapest(
            provider, [card for card in self.catalogue.cards.values() if provider.name in card.account_names]
        )


def _of_keys(settings: Settings) -> Sequence[Finding]:
    """A bot does not start with a secret that can be guessed."""
    try:
        key_secrets(settings)
    except CannotStart as trouble:
        return [failure("settings", trouble.sentence)]
    return []


def checks(settings: Settings, asked: Asked, rest: DiscordRest, services: Services) -> list[Check]:
    """All checks, in the order of the report."""
    return [
        *_of_discord(settings, asked, rest),
        *_of_services(settings, services),
        *_of_moderation(settings),
        *_of_helper(settings),
        *_of_storage(settings, asked.patience),
        *_of_machine(settings),
    ]


def _of_discord(settings: Settings, asked: Asked, rest: DiscordRest) -> list[Check]:
    discord = DiscordChecks(rest)
    if not settings.has_token:
        return [Check(subject="clock", look=partial(discord.clock, is_alone=True))]
    found = [
        Check(subject="token", look=discord.token),
        Check(subject="intents", look=discord.intents),
        Check(subject="gateway", look=partial(discord.gateway, settings.discord_gateway_url)),
        Check(subject="servers", look=discord.servers),
    ]
    if asked.channel is not None:
        found.append(Check(subject="channel", look=partial(discord.channel, asked.channel)))
    return [
        *found,
        Check(subject="commands", look=partial(_commands, discord, settings)),
        Check(subject="clock", look=discord.clock),
    ]


async def _commands(discord: DiscordChecks, settings: Settings) -> Sequence[Finding]:
    """Compare our commands with Discord's, and with what was noted when they were registered."""
    bot, url = await commands_only(has_helper=settings.helper_base_url is not None), database_url(settings)
    async with looked_at_if_current(url) as there:
        records = None if there is None else SqlRecords(database=there, clock=SystemClock())
        return await discord.commands(bot, records)


def _of_services(settings: Settings, services: Services) -> list[Check]:
    found = []
    for provider in services.providers.values():
        own = [card for card in services.catalogue.cards.values() if provider.name in card.account_names]
        found.append(Check(subject=provider.name, look=partial(service, provider, own)))
    if services.troubles:
        return found  # without a catalogue there is nothing to check

    async def look() -> Sequence[Finding]:
        return catalogue(services.catalogue, services.hosts, SystemClock().now().date())

    return [*found, Check(subject="models", look=look), _of_accounts(settings, services)]


def _of_accounts(settings: Settings, services: Services) -> Check:
    look = partial(accounts, settings, services.catalogue.cards, list(services.providers))
    return Check(subject=ACCOUNTS, look=look)


def _of_moderation(settings: Settings) -> list[Check]:
    """None if the host has not set up moderation."""

    async def look() -> Sequence[Finding]:
        async with AsyncExitStack() as opened:
            model = open_moderation(settings, opened)
            return [] if model is None else await moderation(model, settings.moderation_when_down)

    return [] if settings.moderation_api_key is None else [Check(subject=MODERATION, look=look)]


def _of_helper(settings: Settings) -> list[Check]:
    """Likewise."""

    async def look() -> Sequence[Finding]:
        async with AsyncExitStack() as opened:
            found = open_helper(settings, opened)
            return [] if found is None else await prompt_helper(found.helper, found.model)

    return [] if settings.helper_base_url is None else [Check(subject=HELPER, look=look)]


def _of_storage(settings: Settings, patience: float) -> list[Check]:
    url = database_url(settings)
    return [
        Check(subject="database", look=partial(database, url)),
        Check(subject="integrity", look=partial(integrity, url, patience * 0.9)),
        Check(subject="books", look=partial(books, url)),
        Check(subject="files", look=partial(files, settings.data_dir)),
        *([] if settings.files_url is None else [_of_store(settings, settings.files_url)]),
    ]


def _of_store(settings: Settings, url: str) -> Check:
    def opened_in(folder: Path) -> KeptFiles:
        return open_store(settings, url, folder, most=0)

    return Check(subject="store", look=partial(store, url, opened_in))


def _of_machine(settings: Settings) -> list[Check]:
    pages = WebPages(
        host=settings.http_host,
        port=settings.http_port,
        public_url=settings.public_url,
        key_file=player_key(settings),
    )
    return [
        Check(subject="codecs", look=partial(codecs, SubprocessMediaProcessor())),
        Check(subject="web pages", look=pages.local),
        Check(subject="public address", look=pages.public),
    ]


async def _spent(
    settings: Settings, asked: Asked, services: Services, ill: set[str], say: Callable[[str], None]
) -> Sequence[Finding]:
    names = list(services.providers) if asked.spend == ALL else [str(asked.spend)]
    found, clips = list[Finding](), list[Clip]()
    for name in names:
        provider = services.providers.get(name)
        clip = services.clip(provider) if provider else None
        if provider is None:
            found.append(
                failure(
                    "spend", f"{name} is not a video service set up here", f"Set up: {', '.join(services.providers)}"
                )
            )
        elif name in ill:
            found.append(warning(name, "no clip was ordered, because of what is wrong above"))
        elif await unsettled(database_url(settings), name):
            words = "no clip was ordered: an order of the bot is without an answer there, and the two could be mixed up"
            found.append(warning(name, words, "/status shows that order. Try again when it is settled."))
        elif clip is None:
            found.append(failure(name, "no model there has a price, so none can be ordered"))
        else:
            clips.append(clip)
    if not clips:
        return found
    spending = Spending(media=SubprocessMediaProcessor(), agree=(lambda _: True) if asked.yes else agreed, say=say)
    return [*found, *await spending.spend(clips)]


def agreed(question: str) -> bool:
    """Ask the person at the terminal. If nobody is there, that means no."""
    if not sys.stdin.isatty():
        return False
    try:
        return input(f"{question} [y/N] ").strip().lower() in {"y", "yes"}
    except EOFError:
        return False
