"""Makes what a test of the API needs, through the API."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx
from api_server import Server


def definition(*steps: dict[str, Any], trigger: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A definition: the steps given, or one that gives the trigger's input back."""
    done = {"id": "done", "kind": "stop", "status": "success", "details": "=trigger"}
    return {"flow": 1, "trigger": trigger or {"kind": "on_demand"}, "steps": list(steps) or [done], **more}


def saying(value: Any) -> dict[str, Any]:
    """A definition that ends with a value."""
    return definition({"id": "done", "kind": "stop", "status": "success", "details": value})


WAITING = definition(
    {"id": "ask", "kind": "wait", "signal": True},
    {"id": "done", "kind": "stop", "status": "success", "details": "=steps.ask"},
)


@dataclass
class Account:
    """Asks the API for things, and fails where it refuses. `home` is a workspace, `flow` a flow that lives in it."""

    server: Server = field(repr=False)
    client: httpx.Client = field(repr=False)
    home: str = field(init=False)
    flow: str = field(init=False)

    def __post_init__(self) -> None:
        self.home = self.workspace()
        self.flow = self.new_flow()

    def workspace(self) -> str:
        slug = self.server.fresh("ws")
        self.post("/workspaces", {"slug": slug, "name": slug.title(), "customer": f"Customer of {slug}"}, status=201)
        return slug

    def new_flow(self, workspace: str | None = None, **more: Any) -> str:
        slug = self.server.fresh("flow")
        self.post("/flows", {"slug": slug, "name": slug, "workspace": workspace or self.home, **more}, status=201)
        return slug

    def revision(self, flow: str | None = None) -> int:
        return int(self.get(f"/flows/{flow or self.flow}")["revision"])

    def draft(self, content: Any = None, *, flow: str | None = None, workspace: str | None = None) -> dict[str, Any]:
        flow = flow or self.flow
        return self.post(f"/flows/{flow}/drafts", self._change(content, flow, workspace), status=201)

    def stage(self, content: Any = None, *, flow: str | None = None, workspace: str | None = None) -> dict[str, Any]:
        flow = flow or self.flow
        return self.post(f"/flows/{flow}/staging", self._change(content, flow, workspace))

    def promote(self, *, flow: str | None = None, workspace: str | None = None) -> dict[str, Any]:
        flow = flow or self.flow
        shown = self.get(f"/flows/{flow}")
        body = {
            "workspace": workspace or self.home,
            "version": shown["staging"]["number"],
            "expected_revision": shown["revision"],
        }
        return self.post(f"/flows/{flow}/promotions", body, status=201)

    def on_main(self, content: Any = None, *, flow: str | None = None) -> dict[str, Any]:
        self.stage(content, flow=flow)
        return self.promote(flow=flow)

    def register(self, workspace: str, *, flow: str | None = None, **more: Any) -> dict[str, Any]:
        return self.post(f"/flows/{flow or self.flow}/registrations", {"workspace": workspace, **more}, status=201)

    def run(self, given: Any = None, *, wait: int = 20, status: int = 200, **more: Any) -> dict[str, Any]:
        path = f"/flows/{self.flow}/registrations/{self.home}/runs?wait={wait}"
        return self.post(path, {"input": given, **more}, status=status)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        answer = self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text[:1000]
        return dict(answer.json())

    def post(self, path: str, body: Any = None, *, status: int = 200) -> dict[str, Any]:
        answer = self.client.post(path, json=body)
        assert answer.status_code == status, answer.text[:1000]
        return dict(answer.json())

    def token(self, role: str, workspaces: list[str] | None = None) -> str:
        body = {"name": "test", "role": role} | ({} if workspaces is None else {"workspaces": workspaces})
        return str(self.post("/tokens", body, status=201)["token"])

    def _change(self, content: Any, flow: str, workspace: str | None) -> dict[str, Any]:
        return {
            "workspace": workspace or self.home,
            "definition": content or definition(),
            "expected_revision": self.revision(flow),
        }


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem document of a refusal, which is as refusals are."""
    assert answer.status_code == status, answer.text[:1000]
    assert answer.headers["content-type"] == "application/problem+json"
    document = dict(answer.json())
    assert document["code"] == code, document
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert document["type"].endswith(code)
    return document
