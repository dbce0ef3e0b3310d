"""Whatever is sent, within the OpenAPI document or against it: never a 5xx, only answers that the document lists."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from account import Account, definition
from api_server import Server
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from flowslot.api.openapi import openapi_document

CASES = 36
"""For each operation."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]

schema = schemathesis.openapi.from_dict(openapi_document()).exclude(operation_id="watch")


@pytest.fixture(scope="module")
def known(server: Server) -> Iterator[dict[str, str]]:
    """What an address can be filled with, so that not all is refused as not found."""
    with server.signed_in(server.token) as client:
        account = Account(server, client)
        account.register(account.workspace())
        promotion = account.on_main(definition())
        body = {"slug": "erp", "connector": "http", "settings": {"base_url": "https://api.example.com"}}
        account.post(f"/workspaces/{account.home}/connections", body, status=201)
        run = account.run({"a": 1})
        yield {
            "flow": account.flow,
            "ws": account.home,
            "connection": "erp",
            "number": "1",
            "run": run["id"],
            "promotion": promotion["id"],
            "step": "done",
        }


def _operations() -> list[schemathesis.APIOperation]:
    return [each.ok() for each in schema.get_all_operations()]


@pytest.mark.parametrize("operation", _operations(), ids=lambda each: each.label)
def test_any_input_gets_an_answer_of_the_document(
    operation: schemathesis.APIOperation, server: Server, known: dict[str, str]
) -> None:
    fitting = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    unfitting = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @given(case=fitting | unfitting)
    @settings(
        max_examples=CASES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def answered(case: schemathesis.Case) -> None:
        _is_answered(case, server, known)

    answered()


def _is_answered(case: schemathesis.Case, server: Server, known: dict[str, str]) -> None:
    positive = case.meta is None or case.meta.generation.mode is GenerationMode.POSITIVE
    if positive:
        for name in case.path_parameters:
            case.path_parameters[name] = known.get(name, case.path_parameters[name])
        if "wait" in case.query:
            case.query["wait"] = 1
        if isinstance(case.body, dict) and "workspace" in case.body:
            case.body["workspace"] = known["ws"]
    if not positive and "" in case.query.values():
        return  # an empty parameter counts as not given: no refusal is due
    headers = {"Authorization": f"Bearer {server.token}"}
    case.call_and_validate(base_url=f"{server.url}/api/v1", headers=headers, checks=CHECKS, timeout=30)
