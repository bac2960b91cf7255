"""Which addresses a server's webhook may have, and which machines are never contacted."""

from __future__ import annotations

import pytest

from bot.domain.errors import BadRequest
from bot.domain.network.addresses import is_public
from bot.domain.network.targets import check_target

NO_ADDRESS = [
    "",
    "example.com/hook",
    "//example.com/hook",
    "ftp://example.com/hook",
    "file:///etc/passwd",
    "gopher://example.com:70/_x",
    "javascript:alert(1)",
    "http://example.com/hook",
    "HTTP://example.com/hook",
    "https://",
    "https:///hook",
    "https://user@example.com/hook",
    "https://user:secret@example.com/hook",
    "https://example.com@127.0.0.1/hook",
    "https://@127.0.0.1/hook",
    "https://example.com\\@127.0.0.1/hook",
    "https://example.com/a b",
    "https://example.com/hook\r\nHost: 127.0.0.1",
    "https://example.com/hook\x00",
    "https://example.com:22/hook",
    "https://example.com:6/hook",
    "https://example.com:80/hook",
    "https://example.com:99999/hook",
    "https://example.com:x/hook",
    "https://[::1/hook",
    "https://exa\u200bmple.com/hook",
    "https://example\uff0ecom/hook",
    "https://example.com/#fragment",
    "https://exam ple.com/",
    "https://127.0.0.1%0d%0a/",
    "https://example.com/" + "a" * 500,
]
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "10.0.0.1",
    "100.64.0.1",  # carrier-grade NAT
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",  # cloud metadata, which includes secrets
    "172.16.0.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",  # obsolete IPv4 notation
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",  # 127.0.0.1 through NAT64
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2001:0:7f00:1::1",  # Teredo
    "2001:db8::1",
    "2002:7f00:1::1",  # 127.0.0.1 through 6to4
    "2002:808:808::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "localhost",
    "",
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("url", NO_ADDRESS)
def test_what_is_no_address_to_call_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(BadRequest, match=r"\. Nothing was changed\.$"):
        check_target(url, ())


@pytest.mark.parametrize(
    "url",
    [
        "https://example.com",
        "https://example.com/hooks/kinora?key=1",
        "https://example.com:443/",
        "https://example.com:8443/",
        "https://93.184.216.34/hook",
        "https://[2606:4700::1111]/hook",
        "https://xn--bcher-kva.example/hook",
    ],
)
def test_an_address_over_https_is_taken(url: str) -> None:
    check_target(url, ())


def test_hosts_that_the_operator_named_may_be_called_without_encryption() -> None:
    check_target("http://n8n:5678/hook", {"n8n"})
    with pytest.raises(BadRequest, match="has to be called over https"):
        check_target("http://n8n.example:5678/hook", {"n8n"})


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "n8n.localhost", "127.0.0.1", "192.168.1.1", "[::1]"])
def test_a_machine_that_can_only_be_nearby_is_refused_before_anything_is_sent(host: str) -> None:
    with pytest.raises(
        BadRequest, match=r"isn't a machine on the internet\. Use a public address\. Nothing was changed"
    ):
        check_target(f"https://{host}/hook", ())


def test_nearby_machines_that_the_operator_named_are_called() -> None:
    check_target("http://127.0.0.1:5678/hook", {"127.0.0.1"})
    check_target("https://localhost/hook", {"localhost"})


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_machines_that_are_not_on_the_internet_are_known(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_machines_of_the_internet_are_known_however_they_are_reached(address: str) -> None:
    assert is_public(address)
