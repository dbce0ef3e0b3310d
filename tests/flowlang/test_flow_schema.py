"""The JSON Schema of a definition: it takes what the parser takes, and says something of every key."""

from __future__ import annotations

from collections.abc import Iterator

import jsonschema_rs
import pytest
from flow_documents import INVOICE, document
from test_refused_documents import ALL

from flowslot.base.json_text import Json
from flowslot.flowlang.flow_schema import flow_schema
from flowslot.flowlang.schemas import DIALECT
from flowslot.flowlang.triggers import TRIGGERS
from flowslot.steps.registry import KINDS

SCHEMA = flow_schema(KINDS)
SEEN_BY_ITS_FORM = {"unknown_key", "missing", "wrong_type", "unknown_kind", "not_available", "newer_format"}


@pytest.fixture(scope="module")
def validator() -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(SCHEMA, offline=True)


def properties(schema: Json, place: str = "") -> Iterator[tuple[str, Json]]:
    if isinstance(schema, dict):
        for key, field in schema.get("properties", {}).items():
            yield f"{place}/{key}", field
        for key in ("properties", "$defs"):
            for name, inner in schema.get(key, {}).items():
                yield from properties(inner, f"{place}/{name}")


def test_it_is_a_schema_of_the_dialect_it_names() -> None:
    assert SCHEMA["$schema"] == DIALECT
    jsonschema_rs.meta.validate(SCHEMA)


def test_the_definition_of_the_format_page_fits(validator: jsonschema_rs.Validator) -> None:
    validator.validate(INVOICE)


@pytest.mark.parametrize("name", KINDS)
def test_the_example_of_every_kind_fits(validator: jsonschema_rs.Validator, name: str) -> None:
    validator.validate(document(KINDS[name].example["step"], connections={"erp": {"connector": "http"}}))


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_example_of_every_trigger_fits(validator: jsonschema_rs.Validator, name: str) -> None:
    validator.validate(document(trigger=TRIGGERS[name].example))


FORMS = {name: found for name, (found, problems) in ALL.items() if {code for _, code in problems} & SEEN_BY_ITS_FORM}


@pytest.mark.parametrize(
    "found", [found for name, found in FORMS.items() if "undeclared" not in name and name != "schema: true"]
)
def test_a_wrong_form_is_refused_in_the_editor_already(validator: jsonschema_rs.Validator, found: Json) -> None:
    assert not validator.is_valid(found)


def test_every_key_has_a_title_and_all_but_the_plainest_a_description() -> None:
    told = {place: field for place, field in properties(SCHEMA) if "$ref" not in field and "auth/" not in place}
    assert len(told) > 100
    assert not [place for place, field in told.items() if "title" not in field]
    silent = {place.rpartition("/")[2] for place, field in told.items() if "description" not in field}
    assert silent <= {"kind"}


def test_an_editor_learns_what_to_edit_a_key_with() -> None:
    steps = SCHEMA["$defs"]
    assert steps["step_code"]["properties"]["code"]["x-editor"] == "code"
    assert steps["step_code"]["properties"]["output"]["x-editor"] == "schema"
    assert steps["step_http_request"]["properties"]["connection"]["x-editor"] == "connection"
    assert steps["step_condition"]["properties"]["then"] == {
        "type": "array",
        "items": {"$ref": "#/$defs/step"},
        "title": "Then",
        "description": "Steps that run when the test is true.",
        "x-editor": "steps",
    }
    assert steps["Elif"]["properties"]["then"]["items"] == {"$ref": "#/$defs/step"}


def test_a_form_learns_what_may_be_computed_and_the_order_of_its_fields() -> None:
    marked = {place for place, field in properties(SCHEMA) if field.get("x-expression")}
    assert {"/step_http_request/json", "/step_map/over", "/step_condition/if", "/step_wait/for"} <= {
        place.removeprefix("/$defs") for place in marked
    }
    assert not [place for place in marked if place.endswith(("/steps", "/code", "/method", "/id"))]
    for name, kind in SCHEMA["$defs"].items():
        if name.startswith(("step_", "trigger_")):
            assert sorted(kind["x-order"]) == sorted(kind["properties"])
    assert SCHEMA["$defs"]["step_condition"]["x-order"][:4] == ["id", "kind", "name", "if"]
    assert SCHEMA["$defs"]["step_http_request"]["properties"]["timeout"]["x-editor"] == "duration"


def test_only_the_keys_of_its_kind_are_offered_for_a_step() -> None:
    offered = SCHEMA["$defs"]["step_set"]
    assert set(offered["properties"]) == {"id", "kind", "name", "note", "if", "disabled", "value"}
    assert set(offered["required"]) == {"id", "kind", "value"}
    assert offered["additionalProperties"] is False
    assert SCHEMA["$defs"]["step"]["properties"]["kind"]["enum"] == list(KINDS)
