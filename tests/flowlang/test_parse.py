"""Reading definitions: the tree that comes out, and the limits of a document."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest
from flow_documents import INVOICE, MINIMAL, document, put

from flowslot.base.canonical import content_hash
from flowslot.base.errors import Invalid
from flowslot.base.json_text import Json
from flowslot.domain.definition import Definition
from flowslot.flowlang.fields import blocks_in
from flowslot.flowlang.parse import parse
from flowslot.flowlang.upgrades import Upgrade, in_current_format
from flowslot.steps.registry import KINDS


def read(found: Json) -> Definition:
    return parse(found, KINDS)


def problems(found: Json) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        read(found)
    return [(problem.pointer, problem.code) for problem in refused.value.problems]


def test_the_definition_of_the_format_page_is_read_whole() -> None:
    definition = read(INVOICE)
    assert [(step.id, step.kind, step.pointer) for step in definition.every_step()] == [
        ("lines", "map", "/steps/0"),
        ("total", "set", "/steps/1"),
        ("check", "condition", "/steps/2"),
        ("ask", "call_flow", "/steps/2/then/0"),
        ("post", "http_request", "/steps/2/else/0"),
        ("done", "stop", "/steps/3"),
    ]
    assert [block.name for block in definition.steps[2].blocks] == ["then", "else"]
    assert definition.trigger.kind == "webhook"
    assert definition.trigger.input_schema == INVOICE["trigger"]["input"]
    assert definition.config_schema == INVOICE["config"]
    assert definition.connections == {"erp": "http"}
    assert definition.called_flows() == ("request-approval",)
    assert definition.document == INVOICE
    assert definition.hash == content_hash(INVOICE)


def test_common_keys_are_read() -> None:
    step = read(document(put("a", name="A", note="why", disabled=True, **{"if": "=trigger.x"}))).steps[0]
    assert (step.name, step.note, step.disabled, step.condition) == ("A", "why", True, "=trigger.x")


def test_a_condition_keeps_its_if_to_itself() -> None:
    step = read(document({"id": "c", "kind": "condition", "if": "=trigger.x", "then": []})).steps[0]
    assert step.condition is None


def test_steps_in_every_block_are_read() -> None:
    inside = {
        "id": "c",
        "kind": "condition",
        "if": "=1",
        "then": [put("a")],
        "elif": [{"if": "=2", "then": [put("b")]}],
        "else": [{"id": "t", "kind": "try", "steps": [put("d")], "catch": [put("e")], "finally": [put("f")]}],
    }
    loop = {"id": "l", "kind": "for_each", "in": "=trigger.x", "steps": [inside]}
    places = {step.id: step.pointer for step in read(document(loop)).every_step()}
    assert places == {
        "l": "/steps/0",
        "c": "/steps/0/steps/0",
        "a": "/steps/0/steps/0/then/0",
        "b": "/steps/0/steps/0/elif/0/then/0",
        "t": "/steps/0/steps/0/else/0",
        "d": "/steps/0/steps/0/else/0/steps/0",
        "e": "/steps/0/steps/0/else/0/catch/0",
        "f": "/steps/0/steps/0/else/0/finally/0",
    }


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_blocks_are_found_in_the_same_places_when_settings_are_wrong(kind: object) -> None:
    step = kind.example["step"]
    own = {key: value for key, value in step.items() if key not in ("id", "kind")}
    settings = kind.settings.model_validate(own)
    assert [(name, list(steps)) for name, steps in kind.blocks(settings)] == list(blocks_in(kind.settings, own))


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_example_of_every_kind_is_a_definition(kind: object) -> None:
    read(document(kind.example["step"], connections={"erp": {"connector": "http"}}))


def test_all_problems_are_told_at_once_in_the_order_of_the_document() -> None:
    wrong = document(
        {"id": "A", "kind": "set", "value": 1},
        {"id": "b", "kind": "condition", "if": "=1", "then": [{"id": "c", "kind": "sett"}], "els": []},
        trigger={"kind": "webhok"},
        config={"type": "strin"},
        more=1,
    )
    assert problems(wrong) == [
        ("/more", "unknown_key"),
        ("/trigger/kind", "unknown_kind"),
        ("/config/type", "bad_schema"),
        ("/steps/0/id", "invalid"),
        ("/steps/1/els", "unknown_key"),
        ("/steps/1/then/0/kind", "unknown_kind"),
    ]


def test_the_message_says_what_was_wrong_and_how_much() -> None:
    with pytest.raises(Invalid) as refused:
        read(document(put("a", valu=2), put("a")))
    assert "Did you mean 'value'?" in str(refused.value)
    assert "first of 2 problems" in str(refused.value)


def test_at_most_a_hundred_problems_are_told() -> None:
    assert len(problems(document(*({"id": f"s{n}", "kind": "sett"} for n in range(150))))) == 100


def test_a_document_full_of_mistakes_is_refused_quickly_and_briefly() -> None:
    keys = {f"valeu{number}": 1 for number in range(200)}
    wrong = document(
        *(put(f"s{number}", **keys) for number in range(300)), connections={"x" * 300_000: {"conector": 1}}
    )
    started = time.process_time()
    with pytest.raises(Invalid) as refused:
        read(wrong)
    assert time.process_time() - started < 1.0
    assert sum(len(each.pointer) + len(each.message) for each in refused.value.problems) < 500_000


def test_five_hundred_steps_are_allowed_and_no_more() -> None:
    steps = [put(f"s{number}") for number in range(500)]
    assert len(read(document(*steps)).steps) == 500
    assert problems(document(*steps, put("t"), put("u"))) == [("/steps/500", "too_many_steps")]


def test_steps_inside_others_count_too() -> None:
    steps = [put(f"s{number}") for number in range(500)]
    loop = {"id": "l", "kind": "for_each", "in": "=trigger.x", "steps": steps}
    assert problems(document(loop)) == [("/steps/0/steps/499", "too_many_steps")]


def nested(levels: int) -> Json:
    step = put("s1")
    for level in range(2, levels + 1):
        step = {"id": f"s{level}", "kind": "try", "steps": [step]}
    return step


def test_twenty_levels_are_allowed_and_no_more() -> None:
    assert len(list(read(document(nested(20))).every_step())) == 20
    assert problems(document(nested(21))) == [("/steps/0" + "/steps/0" * 19 + "/steps", "too_deep")]


def test_a_document_has_at_most_one_mebibyte() -> None:
    fits = document(put("a", value="x" * (1024 * 1024 - 200)))
    assert read(fits).steps[0].id == "a"
    assert problems(document(put("a", value="x" * 1024 * 1024))) == [("", "too_large")]


def test_a_newer_format_is_refused_with_one_clear_problem() -> None:
    with pytest.raises(Invalid, match="Upgrade the server"):
        read({"flow": 2, "something": "else"})
    assert problems({"flow": 2, "something": "else"}) == [("/flow", "newer_format")]


def test_an_older_document_is_read_through_every_upgrade_in_turn() -> None:
    upgrades: Mapping[int, Upgrade] = {
        1: lambda found: {**found, "names": [found["name"]]},
        2: lambda found: {key: value for key, value in found.items() if key != "name"},
    }
    old = {"flow": 1, "name": "x"}
    assert in_current_format(old, upgrades=upgrades, newest=3) == {"flow": 3, "names": ["x"]}
    assert old == {"flow": 1, "name": "x"}


def test_a_document_in_the_current_format_stays_as_it_is() -> None:
    assert in_current_format(MINIMAL) is MINIMAL


def test_the_usual_item_of_an_inner_loop_may_hide_the_outer_one() -> None:
    inner = {"id": "inner", "kind": "for_each", "in": "=item.lines", "steps": []}
    read(document({"id": "outer", "kind": "for_each", "in": "=trigger.orders", "steps": [inner]}))
