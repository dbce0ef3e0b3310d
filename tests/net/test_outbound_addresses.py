"""No request reaches a forbidden address, however it is spelled, resolved or reached (attacks A59–A65, A70, A75)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from local_http import LOCAL, answer, code_of, failure_of, outbound, redirect, target

from flowslot.base.settings import Settings
from flowslot.net.addresses import METADATA_NAMES

LOOPBACK = """
127.0.0.1 127.0.0.1. 127.1 127.0.1 2130706433 0x7f000001 0x7f.1 0177.0.0.1 0177.1 ①②⑦.0.0.1 １２７．０．０．１
127。0。0。1 localhost localhost. LOCALHOST LocalHost. 0 0.0.0.0 0x0 00 [::] [::1] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1]
[0:0:0:0:0:ffff:7f00:1] [::127.0.0.1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::]
[fe80::1%25eth0] [fd00:ec2::254]
"""

Addresses = Sequence[IPv4Address | IPv6Address]


class Names:
    """Name servers of the test: the answers for a host, one after the other."""

    def __init__(self, *answers: str) -> None:
        self.asked: list[str] = []
        self._answers = list(answers)

    async def __call__(self, host: str) -> Addresses:
        self.asked.append(host)
        text = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        return [ip_address(each) for each in text.split()]


@pytest.mark.parametrize("host", LOOPBACK.split())
def test_no_spelling_of_the_own_machine_is_reached(host: str) -> None:
    async def check() -> None:
        async with target() as forbidden, outbound(Settings()) as client:
            failure = await failure_of(client.send("GET", f"http://{host}:{forbidden.port}/secret?key=1"))
            assert failure.startswith("blocked_address: ")
            assert "secret" not in failure
            assert forbidden.connections == 0

    asyncio.run(check())


@pytest.mark.parametrize("host", [*sorted(METADATA_NAMES), "Metadata.Google.Internal", "metadata.google.internal."])
def test_names_of_machine_credentials_are_not_even_looked_up(host: str) -> None:
    async def check() -> None:
        names = Names("127.0.0.1")
        async with outbound(LOCAL, resolve=names) as client:
            assert await code_of(client.send("GET", f"http://{host}/computeMetadata/v1/")) == "blocked_address"
        assert names.asked == []

    asyncio.run(check())


@pytest.mark.parametrize(
    "addresses",
    ["127.0.0.1", "10.0.0.5", "8.8.8.8 127.0.0.1", "8.8.8.8 ::1", "8.8.8.8 fd00::1", "1.1.1.1 " * 9 + "192.168.0.1"],
)
def test_a_name_with_one_forbidden_address_is_blocked_and_the_address_is_not_told(addresses: str) -> None:
    async def check() -> None:
        names = Names(addresses)
        async with target() as forbidden, outbound(Settings(), resolve=names) as client:
            failure = await failure_of(client.send("GET", f"http://inner.example:{forbidden.port}/"))
            assert failure.startswith("blocked_address: inner.example is not")
            assert not any(each in failure for each in addresses.split())
            assert forbidden.connections == 0
        assert names.asked == ["inner.example"]

    asyncio.run(check())


def test_a_name_is_looked_up_once_for_each_connection_and_the_checked_address_is_used() -> None:
    async def check() -> None:
        names = Names("127.0.0.1", "10.0.0.1")
        async with target() as there, outbound(resolve=names) as client:
            url = there.url(host="rebinding.example")
            assert (await client.send("GET", url)).status == 200
            assert names.asked == ["rebinding.example"]
            assert await code_of(client.send("GET", url)) == "blocked_address"
            assert there.connections == 1
            assert there.got[0].header("host") == f"rebinding.example:{there.port}"

    asyncio.run(check())


def test_a_redirect_to_a_name_that_changed_its_address_is_blocked() -> None:
    async def check() -> None:
        names = Names("127.0.0.1", "127.0.0.2")
        only_one = Settings(allow_networks=(ip_network("127.0.0.1/32"),))
        async with target(lambda got: redirect("/again")) as there, outbound(only_one, resolve=names) as client:
            assert await code_of(client.send("GET", there.url(host="turning.example"))) == "blocked_address"
            assert there.connections == 1

    asyncio.run(check())


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("host", ["127.0.0.2", "localhost.", "2130706434", "[::ffff:127.0.0.2]", "0.0.0.0", "10.0.0.1"])
def test_a_redirect_to_a_forbidden_address_is_not_followed(status: int, host: str) -> None:
    async def check() -> None:
        names = Names("127.0.0.2")
        only_one = Settings(allow_networks=(ip_network("127.0.0.1/32"),))
        async with (
            target(host="127.0.0.2") as forbidden,
            target() as there,
            outbound(only_one, resolve=names) as client,
        ):
            there_answers = f"http://{host}:{forbidden.port}/"
            async with target(redirect(there_answers, status=status)) as first:
                assert await code_of(client.send("POST", first.url(), body=b"x")) == "blocked_address"
            assert (forbidden.connections, there.connections) == (0, 0)

    asyncio.run(check())


def test_a_name_without_addresses_is_a_network_error() -> None:
    async def nothing(host: str) -> Addresses:
        raise socket.gaierror(-2, "Name or service not known")

    async def check() -> None:
        async with outbound(resolve=nothing) as client:
            failure = await failure_of(client.send("GET", "http://absent.example/?token=abc"))
            assert failure == "network_error: The name absent.example was not found."

    asyncio.run(check())


def test_the_machines_resolver_is_asked_in_threads_of_its_own() -> None:
    async def check() -> None:
        async with target() as there, outbound() as client:
            assert (await client.send("GET", there.url(host="localhost"))).text == "ok"

    asyncio.run(check())


def test_an_allowed_ipv6_address_is_reached() -> None:
    async def check() -> None:
        try:
            listening = target(host="::1")
            there = await listening.__aenter__()
        except OSError:
            pytest.skip("this machine has no IPv6")
        try:
            async with outbound() as client:
                assert (await client.send("GET", there.url(host="[::1]"))).text == "ok"
                assert there.got[0].header("host") == f"[::1]:{there.port}"
        finally:
            await listening.__aexit__(None, None, None)

    asyncio.run(check())


def test_proxies_and_sign_ins_of_the_machine_are_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / ".netrc").write_text("machine 127.0.0.1 login robot password hunter2hunter2")
    (home / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NETRC", str(home / ".netrc"))
    monkeypatch.setenv("SSL_CERT_FILE", str(home / "none.pem"))

    async def check() -> None:
        async with target(answer("proxy")) as proxy, target() as there, outbound() as client:
            for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
                monkeypatch.setenv(name, proxy.url())
            assert (await client.send("GET", there.url())).text == "ok"
            assert proxy.connections == 0
            assert there.got[0].header("authorization") is None

    asyncio.run(check())


def test_connections_are_kept_within_a_pool_and_never_shared_between_two() -> None:
    async def check() -> None:
        async with target() as there, outbound() as client:
            for _ in range(3):
                await client.send("GET", there.url(), pool=("ws_1", "con_1"))
            assert there.connections == 1
            await client.send("GET", there.url(), pool=("ws_1", "con_2"))
            await client.send("GET", there.url(), pool=("ws_2", "con_1"))
            assert there.connections == 3
            for _ in range(2):
                await client.send("GET", there.url())
            assert there.connections == 5

    asyncio.run(check())


def test_pools_are_bounded() -> None:
    async def check() -> None:
        from flowslot.net.transport import MAX_POOLS

        async with target() as there, outbound() as client:
            for number in range(MAX_POOLS + 20):
                await client.send("GET", there.url(), pool=("ws", str(number)))
            before = there.connections
            await client.send("GET", there.url(), pool=("ws", str(MAX_POOLS + 19)))
            assert there.connections == before
            await client.send("GET", there.url(), pool=("ws", "0"))
            assert there.connections == before + 1

    asyncio.run(check())
