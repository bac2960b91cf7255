"""Where an account's video service is, and how its key is sent there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urljoin, urlsplit

from bot.data_classes import value_object
from bot.domain.accounts import Account, is_own, service_of
from bot.domain.errors import CannotStart
from bot.domain.messages import Message, Term, msg, value
from bot.domain.network.web_addresses import is_web_address

PORTS = {"http": 80, "https": 443}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PROPER_NAMES = {
    "gemini": "Gemini",
    "openrouter": "OpenRouter",
    "comfyui": "ComfyUI",
    "fal": "fal",
    "replicate": "Replicate",
    "xai": "xAI",
}  # of the services behind each dialect
OPENAI = "api.openai.com"
NO_KEY = "none"
HEADER_LINE = re.compile(r"(?P<name>[A-Za-z][A-Za-z0-9-]*): +(?P<value>\S.*)")


@value_object(kw_only=False)
class Endpoint:
    """An account's address.

    `key_header` is the header that carries the key, in `Authorization` after the scheme. If it is empty, the key itself
    says so.
    """

    account: Account
    key_header: str = "Authorization"
    key_scheme: str = "Bearer"

    @property
    def base_url(self) -> str:
        """Without a trailing slash."""
        return self.account.base_url.rstrip("/")

    @property
    def credentials(self) -> Mapping[str, str]:
        """The header that carries the key: for this very host only."""
        if not self.key_header and not is_own(self.account.name):
            return guard_of(self.account.key)
        header, key = self.key_header or "Authorization", self.account.key  # no member can name a header
        return {header: f"{self.key_scheme} {key}" if header == "Authorization" else key}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Secrets that must not be kept from its answers."""
        values = guard_of(self.account.key).values() if not self.key_header else ()
        return (self.account.key, *values, *self.account.secrets)

    def check(self, example: str) -> None:
        """Raise CannotStart unless the address is a web address, like `example`, and the key can be sent."""
        account = self.account
        if not self.is_on_the_web:
            raise CannotStart(
                msg(
                    "{setting} {url} isn't an address like {example}.",
                    setting=Term(account.url_setting),
                    url=Term(repr(account.base_url)),
                    example=Term(example),
                )
            )
        if not account.key.isascii() or not account.key.isprintable() or not account.key.strip():
            raise CannotStart(
                msg(
                    "{setting} is empty or contains a character no key has. Copy it again.",
                    setting=Term(account.key_setting),
                )
            )

    @property
    def name(self) -> str:
        """The host's name without a port, in lower case; empty if the address has none."""
        return host_of(self.base_url)

    @property
    def label(self) -> Message:
        """The service's name for people, at the start of a sentence; never its address."""
        account, name = self.account, service_of(self.account.name)
        if name != account.dialect:
            return value(Term(name))
        if self.name == OPENAI:
            return value(Term("OpenAI"))
        proper = PROPER_NAMES.get(account.dialect)
        return value(Term(proper)) if proper else msg("The video service")

    @property
    def is_on_the_web(self) -> bool:
        """Whether the address names a scheme and a host that a request could be sent to."""
        return is_web_address(self.base_url, PORTS)

    def is_own(self, url: str) -> bool:
        """Whether a URL leads to this very host and port: the only place where the key is ever sent."""
        return origin(url) == origin(self.base_url)

    def resolved(self, url: str) -> str | None:
        """An address from a host, which may omit the host; None if it is invalid."""
        try:
            return urljoin(f"{self.base_url}/", url)
        except ValueError:
            return None

    def may_fetch(self, url: str) -> bool:
        """Files may come from anywhere over https, otherwise from the host itself or, if that is this machine, from
        here.

        A host that is reached without encryption may also keep them at another port; DOWNLOAD_HOSTS names others.
        Whether others are machines in the same network is decided by their addresses (`PublicAddresses`).
        """
        if self.is_own(url):
            return True
        scheme, is_plain = split(url).scheme, split(self.base_url).scheme == "http"
        is_beside = {self.name, host_of(url)} <= LOOPBACK or (is_plain and host_of(url) == self.name)
        is_allowed = host_of(url) in self.account.download_hosts
        return scheme == "https" or (scheme == "http" and (is_beside or is_allowed))


def guard_of(key: str) -> Mapping[str, str]:
    """The header for whatever protects a server that has no keys of its own.

    `none`, a complete header such as `X-Api-Key: …`, or a token, which is sent as `Authorization: Bearer …`.
    """
    if key.lower() == NO_KEY:
        return {}
    if line := HEADER_LINE.fullmatch(key):
        return {line["name"]: line["value"]}
    return {"Authorization": f"Bearer {key}"}


def origin(url: str) -> tuple[str, str, int | None]:
    """(scheme, host, port), with the default port if none is given."""
    parts = split(url)
    return parts.scheme, host_of(url), parts.port or PORTS.get(parts.scheme)


def host_of(url: str) -> str:
    return split(url).hostname or ""


def split(url: str) -> SplitResult:
    """The parts of an address; all empty if it can't be parsed."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts
