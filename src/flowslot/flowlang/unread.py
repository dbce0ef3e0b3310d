"""Steps whose settings cannot be read: what of them can be checked all the same, so that they hide nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.flowlang.fields import blocks_in, editor_of, fields_by_key
from flowslot.flowlang.kinds import StepKind, StepSettings
from flowslot.flowlang.settings_reading import read_settings

ALWAYS = ("item", "index", "key", "error")
"""Names that may be in scope, whatever kind of step it was meant to be."""
BLOCKS = ("then", "else", "steps", "catch", "finally")
"""Keys that hold steps in some kinds."""


@dataclass(frozen=True, slots=True)
class Unread:
    """Stands for the settings of a step that cannot be read."""

    values: Sequence[tuple[str, Json]] = ()
    """What may hold expressions, with its place below the step."""
    names: tuple[str, ...] = ALWAYS
    """What expressions in it may see beside the usual."""
    loops: bool = False
    """Whether it is a loop, so that its steps are seen only inside."""


def unread(kind: StepKind | None, raw: Mapping[str, Json]) -> Unread:
    """What stands for the settings of a step of this kind, or of a kind that nobody knows."""
    if kind is None:
        return Unread()
    fields = fields_by_key(kind.settings)
    written = [key for key, field in fields.items() if editor_of(field) in ("value", "text", "expression")]
    named = raw.get("as") if "as" in fields else None
    own = (named, f"{named}_index") if isinstance(named, str) and named.isidentifier() else ()
    return Unread([(f"/{key}", raw[key]) for key in written if key in raw], (*ALWAYS, *own), loops="as" in fields)


def without_wrong(
    kind: StepKind, raw: Mapping[str, Json], problems: Sequence[Problem], *, pointer: str
) -> StepSettings | None:
    """The settings without the keys that something is wrong with, where that is enough to know them by."""
    wrong = {problem.pointer.removeprefix(f"{pointer}/").partition("/")[0] for problem in problems}
    if "as" in wrong or any(problem.pointer == pointer for problem in problems):
        return None
    rest = {key: value for key, value in raw.items() if key.replace("~", "~0").replace("/", "~1") not in wrong}
    return read_settings(kind.settings, rest, pointer)[0]


def blocks_written(kind: StepKind | None, raw: Mapping[str, Json]) -> Iterator[tuple[str, list[Json]]]:
    """The lists of steps in a step, as they are written."""
    if kind is not None:
        yield from blocks_in(kind.settings, raw)
    else:
        yield from ((key, raw[key]) for key in BLOCKS if isinstance(raw.get(key), list))
