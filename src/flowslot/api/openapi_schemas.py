"""The named schemas of the OpenAPI document: request models, answers, and the problem document."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.responses import Response

from flowslot.api.answers.validations import ProblemAnswer
from flowslot.api.routing import Operation
from flowslot.base.json_text import Json

REF = "#/components/schemas/"
PROBLEM = "Problem"


class Schemas:
    """All schemas that operations refer to, each by its name."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.components: dict[str, Json] = {}
        listed = list(operations)
        bodies = list(dict.fromkeys(each.body for each in listed if each.body is not None))
        answers = list(dict.fromkeys(each.answer for each in listed if each.answer not in (None, Response)))
        self._bodies = self._add_bodies(bodies)
        self._answers = self._add_answers([*answers, ProblemAnswer])
        self._put(PROBLEM, _problem_schema())

    def of_body(self, model: type[BaseModel]) -> Json:
        return self._bodies[model]

    def of_answer(self, answer: object) -> Json:
        return self._answers.get(answer)

    def of_problem(self) -> Json:
        return {"$ref": REF + PROBLEM}

    def of_query(self, model: type[BaseModel]) -> dict[str, Json]:
        """An object schema with one property for each parameter; none is null, for that is to leave it out."""
        schema = model.model_json_schema(ref_template=REF + "{model}")
        self._put_all(schema.pop("$defs", {}))
        schema["properties"] = {name: _without_null(_tidy(given)) for name, given in schema["properties"].items()}
        return schema

    def _add_bodies(self, models: Sequence[type[BaseModel]]) -> dict[type[BaseModel], Json]:
        found, definitions = models_json_schema(
            [(model, "validation") for model in models], ref_template=REF + "{model}"
        )
        self._put_all(definitions.get("$defs", {}))
        return {model: found[model, "validation"] for model in models}

    def _add_answers(self, answers: Sequence[object]) -> dict[object, Json]:
        found, definitions = msgspec.json.schema_components(answers, ref_template=REF + "{name}")
        names = {name: _plain(name) for name in definitions}
        self._put_all({names[name]: _renamed(schema, names) for name, schema in definitions.items()})
        return {answer: _renamed(schema, names) for answer, schema in zip(answers, found, strict=True)}

    def _put_all(self, schemas: dict[str, Json]) -> None:
        for name, schema in schemas.items():
            self._put(name, schema)

    def _put(self, name: str, schema: Json) -> None:
        """Adds a schema; the same enum may come from requests and answers, anything else has its own name."""
        tidy: dict[str, Json] = _tidy(schema)
        known = self.components.setdefault(name, tidy)
        if known != tidy and not _same_enum(known, tidy):
            raise TypeError(f"two schemas are called {name!r}")


def _same_enum(one: dict[str, Json], other: dict[str, Json]) -> bool:
    return "enum" in one and sorted(one["enum"]) == sorted(other.get("enum", ()))


def _plain(name: str) -> str:
    """PageAnswer_FlowAnswer_ becomes FlowAnswerPage."""
    return f"{name.removeprefix('PageAnswer_').rstrip('_')}Page" if name.startswith("PageAnswer_") else name


def _renamed(schema: Json, names: dict[str, str]) -> Json:
    if isinstance(schema, list):
        return [_renamed(each, names) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        key: REF + names[value.removeprefix(REF)] if key == "$ref" else _renamed(value, names)
        for key, value in schema.items()
    }


def _tidy(schema: Json) -> Json:
    """Without the titles that only repeat names."""
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: _tidy(value) for key, value in schema.items() if key != "title" or not isinstance(value, str)}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:  # Any: JSON Schema
    found = {key: value for key, value in schema.items() if key != "default" or value is not None}
    choices = [each for each in found.pop("anyOf", ()) if each != {"type": "null"}]
    if len(choices) == 1:
        return {**choices[0], **found}
    return {**found, "anyOf": choices} if choices else found


def _problem_schema() -> Json:
    texts = {
        "type": "A URI that stands for the code.",
        "title": "The code in words.",
        "detail": "What was refused, and what to do.",
        "code": "What was refused; codes never change.",
    }
    change = {
        "type": "object",
        "description": "What was done to the flow since.",
        "properties": {
            "action": {"type": "string", "description": "What, as noun.verb."},
            "actor": {"type": "string", "description": "Who."},
            "at": {"type": "string", "description": "When."},
            "version": {"type": ["integer", "null"], "description": "Number of the version."},
        },
    }
    return {
        "type": "object",
        "description": "A refusal (RFC 9457).",
        "required": [*texts, "status"],
        "properties": {
            **{name: {"type": "string", "description": about} for name, about in texts.items()},
            "status": {"type": "integer", "description": "The HTTP status."},
            "problems": {
                "type": "array",
                "description": "Each thing that is wrong, and where.",
                "items": {"$ref": f"{REF}ProblemAnswer"},
            },
            "current_revision": {"type": "integer", "description": "With `revision_conflict`: the flow's revision."},
            "changes": {
                "type": "array",
                "description": "With `revision_conflict`: what was done since the revision you saw, oldest first.",
                "items": change,
            },
        },
    }
