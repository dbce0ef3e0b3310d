"""The flows of the crash tests: every way a run has of doing something outside, and the order it must do it in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from flow_parts import call, flow_of, loop, post, set_, stop, wait

STAGES = {"first": 0, "flaky": 0, "each": 0, "refused": 0, "inner": 1, "rescue": 1, "last": 2}
"""Path at the target → when it is asked: what is asked later is asked only after all before it is on record."""

ITEMS = 3
QUICK = "60ms"
SLOW = "700ms"
"""A wait that outlives most servers of a trial."""


def definitions(url: str) -> dict[str, dict[str, Any]]:
    """Flow → definition. Each ends with a request to /last; `called` is called by the others."""

    def effect(name: str, **more: Any) -> dict[str, Any]:
        return post(name, f"{url}/{name}", json={"n": "=trigger.n"}, **more)

    def each() -> dict[str, Any]:
        return post("each", f"{url}/each", json={"n": "=trigger.n"})

    last = effect("last")
    retry = {"attempts": 6, "delay": "20ms", "factor": 1}
    attempt = {"id": "attempt", "kind": "try", "steps": [effect("refused")], "catch": [effect("rescue")]}
    return {
        "called": _started("on_demand", effect("inner"), wait("rest", **{"for": QUICK})),
        "effects": _hooked(effect("first"), set_("number", "=steps.first.body.n + 1"), last),
        "waiting": _hooked(effect("first"), wait("rest", **{"for": SLOW}), last),
        "calling": _hooked(effect("first"), call("ask", "called", input={"n": "=trigger.n"}), last),
        "looping": _hooked(loop("=[1, 2, 3]", each(), concurrency=2), last),
        "retrying": _hooked(effect("flaky", retry=retry), last),
        "catching": _hooked(attempt, last),
    }


def effects_of(flow: str) -> dict[str, int]:
    """Path at the target → how many effects a run of the flow has there, those of runs it calls included."""
    own = {
        "effects": {"first": 1},
        "waiting": {"first": 1},
        "calling": {"first": 1, "inner": 1},
        "looping": {"each": ITEMS},
        "retrying": {"flaky": 1},
        "catching": {"refused": 1, "rescue": 1},
    }
    return {**own[flow], "last": 1}


STARTED_BY_WEBHOOK = ("effects", "waiting", "calling", "looping", "retrying", "catching")


def _hooked(*steps: dict[str, Any]) -> dict[str, Any]:
    return _started("webhook", *steps, auth="none")


def _started(kind: str, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    schema = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
    trigger = {"kind": kind, "input": schema, **more}
    return {**flow_of(*steps, stop(details="=trigger.n")), "flow": 1, "trigger": trigger}
