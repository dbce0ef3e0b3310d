"""JSON Schemas of types as the checker tells them: `list[T1] | None` becomes a list of objects, or null."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flowslot.base.json_text import Json
from flowslot.flowlang.type_writer_rows import Rows

ANYTHING: Json = {}
NULL: Json = {"type": "null"}
MAX_TYPES = 2_000
"""Types that one schema may be made of; further ones are anything."""
_SCALARS: Mapping[str, str] = {
    "str": "string",
    "LiteralString": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
}
_KINDS = ((bool, "boolean"), (int, "integer"), (str, "string"))


@dataclass(slots=True)
class TypeSchemas:
    """The schemas of types told about one program."""

    rows: Rows
    left: int = MAX_TYPES

    def of(self, told: str) -> Json:
        """The schema of a type; that of anything for what schemas cannot tell."""
        try:
            return self._of(ast.parse(told, mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ANYTHING

    def _of(self, node: ast.expr) -> Json:
        self.left -= 1
        if self.left < 0:
            return ANYTHING
        if isinstance(node, ast.Constant) and node.value is None:
            return NULL
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            return any_of([self._of(node.left), self._of(node.right)])
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            arguments = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            return self._generic(node.value.id, arguments)
        return self._named(node.id) if isinstance(node, ast.Name) else ANYTHING

    def _generic(self, name: str, arguments: Sequence[ast.expr]) -> Json:
        if name == "Literal":
            return any_of([_of_literal(each) for each in arguments])
        if name == "list":
            return {"type": "array", "items": self._of(arguments[0])}
        if name == "dict" and len(arguments) == 2:
            return {"type": "object", "additionalProperties": self._of(arguments[1])}
        fields = self.rows.fields_of(name)
        return ANYTHING if fields is None else object_of(dict(zip(fields, map(self._of, arguments), strict=True)))

    def _named(self, name: str) -> Json:
        if name in _SCALARS:
            return {"type": _SCALARS[name]}
        if name in self.rows.types.objects:
            fields, others = self.rows.types.objects[name]
            found = object_of({field: self.of(kind) for field, kind in fields.items()})
            return found if others is None else {**found, "additionalProperties": self.of(others)}
        plain = self.rows.fields_of(name)
        return ANYTHING if plain is None else object_of(dict.fromkeys(plain, ANYTHING))


def object_of(fields: Mapping[str, Json]) -> Json:
    """The schema of an object that has these fields and no others."""
    return {"type": "object", "required": list(fields), "properties": dict(fields), "additionalProperties": False}


def any_of(schemas: Sequence[Json]) -> Json:
    """The schema of what fits one of several."""
    found: list[Json] = []
    for schema in schemas:
        found.extend(each for each in schema.get("anyOf", [schema]) if each not in found)
    if ANYTHING in found:
        return ANYTHING
    if all(set(each) == {"type"} for each in found):
        kinds = [each["type"] for each in found]
        flat = list(dict.fromkeys(kind for each in kinds for kind in ([each] if isinstance(each, str) else each)))
        return {"type": flat[0] if len(flat) == 1 else flat}
    return found[0] if len(found) == 1 else {"anyOf": found}


def _of_literal(node: ast.expr) -> Json:
    value = node.value if isinstance(node, ast.Constant) else 0 if isinstance(node, ast.UnaryOp) else ...
    return next(({"type": kind} for known, kind in _KINDS if isinstance(value, known)), ANYTHING)
