"""The semantic difference of two definitions: what a person did, not which characters changed."""

from __future__ import annotations

from copy import deepcopy

import pytest

from flowslot.base.json_text import Json, dump, parse
from flowslot.domain.diff import BLOCKS, diff
from flowslot.steps.registry import KINDS

NOTHING: Json = {
    "steps": {"added": [], "removed": [], "moved": [], "renamed": [], "changed": []},
    "trigger": [],
    "config": [],
    "connections": [],
}


def put(id_: str, value: Json = 1, **keys: Json) -> Json:
    return {"id": id_, "kind": "set", "value": value, **keys}


def check(id_: str = "c", **keys: Json) -> Json:
    return {"id": id_, "kind": "condition", "if": "=1", "then": [], **keys}


def flow(*steps: Json, **keys: Json) -> Json:
    return {"flow": 1, "trigger": {"kind": "on_demand"}, "steps": list(steps), **keys}


def named(id_: str, pointer: str, kind: str = "set", name: str | None = None) -> Json:
    return {"id": id_, "kind": kind, "name": name, "pointer": pointer}


def changed(path: str, before: Json, after: Json) -> Json:
    return {"change": "changed", "path": path, "from": before, "to": after}


def of_step(id_: str, key: str, path: str, before: Json, after: Json, change: str = "changed") -> Json:
    return {"id": id_, "key": key, "change": change, "path": path, "from": before, "to": after}


A, B, C, D = put("a", "A"), put("b", "B"), put("c", "C"), put("d", "D")

STEPS: dict[str, tuple[Json, Json, dict[str, Json]]] = {
    "nothing": (flow(A, B), flow(A, B), {}),
    "one is added": (flow(A), flow(A, B), {"added": [named("b", "/steps/1")]}),
    "one is added before": (flow(A), flow(B, A), {"added": [named("b", "/steps/0")]}),
    "one is added inside": (flow(check()), flow(check(then=[A])), {"added": [named("a", "/steps/0/then/0")]}),
    "one is removed": (flow(A, B), flow(B), {"removed": [named("a", "/steps/0")]}),
    "one with steps in it is removed": (
        flow(check(then=[A])),
        flow(),
        {"removed": [named("c", "/steps/0", "condition"), named("a", "/steps/0/then/0")]},
    ),
    "its name is told": (flow(), flow(put("a", name="First")), {"added": [named("a", "/steps/0", name="First")]}),
    "two change places": (flow(A, B), flow(B, A), {"moved": [{"id": "a", "from": "/steps/0", "to": "/steps/1"}]}),
    "the first becomes the last": (
        flow(A, B, C, D),
        flow(B, C, D, A),
        {"moved": [{"id": "a", "from": "/steps/0", "to": "/steps/3"}]},
    ),
    "the last becomes the first": (
        flow(A, B, C, D),
        flow(D, A, B, C),
        {"moved": [{"id": "d", "from": "/steps/3", "to": "/steps/0"}]},
    ),
    "one goes into a branch": (
        flow(A, check(then=[])),
        flow(check(then=[A])),
        {"moved": [{"id": "a", "from": "/steps/0", "to": "/steps/0/then/0"}]},
    ),
    "one goes to the other branch": (
        flow(check(then=[A], **{"else": []})),
        flow(check(then=[], **{"else": [A]})),
        {"moved": [{"id": "a", "from": "/steps/0/then/0", "to": "/steps/0/else/0"}]},
    ),
    "one comes out of a step that is removed": (
        flow(check(then=[A])),
        flow(A),
        {
            "removed": [named("c", "/steps/0", "condition")],
            "moved": [{"id": "a", "from": "/steps/0/then/0", "to": "/steps/0"}],
        },
    ),
    "a value": (flow(put("a", 1)), flow(put("a", 2)), {"changed": [of_step("a", "value", "/value", 1, 2)]}),
    "inside an object": (
        flow(put("a", {"x": {"y": 1, "z": 2}})),
        flow(put("a", {"x": {"y": 1, "z": 3}})),
        {"changed": [of_step("a", "value", "/value/x/z", 2, 3)]},
    ),
    "a list as a whole": (
        flow(put("a", [1, 2])),
        flow(put("a", [2])),
        {"changed": [of_step("a", "value", "/value", [1, 2], [2])]},
    ),
    "a key is added": (
        flow(put("a")),
        flow(put("a", note="why")),
        {"changed": [of_step("a", "note", "/note", None, "why", "added")]},
    ),
    "a key is removed": (
        flow(put("a", disabled=True)),
        flow(put("a")),
        {"changed": [of_step("a", "disabled", "/disabled", True, None, "removed")]},
    ),
    "a key is set to null": (
        flow(put("a", {"x": 1})),
        flow(put("a", {"x": None})),
        {"changed": [of_step("a", "value", "/value/x", 1, None)]},
    ),
    "a key with a slash": (
        flow(put("a", {"x/y~z": 1})),
        flow(put("a", {"x/y~z": 2})),
        {"changed": [of_step("a", "value", "/value/x~1y~0z", 1, 2)]},
    ),
    "the kind": (
        flow({"id": "a", "kind": "set", "value": 1}),
        flow({"id": "a", "kind": "wait", "for": "1s"}),
        {
            "changed": [
                of_step("a", "kind", "/kind", "set", "wait"),
                of_step("a", "value", "/value", 1, None, "removed"),
                of_step("a", "for", "/for", None, "1s", "added"),
            ]
        },
    ),
    "true instead of 1": (
        flow(put("a", 1)),
        flow(put("a", True)),
        {"changed": [of_step("a", "value", "/value", 1, True)]},
    ),
    "a test": (flow(check()), flow(check(**{"if": "=2"})), {"changed": [of_step("c", "if", "/if", "=1", "=2")]}),
    "the test of an elif": (
        flow(check(**{"elif": [{"if": "=1", "then": [A]}]})),
        flow(check(**{"elif": [{"if": "=2", "then": [A]}]})),
        {"changed": [of_step("c", "elif", "/elif", ["=1"], ["=2"])]},
    ),
    "an elif before": (
        flow(check(**{"elif": [{"if": "=1", "then": [A]}]})),
        flow(check(**{"elif": [{"if": "=0", "then": []}, {"if": "=1", "then": [A]}]})),
        {
            "moved": [{"id": "a", "from": "/steps/0/elif/0/then/0", "to": "/steps/0/elif/1/then/0"}],
            "changed": [of_step("c", "elif", "/elif", ["=1"], ["=0", "=1"])],
        },
    ),
    "a step inside is no change of the one around": (
        flow(check(then=[put("a", 1)])),
        flow(check(then=[put("a", 2)])),
        {"changed": [of_step("a", "value", "/value", 1, 2)]},
    ),
    "an id": (flow(put("a", "x"), B), flow(put("n", "x"), B), {"renamed": [{"from": "a", "to": "n"}]}),
    "an id of one with steps inside": (
        flow(check("c", then=[A])),
        flow(check("n", then=[A])),
        {"renamed": [{"from": "c", "to": "n"}]},
    ),
    "an id and the place": (
        flow(put("a", "x"), B),
        flow(B, put("n", "x")),
        {"renamed": [{"from": "a", "to": "n"}], "moved": [{"id": "n", "from": "/steps/0", "to": "/steps/1"}]},
    ),
    "two that are alike get new ids": (
        flow(put("a", 1), put("b", 1)),
        flow(put("m", 1), put("n", 1)),
        {"renamed": [{"from": "a", "to": "m"}, {"from": "b", "to": "n"}]},
    ),
    "another step instead": (
        flow(put("a", "x")),
        flow(put("n", "y")),
        {"added": [named("n", "/steps/0")], "removed": [named("a", "/steps/0")]},
    ),
    "something in a value that looks like steps": (
        flow(put("a", {"steps": [{"id": "x", "kind": "set"}]})),
        flow(put("a", {"steps": []})),
        {"changed": [of_step("a", "value", "/value/steps", [{"id": "x", "kind": "set"}], [])]},
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), STEPS.values(), ids=STEPS)
def test_steps_are_compared_by_their_ids(before: Json, after: Json, expected: dict[str, Json]) -> None:
    assert diff(before, after) == {**NOTHING, "steps": {**NOTHING["steps"], **expected}}


SCHEMA = {"type": "object", "properties": {"limit": {"type": "number"}}}
WIDER = {"type": "object", "properties": {"limit": {"type": "integer"}, "x": {}}}

PARTS: dict[str, tuple[Json, Json, dict[str, Json]]] = {
    "the trigger's kind": (
        flow(),
        flow(trigger={"kind": "schedule", "every": "1h"}),
        {
            "trigger": [
                changed("/kind", "on_demand", "schedule"),
                {"change": "added", "path": "/every", "from": None, "to": "1h"},
            ]
        },
    ),
    "a config is added": (
        flow(),
        flow(config=SCHEMA),
        {
            "config": [
                {"change": "added", "path": "/type", "from": None, "to": "object"},
                {"change": "added", "path": "/properties", "from": None, "to": SCHEMA["properties"]},
            ]
        },
    ),
    "a config changes": (
        flow(config=SCHEMA),
        flow(config=WIDER),
        {
            "config": [
                changed("/properties/limit/type", "number", "integer"),
                {"change": "added", "path": "/properties/x", "from": None, "to": {}},
            ]
        },
    ),
    "a connection": (
        flow(connections={"erp": {"connector": "http"}}),
        flow(connections={"crm": {"connector": "http"}}),
        {
            "connections": [
                {"change": "removed", "path": "/erp", "from": {"connector": "http"}, "to": None},
                {"change": "added", "path": "/crm", "from": None, "to": {"connector": "http"}},
            ]
        },
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), PARTS.values(), ids=PARTS)
def test_the_other_parts_are_compared_by_path(before: Json, after: Json, expected: dict[str, Json]) -> None:
    assert diff(before, after) == {**NOTHING, **expected}


def test_digits_that_mean_the_same_number_are_a_change_all_the_same() -> None:
    before, after = parse(dump(flow(put("a", 1)))), parse(b'{"steps":[{"id":"a","kind":"set","value":1.0}]}')
    assert [change["path"] for change in diff(before, after)["steps"]["changed"]] == ["/value"]


def test_nothing_is_changed_by_comparing_and_the_result_is_json() -> None:
    before, after = flow(A, check(then=[B])), flow(check(then=[B, A]), D, config=SCHEMA)
    copies = deepcopy((before, after))
    assert parse(dump(diff(before, after))) == diff(before, after)
    assert (before, after) == copies


def test_a_difference_turned_round_swaps_added_and_removed() -> None:
    there, back = diff(flow(A, B), flow(B, C))["steps"], diff(flow(B, C), flow(A, B))["steps"]
    assert [each["id"] for each in there["added"]] == [each["id"] for each in back["removed"]] == ["c"]


@pytest.mark.parametrize("broken", [None, [], {}, {"steps": None}, {"steps": [1, {"kind": "set"}]}])
def test_a_document_that_is_no_definition_has_no_steps(broken: Json) -> None:
    assert diff(broken, broken) == NOTHING
    assert [each["id"] for each in diff(broken, flow(A))["steps"]["added"]] == ["a"]


@pytest.mark.parametrize("name", KINDS)
def test_the_difference_knows_every_block_of_every_kind(name: str) -> None:
    kind = KINDS[name]
    own = {key: value for key, value in kind.example["step"].items() if key not in ("id", "kind")}
    assert {place.partition("/")[0] for place, _ in kind.blocks(kind.settings.model_validate(own))} <= set(BLOCKS)
