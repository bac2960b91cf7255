"""Where finished files may be downloaded from: for a public service, never from private networks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from aiohttp import web

from bot.domain.errors import OutOfBounds, Unavailable
from bot.domain.network.addresses import is_private, is_public
from bot.network.names import resolved
from bot.providers.common.download import Downloads
from bot.providers.common.endpoint import Endpoint
from bot.providers.common.file_kinds import is_video
from bot.providers.common.public_addresses import PublicAddresses
from bot.providers.common.timeouts import Timeouts
from tests.builders import an_account
from tests.contract.video_services import MP4, serving

ADDRESSES = {
    "api.example.com": ["93.184.215.14"],
    "files.example.com": ["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "93.184.215.15"],
    "nas.example.com": ["10.0.0.5"],
    "half.example.com": ["93.184.215.16", "127.0.0.1"],
    "gpu.lan": ["192.168.1.7"],
    "minio.lan": ["192.168.1.8"],
    "clouds.lan": ["192.168.1.8", "169.254.169.254"],
    "keys.example.com": ["169.254.169.254"],
    "127.0.0.1": ["93.184.215.14"],  # the simulated public service
    "localhost": ["127.0.0.1"],
}


class Names:
    """A name server whose answers can change."""

    def __init__(self, addresses: Mapping[str, Sequence[str]] = ADDRESSES) -> None:
        self.addresses = addresses

    async def __call__(self, host: str) -> Sequence[str]:
        await asyncio.sleep(0)
        if host not in self.addresses:
            raise OSError(host)
        return self.addresses[host]


@pytest.mark.parametrize("host", ["files..example.com", f"{'a' * 64}.example.com", ""])
async def test_a_name_that_no_name_server_could_be_asked_for_leads_nowhere(host: str) -> None:
    with pytest.raises(OSError, match="Name or service not known"):
        await resolved(host)


@pytest.mark.parametrize(
    ("base_url", "url", "problem"),
    [
        ("https://api.example.com/v1", "https://files.example.com/x", None),
        ("https://api.example.com/v1", "https://api.example.com/x", None),
        (
            "https://api.example.com/v1",
            "https://nas.example.com/x",
            "on a private network. Add that host to DOWNLOAD_HOSTS",
        ),
        ("https://api.example.com/v1", "https://half.example.com/x", "on a private network"),
        ("https://api.example.com/v1", "https://nowhere.example.com/x", "can't be found"),
        ("https://api.example.com/v1", "https://keys.example.com/x", "at no address of the web"),
        ("http://gpu.lan/v1", "https://nas.example.com/x", None),
        ("http://gpu.lan/v1", "https://files.example.com/x", None),
    ],
)
async def test_a_public_service_leads_to_public_places_only(base_url: str, url: str, problem: str | None) -> None:
    places = PublicAddresses(Endpoint(an_account(base_url=base_url)), Names())
    if problem is None:
        await places.check(url)
        return
    with pytest.raises(Unavailable, match=problem):
        await places.check(url)


@pytest.mark.parametrize(
    ("host", "is_taken"),
    [
        ("nas.example.com", True),  # who knows what that is for the proxy
        ("93.184.215.15", True),
        ("10.0.0.5", False),
        ("127.0.0.1", False),
        ("[::1]", False),
        ("localhost", False),
        ("127.1", False),
        ("0x7f000001", False),
        ("169.254.169.254", False),
    ],
)
async def test_behind_a_proxy_a_private_address_is_one_all_the_same(
    host: str, *, is_taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://10.9.9.9:3128")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    written = ("93.184.215.15", "10.0.0.5", "127.0.0.1", "::1", "169.254.169.254")
    names = Names(
        ADDRESSES | {each: [each] for each in written} | {each: ["127.0.0.1"] for each in ("127.1", "0x7f000001")}
    )
    places, url = (
        PublicAddresses(Endpoint(an_account(base_url="https://api.example.com/v1")), names),
        f"https://{host}/x",
    )
    if is_taken:
        await places.check(url)
        await places.check_peer(url, "10.9.9.9")
        return
    with pytest.raises(Unavailable, match=r"private network|no address of the web"):
        await places.check(url)


@pytest.mark.parametrize(
    ("base_url", "url", "place"),
    [
        ("http://gpu.lan:30000/v1", "http://minio.lan:9000/videos/x.mp4", None),
        ("http://localhost:30000/v1", "http://minio.lan:9000/videos/x.mp4", None),
        ("http://gpu.lan:30000/v1", "http://localhost:9000/x.mp4", "localhost"),
        ("http://gpu.lan:30000/v1", "http://clouds.lan/latest/meta-data", "clouds.lan"),
        ("http://gpu.lan:30000/v1", "http://files.example.com/x.mp4", "files.example.com"),
        ("http://api.example.com/v1", "http://minio.lan:9000/x.mp4", "minio.lan"),
        ("https://api.example.com/v1", "http://minio.lan:9000/x.mp4", "minio.lan"),
        ("https://gpu.lan/v1", "http://minio.lan:9000/x.mp4", "minio.lan"),
    ],
)
async def test_files_come_without_encryption_from_a_neighbour_of_a_server_of_ones_own_alone(
    base_url: str, url: str, place: str | None
) -> None:
    places = PublicAddresses(Endpoint(an_account(base_url=base_url)), Names())
    if place is None:
        await places.check(url)
        await places.check_peer(url, "192.168.1.8")
        return
    with pytest.raises(OutOfBounds, match="Add that host to DOWNLOAD_HOSTS") as barred:
        await places.check(url)
    assert barred.value.place == place


async def test_a_neighbour_whose_name_leads_elsewhere_once_it_was_checked_gives_no_file() -> None:
    places = PublicAddresses(Endpoint(an_account(base_url="http://gpu.lan:30000/v1")), Names())
    for address in ("127.0.0.1", "169.254.169.254", "100.100.100.200", "93.184.215.15"):
        with pytest.raises(OutOfBounds):
            await places.check_peer("http://minio.lan:9000/x.mp4", address)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "http://169.254.169.254/latest", "http://[fd00:ec2::254]/", "http://100.100.100.200/"]
)
async def test_an_address_that_is_not_of_the_web_is_no_matter_of_a_setting(url: str) -> None:
    places = PublicAddresses(Endpoint(an_account(base_url="http://gpu.lan:30000/v1")), Names())
    with pytest.raises(Unavailable, match="no address of the web") as trouble:
        await places.check(url)
    assert not isinstance(trouble.value, OutOfBounds)


@pytest.mark.parametrize(
    ("address", "private"),
    [
        *[(address, True) for address in ("10.1.2.3", "172.31.0.1", "192.168.1.1", "100.64.0.1", "fd12::1")],
        ("::ffff:10.0.0.1", True),
        *[(address, False) for address in ("127.0.0.1", "::1", "172.32.0.1", "169.254.169.254")],
        *[(address, False) for address in ("100.100.100.200", "fd00:ec2::254", "fe80::1%eth0", "nonsense", "")],
    ],
)
def test_what_an_address_of_ones_own_network_is(address: str, *, private: bool) -> None:
    assert is_private(address) is private


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        *[(address, False) for address in ("127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "0.1.2.3")],
        *[
            (address, False)
            for address in ("169.254.169.254", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "100.64.0.1")
        ],
        *[(address, False) for address in ("224.0.0.1", "ff02::1", "nonsense", "")],
    ],
)
def test_what_a_public_address_is(address: str, *, public: bool) -> None:
    assert is_public(address) is public


async def downloaded(target: Path, names: Names, *, allowed: frozenset[str] = frozenset()) -> list[str]:
    """Download through a redirect to another name of this machine, and return the hosts that were asked."""
    asked: list[str] = []

    async def content(request: web.Request) -> web.Response:
        asked.append(request.url.host or "")
        raise web.HTTPFound(str(request.url.with_host("localhost").with_path("/h/file")))

    async def file(request: web.Request) -> web.Response:
        asked.append(request.url.host or "")
        return web.Response(body=MP4)

    application = web.Application()
    application.router.add_get("/content", content)
    application.router.add_get("/file", file)
    async with serving({"/h": application}) as url:
        endpoint = Endpoint(an_account(base_url=f"{url}/h", download_hosts=allowed))
        downloads = Downloads(endpoint, Timeouts(), names)
        try:
            await downloads.save(f"{url}/h/content", target, is_video)
        except Unavailable as trouble:
            asked.append(trouble.sentence)
        finally:
            await downloads.close()
    return asked


async def test_a_redirect_into_the_private_network_is_not_followed(tmp_path: Path) -> None:
    asked = await downloaded(tmp_path / "v.mp4", Names())
    assert asked[0] == "127.0.0.1"
    assert asked[1:] == [
        (
            "The video service keeps the file at localhost, on a private network. "
            "Add that host to DOWNLOAD_HOSTS to allow it."
        )
    ]
    assert not (tmp_path / "v.mp4").exists()


async def test_a_name_that_leads_elsewhere_once_it_was_checked_gives_no_file(tmp_path: Path) -> None:
    asked = await downloaded(tmp_path / "v.mp4", Names({**ADDRESSES, "localhost": ["93.184.215.20"]}))
    assert "on a private network" in asked[-1]
    assert not (tmp_path / "v.mp4").exists()


async def test_a_host_that_was_allowed_is_fetched_from(tmp_path: Path) -> None:
    assert await downloaded(tmp_path / "v.mp4", Names(), allowed=frozenset({"localhost"})) == ["127.0.0.1", "localhost"]
    assert (tmp_path / "v.mp4").read_bytes() == MP4


@pytest.mark.parametrize(("allowed", "may"), [(frozenset({"nas.lan"}), True), (frozenset(), False)])
def test_a_store_beside_a_gpu_server_may_be_allowed_without_encryption(*, allowed: frozenset[str], may: bool) -> None:
    endpoint = Endpoint(an_account(base_url="http://gpu.lan:8000/v1", download_hosts=allowed))
    assert endpoint.may_fetch("http://nas.lan:9000/x.mp4") is may
    assert not endpoint.may_fetch("file:///nas.lan/x.mp4")
