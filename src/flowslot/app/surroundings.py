"""What a version meets in the workspaces it would run in, read from one snapshot, and the fingerprint of it (R3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flowslot.app.ports import Definitions, Deps, UnitOfWork
from flowslot.base.errors import Invalid
from flowslot.base.ids import WorkspaceId
from flowslot.base.json_text import Json
from flowslot.domain.calls import CalledFlow, CallGraph, FlowCall, Standing, called_in
from flowslot.domain.definition import Definition
from flowslot.domain.flow import Flow, Registration
from flowslot.domain.resolve import EmptyMain, falls_back
from flowslot.domain.slots import Slot, slot_of
from flowslot.domain.validation import Scope, Surroundings, fingerprint, looked_at

MOST_NAMED = 5_000
"""Workspaces that one query names: databases limit how many values a statement takes."""


@dataclass(frozen=True, slots=True)
class Look:
    """A version, and what its validation looks at, as it stood in one snapshot."""

    flow: Flow
    definition: Definition
    called: tuple[str, ...]
    """Slugs of all flows that its calls can lead to."""
    fingerprint: str
    surroundings: tuple[Surroundings, ...] = ()
    on_staging: frozenset[str] = frozenset()
    """Which of the workspaces are on staging, or would be."""


def glance(deps: Deps, uow: UnitOfWork, *, flow: Flow, definition: Definition) -> Look:
    """The fingerprint of a validation, without what it would look at: as quick for many registrations as for one."""
    graph = call_graph(deps.definitions, uow, start=flow.slug, definition=definition)
    content = fingerprint_of(deps, flow, content=definition.hash, called=graph.flows)
    return Look(flow, definition, tuple(graph.flows), content)


def look_around(
    deps: Deps,
    uow: UnitOfWork,
    *,
    flow: Flow,
    definition: Definition,
    scope: Scope,
    here: Registration | None = None,
) -> Look:
    """Reads what a validation of a version looks at. `here` is the registration it is asked from."""
    graph = call_graph(deps.definitions, uow, start=flow.slug, definition=definition)
    if falls_back(flow, empty_main=deps.empty_main):
        scope = Scope.ALL  # those on the empty main run the staged version too
    registrations = uow.registrations.on_staging(flow) if scope is Scope.STAGING else uow.registrations.all_of(flow.id)
    chosen = looked_at(flow, registrations, scope=scope, here=here)
    staging = {each.workspace for each in looked_at(flow, chosen, scope=Scope.STAGING, here=here)}
    slugs: dict[WorkspaceId, str] = {}
    for part in _parts([each.workspace for each in chosen]):
        slugs.update(uow.workspaces.slugs(part))
    seen = [each for each in chosen if each.workspace in slugs]
    reader = _Reader(uow, graph, definition, deps.empty_main, [each.workspace for each in seen])
    return Look(
        flow=flow,
        definition=definition,
        called=tuple(graph.flows),
        fingerprint=fingerprint_of(deps, flow, content=definition.hash, called=graph.flows),
        surroundings=tuple(
            reader.around(each, slug=slugs[each.workspace], slot=_slot_in(staging, each)) for each in seen
        ),
        on_staging=frozenset(slugs[each.workspace] for each in seen if each.workspace in staging),
    )


def called_around(
    deps: Deps, uow: UnitOfWork, *, flow: Flow, definition: Definition, workspace: WorkspaceId
) -> Mapping[FlowCall, CalledFlow]:
    """The flows that a definition calls, as it meets them in one workspace; nothing where it is not registered."""
    here = uow.registrations.get(flow.id, workspace)
    if here is None:
        return {}
    graph = call_graph(deps.definitions, uow, start=flow.slug, definition=definition)
    reader = _Reader(uow, graph, definition, deps.empty_main, [workspace])
    found = reader.around(here, slug="", slot=slot_of(flow, here)).called
    return {call: each for call, each in found.items() if each.callable}


def _slot_in(staging: Collection[WorkspaceId], registration: Registration) -> Slot:
    return Slot.STAGING if registration.workspace in staging else Slot.MAIN


def fingerprint_of(deps: Deps, flow: Flow, *, content: str, called: Mapping[str, Flow | None]) -> str:
    """The fingerprint of a validation of some content, given the flows its calls can lead to."""
    return fingerprint(content, flow, called, empty_main=deps.empty_main.value)


def fingerprint_now(deps: Deps, uow: UnitOfWork, look: Look, *, flow: Flow) -> str:
    """The fingerprint that a look at the same version would have now; `flow` is the flow's row as it stands."""
    found = uow.flows.named(look.called) if look.called else {}
    called = {slug: found.get(slug) for slug in look.called}
    return fingerprint_of(deps, flow, content=look.definition.hash, called=called)


def call_graph(definitions: Definitions, uow: UnitOfWork, *, start: str, definition: Definition) -> CallGraph:
    """The flows that calls of a version can lead to, whatever slot they are made in."""
    flows: dict[str, Flow | None] = {}
    parsed: dict[tuple[str, int], Definition | None] = {}
    waiting = set(definition.called_flows()) - {start}
    while waiting:
        found = uow.flows.named(waiting)
        flows.update({slug: found.get(slug) for slug in sorted(waiting)})
        read = _deployed(definitions, uow, found)
        parsed.update(read)
        waiting = {slug for each in read.values() if each is not None for slug in each.called_flows()}
        waiting -= {start, *flows}
    return CallGraph(start, flows, parsed)


def _deployed(
    definitions: Definitions, uow: UnitOfWork, flows: Mapping[str, Flow]
) -> dict[tuple[str, int], Definition | None]:
    """The versions in the slots of some flows."""
    found = {}
    for slug, flow in flows.items():
        for number in {flow.main_version, flow.staging_version} - {None}:
            assert number is not None
            found[slug, number] = _readable(definitions, uow.versions.definition(flow.id, number))
    return found


def _readable(definitions: Definitions, document: Json) -> Definition | None:
    try:
        return definitions.parse(document)
    except Invalid:
        return None


class _Reader:
    """Puts the surroundings of many workspaces together from a few queries; what repeats is worked out once."""

    def __init__(
        self,
        uow: UnitOfWork,
        graph: CallGraph,
        definition: Definition,
        empty_main: EmptyMain,
        workspaces: Sequence[WorkspaceId],
    ) -> None:
        self._graph, self._definition, self._empty_main = graph, definition, empty_main
        self._connectors: dict[WorkspaceId, Mapping[str, str]] = {}
        for part in _parts(workspaces if definition.connections else ()):
            self._connectors.update(uow.connections.connectors(part))
        self._called = _registered(uow, graph, workspaces)
        self._known: dict[object, Mapping[FlowCall, CalledFlow]] = {}

    def around(self, registration: Registration, *, slug: str, slot: Slot) -> Surroundings:
        """What the version meets in one workspace, running in a slot."""
        return Surroundings(
            workspace=slug,
            config=registration.config,
            bindings=registration.connections,
            connectors=self._connectors.get(registration.workspace, {}),
            called=self._calls(Standing(self._called[registration.workspace], slot, self._empty_main)),
        )

    def _calls(self, standing: Standing) -> Mapping[FlowCall, CalledFlow]:
        alike = (standing.caller, frozenset(self._slots(standing)))
        if alike not in self._known:
            self._known[alike] = called_in(self._graph, self._definition, standing=standing)
        return self._known[alike]

    def _slots(self, standing: Standing) -> list[tuple[str, Slot]]:
        rows = ((slug, self._graph.flows.get(slug), each) for slug, each in standing.registrations.items())
        return [(slug, slot_of(flow, each)) for slug, flow, each in rows if flow is not None]


def _registered(
    uow: UnitOfWork, graph: CallGraph, workspaces: Sequence[WorkspaceId]
) -> Mapping[WorkspaceId, Mapping[str, Registration]]:
    """The called flows that each workspace has, by slug."""
    slugs = {flow.id: slug for slug, flow in graph.flows.items() if flow is not None}
    found: dict[WorkspaceId, dict[str, Registration]] = defaultdict(dict)
    for part in _parts(workspaces if slugs else ()):
        for each in uow.registrations.among(list(slugs), part):
            found[each.workspace][slugs[each.flow]] = each
    return found


def _parts(workspaces: Sequence[WorkspaceId]) -> Iterator[Sequence[WorkspaceId]]:
    """The workspaces in parts that one query can name."""
    for start in range(0, len(workspaces), MOST_NAMED):
        yield workspaces[start : start + MOST_NAMED]
