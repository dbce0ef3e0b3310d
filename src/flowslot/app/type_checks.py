"""The static check of a version's expressions, given the flows it calls (R3): once for each set of called flows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flowslot.app.ports import Definitions
from flowslot.base.canonical import content_hash
from flowslot.base.errors import Problem
from flowslot.domain.calls import CalledFlow, FlowCall
from flowslot.domain.definition import Definition
from flowslot.domain.validation import Surroundings, for_workspace


@dataclass(frozen=True, slots=True)
class _Group:
    """Workspaces whose called flows take and give the same."""

    called: Mapping[FlowCall, CalledFlow]
    workspaces: list[str] = field(default_factory=list)


def type_problems(
    definitions: Definitions, definition: Definition, surroundings: Sequence[Surroundings]
) -> list[Problem]:
    """What is wrong with the types; without a workspace where it is so in all of them."""
    groups = _groups(surroundings)
    found = [(group, definitions.type_problems(definition, group.called)) for group in groups]
    everywhere = set.intersection(*(set(problems) for _, problems in found))
    common = [problem for problem in found[0][1] if problem in everywhere]
    for group, problems in found:
        own = [problem for problem in problems if problem not in everywhere]
        for workspace in group.workspaces:
            common.extend(for_workspace(own, workspace))
    return common


def _groups(surroundings: Sequence[Surroundings]) -> Iterable[_Group]:
    if not surroundings:
        return [_Group({})]
    found: dict[str, _Group] = {}
    for here in surroundings:
        called = {call: each for call, each in here.called.items() if each.callable}
        key = content_hash([[call.flow, call.slot.value, each.key] for call, each in called.items()])
        found.setdefault(key, _Group(called)).workspaces.append(here.workspace)
    return found.values()
