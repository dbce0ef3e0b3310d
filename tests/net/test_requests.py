"""What is sent is what was asked for, and nothing that could be taken for something else (A68, A69, A78, A82)."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest
from local_http import Got, answer, code_of, failure_of, outbound, target


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND", "get"])
def test_a_request_is_sent_as_it_was_asked_for(method: str) -> None:
    async def check() -> None:
        async with target(answer("" if method == "HEAD" else "hi", headers="X-A: 1\r\nx-a: 2\r\n")) as there:
            async with outbound() as client:
                body = b"\x00\xff" if method not in ("GET", "HEAD", "get") else None
                got = await client.send(method, there.url("/ä b?q=%20+"), headers=[("X-Name", "Zoë")], body=body)
            assert (got.status, got.text, got.headers["x-a"]) == (200, "" if method == "HEAD" else "hi", "1, 2")
            request = there.got[0]
            assert request.line == f"{method.upper()} /%C3%A4%20b?q=%20+ HTTP/1.1"
            assert request.body == (body or b"")
            assert request.header("x-name") == "Zoë"
            assert request.header("user-agent") == "flowslot"
            assert request.header("content-type") is None

    asyncio.run(check())


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        *[("GET", [(name, "x")]) for name in ("Host", "Content-Length", "Transfer-Encoding", "Connection", "TE")],
        *[("GET", [(name, "x")]) for name in ("Proxy-Authorization", "proxy-x", "Upgrade", "Trailer", "Keep-Alive")],
        *[("GET", [(name, "x")]) for name in ("", "a b", "a:b", "ä", "a\r\nb", "a\x00", "x" * 300)],
        *[("GET", [("X", value)]) for value in ("a\r\nB: c", "a\nb", "a\rb", "a\x00b", "a\r\n b", "\x0b", "\ud800")],
        ("GET", [(f"X-{n}", "y") for n in range(10_000)]),
        ("GET", [("X", "y" * 70_000)]),
        *[(method, []) for method in ("", "G ET", "GET\r\nX: y", "CONNECT", "TRACE", "trace", "G" * 30, "GÉT", "G/1")],
    ],
)
def test_a_request_that_could_be_misread_is_not_sent(method: str, headers: list[tuple[str, str]]) -> None:
    async def check() -> None:
        async with target() as there, outbound() as client:
            assert await code_of(client.send(method, there.url(), headers=headers)) == "invalid_request"
            assert there.connections == 0

    asyncio.run(check())


@pytest.mark.parametrize(
    "url",
    [
        "http://user:secret-password@{}/",
        "http://{}\\@evil.com/",
        " http://{}/",
        "HTTP://{}/",
        "ftp://{}/",
        "unix:{}",
        "ws://{}/",
        "http://{}/\r\nX-Secret: secret-password",
        "http://{}/\tsecret-password",
    ],
)
def test_a_url_that_could_be_misread_is_not_sent_and_not_repeated(url: str) -> None:
    async def check() -> None:
        async with target() as there, outbound() as client:
            failure = await failure_of(client.send("GET", url.format(f"127.0.0.1:{there.port}")))
            assert failure.startswith("invalid_request: ")
            assert "secret" not in failure
            assert there.connections == 0

    asyncio.run(check())


def test_cookies_are_not_kept() -> None:
    async def check() -> None:
        async with target(answer(headers="Set-Cookie: session=abc; Path=/\r\n")) as there, outbound() as client:
            for _ in range(2):
                got = await client.send("GET", there.url(), pool=("ws", "con"))
            assert got.headers["set-cookie"] == "session=abc; Path=/"
            assert there.got[1].header("cookie") is None

    asyncio.run(check())


def test_header_values_that_are_no_utf8_are_read_too() -> None:
    async def check() -> None:
        reply = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: gr\xfc\xdf\r\nX-B: gr\xc3\xbc\r\n\r\n"
        async with target(reply) as there, outbound() as client:
            got = await client.send("GET", there.url())
            assert (got.headers["x-a"], got.headers["x-b"]) == ("grüß", "grü")
            "".join(got.headers.values()).encode()

    asyncio.run(check())


def test_own_headers_can_be_chosen() -> None:
    async def check() -> None:
        async with target() as there, outbound() as client:
            await client.send("GET", there.url(), headers=[("user-agent", "mine"), ("Accept-Encoding", "identity")])
            assert there.got[0].header("user-agent") == "mine"
            assert [value for name, value in there.got[0].headers if name.lower() == "accept-encoding"] == ["identity"]

    asyncio.run(check())


def test_large_bodies_are_sent() -> None:
    async def check() -> None:
        async with target() as there, outbound() as client:
            await client.send("POST", there.url(), body=b"x" * 3_000_000, pool=("ws", "con"))
            assert len(there.got[0].body) == 3_000_000

    asyncio.run(check())


def test_a_target_that_cannot_be_reached_is_a_network_error() -> None:
    async def check() -> None:
        async with outbound() as client:
            async with target() as there:
                url = there.url("/?token=abc")
            failure = await failure_of(client.send("GET", url))
            assert failure == "network_error: 127.0.0.1 could not be connected to."

    asyncio.run(check())


def test_many_requests_at_once_are_answered() -> None:
    async def slowly(got: Got) -> bytes:
        await asyncio.sleep(0)
        return answer(got.path)

    async def check() -> None:
        async with target(slowly) as there, outbound() as client:
            sending = [client.send("GET", there.url(f"/{n}"), pool=("ws", "con")) for n in range(300)]
            assert [each.text for each in await asyncio.gather(*sending)] == [f"/{n}" for n in range(300)]
            assert there.connections <= 64

    asyncio.run(check())


def test_a_request_that_is_given_up_leaves_nothing_behind() -> None:
    async def never(got: Got) -> None:
        await asyncio.Event().wait()

    async def check() -> None:
        async with target(never) as there, outbound() as client:
            task = asyncio.create_task(client.send("GET", there.url(), pool=("ws", "con")))
            async with asyncio.timeout(10):
                while not there.got:
                    await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(check())


def test_a_closed_client_starts_anew() -> None:
    async def check() -> None:
        async with target() as there, outbound() as client:
            await client.send("GET", there.url(), pool=("ws", "con"))
            await client.close()
            assert (await client.send("GET", there.url(), pool=("ws", "con"))).status == 200

    asyncio.run(check())


def test_nothing_slow_is_imported_before_a_request_is_sent() -> None:
    code = (
        "import sys, flowslot.net.connections as c, flowslot.base.vault, flowslot.app.webhook_auth\n"
        "from flowslot.base.settings import Settings\n"
        "c.ConnectionHttp(c.Outbound(Settings()), None)\n"
        "slow = {'aiohttp', 'yarl', 'cryptography', 'idna', 'standardwebhooks', 'certifi'} & set(sys.modules)\n"
        "assert not slow, slow"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
