"""What the engine is given: the journal, the sandbox, the way out; wiring makes one set of tools."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from flowslot.app.accepting import TriggerMemory
from flowslot.app.dispatch import Plans
from flowslot.app.journal import Journal
from flowslot.app.ports import Connection, Definitions, Store
from flowslot.base.clock import Clock
from flowslot.base.ids import Ids, WorkspaceId
from flowslot.engine.run_watch import RunWatch
from flowslot.flowlang.kinds import HttpRequest, HttpResponse, StepKind
from flowslot.flowlang.sandbox import Sandbox


class Outgoing(Protocol):
    """The one way out: sends a request through a connection's base URL and sign-in, or to any public address."""

    async def send(
        self, request: HttpRequest, connection: Connection | None, *, workspace: WorkspaceId | None = None
    ) -> HttpResponse:
        """`workspace` is who asks. Raises StepFailure: network_error, blocked_address, timeout, response_too_large."""
        ...


@dataclass(frozen=True, slots=True)
class Tools:
    """Everything a run can reach."""

    journal: Journal
    store: Store
    definitions: Definitions
    plans: Plans
    kinds: Mapping[str, StepKind]
    sandbox: Sandbox
    outgoing: Outgoing
    clock: Clock
    ids: Ids
    memory: TriggerMemory = field(default_factory=TriggerMemory)
    """Shared with RunParts, so that a version's input check is compiled once."""
    watch: RunWatch = field(default_factory=RunWatch)
    """Told of each run that has ended."""
