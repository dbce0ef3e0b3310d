"""Long answers are packed for whoever can unpack them, and are the same to everybody."""

from __future__ import annotations

import httpx
from account import Account


def _raw(admin: httpx.Client, path: str, accepts: str) -> httpx.Response:
    return admin.get(path, headers={"Accept-Encoding": accepts})


def test_a_long_answer_is_packed_and_is_the_same_unpacked(account: Account, admin: httpx.Client) -> None:
    plain = _raw(admin, "/steps", "identity")
    packed = _raw(admin, "/steps", "gzip, br")
    assert plain.headers.get("content-encoding") is None
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 3
    assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding"


def test_a_short_answer_stays_as_it_is(account: Account, admin: httpx.Client) -> None:
    assert "content-encoding" not in _raw(admin, "/health/live", "gzip").headers


def test_what_is_written_is_answered_unpacked(account: Account, admin: httpx.Client) -> None:
    definition = {"flow": 1, "trigger": {"kind": "on_demand"}, "steps": [{"id": "x", "kind": "nope"}] * 40}
    answer = admin.post(
        f"/flows/{account.flow}/validations",
        json={"workspace": account.home, "definition": definition},
        headers={"Accept-Encoding": "gzip"},
    )
    assert len(answer.content) > 2000
    assert "content-encoding" not in answer.headers
