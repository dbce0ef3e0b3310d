"""Redirects: a few, each one checked, and nothing secret goes along to strangers (attacks A65, A66)."""

from __future__ import annotations

import asyncio

import pytest
from local_http import answer, code_of, outbound, redirect, target

from flowslot.base.urls import url_from
from flowslot.net.exchange import Outgoing, redirected

SECRETS = [
    ("Authorization", "Bearer abcdef"),
    ("Cookie", "a=b"),
    ("X-Api-Key", "abcdef"),
    ("Idempotency-Key", "run.step"),
    ("Accept", "application/json"),
    ("Content-Type", "application/json"),
]


def test_five_redirects_are_followed_and_a_sixth_is_not() -> None:
    async def check() -> None:
        def count_down(got: object) -> bytes:
            left = int(got.path.removeprefix("/"))  # type: ignore[attr-defined]
            return redirect(f"/{left - 1}") if left else answer("end")

        async with target(count_down) as there, outbound() as client:
            assert (await client.send("GET", there.url("/5"))).text == "end"
            assert await code_of(client.send("GET", there.url("/6"))) == "too_many_redirects"
            assert len(there.got) == 6 + 6

    asyncio.run(check())


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "gopher://x/", "ftp://x/", "data:text/plain,x", "http://u:p@127.0.0.1/", "/\\evil"],
)
def test_redirects_to_what_is_no_http_url_are_not_followed(location: str) -> None:
    async def check() -> None:
        async with target(redirect(location)) as there, outbound() as client:
            assert await code_of(client.send("GET", there.url())) == "blocked_address"

    asyncio.run(check())


def test_a_loop_ends() -> None:
    async def check() -> None:
        async with target(redirect("/")) as there, outbound() as client:
            assert await code_of(client.send("GET", there.url())) == "too_many_redirects"

    asyncio.run(check())


def test_a_refresh_header_is_no_redirect() -> None:
    async def check() -> None:
        refreshing = answer("here", headers="Refresh: 0; url=http://127.0.0.1:1/\r\n")
        async with target(refreshing) as there, outbound() as client:
            assert (await client.send("GET", there.url())).text == "here"

    asyncio.run(check())


def test_a_redirect_without_location_is_the_answer() -> None:
    async def check() -> None:
        async with target(answer("x", status=302)) as there, outbound() as client:
            assert (await client.send("GET", there.url())).status == 302

    asyncio.run(check())


def test_credentials_do_not_go_along_to_another_origin() -> None:
    async def check() -> None:
        async with (
            target() as stranger,
            target(redirect(stranger.url("/in"), status=307)) as there,
            outbound() as client,
        ):
            await client.send("POST", there.url(), headers=SECRETS, body=b"{}")
            names = {name.lower() for name, _ in stranger.got[0].headers} - {"host", "connection", "content-length"}
            assert names == {"accept", "content-type", "user-agent", "accept-encoding"}

    asyncio.run(check())


def test_credentials_go_along_within_the_origin_and_to_allowed_hosts() -> None:
    async def check() -> None:
        async with target() as friend:
            hosts = {f"127.0.0.1:{friend.port}"}
            async with target(redirect(friend.url(), status=308)) as there, outbound() as client:
                await client.send("PUT", there.url(), headers=SECRETS, body=b"{}", allowed_hosts=hosts)
                assert friend.got[0].header("authorization") == "Bearer abcdef"
                assert friend.got[0].header("idempotency-key") == "run.step"
                assert (friend.got[0].method, friend.got[0].body) == ("PUT", b"{}")

    asyncio.run(check())


@pytest.mark.parametrize(
    ("method", "status", "becomes"),
    [
        *[("POST", status, "GET") for status in (301, 302, 303)],
        *[("POST", status, "POST") for status in (307, 308)],
        *[("PUT", status, "PUT") for status in (301, 302, 307, 308)],
        *[("DELETE", 303, "GET"), ("HEAD", 303, "HEAD"), ("HEAD", 302, "HEAD"), ("GET", 301, "GET")],
    ],
)
def test_what_method_a_redirect_is_followed_with(method: str, status: int, becomes: str) -> None:
    sent = Outgoing(method, url_from("http://x.com/a"), SECRETS, b"body" if method in ("POST", "PUT") else None)
    after = redirected(sent, status, location="/b", allowed_hosts=())
    assert (after.method, str(after.url)) == (becomes, "http://x.com/b")
    assert after.body == (sent.body if becomes == method else None)
    assert ("Content-Type" in dict(after.headers)) is (becomes == method or method == "HEAD")
    assert dict(after.headers)["Authorization"] == "Bearer abcdef"


@pytest.mark.parametrize(
    ("location", "kept"),
    [
        ("/b", True),
        ("http://x.com:80/b", True),
        ("http://x.com:8080/b", False),
        ("https://x.com/b", False),
        ("//y.com/b", False),
        ("http://x.com.evil/b", False),
        ("https://friend.com/b", True),
        ("http://friend.com:81/b", False),
    ],
)
def test_only_the_same_origin_and_allowed_hosts_keep_credentials(location: str, kept: bool) -> None:
    sent = Outgoing("GET", url_from("http://x.com/a"), SECRETS, None)
    after = redirected(sent, 302, location=location, allowed_hosts={"friend.com"})
    assert ("Authorization" in dict(after.headers)) is kept
    assert ("X-Api-Key" in dict(after.headers)) is kept
    assert "Accept" in dict(after.headers)


def test_a_redirect_from_https_to_http_is_not_followed() -> None:
    async def follow() -> None:
        sent = Outgoing("GET", url_from("https://x.com/a"), (), None)
        redirected(sent, 302, location="http://x.com/b", allowed_hosts={"x.com"})

    assert asyncio.run(code_of(follow())) == "blocked_address"
