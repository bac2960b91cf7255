"""What is sent to a webhook over real connections, and what is never sent."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from standardwebhooks import Webhook, WebhookVerificationError

from bot.domain.webhooks.deliveries import DeliveryOutcome, SendResult
from bot.domain.webhooks.store import OutgoingMessage
from bot.network.names import Resolve
from bot.network.webhooks import HttpWebhookSender
from tests.servers import a_raw_server, an_http_server

SECRET, OTHER = "whsec_c2VjcmV0IG9mIHRoaXMgdGVzdA==", "whsec_YW5vdGhlciBzZWNyZXQgb2YgaXQ="
BODY = '{"type":"webhook.test","data":{"text":"größer"}}'
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@asynccontextmanager
async def receiving(answer: Answer, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a receiver on this machine."""
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", answer)
    async with an_http_server(app, tls=tls, patience=0) as port:
        yield port


def answering(status: int, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})

    return answer


async def sent(sender: HttpWebhookSender, url: str, *secrets: str) -> SendResult:
    async with aclosing_sender(sender):
        return await sender.send(OutgoingMessage(url=url, id="msg_1", body=BODY, secrets=secrets or (SECRET,)))


@asynccontextmanager
async def aclosing_sender(sender: HttpWebhookSender) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await sender.close()


def to_loopback(hosts: frozenset[str] = frozenset({"127.0.0.1"}), seconds: float = 15.0) -> HttpWebhookSender:
    return HttpWebhookSender(hosts, seconds=seconds)


def leading_to(*addresses: str) -> Resolve:
    async def resolve(_: str) -> Sequence[str]:
        return addresses

    return resolve


async def test_what_arrives_is_verified_by_the_library_of_the_standard() -> None:
    heard: list[tuple[str, dict[str, str]]] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append((await request.text(), dict(request.headers)))
        return web.Response(status=204)

    async with receiving(answer) as port:
        result = await sent(to_loopback(), f"http://127.0.0.1:{port}/hook?key=1", SECRET, OTHER)
    assert result == SendResult(outcome=DeliveryOutcome.DELIVERED, status=204)
    [(body, headers)] = heard
    assert (body, headers["webhook-id"]) == (BODY, "msg_1")
    for secret in (SECRET, OTHER):  # either is valid while a secret is being replaced
        assert Webhook(secret).verify(body, headers) == json.loads(BODY)
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_bm9uZSBvZiB0aGVt").verify(body, headers)


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        (answering(200), SendResult(outcome=DeliveryOutcome.DELIVERED, status=200)),
        (answering(301, Location="http://127.0.0.1/"), SendResult(outcome=DeliveryOutcome.REDIRECTED, status=301)),
        (answering(410), SendResult(outcome=DeliveryOutcome.ANSWERED, status=410)),
        (answering(503, Retry_After="7"), SendResult(outcome=DeliveryOutcome.ANSWERED, status=503, asked_to_wait=7)),
        (answering(500, Retry_After="soon"), SendResult(outcome=DeliveryOutcome.ANSWERED, status=500)),
    ],
)
async def test_what_a_receiver_answers_is_told(answer: Answer, result: SendResult) -> None:
    async with receiving(answer) as port:
        assert await sent(to_loopback(), f"http://127.0.0.1:{port}/hook") == result


HINT, HIDING = b"HTTP/1.1 103 Early Hints\r\n\r\n", b"HTTP/1.1 103 Early Hints\r\nLink: HTTP/1.1 200\r\n\r\n"
DONE = b"HTTP/1.1 200 OK\r\nContent-Length: 29\r\n\r\n"
DELIVERED, BROKEN = (
    SendResult(outcome=DeliveryOutcome.DELIVERED, status=200),
    SendResult(outcome=DeliveryOutcome.BROKEN),
)


@pytest.mark.parametrize(
    ("pieces", "result"),
    [
        pytest.param([HINT * 10 + DONE + b" " * 29], DELIVERED, id="a few"),
        pytest.param([HINT * 11 + DONE + b" " * 29], BROKEN, id="many"),
        pytest.param([HINT * 6, HINT * 5 + DONE + b" " * 29], BROKEN, id="in two reads"),
        pytest.param([HIDING * 11 + DONE + b" " * 29], BROKEN, id="with the status of an answer in them"),
        pytest.param([HINT[:8], HINT[8:] + HINT * 9 + DONE[:10], DONE[10:] + b" " * 29], DELIVERED, id="cut apart"),
        pytest.param([DONE, b"\r\n" * 4 + b"\nHTTP/1.1 103" * 20], DELIVERED, id="in the answer itself"),
    ],
)
async def test_a_receiver_may_give_a_few_hints_before_it_answers(pieces: Sequence[bytes], result: SendResult) -> None:
    """Thousands in one read would hold up everything else for a quarter of a second, again and again."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}}")
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.02)

    async with a_raw_server(talk) as port:
        assert await sent(to_loopback(), f"http://127.0.0.1:{port}/hook") == result


async def test_a_receiver_that_never_ends_its_answer_has_answered() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(100_000):
            await response.write(b"x" * 1024)
        return response

    async with receiving(answer) as port:
        assert (await sent(to_loopback(), f"http://127.0.0.1:{port}/")).outcome is DeliveryOutcome.DELIVERED


async def test_an_answer_in_single_bytes_is_not_read_for_long() -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"}}")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 100)
        await reader.read()  # until the other side disconnects

    async with a_raw_server(talk) as port:
        assert await sent(to_loopback(seconds=5.0), f"http://127.0.0.1:{port}/") == DELIVERED


async def test_a_receiver_that_never_answers_is_left_after_a_while() -> None:
    left = asyncio.Event()

    async def listen(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side disconnects
        left.set()

    async with a_raw_server(listen) as port:
        result = await sent(to_loopback(seconds=0.2), f"http://127.0.0.1:{port}/")
        await left.wait()
    assert result == SendResult(outcome=DeliveryOutcome.TIMED_OUT)


async def test_nobody_at_an_address_is_told() -> None:
    async with receiving(answering(200)) as port:
        pass
    assert (await sent(to_loopback(), f"http://127.0.0.1:{port}/")).outcome is DeliveryOutcome.UNREACHABLE


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "localhost", "localhost."])
async def test_this_machine_is_not_called_however_it_is_written(host: str) -> None:
    """Any form that the system interprets as its address."""
    heard: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        heard.append(request.path)
        return web.Response()

    async with receiving(answer) as port:
        result = await sent(HttpWebhookSender(), f"https://{host}:{port}/")
    assert (result.outcome in {DeliveryOutcome.NOT_PUBLIC, DeliveryOutcome.NOT_FOUND}, heard) == (True, [])


@pytest.mark.parametrize("addresses", [("127.0.0.1",), ("93.184.216.34", "10.0.0.1"), ("::ffff:127.0.0.1",)])
async def test_a_name_that_leads_into_the_own_network_is_not_called(addresses: Sequence[str]) -> None:
    sender = HttpWebhookSender(resolve=leading_to(*addresses))
    assert await sent(sender, "https://receiver.example/") == SendResult(outcome=DeliveryOutcome.NOT_PUBLIC)


async def test_a_name_is_looked_up_once_and_what_was_checked_is_connected_to() -> None:
    """Otherwise a name that resolves differently a moment later would bypass the check."""
    asked, heard = list[str](), list[str]()

    async def resolve(host: str) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"]

    async def answer(request: web.Request) -> web.Response:
        heard.append(request.headers["Host"])
        return web.Response()

    async with receiving(answer) as port:
        sender = HttpWebhookSender({"receiver.example"}, resolve=resolve)
        result = await sent(sender, f"http://receiver.example:{port}/")
    assert (result.outcome, asked, heard) == (
        DeliveryOutcome.DELIVERED,
        ["receiver.example"],
        [f"receiver.example:{port}"],
    )


async def test_the_next_address_of_a_name_is_tried_when_nobody_is_at_the_first() -> None:
    async with receiving(answering(200)) as port:
        sender = HttpWebhookSender({"receiver.example"}, resolve=leading_to("127.0.0.9", "127.0.0.1"))
        assert (await sent(sender, f"http://receiver.example:{port}/")).outcome is DeliveryOutcome.DELIVERED


async def test_a_setting_that_was_taken_back_is_obeyed() -> None:
    assert await sent(HttpWebhookSender(), "http://n8n:5678/") == SendResult(outcome=DeliveryOutcome.NOT_PUBLIC)


async def test_the_certificate_has_to_be_that_of_the_name(tmp_path: Path) -> None:
    theirs, trusting = certified("receiver.example", tmp_path)
    async with receiving(answering(200), theirs) as port:
        for name, outcome in (
            ("receiver.example", DeliveryOutcome.DELIVERED),
            ("other.example", DeliveryOutcome.NOT_TRUSTED),
        ):
            resolve = leading_to("127.0.0.1")
            sender = HttpWebhookSender({name}, resolve=resolve, certificates=trusting)
            assert (await sent(sender, f"https://{name}:{port}/")).outcome is outcome
        stranger = HttpWebhookSender({"receiver.example"}, resolve=leading_to("127.0.0.1"))
        assert (await sent(stranger, f"https://receiver.example:{port}/")).outcome is DeliveryOutcome.NOT_TRUSTED


def certified(name: str, folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A certificate for a server of this name, and a context that trusts only that."""
    key = ec.generate_private_key(ec.SECP256R1())
    named, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), datetime.now(UTC)
    builder = x509.CertificateBuilder(named, named, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    certificate = builder.sign(key, SHA256()).public_bytes(Encoding.PEM)
    file = folder / "server.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(file)
    return theirs, ssl.create_default_context(cadata=certificate.decode())
