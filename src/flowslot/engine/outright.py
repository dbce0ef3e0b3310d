"""Runs worked out before they are accepted: those that do nothing outside are accepted and ended in one commit.

Nothing is lost by it: who sent the trigger has no answer yet, and nothing has been done that anybody could see. A run
that comes to an effect or a wait is left as if it had not begun; it is accepted first, and begins anew.
"""

from __future__ import annotations

from flowslot.app.journal import Ending, Loaded
from flowslot.base.errors import FlowslotError
from flowslot.engine.calling import Calls
from flowslot.engine.interpreter import work_on
from flowslot.engine.leaving import ActsOutside
from flowslot.engine.plan import Plan, PlanCache
from flowslot.engine.stretch import Stretch
from flowslot.engine.tools import Tools


class Outright:
    """Works runs out, and remembers the versions it is of no use to try again."""

    def __init__(self, tools: Tools, plans: PlanCache, calls: Calls) -> None:
        self._tools = tools
        self._plans = plans
        self._calls = calls
        self.working = 0
        """Runs that are being worked out."""

    async def ending(self, loaded: Loaded) -> Ending | None:
        """The end of a run; None when it has to be accepted first."""
        plan = await self._plan(loaded.run.hash)
        if plan is None or plan.acts:
            return None
        self.working += 1
        try:
            left = await work_on(Stretch(loaded, plan, self._tools, self._calls, accepted=False))
        except ActsOutside:
            left = None
        finally:
            self.working -= 1
        if isinstance(left, Ending):
            return left
        plan.acts = True
        return None

    async def _plan(self, content_hash: str) -> Plan | None:
        try:
            return self._plans.known(content_hash) or await self._plans.read(content_hash)
        except FlowslotError:  # whoever works on the run once it is accepted says why
            return None
