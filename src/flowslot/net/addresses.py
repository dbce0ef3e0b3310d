"""Which addresses flows may call: the public internet, and what the operator has allowed beside it.

A port on a public address may be any but those below. An allowed network may be called on every port.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

NOT_PUBLIC: tuple[Network, ...] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers; cloud metadata of some
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local; cloud metadata
        "168.63.129.16/32",  # Azure's host agent
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; Oracle's metadata
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; broadcast
        "64:ff9b:1::/48",  # NAT64 of the local network
        "100::/64",  # discard
        "2001::/23",  # protocol assignments
        "2001:db8::/32",  # documentation
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # private; AWS's metadata
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
    )
)
"""Never public, whatever the standard library's tables say; a later Python may know fewer or more."""

METADATA: frozenset[Address] = frozenset(
    ip_address(text)
    for text in (
        "100.100.100.200",
        "168.63.129.16",
        "169.254.169.254",
        "169.254.170.2",
        "169.254.170.23",
        "192.0.0.192",
        "fd00:ec2::23",
        "fd00:ec2::254",
        "fd20:ce::254",
    )
)
"""Where clouds hand out the machine's own credentials. Only a network of exactly this one address allows it."""

METADATA_NAMES = frozenset(
    {
        "instance-data",
        "instance-data.ec2.internal",
        "metadata",
        "metadata.azure.internal",
        "metadata.goog",
        "metadata.google.internal",
    }
)

CLOSED_PORTS = frozenset(
    (
        *(1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95),
        *(101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 138, 139, 143, 161, 179),
        *(389, 427, 445, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990),
        *(993, 995, 1719, 1720, 1723, 2049, 3306, 3389, 3659, 4045, 4190, 5060, 5061, 5432, 6000, 6379, 6566),
        *(6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211, 27017),
    )
)
"""Other services' ports, which an HTTP request could only disturb (the fetch standard's list, and databases)."""

_PUBLIC_IPV6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """Decides which addresses may be connected to."""

    allowed: tuple[Network, ...] = ()
    """The operator's networks."""

    def permits(self, address: Address, *, port: int) -> bool:
        """Whether a connection may be opened."""
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            return False
        meant = (address, *embedded(address))
        if any(each in METADATA for each in meant):
            return all(self._names(each) for each in meant if each in METADATA)
        if self._allows(address) or (len(meant) > 1 and all(self._allows(each) for each in meant[1:])):
            return True
        return port not in CLOSED_PORTS and is_public(address)

    def _allows(self, address: Address) -> bool:
        return any(address in network for network in self.allowed)

    def _names(self, address: Address) -> bool:
        return any(network.num_addresses == 1 and address in network for network in self.allowed)


def is_public(address: Address) -> bool:
    """Whether an address, and every IPv4 address that stands inside it, is one of the public internet."""
    inner = embedded(address)
    if inner:
        return all(is_public(each) for each in inner)
    if any(address in network for network in NOT_PUBLIC):
        return False
    if isinstance(address, IPv6Address) and address not in _PUBLIC_IPV6:
        return False
    odd = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not odd


def embedded(address: Address) -> Sequence[IPv4Address]:
    """The IPv4 addresses that an IPv6 address stands for: mapped, compatible, NAT64, 6to4, Teredo."""
    if isinstance(address, IPv4Address):
        return ()
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    if address.teredo is not None:
        return address.teredo
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return (IPv4Address(int(address) & 0xFFFFFFFF),)
    return ()


def is_metadata_name(host: str) -> bool:
    """Whether a host name (lower case, no trailing dot) is one where clouds hand out credentials."""
    return host in METADATA_NAMES
