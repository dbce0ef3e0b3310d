"""Runs that may have been written without this process being told of them: it looks for them before they are missed."""

from __future__ import annotations

from collections.abc import Container, Sequence

from flowslot.app.journal import Journal
from flowslot.base.ids import RunId


class Missed:
    """When the database is lost as it commits, nobody knows what became of it: a run may be there that nobody has."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self.likely = False

    async def runs(self, *known: Container[RunId]) -> Sequence[RunId]:
        """Open runs that are in none of `known`, if any can have been missed; looked for until the database answers."""
        if not self.likely:
            return ()
        self.likely = False  # what is missed from here on is looked for again
        try:
            found = await self._journal.open_runs()
        except Exception:
            self.likely = True
            raise
        return [run for run in found if not any(run in each for each in known)]
