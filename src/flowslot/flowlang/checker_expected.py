"""Checks a value tree against the JSON Schema it has to fit: keys here, types of expressions by lines to check."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.flowlang.nearest import did_you_mean
from flowslot.flowlang.pointers import escaped
from flowslot.flowlang.schema_types import kinds_of, merged, referred, union
from flowslot.flowlang.schemas import schema_problems
from flowslot.flowlang.type_writer_rows import Row, Rows
from flowslot.flowlang.values_tree import Part, Text, Tree, Unreadable

MAX_LEVELS = 4
"""How deep the object or list that one expression gives is looked into."""
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_WORDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
    "object": "an object",
    "array": "a list",
}


class Expected:
    """One schema, and what has to fit it."""

    def __init__(
        self, rows: Rows, schema: Json, report: Callable[[Problem], None], written: Callable[[Tree], str]
    ) -> None:
        self._rows = rows
        self._root = schema
        self._report = report
        self._written = written

    def check(self, tree: Tree, pointer: str) -> str:
        """Writes the lines of a tree and what they have to fit; the name of its value."""
        return self._check(tree, self._root, pointer, optional=False)

    def _check(self, tree: Tree, schema: Json, pointer: str, *, optional: bool) -> str:
        schema = self._resolved(schema)
        if isinstance(tree, Unreadable):
            return self._written(tree)
        if isinstance(tree, Part):
            value = self._written(tree)
            self._fits(value, schema, tree, path="", levels=MAX_LEVELS, optional=optional)
            return value
        if isinstance(tree, dict) and self._allows("object", schema, tree, pointer):
            return self._object(tree, schema, pointer)
        if isinstance(tree, list) and self._allows("array", schema, tree, pointer):
            return self._list(tree, schema, pointer)
        if isinstance(tree, Text):
            self._allows("string", schema, tree, pointer)
        elif not isinstance(tree, dict | list) and not (optional and tree is None):
            self._constant(tree, schema, pointer)
        return self._written(tree)

    # ------------------------------------------------------------ what is written out

    def _object(self, tree: Mapping[str, Tree], schema: Mapping[str, Json], pointer: str) -> str:
        properties, required = schema.get("properties", {}), schema.get("required", ())
        for key in required:
            if key not in tree:
                near = did_you_mean(key, [each for each in tree if each not in properties])
                self._report(Problem(pointer, "missing_field", f"The field {key!r} is missing.{near}"))
        values = []
        for key, value in tree.items():
            inner = f"{pointer}/{escaped(key)}"
            if key not in properties and schema.get("additionalProperties") is False:
                missing = [each for each in properties if each not in tree]
                message = f"There is no field {key!r} here.{did_you_mean(key, missing or properties)}"
                self._report(Problem(inner, "unknown_field", message))
            wanted = properties.get(key, True)
            values.append(self._check(value, wanted, inner, optional=key not in required))
        return self._rows.assign(f"{self._rows.maker(list(tree))}({', '.join(values)})") if tree else "FS_object"

    def _list(self, tree: Sequence[Tree], schema: Mapping[str, Json], pointer: str) -> str:
        items = True if "prefixItems" in schema else schema.get("items", True)
        values = [self._check(each, items, f"{pointer}/{number}", optional=False) for number, each in enumerate(tree)]
        return self._rows.assign(f"[{', '.join(values)}]") if tree else "FS_list"

    def _allows(self, kind: str, schema: Json, tree: Tree, pointer: str) -> bool:
        kinds = _kinds(schema)
        if not kinds or kind in kinds:
            return isinstance(schema, dict)
        place = next(iter(tree.pieces), None) if isinstance(tree, Text) else None
        line = place.start if isinstance(place, Part) else None
        message = f"This gives {_WORDS[kind]}; {_words(kinds)} is wanted here."
        self._report(Problem(pointer, "type_error", message, line=line and line.line, column=line and line.column))
        return False

    def _constant(self, value: Json, schema: Json, pointer: str) -> None:
        if not isinstance(schema, dict):
            return
        definitions = {key: self._root[key] for key in ("$defs", "definitions") if key in self._root}
        for problem in schema_problems({**definitions, **schema}, value):
            self._report(Problem(f"{pointer}{problem.pointer}", "type_error", problem.message))

    # ------------------------------------------------------------ what an expression gives

    def _fits(self, value: str, schema: Json, part: Part, *, path: str, levels: int, optional: bool) -> None:
        schema = self._resolved(schema)
        kinds = _kinds(schema)
        if value == "FS_any" or not kinds or not levels or not isinstance(schema, dict):
            return
        if kinds == ("object",) and schema.get("properties"):
            self._fields(value, schema, part, path=path, levels=levels)
        elif kinds == ("array",):
            row = Row(part, self._rows.text_of(part), -1, "list", path)
            self._rows.ask(value, row, wanted="list[Any]")
            item = self._rows.assign(f"FS_each({value})")
            self._fits(item, schema.get("items"), part, path=f"{path}[0]", levels=levels - 1, optional=False)
        elif all(kind in _SCALARS for kind in kinds):
            wanted = union([*(_SCALARS[kind] for kind in kinds), *(["None"] if optional else [])])
            row = Row(part, self._rows.text_of(part), -1, "fits", f"{path}|{_words(kinds)}")
            self._rows.ask(value, row, wanted=wanted)

    def _fields(self, value: str, schema: Mapping[str, Json], part: Part, *, path: str, levels: int) -> None:
        for key in schema.get("required", ()):
            place = f"{path}.{key}" if key.isidentifier() else f"{path}[{key!r}]"
            row = Row(part, self._rows.text_of(part), -1, "field", place)
            found = self._rows.ask(f"{value}[{key!a}]", row)
            inner = schema["properties"].get(key, True)
            self._fits(found, inner, part, path=place, levels=levels - 1, optional=False)

    def _resolved(self, schema: Json) -> Json:
        for _ in range(20):
            if not isinstance(schema, dict):
                return True
            if "$ref" not in schema:
                return merged(schema, self._root)
            schema = referred(self._root, schema["$ref"])
        return True


def _kinds(schema: Json) -> tuple[str, ...]:
    """The JSON types that fit; none when any might."""
    if not isinstance(schema, dict):
        return ()
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return tuple(dict.fromkeys(_kind_of(value) for value in values)) if values else ()
    kinds = tuple(kinds_of(schema))
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if not kinds and alternatives:
        found = [_kinds(each) for each in alternatives]
        return tuple(dict.fromkeys(kind for each in found for kind in each)) if all(found) else ()
    return kinds


def _kind_of(value: Json) -> str:
    if value is None:
        return "null"
    kinds = ((bool, "boolean"), (int, "integer"), (str, "string"), (dict, "object"), (list, "array"))
    return next((kind for known, kind in kinds if isinstance(value, known)), "number")


def _words(kinds: Sequence[str]) -> str:
    return " or ".join(_WORDS[kind] for kind in kinds)
