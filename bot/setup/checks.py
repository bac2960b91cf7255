"""Checks what was entered, free of charge."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto

from bot.data_classes import value_object
from bot.doctor.discord_checks import DiscordChecks, invite
from bot.doctor.discord_rest import DiscordRest
from bot.doctor.models import orderable
from bot.doctor.provider_checks import served
from bot.doctor.report import Finding, Level, failure, fine, outcome, warning
from bot.domain.errors import AccountTrouble, CannotStart, Unavailable
from bot.domain.ports.provider import Provider
from bot.providers.dialects import ProviderOnFirstUse
from bot.settings import Settings
from bot.wiring.accounts import simple_accounts

PATIENCE = 20.0  # seconds that Discord has to answer
MISTAKEN = (  # for a bot's token; all of these are shown in the developer portal
    (re.compile(r"\d{15,21}"), "That is an ID, not a token. The token is under Bot → Reset Token."),
    (re.compile(r"[0-9a-f]{64}"), "That looks like the public key. The token is under Bot → Reset Token."),
    (re.compile(r"[\w-]{32}"), "That looks like the client secret. The token is under Bot → Reset Token."),
)


class CheckResult(Enum):
    """The result of a check."""

    RIGHT = auto()
    WRONG = auto()
    AWAY = auto()  # there was no answer


@value_object
class Checked:
    """`findings` are shown. `invitation` is the page that adds the bot to a server."""

    result: CheckResult
    findings: Sequence[Finding]
    invitation: str = ""


async def check_token(settings: Settings) -> Checked:
    """Whose token it is, how its application is configured, and which servers the bot is on."""
    token = settings.discord_token.get_secret_value().strip()
    async with DiscordRest(settings.discord_api_base, token, seconds=PATIENCE) as rest:
        discord = DiscordChecks(rest)
        try:
            me = await discord.me()
        except CannotStart as refused:
            mistaken = next((words for shape, words in MISTAKEN if shape.fullmatch(token)), "")
            return Checked(result=CheckResult.WRONG, findings=[failure("token", refused.sentence, mistaken)])
        except Unavailable as trouble:
            return Checked(result=CheckResult.AWAY, findings=[failure("token", trouble.sentence)])
        found = [*await discord.token(), *await outcome("intents", discord.intents())]
        servers = await outcome("servers", discord.servers())
    found += [each for each in servers if each.level is not Level.WARNING]  # that would be the invitation again
    return Checked(result=CheckResult.RIGHT, findings=found, invitation=invite(me["id"]))


async def check_service(settings: Settings, name: str) -> Checked:
    """Whether the service is reachable and accepts the key, and which models of the catalogue it has."""
    account = next(account for account in simple_accounts(settings) if account.name == name)
    try:
        provider = ProviderOnFirstUse(account)
    except CannotStart as trouble:
        return Checked(result=CheckResult.WRONG, findings=[failure(name, trouble.sentence)])
    try:
        await provider.check()
        names = await provider.served()
    except (AccountTrouble, CannotStart) as trouble:
        return Checked(result=CheckResult.WRONG, findings=[failure(name, trouble.sentence)])
    except Unavailable as trouble:
        return Checked(result=CheckResult.AWAY, findings=[failure(name, trouble.sentence)])
    finally:
        await provider.close()
    answered = fine(name, f"{provider.host} is reachable and accepts the key")
    return Checked(result=CheckResult.RIGHT, findings=[answered, *_models(settings, provider, names)])


def _models(settings: Settings, provider: Provider, names: Sequence[str] | None) -> Sequence[Finding]:
    """Never fails the check: models can be chosen later."""
    try:
        cards = orderable(settings, {provider.name: provider}).cards.values()
    except CannotStart as trouble:
        return [warning("models", trouble.sentence)]
    return served(provider.name, provider.host, list(cards), names)
