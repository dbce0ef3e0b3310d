"""Settings read from a document by their model: the typed object, or every problem with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from flowslot.base.errors import Problem
from flowslot.base.json_text import Json
from flowslot.flowlang.fields import NAME, SLUG, Wrong, fields_by_key, model_in, takes_null
from flowslot.flowlang.habits import KEYS
from flowslot.flowlang.kinds import StepSettings
from flowslot.flowlang.nearest import did_you_mean
from flowslot.flowlang.pointers import escaped
from flowslot.flowlang.schema_problems import MAX_PROBLEMS

Model = TypeVar("Model", bound=StepSettings)

_TYPES = {
    "string_type": "a text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "an object",
    "model_type": "an object",
    "model_attributes_type": "an object",
}
_PATTERNS = {
    NAME: "Begin with a lower-case letter a–z; then use lower-case letters, digits and _, 100 characters at most.",
    SLUG: "Use 1 to 63 of the characters a–z, 0–9 and -, not beginning with -.",
}


def read_settings(
    model: type[Model], raw: Mapping[str, Json], pointer: str, *, also_known: Iterable[str] = ()
) -> tuple[Model | None, list[Problem]]:
    """The settings, or None and what is wrong with them. `also_known` are keys of somebody else that may be meant."""
    problems = [*islice(_unknown_keys(model, raw, pointer, also_known), MAX_PROBLEMS), *_nulls(model, raw, pointer)]
    settings: Model | None = None
    try:
        settings = model.model_validate(raw)
    except ValidationError as error:
        for each in error.errors(include_url=False, include_input=False):
            problems.extend(_problems_of(each, raw, pointer))
    unique = list({(problem.pointer, problem.code): problem for problem in reversed(problems)}.values())[::-1]
    return (None if unique else settings), unique


def unknown_key(key: str, known: Iterable[str], pointer: str) -> Problem:
    """The problem of a key that does not belong where it stands."""
    message = f"{key[:100]!r} is not a key that is known here.{did_you_mean(key, known, habits=KEYS)}"
    return Problem(f"{pointer}/{escaped(key)}", "unknown_key", message)


def _nested(model: type[StepSettings], raw: Mapping[str, Json]) -> Iterator[tuple[type[StepSettings], Any, str]]:
    """The models inside a model that are written as objects: the model, what is written, and its place."""
    for key, field in fields_by_key(model).items():
        inner, value = model_in(field.annotation), raw.get(key)
        if inner is not None and isinstance(value, dict):
            yield inner, value, f"/{key}"
        elif inner is not None and isinstance(value, list):
            yield from ((inner, each, f"/{key}/{n}") for n, each in enumerate(value) if isinstance(each, dict))


def _unknown_keys(
    model: type[StepSettings], raw: Mapping[str, Json], pointer: str, also_known: Iterable[str]
) -> Iterator[Problem]:
    known = [*fields_by_key(model), *also_known]
    yield from (unknown_key(key, known, pointer) for key in raw if key not in known)
    for inner, value, place in _nested(model, raw):
        yield from _unknown_keys(inner, value, f"{pointer}{place}", ())


def _nulls(model: type[StepSettings], raw: Mapping[str, Json], pointer: str) -> Iterator[Problem]:
    for key, field in fields_by_key(model).items():
        if key in raw and raw[key] is None and not takes_null(field):
            yield Problem(f"{pointer}/{key}", "wrong_type", f"Null is no value for {key!r}; leave the key out.")
    for inner, value, place in _nested(model, raw):
        yield from _nulls(inner, value, f"{pointer}{place}")


def _problems_of(error: ErrorDetails, raw: Json, pointer: str) -> Iterator[Problem]:
    place = f"{pointer}{_place(error, raw)}"
    kind = error["type"]
    if kind == "wrong":
        for wrong in error["ctx"]["wrong"]:
            yield _problem(wrong, place)
    elif kind == "missing":
        yield Problem(place, "missing", f"{error['loc'][-1]!r} is missing.")
    elif kind != "extra_forbidden":  # those are reported with the nearest right key already
        yield Problem(place, "wrong_type" if kind in _TYPES else "invalid", _message(error))


def _problem(wrong: Wrong, place: str) -> Problem:
    return Problem(f"{place}{wrong.at}", wrong.code, wrong.message, line=wrong.line, column=wrong.column)


def _place(error: ErrorDetails, raw: Json) -> str:
    """Where an error stands in the document; parts of its place that only name a type are left out."""
    found, here = "", raw
    for part in error["loc"]:
        if isinstance(here, dict) and isinstance(part, str) and (part in here or error["type"] == "missing"):
            found, here = f"{found}/{escaped(part)}", here.get(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            found, here = f"{found}/{part}", here[part]
    return found


def _message(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in _TYPES:
        return f"This must be {_TYPES[kind]}."
    match kind:
        case "literal_error":
            return f"This must be {context['expected']}."
        case "string_pattern_mismatch":
            return _PATTERNS.get(context["pattern"], f"This must match {context['pattern']}.")
        case "greater_than_equal":
            return f"This must be at least {context['ge']}."
        case "less_than_equal":
            return f"This must be at most {context['le']}."
        case "string_too_long":
            return f"At most {context['max_length']} characters."
        case "string_too_short":
            return f"At least {context['min_length']} characters."
        case _:
            return f"{error['msg']}."
