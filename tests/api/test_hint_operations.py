"""Operations for whoever writes a definition: hints at a caret, and validations of what is not yet whole."""

from __future__ import annotations

from typing import Any

import pytest
from account import Account, definition

TRIGGER = {
    "kind": "on_demand",
    "input": {
        "type": "object",
        "required": ["total"],
        "properties": {"total": {"type": "number", "description": "What is to be paid."}, "note": {"type": "string"}},
    },
}
EMPTY = {"id": "here", "kind": "set"}


def asked(account: Account, text: str, *steps: dict[str, Any], pointer: str = "/steps/0/value") -> dict[str, Any]:
    """The hints where `|` stands in a text."""
    body = {
        "workspace": account.home,
        "definition": definition(*steps or [EMPTY], trigger=TRIGGER),
        "pointer": pointer,
        "text": text.replace("|", ""),
        "offset": text.index("|"),
    }
    return account.post(f"/flows/{account.flow}/hints", body)


def test_a_caret_is_answered_with_items_and_what_is_under_it(account: Account) -> None:
    found = asked(account, "=trigger.to|tal")
    assert found["from"] == len("=trigger.")
    assert found["items"][0] == {"label": "total", "kind": "field", "type": "float", "about": "What is to be paid."}
    assert found["hover"] == {
        "from": 1,
        "to": 14,
        "text": "trigger.total",
        "type": "float",
        "about": "What is to be paid.",
    }
    assert found["type"] == "float"
    assert {item["kind"] for item in asked(account, "=|")["items"]} == {"name", "function"}
    assert asked(account, "Say |")["items"] == []


def test_outputs_of_called_flows_are_those_of_this_workspace(account: Account) -> None:
    called = account.new_flow()
    ends = {"id": "done", "kind": "stop", "status": "success", "details": {"number": "=trigger.total"}}
    account.on_main(definition(ends, trigger=TRIGGER), flow=called)
    steps = [{"id": "ask", "kind": "call_flow", "flow": called}, EMPTY]
    found = asked(account, "=steps.ask.details.|", *steps, pointer="/steps/1/value")
    assert {"label": "number", "kind": "field", "type": "float", "about": ""} in found["items"]


def test_hints_need_the_flow_and_the_workspace(account: Account) -> None:
    body = {"workspace": account.home, "definition": {}, "pointer": "", "text": "=", "offset": 1}
    assert account.client.post("/flows/no-such-flow/hints", json=body).status_code == 404
    path = f"/flows/{account.flow}/hints"
    assert account.client.post(path, json=body | {"workspace": "no-such-one"}).status_code == 404
    assert account.client.post(path, json=body | {"definition": []}).status_code == 422
    assert account.client.post(path, json=body).status_code == 200


BROKEN: tuple[tuple[dict[str, Any], list[tuple[str, str, int | None]]], ...] = (
    ({}, [("/flow", "missing", None), ("/trigger", "missing", None), ("/steps", "missing", None)]),
    (definition(EMPTY), [("/steps/0/value", "missing", None)]),
    ({"flow": 1, "trigger": 1, "steps": 2}, [("/trigger", "wrong_type", None), ("/steps", "wrong_type", None)]),
    ({"flow": 99}, [("/flow", "newer_format", None)]),
    (
        definition(
            {"id": "a", "kind": "set", "value": {"x": ["=trigger.", "=config.limit"]}},
            {"id": "b", "kind": "zet", "value": "=nothing"},
            {"id": "c", "kind": "set", "value": "Total: {{ trigger.totl }}"},
            trigger=TRIGGER,
        ),
        [
            ("/steps/0/value/x/0", "syntax_error", 10),
            ("/steps/1/kind", "unknown_kind", None),
            ("/steps/1/value", "unknown_name", 2),
            ("/steps/2/value", "unknown_field", 19),
        ],
    ),
)


@pytest.mark.parametrize(("written", "expected"), BROKEN)
def test_r3_a_broken_definition_is_validated_with_all_its_problems(
    account: Account, written: dict[str, Any], expected: list[tuple[str, str, int | None]]
) -> None:
    body = {"workspace": account.home, "definition": written, "record": False}
    found = account.post(f"/flows/{account.flow}/validations", body)
    assert found["ok"] is False
    assert [(each["pointer"], each["code"], each["column"]) for each in found["problems"]] == expected


def test_r19_a_validation_while_one_types_is_not_put_on_record(account: Account) -> None:
    body = {"workspace": account.home, "definition": definition()}
    path = f"/flows/{account.flow}/validations"

    def on_record() -> int:
        return len(account.get("/audit", flow=account.flow, action="version.validated")["items"])

    account.post(path, body | {"record": False})
    assert on_record() == 0
    account.post(path, body)
    assert on_record() == 1
