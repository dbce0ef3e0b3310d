"""Signing in at the page: every way in, what a session may do, when it ends, and what another site cannot do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from account import Account, refused
from api_server import Server, running

from databases import Postgres
from flowslot.api.routes import events as operation

PASSWORD = "a long enough password"


class MovedClock:
    """The machine's clock, and what a test has added."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


CLOCK = MovedClock()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("sign-in")
    if request.param == "sqlite":
        with running(folder, clock=CLOCK) as found:
            yield found
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    settings = postgres.fresh()
    with running(folder, clock=CLOCK, database=settings.database) as found:
        yield found


OPENED: list[httpx.Client] = []


@pytest.fixture(autouse=True)
def _new_minute() -> Iterator[None]:
    CLOCK.ahead += timedelta(minutes=2)  # what failed in another test is forgotten
    yield
    while OPENED:
        OPENED.pop().close()


def a_browser(server: Server) -> httpx.Client:
    """Nobody's, with an empty jar of cookies; it is closed after the test."""
    OPENED.append(server.signed_in(None))
    return OPENED[-1]


@dataclass
class Person:
    """A user with a password, and a browser of theirs."""

    account: Account
    role: str = "author"
    id: str = field(init=False)
    name: str = field(init=False)
    password: str = PASSWORD

    def __post_init__(self) -> None:
        self.name = self.account.server.fresh("person")
        body = {"name": self.name, "role": self.role, "password": self.password}
        self.id = self.account.post("/users", body, status=201)["id"]
        self.browser = a_browser(self.account.server)
        self.csrf: str | None = None

    def signs_in(self, **instead: Any) -> httpx.Response:
        answer = self.tries(**(instead or {"name": self.name, "password": self.password}))
        assert answer.status_code == 201, answer.text
        self.csrf = answer.json()["csrf"]
        return answer

    def tries(self, headers: dict[str, str] | None = None, **body: Any) -> httpx.Response:
        return self.browser.post("/session", json=body, headers=headers)

    def session(self) -> dict[str, Any]:
        answer = self.browser.get("/session")
        assert answer.status_code == 200
        return dict(answer.json())

    def changes(self, csrf: str | None = "own", **headers: str) -> httpx.Response:
        """Makes a flow in the home workspace."""
        text = self.csrf if csrf == "own" else csrf
        named = {} if text is None else {"X-CSRF-Token": text.encode()}
        slug = self.account.server.fresh("made")
        body = {"slug": slug, "name": slug, "workspace": self.account.home}
        return self.browser.post(
            "/flows", json=body, headers={**named, **{name: value.encode() for name, value in headers.items()}}
        )


@pytest.fixture
def person(account: Account) -> Person:
    return Person(account)


def test_with_name_and_password_one_is_signed_in_until_one_signs_out(person: Person) -> None:
    nobody = {"user": None, "csrf": None, "expires_at": None, "setup_needed": False}
    assert person.session() == nobody
    refused(person.browser.get("/flows"), 401, "unauthenticated")
    made = person.signs_in()
    assert made.json()["user"] == {"id": person.id, "name": person.name, "role": "author"}
    cookie = made.headers["set-cookie"]
    assert cookie.startswith("flowslot_session=fs_session_")
    assert cookie.endswith("; Path=/; Max-Age=1209600; HttpOnly; SameSite=Strict") or "Max-Age=1209599" in cookie
    assert person.session() == made.json()
    assert person.browser.get("/flows").status_code == 200
    assert person.changes().status_code == 201
    refused(person.browser.delete("/session"), 403, "csrf_failed")
    held = dict(person.browser.cookies)
    ended = person.browser.delete("/session", headers={"X-CSRF-Token": person.csrf or ""})
    assert (ended.status_code, "Max-Age=0" in ended.headers["set-cookie"]) == (204, True)
    assert person.session() == nobody
    stolen = {"Cookie": f"flowslot_session={held['flowslot_session']}"}
    refused(httpx.get(f"{person.browser.base_url}flows", headers=stolen), 401, "unauthenticated")
    assert person.browser.delete("/session").status_code == 204


@pytest.mark.parametrize(
    "body",
    [
        {"name": "OWN", "password": "not the password"},
        {"name": "nobody-of-this-name", "password": PASSWORD},
        {"name": "ada", "password": PASSWORD},  # has none
        {"token": "fs_" + "0" * 32},
    ],
)
def test_who_is_not_known_is_refused_in_the_same_words(person: Person, body: dict[str, str]) -> None:
    body = {key: person.name if value == "OWN" else value for key, value in body.items()}
    answer = person.tries(**body)
    detail = refused(answer, 401, "unauthenticated")["detail"]
    assert "token" in body or detail == "The name or the password is wrong."
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "body", [{}, {"name": "x"}, {"password": PASSWORD}, {"name": "x", "password": "y", "token": "z"}, {"token": "a b"}]
)
def test_half_of_a_name_and_password_is_no_way_in(person: Person, body: dict[str, str]) -> None:
    refused(person.tries(**body), 422, "invalid")


def test_a_session_of_a_token_may_do_what_the_token_may_and_ends_with_it(person: Person) -> None:
    account = person.account
    body = {"name": "t", "role": "viewer", "workspaces": [account.home], "user": person.id}
    made = account.post("/tokens", body, status=201)
    assert person.signs_in(token=made["token"]).json()["user"]["role"] == "viewer"
    refused(person.changes(), 403, "forbidden")
    other = account.workspace()
    assert other not in person.browser.get("/workspaces?limit=200").text
    refused(
        person.browser.put(f"/users/{person.id}/password", json={"password": PASSWORD}, headers=own(person)),
        403,
        "forbidden",
    )
    assert account.client.delete(f"/tokens/{made['id']}").status_code == 204
    refused(person.browser.get("/flows"), 401, "unauthenticated")


def own(person: Person) -> dict[str, str]:
    return {"X-CSRF-Token": person.csrf or ""}


def test_a_change_names_the_csrf_text_of_its_own_session(person: Person) -> None:
    other = Person(person.account)
    other.signs_in()
    first = person.signs_in().json()["csrf"]
    person.browser.cookies.clear()
    person.signs_in()
    for wrong in (None, "", "x", "ü", first, other.csrf, (person.csrf or "") + "0"):
        refused(person.changes(wrong), 403, "csrf_failed")
    assert person.changes().status_code == 201
    assert person.browser.head("/flows").status_code == 200


def test_a_bearer_token_wins_over_the_cookie(person: Person) -> None:
    viewer = Person(person.account, role="viewer")
    viewer.signs_in()
    bearer = {"Authorization": f"Bearer {person.account.server.token}"}
    assert viewer.changes(None, **bearer).status_code == 201
    shown = viewer.browser.get("/session", headers=bearer).json()
    assert (shown["user"]["name"], shown["csrf"], shown["expires_at"]) == ("ada", None, None)
    refused(viewer.browser.get("/flows", headers={"Authorization": "Bearer wrong"}), 401, "unauthenticated")


def test_a_bad_cookie_is_nobody_where_anybody_may_ask(person: Person) -> None:
    for text in ("fs_session_" + "0" * 32, "x" * 5000, "", '"quoted"', "a=b"):
        bad = {"Cookie": f"flowslot_session={text}"}
        assert person.browser.get("/session", headers=bad).json()["user"] is None
        assert person.browser.get("/schemas/flow", headers=bad).status_code == 200
        refused(person.browser.get("/flows", headers=bad), 401, "unauthenticated")


def test_a_session_ends_after_fourteen_days(person: Person) -> None:
    person.signs_in()
    CLOCK.ahead += timedelta(days=13, hours=23)
    assert person.session()["user"] is not None
    CLOCK.ahead += timedelta(hours=1)
    held = {"Cookie": "flowslot_session=" + person.browser.cookies["flowslot_session"]}
    refused(httpx.get(f"{person.browser.base_url}flows", headers=held), 401, "unauthenticated")


def test_a_lower_role_and_the_end_of_a_user_take_effect_at_once(person: Person) -> None:
    person.signs_in()
    assert person.changes().status_code == 201
    person.account.client.patch(f"/users/{person.id}", json={"role": "viewer"})
    refused(person.changes(), 403, "forbidden")
    assert person.session()["user"]["role"] == "viewer"
    assert person.account.client.delete(f"/users/{person.id}").status_code == 204
    refused(person.browser.get("/flows"), 401, "unauthenticated")


def test_a_new_password_ends_the_other_sessions(person: Person) -> None:
    elsewhere = a_browser(person.account.server)
    elsewhere.post("/session", json={"name": person.name, "password": PASSWORD})
    person.signs_in()
    path, new = f"/users/{person.id}/password", "another password"
    for wrong in ({}, {"current": "not the current one"}):
        refused(person.browser.put(path, json={"password": new, **wrong}, headers=own(person)), 403, "forbidden")
    for bad in ("short", "x" * 201, 5):
        refused(
            person.browser.put(path, json={"password": bad, "current": PASSWORD}, headers=own(person)), 422, "invalid"
        )
    changed = person.browser.put(path, json={"password": new, "current": PASSWORD}, headers=own(person))
    assert changed.status_code == 204
    assert person.session()["user"] is not None
    assert elsewhere.get("/session").json()["user"] is None
    refused(person.tries(name=person.name, password=PASSWORD), 401, "unauthenticated")
    assert person.account.client.put(path, json={"password": PASSWORD}).status_code == 204  # by an administrator
    assert person.session()["user"] is None
    other = Person(person.account)
    other.signs_in()
    refused(other.browser.put(path, json={"password": new}, headers=own(other)), 403, "forbidden")


def test_tries_are_limited_by_name_and_right_ones_wait_too(person: Person) -> None:
    for _ in range(10):
        refused(person.tries(name=person.name, password="wrong"), 401, "unauthenticated")
    limited = person.tries(name=person.name, password=PASSWORD)
    refused(limited, 429, "too_many")
    assert 0 < int(limited.headers["retry-after"]) <= 60
    other = Person(person.account)
    other.signs_in()
    CLOCK.ahead += timedelta(minutes=1)
    person.signs_in()
    for _ in range(15):
        person.signs_in()  # who is right is not limited


def test_tries_are_limited_by_address(person: Person) -> None:
    for number in range(30):
        refused(person.tries(token=f"fs_{number:032}"), 401, "unauthenticated")
    refused(person.tries(name=person.name, password=PASSWORD), 429, "too_many")
    with person.account.server.signed_in(None) as nobody:
        refused(nobody.post("/setup", json={"setup_token": "fs_setup_x", "name": "Eve"}), 429, "too_many")


@pytest.mark.parametrize(
    ("origin", "taken"),
    [
        ("http://evil.example", False),
        ("null", False),
        ("http://127.0.0.1:1", False),
        ("http://evil.example@HOST.evil.example", False),
        ("http://HOST", True),
        ("https://HOST", True),
    ],
)
def test_another_site_cannot_sign_a_browser_in(person: Person, origin: str, taken: bool) -> None:
    headers = {"Origin": origin.replace("HOST", person.account.server.url.removeprefix("http://"))}
    answer = person.tries(headers, name=person.name, password=PASSWORD)
    setup = person.browser.post("/setup", json={"setup_token": "x", "name": "Eve"}, headers=headers)
    if taken:
        assert (answer.status_code, setup.status_code) == (201, 401)
    else:
        refused(answer, 403, "csrf_failed")
        refused(setup, 403, "csrf_failed")


def test_events_come_with_the_cookie_and_end_with_the_session(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operation, "KEEP_ALIVE", 0.05)
    person.signs_in()
    with person.browser.stream("GET", "/events") as answer:
        lines = answer.iter_lines()
        assert next(lines).startswith("retry:")
        person.account.draft()
        assert any("version.saved" in line for line in lines)
        person.browser.delete("/session", headers=own(person))
        assert all("flow.created" not in line for line in lines)  # and there is an end


def test_a_request_with_the_cookie_is_carried_out_once(person: Person) -> None:
    person.signs_in()
    body = {"slug": person.account.server.fresh("once"), "name": "Once", "workspace": person.account.home}
    headers = {**own(person), "Idempotency-Key": "k"}
    refused(person.browser.post("/flows", json=body, headers={"Idempotency-Key": "k"}), 403, "csrf_failed")
    first, second = (person.browser.post("/flows", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, first.content) == (201, second.content)
    assert second.headers["idempotent-replayed"] == "true"


def test_what_signing_in_does_is_on_record(person: Person) -> None:
    person.signs_in()
    person.browser.put(
        f"/users/{person.id}/password", json={"password": PASSWORD, "current": PASSWORD}, headers=own(person)
    )
    person.browser.delete("/session", headers=own(person))
    entries = person.account.get("/audit", actor=person.name)["items"]
    assert [each["action"] for each in entries] == ["session.ended", "password.changed", "session.begun"]
    assert "fs_session_" not in str(entries)


def test_under_https_the_cookie_is_sent_over_it_only(tmp_path: Path) -> None:
    with running(tmp_path, public_url="https://flows.example") as server, server.signed_in(None) as browser:
        answer = browser.post("/session", json={"token": server.token}, headers={"Origin": "https://flows.example"})
        assert answer.status_code == 201
        assert answer.headers["set-cookie"].endswith("; HttpOnly; SameSite=Strict; Secure")
