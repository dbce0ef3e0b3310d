"""What comes in: JSON bodies, query parameters, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from flowslot.base import json_text
from flowslot.base.errors import Invalid, Problem, UnsupportedMediaType
from flowslot.base.json_text import Json

M = TypeVar("M", bound=BaseModel)
_CODES = {"extra_forbidden": "unknown_key"}


def json_of(body: bytes, content_types: Sequence[str]) -> Json:
    """The value of a JSON body. Raises UnsupportedMediaType or Malformed."""
    if len(content_types) != 1 or not _is_json(content_types[0]):
        raise UnsupportedMediaType
    return json_text.parse(body)


def checked(model: type[M], value: Json) -> M:
    """The value as a request. Raises Invalid with a JSON pointer for each problem."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise Invalid(problems=problems_of(error)) from None


def query_of(model: type[M], given: Sequence[tuple[str, str]]) -> M:
    """The query parameters as a request; an empty one counts as not given. Raises Invalid."""
    values: dict[str, str] = {}
    for name, text in given:
        if name in values:
            raise Invalid(problems=[Problem(pointer_to([name]), "repeated", "Query parameter given more than once.")])
        values[name] = text
    try:
        return model.model_validate_strings({name: text for name, text in values.items() if text != ""})
    except ValidationError as error:
        raise Invalid("A query parameter does not fit.", problems=problems_of(error)) from None


def problems_of(error: ValidationError) -> list[Problem]:
    """What pydantic found, as problems."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [Problem(pointer_to(each["loc"]), _CODES.get(each["type"], each["type"]), each["msg"]) for each in found]


def pointer_to(place: Sequence[int | str]) -> str:
    """The JSON pointer of a place."""
    return "".join("/" + str(part)[:200].replace("~", "~0").replace("/", "~1") for part in place)


def _is_json(content_type: str) -> bool:
    kind, _, parameters = content_type.partition(";")
    given = dict(_parameter(each) for each in parameters.split(";") if each.strip())
    return kind.strip().lower() == "application/json" and given.get("charset", "utf-8") == "utf-8"


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value.strip().strip('"').lower()
