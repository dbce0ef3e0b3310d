"""What a process counts of itself, one attribute a metric. Labels have few values: never an id, never a slug."""

from __future__ import annotations

from collections.abc import Iterator

from flowslot.base.metrics import SIZES, Counter, Family, Histogram


class Meters:
    """Made once by wiring and given to the parts that count."""

    def __init__(self) -> None:
        self.api_requests = Counter("flowslot_api_requests_total", "API requests answered.", "operation", "status")
        self.api_seconds = Histogram(
            "flowslot_api_request_duration_seconds", "How long API requests took.", "operation"
        )
        self.webhooks = Counter("flowslot_webhooks_total", "Webhook requests answered.", "status")
        self.accepted = Counter("flowslot_triggers_accepted_total", "Triggers that became a run.", "trigger")
        self.refused = Counter(
            "flowslot_triggers_refused_total", "Triggers that were refused, by error code.", "trigger", "code"
        )
        self.ended = Counter("flowslot_runs_ended_total", "Runs that ended.", "status")
        self.run_seconds = Histogram(
            "flowslot_run_duration_seconds", "From the beginning of a run to its end, waiting included.", "status"
        )
        self.run_wait = Histogram(
            "flowslot_run_queue_wait_seconds", "From accepting a run to the beginning of its work."
        )
        self.steps = Counter(
            "flowslot_steps_total", "Steps of ended runs, as their record shows them.", "kind", "outcome"
        )
        self.outgoing = Counter(
            "flowslot_outgoing_requests_total", "HTTP requests of steps: class of status, or error code.", "outcome"
        )
        self.outgoing_seconds = Histogram(
            "flowslot_outgoing_request_duration_seconds", "How long HTTP requests of steps took."
        )
        self.journal_group = Histogram(
            "flowslot_journal_group_size", "Operations in one transaction of the journal.", bounds=SIZES
        )
        self.journal_seconds = Histogram(
            "flowslot_journal_commit_duration_seconds", "How long a transaction of the journal took, commit included."
        )
        self.sandbox_seconds = Histogram(
            "flowslot_sandbox_call_duration_seconds", "How long calls of the sandbox took, by pool.", "pool"
        )
        self.changes = Counter("flowslot_changes_total", "Changes that went on record, by action.", "action")

    def all(self) -> Iterator[Counter | Histogram]:
        """Every metric, in the order of the reference."""
        yield from vars(self).values()

    def families(self) -> list[Family]:
        """All that was counted until now."""
        return [each.family() for each in self.all()]
