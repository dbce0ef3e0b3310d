"""What a validation tells, in which order, and how much: R3."""

from __future__ import annotations

from flowslot.base.errors import Problem
from flowslot.domain.validation import MOST_TOLD, told

DOCUMENT = {"steps": [{"id": "a", "value": {"z": 1, "b": 2}}, *({"id": f"s{n}"} for n in range(20))], "trigger": {}}


def at(pointer: str, workspace: str | None = None, *, line: int | None = None) -> Problem:
    return Problem(pointer, "wrong", "Wrong.", workspace, line)


def test_problems_are_told_by_their_place_in_the_document() -> None:
    """R3: as a reader meets them; what is missing comes after what is there."""
    in_order = [
        at(""),
        at("/trigger/kind"),
        at("/config"),
        at("/steps/0/value/z", line=2),
        at("/steps/0/value/z", line=10),
        at("/steps/0/value/b"),
        at("/steps/0/kind"),
        at("/steps/2"),
        at("/steps/10/id"),
        at("/other"),
    ]
    assert told(DOCUMENT, reversed(in_order)) == tuple(in_order)


def test_each_is_told_once_and_the_workspaces_after_the_definition() -> None:
    """R3."""
    problems = [
        at("/steps", "b"),
        at("/trigger", "b"),
        at("/steps", "a"),
        at("/steps"),
        at("/steps"),
        at("/trigger", "b"),
    ]
    assert told(DOCUMENT, problems) == (at("/steps"), at("/trigger", "b"), at("/steps", "b"), at("/steps", "a"))


def test_too_many_problems_of_the_definition_are_counted() -> None:
    """R3: every workspace is told all the same."""
    many = [at("/steps/0/id", line=number) for number in range(1, MOST_TOLD + 8)]
    everywhere = [at("/config", f"w{number}") for number in range(300)]
    found = told(DOCUMENT, [*many, *everywhere])
    assert found[:MOST_TOLD] == tuple(many[:MOST_TOLD])
    assert found[MOST_TOLD].message == "7 more problems are not told here; mend these first."
    assert found[MOST_TOLD + 1 :] == tuple(everywhere)
