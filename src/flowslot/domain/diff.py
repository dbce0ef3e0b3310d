"""What changed between two definitions, in the words of flows: steps by their ids, trigger, config, connections."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flowslot.base.canonical import canonical
from flowslot.base.json_text import Json

BLOCKS = ("then", "elif", "else", "steps", "catch", "finally")
"""Keys of steps under which other steps stand; `elif` holds several blocks, each with its own test."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A step as written, and where: in which block of which step, at which pointer."""

    step: Mapping[str, Json]
    parent: str
    block: str
    pointer: str

    @property
    def id(self) -> str:
        return str(self.step["id"])

    def own(self) -> dict[str, Json]:
        """The step without its id and the steps inside it."""
        kept = {key: value for key, value in self.step.items() if key != "id" and key not in BLOCKS}
        tests = [each.get("if") for each in _list(self.step.get("elif")) if isinstance(each, dict)]
        return {**kept, "elif": tests} if tests else kept


def diff(before: Json, after: Json) -> Json:
    """What changed from one document to the other, as JSON:

    `steps`: `added`, `removed`, `moved` (place from and to), `renamed` (id from and to) and `changed` (by step id, key
    and, where the key holds an object, the path in it, with from and to). `trigger`, `config`, `connections`: changes
    by path, with from and to. Each change says whether it `added`, `removed` or `changed`; an empty list is no change.
    """
    return {
        "steps": _steps(_placed(before), _placed(after)),
        **{key: _changes(_part(before, key), _part(after, key)) for key in ("trigger", "config", "connections")},
    }


def _part(document: Json, key: str) -> Json:
    found = document.get(key) if isinstance(document, dict) else None
    return {} if found is None else found


# ---------------------------------------------------------------- steps


def _placed(document: Json) -> dict[str, _Place]:
    steps = document.get("steps") if isinstance(document, dict) else None
    return {place.id: place for place in _walk(steps, parent="", block="steps", pointer="/steps")}


def _walk(steps: Json, *, parent: str, block: str, pointer: str) -> Iterator[_Place]:
    for number, step in enumerate(_list(steps)):
        if isinstance(step, dict) and "id" in step:
            place = _Place(step, parent, block, f"{pointer}/{number}")
            yield place
            for name, inner in _blocks(step):
                yield from _walk(inner, parent=place.id, block=name, pointer=f"{place.pointer}/{name}")


def _blocks(step: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    for key in BLOCKS:
        if key == "elif":
            for number, each in enumerate(_list(step.get(key))):
                yield f"elif/{number}/then", each.get("then") if isinstance(each, dict) else None
        elif key in step:
            yield key, step[key]


def _list(value: Json) -> Sequence[Json]:
    return value if isinstance(value, list) else ()


def _steps(before: Mapping[str, _Place], after: Mapping[str, _Place]) -> Json:
    renamed = _renamed(before, after)
    kept = {old: renamed.get(old, old) for old in before if old in after or old in renamed}
    new = set(kept.values())
    moved = _moved(before, after, kept)
    return {
        "added": [_named(place) for id_, place in after.items() if id_ not in new],
        "removed": [_named(place) for id_, place in before.items() if id_ not in kept],
        "moved": [
            {"id": id_, "from": before[old].pointer, "to": after[id_].pointer}
            for old, id_ in kept.items()
            if id_ in moved
        ],
        "renamed": [{"from": old, "to": id_} for old, id_ in kept.items() if old != id_],
        "changed": [
            {"id": id_, **change}
            for old, id_ in kept.items()
            for change in _keyed(_changes(before[old].own(), after[id_].own()))
        ],
    }


def _named(place: _Place) -> Json:
    return {
        "id": place.id,
        "kind": place.step.get("kind"),
        "name": place.step.get("name"),
        "pointer": place.pointer,
    }


def _renamed(before: Mapping[str, _Place], after: Mapping[str, _Place]) -> dict[str, str]:
    """Old id → new id of the steps that are the same but for their id and what stands inside them."""
    came: dict[bytes, list[str]] = {}
    for id_, place in after.items():
        if id_ not in before:
            came.setdefault(canonical(place.own()), []).append(id_)
    found = {}
    for id_, place in before.items():
        same = came.get(canonical(place.own())) if id_ not in after else None
        if same:
            found[id_] = same.pop(0)
    return found


def _moved(before: Mapping[str, _Place], after: Mapping[str, _Place], kept: Mapping[str, str]) -> set[str]:
    """New ids of the steps that are in another block, or behind a step that they stood before.

    As few as possible: those outside the longest run of steps that kept their order.
    """
    moved = set()
    order: dict[tuple[str, str], list[str]] = {}
    for old, new in kept.items():
        one, other = before[old], after[new]
        if (kept.get(one.parent, one.parent), one.block) == (other.parent, other.block):
            order.setdefault((other.parent, other.block), []).append(new)
        else:
            moved.add(new)
    position = {id_: number for number, id_ in enumerate(after)}
    for ids in order.values():
        moved.update(set(ids) - _longest_in_order(ids, position))
    return moved


def _longest_in_order(ids: Sequence[str], position: Mapping[str, int]) -> set[str]:
    """The longest part of a sequence whose positions rise."""
    ends: list[int] = []
    last: list[str] = []
    before: dict[str, str | None] = {}
    for id_ in ids:
        length = bisect_left(ends, position[id_])
        before[id_] = last[length - 1] if length else None
        ends[length:] = [position[id_], *ends[length + 1 :]]
        last[length:] = [id_, *last[length + 1 :]]
    found: set[str] = set()
    id_or_none = last[-1] if last else None
    while id_or_none is not None:
        found.add(id_or_none)
        id_or_none = before[id_or_none]
    return found


# ---------------------------------------------------------------- values


def _changes(before: Json, after: Json) -> list[dict[str, Json]]:
    return list(_differences(before, after, ""))


def _differences(before: Json, after: Json, path: str) -> Iterator[dict[str, Json]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in _keys(before, after):
            place = f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
            if key not in before:
                yield {"change": "added", "path": place, "from": None, "to": after[key]}
            elif key not in after:
                yield {"change": "removed", "path": place, "from": before[key], "to": None}
            else:
                yield from _differences(before[key], after[key], place)
    elif canonical(before) != canonical(after):
        yield {"change": "changed", "path": path, "from": before, "to": after}


def _keys(before: Mapping[str, Json], after: Mapping[str, Json]) -> Iterable[str]:
    return dict.fromkeys([*before, *after])


def _keyed(changes: Iterable[dict[str, Json]]) -> Iterator[dict[str, Json]]:
    for change in changes:
        key = change["path"].split("/")[1].replace("~1", "/").replace("~0", "~")
        yield {"key": key, **change}
