"""Rounds of the story: real payloads go to every workspace, and what ran is looked at through the API."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from flowslot.base.json_text import Json, parse
from flowslot.cli.demo.account import HOME, PLACES, Account
from flowslot.cli.demo.desk import Desk
from flowslot.cli.demo.examples import payload
from flowslot.cli.demo.verifying import Verifier
from flowslot.cli.tables import slot_words
from flowslot.cli.waiting import ended

ROUND = ("pull_request.opened", "issues.opened", "check_run.completed", "dependabot_alert.created", "issues.labeled")
"""One payload for each workspace of a round, in the order of PLACES."""
_RUN_SECONDS = 30

Ran = tuple[str, int]
"""Slot and version of a run."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """Sends webhooks, starts runs, and states what is expected of them."""

    account: Account
    desk: Desk
    verify: Verifier

    def round_of_webhooks(self) -> dict[str, Json]:
        """One webhook for each workspace; the runs as they ended."""
        events = {place.slug: event for place, event in zip(PLACES, ROUND, strict=True)}
        sent = {slug: self.account.send(slug, event) for slug, event in events.items()}
        runs = {slug: self.ended(run) for slug, run in sent.items()}
        self.show_runs(runs, events=events)
        return runs

    def run_of_webhook(self, workspace: str, event: str) -> Json:
        run = self.ended(self.account.send(workspace, event))
        self.show_runs({workspace: run}, events={workspace: event})
        return run

    def run_by_hand(self, flow: str, workspace: str) -> Json:
        path = ("flows", flow, "registrations", workspace, "runs")
        return self.ended(self.account.client.post(*path, body={"input": None}).value["id"])

    def test_run(self, *, version: int) -> Json:
        """A test run of one version of triage, where it was saved."""
        path = ("flows", "triage", "registrations", HOME, "runs")
        body = {"input": parse(payload("issues.opened")), "version": version, "test": True}
        return self.ended(self.account.client.post(*path, body=body).value["id"])

    def ended(self, run: str) -> Json:
        """The run when it has ended, or as it is when it takes too long; then what is expected of it fails."""
        deadline = time.monotonic() + _RUN_SECONDS
        while True:
            found = self.account.client.get("runs", run).value
            if ended(found) or time.monotonic() > deadline:
                return found
            time.sleep(0.05)  # between two looks; a run of the story takes less than a second

    def show_runs(self, runs: Mapping[str, Json], *, events: Mapping[str, str]) -> None:
        rows = [
            [slug, events[slug], slot_words(run["slot"], run["version"]), run["status"], _said(run)]
            for slug, run in runs.items()
        ]
        self.verify.table("Runs of triage", ("workspace", "payload", "ran on", "status", "said"), rows)

    def expect_versions(self, runs: Mapping[str, Json], expected: Mapping[str, Ran]) -> None:
        """Every run is a success, on the slot and version expected of its workspace."""
        statuses = {slug: run["status"] for slug, run in runs.items()}
        self.verify.expect("every run is a success", expected=dict.fromkeys(runs, "success"), seen=statuses)
        seen = {slug: (run["slot"], run["version"]) for slug, run in runs.items()}
        self.verify.expect(_in_words(expected), expected=dict(expected), seen=seen)

    def expect_tickets(self, runs: Mapping[str, Json]) -> None:
        """Each run's ticket is at the desk, in the account of its own workspace."""
        claimed = {slug: details_of(run).get("ticket") for slug, run in runs.items()}
        seen = {slug: claimed[slug] in {each["id"] for each in self.desk.tickets.of(slug)} for slug in runs}
        self.verify.expect("each has its ticket, at its own desk", expected=dict.fromkeys(runs, True), seen=seen)


def details_of(run: Json) -> dict[str, Json]:
    """What the stop step gave; nothing for a run that ended otherwise."""
    return (run["outcome"] or {}).get("details") or {}


def everywhere(slot: str, version: int) -> dict[str, Ran]:
    """The same for all workspaces."""
    return {place.slug: (slot, version) for place in PLACES}


def _in_words(expected: Mapping[str, Ran]) -> str:
    """`2 workspaces ran ⚗ staging v2, 3 ran ♛ main v1`."""
    counts: dict[Ran, int] = {}
    for ran in expected.values():
        counts[ran] = counts.get(ran, 0) + 1
    parts = [
        f"{count} on {slot_words(slot, version)}" for (slot, version), count in sorted(counts.items(), reverse=True)
    ]
    return f"they ran {', '.join(parts)}"


def _said(run: Json) -> Json:
    return (run["error"] or run["outcome"] or {}).get("message")
