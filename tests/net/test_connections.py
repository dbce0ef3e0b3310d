"""What is sent through a connection: base URL, sign-in, and to nobody else (attacks A66, A67)."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from dataclasses import replace

import pytest
from local_http import answer, code_of, failure_of, outbound, redirect, target
from through import desk, request

from flowslot.base.ids import ConnectionId, WorkspaceId
from flowslot.base.json_text import Json

SECRET = "s3cr3t/value+ü"

SIGN_INS: list[tuple[Json, str, str | None]] = [
    ({"kind": "none"}, "authorization", None),
    (
        {"kind": "basic", "username": "zoë", "password": SECRET},
        "authorization",
        "Basic " + b64encode(f"zoë:{SECRET}".encode()).decode(),
    ),
    ({"kind": "bearer", "token": "tok-abcdef"}, "authorization", "Bearer tok-abcdef"),
    ({"kind": "header", "name": "X-Api-Key", "value": SECRET}, "x-api-key", SECRET),
]


@pytest.mark.parametrize(("auth", "header", "value"), SIGN_INS, ids=lambda each: str(each)[:20])
def test_a_request_is_sent_below_the_base_url_with_the_sign_in(auth: Json, header: str, value: str | None) -> None:
    async def check() -> None:
        async with target() as there, desk() as sender:
            erp = sender.connection({"base_url": there.url("/v1/"), "auth": auth})
            sent = request(
                "/invoices?a=1",
                method="POST",
                query=[("b", "2 3")],
                headers=[("X-Mine", "1"), (header, "overridden")] if value else [("X-Mine", "1")],
                body=b"{}",
                content_type="application/json",
            )
            assert (await sender.http.send(sent, erp)).text == "ok"
            got = there.got[0]
            assert got.line == "POST /v1/invoices?a=1&b=2%203 HTTP/1.1"
            assert [each for name, each in got.headers if name.lower() == header] == ([value] if value else [])
            assert got.header("content-type") == "application/json"
            assert got.header("idempotency-key") == "run_1.post"
            assert (got.header("x-mine"), got.body) == ("1", b"{}")

    asyncio.run(check())


def test_without_a_connection_only_the_url_counts() -> None:
    async def check() -> None:
        async with target() as there, desk() as sender:
            sent = request(there.url("/a"), connection=None, query=[("q", "x")], headers=[("idempotency-key", "mine")])
            assert (await sender.http.send(sent, None)).status == 200
            assert there.got[0].line == "GET /a?q=x HTTP/1.1"
            assert there.got[0].header("authorization") is None
            assert there.got[0].header("idempotency-key") == "mine"
            for _ in range(2):
                await sender.http.send(sent, None, workspace=WorkspaceId("ws_1"))
            assert there.connections == 2

    asyncio.run(check())


def test_connections_share_nothing_even_with_the_same_target() -> None:
    async def check() -> None:
        async with target() as there, desk() as sender:
            for workspace, id_ in (("ws_1", "con_1"), ("ws_1", "con_2"), ("ws_2", "con_3"), ("ws_1", "con_1")):
                erp = sender.connection({"base_url": there.url()}, id_=id_, workspace=workspace)
                await sender.http.send(request(), erp)
            assert there.connections == 3

    asyncio.run(check())


BEARER = {"kind": "bearer", "token": "tok-abcdef"}


@pytest.mark.parametrize(
    "url",
    [
        "//127.0.0.1:{port}/x",
        "/../admin",
        "/%2e%2e/admin",
        "\\\\evil",
        "http://evil.com/x",
        "http://127.0.0.1.evil:{port}/x",
        "http://127.0.0.1@evil:{port}/x",
        "http://evil#127.0.0.1:{port}",
        "http://evil\\@127.0.0.1:{port}/",
        "http://127.0.0.1%2eevil:{port}/x",
        "http://127.0.0.2:{port}/x",
        "http://127.0.0.1/x",
        "http://localhost:{port}/x",
    ],
)
def test_a_url_of_another_host_is_refused_and_the_secret_not_sent(url: str) -> None:
    async def check() -> None:
        async with target() as there, desk() as sender:
            erp = sender.connection({"base_url": there.url("/v1"), "auth": BEARER, "allowed_hosts": ["api.x.com"]})
            sent = request(url.format(port=there.port))
            assert await code_of(sender.http.send(sent, erp)) == "invalid_request"
            assert there.connections == 0

    asyncio.run(check())


@pytest.mark.parametrize(
    "url",
    [
        "https://api.x.com.evil/",
        "https://api.x.com@evil/",
        "https://evil#api.x.com",
        "https://evil\\@api.x.com",
        "https://api.x.com%2eevil/",
        "https://xn--pi-x-7cd.com/",
        "https://аpi.x.com/",
        "https://api.x.com:8443/",
        "http://api.x.com/",
        "https://api.x.com./../..\\",
    ],
)
def test_look_alikes_of_an_allowed_host_are_refused(url: str) -> None:
    async def check() -> None:
        async with desk() as sender:
            erp = sender.connection({"base_url": "https://x.com", "auth": BEARER, "allowed_hosts": ["api.x.com"]})
            assert await code_of(sender.http.send(request(url), erp)) == "invalid_request"

    asyncio.run(check())


def test_a_whole_url_of_the_base_or_an_allowed_host_is_sent_with_the_sign_in() -> None:
    async def check() -> None:
        async with target() as there, target() as friend, desk() as sender:
            hosts = [f"127.0.0.1:{friend.port}"]
            erp = sender.connection({"base_url": there.url("/v1"), "auth": BEARER, "allowed_hosts": hosts})
            for place in (there, friend):
                await sender.http.send(request(place.url("/next?page=2")), erp)
                assert place.got[0].line == "GET /next?page=2 HTTP/1.1"
                assert place.got[0].header("authorization") == "Bearer tok-abcdef"

    asyncio.run(check())


@pytest.mark.parametrize("auth", [each for each, _, value in SIGN_INS if value], ids=lambda each: each["kind"])
def test_the_sign_in_does_not_follow_a_redirect_to_a_stranger(auth: Json) -> None:
    async def check() -> None:
        async with target() as stranger, target(redirect(stranger.url())) as there, desk() as sender:
            erp = sender.connection({"base_url": there.url(), "auth": auth})
            await sender.http.send(request(), erp)
            names = {name.lower() for name, _ in stranger.got[0].headers}
            assert not names & {"authorization", "x-api-key", "idempotency-key"}

    asyncio.run(check())


def test_the_sign_in_follows_a_redirect_to_an_allowed_host() -> None:
    async def check() -> None:
        async with target() as friend, target(redirect(friend.url())) as there, desk() as sender:
            hosts = [f"127.0.0.1:{friend.port}"]
            erp = sender.connection({"base_url": there.url(), "auth": BEARER, "allowed_hosts": hosts})
            await sender.http.send(request(), erp)
            assert friend.got[0].header("authorization") == "Bearer tok-abcdef"

    asyncio.run(check())


def test_secrets_sealed_for_another_connection_are_not_used() -> None:
    async def check() -> None:
        async with target() as there, desk() as sender:
            erp = sender.connection({"base_url": there.url(), "auth": BEARER})
            for moved in (replace(erp, id=ConnectionId("con_2")), replace(erp, workspace=WorkspaceId("ws_2"))):
                failure = await failure_of(sender.http.send(request(), moved))
                assert failure.startswith("sign_in_failed: The connection erp could not sign in")
            assert there.connections == 0

    asyncio.run(check())


@pytest.mark.parametrize(
    "change",
    [{"connector": "smtp"}, {"settings": {"base_url": "ftp://x", "auth": {"kind": "bearer", "token": "set"}}}],
    ids=["connector", "settings"],
)
def test_a_connection_that_is_none_for_http_is_refused(change: dict[str, Json]) -> None:
    async def check() -> None:
        async with desk() as sender:
            erp = replace(sender.connection({"base_url": "http://127.0.0.1:1", "auth": BEARER}), **change)
            assert await code_of(sender.http.send(request(), erp)) == "invalid_request"

    asyncio.run(check())


def test_a_base_url_may_not_lead_to_forbidden_addresses() -> None:
    async def check() -> None:
        from flowslot.base.settings import Settings

        async with target() as there, desk(Settings()) as sender, outbound():
            erp = sender.connection({"base_url": there.url(), "auth": BEARER})
            assert await code_of(sender.http.send(request(), erp)) == "blocked_address"
            assert there.connections == 0

    asyncio.run(check())


def test_the_answer_comes_back_whatever_its_status() -> None:
    async def check() -> None:
        async with target(answer("no", status=401)) as there, desk() as sender:
            erp = sender.connection({"base_url": there.url(), "auth": BEARER})
            assert (await sender.http.send(request(), erp)).status == 401
            assert len(there.got) == 1

    asyncio.run(check())
