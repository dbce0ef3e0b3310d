"""The demo's account: five workspaces of three customers, each with its own ticket desk, and three flows in each."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flowslot.base.json_text import Json, parse
from flowslot.cli.client import Client
from flowslot.cli.demo.examples import flow_definition, payload

if TYPE_CHECKING:
    import httpx


@dataclass(frozen=True, slots=True)
class Place:
    """One workspace of the demo."""

    slug: str
    name: str
    kind: str
    customer: str
    team: str


PLACES = (
    Place("acme-production", "Acme production", "standard", "Acme", "acme-core"),
    Place("acme-rollout", "Acme rollout 2027", "project", "Acme", "acme-rollout"),
    Place("globex", "Globex", "standard", "Globex", "globex-web"),
    Place("globex-test", "Globex test bench", "development", "Globex", "globex-qa"),
    Place("initech", "Initech", "custom", "Initech", "initech-ops"),
)
HOME = "acme-rollout"
"""Where the flows live and where the developer of the story works."""
EVENTS = ("issue", "pull_request", "check_run", "alert")
FLOWS = ("notify", "sync", "triage")


@dataclass(slots=True)
class Account:
    """The account on the server, and how its webhooks are reached."""

    client: Client
    http: httpx.Client
    tokens: Mapping[str, str]
    """Workspace → its token for the ticket desk."""
    hooks: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Workspace → address and secret of triage's webhook."""

    def make_workspaces(self, desk_url: str) -> None:
        for place in PLACES:
            body = {"slug": place.slug, "name": place.name, "kind": place.kind, "customer": place.customer}
            self.client.post("workspaces", body=body)
            auth = {"kind": "bearer", "token": self.tokens[place.slug]}
            connection = {"slug": "desk", "connector": "http", "settings": {"base_url": desk_url, "auth": auth}}
            self.client.post("workspaces", place.slug, "connections", body=connection)

    def make_flow(self, flow: str) -> None:
        """Builds a flow as a developer does: fill in at home, stage, promote; then register it everywhere else."""
        self.client.post("flows", body={"slug": flow, "name": flow.capitalize(), "workspace": HOME})
        home = next(place for place in PLACES if place.slug == HOME)
        self.client.patch("flows", flow, "registrations", HOME, body=_filled_in(flow, home))
        self.stage(flow, flow_definition(flow), note="first version")
        self.promote(flow)
        for place in PLACES:
            if place.slug != HOME:
                body = {"workspace": place.slug, **_filled_in(flow, place)}
                self.client.post("flows", flow, "registrations", body=body)

    def flow(self, flow: str) -> Json:
        return self.client.get("flows", flow).value

    def stage(self, flow: str, definition: Json, *, note: str) -> Json:
        body = {
            "workspace": HOME,
            "definition": definition,
            "note": note,
            "expected_revision": self.flow(flow)["revision"],
        }
        return self.client.post("flows", flow, "staging", body=body).value

    def promote(self, flow: str) -> Json:
        now = self.flow(flow)
        body = {"workspace": HOME, "version": now["staging"]["number"], "expected_revision": now["revision"]}
        return self.client.post("flows", flow, "promotions", body=body).value

    def registrations(self, flow: str) -> dict[str, Json]:
        return {each["workspace"]: each for each in self.client.every("flows", flow, "registrations")}

    def open_hooks(self) -> None:
        """Gives triage's webhook in each workspace a secret, as one would enter it at GitHub."""
        for place in PLACES:
            path = ("flows", "triage", "registrations", place.slug)
            secret = self.client.post(*path, "webhook-secret", body={}).value["secret"]
            self.hooks[place.slug] = (self.client.get(*path).value["webhook"]["main"], secret)

    def send(self, workspace: str, event: str) -> str:
        """Sends a payload as GitHub does, signed; the id of the run it started."""
        address, secret = self.hooks[workspace]
        body = payload(event)
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "GitHub-Hookshot/demo",
            "X-GitHub-Event": event.partition(".")[0],
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-Hub-Signature-256": f"sha256={signature}",
        }
        answer = self.http.post(address, content=body, headers=headers)
        answer.raise_for_status()
        return str(parse(answer.content)["run"])


def new_tokens() -> dict[str, str]:
    """A desk token for each workspace."""
    return {place.slug: f"desk-{secrets.token_hex(12)}" for place in PLACES}


def with_password(client: Client) -> tuple[str, str]:
    """Gives the one who signs in with the client a random password for the page; their name and the password."""
    user, password = client.get("session").value["user"], secrets.token_hex(6)
    client.put("users", user["id"], "password", body={"password": password})
    return user["name"], password


def customers(workspaces: Sequence[Json]) -> list[str]:
    """The customers of these workspaces, each once."""
    return sorted({each["customer"] for each in workspaces})


def _filled_in(flow: str, place: Place) -> dict[str, Json]:
    """What the registration of a flow in a workspace is filled in with."""
    if flow == "triage":
        return {"config": {"team": place.team, "events": list(EVENTS)}}
    desk = {"connections": {"desk": "desk"}}
    return {**desk, "config": {"owner": place.team}} if flow == "sync" else desk
