"""Whether a version fits the workspaces it would run in (R3). Types of expressions are flowlang's part of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import chain

from flowslot.base.canonical import content_hash
from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.domain.calls import CalledFlow, FlowCall, calls_of
from flowslot.domain.definition import Definition
from flowslot.domain.flow import Flow, Registration
from flowslot.domain.slots import Slot, slot_of

_ORDER = ("flow", "trigger", "config", "connections", "steps")
"""How a definition is read, however its keys are written."""
MOST_TOLD = 100
"""Problems of the definition itself that are told at once; those of workspaces are all told (R3)."""

SchemaProblems = Callable[[Json, Json], Iterable[Problem]]
"""(schema, value) → what does not fit, with pointers into the value."""


class Scope(Enum):
    """Which workspaces a validation looks at."""

    STAGING = "staging"  # the current one and all others on staging (R3)
    ALL = "all"  # every registration


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a version meets in one workspace."""

    workspace: str
    config: Json
    bindings: Mapping[str, str]
    """Name in the definition → slug of the connection bound to it."""
    connectors: Mapping[str, str]
    """Slug of each connection of the workspace → its connector."""
    called: Mapping[FlowCall, CalledFlow]


def looked_at(
    flow: Flow, registrations: Iterable[Registration], *, scope: Scope, here: Registration | None
) -> tuple[Registration, ...]:
    """The registrations that a validation looks at: the current one and all on staging (R3), or all there are."""
    if scope is Scope.ALL:
        return tuple(registrations)
    others = (each for each in registrations if slot_of(flow, each) is Slot.STAGING)
    if here is None:
        return tuple(others)
    return (here, *(each for each in others if each.id != here.id))


def fingerprint(content: str, flow: Flow, called: Mapping[str, Flow | None], *, empty_main: str) -> str:
    """Equal for two validations that would look at the same things; made without looking at any registration."""
    return content_hash(
        {
            "version": content,
            "fleet": flow.fleet_revision,
            "called": {
                slug: None if each is None else [each.id, each.slots_revision, each.fleet_revision]
                for slug, each in called.items()
            },
            "empty_main": empty_main,
        }
    )


def likeness(definition: Definition, here: Surroundings) -> str:
    """Equal for workspaces that a definition meets in the same way, so that one check speaks for all of them."""
    bound = {name: _connector(here, name) for name in definition.connections}
    called = {
        f"{call.flow} {call.slot.value}": [each.registered, each.version, list(each.circle)]
        for call, each in here.called.items()
    }
    return content_hash([here.config, bound, called])


def problems_in(definition: Definition, here: Surroundings, *, schema_problems: SchemaProblems) -> tuple[Problem, ...]:
    """Everything about one workspace that the definition does not fit, in the order of the document (R3)."""
    found = [
        *_config(definition, here, schema_problems),
        *_connections(definition, here),
        *_calls(definition, here),
    ]
    return for_workspace(found, here.workspace)


def for_workspace(problems: Iterable[Problem], workspace: str) -> tuple[Problem, ...]:
    """The problems as those of a workspace."""
    return tuple(replace(problem, workspace=workspace) for problem in problems)


def told(document: Json, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """The problems to tell, each once: those of the definition itself first, then each workspace's, all by their place.

    Of those of the definition itself as many as anybody reads, and how many more there are.
    """
    unique = list(dict.fromkeys(problems))
    own = sorted((each for each in unique if each.workspace is None), key=lambda each: _place(document, each))
    if len(own) > MOST_TOLD:
        more = len(own) - MOST_TOLD
        own[MOST_TOLD:] = [Problem("", "more_problems", f"{more} more problems are not told here; mend these first.")]
    found: dict[str | None, list[Problem]] = {}
    for problem in unique:
        found.setdefault(problem.workspace, []).append(problem)
    found.pop(None, None)
    others = (sorted(each, key=lambda problem: _place(document, problem)) for each in found.values())
    return (*own, *chain.from_iterable(others))


def _place(document: Json, problem: Problem) -> tuple[Sequence[int], int, int]:
    """Where a problem stands in a document, for sorting: what is missing stands at the end of what it is missing in."""
    here, place = document, []
    for part in problem.pointer.split("/")[1:]:
        keys = list(here) if isinstance(here, dict) else []
        keys = [*_ORDER, *keys] if here is document else keys
        key = part.replace("~1", "/").replace("~0", "~")
        if key in keys:
            place.append(keys.index(key))
            here = here.get(key)
        elif isinstance(here, list) and key.isdigit() and int(key) < len(here):
            place.append(int(key))
            here = here[int(key)]
        else:
            place.append(len(keys))
            here = None
    return place, problem.line or 0, problem.column or 0


def pointer_to(*parts: str) -> str:
    """The JSON pointer of a place in a document."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def _config(definition: Definition, here: Surroundings, schema_problems: SchemaProblems) -> Iterator[Problem]:
    schema = definition.config_schema
    if schema is None:
        return
    for problem in schema_problems(schema, here.config):
        message = f"Configuration value {problem.pointer or '/'}: {problem.message}"
        yield Problem(_place_of_value(schema, problem.pointer), "config_invalid", message)


def _place_of_value(schema: Json, pointer: str) -> str:
    """The place in the definition that says what a configuration value must be."""
    key = pointer[1:].partition("/")[0]
    known = isinstance(schema, dict) and key.replace("~1", "/").replace("~0", "~") in schema.get("properties", {})
    return f"/config/properties/{key}" if pointer and known else "/config"


def _connector(here: Surroundings, name: str) -> list[str | None]:
    bound = here.bindings.get(name)
    return [bound, None if bound is None else here.connectors.get(bound)]


def _connections(definition: Definition, here: Surroundings) -> Iterator[Problem]:
    for name, wanted in definition.connections.items():
        place = pointer_to("connections", name)
        bound, connector = _connector(here, name)
        if bound is None:
            yield Problem(place, "connection_missing", f"No connection is bound to {name!r} in this workspace.")
        elif connector is None:
            yield Problem(place, "connection_missing", f"The connection {bound!r} bound to {name!r} does not exist.")
        elif connector != wanted:
            message = f"{bound!r} is a connection of {connector!r}; {name!r} needs {wanted!r}."
            yield Problem(place, "connection_wrong_connector", message)


def _calls(definition: Definition, here: Surroundings) -> Iterator[Problem]:
    for step, call in calls_of(definition):
        code, message = _why_not_call(call, here.called.get(call, CalledFlow()))
        if code:
            yield Problem(f"{step.pointer}/flow", code, message)


def _why_not_call(call: FlowCall, called: CalledFlow) -> tuple[str, str]:
    if called.circle:
        return "call_cycle", f"Flows may not call each other in a circle: {' → '.join(called.circle)}."
    if not called.registered:
        return "called_flow_missing", f"The flow {call.flow!r} is not registered in this workspace."
    if called.version is None:
        return "called_flow_empty", f"The flow {call.flow!r} has no version to run in this workspace."
    if not called.callable:
        return "called_flow_not_callable", f"The flow {call.flow!r} has no on_demand trigger."
    return "", ""
