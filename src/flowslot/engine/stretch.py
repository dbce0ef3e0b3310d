"""One stretch of one run: its journal so far, its record, its limits, and how it writes to the journal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from flowslot.app.journal import Ending, Entry, Loaded, Wait
from flowslot.base.clock import time_text
from flowslot.base.json_text import Json
from flowslot.domain.runs import ENDED, Outcome, RunError, RunStatus, StepRecord
from flowslot.engine.leaving import ActsOutside, CancelAsked, EndedElsewhere, JournalFailed, OverLimit
from flowslot.engine.limits import MOST_STEPS
from flowslot.engine.plan import Plan
from flowslot.engine.record_book import RecordBook
from flowslot.engine.scope import Scope
from flowslot.engine.tools import Tools

CONFIG_PATH = "#config"
"""Journal path of the configuration a run began with, so that a later change cannot send its replay another way."""

LONGEST_OUTRIGHT = timedelta(seconds=1)
"""A run that takes longer than this is accepted before it is worked out."""
LOOKS = 8
"""Steps between two looks at the clock for it."""

if TYPE_CHECKING:
    from flowslot.engine.calling import Calls

T = TypeVar("T")


class Stretch:
    """The state of a run while it is worked on."""

    __slots__ = (
        "_begun",
        "_steps",
        "accepted",
        "asked",
        "book",
        "calls",
        "entries",
        "loaded",
        "plan",
        "started_at",
        "tools",
    )

    def __init__(self, loaded: Loaded, plan: Plan, tools: Tools, calls: Calls, *, accepted: bool = True) -> None:
        self.loaded = loaded
        self.plan = plan
        self.tools = tools
        self.calls = calls
        self.entries = dict(loaded.entries)
        self.book = RecordBook(loaded.run.steps)
        self.started_at = loaded.run.started_at or tools.clock.now()
        self.accepted = accepted
        """Whether the run is durable; before that it may do nothing that anybody could see."""
        self.asked: object = False
        """Set from outside: the row changed, look at it before the next step or effect."""
        self._steps = 0
        self._begun: asyncio.Future[None] | None = None

    def scope(self) -> Scope:
        """What the first step sees."""
        loaded, run = self.loaded, self.loaded.run
        pinned = self.entries.get(CONFIG_PATH)
        config = loaded.config if pinned is None else pinned.output
        names: dict[str, Json] = {
            "trigger": self.plan.fill_trigger(loaded.input),
            "config": self.plan.fill_config(config),
            "run": {
                "id": run.id,
                "workspace": loaded.workspace_slug,
                "slot": run.slot.value,
                "version": run.version or 0,  # flows are promised a number; no version has this one
                "started_at": time_text(self.started_at),
            },
        }
        return Scope(names, {})

    def count_step(self) -> None:
        """Raises OverLimit when the run has executed too many steps, ActsOutside when it need be accepted first."""
        self._steps += 1
        if not self.accepted and self._steps % LOOKS == 0 and self.now() - self.started_at > LONGEST_OUTRIGHT:
            raise ActsOutside
        if self._steps > MOST_STEPS:
            raise OverLimit(RunError("limit_steps", f"The run executed more than {MOST_STEPS} steps."))

    async def look(self) -> None:
        """Looks at the row again: raises when the run was canceled, and takes up what came into the journal."""
        mine = self.asked = object()
        loaded = await self._written(self.tools.journal.load(self.loaded.run.id))
        if loaded.run.status in ENDED:
            raise EndedElsewhere
        if loaded.cancel_requested:
            raise CancelAsked
        if self.asked is mine:  # until then every item of a loop looks for itself, and after a newer word too
            self.asked = False
        self.entries.update(loaded.entries)

    async def before_effect(self) -> None:
        """What comes before something is done in the outside world: the run is marked running, once."""
        if not self.accepted:
            raise ActsOutside
        if self.asked:
            await self.look()
        if self._begun is None:
            self._begun = asyncio.ensure_future(self._mark())
            self._begun.add_done_callback(_seen)

    async def record(self, entry: Entry) -> None:
        """Records an effect, or what the run waits for; durable when this returns."""
        await self.marked()
        await self._written(self.tools.journal.record(entry))
        self.entries[entry.path] = entry

    async def park(self, wait: Wait) -> bool:
        """Suspends the run. False when what it waits for has come already."""
        await self.before_effect()
        await self.marked()
        return await self.tools.journal.park(self.loaded.run.id, wait, self.book.records())

    async def marked(self) -> None:
        """Waits until the mark set before the first effect is durable, so that the journal keeps the order."""
        if self._begun is not None and not (self._begun.done() and self._begun.exception() is None):
            await self._written(asyncio.shield(self._begun))

    async def _mark(self) -> None:
        run, journal = self.loaded.run, self.tools.journal
        marks: list[Awaitable[None]] = [journal.started(run.id, self.started_at)]
        if self.plan.pins_config and CONFIG_PATH not in self.entries:
            entry = Entry(run.id, CONFIG_PATH, output=self.loaded.config)
            self.entries[CONFIG_PATH] = entry
            marks.append(journal.record(entry))
        await asyncio.gather(*marks)

    async def _written(self, writing: Awaitable[T]) -> T:
        try:
            return await writing
        except Exception as error:  # whatever keeps the journal from being written or read, the run must not go on
            raise JournalFailed from error

    def ending(
        self,
        status: RunStatus,
        *,
        outcome: Outcome | None = None,
        error: RunError | None = None,
        unfinished: str = "canceled",
    ) -> Ending:
        """How the run ends now."""
        return Ending(
            run=self.loaded.run.id,
            status=status,
            outcome=outcome,
            error=error,
            steps=self.records(unfinished),
            started_at=self.started_at,
            ended_at=self.tools.clock.now(),
        )

    def records(self, unfinished: str) -> Sequence[StepRecord]:
        return self.book.records(unfinished=unfinished)

    def now(self) -> datetime:
        return self.tools.clock.now()


def _seen(done: asyncio.Future[None]) -> None:
    """A mark that failed is raised where it is waited for; a stretch that is canceled does not wait any more."""
    if not done.cancelled():
        done.exception()
