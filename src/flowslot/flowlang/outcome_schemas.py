"""The schemas of what a flow ends with, put together from what its stop steps say.

Fields that only some ends have are known as well: which end it was, only a run can tell. Null counts where a success
may give it; that a failure brings no details is left to whoever looks at `status`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flowslot.base.json_text import Json
from flowslot.flowlang.type_schemas import ANYTHING, NULL, any_of, object_of
from flowslot.flowlang.values_tree import Text, Tree

SUCCESS, FAILURE = "success", "failure"


@dataclass(frozen=True, slots=True)
class Question:
    """Stands in a tree for an expression whose type is asked for."""

    number: int
    """The number of the line that asks."""


@dataclass(frozen=True, slots=True)
class End:
    """What one stop step says, with questions for its expressions."""

    status: Json
    message: Tree
    details: Tree


SILENT = End(SUCCESS, None, None)
"""The end of a run that meets no stop step."""


def outcome_of(ends: Sequence[End], answer: Callable[[Question], Json]) -> Mapping[str, Json]:
    """The schemas of status, message and details of a flow with these ends."""
    messages = [_schema(end.message, answer) for end in ends]
    return {
        "status": {"enum": [each for each in (SUCCESS, FAILURE) if any(_may_be(end, each) for end in ends)]},
        "message": {"type": ["string", "null"] if any(map(_may_be_null, messages)) else "string"},
        "details": _details(
            [_schema(end.details, answer) for end in ends if _may_be(end, SUCCESS)],
            [_schema(end.details, answer) for end in ends if not _may_be(end, SUCCESS)],
        ),
    }


def _may_be(end: End, status: str) -> bool:
    return end.status == status or end.status not in (SUCCESS, FAILURE)


def _details(successes: Sequence[Json], failures: Sequence[Json]) -> Json:
    given = [each for each in successes if each != NULL]
    others = [each for each in failures if each != NULL]
    found = _joined(given or others)
    if given and _has_fields(found):
        found = _joined([found, *(each for each in others if _has_fields(each))])
    return any_of([found, NULL]) if given and NULL in successes else found


def _joined(schemas: Sequence[Json]) -> Json:
    """What fits several ends: objects with fields become one with the fields of all."""
    if not schemas:
        return NULL
    first, *others = schemas
    for other in others:
        first = _both(first, other)
    return first


def _both(one: Json, other: Json) -> Json:
    if one == other:
        return one
    if _has_fields(one) and _has_fields(other):
        fields = dict(one["properties"])
        for key, schema in other["properties"].items():
            fields[key] = _both(fields[key], schema) if key in fields else schema
        return object_of(fields)
    if "items" in one and "items" in other:
        return {"type": "array", "items": _both(one["items"], other["items"])}
    return any_of([one, other])


def _has_fields(schema: Json) -> bool:
    return "properties" in schema and schema.get("additionalProperties") is False


def _may_be_null(schema: Json) -> bool:
    return schema == ANYTHING or "null" in schema.get("type", ()) or NULL in schema.get("anyOf", ())


def _schema(tree: Tree, answer: Callable[[Question], Json]) -> Json:
    if isinstance(tree, Question):
        return answer(tree)
    if isinstance(tree, dict):
        return object_of({key: _schema(value, answer) for key, value in tree.items()}) if tree else {"type": "object"}
    if isinstance(tree, list):
        found = [_schema(each, answer) for each in tree]
        return {"type": "array", "items": any_of(found) if found else ANYTHING}
    if isinstance(tree, str | Text):
        return {"type": "string"}
    kinds = ((bool, "boolean"), (int, "integer"), (Decimal, "number"), (float, "number"))
    return next(({"type": kind} for known, kind in kinds if isinstance(tree, known)), NULL)
