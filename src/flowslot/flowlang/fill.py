"""Null for what a schema calls optional and a value leaves out, so that expressions can name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flowslot.base.json_text import Json
from flowslot.flowlang.schema_types import referred

Fill = Callable[[Json], Json]

MAX_REFERENCES = 50
"""References in a row that are followed."""


def filler(schema: Json | None) -> Fill:
    """A function that adds null for each absent property the schema names, at any depth; it changes nothing in place.

    A schema without such a property gives the identity. References within the schema are followed, round ones too.
    """
    return _Fillers(schema).of(schema) or _same


def _same(value: Json) -> Json:
    return value


class _Fillers:
    """The fills of one schema document, each made once, so that a schema may refer to itself."""

    def __init__(self, root: Json) -> None:
        self._root = root
        self._made: dict[int, Fill | None] = {}

    def of(self, schema: Json) -> Fill | None:
        """None where there is nothing to fill."""
        schema = self._resolved(schema)
        if not isinstance(schema, dict):
            return None
        key = id(schema)
        if key not in self._made:
            self._made[key] = lambda value: (self._made[key] or _same)(value)  # for references back to here
            self._made[key] = _in_turn([*self._own(schema), *self._parts(schema)])
        return self._made[key]

    def _own(self, schema: Mapping[str, Json]) -> list[Fill | None]:
        return [self._object(schema), self._list(schema), self._others(schema)]

    def _parts(self, schema: Mapping[str, Json]) -> list[Fill | None]:
        """What allOf says holds always; of the alternatives only a single one that is not null can be known to hold."""
        found = [self.of(each) for each in schema.get("allOf", ())]
        for key in ("anyOf", "oneOf"):
            choices = [each for each in schema.get(key, ()) if each != {"type": "null"}]
            if len(choices) == 1:
                found.append(self.of(choices[0]))
        return found

    def _object(self, schema: Mapping[str, Json]) -> Fill | None:
        properties: Mapping[str, Json] = schema.get("properties", {})
        required = schema.get("required", ())
        absent = [name for name in properties if name not in required]
        inner = {name: fill for name, each in properties.items() if (fill := self.of(each)) is not None}
        if not absent and not inner:
            return None

        def filled(value: Json) -> Json:
            if not isinstance(value, dict):
                return value
            found = {**value, **{name: None for name in absent if name not in value}}
            found.update((name, inner[name](found[name])) for name in inner if name in found)
            return found

        return filled

    def _list(self, schema: Mapping[str, Json]) -> Fill | None:
        inner = self.of(schema.get("items"))
        if inner is None or "prefixItems" in schema:
            return None
        return lambda value: [inner(item) for item in value] if isinstance(value, list) else value

    def _others(self, schema: Mapping[str, Json]) -> Fill | None:
        """For an object whose keys are data: what all its values have in common."""
        inner = None if "properties" in schema else self.of(schema.get("additionalProperties"))
        if inner is None:
            return None
        return lambda value: {key: inner(each) for key, each in value.items()} if isinstance(value, dict) else value

    def _resolved(self, schema: Json) -> Json:
        for _ in range(MAX_REFERENCES):
            if not isinstance(schema, dict) or "$ref" not in schema:
                return schema
            schema = referred(self._root, schema["$ref"])
        return None


def _in_turn(fills: Sequence[Fill | None]) -> Fill | None:
    wanted = [fill for fill in fills if fill is not None]
    if len(wanted) <= 1:
        return wanted[0] if wanted else None

    def filled(value: Json) -> Json:
        for fill in wanted:
            value = fill(value)
        return value

    return filled


def without_fill(schema: Json, value: Json) -> Json:
    """The value without the nulls of optional properties: the other way round, for handing a filled value on."""
    return _emptied(schema, value, schema)


def _emptied(schema: Json, value: Json, root: Json) -> Json:
    if isinstance(schema, dict) and "$ref" in schema:
        schema = referred(root, schema["$ref"])
    if not isinstance(schema, dict):
        return value
    if isinstance(value, list):
        return [_emptied(schema.get("items"), each, root) for each in value]
    if not isinstance(value, dict):
        return value
    known: Mapping[str, Json] = schema.get("properties", {})
    optional = known.keys() - set(schema.get("required", ()))
    kept = {name: each for name, each in value.items() if each is not None or name not in optional}
    return {name: _emptied(known.get(name), each, root) for name, each in kept.items()}
