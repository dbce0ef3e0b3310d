"""A real server with an account, for the tests of the page: made through the API, looked at in a browser."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx

ADMIN = "admin-token-of-the-tests-of-the-page"
_NUMBERS = itertools.count(1)

Definition = Mapping[str, Any]


def greets(word: str = "Hello", *more: Mapping[str, Any]) -> Definition:
    """A callable flow that greets `name`, after the steps given."""
    trigger = {
        "kind": "on_demand",
        "input": {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}},
    }
    steps = [
        *more,
        {"id": "greet", "kind": "set", "value": f"{word} {{{{ trigger.name }}}}"},
        {"id": "done", "kind": "stop", "status": "success", "message": "=steps.greet"},
    ]
    return {"flow": 1, "trigger": trigger, "steps": steps}


@dataclass(frozen=True)
class Site:
    """The API of the server that the page is served by, for its first administrator."""

    url: str
    client: httpx.Client

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The JSON of an answer that must not be a refusal."""
        answer = self.client.request(method, f"{self.url}/api/v1{path}", json=body, params=query)
        assert answer.is_success, (method, path, answer.text)
        return answer.json() if answer.content else None

    def new_name(self, word: str) -> str:
        """A slug that no test has used."""
        return f"{word}-{next(_NUMBERS)}"

    def workspace(self, word: str = "acme", *, customer: str | None = None) -> str:
        """A new workspace's slug."""
        slug = self.new_name(word)
        self.ask("POST", "/workspaces", {"slug": slug, "name": slug.title(), "customer": customer})
        return slug

    def flow(self, workspace: str, *others: str, word: str = "flow", visibility: str = "shared") -> str:
        """The slug of a new flow without versions, registered in all these workspaces."""
        slug = self.new_name(word)
        made = {"slug": slug, "name": slug.title(), "workspace": workspace, "visibility": visibility}
        self.ask("POST", "/flows", made)
        for other in others:
            self.ask("POST", f"/flows/{slug}/registrations", {"workspace": other})
        return slug

    def revision(self, flow: str) -> int:
        return int(self.ask("GET", f"/flows/{flow}")["revision"])

    def draft(self, flow: str, workspace: str, definition: Definition, *, note: str = "") -> int:
        """Saves a draft (R1); its number."""
        return int(self.ask("POST", f"/flows/{flow}/drafts", self._saved(flow, workspace, definition, note))["number"])

    def stage(self, flow: str, workspace: str, definition: Definition, *, note: str = "") -> int:
        """Deploys to staging (R2); the version's number."""
        answer = self.ask("POST", f"/flows/{flow}/staging", self._saved(flow, workspace, definition, note))
        return int(answer["version"]["number"])

    def promote(self, flow: str, workspace: str, version: int) -> str:
        """Promotes the staged version (R5); the promotion's id."""
        given = {"workspace": workspace, "version": version, "expected_revision": self.revision(flow)}
        return str(self.ask("POST", f"/flows/{flow}/promotions", given)["id"])

    def on_main(self, *workspaces: str, definition: Definition | None = None, word: str = "flow") -> str:
        """The slug of a flow in these workspaces, its version 1 on main."""
        slug = self.flow(*workspaces, word=word)
        first = workspaces[0]
        self.promote(slug, first, self.stage(slug, first, definition or greets(), note="First"))
        return slug

    def run(self, flow: str, workspace: str, given: Any, *, wait: int = 20) -> Any:
        """A run started by hand, as it stands after that many seconds at most."""
        return self.ask("POST", f"/flows/{flow}/registrations/{workspace}/runs", {"input": given}, wait=wait)

    def runs_on(self, flow: str, workspaces: Sequence[str]) -> list[int | None]:
        """The versions that a trigger would run now in these workspaces."""
        path = f"/flows/{flow}/registrations"
        return [self.ask("GET", f"{path}/{workspace}")["resolved_version"] for workspace in workspaces]

    def _saved(self, flow: str, workspace: str, definition: Definition, note: str) -> Any:
        seen = {"workspace": workspace, "definition": definition, "expected_revision": self.revision(flow)}
        return {**seen, "note": note}
