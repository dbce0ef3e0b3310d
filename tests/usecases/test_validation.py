"""Validation: R3, R13, R19."""

from __future__ import annotations

from typing import Any

import pytest

from flowslot.app import registrations, surroundings, validation
from flowslot.app.callers import Role
from flowslot.app.validation import Validation
from flowslot.base.errors import Forbidden, Invalid, NotFound, ValidationFailed
from flowslot.domain.slots import Slot
from flowslot.domain.validation import Scope
from make import World, a_call, calling, document

LIMIT = document(config={"type": "object", "required": ["limit"], "properties": {"limit": {"type": "integer"}}})


def validate(world: World, definition: Any = None, *, scope: Scope = Scope.STAGING, **given: Any) -> Validation:
    what = {} if definition is None else {"definition": definition}
    return validation.validate(
        world.deps, world.by, **{"flow": "orders", "workspace": "home", "scope": scope, **what, **given}
    )


def found(result: Validation) -> list[tuple[str | None, str, str]]:
    return [(each.workspace, each.pointer, each.code) for each in result.problems]


def test_a_validation_moves_nothing_and_is_on_record(world: World) -> None:
    """R3, R19."""
    before = world.shown()
    assert not validate(world, LIMIT).ok
    assert world.shown() == before
    told = world.audience.told[-1]
    assert (told["action"], told["about"]["ok"], told["about"]["problems"]) == ("version.validated", False, 1)


def test_only_staging_or_everybody_is_looked_at(world: World) -> None:
    """R3: the current workspace and those on staging; scope all looks at every registration."""
    world.workspace("beta")
    world.register("acme", "beta")
    world.stage(workspace="acme")
    missing = ("/config/properties/limit", "config_invalid")
    assert set(found(validate(world, LIMIT))) == {("home", *missing), ("acme", *missing)}
    everybody = found(validate(world, LIMIT, scope=Scope.ALL))
    assert everybody == [("acme", *missing), ("beta", *missing), ("home", *missing)]


def test_a_saved_version_can_be_validated(world: World) -> None:
    """R3: by its number."""
    world.draft(LIMIT)
    assert not validate(world, version=1).ok
    with pytest.raises(NotFound):
        validate(world, version=2)
    with pytest.raises(Invalid):
        validate(world, LIMIT, version=1)
    with pytest.raises(Invalid):
        validate(world)


def test_a_definition_that_does_not_parse_is_told_as_problems(world: World) -> None:
    """R3: structure is the first thing that is checked."""
    result = validate(world, document({"id": "one", "kind": "no_such_kind"}))
    assert [(each.workspace, each.pointer.startswith("/steps/0")) for each in result.problems] == [(None, True)]
    assert result.fingerprint


def test_expressions_are_checked_against_the_schemas(world: World) -> None:
    """R3: a wrong field is told with its place, once for all workspaces."""
    world.register("acme")
    wrong = document({"id": "total", "kind": "set", "value": "=config.limt + 1"}, config=LIMIT["config"])
    world.change("home", config={"limit": 5})
    world.change("acme", config={"limit": 5})
    (problem,) = validate(world, wrong, scope=Scope.ALL).problems
    assert (problem.workspace, problem.pointer) == (None, "/steps/0/value")


CALLABLE = document(
    trigger={"kind": "on_demand", "input": {"type": "object", "properties": {"n": {"type": "integer"}}}}
)
WANTS_TEXT = document(
    trigger={"kind": "on_demand", "input": {"type": "object", "properties": {"n": {"type": "string"}}}}
)
CALL = {"kind": "call_flow", "flow": "billing", "input": {"n": "=1 + 1"}}


def test_a_called_flow_must_be_registered_deployed_and_callable(world: World) -> None:
    """R3, R13: as it stands in each workspace."""
    calls = calling("billing")
    place = "/steps/1/flow"
    assert found(validate(world, calls)) == [("home", place, "called_flow_missing")]
    world.flow("billing")
    assert found(validate(world, calls)) == [("home", place, "called_flow_empty")]
    world.deploy(document(trigger={"kind": "webhook"}), flow="billing")
    assert found(validate(world, calls)) == [("home", place, "called_flow_not_callable")]
    world.deploy(CALLABLE, flow="billing")
    assert validate(world, calls).ok
    world.register("acme")
    assert found(validate(world, calls, scope=Scope.ALL)) == [("acme", place, "called_flow_missing")]


def test_the_input_of_a_call_fits_the_version_that_would_run_there(world: World) -> None:
    """R13: where the called flow is on staging, its staged version counts."""
    world.flow("billing")
    world.register("acme")
    world.register("acme", flow="billing")
    world.deploy(CALLABLE, flow="billing")
    world.stage(WANTS_TEXT, flow="billing", workspace="acme")
    problems = validate(world, document({"id": "call", **CALL}), scope=Scope.ALL).problems
    assert {(each.workspace, each.pointer) for each in problems} == {("acme", "/steps/0/input/n")}


def test_each_call_is_checked_with_the_slot_it_asks_for(world: World) -> None:
    """R13: one flow called in two slots that take different inputs."""
    world.flow("billing")
    world.deploy(CALLABLE, flow="billing")
    world.stage(WANTS_TEXT, flow="billing")
    both = document({"id": "own", **CALL}, {"id": "main", **CALL, "slot": "main"})
    assert [each.pointer for each in validate(world, both).problems] == ["/steps/0/input/n"]


def test_what_a_called_flow_gives_back_is_known_where_it_is_called(world: World) -> None:
    """R3, R13: by the version that the call would run in each workspace."""
    world.flow("billing")
    world.register("acme")
    world.register("acme", flow="billing")
    stop = {"id": "done", "kind": "stop", "status": "success"}
    world.deploy(document({**stop, "details": {"total": "=1 + 1"}}), flow="billing")
    use = {"id": "use", "kind": "set", "value": "=steps.call_0.details.total + 1"}
    calls = calling("billing")
    uses = {**calls, "steps": [*calls["steps"], use]}
    assert validate(world, uses, scope=Scope.ALL).ok
    world.stage(document({**stop, "details": {"sum": "=1 + 1"}}), flow="billing", workspace="acme")
    assert found(validate(world, uses, scope=Scope.ALL)) == [("acme", "/steps/2/value", "unknown_field")]
    wrong = {**uses, "steps": [*calls["steps"], {**use, "value": "=steps.call_0.details.totl"}]}
    in_acme, in_home = validate(world, wrong, scope=Scope.ALL).problems
    assert (in_acme.workspace, in_home.workspace) == ("acme", "home")
    assert in_home.message == "There is no field 'totl' in steps.call_0.details. Did you mean 'total'?"


def test_all_kinds_of_problems_are_told_at_once(world: World) -> None:
    """R3: structure, expressions and workspaces, by their place."""
    wrong = document(
        {"id": "one", "kind": "set", "value": "=1 +"},
        {"id": "two", "kind": "sett", "value": "=config.limt"},
        {"id": "three", "kind": "call_flow", "flow": "billing"},
        config=LIMIT["config"],
    )
    assert found(validate(world, wrong)) == [
        (None, "/steps/0/value", "syntax_error"),
        (None, "/steps/1/kind", "unknown_kind"),
        (None, "/steps/1/value", "unknown_field"),
        ("home", "/config/properties/limit", "config_invalid"),
        ("home", "/steps/2/flow", "called_flow_missing"),
    ]


def test_more_workspaces_than_one_query_names_are_read_in_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """R3: nobody is left out, however many there are."""
    monkeypatch.setattr(surroundings, "MOST_NAMED", 2)
    world.flow("billing")
    world.deploy(flow="billing")
    for slug in ("beta", "gamma", "delta"):
        world.workspace(slug)
        world.register(slug)
    world.register("gamma", flow="billing")
    needs = {**calling("billing"), "connections": {"erp": {"connector": "http"}}}
    result = found(validate(world, needs, scope=Scope.ALL))
    unbound = ("/connections/erp", "connection_missing")
    missing = ("/steps/1/flow", "called_flow_missing")
    assert result == [
        ("beta", *unbound),
        ("beta", *missing),
        ("delta", *unbound),
        ("delta", *missing),
        ("gamma", *unbound),
        ("home", *unbound),
    ]


def test_flows_may_not_call_each_other_in_a_circle(world: World) -> None:
    """R3: also not by way of a third one, or of themselves; the way is named."""
    world.flow("billing")
    world.flow("shipping")
    world.deploy(document())
    world.deploy(calling("orders"), flow="shipping")
    world.deploy(calling("shipping"), flow="billing")
    with pytest.raises(ValidationFailed) as caught:
        world.stage(calling("billing"))
    (problem,) = caught.value.problems
    assert (problem.workspace, problem.pointer, problem.code) == ("home", "/steps/1/flow", "call_cycle")
    assert "orders → billing → shipping → orders" in problem.message
    assert [each.code for each in validate(world, calling("orders")).problems] == ["call_cycle"]


def test_a_circle_follows_the_version_that_each_workspace_runs(world: World) -> None:
    """R13, R3: billing calls back only from staging, where home is and acme is not."""
    world.flow("billing")
    world.register("acme")
    world.register("acme", flow="billing")
    world.deploy(document())
    world.deploy(document(), flow="billing")
    world.stage(calling("orders"), flow="billing", workspace="home")
    assert {each[0] for each in found(validate(world, calling("billing"), scope=Scope.ALL))} == {"home"}
    world.put("home", Slot.MAIN, flow="billing")
    assert validate(world, calling("billing"), scope=Scope.ALL).ok


def test_a_fingerprint_tells_what_has_changed(world: World) -> None:
    """R3, R4: equal as long as a validation would look at the same."""
    world.flow("billing")
    world.deploy(CALLABLE, flow="billing")
    calls = calling("billing")
    first = validate(world, calls).fingerprint
    world.draft(document(value=9))
    world.draft(document(value=9), flow="billing")
    assert validate(world, calls).fingerprint == first
    seen = {first}
    world.change("home", active=False)
    seen.add(validate(world, calls).fingerprint)
    world.change("home", flow="billing", config={"x": 1})
    seen.add(validate(world, calls).fingerprint)
    world.stage(document(value=2), flow="billing")
    seen.add(validate(world, calls).fingerprint)
    registrations.remove(world.deps, world.by, flow="billing", workspace="home")
    seen.add(validate(world, calls).fingerprint)
    seen.add(validate(world, calling("billing", value=2)).fingerprint)
    assert len(seen) == 6


def test_who_may_validate_what(world: World) -> None:
    """R3: an author, in a workspace they see that has the flow."""
    asked = {"flow": "orders", "workspace": "home", "scope": Scope.ALL, "definition": LIMIT}
    with pytest.raises(Forbidden):
        validation.validate(world.deps, a_call(Role.VIEWER), **asked)
    with pytest.raises(NotFound):
        validate(world, LIMIT, workspace="acme")
    world.register("acme")
    limited = a_call(Role.AUTHOR, workspaces=["home"])
    assert {each.workspace for each in validation.validate(world.deps, limited, **asked).problems} == {"home"}
    world.draft(LIMIT, workspace="acme")
    with pytest.raises(NotFound):
        validation.validate(world.deps, limited, flow="orders", workspace="home", scope=Scope.ALL, version=1)
