"""Outgoing webhooks, signed according to Standard Webhooks and sent to public addresses only.

For each attempt the name is resolved once, its addresses are checked, and one of exactly these is connected to, so a
DNS answer that changes a moment later has no effect. No proxy is used, for it would resolve the name itself.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from bot.domain.errors import BadRequest
from bot.domain.network.addresses import is_public
from bot.domain.network.targets import check_target
from bot.domain.webhooks.deliveries import DeliveryOutcome, SendResult
from bot.domain.webhooks.store import OutgoingMessage
from bot.network.certificates import trusted
from bot.network.interim import FewInterimAnswers
from bot.network.names import Resolve, resolved

TOTAL = 15.0  # seconds for an attempt
CONNECT = 5.0  # seconds for each address
MOST_ADDRESSES = 3  # of a name's addresses that are tried
MOST_READ = 4096  # bytes of a response that are read, and discarded
LEAST_CHUNK = 64  # bytes that a piece counts as: thousands of single ones in one read would hold up everything else


class HttpWebhookSender:
    """The WebhookSender. `plain_hosts` may use http and be private: the host of the bot has listed them."""

    def __init__(
        self,
        plain_hosts: Collection[str] = (),
        *,
        resolve: Resolve = resolved,
        seconds: float = TOTAL,
        certificates: ssl.SSLContext | None = None,
    ) -> None:
        """`seconds` for an attempt; `certificates` to trust instead of the usual ones."""
        self._plain_hosts = frozenset(plain_hosts)
        self._resolve = resolve
        self._seconds = seconds
        self._client = httpx.AsyncClient(
            transport=FewInterimAnswers(certificates or trusted()),
            timeout=httpx.Timeout(seconds, connect=min(CONNECT, seconds)),
            follow_redirects=False,
            trust_env=False,
        )

    async def send(self, message: OutgoingMessage) -> SendResult:
        try:
            check_target(message.url, self._plain_hosts)
            async with asyncio.timeout(self._seconds):
                return await self._sent(message)
        except BadRequest:  # a setting that allowed it was changed
            return SendResult(outcome=DeliveryOutcome.NOT_PUBLIC)
        except (TimeoutError, httpx.TimeoutException):
            return SendResult(outcome=DeliveryOutcome.TIMED_OUT)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return SendResult(outcome=_outcome_of(error))

    async def close(self) -> None:
        await self._client.aclose()

    async def _sent(self, message: OutgoingMessage) -> SendResult:
        host = urlsplit(message.url).hostname or ""
        try:
            addresses = await self._resolve(host)
        except OSError:
            addresses = ()
        if not addresses:
            return SendResult(outcome=DeliveryOutcome.NOT_FOUND)
        if host not in self._plain_hosts and not all(map(is_public, addresses)):
            return SendResult(outcome=DeliveryOutcome.NOT_PUBLIC)
        return await self._to_any_of(addresses[:MOST_ADDRESSES], message)

    async def _to_any_of(self, addresses: Sequence[str], message: OutgoingMessage) -> SendResult:
        """To the first address that can be connected to. Raises the error of the last one."""
        *others, last = addresses
        for address in others:
            try:
                return await self._to(address, message)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._to(last, message)

    async def _to(self, address: str, message: OutgoingMessage) -> SendResult:
        url = httpx.URL(message.url)
        request = self._client.build_request(
            "POST",
            url.copy_with(host=address),
            content=message.body.encode(),
            headers={"Host": url.netloc.decode(), **signed(message, datetime.now(UTC))},
            extensions={"sni_hostname": url.raw_host.decode()},  # the name that the certificate must be for
        )
        response = await self._client.send(request, stream=True)
        try:
            await _read_a_little(response)
        finally:
            await response.aclose()
        return _result_of(response)


def signed(message: OutgoingMessage, at: datetime) -> Mapping[str, str]:
    """The headers of a message: signed with each secret, and with the time, so that it cannot be replayed later."""
    signatures = [Webhook(secret).sign(message.id, at, message.body) for secret in message.secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": "Kinora-Webhooks",
        "webhook-id": message.id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


async def _read_a_little(response: httpx.Response) -> None:
    """Lets a server finish that waits for its response to be read; it may never finish."""
    read = 0
    async for chunk in response.aiter_raw():
        read += max(len(chunk), LEAST_CHUNK)
        if read >= MOST_READ:
            return


def _result_of(response: httpx.Response) -> SendResult:
    if response.is_success:
        outcome = DeliveryOutcome.DELIVERED
    else:
        outcome = DeliveryOutcome.REDIRECTED if response.is_redirect else DeliveryOutcome.ANSWERED
    return SendResult(outcome=outcome, status=response.status_code, asked_to_wait=_asked_to_wait(response))


def _asked_to_wait(response: httpx.Response) -> float | None:
    """In seconds; the form with a date is ignored."""
    asked = response.headers.get("retry-after", "").strip()
    return float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else None


def _outcome_of(error: Exception) -> DeliveryOutcome:
    if _is_about_trust(error):
        return DeliveryOutcome.NOT_TRUSTED
    return DeliveryOutcome.UNREACHABLE if isinstance(error, httpx.ConnectError) else DeliveryOutcome.BROKEN


def _is_about_trust(error: BaseException | None) -> bool:
    """Httpx wraps the exception of the TLS library."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
