"""Definitions read from JSON documents: the typed tree, or every problem with a JSON pointer to its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Literal

from pydantic import Field

from flowslot.base.canonical import canonical, content_hash
from flowslot.base.errors import Invalid, Problem
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition, Sketch, Step, TriggerDefinition
from flowslot.flowlang.fields import SCHEMA, JsonSchema, Name
from flowslot.flowlang.habits import KINDS
from flowslot.flowlang.kinds import StepKind, StepSettings
from flowslot.flowlang.nearest import did_you_mean
from flowslot.flowlang.pointers import escaped
from flowslot.flowlang.schema_problems import MAX_PROBLEMS, first_of
from flowslot.flowlang.settings_reading import read_settings, unknown_key
from flowslot.flowlang.step_reading import Reading, read_steps
from flowslot.flowlang.triggers import LATER, TRIGGERS
from flowslot.flowlang.unread import Unread
from flowslot.flowlang.upgrades import in_current_format, why_not_read

MAX_BYTES = 1024 * 1024
MAX_CONNECTIONS = 100

UNKNOWN_TRIGGER = TriggerDefinition("", Unread(), None)
"""The trigger of a sketch whose own cannot be read."""
KEYS = ("flow", "trigger", "config", "connections", "steps")


class ConnectionNeed(StepSettings):
    """One connection that the flow needs."""

    connector: Literal["http"] = Field(title="Connector", description="What kind of connection it must be.")


class ConfigSetting(StepSettings):
    """The schema of the configuration."""

    config: JsonSchema | None = Field(
        default=None,
        title="Configuration",
        description="JSON Schema of the values that each registration fills in; expressions see them as `config`.",
        json_schema_extra=SCHEMA,
    )


class ConnectionName(StepSettings):
    """The name of a connection."""

    name: Name


def parse(document: Json, kinds: Mapping[str, StepKind]) -> Definition:
    """The definition a document holds. Raises Invalid with every problem (the first 100), in the order of reading."""
    made = sketch(document, kinds)
    if made.problems or made.definition is None:
        raise _invalid(made.problems)
    return made.definition


def sketch(document: Json, kinds: Mapping[str, StepKind]) -> Sketch:
    """What can be read of a document, and every problem that keeps it from being a definition."""
    fitting, problems = _fitting(document)
    if fitting is None:
        return Sketch(None, tuple(problems))
    reading = Reading(kinds, connections=None, problems=problems)
    problems.extend(islice((unknown_key(key, KEYS, "") for key in fitting if key not in KEYS), MAX_PROBLEMS))
    trigger = _read_trigger(reading, fitting.get("trigger"), missing="trigger" not in fitting)
    config = _read_config(reading, fitting)
    reading.connections = _read_connections(reading, fitting.get("connections", {}))
    steps = _read_all_steps(reading, fitting)
    definition = Definition(
        document=fitting,
        hash=content_hash(fitting),
        trigger=trigger or UNKNOWN_TRIGGER,
        config_schema=config,
        connections=reading.connections or {},
        steps=steps,
    )
    return Sketch(definition, tuple(reading.problems))


def _fitting(document: Json) -> tuple[dict[str, Json] | None, list[Problem]]:
    """The document in the current format, and what is wrong with its number; None where it cannot be read at all."""
    if not isinstance(document, dict):
        return None, [Problem("", "wrong_type", "A definition is an object with `flow`, `trigger` and `steps`.")]
    size = len(canonical(document))
    if size > MAX_BYTES:
        return None, [Problem("", "too_large", f"A definition may have {MAX_BYTES} bytes; this has {size}.")]
    problem = why_not_read(document)
    if problem is None:
        return in_current_format(document), []
    return (None if problem.code == "newer_format" else document), [problem]


def _invalid(problems: Sequence[Problem]) -> Invalid:
    count = len(problems)
    first = problems[0]
    more = "" if count == 1 else f" It is the first of {count} problems."
    detail = f"The definition does not fit. {first.pointer or 'The whole'}: {first.message}{more}"
    return Invalid(detail, problems=first_of(problems))


def _read_trigger(reading: Reading, raw: Json, *, missing: bool) -> TriggerDefinition | None:
    if missing:
        reading.add("/trigger", "missing", "'trigger' is missing: what starts the flow.")
        return None
    if not isinstance(raw, dict):
        reading.add("/trigger", "wrong_type", "A flow has exactly one trigger: an object with `kind`.")
        return None
    kind = raw.get("kind")
    if not isinstance(kind, str):
        code = "wrong_type" if "kind" in raw else "missing"
        reading.add("/trigger/kind", code, f"Give the kind of the trigger: {', '.join(TRIGGERS)}.")
        return None
    if kind not in TRIGGERS:
        _refuse_trigger(reading, kind)
        return None
    own = {key: value for key, value in raw.items() if key != "kind"}
    settings, problems = read_settings(TRIGGERS[kind].settings, own, "/trigger", also_known=("kind",))
    reading.problems.extend(problems)
    return None if settings is None else TriggerDefinition(kind, settings, getattr(settings, "input", None))


def _refuse_trigger(reading: Reading, kind: str) -> None:
    if kind in LATER:
        reading.add("/trigger/kind", "not_available", f"Triggers of the kind {kind!r} are not available yet.")
    else:
        message = f"There is no kind of trigger {kind[:100]!r}.{did_you_mean(kind, TRIGGERS, habits=KINDS)}"
        reading.add("/trigger/kind", "unknown_kind", message)


def _read_config(reading: Reading, document: Mapping[str, Json]) -> Json | None:
    given = {key: document[key] for key in ("config",) if key in document}
    settings, problems = read_settings(ConfigSetting, given, "")
    reading.problems.extend(problems)
    schema = None if settings is None else settings.config
    if schema is not None and schema.get("type", "object") != "object":
        reading.add("/config/type", "bad_schema", "The configuration is an object: give `type: object`.")
    return schema


def _read_connections(reading: Reading, raw: Json) -> Mapping[str, str] | None:
    if not isinstance(raw, dict):
        reading.add("/connections", "wrong_type", "Give an object: a name for each connection, with its `connector`.")
        return None
    if len(raw) > MAX_CONNECTIONS:
        reading.add("/connections", "too_large", f"A definition may need {MAX_CONNECTIONS} connections at most.")
        return None
    return {name: _read_connection(reading, name, need) for name, need in raw.items()}


def _read_connection(reading: Reading, name: str, raw: Json) -> str:
    pointer = f"/connections/{escaped(name)}"
    _, problems = read_settings(ConnectionName, {"name": name}, pointer)
    reading.problems.extend(Problem(pointer, "bad_name", problem.message) for problem in problems)
    if not isinstance(raw, dict):
        reading.add(pointer, "wrong_type", "Say which connector it is: {connector: http}.")
        return ""
    need, problems = read_settings(ConnectionNeed, raw, pointer)
    reading.problems.extend(problems)
    return "" if need is None else need.connector


def _read_all_steps(reading: Reading, document: Mapping[str, Json]) -> tuple[Step, ...]:
    if "steps" not in document:
        reading.add("/steps", "missing", "'steps' is missing; it is a list, which may be empty.")
        return ()
    written = document["steps"]
    if not isinstance(written, list):
        reading.add("/steps", "wrong_type", "Give a list of steps.")
        return ()
    return read_steps(reading, written, "/steps")
