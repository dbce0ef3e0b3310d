"""Runs without their payload, retention and quarantine through the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from account import Account
from api_server import Server
from sqlalchemy import update
from stored_account import Rows, views_of

from flowslot.app.callers import Scope
from flowslot.app.gate import Gate
from flowslot.app.retention import limits_of
from flowslot.base.errors import Quarantined, StorageFull
from flowslot.base.settings import Settings
from flowslot.storage import tables
from flowslot.storage.database import Database
from flowslot.storage.retention import SqlRetention

GB = 2**30


def test_a_run_without_its_payload_says_so(database: Database) -> None:
    rows = Rows(database)
    home = rows.workspace("home")
    orders = rows.flow("orders", home)
    steps = [{"id": "a", "path": "a", "kind": "set", "status": "success", "output": 1}]
    (made,) = rows.runs(orders, home, rows.registration(orders, home), [{"input": b'{"secret":1}', "steps": steps}])
    assert views_of(database).run(Scope(), made).payload_removed_at is None
    later = rows.now + timedelta(days=31)
    list(SqlRetention(database).steps(limits_of(Settings(), later)))
    shown = views_of(database).run(Scope(), made)
    assert shown.payload_removed_at is not None
    assert (bytes(shown.input), bytes(shown.steps)) == (b"null", b"[]")
    assert b"secret" not in bytes(shown.outcome)


def test_a_payload_that_is_gone_is_shown_and_not_run_again(account: Account) -> None:
    account.on_main()
    run = account.client.post(f"/flows/{account.flow}/registrations/{account.home}/runs", json={}).json()
    assert "payload_removed_at" not in run
    database = account.server.parts.views._database
    gone = update(tables.run).where(tables.run.c.id == run["id"])
    with database.write() as connection:
        connection.execute(gone.values(payload_removed_at="2026-01-01T00:00:00.000000Z"))
    shown = account.client.get(f"/runs/{run['id']}").json()
    assert shown["payload_removed_at"] == "2026-01-01T00:00:00.000000Z"
    refused = account.client.post(f"/runs/{run['id']}/rerun", json={})
    assert (refused.status_code, refused.json()["code"]) == (409, "payload_removed")


@contextmanager
def opened_afterwards(gate: Gate) -> Iterator[None]:
    try:
        yield
    finally:
        gate.quarantine(on=False)
        gate.room(2 * GB, least=GB)


def test_readiness_says_why_nothing_new_is_accepted(server: Server) -> None:
    gate = server.parts.runs.gate
    with server.signed_in(None) as client, opened_afterwards(gate):
        for closes, code in (
            (lambda: gate.room(1, least=GB), StorageFull),
            (lambda: gate.quarantine(on=True), Quarantined),
        ):
            closes()
            answer = client.get("/health/ready")
            assert (answer.status_code, answer.json()["code"]) == (503, code.code)
            assert answer.headers["retry-after"] == "30"
            assert client.get("/health/live").status_code == 200
    with server.signed_in(None) as client:
        assert client.get("/health/ready").status_code == 200


def test_there_is_no_quarantine_to_end_where_there_is_none(account: Account) -> None:
    shown = account.client.get("/quarantine").json()
    assert (shown["on"], shown["since"]) == (False, None)
    refused = account.client.post("/quarantine/end", json={"open_runs": "cancel"})
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize("wrong", [{"keep_runs": -1}, {"least_free": -5}, {"most_runs": -1}])
def test_settings_below_zero_are_refused(tmp_path: Path, wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Settings(data=tmp_path, **wrong)
