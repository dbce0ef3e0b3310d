"""Which flows a version calls, what they are in a workspace, and circles: R3, R13."""

from __future__ import annotations

import pytest

from flowslot.domain.calls import CalledFlow, CallGraph, FlowCall, Reached, Standing, called_in, calls_of, circle
from flowslot.domain.definition import Definition
from flowslot.domain.resolve import CallSlot, EmptyMain
from flowslot.domain.slots import Slot
from rules.nouns import Calls, definition, flow, registration, step


def test_calls_are_told_in_the_order_of_the_document_without_disabled_steps() -> None:
    """R3: what a disabled step, or one inside it, would call is no concern."""
    found = calls_of(
        definition(
            step("one", Calls("b")),
            step("if", inside=[step("two", Calls("c", "main")), step("off", Calls("d"), disabled=True)]),
            step("all_off", inside=[step("inner", Calls("e"))], disabled=True),
            step("three", Calls("b", "caller")),
        )
    )
    assert [(each.id, call) for each, call in found] == [
        ("one", FlowCall("b")),
        ("two", FlowCall("c", CallSlot.MAIN)),
        ("three", FlowCall("b", CallSlot.CALLER)),
    ]


def graph(definitions: dict[tuple[str, int], Definition | None], **slots: tuple[int | None, int | None]) -> CallGraph:
    """Flows by slug with (staging, main); `a` is looked at and has no row in it."""
    flows = {slug: flow(slug=slug, staging_version=staged, main_version=main) for slug, (staged, main) in slots.items()}
    return CallGraph("a", flows, definitions)


def standing(caller: Slot = Slot.STAGING, **registered: Slot) -> Standing:
    """A workspace that has the flows given, each on a slot."""
    return Standing(
        {slug: registration(slot) for slug, slot in registered.items()}, caller, empty_main=EmptyMain.REFUSE
    )


INPUT = {"type": "object"}
CALLS_B = definition(step("call", Calls("b")))
CALLABLE, WEBHOOK = definition(input_schema=INPUT), definition(trigger="webhook", input_schema=INPUT)

MET = {
    "unknown": (graph({}), standing(b=Slot.MAIN), CalledFlow()),
    "not registered": (graph({("b", 6): CALLABLE}, b=(7, 6)), standing(), CalledFlow()),
    "empty": (graph({("b", 7): CALLABLE}, b=(7, None)), standing(b=Slot.MAIN), CalledFlow(registered=True)),
    "on main": (
        graph({("b", 6): CALLABLE, ("b", 7): WEBHOOK}, b=(7, 6)),
        standing(b=Slot.MAIN),
        CalledFlow(registered=True, version=6, callable=True, input_schema=INPUT),
    ),
    "on staging": (
        graph({("b", 6): CALLABLE, ("b", 7): WEBHOOK}, b=(7, 6)),
        standing(b=Slot.STAGING),
        CalledFlow(registered=True, version=7, callable=False, input_schema=None),
    ),
    "unreadable": (
        graph({("b", 6): None}, b=(None, 6)),
        standing(b=Slot.MAIN),
        CalledFlow(registered=True, version=6),
    ),
}


@pytest.mark.parametrize("case", MET)
def test_a_call_meets_what_its_own_registration_runs(case: str) -> None:
    """R13: the called flow is what it is in that workspace, not what the caller is."""
    calls, here, expected = MET[case]
    assert called_in(calls, CALLS_B, standing=here) == {FlowCall("b"): expected}


def test_a_flow_may_not_call_itself() -> None:
    """R3: the shortest circle."""
    found = called_in(graph({}), definition(step("call", Calls("a"))), standing=standing())
    assert found[FlowCall("a")].circle == ("a", "a")


def test_a_circle_through_other_flows_is_found_with_its_way() -> None:
    """R3: A calls B, whose version here calls C, which calls A."""
    calls = graph(
        {("b", 6): definition(step("x", Calls("c"))), ("c", 6): definition(step("x", Calls("a")))},
        b=(None, 6),
        c=(None, 6),
    )
    found = called_in(calls, CALLS_B, standing=standing(b=Slot.MAIN, c=Slot.MAIN))
    assert found[FlowCall("b")].circle == ("a", "b", "c", "a")


def test_a_circle_counts_only_where_the_versions_that_run_make_it() -> None:
    """R3, R13: B calls A back only from its staged version, so only a workspace with B on staging refuses."""
    calls = graph({("b", 6): CALLABLE, ("b", 7): definition(step("x", Calls("a")))}, b=(7, 6))
    assert called_in(calls, CALLS_B, standing=standing(b=Slot.MAIN))[FlowCall("b")].circle == ()
    assert called_in(calls, CALLS_B, standing=standing(b=Slot.STAGING))[FlowCall("b")].circle == ("a", "b", "a")


def test_a_call_that_reaches_nothing_ends_a_way() -> None:
    """R3: a circle through a flow that is not registered here can never be walked."""
    calls = graph({("b", 6): definition(step("x", Calls("c"))), ("c", 6): CALLS_B}, b=(None, 6), c=(None, 6))
    assert called_in(calls, CALLS_B, standing=standing(b=Slot.MAIN))[FlowCall("b")].circle == ()


def node(name: str) -> Reached:
    return Reached(name, 1, Slot.MAIN)


WAYS = {
    "ends": ({"b": ["c"], "c": []}, ()),
    "joins": ({"b": ["c", "d"], "c": ["d"], "d": []}, ()),
    "back to the start": ({"b": ["c"], "c": ["a"]}, ("a", "b", "c", "a")),
    "a circle further on": ({"b": ["c"], "c": ["d"], "d": ["c"]}, ("c", "d", "c")),
    "itself further on": ({"b": ["b"]}, ("b", "b")),
    "after a dead end": ({"b": ["c", "d"], "c": [], "d": ["a"]}, ("a", "b", "d", "a")),
}


@pytest.mark.parametrize("case", WAYS)
def test_following_calls_finds_the_way_back(case: str) -> None:
    """R3: the circle is told from the flow it comes back to."""
    calls, expected = WAYS[case]
    assert circle("a", node("b"), calls=lambda here: [node(name) for name in calls[here.flow]]) == expected


def test_many_calls_that_join_are_followed_once() -> None:
    """R3: forty levels of two calls each are 2^40 ways, and forty flows."""
    asked: list[str] = []

    def calls(here: Reached) -> list[Reached]:
        asked.append(here.flow)
        level = int(here.flow[1:].split("_")[0]) + 1
        return [node(f"f{level}_{side}") for side in "lr"] if level < 40 else []

    assert circle("a", node("f0_l"), calls=calls) == ()
    assert len(asked) == 1 + 39 * 2
