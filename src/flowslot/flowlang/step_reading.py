"""Steps read from a document: their ids, their settings by kind, and the steps inside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from keyword import iskeyword

from pydantic import Field

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.domain.definition import MAX_LEVELS, MAX_STEPS, Block, Step
from flowslot.flowlang.expression_check import expression_problems
from flowslot.flowlang.fields import EXPRESSION, Name, Truth, expressions_in, fields_by_key
from flowslot.flowlang.habits import KINDS
from flowslot.flowlang.kinds import StepKind, StepSettings
from flowslot.flowlang.nearest import did_you_mean, nearest
from flowslot.flowlang.prelude_names import LISTED
from flowslot.flowlang.schema_problems import MAX_PROBLEMS
from flowslot.flowlang.settings_reading import read_settings
from flowslot.flowlang.unread import blocks_written, unread, without_wrong

LATER: frozenset[str] = frozenset({"action", "lookup", "cache_write", "parse_xml", "email"})
"""Kinds of the format that are not available yet."""
TAKEN = frozenset({"trigger", "config", "steps", "run", "error", "index", "key"})
"""Names in the scope of expressions that a loop cannot have."""


class StepKeys(StepSettings):
    """The keys that every step has."""

    id: Name = Field(title="Id", description="Unique in the definition; expressions use the output as steps.<id>.")
    kind: str = Field(title="Kind", description="What the step does.")
    name: str | None = Field(default=None, max_length=200, title="Name", description="What people call it.")
    note: str | None = Field(default=None, max_length=10_000, title="Note", description="Why it is there.")
    if_: Truth | None = Field(
        default=None,
        alias="if",
        title="If",
        description="The step is skipped, with null as its output, when this expression is false.",
        json_schema_extra=EXPRESSION,
    )
    disabled: bool = Field(default=False, title="Disabled", description="Whether the step is skipped always.")


@dataclass(slots=True)
class Reading:
    """What has been found while a document is read."""

    kinds: Mapping[str, StepKind]
    connections: Mapping[str, str] | None
    """The declared ones; None when they could not be read, so that nothing is said about their use."""
    problems: list[Problem] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    """Where each id stands."""
    count: int = 0

    def add(self, pointer: str, code: str, message: str) -> None:
        self.problems.append(Problem(pointer, code, message))


def read_steps(
    reading: Reading, written: Sequence[Json], pointer: str, *, level: int = 1, loops: frozenset[str] = frozenset()
) -> tuple[Step, ...]:
    """The steps of a list, those that can be read; what is wrong is added to the reading."""
    if level > MAX_LEVELS:
        reading.add(pointer, "too_deep", f"Steps may stand in one another {MAX_LEVELS} levels deep at most.")
        return ()
    found = (
        _read_step(reading, each, f"{pointer}/{number}", level=level, loops=loops)
        for number, each in enumerate(written)
    )
    return tuple(step for step in found if step is not None)


def _read_step(reading: Reading, raw: Json, pointer: str, *, level: int, loops: frozenset[str]) -> Step | None:
    reading.count += 1
    if len(reading.problems) >= MAX_PROBLEMS:
        return None  # more are not told, and looking for what was meant takes time
    if reading.count > MAX_STEPS:
        if reading.count == MAX_STEPS + 1:
            reading.add(pointer, "too_many_steps", f"A definition may have {MAX_STEPS} steps at most.")
        return None
    if not isinstance(raw, dict):
        reading.add(pointer, "wrong_type", "A step is an object with `id` and `kind`.")
        return None
    kind = _kind_of(reading, raw, pointer)
    keys = _read_keys(reading, raw, pointer, kind=kind)
    if kind is None:
        kind, settings = _meant(reading, raw)
    else:
        settings = _read_own_settings(reading, raw, pointer, kind=kind)
    inside = loops if kind is None else loops | _loop_name(reading, kind, raw, pointer=pointer, loops=loops)
    written = blocks_written(kind, raw) if kind is None or settings is None else kind.blocks(settings)
    blocks = tuple(
        Block(name, read_steps(reading, steps, f"{pointer}/{name}", level=level + 1, loops=inside))
        for name, steps in written
    )
    return Step(
        id=keys.id,
        kind="" if kind is None else kind.name,
        pointer=pointer,
        settings=unread(kind, raw) if settings is None else settings,
        name=keys.name,
        note=keys.note,
        condition=keys.if_,
        disabled=keys.disabled,
        blocks=blocks,
    )


def _meant(reading: Reading, raw: Mapping[str, Json]) -> tuple[StepKind | None, StepSettings | None]:
    """The kind that a step of an unknown kind was meant to be, and its settings if they can be read as such."""
    name = raw.get("kind")
    if not isinstance(name, str):
        return None, None
    meant = reading.kinds.get(nearest(name, reading.kinds) or "")
    if meant is None:
        return None, None
    own = {key: raw[key] for key in raw if key not in _common(meant)}
    return meant, read_settings(meant.settings, own, "")[0]


def _kind_of(reading: Reading, raw: Mapping[str, Json], pointer: str) -> StepKind | None:
    name = raw.get("kind")
    if not isinstance(name, str):
        return None  # missing or of another type: said with the other keys
    if name in LATER:
        reading.add(f"{pointer}/kind", "not_available", f"Steps of the kind {name!r} are not available yet.")
    elif name not in reading.kinds:
        message = f"There is no kind of step {name[:100]!r}.{did_you_mean(name, reading.kinds, habits=KINDS)}"
        reading.add(f"{pointer}/kind", "unknown_kind", message)
    return reading.kinds.get(name)


def _common(kind: StepKind | None) -> frozenset[str]:
    """The keys that are not the kind's own."""
    common = {"id", "kind", "name", "note", "if", "disabled"}
    return frozenset(common if kind is None or kind.skips else common - {"if"})


def _read_keys(reading: Reading, raw: Mapping[str, Json], pointer: str, *, kind: StepKind | None) -> StepKeys:
    common = _common(kind)
    written = {key: raw[key] for key in raw if key in common}
    keys, problems = read_settings(StepKeys, written, pointer)
    reading.problems.extend(problems)
    if keys is None:
        return _keys_as_written(written)
    first = reading.places.setdefault(keys.id, pointer)
    if first != pointer:
        reading.add(f"{pointer}/id", "duplicate_id", f"The step at {first} has the id {keys.id!r} already.")
    if keys.if_ is not None:
        reading.problems.extend(expression_problems(keys.if_, pointer=f"{pointer}/if"))
    return keys


def _keys_as_written(written: Mapping[str, Json]) -> StepKeys:
    """The keys of a step that are of use where not all of them can be read."""
    name, condition = written.get("id"), written.get("if")
    return StepKeys.model_construct(
        id=name if isinstance(name, str) else "",
        kind="",
        name=None,
        note=None,
        if_=None if condition is None else condition if isinstance(condition, bool | str) else False,
        disabled=False,
    )


def _read_own_settings(
    reading: Reading, raw: Mapping[str, Json], pointer: str, *, kind: StepKind
) -> StepSettings | None:
    common = _common(kind)
    own = {key: raw[key] for key in raw if key not in common}
    settings, problems = read_settings(kind.settings, own, pointer, also_known=common)
    reading.problems.extend(problems)
    if settings is None:
        settings = without_wrong(kind, own, problems, pointer=pointer)
    values = unread(kind, raw).values if settings is None else expressions_in(settings)
    for place, value in values:
        reading.problems.extend(expression_problems(value, pointer=f"{pointer}{place}"))
    if settings is not None:
        reading.problems.extend(_wrong_use(reading, settings, pointer))
    return settings


def _wrong_use(reading: Reading, settings: StepSettings, pointer: str) -> Iterator[Problem]:
    name = getattr(settings, "connection", None)
    if name is not None and reading.connections is not None and name not in reading.connections:
        meant = did_you_mean(name, reading.connections)
        message = f"The definition declares no connection {name!r} under `connections`.{meant}"
        yield Problem(f"{pointer}/connection", "unknown_connection", message)


def _loop_name(
    reading: Reading, kind: StepKind, raw: Mapping[str, Json], *, pointer: str, loops: frozenset[str]
) -> frozenset[str]:
    """The name that a loop gives its item; refused where it would hide another name. The usual one may."""
    field_ = fields_by_key(kind.settings).get("as")
    if field_ is None:
        return frozenset()
    name = raw.get("as", field_.default)
    if not isinstance(name, str):
        return frozenset()
    if "as" in raw:
        if name in TAKEN or name in LISTED or iskeyword(name):
            reading.add(f"{pointer}/as", "taken_name", f"{name!r} means something else in expressions; choose another.")
        elif name in loops:
            reading.add(f"{pointer}/as", "taken_name", f"A loop around this one calls its item {name!r} already.")
    return frozenset({name})
