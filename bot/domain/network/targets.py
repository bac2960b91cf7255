"""Which web addresses people may have called from here. Where a name leads is checked when it is called."""

from __future__ import annotations

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from bot.domain.errors import NOTHING_CHANGED, BadRequest
from bot.domain.messages import Count, Foreign, Message, Term, joined, msg
from bot.domain.network.addresses import is_address, is_public

LONGEST = 500  # characters
EXAMPLE = "https://example.com/hooks/kinora"
USUAL = {"https": 443, "http": 80}
FIRST_FREE = 1024  # ports below it belong to well-known services, of which only the web's own may be called
HOST = re.compile(r"[A-Za-z0-9._:-]{1,253}")  # also an IPv6 address, out of its brackets

NOT_AN_ADDRESS = msg("That isn't an address like {example}.", example=Term(EXAMPLE))
TOO_LONG = msg("That address is longer than {count} characters.", count=Count(LONGEST))
NAMES_SOMEBODY = msg("An address with a user name or a password in it isn't called.")


def check_target(url: str, plain_hosts: Collection[str]) -> None:
    """Raise BadRequest unless it is an https address, or an http one at one of these hosts."""
    if (trouble := _trouble_with(url, plain_hosts)) is not None:
        raise BadRequest(joined(trouble, NOTHING_CHANGED))


def _trouble_with(url: str, plain_hosts: Collection[str]) -> Message | None:
    if len(url) > LONGEST:
        return TOO_LONG
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return NOT_AN_ADDRESS
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url or not HOST.fullmatch(host):
        return NOT_AN_ADDRESS
    if parts.scheme not in USUAL or parts.fragment:
        return NOT_AN_ADDRESS
    if parts.username is not None or parts.password is not None:
        return NAMES_SOMEBODY
    if host not in plain_hosts and _is_nearby(host):
        return msg("{host} isn't a machine on the internet. Use a public address.", host=Foreign(host))
    if parts.scheme == "http" and host not in plain_hosts:
        return msg("{host} has to be called over https.", host=Foreign(host))
    if port is not None and port != USUAL[parts.scheme] and port < FIRST_FREE:
        return msg("Port {port} isn't one that webhooks are sent to.", port=Term(str(port)))
    return None


def _is_nearby(host: str) -> bool:
    """Whether it is this machine or one of its network, whoever is asked (RFC 6761 §6.3)."""
    name = host.removesuffix(".")
    return name == "localhost" or name.endswith(".localhost") or (is_address(host) and not is_public(host))


def host_of(url: str) -> str:
    """The host of a checked address."""
    return urlsplit(url).hostname or ""
