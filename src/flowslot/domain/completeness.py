"""What a registration lacks for a version: configuration values and connections (R3, R20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flowslot.base.json_text import Json
from flowslot.domain.validation import SchemaProblems


@dataclass(frozen=True, slots=True)
class Needs:
    """What a version asks of every registration."""

    config_schema: Json | None
    connections: Mapping[str, str]
    """Name → connector."""


def missing_values(needs: Needs, config: Json, *, schema_problems: SchemaProblems) -> tuple[str, ...]:
    """The configuration values that are missing or do not fit, as `config.name`; the ones that validation refuses."""
    if needs.config_schema is None:
        return ()
    found = (f"config{_dotted(each.pointer)}" for each in schema_problems(needs.config_schema, config))
    return tuple(dict.fromkeys(found))


def missing_bindings(needs: Needs, bound: Mapping[str, str], connectors: Mapping[str, str]) -> tuple[str, ...]:
    """The connections that are not bound, not there or of another connector, as `connections.name`."""
    return tuple(
        f"connections.{name}"
        for name, connector in needs.connections.items()
        if connectors.get(bound.get(name, "")) != connector
    )


def _dotted(pointer: str) -> str:
    return pointer.replace("/", ".").replace("~1", "/").replace("~0", "~")
