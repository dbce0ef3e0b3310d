"""Who may call what: every operation, with every role, for one's own, for what is out of scope, for what is absent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from account import WAITING, Account, definition, refused
from api_server import Server

from flowslot.api.routes import every_operation
from flowslot.api.routing import PUBLIC, Operation, Routes
from flowslot.app.callers import Role

OPERATIONS = every_operation()
GUARDED = [operation for operation in OPERATIONS if operation.permission is not PUBLIC]
PUBLIC_ONES = {
    "create_first_administrator",
    "show_flow_schema",
    "show_openapi",
    "show_docs",
    "show_live",
    "show_ready",
    "show_session",
    "sign_in",
    "sign_out",
}
FOR_THE_ACCOUNT = {
    "create_workspace",
    "change_workspace",
    "delete_workspace",
    "list_users",
    "create_user",
    "change_user",
    "delete_user",
    "set_password",
    "list_tokens",
    "show_metrics",
    "show_retention",
    "remove_old_runs",
    "show_quarantine",
    "end_quarantine",
}
"""What a caller limited to workspaces may not do at all."""
ABSENT_ID = "run_" + "0" * 26


def name_of(operation: Operation) -> str:
    return operation.name


@dataclass(frozen=True)
class Things:
    """What an address can be filled with: all of one workspace, or nothing that is there."""

    flow: str
    ws: str
    run: str
    promotion: str
    connection: str = "erp"
    connector: str = "http"
    number: str = "1"
    user: str = ABSENT_ID
    token: str = ABSENT_ID
    step: str = "ask"

    def path(self, operation: Operation) -> str:
        return operation.path.format(**{name: getattr(self, name) for name in operation.placeholders})


NOTHING = Things("nothing", "nothing", ABSENT_ID, ABSENT_ID)


@pytest.fixture(scope="module")
def mine(server: Server) -> Things:
    return things(server)


@pytest.fixture(scope="module")
def foreign(server: Server) -> Things:
    return things(server)


def things(server: Server) -> Things:
    """A workspace with one of everything."""
    with server.signed_in(server.token) as client:
        account = Account(server, client)
        promotion = account.on_main(WAITING)
        run = account.run(wait=0, status=202)
        settings = {"base_url": "https://api.example.com"}
        body = {"slug": "erp", "connector": "http", "settings": settings}
        account.post(f"/workspaces/{account.home}/connections", body, status=201)
        return Things(account.flow, account.home, run["id"], promotion["id"])


@pytest.fixture(scope="module")
def clients(server: Server, mine: Things) -> Iterator[dict[Role, httpx.Client]]:
    """One client for each role, limited to the workspace of `mine`."""
    with server.signed_in(server.token) as admin:
        account = Account(server, admin)
        found = {role: server.signed_in(account.token(role.name.lower(), [mine.ws])) for role in Role}
    yield found
    for client in found.values():
        client.close()


def ask(client: httpx.Client, operation: Operation, where: Things, body: object = None) -> httpx.Response:
    """The answer without its body: a stream of events has no end."""
    query = {"workspace": where.ws, "from": "1", "to": "1"} if operation.query is not None else {}
    known = {name for name, each in operation.query.model_fields.items()} if operation.query is not None else set()
    aliases = {each.alias for each in operation.query.model_fields.values()} if operation.query is not None else set()
    query = {name: value for name, value in query.items() if name in known | aliases}
    if operation.name in ("list_runs", "list_audit"):
        query = {"workspace": where.ws}
    content = None if operation.method in ("GET", "DELETE") else body
    with client.stream(operation.method, where.path(operation), params=query, json=content) as answer:
        if answer.headers.get("content-type", "").startswith("text/event-stream"):
            return httpx.Response(answer.status_code)
        answer.read()
        return answer


def body_for(operation: Operation, where: Things) -> dict[str, object]:
    """A body that the operation takes, about things of one workspace."""
    fields = {} if operation.body is None else operation.body.model_fields
    values: dict[str, object] = {
        "slug": "new-one",
        "name": "new",
        "workspace": where.ws,
        "definition": definition(),
        "expected_revision": 0,
        "version": "same" if operation.name == "rerun" else 1,
        "scope": "staging",
        "slot": "main",
        "settings": {"base_url": "https://api.example.com"},
        "role": "viewer",
        "password": "long enough",
        "workspaces": [where.ws],
        "active": True,
        "root": None,
        "pointer": "/steps/0/value",
        "text": "=trigger",
        "offset": 1,
    }
    found = {name: values[name] for name, field in fields.items() if field.is_required() or name == "workspaces"}
    if operation.name in ("deploy_to_staging", "validate"):
        found["definition"] = definition()
    return found


def test_only_these_operations_are_public() -> None:
    assert {operation.name for operation in OPERATIONS if operation.permission is PUBLIC} == PUBLIC_ONES


@pytest.mark.parametrize("permission", [None, "viewer", 2, True])
def test_an_operation_without_a_permission_does_not_import(permission: object) -> None:
    with pytest.raises(TypeError, match="names no permission"):
        Routes("x").get("/x", permission)  # type: ignore[arg-type]


@pytest.mark.parametrize("operation", GUARDED, ids=name_of)
def test_without_a_valid_token_nothing_is_answered(server: Server, operation: Operation) -> None:
    for token in (None, "fs_" + "0" * 32, server.token[:-1], server.token + "x", "x" * 5000, "ü"):
        with httpx.Client(base_url=f"{server.url}/api/v1") as client:
            if token is not None:
                client.headers["Authorization"] = f"Bearer {token}".encode().decode("latin-1")
            answer = ask(client, operation, NOTHING)
            refused(answer, 401, "unauthenticated")
            assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("scheme", ["Basic", "Token", "bearer:", "Bearer Bearer"])
def test_other_ways_to_sign_in_are_refused(server: Server, scheme: str) -> None:
    with httpx.Client(base_url=f"{server.url}/api/v1") as client:
        answer = client.get("/flows", headers={"Authorization": f"{scheme} {server.token}"})
        refused(answer, 401, "unauthenticated")
        twice = [("Authorization", f"Bearer {server.token}"), ("Authorization", f"Bearer {server.token}")]
        refused(client.get("/flows", headers=twice), 401, "unauthenticated")


@pytest.mark.parametrize("operation", GUARDED, ids=name_of)
def test_each_role_may_what_the_operation_says(
    clients: dict[Role, httpx.Client], mine: Things, operation: Operation
) -> None:
    for role, client in clients.items():
        answer = ask(client, operation, NOTHING, body_for(operation, NOTHING))
        if role < operation.permission:
            refused(answer, 403, "forbidden")
        elif operation.name in FOR_THE_ACCOUNT:
            assert answer.status_code in (403, 404), answer.text
        else:
            assert answer.status_code in (200, 201, 404, 403, 422), answer.text


@pytest.mark.parametrize("operation", GUARDED, ids=name_of)
def test_what_is_out_of_scope_is_answered_as_what_is_not_there(
    clients: dict[Role, httpx.Client], foreign: Things, operation: Operation
) -> None:
    client = clients[Role.ADMIN]
    outside = ask(client, operation, foreign, body_for(operation, foreign))
    absent = ask(client, operation, NOTHING, body_for(operation, NOTHING))
    assert outside.status_code == absent.status_code
    if {"flow", "ws", "run", "promotion", "connection"} & set(operation.placeholders):
        refused(absent, 404, "not_found")
    if outside.status_code >= 400:
        names = {foreign.flow: "nothing", foreign.ws: "nothing", foreign.run: ABSENT_ID, foreign.promotion: ABSENT_ID}
        text = outside.text
        for name, instead in names.items():
            text = text.replace(name, instead)
        assert text == absent.text


@pytest.mark.parametrize("operation", GUARDED, ids=name_of)
def test_one_s_own_is_answered(clients: dict[Role, httpx.Client], mine: Things, operation: Operation) -> None:
    if operation.method != "GET" or operation.name in FOR_THE_ACCOUNT:
        return
    assert (
        ask(clients[Role.VIEWER if operation.permission is Role.VIEWER else Role.ADMIN], operation, mine).status_code
        == 200
    )


@pytest.mark.parametrize("call", ["drafts", "staging"])
def test_of_a_flow_that_is_not_there_nothing_is_checked(account: Account, call: str) -> None:
    body = {"workspace": account.home, "definition": {"nothing": "right"}, "expected_revision": 1}
    refused(account.client.post(f"/flows/nothing/{call}", json=body), 404, "not_found")
    refused(account.client.post(f"/flows/{account.flow}/{call}", json=body), 422, "invalid")


def test_lists_show_only_what_is_in_scope(clients: dict[Role, httpx.Client], mine: Things, foreign: Things) -> None:
    client = clients[Role.VIEWER]
    for path in ("/workspaces", "/flows", "/runs", "/audit"):
        text = client.get(path, params={"limit": 200}).text
        assert mine.ws in text
        for name in (foreign.ws, foreign.flow, foreign.run):
            assert f'"{name}"' not in text


def test_a_shared_flow_tells_nothing_of_other_workspaces(server: Server, account: Account) -> None:
    acme = account.workspace()
    account.register(acme)
    account.on_main()
    with server.signed_in(account.token("admin", [acme])) as limited:
        pages = [
            limited.get(path)
            for path in (
                f"/flows/{account.flow}",
                f"/flows?workspace={acme}",
                f"/flows/{account.flow}/versions",
                f"/flows/{account.flow}/registrations",
                f"/flows/{account.flow}/promotions",
                f"/flows/{account.flow}/promotion-plan?workspace={acme}",
                "/audit",
            )
        ]
    for page in pages:
        assert page.status_code == 200
        assert f'"{account.home}"' not in page.text
