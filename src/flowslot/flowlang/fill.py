"""Null for what a schema calls optional and a value leaves out, so that expressions can name it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flowslot.base.json_text import Json

Fill = Callable[[Json], Json]


def filler(schema: Json | None) -> Fill:
    """A function that adds null for each absent property the schema names, at any depth; it changes nothing in place.

    A schema without such a property gives the identity. `$ref`s into the schema itself are followed, round ones too.
    """
    return _Fillers(schema).of(schema) or _same


def _same(value: Json) -> Json:
    return value


class _Fillers:
    """The fills of one document's schemas, each made once, so that a schema may refer to itself."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self._made: dict[int, Fill | None] = {}

    def of(self, schema: Json) -> Fill | None:
        """None where there is nothing to fill."""
        schema = self._resolved(schema)
        if not isinstance(schema, dict):
            return None
        key = id(schema)
        if key not in self._made:
            self._made[key] = lambda value: (self._made[key] or _same)(value)  # for references back to here
            self._made[key] = self._fill_of(schema)
        return self._made[key]

    def _fill_of(self, schema: Mapping[str, Json]) -> Fill | None:
        fills = [self._object(schema), self._array(schema), *map(self.of, schema.get("allOf", ()))]
        wanted = [fill for fill in fills if fill is not None]
        return _chain(wanted) if len(wanted) > 1 else next(iter(wanted), None)

    def _object(self, schema: Mapping[str, Json]) -> Fill | None:
        properties = schema.get("properties")
        if not isinstance(properties, dict):
            return None
        absent = {name: None for name in properties if name not in schema.get("required", ())}
        inner = {name: fill for name, each in properties.items() if (fill := self.of(each)) is not None}
        if not absent and not inner:
            return None

        def filled(value: Json) -> Json:
            if not isinstance(value, dict):
                return value
            found = value | {name: None for name in absent if name not in value}
            for name, fill in inner.items():
                if name in found:
                    found[name] = fill(found[name])
            return found

        return filled

    def _array(self, schema: Mapping[str, Json]) -> Fill | None:
        fill = self.of(schema.get("items"))
        if fill is None:
            return None
        return lambda value: [fill(item) for item in value] if isinstance(value, list) else value

    def _resolved(self, schema: Json) -> Json:
        for _ in range(8):
            if not isinstance(schema, dict) or not isinstance(schema.get("$ref"), str):
                return schema
            schema = self._at(schema["$ref"])
        return None

    def _at(self, reference: str) -> Json:
        found = self._document
        for part in reference.removeprefix("#").split("/")[1:]:
            found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        return found if reference.startswith("#") else None


def _chain(fills: list[Fill]) -> Fill:
    def filled(value: Json) -> Json:
        for fill in fills:
            value = fill(value)
        return value

    return filled
