"""OAuth 2.0 client credentials: one fetch at a time, kept until shortly before the end, renewed once on 401."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from local_http import Answer, Got, Target, answer, code_of, failure_of, redirect, target
from through import START, Desk, desk, request

from flowslot.app.ports import Connection
from flowslot.base.json_text import Json

SECRET = "cl1ent&secret"


def _issuing(life: Json = 3600, **more: Json) -> Callable[[Got], bytes]:
    numbers = iter(range(1, 1000))

    def issue(got: Got) -> bytes:
        token = {"access_token": f"access-token-{next(numbers)}", "token_type": "Bearer", "expires_in": life}
        return answer(json.dumps({**token, **more}))

    return issue


def _taking(*tokens: str) -> Answer:
    def take(got: Got) -> bytes:
        good = got.header("authorization") in {f"Bearer {each}" for each in tokens}
        return answer("in" if good else "out", status=200 if good else 401)

    return take


def _connection(sender: Desk, api: Target, issuer: Target, **auth: Json) -> Connection:
    settings = {"kind": "oauth2", "token_url": issuer.url("/token"), "client_id": "cli:ent", "client_secret": SECRET}
    return sender.connection({"base_url": api.url(), "auth": {**settings, **auth}})


@pytest.mark.parametrize("client_auth", ["basic", "body"])
def test_a_token_is_asked_for_with_the_clients_credentials(client_auth: str) -> None:
    async def check() -> None:
        async with target(_issuing()) as issuer, target() as api, desk() as sender:
            erp = _connection(sender, api, issuer, client_auth=client_auth, scope="a b", parameters={"audience": "x"})
            await sender.http.send(request(), erp)
            asked, form = issuer.got[0], parse_qs(issuer.got[0].body.decode())
            expected = {"grant_type": ["client_credentials"], "scope": ["a b"], "audience": ["x"]}
            if client_auth == "body":
                expected |= {"client_id": ["cli:ent"], "client_secret": [SECRET]}
                assert asked.header("authorization") is None
            else:
                pair = b64encode(b"cli%3Aent:cl1ent%26secret").decode()
                assert asked.header("authorization") == f"Basic {pair}"
            assert (asked.line, form) == ("POST /token HTTP/1.1", expected)
            assert api.got[0].header("authorization") == "Bearer access-token-1"

    asyncio.run(check())


def test_many_requests_at_once_fetch_one_token() -> None:
    waiting = asyncio.Event()
    issue = _issuing()

    async def slowly(got: Got) -> bytes:
        await waiting.wait()
        return issue(got)

    async def check() -> None:
        async with target(slowly) as issuer, target(_taking("access-token-1")) as api, desk() as sender:
            erp = _connection(sender, api, issuer)
            sending = [asyncio.create_task(sender.http.send(request(), erp)) for _ in range(50)]
            async with asyncio.timeout(10):
                while not issuer.got:
                    await asyncio.sleep(0)
            sending[0].cancel()
            waiting.set()
            answers = await asyncio.gather(*sending[1:])
            assert {each.text for each in answers} == {"in"}
            assert len(issuer.got) == 1
            with pytest.raises(asyncio.CancelledError):
                await sending[0]

    asyncio.run(check())


def test_a_refused_token_is_renewed_once_for_all() -> None:
    async def check() -> None:
        async with target(_issuing()) as issuer, target(_taking("access-token-2")) as api, desk() as sender:
            erp = _connection(sender, api, issuer)
            answers = await asyncio.gather(*(sender.http.send(request(), erp) for _ in range(30)))
            assert {each.status for each in answers} == {200}
            assert len(issuer.got) == 2

    asyncio.run(check())


def test_a_late_refusal_of_an_old_token_leaves_the_newer_one() -> None:
    late, refused = asyncio.Event(), asyncio.Event()

    async def take(got: Got) -> bytes:
        if got.header("authorization") == "Bearer access-token-2":
            return answer("in")
        if got.path == "/late":
            refused.set()
            await late.wait()
        return answer("out", status=401)

    async def check() -> None:
        async with target(_issuing()) as issuer, target(take) as api, desk() as sender:
            erp = _connection(sender, api, issuer)
            waiting = asyncio.create_task(sender.http.send(request("/late"), erp))
            await asyncio.wait_for(refused.wait(), 10)
            assert (await sender.http.send(request("/now"), erp)).text == "in"
            late.set()
            assert (await waiting).text == "in"
            assert len(issuer.got) == 2

    asyncio.run(check())


def test_a_target_that_takes_no_token_is_asked_twice_and_no_more() -> None:
    async def check() -> None:
        async with target(_issuing()) as issuer, target(_taking()) as api, desk() as sender:
            assert (await sender.http.send(request(), _connection(sender, api, issuer))).status == 401
            assert (len(issuer.got), len(api.got)) == (2, 2)

    asyncio.run(check())


@pytest.mark.parametrize(
    ("life", "kept", "gone"),
    [
        (3600, 3539, 3541),
        ("3600", 3539, 3541),
        (100, 89, 91),
        (None, 299, 301),
        ("soon", 299, 301),
        (10**30, 86339, 86341),
    ],
)
def test_a_token_is_kept_until_shortly_before_its_end(life: Json, kept: float, gone: float) -> None:
    async def check() -> None:
        async with target(_issuing(life)) as issuer, target() as api, desk() as sender:
            erp = _connection(sender, api, issuer)
            for seconds, fetched in ((0, 1), (kept, 1), (gone - kept, 2)):
                sender.watch.pass_(seconds)
                await sender.http.send(request(), erp)
                assert len(issuer.got) == fetched

    asyncio.run(check())


@pytest.mark.parametrize("life", [0, -5])
def test_a_token_without_life_is_used_once(life: int) -> None:
    async def check() -> None:
        async with target(_issuing(life)) as issuer, target() as api, desk() as sender:
            erp = _connection(sender, api, issuer)
            for _ in range(2):
                assert (await sender.http.send(request(), erp)).status == 200
            assert len(issuer.got) == 2

    asyncio.run(check())


def test_a_connection_that_was_changed_gets_a_token_of_its_own() -> None:
    async def check() -> None:
        async with target(_issuing()) as issuer, target() as api, desk() as sender:
            erp = _connection(sender, api, issuer)
            await sender.http.send(request(), erp)
            await sender.http.send(request(), replace(erp, updated_at=START + timedelta(seconds=1)))
            await sender.http.send(request(), _connection(sender, api, issuer))
            assert len(issuer.got) == 3

    asyncio.run(check())


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        (answer('{"error": "invalid_client"}', status=401), "sign_in_failed: {} answered 401 (invalid_client)."),
        (answer('{"error": "<b>' + SECRET + '"}', status=400), "sign_in_failed: {} answered 400."),
        (answer("oops", status=400), "sign_in_failed: {} answered 400."),
        (redirect("http://127.0.0.1:1/"), "sign_in_failed: {} answered 302."),
        (answer("not json"), "sign_in_failed: {} gave no bearer token."),
        (answer("[1]"), "sign_in_failed: {} gave no bearer token."),
        (answer('{"access_token": 5}'), "sign_in_failed: {} gave no bearer token."),
        (answer('{"access_token": "a\\r\\nX: y"}'), "sign_in_failed: {} gave no bearer token."),
        (answer('{"access_token": "abc", "token_type": "mac"}'), "sign_in_failed: {} gave no bearer token."),
        (answer("busy", status=503), "network_error: The token address of the connection erp answered 503."),
        (answer("busy", status=429), "network_error: The token address of the connection erp answered 429."),
    ],
    ids=str,
)
def test_a_failed_sign_in_says_so_and_sends_nothing(reply: bytes, failure: str) -> None:
    async def check() -> None:
        async with target(reply) as issuer, target() as api, desk() as sender:
            said = await failure_of(sender.http.send(request(), _connection(sender, api, issuer)))
            assert said == failure.format("The connection erp could not sign in: the token address")
            assert (len(issuer.got), api.connections) == (1, 0)

    asyncio.run(check())


def test_access_tokens_and_client_secrets_are_masked() -> None:
    def echo(got: Got) -> bytes:
        return answer(f"{got.header('authorization')} {SECRET}")

    async def check() -> None:
        async with target(_issuing()) as issuer, target(echo) as api, desk() as sender:
            assert (await sender.http.send(request(), _connection(sender, api, issuer))).text == "Bearer *** ***"

    asyncio.run(check())


def test_fetching_a_token_counts_in_the_time_of_the_request() -> None:
    async def never(got: Got) -> None:
        await asyncio.Event().wait()

    async def check() -> None:
        async with target(never) as issuer, target() as api, desk() as sender:
            erp = _connection(sender, api, issuer)
            assert await code_of(sender.http.send(request(timeout=0.2), erp)) == "timeout"

    asyncio.run(check())
