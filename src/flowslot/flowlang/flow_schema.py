"""The JSON Schema (2020-12) of a whole definition, made from the settings of every kind, for editors and readers."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel

from flowslot.base.json_text import Json
from flowslot.domain.definition import FORMAT, MAX_STEPS
from flowslot.flowlang.fields import EDITOR, EXPRESSIONS, NAME, ORDER
from flowslot.flowlang.kinds import StepKind
from flowslot.flowlang.parse import MAX_CONNECTIONS, ConfigSetting, ConnectionNeed
from flowslot.flowlang.schemas import DIALECT
from flowslot.flowlang.step_reading import StepKeys
from flowslot.flowlang.triggers import TRIGGERS

TITLE = "Flowslot definition"
_TOGETHER = ("oneOf", "anyOf", "allOf", "not", "dependentRequired")
"""What a model says of its keys together, beside each one's own schema."""
_COMPUTED = ("value", "text", "expression")
"""What an editor holds that may be, or hold, an expression."""
_FIRST, _LAST = ("id", "kind", "name"), ("if", "disabled", "note")
"""Where a form shows the keys that all steps have: before and after those of the kind."""


def flow_schema(kinds: Mapping[str, StepKind]) -> Json:
    """What a definition may hold. Every key has a title and a description; `x-editor` says what to edit it with.

    `x-expression` marks what may hold expressions; `x-order` is the order in which a form shows the keys of a kind.
    """
    parts = _Parts()
    for kind in kinds.values():
        parts.add_step(kind)
    for name, spec in TRIGGERS.items():
        own = _own(parts, spec.settings, kind=name)
        order = ["kind", *(key for key in own["properties"] if key != "kind")]
        parts.add(f"trigger_{name}", {"title": spec.title, **own, ORDER: order, "examples": [spec.example]})
    parts.add("step", _by_kind("step", kinds, title="Step", also=("id",)))
    parts.add("trigger", _by_kind("trigger", TRIGGERS, title="Trigger", also=()))
    return {"$schema": DIALECT, "title": TITLE, **_document(parts), "$defs": parts.found}


class _Parts:
    """The named parts of the schema."""

    def __init__(self) -> None:
        self.found: dict[str, Json] = {}

    def add(self, name: str, schema: Json) -> None:
        if self.found.setdefault(name, schema) != schema:
            raise ValueError(f"two parts of the schema are called {name!r}")

    def add_step(self, kind: StepKind) -> None:
        keys = _own(self, StepKeys, kind=kind.name)
        own = _own(self, kind.settings, kind=kind.name)
        self.add(
            f"step_{kind.name}",
            {
                "title": kind.title,
                "description": kind.about.partition("\n\n")[0].replace("\n", " "),
                "type": "object",
                "required": list(dict.fromkeys([*keys["required"], *own["required"]])),
                "properties": {**keys["properties"], **own["properties"]},
                "additionalProperties": False,
                **{key: value for key, value in own.items() if key in _TOGETHER},
                ORDER: _order(own["properties"]),
                "examples": [kind.example["step"]],
            },
        )


def _order(own: Mapping[str, Json]) -> list[str]:
    """All keys of a kind of step: its own stand in the middle."""
    return [*_FIRST, *(key for key in own if key not in _FIRST), *(key for key in _LAST if key not in own)]


def _document(parts: _Parts) -> dict[str, Json]:
    connection = _own(parts, ConnectionNeed, kind=None)
    return {
        "description": "A flow: one trigger and a tree of steps.",
        "type": "object",
        "required": ["flow", "trigger", "steps"],
        "properties": {
            "flow": {"const": FORMAT, "title": "Format", "description": "The format of this document."},
            "trigger": {"$ref": "#/$defs/trigger"},
            **_own(parts, ConfigSetting, kind=None)["properties"],
            "connections": {
                "title": "Connections",
                "description": "Names of the connections that the flow needs; each registration binds its own to them.",
                "type": "object",
                "propertyNames": {"pattern": NAME},
                "maxProperties": MAX_CONNECTIONS,
                "additionalProperties": connection,
            },
            "steps": {
                "title": "Steps",
                "description": f"What the flow does, in this order; {MAX_STEPS} steps at most, counting those inside.",
                "type": "array",
                "items": {"$ref": "#/$defs/step"},
            },
        },
        "additionalProperties": False,
    }


def _by_kind(noun: str, kinds: Mapping[str, object], *, title: str, also: tuple[str, ...]) -> Json:
    """The schema of something whose keys depend on its kind: editors then complete and check those of the kind."""
    return {
        "title": title,
        "type": "object",
        "required": [*also, "kind"],
        "properties": {"kind": {"title": "Kind", "enum": list(kinds)}},
        "allOf": [
            {
                "if": {"properties": {"kind": {"const": name}}, "required": ["kind"]},
                "then": {"$ref": f"#/$defs/{noun}_{name}"},
            }
            for name in kinds
        ],
    }


def _own(parts: _Parts, model: type[BaseModel], *, kind: str | None) -> dict[str, Json]:
    """The keys of a settings model; models inside it become parts of their own."""
    schema = model.model_json_schema(by_alias=True, ref_template="#/$defs/{model}")
    for name, inner in schema.pop("$defs", {}).items():
        parts.add(name, _tidy(inner))
    found = _tidy(schema)
    found.setdefault("required", [])
    if kind is not None:
        about = {"const": kind, "title": "Kind", "description": "What it is."}
        found["properties"] = {**found["properties"], "kind": about}
        found["required"] = list(dict.fromkeys(["kind", *found["required"]]))
    return found


def _tidy(schema: dict[str, Json]) -> dict[str, Json]:
    """A model's schema as the parser reads it: an optional key is left out, not null."""
    properties = {key: _without_null(field) for key, field in schema.get("properties", {}).items()}
    rest = {key: value for key, value in schema.items() if key not in ("title", "description")}
    return {**rest, "properties": properties} if "properties" in schema else schema


def _without_null(field: dict[str, Json]) -> dict[str, Json]:
    found = {key: value for key, value in field.items() if not (key == "default" and value is None)}
    choices = [each for each in found.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        del found["anyOf"]
        found = {**choices[0], **found}
    elif choices:
        found["anyOf"] = choices
    if found.get(EDITOR) in _COMPUTED:
        found[EXPRESSIONS] = True
    return {**found, "items": {"$ref": "#/$defs/step"}} if found.get(EDITOR) == "steps" else found
