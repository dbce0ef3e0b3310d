"""Pieces of definitions that many tests use."""

from __future__ import annotations

from typing import Any

ANYTHING: dict[str, Any] = {"kind": "on_demand"}


def flow_of(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A definition that anybody may start."""
    return {"trigger": ANYTHING, "steps": list(steps), **more}


def set_(id: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "set", "value": value, **more}


def stop(**said: Any) -> dict[str, Any]:
    return {"id": "done", "kind": "stop", "status": "success", **said}


def post(id: str, url: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "http_request", "method": "POST", "url": url, **more}


def wait(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "wait", **more}


def call(id: str, flow: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "call_flow", "flow": flow, **more}


def loop(over: Any, *steps: dict[str, Any], id: str = "loop", **more: Any) -> dict[str, Any]:
    return {"id": id, "kind": "for_each", "in": over, "steps": list(steps), **more}
