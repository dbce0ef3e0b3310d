"""What differs between two definitions, in the words of flows: steps by their ids, not lines of text (R9)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from flowslot.base.canonical import canonical
from flowslot.base.json_text import Json

_BLOCKS = ("then", "else", "steps", "catch", "finally")


class ChangeKind(Enum):
    """What happened to a value or step."""

    ADDED = "added"  # only the later one has it
    REMOVED = "removed"  # only the earlier one has it
    CHANGED = "changed"  # both have it, with another content


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs; `place` is its key, or a JSON pointer into the part it stands in."""

    place: str
    change: ChangeKind
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class StepChange:
    """A step that is new or gone, without the steps inside it: those are listed by themselves."""

    id: str
    kind: str
    pointer: str
    change: ChangeKind
    before: Json
    after: Json


@dataclass(frozen=True, slots=True)
class StepMove:
    """A step that stands elsewhere: in another block, or before or after other steps than it did."""

    id: str
    kind: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class StepKeys:
    """A step whose own keys differ."""

    id: str
    kind: str
    pointer: str
    keys: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs."""

    added: tuple[StepChange, ...]
    removed: tuple[StepChange, ...]
    moved: tuple[StepMove, ...]
    changed: tuple[StepKeys, ...]
    trigger: tuple[Change, ...]
    config: tuple[Change, ...]
    connections: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A step with where it stands: the step it is in, the block there, and how many stand before it."""

    id: str
    kind: str
    pointer: str
    block: str
    position: int
    own: Mapping[str, Json]
    """Its keys, without the steps inside."""


def difference(before: Json, after: Json) -> Difference:
    """What one has to do to the earlier definition to get the later one."""
    old = {step.id: step for step in _steps(before.get("steps", []), "/steps", "")}
    new = {step.id: step for step in _steps(after.get("steps", []), "/steps", "")}
    both = [(old[name], step) for name, step in new.items() if name in old]
    return Difference(
        added=tuple(_appeared(step) for name, step in new.items() if name not in old),
        removed=tuple(_vanished(step) for name, step in old.items() if name not in new),
        moved=tuple(_moves(both)),
        changed=tuple(_keys(was, now) for was, now in both if _differs(was.own, now.own)),
        trigger=tuple(_changes(before.get("trigger"), after.get("trigger"), "")),
        config=tuple(_changes(before.get("config"), after.get("config"), "")),
        connections=tuple(_changes(before.get("connections", {}), after.get("connections", {}), "")),
    )


def _steps(steps: Sequence[Json], pointer: str, block: str) -> Iterator[_Placed]:
    for position, step in enumerate(steps):
        here = f"{pointer}/{position}"
        inside = list(_inside(step))
        own = {key: value for key, value in step.items() if key not in _BLOCKS}
        if "elif" in own:
            own["elif"] = [{"if": branch.get("if")} for branch in own["elif"]]
        yield _Placed(step["id"], step["kind"], here, block, position, own)
        for name, steps_inside in inside:
            yield from _steps(steps_inside, f"{here}/{name}", f"{step['id']}/{name}")


def _inside(step: Json) -> Iterator[tuple[str, Sequence[Json]]]:
    for name in _BLOCKS:
        if name in step:
            yield name, step[name]
    for position, branch in enumerate(step.get("elif", ())):
        yield f"elif/{position}/then", branch.get("then", [])


def _appeared(step: _Placed) -> StepChange:
    return StepChange(step.id, step.kind, step.pointer, ChangeKind.ADDED, None, dict(step.own))


def _vanished(step: _Placed) -> StepChange:
    return StepChange(step.id, step.kind, step.pointer, ChangeKind.REMOVED, dict(step.own), None)


def _moves(both: Sequence[tuple[_Placed, _Placed]]) -> Iterator[StepMove]:
    """Steps in another block, and the fewest of those in the same block that explain its new order."""
    stayed: dict[str, list[tuple[_Placed, _Placed]]] = {}
    for was, now in both:
        if was.block == now.block:
            stayed.setdefault(now.block, []).append((was, now))
    unmoved = {now.id for pairs in stayed.values() for _, now in _longest_rising(pairs)}
    for was, now in both:
        if now.id not in unmoved:
            yield StepMove(now.id, now.kind, was.pointer, now.pointer)


def _longest_rising(pairs: list[tuple[_Placed, _Placed]]) -> list[tuple[_Placed, _Placed]]:
    """The longest part, in the new order, that stood in the same order before."""
    lowest: list[int] = []
    at: list[int] = []
    for was, _ in pairs:
        place = bisect_left(lowest, was.position)
        lowest[place : place + 1] = [was.position]
        at.append(place)
    found: list[tuple[_Placed, _Placed]] = []
    wanted = len(lowest) - 1
    for pair, place in zip(reversed(pairs), reversed(at), strict=True):
        if place == wanted and (not found or pair[0].position < found[-1][0].position):
            found.append(pair)
            wanted -= 1
    return found


def _keys(was: _Placed, now: _Placed) -> StepKeys:
    keys = dict.fromkeys([*was.own, *now.own])
    changes = (_change(key, was.own, now.own) for key in keys)
    return StepKeys(now.id, now.kind, now.pointer, tuple(change for change in changes if change is not None))


def _change(key: str, before: Mapping[str, Json], after: Mapping[str, Json]) -> Change | None:
    if key not in before:
        return Change(key, ChangeKind.ADDED, None, after[key]) if key in after else None
    if key not in after:
        return Change(key, ChangeKind.REMOVED, before[key], None)
    if _differs(before[key], after[key]):
        return Change(key, ChangeKind.CHANGED, before[key], after[key])
    return None


def _changes(before: Json, after: Json, pointer: str) -> Iterator[Change]:
    """The innermost values of an object that differ; lists are compared as a whole."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        found = _change(pointer, *({pointer: each} if each is not None else {} for each in (before, after)))
        if found is not None:
            yield found
        return
    for key in dict.fromkeys([*before, *after]):
        place = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
        if isinstance(before.get(key), dict) and isinstance(after.get(key), dict):
            yield from _changes(before[key], after[key], place)
        elif (found := _change(key, before, after)) is not None:
            yield Change(place, found.change, found.before, found.after)


def _differs(before: Json, after: Json) -> bool:
    """As JSON has it: true is not 1, and 1.0 is not 1."""
    return canonical(before) != canonical(after)
