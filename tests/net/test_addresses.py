"""Which addresses flows may call (attacks A59–A63)."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowslot.net.addresses import CLOSED_PORTS, METADATA, AddressPolicy, embedded, is_public

FORBIDDEN = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
168.63.129.16 169.254.0.1 169.254.169.254 169.254.170.2 172.16.0.1 172.31.255.255 192.0.0.8 192.0.0.192
192.0.2.1 192.88.99.1 192.168.0.1 192.168.255.255 198.18.0.1 198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1
239.1.1.1 240.0.0.1 255.255.255.255 :: ::1 ::2 ::127.0.0.1 ::10.0.0.1 ::ffff:127.0.0.1 ::ffff:169.254.169.254
::ffff:10.0.0.1 ::ffff:0.0.0.0 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::10.0.0.1 64:ff9b:1::1
64:ff9b:1::8.8.8.8 64:ff9b:1:ffff::1 2002:7f00:1:: 2002:a9fe:a9fe:: 2002:0a00:0001::1 2002:c0a8:101::
2001:0:7f00:1::1 2001:0:808:808::80ff:fffe 2001:0:a9fe:a9fe:0:0:f5ff:fffe 100::1 2001::1 2001:2::1 2001:10::1
2001:db8::1 3fff::1 5f00::1 fc00::1 fd00::1 fd00:ec2::254 fd20:ce::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1
ff0e::1 4000::1 8000::1 2620:4f:8000::1
"""

PERMITTED = """
1.1.1.1 8.8.8.8 9.9.9.9 11.0.0.1 100.63.255.255 100.128.0.1 126.255.255.255 128.0.0.1 169.253.0.1 169.255.0.1
172.15.255.255 172.32.0.1 191.255.255.255 192.0.1.1 192.167.255.255 192.169.0.1 198.17.255.255 198.20.0.1
223.255.255.254 2606:4700:4700::1111 2a00:1450:4001::1 2620:fe::fe 2400:cb00::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8
2002:808:808::1
"""


@pytest.mark.parametrize("text", FORBIDDEN.split())
def test_what_is_not_public_is_forbidden(text: str) -> None:
    assert not AddressPolicy().permits(ip_address(text), port=443)


@pytest.mark.parametrize("text", PERMITTED.split())
def test_the_public_internet_is_permitted(text: str) -> None:
    assert AddressPolicy().permits(ip_address(text), port=443)


@given(st.sampled_from([each for each in FORBIDDEN.split() if ":" not in each]))
def test_a_forbidden_address_is_forbidden_in_every_wrapping(text: str) -> None:
    number = int(IPv4Address(text))
    wrapped = [
        number,
        0xFFFF << 32 | number,
        0x64FF9B << 96 | number,
        0x2002 << 112 | number << 80,
        0x20010000 << 96 | number << 64,
        0x20010000 << 96 | 0x08080808 << 64 | (number ^ 0xFFFFFFFF),
    ]
    assert not any(is_public(IPv6Address(each)) for each in wrapped)


@given(st.ip_addresses(v=6))
def test_no_ipv6_address_is_public_unless_all_it_stands_for_is(address: IPv6Address) -> None:
    if is_public(address):
        assert all(is_public(each) for each in embedded(address))
        assert embedded(address) or address in ip_network("2000::/3")


def test_an_operators_network_is_permitted_however_it_is_written() -> None:
    policy = AddressPolicy((ip_network("10.1.0.0/16"), ip_network("fd12::/32")))
    for text in ("10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "2002:a01:203::", "fd12::1"):
        assert policy.permits(ip_address(text), port=22)
    for text in ("10.2.0.1", "127.0.0.1", "fd13::1", "fe80::1"):
        assert not policy.permits(ip_address(text), port=443)


@pytest.mark.parametrize("address", sorted(METADATA, key=str))
def test_machine_credentials_need_a_network_of_their_very_address(address: IPv4Address | IPv6Address) -> None:
    everything = (ip_network("0.0.0.0/0"), ip_network("::/0"))
    assert not AddressPolicy(everything).permits(address, port=80)
    assert AddressPolicy((ip_network(str(address)),)).permits(address, port=80)


def test_wide_networks_do_not_open_wrapped_machine_credentials() -> None:
    policy = AddressPolicy((ip_network("0.0.0.0/0"), ip_network("::/0")))
    for text in ("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::"):
        assert not policy.permits(ip_address(text), port=80)


@pytest.mark.parametrize("port", sorted(CLOSED_PORTS))
def test_other_services_ports_are_closed_on_public_addresses(port: int) -> None:
    assert not AddressPolicy().permits(ip_address("8.8.8.8"), port=port)


@pytest.mark.parametrize("port", [80, 443, 3000, 8000, 8080, 8443, 9443, 50000, 65535])
def test_ports_where_web_services_stand_are_open(port: int) -> None:
    assert AddressPolicy().permits(ip_address("8.8.8.8"), port=port)
