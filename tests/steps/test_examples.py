"""The example of every kind does what its page says."""

from __future__ import annotations

import pytest
from one_call import document, example_of, outcome_of
from ruamel.yaml import YAML

from flowslot.base.json_text import Json
from flowslot.flowlang.parse import parse
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.triggers import TRIGGERS
from flowslot.steps.registry import KINDS


@pytest.mark.parametrize("name", KINDS)
def test_the_example_gives_what_it_says(name: str, sandbox: Sandbox) -> None:
    step, outside = example_of(name, sandbox)
    assert outcome_of(step, outside) == KINDS[name].example["expect"]


def test_the_request_of_the_http_example_is_what_it_says(sandbox: Sandbox) -> None:
    step, outside = example_of("http_request", sandbox)
    outcome_of(step, outside)
    (request,), (answer,) = outside.sent, KINDS["http_request"].example["answers"]
    told = {"method": request.method, "url": request.url, "body": (request.body or b"").decode()}
    assert told == answer["request"]
    assert request.query == [("draft", "true"), ("tag", "a"), ("tag", "b")]
    assert request.idempotency_key == "run_1.post"


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_has_a_page_with_an_example_and_its_output(name: str) -> None:
    page = KINDS[name].about
    assert "```yaml\n" in page
    assert f"kind: {name}\n" in page or f"kind: {name}," in page
    assert "\nOutput: " in page
    assert all(len(line) <= 120 for line in page.splitlines())


def yaml_of(page: str) -> Json:
    return YAML(typ="safe", pure=True).load(page.split("```yaml\n")[1].split("```")[0])


@pytest.mark.parametrize("name", KINDS)
def test_the_example_on_the_page_can_be_read(name: str) -> None:
    parse(document(*yaml_of(KINDS[name].about), connections={"erp": {"connector": "http"}}), KINDS)


@pytest.mark.parametrize("name", TRIGGERS)
def test_the_example_on_the_page_of_a_trigger_can_be_read(name: str) -> None:
    parse({**document(), **yaml_of(TRIGGERS[name].about)}, KINDS)
