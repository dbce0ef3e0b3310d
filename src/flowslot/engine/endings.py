"""Who waits for which run to end in this process: a future for each run, no polling."""

from __future__ import annotations

import asyncio

from flowslot.base.ids import RunId


class Endings:
    """Told of each end by the engine, it wakes those who wait for it."""

    def __init__(self) -> None:
        self._awaited: dict[RunId, set[asyncio.Future[None]]] = {}

    def expect(self, run: RunId) -> asyncio.Future[None]:
        """A future of the run's end; to be given back with `forget`."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._awaited.setdefault(run, set()).add(future)
        return future

    def forget(self, run: RunId, future: asyncio.Future[None]) -> None:
        waiting = self._awaited.get(run)
        if waiting is not None:
            waiting.discard(future)
            if not waiting:
                del self._awaited[run]

    async def wait(self, run: RunId, *, seconds: float) -> bool:
        """Whether the run ends in this process in that time."""
        future = self.expect(run)
        try:
            await asyncio.wait((future,), timeout=seconds)
            return future.done() and not future.cancelled()
        finally:
            self.forget(run, future)

    def tell(self, run: RunId) -> None:
        """The run has ended."""
        for future in self._awaited.pop(run, ()):
            if not future.done():
                future.set_result(None)

    def give_up(self) -> None:
        """Nothing ends any more in this process: nobody waits in vain."""
        for futures in self._awaited.values():
            for future in futures:
                future.cancel()
