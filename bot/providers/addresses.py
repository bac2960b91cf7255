"""Variants of an address as people paste it: with or without its version, with an API route, with a trailing slash.

Nothing is guessed: free requests show at which variant the service really is.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from urllib.parse import urlsplit

from bot.domain.accounts import Account
from bot.domain.errors import AccountTrouble, CannotStart, Unavailable
from bot.domain.ports.provider import Provider

log = logging.getLogger(__name__)

MOST = 6  # variants tried at most
VERSIONS = frozenset({"v1", "v1beta", "v1alpha", "v2", "api", "openai"})  # path segments of some addresses
ROUTES = frozenset(  # API routes that follow them in examples
    {"videos", "generations", "models", "chat", "completions", "images", "interactions", "predictions", "prompt"}
)


async def elsewhere(
    account: Account, example: str, load: Callable[[Account], Awaitable[Provider]]
) -> tuple[Account, Provider] | None:
    """The account with the address at which its service really is, among the variants of the configured one.

    A service that refuses the key counts as found. None if no variant answers like such a service.
    """
    for url in others(account.base_url, urlsplit(example).path):
        moved = replace(account, base_url=url)
        provider = await load(moved)
        if await _is_there(provider):
            log.warning(
                "%s is at %s, and not at %s. That is used; set %s to it.",
                account.name,
                url,
                account.base_url,
                account.url_setting,
            )
            return moved, provider
        await provider.close()
    return None


def has_route(url: str) -> bool:
    """Whether the address ends with a route. What answers there may differ from what answers at the base address."""
    return url.rstrip("/").rpartition("/")[2].lower() in ROUTES


async def _is_there(provider: Provider) -> bool:
    try:
        await provider.check()
    except AccountTrouble:
        return True
    except (CannotStart, Unavailable):
        return False
    return True


def others(url: str, ending: str) -> Sequence[str]:
    """Variants that may be meant by `url`, if addresses of its dialect end like `ending`; the most likely first."""
    bare = url.rstrip("/")
    stems = [bare]
    while (last := stems[-1].rpartition("/"))[2].lower() in VERSIONS | ROUTES:
        stems.append(last[0].rstrip("/"))
    shortest = stems[::-1]
    whole = [stem + ending for stem in shortest if ending and not stem.endswith(ending)]
    meant = dict.fromkeys([*whole, *shortest])
    return [each for each in meant if each != bare][:MOST]
