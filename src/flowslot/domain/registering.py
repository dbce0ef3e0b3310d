"""Where a flow may be registered, what a registration may hold, whether it takes triggers (R7, R15, R20)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from flowslot.base.errors import Problem
from flowslot.base.ids import FlowId, WorkspaceId
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition
from flowslot.domain.flow import Flow, Registration, Visibility
from flowslot.domain.validation import SchemaProblems, pointer_to


def new_flow(flow: FlowId, *, slug: str, name: str, visibility: Visibility, home: WorkspaceId) -> Flow:
    """A flow as it begins: both slots empty, registered nowhere yet."""
    return Flow(
        id=flow,
        slug=slug,
        name=name,
        visibility=visibility,
        home_workspace=home,
        revision=1,
        slots_revision=1,
        slot_epoch=1,
        main_version=None,
        staging_version=None,
        latest_version=0,
        fleet_revision=1,
        registrations=0,
        staged_fingerprint=None,
    )


def may_register(flow: Flow, workspace: WorkspaceId) -> bool:
    """A private flow runs only in its own workspace (R15)."""
    return flow.visibility is Visibility.SHARED or flow.home_workspace == workspace


def may_become(flow: Flow, visibility: Visibility, *, elsewhere: int) -> bool:
    """Whether the visibility may change: a flow with registrations outside its workspace stays shared (R15)."""
    return visibility is Visibility.SHARED or elsewhere == 0


def may_leave(flow: Flow, workspace: WorkspaceId) -> bool:
    """Whether a flow may be taken out of a workspace: a private flow has only its own (R15)."""
    return flow.visibility is Visibility.SHARED or flow.home_workspace != workspace


def with_one_more(flow: Flow) -> Flow:
    """The flow after a registration was added: its slots and revision stay."""
    return replace(flow, registrations=flow.registrations + 1, fleet_revision=flow.fleet_revision + 1)


def with_one_less(flow: Flow) -> Flow:
    """The flow after a registration was removed: its slots and revision stay."""
    return replace(flow, registrations=flow.registrations - 1, fleet_revision=flow.fleet_revision + 1)


def with_changed_fleet(flow: Flow) -> Flow:
    """The flow after a registration of it changed: what was validated before may not hold any more (R3)."""
    return replace(flow, fleet_revision=flow.fleet_revision + 1)


def takes_trigger(registration: Registration, *, test: bool) -> bool:
    """An inactive registration runs on no trigger but can be test-run (R20)."""
    return registration.active or test


def unfit_values(
    definition: Definition,
    registration: Registration,
    connectors: Mapping[str, str],
    *,
    schema_problems: SchemaProblems,
) -> tuple[Problem, ...]:
    """What an active registration holds that the version it runs cannot use; pointers into the registration.

    Values that are missing may be filled in later, and values that only another version knows may stand beside. An
    inactive registration may hold anything, so that it can be made ready for a coming version.
    """
    if not registration.active:
        return ()
    return (
        *_unfit_config(definition.config_schema, registration.config, schema_problems),
        *_unfit_connections(definition.connections, registration.connections, connectors),
    )


def _unfit_config(schema: Json, config: Json, schema_problems: SchemaProblems) -> Iterable[Problem]:
    if not isinstance(schema, dict):
        return
    lenient = {key: value for key, value in schema.items() if key not in _ABOUT_WHAT_IS_MISSING_OR_BESIDE}
    for problem in schema_problems(lenient, config):
        yield replace(problem, pointer=f"/config{problem.pointer}", code="config_invalid")


_ABOUT_WHAT_IS_MISSING_OR_BESIDE = frozenset(
    {"required", "dependentRequired", "minProperties", "additionalProperties", "unevaluatedProperties", "maxProperties"}
)


def _unfit_connections(
    wanted: Mapping[str, str], bound: Mapping[str, str], connectors: Mapping[str, str]
) -> Iterable[Problem]:
    for name, connector in wanted.items():
        found = connectors.get(bound.get(name, ""))
        if found is not None and found != connector:
            message = f"{bound[name]!r} is a connection of {found!r}; {name!r} needs {connector!r}."
            yield Problem(pointer_to("connections", name), "connection_wrong_connector", message)


def missing_connections(bound: Mapping[str, str], connectors: Mapping[str, str]) -> tuple[Problem, ...]:
    """The bound connections that the workspace does not have; pointers into the registration."""
    return tuple(
        Problem(pointer_to("connections", name), "connection_missing", f"This workspace has no connection {slug!r}.")
        for name, slug in bound.items()
        if slug not in connectors
    )
