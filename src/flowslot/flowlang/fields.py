"""The types that settings of steps and triggers are made of, with what an editor shows for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, Field, WithJsonSchema
from pydantic.config import JsonDict
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from flowslot.base.durations import PATTERN, duration
from flowslot.base.json_text import Json
from flowslot.flowlang.kinds import StepSettings
from flowslot.flowlang.schemas import wrong_in_schema

EDITOR = "x-editor"
VALUE: JsonDict = {EDITOR: "value"}
"""Any JSON; expressions and templates may stand anywhere in it."""
TEXT: JsonDict = {EDITOR: "text"}
"""A text, a template, or an expression."""
EXPRESSION: JsonDict = {EDITOR: "expression"}
"""A text that begins with `=`."""
STEPS: JsonDict = {EDITOR: "steps"}
CODE: JsonDict = {EDITOR: "code"}
SCHEMA: JsonDict = {EDITOR: "schema"}
FLOW: JsonDict = {EDITOR: "flow"}
CONNECTION: JsonDict = {EDITOR: "connection"}
CRON: JsonDict = {EDITOR: "cron"}
TIMEZONE: JsonDict = {EDITOR: "timezone"}

ORDER = "x-order"
"""The keys of a kind in the order in which a form shows them."""
EXPRESSIONS = "x-expression"
"""Marks what may be, or hold, an expression."""

STARTS_WITH_ONE = "^=([^=]|$)"
SLUG = r"^[a-z0-9][a-z0-9-]{0,62}$"
NAME = r"^[a-z][a-z0-9_]{0,99}$"
"""Ids of steps, loop names, names of connections: what can stand after a dot in an expression."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that a validator of settings found; `at` is a pointer below the field or model it checks."""

    message: str
    at: str = ""
    code: str = "invalid"
    line: int | None = None
    column: int | None = None


def refusal(*wrong: Wrong) -> PydanticCustomError:
    """The error a validator raises to report problems with places of their own."""
    return PydanticCustomError("wrong", "not valid", {"wrong": wrong})


def is_expression(text: str) -> bool:
    """Whether a text is an expression: it begins with one `=` (`==` begins a literal text)."""
    return text.startswith("=") and not text.startswith("==")


def is_computed(value: Json) -> bool:
    """Whether a value is an expression or a template, so that it is known only in a run."""
    return isinstance(value, str) and (is_expression(value) or "{{" in value)


def _expression(text: str) -> str:
    if not is_expression(text):
        raise refusal(Wrong("This is an expression: begin it with '=', for example =trigger.total > 100."))
    return text


def _truth(value: Json) -> Json:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise refusal(Wrong("Give true, false or an expression, for example =trigger.total > 100.", code="wrong_type"))
    return _expression(value)


def _list_or_expression(value: Json) -> Json:
    if isinstance(value, list) or (isinstance(value, str) and is_expression(value)):
        return value
    raise refusal(Wrong("Give a list, or an expression that gives one, for example =trigger.lines.", code="wrong_type"))


def _collection_or_expression(value: Json) -> Json:
    if isinstance(value, dict | list) or (isinstance(value, str) and is_expression(value)):
        return value
    message = "Give a list, an object, or an expression that gives one, for example =trigger.lines."
    raise refusal(Wrong(message, code="wrong_type"))


def _object_or_expression(value: Json) -> Json:
    if isinstance(value, dict) or (isinstance(value, str) and is_expression(value)):
        return value
    raise refusal(Wrong("Give an object, or an expression that gives one.", code="wrong_type"))


def _schema(value: dict[str, Json]) -> dict[str, Json]:
    wrong = [Wrong(each.message, at=each.pointer, code="bad_schema") for each in wrong_in_schema(value)]
    if wrong:
        raise refusal(*wrong)
    return value


Expression = Annotated[str, AfterValidator(_expression), WithJsonSchema({"type": "string", "pattern": STARTS_WITH_ONE})]
Truth = Annotated[
    Json, AfterValidator(_truth), WithJsonSchema({"type": ["boolean", "string"], "pattern": STARTS_WITH_ONE})
]
ListValue = Annotated[
    Json,
    AfterValidator(_list_or_expression),
    WithJsonSchema({"type": ["array", "string"], "pattern": STARTS_WITH_ONE}),
]
CollectionValue = Annotated[
    Json,
    AfterValidator(_collection_or_expression),
    WithJsonSchema({"type": ["array", "object", "string"], "pattern": STARTS_WITH_ONE}),
]
ObjectValue = Annotated[
    Json,
    AfterValidator(_object_or_expression),
    WithJsonSchema({"type": ["object", "string"], "pattern": STARTS_WITH_ONE}),
]
Steps = Annotated[list[Json], WithJsonSchema({"type": "array"})]
JsonSchema = Annotated[dict[str, Json], AfterValidator(_schema), WithJsonSchema({"type": "object"})]
FlowSlug = Annotated[str, Field(pattern=SLUG)]
Name = Annotated[str, Field(pattern=NAME)]


@dataclass(frozen=True, slots=True)
class DurationBetween:
    """Checks a duration as written in a definition against bounds, both included."""

    least: str
    most: str

    def __call__(self, text: str) -> str:
        try:
            length = duration(text)
        except (ValueError, KeyError):
            message = "Write a duration as a whole number and ms, s, m, h or d, for example 30s."
            raise refusal(Wrong(message)) from None
        if not duration(self.least) <= length <= duration(self.most):
            raise refusal(Wrong(f"This must be from {self.least} to {self.most}."))
        return text


DURATION_SCHEMA = WithJsonSchema({"type": "string", "pattern": PATTERN, EDITOR: "duration"})


@dataclass(frozen=True, slots=True)
class NumberBetween:
    """Checks a number, whole or not, against bounds, both included."""

    least: int
    most: int

    def __call__(self, number: Json) -> Json:
        if isinstance(number, bool) or not isinstance(number, int | float | Decimal):
            raise refusal(Wrong("This must be a number.", code="wrong_type"))
        if not self.least <= number <= self.most:
            raise refusal(Wrong(f"This must be from {self.least} to {self.most}."))
        return number


def seconds(length: str) -> float:
    """A duration as written, in seconds."""
    return duration(length) / timedelta(seconds=1)


# ---------------------------------------------------------------- what a settings model says of its fields


def fields_by_key(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields of a model by the key they have in a document."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def editor_of(field: FieldInfo) -> str | None:
    """What a field holds (`value`, `text`, `expression`, `steps`, …), if it says so."""
    extra = field.json_schema_extra
    found = extra.get(EDITOR) if isinstance(extra, dict) else None
    return found if isinstance(found, str) else None


def takes_null(field: FieldInfo) -> bool:
    """Whether null is a value for the field, rather than another way to leave it out."""
    return field.annotation is Any


def model_in(annotation: object) -> type[StepSettings] | None:
    """The settings model that a field holds, alone, in a list, or optional."""
    if isinstance(annotation, type) and issubclass(annotation, StepSettings):
        return annotation
    if get_origin(annotation) in (Union, UnionType, list, Annotated):
        for inner in get_args(annotation):
            found = model_in(inner)
            if found is not None:
                return found
    return None


def expressions_in(settings: StepSettings, *, pointer: str = "") -> Iterator[tuple[str, Json]]:
    """Each field of the settings that may hold expressions: its pointer and its value, nested models included."""
    for name, field in type(settings).model_fields.items():
        value = getattr(settings, name)
        place = f"{pointer}/{field.alias or name}"
        if editor_of(field) in ("value", "text", "expression"):
            if name in settings.model_fields_set:
                yield place, value
        elif isinstance(value, StepSettings):
            yield from expressions_in(value, pointer=place)
        elif isinstance(value, list):
            for number, inner in enumerate(value):
                if isinstance(inner, StepSettings):
                    yield from expressions_in(inner, pointer=f"{place}/{number}")


def blocks_in(model: type[BaseModel], raw: Mapping[str, Json]) -> Iterator[tuple[str, list[Json]]]:
    """The lists of steps in settings as written, valid or not, with their place: `then`, `elif/0/then`."""
    for key, field in fields_by_key(model).items():
        value = raw.get(key)
        nested = model_in(field.annotation)
        if editor_of(field) == "steps" and isinstance(value, list):
            yield key, value
        elif nested is not None and isinstance(value, list):
            for number, inner in enumerate(value):
                if isinstance(inner, dict):
                    yield from ((f"{key}/{number}/{place}", steps) for place, steps in blocks_in(nested, inner))
