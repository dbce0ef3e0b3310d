"""Whether a version fits the workspaces it would run in (R3). Types of expressions are flowlang's part of the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition

SchemaProblems = Callable[[Json, Json], Iterable[Problem]]
"""(schema, value) → what does not fit, with pointers into the value."""


class Scope(Enum):
    """Which workspaces a validation looks at."""

    STAGING = "staging"  # the current one and all others on staging (R3)
    ALL = "all"  # every registration


@dataclass(frozen=True, slots=True)
class CalledFlow:
    """A flow that a call_flow step names, as it stands in one workspace."""

    slug: str
    registered: bool
    callable: bool
    """Whether the version it resolves to has the on_demand trigger."""
    version: int | None
    hash: str | None
    input_schema: Json | None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a version meets in one workspace."""

    workspace: str
    config: Json
    bindings: Mapping[str, str]
    """Name in the definition → slug of the connection bound to it."""
    connectors: Mapping[str, str]
    """Slug of each connection of the workspace → its connector."""
    called: Mapping[str, CalledFlow]


def problems_in(definition: Definition, here: Surroundings, *, schema_problems: SchemaProblems) -> tuple[Problem, ...]:
    """Everything about one workspace that the definition does not fit, in the order of the document (R3)."""
    found = [
        *_config(definition, here, schema_problems),
        *_connections(definition, here),
        *_calls(definition, here),
    ]
    return tuple(replace(problem, workspace=here.workspace) for problem in found)


def _config(definition: Definition, here: Surroundings, schema_problems: SchemaProblems) -> Iterable[Problem]:
    if definition.config_schema is None:
        return
    for problem in schema_problems(definition.config_schema, here.config):
        message = f"Configuration value {problem.pointer or '/'}: {problem.message}"
        yield Problem("/config", "config_invalid", message)


def _connections(definition: Definition, here: Surroundings) -> Iterable[Problem]:
    for name, connector in definition.connections.items():
        pointer = f"/connections/{name}"
        bound = here.bindings.get(name)
        if bound is None:
            yield Problem(pointer, "connection_missing", f"No connection is bound to {name!r} in this workspace.")
        elif bound not in here.connectors:
            yield Problem(pointer, "connection_missing", f"The connection {bound!r} bound to {name!r} does not exist.")
        elif here.connectors[bound] != connector:
            message = f"{bound!r} is a connection of {here.connectors[bound]!r}; {name!r} needs {connector!r}."
            yield Problem(pointer, "connection_wrong_connector", message)


def _calls(definition: Definition, here: Surroundings) -> Iterable[Problem]:
    for step in definition.every_step():
        slug = getattr(step.settings, "flow", None)
        if slug is None or step.disabled:
            continue
        pointer = f"{step.pointer}/flow"
        called = here.called.get(slug)
        if called is None or not called.registered:
            yield Problem(pointer, "called_flow_missing", f"The flow {slug!r} is not registered in this workspace.")
        elif called.version is None:
            yield Problem(pointer, "called_flow_empty", f"The flow {slug!r} has no version to run in this workspace.")
        elif not called.callable:
            yield Problem(pointer, "called_flow_not_callable", f"The flow {slug!r} has no on_demand trigger.")
