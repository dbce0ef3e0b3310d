"""The webhook address in the OpenAPI document: it takes the short way, so no operation declares it."""

from __future__ import annotations

from collections.abc import Sequence

from flowslot.api.hooks import METHODS
from flowslot.api.openapi_schemas import Schemas
from flowslot.api.problems import MEDIA_TYPE
from flowslot.base.errors import (
    FlowslotError,
    IdempotencyKeyReused,
    IdReused,
    Invalid,
    Malformed,
    NoMainVersion,
    NotFound,
    NothingStaged,
    RunFailed,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
)
from flowslot.base.json_text import Json

NOUN = "webhooks"
PATH = "/hooks/{token}"

_REFUSALS: Sequence[type[FlowslotError]] = (
    Malformed,
    Unauthenticated,
    NotFound,
    NoMainVersion,
    NothingStaged,
    IdReused,
    TooLarge,
    UnsupportedMediaType,
    Invalid,
    IdempotencyKeyReused,
    RunFailed,
    TooMany,
    Unavailable,
)
_ABOUT = """\
The address that a registration shows; its text is a secret. The body is the run's input, and the version that would
run says how senders prove who they are. Sent again with the same `webhook-id` or `Idempotency-Key`, it is one run.
"""
_TOKEN = {
    "name": "token",
    "in": "path",
    "required": True,
    "description": "The last part of a registration's address.",
    "schema": {"type": "string", "pattern": "^[0-9a-z]{1,64}$"},
}
_IDS = [
    {"name": name, "in": "header", "required": False, "description": about, "schema": {"type": "string"}}
    for name, about in (
        ("webhook-id", "The sender's id of this webhook."),
        ("Idempotency-Key", "The same, where there is no webhook-id."),
    )
]


def hook_paths(schemas: Schemas) -> dict[str, dict[str, Json]]:
    """The path of webhooks with an operation for each method."""
    return {PATH: {method.lower(): _operation(method, schemas) for method in METHODS}}


def _operation(method: str, schemas: Schemas) -> dict[str, Json]:
    return {
        "operationId": f"receive_webhook_by_{method.lower()}",
        "tags": [NOUN],
        "summary": "Start a run by a webhook",
        "description": _ABOUT.strip(),
        "parameters": [_TOKEN, *_IDS],
        "requestBody": {"required": False, "content": {"application/json": {"schema": {}}}},
        "responses": _responses(schemas),
        "security": [],
    }


def _responses(schemas: Schemas) -> dict[str, Json]:
    run: Json = {"type": "object", "properties": {"run": {"type": "string", "description": "Id of the run."}}}
    found: dict[str, Json] = {
        "200": {"description": "What the flow's stop step said.", "content": {"application/json": {"schema": {}}}},
        "202": {"description": "The run.", "content": {"application/json": {"schema": run}}},
    }
    for status in sorted({error.status for error in _REFUSALS}):
        codes = ", ".join(f"`{error.code}`" for error in _REFUSALS if error.status == status)
        about: Json = {"description": f"{codes}.", "content": {MEDIA_TYPE: {"schema": schemas.of_problem()}}}
        found[str(status)] = about
    failed = "A run that stopped with failure answers with its status, message and details."
    found["422"]["description"] += f" {failed}"
    found["422"]["content"]["application/json"] = {"schema": {}}
    return found
