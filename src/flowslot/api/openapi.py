"""The API described in OpenAPI 3.1, made from the operations: `python -m flowslot.api.openapi` prints it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from functools import cache

from pydantic import BaseModel
from starlette.responses import Response

import flowslot
from flowslot.api.answers.flows import FlowAnswer
from flowslot.api.idempotency import MAX_KEY
from flowslot.api.openapi_hooks import NOUN as HOOKS
from flowslot.api.openapi_hooks import hook_paths
from flowslot.api.openapi_schemas import Schemas
from flowslot.api.paths import PLACEHOLDERS
from flowslot.api.problems import MEDIA_TYPE
from flowslot.api.routes import every_operation
from flowslot.api.routing import PUBLIC, Operation
from flowslot.api.server import PREFIX
from flowslot.base.errors import (
    FlowslotError,
    Forbidden,
    IdempotencyKeyReused,
    Invalid,
    Malformed,
    NotFound,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from flowslot.base.json_text import Json

_ABOUT = """\
JSON in and out, UTF-8. Unknown keys are refused. Times are RFC 3339 in UTC. Integers of any size are exact.

Lists are `{"items": [...], "next": cursor-or-null}`: pass `next` on as `cursor` to get the next part.

Refusals are problem documents (RFC 9457) with a `code` that never changes.

Changes of a flow name the revision they saw as `expected_revision`. A POST with an `Idempotency-Key` is carried out
once: asked again, it gets the first answer, for 24 hours.
"""

_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of your choice. The same key and request get the first answer again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": MAX_KEY, "pattern": "^[!-~]+$"},
}


def openapi_document() -> dict[str, Json]:
    """The whole document."""
    operations = every_operation()
    schemas = Schemas(operations)
    paths: dict[str, dict[str, Json]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    paths |= hook_paths(schemas)
    nouns = dict.fromkeys([*(operation.noun for operation in operations), HOOKS])
    return {
        "openapi": "3.1.0",
        "info": {"title": "Flowslot", "version": flowslot.__version__, "description": _ABOUT},
        "servers": [{"url": PREFIX}],
        "tags": [{"name": noun} for noun in nouns],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.components.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "An API token, from POST /tokens."}
            },
        },
        "security": [{"token": []}],
    }


@cache
def openapi_text() -> bytes:
    """The document as it is served and committed."""
    return (json.dumps(openapi_document(), indent=2, ensure_ascii=False) + "\n").encode()


def _operation(operation: Operation, schemas: Schemas) -> dict[str, Json]:
    found: dict[str, Json] = {
        "operationId": operation.name,
        "tags": [operation.noun],
        "summary": operation.summary,
        "description": _description(operation),
        "parameters": _parameters(operation, schemas),
        "responses": _responses(operation, schemas),
    }
    if operation.permission is PUBLIC:
        found["security"] = []
    if operation.body is not None:
        found["requestBody"] = {
            "required": any(field.is_required() for field in operation.body.model_fields.values()),
            "content": {"application/json": {"schema": schemas.of_body(operation.body)}},
        }
    return found


def _description(operation: Operation) -> str:
    needs = "Anyone may call it." if operation.permission is PUBLIC else f"Needs the role `{_role(operation)}`."
    return f"{operation.description}\n\n{needs}".strip()


def _role(operation: Operation) -> str:
    return str(operation.permission.name).lower()


def _parameters(operation: Operation, schemas: Schemas) -> list[Json]:
    found: list[Json] = []
    for name in operation.placeholders:
        pattern, about = PLACEHOLDERS[name]
        schema = {"type": "string", "pattern": f"^{pattern}$"}
        found.append({"name": name, "in": "path", "required": True, "description": about, "schema": schema})
    if operation.query is not None:
        found += _query_parameters(operation.query, schemas)
    if operation.method == "POST" and operation.permission is not PUBLIC:
        found.append(_IDEMPOTENCY_KEY)
    return found


def _query_parameters(model: type[BaseModel], schemas: Schemas) -> Iterable[Json]:
    schema = schemas.of_query(model)
    for name, given in schema["properties"].items():
        parameter = {key: value for key, value in given.items() if key != "description"}
        yield {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "allowEmptyValue": name not in schema.get("required", ()),
            "description": given["description"],
            "schema": parameter,
        }


def _responses(operation: Operation, schemas: Schemas) -> dict[str, Json]:
    found: dict[str, Json] = {}
    for status, about in {operation.status: "Done.", **operation.statuses}.items():
        found[str(status)] = _answer(operation, about, schemas)
    refusals: dict[int, list[type[FlowslotError]]] = {}
    for error in _refusals(operation):
        refusals.setdefault(error.status, []).append(error)
    for status, errors in sorted(refusals.items()):
        found[str(status)] = {
            "description": " ".join(f"`{error.code}`: {_text(error)}" for error in errors),
            "content": {MEDIA_TYPE: {"schema": schemas.of_problem()}},
        }
    return dict(sorted(found.items()))


def _answer(operation: Operation, about: str, schemas: Schemas) -> dict[str, Json]:
    if operation.answer is None:
        return {"description": about}
    schema: Json = schemas.of_answer(operation.answer)
    if operation.answer is Response:
        schema = {"type": "string"} if operation.media_type.startswith("text/") else {"type": "object"}
    found: dict[str, Json] = {"description": about, "content": {operation.media_type: {"schema": schema}}}
    headers = _headers(operation)
    return {**found, "headers": headers} if headers else found


def _headers(operation: Operation) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if operation.location is not None:
        found["Location"] = {"description": "Where it is found.", "schema": {"type": "string"}}
    if isinstance(operation.answer, type) and issubclass(operation.answer, FlowAnswer):
        found["ETag"] = {"description": "The flow's revision, in quotes.", "schema": {"type": "string"}}
    return found


def _refusals(operation: Operation) -> Sequence[type[FlowslotError]]:
    found: list[type[FlowslotError]] = [Invalid, Unavailable]
    if operation.permission is not PUBLIC:
        found += [Unauthenticated, Forbidden]
    if operation.method in ("POST", "PUT", "PATCH"):
        found += [Malformed, TooLarge, UnsupportedMediaType]
    if operation.method == "POST" and operation.permission is not PUBLIC:
        found += [IdempotencyKeyReused]
    if operation.permission is not PUBLIC:
        found += [NotFound]
    return list(dict.fromkeys([*found, *operation.errors]))


def _text(error: type[FlowslotError]) -> str:
    return (error.__doc__ or "").strip().splitlines()[0]


def main() -> None:
    """Prints the document."""
    sys.stdout.buffer.write(openapi_text())


if __name__ == "__main__":
    main()
