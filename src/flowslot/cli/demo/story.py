"""The story: a new version goes from draft to staging in one workspace, to main everywhere, and back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from httpx import HTTPError

from flowslot.base.json_text import Json
from flowslot.cli.demo.account import FLOWS, HOME, PLACES, Account, customers
from flowslot.cli.demo.desk import Desk
from flowslot.cli.demo.examples import flow_definition
from flowslot.cli.demo.rounds import Ran, Rounds, details_of, everywhere
from flowslot.cli.demo.verifying import Verifier
from flowslot.cli.refusals import NotReached, Refused
from flowslot.cli.tables import slot_words, version_number

SECOND = "globex-test"
"""The workspace that joins staging later."""


@dataclass(slots=True)
class Story:
    """Everything the steps of the story need. Each step leaves what the next one finds."""

    account: Account
    desk: Desk
    verify: Verifier

    @property
    def rounds(self) -> Rounds:
        return Rounds(self.account, self.desk, self.verify)

    def tell(self) -> None:
        """All steps, in order."""
        steps: tuple[Callable[[], None], ...] = (
            self.account_is_made,
            self.flows_are_made,
            self.all_run_main,
            self.what_is_no_work_is_left,
            self.draft_changes_nothing,
            self.a_wrong_version_is_stopped,
            self.staging_in_one_workspace,
            self.a_second_workspace_joins,
            self.who_is_affected,
            self.promotion_moves_everybody,
            self.sync_writes_back,
            self.undo_gives_everything_back,
            self.all_is_on_record,
        )
        for step in steps:
            step()

    def account_is_made(self) -> None:
        self.verify.step("An account: five workspaces of three customers, each with its own ticket desk")
        self.account.make_workspaces(self.desk.url)
        seen = list(self.account.client.every("workspaces"))
        columns = ("slug", "name", "kind", "customer")
        self.verify.table("Workspaces", columns, [[each[column] for column in columns] for each in seen])
        slugs = sorted(place.slug for place in PLACES)
        self.verify.expect("there are five workspaces", expected=slugs, seen=sorted(each["slug"] for each in seen))
        self.verify.expect("of three customers", expected=["Acme", "Globex", "Initech"], seen=customers(seen))

    def flows_are_made(self) -> None:
        self.verify.step("Three flows, staged, promoted and registered in every workspace")
        for flow in FLOWS:
            self.account.make_flow(flow)
        self.account.open_hooks()
        seen = {flow: self.account.registrations(flow) for flow in FLOWS}
        rows = [[slug, *(_running_on(seen[flow][slug]) for flow in FLOWS)] for slug in sorted(seen["triage"])]
        self.verify.table("What runs where", ("workspace", *FLOWS), rows)
        for flow in FLOWS:
            on = {slug: (each["slot"], each["resolved_version"]) for slug, each in seen[flow].items()}
            self.verify.expect(f"{flow} runs main v1 in all five", expected=everywhere("main", 1), seen=on)

    def all_run_main(self) -> None:
        self.verify.step("GitHub's webhooks arrive: every workspace runs version 1, on main")
        runs = self.rounds.round_of_webhooks()
        self.rounds.expect_versions(runs, everywhere("main", 1))
        self.rounds.expect_tickets(runs)
        priorities = {slug: "priority" in details_of(run) for slug, run in runs.items()}
        self.verify.expect("version 1 knows no priority", expected=dict.fromkeys(runs, False), seen=priorities)

    def what_is_no_work_is_left(self) -> None:
        self.verify.step("A star is no work: the flow branches, and no ticket is opened")
        before = len(self.desk.tickets.of("initech"))
        run = self.rounds.run_of_webhook("initech", "star.created")
        self.verify.expect("the run is a success", expected="success", seen=run["status"])
        self.verify.expect("no ticket was opened", expected=before, seen=len(self.desk.tickets.of("initech")))

    def draft_changes_nothing(self) -> None:
        self.verify.step(f"A draft of version 2 is saved in {HOME}: it changes nothing (R1)")
        body = {"workspace": HOME, "definition": flow_definition("triage-2"), "note": "tickets get a priority"}
        revision = self.account.flow("triage")["revision"]
        draft = self.account.client.post(
            "flows", "triage", "drafts", body={**body, "expected_revision": revision}
        ).value
        self.verify.expect("it is version 2, in no slot", expected=(2, []), seen=(draft["number"], draft["icons"]))
        run = self.rounds.run_of_webhook(HOME, "issues.opened")
        self.verify.expect(f"{HOME} still runs main v1", expected=("main", 1), seen=(run["slot"], run["version"]))
        test = self.rounds.test_run(version=2)
        self.verify.expect(
            "the draft can be test-run there", expected=("success", 2), seen=(test["status"], test["version"])
        )
        self.verify.expect_refusal("it cannot be promoted", "nothing_staged", lambda: self._promote(version=2))

    def a_wrong_version_is_stopped(self) -> None:
        self.verify.step("A version with a mistake is stopped before it reaches anybody (R3)")
        wrong = _with_mistake(flow_definition("triage-2"))
        before = self.account.flow("triage")
        found = self.account.client.post(
            "flows", "triage", "validations", body={"workspace": HOME, "definition": wrong, "scope": "staging"}
        ).value
        columns = ("pointer", "code", "message")
        self.verify.table("Problems", columns, [[each[column] for column in columns] for each in found["problems"]])
        self.verify.expect("the validation fails", expected=False, seen=found["ok"])
        self.verify.expect_refusal(
            "it cannot be staged", "validation_failed", lambda: self.account.stage("triage", wrong, note="oops")
        )
        self.verify.expect("nothing moved", expected=_slots(before), seen=_slots(self.account.flow("triage")))

    def staging_in_one_workspace(self) -> None:
        self.verify.step(f"Version 2 is deployed to staging from {HOME} (R2)")
        staged = self.account.stage("triage", flow_definition("triage-2"), note="tickets get a priority")
        self.verify.expect(
            "no second version: nothing changed since the draft", expected=2, seen=staged["version"]["number"]
        )
        runs = self.rounds.round_of_webhooks()
        self.rounds.expect_versions(runs, {**everywhere("main", 1), HOME: ("staging", 2)})
        self.rounds.expect_tickets(runs)
        found = details_of(runs[HOME]).get("priority")
        self.verify.expect("version 2 gives priorities: a bug is high", expected="high", seen=found)

    def a_second_workspace_joins(self) -> None:
        self.verify.step(f"{SECOND} is put on staging too, by its flask; nothing else moves (R10)")
        body = {"slot": "staging", "expected_revision": self.account.flow("triage")["revision"]}
        self.account.client.put("flows", "triage", "registrations", SECOND, "slot", body=body)
        self.rounds.expect_versions(self.rounds.round_of_webhooks(), _mixed())

    def who_is_affected(self) -> None:
        self.verify.step("Before the promotion: who is affected (R6), and what is refused (R4, R18)")
        plan = self.account.client.get("flows", "triage", "promotion-plan", query={"workspace": HOME}).value
        rows = [
            [each["workspace"], each["customer"], slot_words(each["slot"], each["version"])]
            for each in plan["other_workspaces"]
        ]
        self.verify.table("Other workspaces that use triage", ("workspace", "customer", "now on"), rows)
        others = sorted(place.slug for place in PLACES if place.slug != HOME)
        self.verify.expect("the promotion is allowed", expected=(True, []), seen=(plan["allowed"], plan["reasons"]))
        self.verify.expect("it lists the four others", expected=others, seen=sorted(row[0] for row in rows))
        self.verify.expect_refusal("version 1 is refused", "not_the_staged_version", lambda: self._promote(version=1))
        self.verify.expect_refusal(
            "an old revision is refused",
            "revision_conflict",
            lambda: self._promote(version=2, revision=plan["revision"] - 1),
        )

    def promotion_moves_everybody(self) -> None:
        self.verify.step("Promotion: main is version 2 for everybody, at once (R5)")
        promotion = self.account.promote("triage")
        self.verify.expect("five registrations were moved", expected=5, seen=promotion["registrations"])
        runs = self.rounds.round_of_webhooks()
        self.rounds.expect_versions(runs, everywhere("main", 2))
        self.rounds.expect_tickets(runs)
        slots = _slots(self.account.flow("triage"))
        self.verify.expect("staging is empty", expected={"main": 2, "staging": None}, seen=slots)

    def sync_writes_back(self) -> None:
        self.verify.step("sync reads each desk's tickets, loops over them and writes their owner back")
        rows, owners = [], {}
        for place in PLACES:
            tickets = self.desk.tickets.of(place.slug)
            run = self.rounds.run_by_hand("sync", place.slug)
            looked_at = details_of(run).get("looked_at")
            rows.append([place.slug, run["status"], len(tickets), looked_at, (run["outcome"] or {}).get("message")])
            owners[place.slug] = {each["owner"] for each in self.desk.tickets.of(place.slug)}
            self.verify.expect(f"{place.slug}: it saw every ticket", expected=len(tickets), seen=looked_at)
        self.verify.table("sync", ("workspace", "status", "tickets at the desk", "looked at", "message"), rows)
        expected = {place.slug: {place.team} for place in PLACES}
        self.verify.expect("every ticket has its own team as owner", expected=expected, seen=owners)

    def undo_gives_everything_back(self) -> None:
        self.verify.step("Undo: every workspace has exactly the slot it had before (R17)")
        last = self.account.client.get("flows", "triage", "promotions", query={"limit": 1}).value["items"][0]
        body = {"expected_revision": self.account.flow("triage")["revision"]}
        self.account.client.post("flows", "triage", "promotions", last["id"], "undo", body=body)
        self.rounds.expect_versions(self.rounds.round_of_webhooks(), _mixed())
        slots = _slots(self.account.flow("triage"))
        self.verify.expect("main is 1 again, 2 is staged", expected={"main": 1, "staging": 2}, seen=slots)

    def all_is_on_record(self) -> None:
        self.verify.step("All of it is on record (R19), and every version is in the history (R9)")
        entries = list(self.account.client.every("audit", query={"flow": "triage"}))
        columns = ("at", "actor", "action", "workspace", "version")
        self.verify.table("The last of it", columns, [[each[column] for column in columns] for each in entries[:6]])
        wanted = {"version.saved", "staging.deployed", "registration.moved", "promotion.made", "promotion.undone"}
        seen = {each["action"] for each in entries} & wanted
        self.verify.expect("who saved, staged, moved, promoted and undid", expected=sorted(wanted), seen=sorted(seen))
        history = [each["number"] for each in self.account.client.every("flows", "triage", "versions")]
        self.verify.expect("the history is versions 2 and 1", expected=[2, 1], seen=history)

    def _promote(self, *, version: int, revision: int | None = None) -> None:
        seen = revision if revision is not None else self.account.flow("triage")["revision"]
        body = {"workspace": HOME, "version": version, "expected_revision": seen}
        self.account.client.post("flows", "triage", "promotions", body=body)


def tell_verified(account: Account, desk: Desk, verify: Verifier, *, more: Callable[[], None] | None = None) -> None:
    """Tells the whole story, and `more` after it; what stops it on the way is a statement that was not true."""
    try:
        Story(account, desk, verify).tell()
        if more is not None:
            more()
    except Refused as refused:
        verify.broken_off(f"the server refused: {refused}")
        for problem in refused.problem.get("problems", ()):
            verify.say(f"{problem.get('workspace')} {problem.get('pointer')}: {problem.get('message')}")
    except NotReached as error:
        verify.broken_off(str(error))
    except HTTPError as error:
        verify.broken_off(f"a webhook was not taken: {error}")
    verify.verdict()


def _mixed() -> dict[str, Ran]:
    """Two workspaces on staging, the others on main."""
    return {**everywhere("main", 1), HOME: ("staging", 2), SECOND: ("staging", 2)}


def _slots(flow: Json) -> dict[str, int | None]:
    return {slot: version_number(flow[slot]) for slot in ("main", "staging")}


def _running_on(registration: Json) -> str:
    return slot_words(registration["slot"], registration["resolved_version"])


def _with_mistake(definition: Json) -> Json:
    """The definition with a typing mistake in an expression: `titel` for `title`."""
    steps = [
        {**step, "value": {**step["value"], "title": "=trigger.issue.titel if trigger.issue else ''"}}
        if step["id"] == "subject"
        else step
        for step in definition["steps"]
    ]
    return {**definition, "steps": steps}
