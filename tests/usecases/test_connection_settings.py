"""Connection settings: strict, and their secrets written but never read."""

from __future__ import annotations

import pytest

from flowslot.app.connection_settings import (
    ConnectionSettings,
    merged,
    opened,
    packed,
    secret_place,
    settings_from,
    split,
    unpacked,
)
from flowslot.base.errors import Invalid
from flowslot.base.ids import ConnectionId, WorkspaceId
from flowslot.base.json_text import Json, dump

BASE = "https://api.x.com/v1"
SECRET = "hunter2-hunter2"
OAUTH = {"kind": "oauth2", "token_url": "https://login.x.com/token", "client_id": "me", "client_secret": SECRET}

AUTHS: list[tuple[Json, str | None]] = [
    ({"kind": "none"}, None),
    ({"kind": "basic", "username": "me", "password": SECRET}, "password"),
    ({"kind": "bearer", "token": SECRET}, "token"),
    ({"kind": "header", "name": "X-Api-Key", "value": SECRET}, "value"),
    (OAUTH, "client_secret"),
    ({**OAUTH, "scope": "a b", "client_auth": "body", "parameters": {"audience": "x"}}, "client_secret"),
]


def problems(document: Json) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        settings_from(document)
    assert SECRET not in str(refused.value.problems)
    return {(each.pointer, each.code) for each in refused.value.problems}


@pytest.mark.parametrize(("auth", "field"), AUTHS, ids=lambda each: str(each)[:30])
def test_a_secret_is_kept_apart_and_the_rest_stays_as_written(auth: Json, field: str | None) -> None:
    document = {"base_url": BASE, "auth": auth, "allowed_hosts": ["files.x.com"]}
    settings = settings_from(document)
    public, secrets = split(settings)
    assert public == {**document, "auth": {**auth, field: "set"} if field else auth}
    assert secrets == ({field: SECRET} if field else {})
    assert SECRET not in dump(public).decode() + repr(settings) + str(settings)
    assert opened(public, unpacked(packed(secrets))) == settings


def test_sign_in_is_none_unless_given() -> None:
    public, secrets = split(settings_from({"base_url": BASE + "/"}))
    assert (public, secrets) == ({"base_url": BASE, "auth": {"kind": "none"}}, {})


@pytest.mark.parametrize(
    ("document", "found"),
    [
        ([], {("/settings", "invalid")}),
        (None, {("/settings", "invalid")}),
        ({}, {("/settings/base_url", "missing")}),
        ({"base_url": BASE, "extra": 1}, {("/settings/extra", "unknown_key")}),
        ({"base_url": 5}, {("/settings/base_url", "invalid")}),
        ({"base_url": BASE, "auth": SECRET}, {("/settings/auth", "invalid")}),
        ({"base_url": BASE, "auth": {}}, {("/settings/auth", "invalid")}),
        ({"base_url": BASE, "auth": {"kind": "magic"}}, {("/settings/auth", "invalid")}),
        ({"base_url": BASE, "auth": {"kind": ["basic"]}}, {("/settings/auth", "invalid")}),
        (
            {"base_url": BASE, "auth": {"kind": "basic", "user": "a", "password": ""}},
            {
                ("/settings/auth/user", "unknown_key"),
                ("/settings/auth/username", "missing"),
                ("/settings/auth/password", "invalid"),
            },
        ),
        ({"base_url": BASE, "allowed_hosts": ["*.x.com", "ok.com"]}, {("/settings/allowed_hosts/0", "invalid")}),
    ],
    ids=lambda each: str(sorted(each) if isinstance(each, set) else each)[:40],
)
def test_settings_are_strict_and_each_problem_has_its_place(document: Json, found: set[tuple[str, str]]) -> None:
    assert problems(document) == found


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "ftp://x.com",
        "http://u:p@x.com",
        "http://x.com/?a=b",
        "http://x.com/#a",
        "http://x.com\\@y",
        " " + BASE,
    ],
)
def test_a_base_url_is_an_http_url_without_query_or_user(url: str) -> None:
    assert problems({"base_url": url}) == {("/settings/base_url", "invalid")}


@pytest.mark.parametrize("name", ["", "Host", "content-length", "Proxy-X", "a b", "a:b", "ä", "a\r\nb"])
def test_a_sign_in_header_is_one_that_may_be_set(name: str) -> None:
    auth = {"kind": "header", "name": name, "value": SECRET}
    assert problems({"base_url": BASE, "auth": auth}) == {("/settings/auth/name", "invalid")}


@pytest.mark.parametrize("secret", ["", " ", "a\r\nb", "a\x00", 5, None, ["a"], "x" * 9000, "\ud800"])
def test_a_secret_is_text_that_fits_a_header(secret: Json) -> None:
    auth = {"kind": "bearer", "token": secret}
    assert problems({"base_url": BASE, "auth": auth}) == {("/settings/auth/token", "invalid")}


@pytest.mark.parametrize(("auth", "field"), [each for each in AUTHS if each[1]], ids=lambda each: str(each)[:30])
def test_set_is_no_secret_where_none_is_kept(auth: Json, field: str) -> None:
    assert problems({"base_url": BASE, "auth": {**auth, field: "set"}}) == {(f"/settings/auth/{field}", "missing")}


def old(auth: Json = None, **more: Json) -> ConnectionSettings:
    return settings_from({"base_url": BASE, "auth": auth or {"kind": "bearer", "token": SECRET}, **more})


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"auth": {"kind": "bearer", "token": "set"}},
        {"auth": {"kind": "bearer"}},
        {"base_url": "https://api.x.com/v2"},
        {"base_url": BASE, "auth": {"kind": "bearer", "token": "set"}, "allowed_hosts": ["files.x.com"]},
        {"allowed_hosts": []},
    ],
    ids=str,
)
def test_a_change_keeps_what_it_does_not_name_and_the_secret_that_is_set(change: Json) -> None:
    new = merged(old(allowed_hosts=["files.x.com"]), change)
    public, secrets = split(new)
    assert secrets == {"token": SECRET}
    assert public["base_url"] == change.get("base_url", BASE)
    assert public["allowed_hosts"] == change.get("allowed_hosts", ["files.x.com"])


def test_a_change_can_bring_another_secret_or_sign_in() -> None:
    assert split(merged(old(), {"auth": {"kind": "bearer", "token": "newer-secret"}}))[1] == {"token": "newer-secret"}
    assert split(merged(old(), {"auth": {"kind": "none"}}))[1] == {}
    assert split(merged(old(), {"auth": {"kind": "basic", "username": "u", "password": "pass"}}))[1] == {
        "password": "pass"
    }


@pytest.mark.parametrize(
    ("auth", "change", "field"),
    [
        (None, {"base_url": "https://evil.com/v1"}, "token"),
        (None, {"base_url": "https://api.x.com:8443/v1"}, "token"),
        (None, {"base_url": "http://api.x.com/v1"}, "token"),
        (None, {"allowed_hosts": ["evil.com"]}, "token"),
        (OAUTH, {"auth": {**OAUTH, "client_secret": "set", "token_url": "https://evil.com/t"}}, "client_secret"),
    ],
    ids=str,
)
def test_a_kept_secret_is_not_led_to_another_host(auth: Json, change: Json, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        merged(old(auth), change)
    problem = refused.value.problems[0]
    assert (problem.pointer, problem.code) == (f"/settings/auth/{field}", "secret_needed")
    given = {**(auth or {"kind": "bearer"}), **change.get("auth", {}), field: "given-again"}
    assert split(merged(old(auth), {**change, "auth": given}))[1] == {field: "given-again"}


@pytest.mark.parametrize("change", [None, [], "x", {"auth": None}, {"auth": []}, {"base_url": None}, {"x": 1}], ids=str)
def test_a_change_that_is_none_is_refused(change: Json) -> None:
    with pytest.raises(Invalid):
        merged(old(), change)


def test_set_of_another_kind_keeps_nothing() -> None:
    with pytest.raises(Invalid) as refused:
        merged(old(), {"auth": {"kind": "basic", "username": "me", "password": "set"}})
    assert refused.value.problems[0].pointer == "/settings/auth/password"


def test_secrets_belong_to_one_connection() -> None:
    assert secret_place(WorkspaceId("ws_1"), ConnectionId("con_1")) == "connection/ws_1/con_1"
