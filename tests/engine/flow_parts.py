"""Pieces of definitions that many tests use."""

from __future__ import annotations

from typing import Any

ANYTHING: dict[str, Any] = {"kind": "on_demand"}


def flow_of(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition that anybody may start."""
    return {"trigger": ANYTHING, "steps": list(steps), **more}


def set_(step: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"id": step, "kind": "set", "value": value, **more}


def stop(**said: Any) -> dict[str, Any]:
    return {"id": "done", "kind": "stop", "status": "success", **said}


def post(step: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": step, "kind": "http_request", "method": "POST", "url": url, **more}


def wait(step: str, **more: Any) -> dict[str, Any]:
    return {"id": step, "kind": "wait", **more}


def call(step: str, flow: str, **more: Any) -> dict[str, Any]:
    return {"id": step, "kind": "call_flow", "flow": flow, **more}


def loop(over: Any, *steps: dict[str, Any], step: str = "loop", **more: Any) -> dict[str, Any]:
    return {"id": step, "kind": "for_each", "in": over, "steps": list(steps), **more}
