"""Types for the checker from JSON Schemas: an object becomes a TypedDict, what is optional may be None."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from flowslot.base.canonical import canonical
from flowslot.base.json_text import Json
from flowslot.flowlang.pointers import resolve

ANY = "Any"
NONE = "None"
MAX_TYPES = 2_000
"""Object types one program may have; further objects are Any."""
MAX_LEVELS = 30
MAX_CHOICES = 60
"""Values of an enum that are told one by one."""

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": NONE}
_OF_OBJECTS = ("properties", "additionalProperties", "patternProperties", "required", "propertyNames")


class SchemaTypes:
    """Writes the types of any number of schemas into one program; equal schemas share a type."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        """Definitions of the types, in an order in which each is known before it is used."""
        self.objects: dict[str, tuple[Mapping[str, str], str | None]] = {}
        """The object types by name: the types of their fields, and of fields without a name."""
        self.about: dict[str, Mapping[str, str]] = {}
        """What schemas say of the fields of an object type, in words, by the name of the type."""
        self._known: dict[bytes, str] = {}
        self._count = 0

    def of(self, schema: Json | None) -> str:
        """The type of a schema; Any for None and for what types cannot tell."""
        if schema is None:
            return ANY
        key = canonical(schema)
        if key not in self._known:
            self._known[key] = _Document(self, schema).type_of(schema, ())
        return self._known[key]

    def add_object(self, fields: Mapping[str, str], *, others: str | None) -> str:
        """A new object type; `others` is the type of fields without a name, None when there are none."""
        if self._count >= MAX_TYPES:
            return ANY
        self._count += 1
        name = f"T{self._count}"
        self.objects[name] = (fields, others)
        extra = "" if others is None else f", extra_items={others}"
        written = ", ".join(f"{key!a}: {kind}" for key, kind in fields.items())
        self.lines.append(f"{name} = TypedDict({name!r}, {{{written}}}{extra})")
        return name


class _Document:
    """One schema document, within which references lead."""

    def __init__(self, types: SchemaTypes, root: Json) -> None:
        self._types = types
        self._root = root
        self._references: dict[str, str] = {}

    def type_of(self, schema: Json, inside: tuple[str, ...]) -> str:
        if not isinstance(schema, dict) or len(inside) > MAX_LEVELS:
            return ANY
        if "$ref" in schema:
            return self._reference(schema["$ref"], inside)
        if "const" in schema:
            return literals([schema["const"]])
        if "enum" in schema:
            return literals(schema["enum"])
        schema = merged(schema, self._root)
        kinds = kinds_of(schema)
        if not kinds:
            return self._alternatives(schema, inside)
        return union(self._kind(kind, schema, inside) for kind in kinds)

    def _reference(self, reference: str, inside: tuple[str, ...]) -> str:
        """The type of what is referred to; a schema that leads back to itself is Any there."""
        if reference in inside:
            return ANY
        if reference not in self._references:
            self._references[reference] = self.type_of(referred(self._root, reference), (*inside, reference))
        return self._references[reference]

    def _alternatives(self, schema: Mapping[str, Json], inside: tuple[str, ...]) -> str:
        for key in ("anyOf", "oneOf"):
            if schema.get(key):
                return union(self.type_of(each, (*inside, "")) for each in schema[key])
        return ANY

    def _kind(self, kind: str, schema: Mapping[str, Json], inside: tuple[str, ...]) -> str:
        if kind == "object":
            return self._object(schema, (*inside, ""))
        if kind == "array":
            items = ANY if "prefixItems" in schema else self.type_of(schema.get("items"), (*inside, ""))
            return f"list[{items}]"
        return _SCALARS.get(kind, ANY)

    def _object(self, schema: Mapping[str, Json], inside: tuple[str, ...]) -> str:
        properties: Mapping[str, Json] = schema.get("properties", {})
        others = self._others(schema, inside)
        if not properties or any(_has_fields(each) for key in ("anyOf", "oneOf") for each in schema.get(key, ())):
            return f"dict[str, {others or ANY if not properties else ANY}]"
        required = schema.get("required", ())
        fields = {
            key: kind if key in required else union((kind, NONE))
            for key, kind in ((key, self.type_of(each, inside)) for key, each in properties.items())
        }
        fields.update({key: ANY for key in required if key not in properties})
        name = self._types.add_object(fields, others=others)
        self._types.about[name] = {key: self._about(each) for key, each in properties.items()}
        return name

    def _about(self, schema: Json) -> str:
        """The description of a schema, or of what it refers to."""
        if not isinstance(schema, dict):
            return ""
        said = schema.get("description") or schema.get("title")
        if said is None and "$ref" in schema:
            said = (referred(self._root, schema["$ref"]) or {}).get("description")
        return said if isinstance(said, str) else ""

    def _others(self, schema: Mapping[str, Json], inside: tuple[str, ...]) -> str | None:
        """The type of fields without a name; None when only the named ones are there, as is meant unless said."""
        if "patternProperties" in schema or any(_has_fields(schema.get(key)) for key in ("then", "else")):
            return ANY
        if any(_has_fields(each) for each in schema.get("dependentSchemas", {}).values()):
            return ANY
        more = schema.get("additionalProperties", False)
        return None if more is False else self.type_of(more, inside)


def union(kinds: Iterable[str]) -> str:
    """Any of some types. Where more than one is an object or a list nothing is said: no test could tell them apart."""
    found = list(dict.fromkeys(part for kind in kinds for part in _parts(kind)))
    several = [kind for kind in found if kind != NONE]
    if ANY in found or (len(several) > 1 and any(map(_is_collection, several))):
        return ANY
    return " | ".join([*several, NONE] if NONE in found else several) or ANY


def _parts(kind: str) -> tuple[str, ...]:
    bare = kind.removesuffix(f" | {NONE}")
    return (kind,) if bare == kind else (bare, NONE)


def _is_collection(kind: str) -> bool:
    return kind.startswith(("T", "list[", "dict["))


def literals(values: Sequence[Json]) -> str:
    """The type of just these values, or of their kinds where there is no such type."""
    if len(values) > MAX_CHOICES or any(isinstance(value, Decimal | float | list | dict) for value in values):
        return union(_kind_of(value) for value in values)
    told = [ascii(value) for value in values if value is not None]
    found = [f"Literal[{', '.join(told)}]"] if told else []
    return " | ".join([*found, NONE] if None in values else found) or ANY


def _kind_of(value: Json) -> str:
    if value is None:
        return NONE
    kinds = ((bool, "bool"), (int, "int"), (Decimal, "float"), (float, "float"), (str, "str"))
    return next((kind for known, kind in kinds if isinstance(value, known)), ANY)


def kinds_of(schema: Mapping[str, Json]) -> Sequence[str]:
    """The JSON types a schema names, or implies by its keywords; none when it says nothing."""
    named = schema.get("type")
    if named is None:
        if any(key in schema for key in _OF_OBJECTS):
            return ("object",)
        return ("array",) if "items" in schema or "prefixItems" in schema else ()
    return (named,) if isinstance(named, str) else tuple(named)


def merged(schema: Mapping[str, Json], root: Json, *, levels: int = 8) -> Mapping[str, Json]:
    """A schema with its allOf taken in, down to some levels."""
    parts = schema.get("allOf")
    if not parts or not levels:
        return schema
    found: dict[str, Json] = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts[:MAX_LEVELS]:
        resolved = referred(root, part["$ref"]) if isinstance(part, dict) and "$ref" in part else part
        if isinstance(resolved, dict):
            _take_in(found, merged(resolved, root, levels=levels - 1))
    return found


def _take_in(found: dict[str, Json], part: Mapping[str, Json]) -> None:
    for key, value in part.items():
        if key == "properties":
            found[key] = {**value, **found.get(key, {})}
        elif key == "required":
            found[key] = [*found.get(key, ()), *value]
        else:
            found.setdefault(key, value)


def referred(root: Json, reference: str) -> Json:
    """What a reference within a schema names; None when it names nothing."""
    try:
        return resolve(root, reference.removeprefix("#"))
    except KeyError:
        return None


def _has_fields(schema: Json) -> bool:
    return isinstance(schema, dict) and ("properties" in schema or "$ref" in schema)
