"""A parsed definition: one trigger and a tree of steps. Flowlang reads it from JSON; nothing here runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json

FORMAT = 1
MAX_STEPS = 500
MAX_LEVELS = 20


class Settings(Protocol):
    """The typed settings of a step or trigger kind; each kind knows its own."""


@dataclass(frozen=True, slots=True)
class TriggerDefinition:
    """What starts the flow, and the JSON Schema of what it brings (None takes anything)."""

    kind: str
    settings: Settings
    input_schema: Json | None


@dataclass(frozen=True, slots=True)
class Block:
    """A named list of steps inside a step: `then`, `elif/0/then`, `else`, `steps`, `catch`, `finally`."""

    name: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `pointer` is its place in the document; `settings` are its kind's own."""

    id: str
    kind: str
    pointer: str
    settings: Settings
    name: str | None
    note: str | None
    condition: str | bool | None
    """The `if` of the step as written, for kinds where it skips the step; None when always run."""
    disabled: bool
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole flow definition, as parsed; `document` is the JSON it was read from, in the current format."""

    document: Json
    hash: str
    trigger: TriggerDefinition
    config_schema: Json | None
    connections: Mapping[str, str]
    """Name → connector."""
    steps: tuple[Step, ...]

    def every_step(self) -> Iterator[Step]:
        """All steps in the order they stand, those inside others included."""
        yield from _walk(self.steps)

    def called_flows(self) -> tuple[str, ...]:
        """Slugs of the flows that call_flow steps name, each once, sorted."""
        return tuple(sorted({slug for step in self.every_step() if (slug := getattr(step.settings, "flow", None))}))


@dataclass(frozen=True, slots=True)
class Sketch:
    """What could be read of a document. It can be checked, to tell all its problems at once; it can never run."""

    definition: Definition | None
    """With what could be read; None where that is nothing."""
    problems: tuple[Problem, ...]
    """Why it is no definition; empty for one that is."""


def _walk(steps: tuple[Step, ...]) -> Iterator[Step]:
    for step in steps:
        yield step
        for block in step.blocks:
            yield from _walk(block.steps)
