"""Value trees and mappings: what they give, what the host answers itself, and that numbers stay as written."""

from __future__ import annotations

from decimal import Decimal

import pytest
from evaluating import DATA, failure_of, mapped, value_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowslot.base import json_text
from flowslot.base.json_text import Json
from flowslot.flowlang.kinds import StepFailure
from flowslot.flowlang.sandbox import Sandbox
from flowslot.flowlang.values import compile_map, compile_values
from flowslot.flowlang.values_filling import MAX_RESULT

LINES = DATA["trigger"]["order"]["lines"]

VALUES: tuple[tuple[Json, Json], ...] = (
    (None, None),
    ({"a": [1, True, None, Decimal("1.10")]}, {"a": [1, True, None, Decimal("1.10")]}),
    ({"a": {"b": ["=trigger.order.id", {"c": "=1 + 1"}]}}, {"a": {"b": ["A-7", {"c": 2}]}}),
    ("=trigger.order.lines[-1].sku", "b"),
    ("=trigger.order['ship-to']", "Kiel"),
    ("=trigger.order.items", 3),
    ("=[k for k, v in trigger.rates.items()]", ["EUR", "USD"]),
    ("=steps.before.n + config.limit", 105),
    ("=[line.sku for line in trigger.order.lines if line.qty > 1]", ["a"]),
    ("={line.sku: line.qty for line in trigger.order.lines}", {"a": 2, "b": 1}),
    ("={2: 1, None: 3, True: 4}", {"2": 1, "null": 3, "true": 4}),
    ("={1.5: 2, date(2026, 1, 1): 3, decimal('1.0'): 4}", {"1.5": 2, "2026-01-01": 3, "1.0": 4}),
    ("=(1, [2, {3}], (4,))", [1, [2, [3]], [4]]),
    ("=decimal('2.50')", Decimal("2.50")),
    ("=[decimal('2.50'), {'a': date(2026, 1, 31)}]", [Decimal("2.50"), {"a": "2026-01-31"}]),
    ("=timedelta(hours=1)", 3600),
    ("=range(3)", [0, 1, 2]),
    ("=trigger.rates.keys()", ["EUR", "USD"]),
    ("=2 ** 70", 2**70),
    ("=trigger.big + 1", 12345678901234567890124),
    ("='é' * 2", "éé"),
    ("=''", ""),
    ("=sum(line.qty * line.price for line in trigger.order.lines)", Decimal("15.0")),
    ("=next((line.sku for line in trigger.order.lines if line.qty > 9), 'none')", "none"),
    (
        "=f'{trigger.order.total:.1f} {trigger.order.id!r:>6} {trigger.order.items:{trigger.order.items}}'",
        "119.5  'A-7'   3",
    ),
)


@pytest.mark.parametrize(("values", "expected"), VALUES)
def test_a_tree_gives_what_its_expressions_give(sandbox: Sandbox, values: Json, expected: Json) -> None:
    assert value_of(sandbox, values) == expected


NO_RESULT = (
    ("=float('inf')", "JSON has no infinity"),
    ("=[1, float('nan')]", "JSON has no infinity"),
    ("=(lambda: 1)", "A function cannot be a result"),
    ("='a'.encode()", "Bytes cannot be a result"),
    ("={(1, 2): 3}", "A tuple cannot be the key"),
    ("={1: 2, '1': 3}", "the key '1' stands twice"),
    ("=trigger.order.nothing", "There is no field 'nothing'"),
    ("=nowhere", "There is no 'nowhere' here"),
    ("=steps.nowhere.x", "There is no 'steps.nowhere' here"),
)


@pytest.mark.parametrize(("value", "message"), NO_RESULT)
def test_what_is_no_json_is_no_result(sandbox: Sandbox, value: str, message: str) -> None:
    assert message in failure_of(sandbox, value).message


MAPS: tuple[tuple[Json, Json, Json, Json], ...] = (
    ("=trigger.order.lines", "=item.sku", None, ["a", "b"]),
    ("=trigger.order.lines", {"n": "=index", "s": "=item.sku.upper()"}, None, [{"n": 0, "s": "A"}, {"n": 1, "s": "B"}]),
    ("=trigger.order.lines", "=item.sku", "=item.qty > 1", ["a"]),
    ("=trigger.order.lines", "=index", "=item.qty == 1", [1]),
    ("=trigger.order.lines", {"p": "=item.price"}, None, [{"p": Decimal("2.50")}, {"p": Decimal("10")}]),
    ("=trigger.order.lines", "{{ item.price }} {{ index + 1 }}", None, ["2.50 1", "10 2"]),
    ("=trigger.rates", "=item", None, {"EUR": Decimal("1.10"), "USD": 2}),
    ("=trigger.rates", "{{ key }}={{ item }}", "=item == 2", {"USD": "USD=2"}),
    ("=trigger.rates", "=key.lower() + str(index)", None, {"EUR": "eur0", "USD": "usd1"}),
    ("=sorted(trigger.order.lines, key=lambda l: -l.price)", "=item.sku", None, ["b", "a"]),
    ("={l.sku: l for l in trigger.order.lines}", "=item.qty", "=key != 'b'", {"a": 2}),
    ("=[]", "=item.x", None, []),
    ([1, "=trigger.order.items", "{{ 1 + 1 }}"], "=item", None, [1, 3, "2"]),
    ({"a": 1, "b": "=1 + 1"}, "=item * 2", None, {"a": 2, "b": 4}),
    ("=trigger.order.lines", {"c": 1, "limit": "=config.limit"}, None, [{"c": 1, "limit": 100}] * 2),
    ("=trigger.order.lines", "=config.limit + 1", "=config.limit == 100", [101, 101]),
    ("=trigger.order.lines", "=item.sku", "=False", []),
    ("=trigger.order.lines", {}, None, [{}, {}]),
    ("=trigger.order.lines", "=decimal(item.price) * item.qty", None, [Decimal("5.0"), 10]),
)


@pytest.mark.parametrize(("over", "to", "where", "expected"), MAPS)
def test_a_mapping_gives_a_list_for_a_list_and_an_object_for_an_object(
    sandbox: Sandbox, over: Json, to: Json, where: Json, expected: Json
) -> None:
    assert mapped(sandbox, over, to, where) == expected


def test_an_item_left_out_is_not_computed(sandbox: Sandbox) -> None:
    assert mapped(sandbox, "=[None, 'a']", "=item.upper()", "=item is not None") == ["A"]
    assert mapped(sandbox, "=trigger.order.lines", "=10 // (item.qty - 1)", "=item.qty > 1") == [10]


BAD_MAPS = (
    ("=trigger.order.id", "=item", "/map/over", "over must give a list or an object"),
    ("=trigger.order.id + ''", "=item", "/map/over", "Over must give a list or an object"),
    (
        "=trigger.order.lines",
        {"a": "=item.skuu"},
        "/map/to/a",
        "There is no field 'skuu' in item. Did you mean 'sku'? (Item 0",
    ),
    ("=trigger.order.lines", {"a": "=1 // (item.qty - 1)"}, "/map/to/a", "Division by zero. (Item 1"),
)


@pytest.mark.parametrize(("over", "to", "pointer", "message"), BAD_MAPS)
def test_a_mapping_that_fails_says_at_which_item(
    sandbox: Sandbox, over: str, to: Json, pointer: str, message: str
) -> None:
    with pytest.raises(StepFailure) as caught:
        mapped(sandbox, over, to)
    assert caught.value.error.pointer == pointer
    assert caught.value.error.message.replace("integer division or modulo by zero", "Division by zero").startswith(
        message
    )


HOST_ONLY: tuple[tuple[Json, bool], ...] = (
    ("=trigger.a.b[0]['c']", True),
    ({"a": ["=steps.x", "{{ trigger.a }} {{ config.b }}", 1]}, True),
    ("=trigger.a + 1", False),
    ("=trigger.a[config.b]", False),
    ("=len(trigger.a)", False),
    ("{{ trigger.a }} {{ 1 }}", False),
)


@pytest.mark.parametrize(("values", "is_path_only"), HOST_ONLY)
def test_paths_are_answered_without_the_sandbox(values: Json, is_path_only: bool) -> None:
    assert compile_values(values, pointer="").is_path_only is is_path_only
    assert compile_map("=trigger.a", values, None, pointer="").is_path_only is is_path_only


def test_the_roots_are_told_one_by_one() -> None:
    compiled = compile_map("=steps.a.lines", {"x": "=item.y + steps.b"}, "=config.z and index", pointer="")
    assert compiled.roots == {"steps.a", "steps.b", "config"}


def test_the_same_data_named_often_cannot_grow_without_end(sandbox: Sandbox) -> None:
    data = {"trigger": {"text": "x" * (MAX_RESULT // 4), "list": ["y" * 1000] * 100}}
    assert len(value_of(sandbox, ["=trigger.text"] * 3, data)) == 3
    for values in (["=trigger.text"] * 5, "{{ trigger.text }}" * 5, {str(n): "=trigger.list" for n in range(20)}):
        assert failure_of(sandbox, values, data).message.startswith("The result is too large")
    with pytest.raises(StepFailure, match="too large"):
        mapped(sandbox, "=trigger.list", "=trigger.text", data=data)
    with pytest.raises(StepFailure, match="too large"):
        mapped(sandbox, "=trigger.list", {"constant": "z" * 20_000}, data=data)


def test_a_result_shares_nothing_with_what_was_compiled(sandbox: Sandbox) -> None:
    compiled = compile_values({"a": {"b": []}}, pointer="")
    compiled.result({})["a"]["b"].append(1)
    assert compiled.result({}) == {"a": {"b": []}}


# ---------------------------------------------------------------- every JSON value passes unchanged


NUMBERS = (
    st.integers(min_value=-(10**30), max_value=10**30)
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=Decimal("-1e40"), max_value=Decimal("1e40"))
    | st.floats(allow_nan=False, allow_infinity=False).map(lambda number: Decimal(repr(number)))
)
KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


def written(value: Json) -> Json:
    """A value as it is read from its JSON text."""
    return json_text.parse(json_text.dump(value))


def same(left: Json, right: Json) -> bool:
    """Whether two values are equal, digit by digit, but that 1.0 and 1 stay apart."""
    return json_text.dump(left) == json_text.dump(right)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON.map(written))
def test_any_json_passes_through_a_path_and_through_the_sandbox_unchanged(sandbox: Sandbox, value: Json) -> None:
    data = {"trigger": {"value": value, "key": "value"}}
    through_host = value_of(sandbox, ["=trigger.value"], data)
    through_sandbox = value_of(sandbox, ["=[trigger.value][0]", "=trigger[trigger.key]"], data)
    assert same(through_host, [value])
    doubles = [float(number) for number in _fractions(value)]
    if len(set(doubles)) == len(set(_fractions(value))):
        assert same(through_sandbox, [value, value])
    else:  # two numbers that are one double: the sandbox cannot tell them apart
        assert through_sandbox[0] == through_sandbox[1]


def _fractions(value: Json) -> list[Decimal]:
    if isinstance(value, Decimal):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [number for each in inner for number in _fractions(each)]


PATHS = st.lists(st.sampled_from(["a", "b", "sku", 0, 1, -1, 7]), min_size=1, max_size=4)
SMALL = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.sampled_from(["", "text", "é😀"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "sku"]), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=SMALL, keys=PATHS)
def test_a_path_read_in_the_host_is_what_the_sandbox_reads(
    sandbox: Sandbox, value: Json, keys: list[str | int]
) -> None:
    path = "trigger" + "".join(f"[{key!r}]" for key in keys)
    found = [_outcome(sandbox, f"={path}", value), _outcome(sandbox, f"=({path}, 1)[0]", value)]
    assert found[0] == found[1]


def _outcome(sandbox: Sandbox, source: str, value: Json) -> tuple[str, Json]:
    try:
        return "value", value_of(sandbox, source, {"trigger": value})
    except StepFailure as failure:
        return "failure", failure.error.message
