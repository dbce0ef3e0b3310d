"""The OpenAPI document: current, complete, and described down to each field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
from api_server import Server

from flowslot.api.openapi import openapi_document, openapi_text
from flowslot.api.routes import every_operation

ROOT = Path(__file__).parents[2]
CONTRACT = """
POST /workspaces | GET /workspaces | GET /workspaces/{ws} | PATCH /workspaces/{ws} | DELETE /workspaces/{ws}
POST /flows | GET /flows | GET /flows/{flow} | POST /flows/{flow}/drafts | POST /flows/{flow}/staging
POST /flows/{flow}/validations | POST /flows/{flow}/reverts | GET /flows/{flow}/promotion-plan
POST /flows/{flow}/promotions | GET /flows/{flow}/promotions | GET /flows/{flow}/promotions/{promotion}
POST /flows/{flow}/promotions/{promotion}/undo | GET /flows/{flow}/versions | GET /flows/{flow}/versions/{number}
GET /flows/{flow}/diff | POST /flows/{flow}/registrations | GET /flows/{flow}/registrations
GET /flows/{flow}/registrations/{ws} | PATCH /flows/{flow}/registrations/{ws}
DELETE /flows/{flow}/registrations/{ws} | PUT /flows/{flow}/registrations/{ws}/slot
POST /flows/{flow}/registrations/{ws}/runs | GET /runs | GET /runs/{run} | POST /runs/{run}/cancel
POST /runs/{run}/rerun | POST /runs/{run}/signals/{step} | POST /workspaces/{ws}/connections
GET /workspaces/{ws}/connections | PATCH /workspaces/{ws}/connections/{connection}
DELETE /workspaces/{ws}/connections/{connection} | POST /tokens | GET /tokens | DELETE /tokens/{token}
POST /users | GET /users | GET /events | GET /audit | GET /health/live | GET /health/ready | GET /metrics
GET /openapi.json | GET /schemas/flow | POST /setup | GET /steps | GET /functions
POST /flows/{flow}/registrations/{ws}/webhook-secret
"""


def test_the_committed_document_is_current() -> None:
    committed = (ROOT / "openapi.json").read_bytes()
    assert committed == openapi_text(), "run: python -m flowslot.api.openapi > openapi.json"


def test_it_is_served(server: Server) -> None:
    answer = httpx.get(f"{server.url}/api/v1/openapi.json")
    assert answer.json()["openapi"] == "3.1.0"
    assert answer.content == openapi_text()


def test_every_operation_of_the_contract_is_there() -> None:
    there = {f"{operation.method} {operation.path}" for operation in every_operation()}
    wanted = {line.strip() for line in CONTRACT.replace("\n", "|").split("|") if line.strip()}
    assert wanted <= there


def test_webhooks_are_described_with_every_method() -> None:
    assert set(openapi_document()["paths"]["/hooks/{token}"]) == {"get", "post", "put", "patch", "delete"}


def test_operations_have_names_of_their_own() -> None:
    names = [operation.name for operation in every_operation()]
    assert len(names) == len(set(names))


def test_every_schema_is_valid_and_its_references_lead_somewhere() -> None:
    document = openapi_document()
    schemas = document["components"]["schemas"]
    for schema in schemas.values():
        jsonschema_rs.meta.validate(schema)
    wanted = {each["$ref"].rpartition("/")[2] for each in inside(document) if "$ref" in each}
    assert wanted <= set(schemas)
    assert set(schemas) - wanted == set()


def test_every_field_and_parameter_is_described() -> None:
    document = openapi_document()
    missing = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, about in schema.get("properties", {}).items()
        if not about.get("description")
    ]
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            missing += [
                f"{method} {path} {each['name']}" for each in operation["parameters"] if not each["description"]
            ]
            if not operation["summary"] or not operation["responses"]:
                missing.append(f"{method} {path}")
    assert missing == []


def test_refusals_are_listed_with_their_codes() -> None:
    operation = openapi_document()["paths"]["/flows/{flow}/promotions"]["post"]
    for code in ("nothing_staged", "not_the_staged_version", "unsaved_changes", "revision_conflict"):
        assert f"`{code}`" in operation["responses"]["409"]["description"]
    assert set(operation["responses"]) >= {"201", "400", "401", "403", "404", "409", "413", "415", "422"}


def inside(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from inside(each)
    elif isinstance(value, list):
        for each in value:
            yield from inside(each)


def test_the_document_is_plain_json() -> None:
    assert json.loads(openapi_text())["info"]["title"] == "Flowslot"
