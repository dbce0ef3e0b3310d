"""JSON Schema 2020-12 as definitions use it: which schemas are accepted, and what of a value does not fit one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import jsonschema_rs

from flowslot.base import json_text
from flowslot.base.canonical import canonical
from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.flowlang.nearest import did_you_mean
from flowslot.flowlang.pointers import escaped, pointer_of, resolve
from flowslot.flowlang.schema_problems import first_of, readable

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_BYTES = 256 * 1024
MAX_PATTERN = 1000
MAX_SIZE = 50_000
"""Subschemas a schema may have, each reference counted as a copy of what it names."""
MAX_REFERENCES = 50
"""References in a row that may lead from one to the next."""

_OWN_BASE = ("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor", "$vocabulary")
_ONE = ("not", "if", "then", "else", "items", "contains", "additionalProperties", "propertyNames")
_ONE_MORE = ("unevaluatedItems", "unevaluatedProperties", "contentSchema")
_LISTS = ("allOf", "anyOf", "oneOf", "prefixItems")
_MAPS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")


def schema_problems(schema: Json, value: Json) -> Sequence[Problem]:
    """What of a value does not fit a schema, with pointers into the value; at most 100."""
    try:
        validator = _validator(canonical(schema))
    except jsonschema_rs.ValidationError as error:
        return (Problem("", "bad_schema", f"The schema itself is not valid: {error.message[:300]}"),)
    value = json_text.plain(value)
    if validator.is_valid(value):
        return ()
    return first_of(problem for error in validator.iter_errors(value) for problem in readable(error))


def matches(pattern: str, text: str) -> bool:
    """Whether a pattern is found in a text, in time linear in its length; ValueError for one that is not accepted."""
    try:
        return _pattern(pattern).is_valid(text)
    except jsonschema_rs.ValidationError:
        raise ValueError(_BAD_PATTERN) from None


def wrong_in_schema(schema: Json) -> Sequence[Problem]:
    """Why a schema is not accepted, with pointers into it; nothing if it is. At most 100."""
    if len(canonical(schema)) > MAX_BYTES:
        return (Problem("", "bad_schema", f"A schema may have at most {MAX_BYTES // 1024} KiB."),)
    wrong = first_of(_wrong_form(schema)) or first_of(_wrong_places(schema, schema, ""))
    return wrong or _too_much(schema) or _does_not_compile(schema)


_BAD_PATTERN = "This pattern is not accepted: it must be a regular expression without look-around and back-references."


@lru_cache(maxsize=500)
def _validator(schema: bytes) -> jsonschema_rs.Validator:
    return _compiled(json_text.plain(json_text.parse(schema)))


@lru_cache(maxsize=100)
def _pattern(pattern: str) -> jsonschema_rs.Validator:
    return _compiled({"pattern": pattern})


def _compiled(schema: Json) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(
        schema,
        validate_formats=True,
        pattern_options=jsonschema_rs.RegexOptions(size_limit=1_000_000),
        offline=True,
        mask="This",
    )


@lru_cache(maxsize=1)
def _meta() -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator({"$ref": DIALECT}, offline=True, mask="This")


def _wrong_form(schema: Json) -> Iterator[Problem]:
    seen = set()
    for error in _meta().iter_errors(json_text.plain(schema)):
        for problem in readable(error):
            if problem.pointer not in seen:  # the vocabularies of the dialect each report what all of them share
                seen.add(problem.pointer)
                yield Problem(problem.pointer, "bad_schema", problem.message)


def _wrong_places(schema: Json, root: Json, pointer: str) -> Iterator[Problem]:
    if not isinstance(schema, dict):
        return
    yield from _wrong_keywords(schema, root, pointer)
    for place, inner in _subschemas(schema):
        yield from _wrong_places(inner, root, f"{pointer}/{place}")


def _wrong_keywords(schema: Mapping[str, Json], root: Json, pointer: str) -> Iterator[Problem]:
    for key in _OWN_BASE:
        if key in schema:
            yield Problem(f"{pointer}/{key}", "bad_schema", f"{key} is not accepted; refer to parts with $ref: '#/…'.")
    if schema.get("$schema", DIALECT).rstrip("#") != DIALECT:
        yield Problem(f"{pointer}/$schema", "bad_schema", f"Only JSON Schema 2020-12 is accepted ({DIALECT}).")
    reference = schema.get("$ref")
    if reference is not None:
        yield from _wrong_reference(reference, root, f"{pointer}/$ref")
    if "pattern" in schema and not _is_pattern(schema["pattern"]):
        yield Problem(f"{pointer}/pattern", "bad_schema", _BAD_PATTERN)
    for pattern in schema.get("patternProperties", ()):
        if not _is_pattern(pattern):
            yield Problem(f"{pointer}/patternProperties/{escaped(pattern)}", "bad_schema", _BAD_PATTERN)


def _wrong_reference(reference: str, root: Json, pointer: str) -> Iterator[Problem]:
    if reference != "#" and not reference.startswith("#/"):
        yield Problem(pointer, "bad_schema", "A $ref may only name a part of this schema: '#/$defs/…'.")
    elif not _names_a_schema(root, reference):
        known = [f"#/$defs/{name}" for name in root.get("$defs", ())]
        yield Problem(
            pointer, "bad_schema", f"{reference!r} names nothing in this schema.{did_you_mean(reference, known)}"
        )


def _is_pattern(pattern: str) -> bool:
    try:
        matches(pattern, "")
    except ValueError:
        return False
    return len(pattern) <= MAX_PATTERN


def _subschemas(schema: Mapping[str, Json]) -> Iterator[tuple[str, Json]]:
    for key in (*_ONE, *_ONE_MORE):
        if key in schema:
            yield key, schema[key]
    for key in _LISTS:
        yield from ((f"{key}/{number}", inner) for number, inner in enumerate(schema.get(key, ())))
    for key in _MAPS:
        yield from ((f"{key}/{escaped(name)}", inner) for name, inner in schema.get(key, {}).items())


def _names_a_schema(root: Json, reference: str) -> bool:
    try:
        return isinstance(resolve(root, reference.removeprefix("#")), dict | bool)
    except KeyError:
        return False


def _too_much(schema: Json) -> Sequence[Problem]:
    try:
        size = _size(schema, schema, {}, depth=0)
    except RecursionError:
        return (Problem("", "bad_schema", f"References lead through more than {MAX_REFERENCES} others."),)
    if size <= MAX_SIZE:
        return ()
    return (Problem("", "bad_schema", f"With every reference written out the schema has over {MAX_SIZE} parts."),)


def _size(schema: Json, root: Json, known: dict[str, int], *, depth: int) -> int:
    """Parts of a schema with references written out; one that leads back to itself counts once."""
    if depth > MAX_REFERENCES:
        raise RecursionError
    if not isinstance(schema, dict):
        return 1
    parts = (inner for place, inner in _subschemas(schema) if not place.startswith(("$defs/", "definitions/")))
    total = 1 + sum(_size(inner, root, known, depth=depth) for inner in parts)
    reference = schema.get("$ref", "")
    if reference and reference not in known:
        known[reference] = 1
        known[reference] = _size(resolve(root, reference.removeprefix("#")), root, known, depth=depth + 1)
    return min(total + known.get(reference, 0), MAX_SIZE + 1)


def _does_not_compile(schema: Json) -> Sequence[Problem]:
    try:
        _validator(canonical(schema))
    except jsonschema_rs.ValidationError as error:
        return (Problem(pointer_of(error.instance_path), "bad_schema", error.message[:300]),)
    return ()
