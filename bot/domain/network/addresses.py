"""Which IP addresses are on the public internet, and which are on a private network."""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

GLOBAL_UNICAST = IPv6Network("2000::/3")  # all other IPv6 addresses are not on the public internet
TRANSLATED = IPv6Network("64:ff9b::/96")  # NAT64: an IPv4 address in its last 32 bits
PRIVATE: tuple[IPv4Network | IPv6Network, ...] = (  # networks of homes, offices, containers and VPNs
    *map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")),
    IPv6Network("fc00::/7"),
)
OF_CLOUDS = frozenset({"100.100.100.200", "fd00:ec2::254"})  # in them, and hand out keys to whoever asks there
TUNNELS = (IPv6Network("2002::/16"), IPv6Network("2001::/32"))  # 6to4 and Teredo, which lead to an IPv4 address, too


def is_address(host: str) -> bool:
    """Whether it is an IP address, and no name."""
    return _plain(host) is not None


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet."""
    ip = _plain(address)
    if ip is None:
        return False
    return _is_public_v6(ip) if isinstance(ip, IPv6Address) else _is_public_v4(ip)


def is_private(address: str) -> bool:
    """Whether an IP address is on a private network. This machine itself is not."""
    ip = _plain(address)
    return ip is not None and str(ip) not in OF_CLOUDS and any(ip in network for network in PRIVATE)


def is_of_a_cloud(address: str) -> bool:
    """Whether a cloud may hand out keys there to anyone who asks: no files are stored at such an address."""
    ip = _plain(address)
    return ip is not None and (ip.is_link_local or str(ip) in OF_CLOUDS)


def is_loopback(address: str) -> bool:
    """Whether it is this machine itself."""
    ip = _plain(address)
    return ip is not None and ip.is_loopback


def _plain(address: str) -> IPv4Address | IPv6Address | None:
    """IPv4 addresses embedded in IPv6 are unwrapped; None if it is no address."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return (ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else ip


def _is_public_v4(ip: IPv4Address) -> bool:
    return ip.is_global and not ip.is_multicast


def _is_public_v6(ip: IPv6Address) -> bool:
    if ip in TRANSLATED:  # how machines without IPv4 reach those that have nothing else
        return _is_public_v4(IPv4Address(int(ip) & 0xFFFF_FFFF))
    return ip in GLOBAL_UNICAST and ip.is_global and not any(ip in tunnel for tunnel in TUNNELS)
