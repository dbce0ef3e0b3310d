"""Who waits for which run to end in this process: a future for each run, no polling."""

from __future__ import annotations

import asyncio

from flowslot.app.journal import Ending
from flowslot.base.ids import RunId


class Endings:
    """Told of each end by the engine, it wakes those who wait for it."""

    def __init__(self) -> None:
        self._awaited: dict[RunId, set[asyncio.Future[Ending | None]]] = {}

    def expect(self, run: RunId) -> asyncio.Future[Ending | None]:
        """A future of the run's end; to be given back with `forget`."""
        future: asyncio.Future[Ending | None] = asyncio.get_running_loop().create_future()
        self._awaited.setdefault(run, set()).add(future)
        return future

    def forget(self, run: RunId, future: asyncio.Future[Ending | None]) -> None:
        waiting = self._awaited.get(run)
        if waiting is not None:
            waiting.discard(future)
            if not waiting:
                del self._awaited[run]

    async def wait(self, run: RunId, *, seconds: float) -> Ending | None:
        """How the run ended, if it ends in this process in that time."""
        future = self.expect(run)
        try:
            await asyncio.wait((future,), timeout=seconds)
            return future.result() if future.done() and not future.cancelled() else None
        finally:
            self.forget(run, future)

    def tell(self, run: RunId, ending: Ending | None = None) -> None:
        """The run has ended; how, where that is known here."""
        for future in self._awaited.pop(run, ()):
            if not future.done():
                future.set_result(ending)

    def give_up(self) -> None:
        """Nothing ends any more in this process: nobody waits in vain."""
        for futures in self._awaited.values():
            for future in futures:
                future.cancel()
