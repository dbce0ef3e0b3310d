"""No secret comes back, in whatever form a target echoes it (attack A77)."""

from __future__ import annotations

import asyncio
import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from local_http import Got, answer, failure_of, redirect, target
from through import desk, request

from flowslot.base.json_text import Json
from flowslot.net.masking import MASK, SHORTEST, mask_for

SECRET = 'K4n4ry "&<ä>/+\\ end'

FORMS: dict[str, Callable[[str], str]] = {
    "plain": lambda secret: secret,
    "trimmed": lambda secret: secret.strip(),
    "in a sentence": lambda secret: f"your key {secret}, sir",
    "url": lambda secret: quote(secret, safe=""),
    "url, lower case": lambda secret: re.sub("%..", lambda each: each[0].lower(), quote(secret, safe="")),
    "form": quote_plus,
    "json": json.dumps,
    "json, unicode": lambda secret: json.dumps(secret, ensure_ascii=False),
    "html": html.escape,
    "hex": lambda secret: secret.encode().hex(),
    "HEX": lambda secret: secret.encode().hex().upper(),
    "base64": lambda secret: b64encode(secret.encode()).decode(),
    "base64url": lambda secret: urlsafe_b64encode(secret.encode()).decode(),
    "base64 after 1": lambda secret: b64encode(b"x" + secret.encode() + b"yz").decode(),
    "base64 after 2": lambda secret: b64encode(b"u:" + secret.encode()).decode(),
    "base64 after 3": lambda secret: b64encode(b"me:" + secret.encode() + b"y").decode(),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_secret_is_masked_in_every_form(form: str) -> None:
    masked = mask_for([SECRET]).text(f"<{FORMS[form](SECRET)}>")
    assert MASK in masked
    for _, other in FORMS.items():
        assert other(SECRET) not in masked
    assert "K4n4ry" not in masked


@given(st.text(min_size=6, max_size=60), st.sampled_from(sorted(FORMS)))
def test_no_secret_is_left_in_any_form(secret: str, form: str) -> None:
    assume(len(secret.strip()) >= SHORTEST and MASK not in secret)
    try:
        echoed = FORMS[form](secret)
    except UnicodeEncodeError:
        return
    assert echoed not in mask_for([secret]).text(f"<{echoed}>")


def test_each_line_of_a_secret_is_masked() -> None:
    masked = mask_for(["-----BEGIN KEY-----\n  abcdefgh\n  ijklmnop\n"]).text("x abcdefgh y ijklmnop z")
    assert masked == "x *** y *** z"


def test_short_secrets_are_left_alone_and_long_ones_win() -> None:
    assert mask_for(["abc"]).text("abc abcdef") == "abc abcdef"
    assert mask_for(["abcdef", "abcdefghij"]).text("abcdefghij") == "***"


AUTHS: list[tuple[Json, str]] = [
    ({"kind": "basic", "username": "me", "password": "K4n4ry-password"}, "K4n4ry-password"),
    ({"kind": "bearer", "token": "K4n4ry-token"}, "K4n4ry-token"),
    ({"kind": "header", "name": "X-Api-Key", "value": "K4n4ry-value"}, "K4n4ry-value"),
]


@pytest.mark.parametrize(("auth", "secret"), AUTHS, ids=lambda each: each["kind"] if isinstance(each, dict) else "")
@pytest.mark.parametrize("status", [200, 400, 500])
def test_what_a_target_echoes_is_masked_in_body_and_headers(auth: Json, secret: str, status: int) -> None:
    def echo(got: Got) -> bytes:
        given = got.header("authorization") or got.header("x-api-key")
        return answer(f"you sent {given}", status=status, headers=f"X-Echo: {given}\r\nLocation: /?k={secret}\r\n")

    async def check() -> None:
        async with target(echo) as there, desk() as sender:
            got = await sender.http.send(request(), sender.connection({"base_url": there.url(), "auth": auth}))
            shown = got.text + "".join(got.headers.values())
            assert MASK in got.text
            assert MASK in got.headers["x-echo"]
            assert secret not in shown
            assert b64encode(secret.encode()).decode()[:8] not in shown
            assert b64encode(f"me:{secret}".encode()).decode()[4:20] not in shown

    asyncio.run(check())


def test_a_failure_does_not_tell_the_secret_either() -> None:
    async def check() -> None:
        async with target(redirect("http://k4n4ry-value.example.:1/")) as there, desk() as sender:
            auth = {"kind": "header", "name": "X-Key", "value": "k4n4ry-value"}
            failure = await failure_of(
                sender.http.send(request(timeout=5.0), sender.connection({"base_url": there.url(), "auth": auth}))
            )
            assert "k4n4ry" not in failure

    asyncio.run(check())
