"""Optional properties: null where they are absent, and typed so."""

from __future__ import annotations

import pytest

from flowslot.base.json_text import Json
from flowslot.flowlang.fill import filler
from flowslot.flowlang.schema_types import SchemaTypes

ADDRESS: Json = {"type": "object", "required": ["city"], "properties": {"city": {}, "zip": {"type": "string"}}}
NODE: Json = {"$defs": {"node": {"properties": {"next": {"$ref": "#/$defs/node"}, "n": {}}}}, "$ref": "#/$defs/node"}

FILLED: tuple[tuple[Json, Json, Json], ...] = (
    (None, {"a": 1}, {"a": 1}),
    (True, {"a": 1}, {"a": 1}),
    ({"type": "string"}, "x", "x"),
    (ADDRESS, {"city": "Kiel"}, {"city": "Kiel", "zip": None}),
    (ADDRESS, {"city": "Kiel", "zip": "1", "more": 2}, {"city": "Kiel", "zip": "1", "more": 2}),
    (ADDRESS, {}, {"zip": None}),
    (ADDRESS, [1], [1]),
    (ADDRESS, None, None),
    ({"items": ADDRESS}, [{"city": "a"}, 5], [{"city": "a", "zip": None}, 5]),
    ({"items": ADDRESS}, {"city": "a"}, {"city": "a"}),
    ({"additionalProperties": ADDRESS}, {"x": {"city": "a"}}, {"x": {"city": "a", "zip": None}}),
    ({"properties": {"to": ADDRESS}}, {"to": {"city": "a"}}, {"to": {"city": "a", "zip": None}}),
    ({"properties": {"to": ADDRESS}}, {}, {"to": None}),
    ({"allOf": [ADDRESS, {"properties": {"x": {}}}]}, {"city": "a"}, {"city": "a", "zip": None, "x": None}),
    ({"anyOf": [ADDRESS, {"type": "null"}]}, {"city": "a"}, {"city": "a", "zip": None}),
    ({"anyOf": [ADDRESS, {"type": "null"}]}, None, None),
    ({"oneOf": [ADDRESS, {"properties": {"y": {}}}]}, {"city": "a"}, {"city": "a"}),
    ({"prefixItems": [ADDRESS], "items": ADDRESS}, [{"city": "a"}], [{"city": "a"}]),
    (NODE, {}, {"next": None, "n": None}),
    (NODE, {"next": {"next": {}}}, {"next": {"next": {"next": None, "n": None}, "n": None}, "n": None}),
    ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}, {"x": 1}, {"x": 1}),
    ({"$ref": "#/nowhere"}, {"x": 1}, {"x": 1}),
    ({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}}}, {"a": 1}, {"a": 1}),
)


@pytest.mark.parametrize(("schema", "value", "expected"), FILLED)
def test_what_is_optional_and_absent_becomes_null(schema: Json, value: Json, expected: Json) -> None:
    before = repr(value)
    assert filler(schema)(value) == expected
    assert repr(value) == before


def test_a_schema_without_optional_properties_costs_nothing() -> None:
    value = {"a": {"b": [1]}}
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"type": "object"}}}
    assert filler(schema)(value) is value


TYPES: tuple[tuple[Json, str], ...] = (
    (None, "Any"),
    (True, "Any"),
    ({}, "Any"),
    ({"type": "string"}, "str"),
    ({"type": ["string", "null"]}, "str | None"),
    ({"type": ["null", "integer", "string"]}, "int | str | None"),
    ({"type": "array"}, "list[Any]"),
    ({"type": "array", "items": {"type": "number"}}, "list[float]"),
    ({"items": {"type": "boolean"}}, "list[bool]"),
    ({"type": "array", "prefixItems": [{}], "items": {"type": "string"}}, "list[Any]"),
    ({"type": "object"}, "dict[str, Any]"),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]"),
    ({"type": "object", "patternProperties": {"^x": {}}}, "dict[str, Any]"),
    ({"enum": ["a", "b", None]}, "Literal['a', 'b'] | None"),
    ({"enum": [1, True]}, "Literal[1, True]"),
    ({"const": "x"}, "Literal['x']"),
    ({"const": None}, "None"),
    ({"enum": []}, "Any"),
    ({"enum": [[1]]}, "Any"),
    ({"enum": list(range(100))}, "int"),
    ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "str | None"),
    ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "str | int"),
    ({"oneOf": [{"type": "string"}, {"type": "array"}]}, "Any"),
    ({"anyOf": [{"type": "string"}, {}]}, "Any"),
    ({"type": "object", "properties": {"a": {}}, "anyOf": [{"properties": {"b": {}}}]}, "dict[str, Any]"),
    ({"$ref": "#/$defs/x", "$defs": {"x": {"type": "integer"}}}, "int"),
    ({"$ref": "#/nowhere"}, "Any"),
    ({"$ref": "#"}, "Any"),
    ({"allOf": [{"type": "string"}, {"minLength": 1}]}, "str"),
    (
        {
            "$ref": "#/$defs/a",
            "$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}},
        },
        "Any",
    ),
    ({"type": "something"}, "Any"),
)


@pytest.mark.parametrize(("schema", "expected"), TYPES)
def test_a_schema_has_its_type(schema: Json, expected: str) -> None:
    assert SchemaTypes().of(schema) == expected


FIELDS: tuple[tuple[Json, str], ...] = (
    (
        {"required": ["a"], "properties": {"a": {"type": "string"}, "b": {"type": "string"}}},
        "{'a': str, 'b': str | None}",
    ),
    ({"properties": {"a-b": {}, "from": {"type": ["integer", "null"]}}}, "{'a-b': Any, 'from': int | None}"),
    ({"required": ["z"], "properties": {"a": {"const": 1}}}, "{'a': Literal[1] | None, 'z': Any}"),
    ({"properties": {"a": {"type": "null"}}, "additionalProperties": True}, "{'a': None}, extra_items=Any"),
    ({"properties": {"a": True}, "additionalProperties": {"type": "string"}}, "{'a': Any}, extra_items=str"),
    ({"properties": {"a": True}, "then": {"properties": {"b": {}}}}, "{'a': Any}, extra_items=Any"),
    (
        {"allOf": [{"properties": {"a": {"type": "string"}}, "required": ["a"]}, {"properties": {"b": {}}}]},
        "{'b': Any, 'a': str}",
    ),
)


@pytest.mark.parametrize(("schema", "fields"), FIELDS)
def test_an_object_has_a_type_with_its_fields(schema: Json, fields: str) -> None:
    types = SchemaTypes()
    assert types.of(schema) == "T1"
    assert types.lines == [f"T1 = TypedDict('T1', {fields})"]


def test_a_schema_that_leads_back_to_itself_ends_in_any() -> None:
    types = SchemaTypes()
    assert types.of(NODE) == "T1"
    assert types.lines == ["T1 = TypedDict('T1', {'next': Any, 'n': Any})"]


def test_equal_schemas_share_a_type() -> None:
    types = SchemaTypes()
    assert types.of(ADDRESS) == types.of(dict(reversed(ADDRESS.items()))) == "T1"
