"""The one task that sleeps until the next parked run or schedule is due."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from flowslot.base.clock import Clock
from flowslot.base.log import get_log

LONGEST_SLEEP = 60.0
"""Seconds; then the rows are looked at even if nothing poked: a machine that slept, a clock that was set."""
SHORTEST_SLEEP = 0.001
"""So that something that stays due cannot keep the loop from everything else."""
AFTER_A_FAULT = 1.0

log = get_log("timer")


class Timer:
    """Calls `look` when something is due. `look` begins what is due and says when the next thing will be."""

    def __init__(self, clock: Clock, look: Callable[[datetime], Awaitable[datetime | None]]) -> None:
        self._clock = clock
        self._look = look
        self._poked = asyncio.Event()
        self._target: datetime | None = None
        self._now = False
        """Whether to look without waiting for the target: no later poke may take that back."""

    def poke(self, moment: datetime | None = None) -> None:
        """Something is due at `moment`, or (None) something may have changed: look now."""
        if moment is None:
            self._now = True
        elif self._target is None or moment < self._target:
            self._target = moment
        else:
            return
        self._poked.set()

    async def run(self) -> None:
        """Runs until it is canceled."""
        while True:
            await self._sleep(await self._looked())

    async def _looked(self) -> float:
        """Looks once; seconds to sleep after it."""
        self._poked.clear()
        self._target, self._now = None, False
        now = self._clock.now()
        try:
            following = await self._look(now)
        except Exception as fault:  # a task's edge: a database that fails now may be back soon
            log.error("timer.fault", exc_info=fault)
            return AFTER_A_FAULT
        if self._poked.is_set():
            return 0.0
        self._target = following
        if following is None:
            return LONGEST_SLEEP
        return min(max((following - self._clock.now()).total_seconds(), SHORTEST_SLEEP), LONGEST_SLEEP)

    async def _sleep(self, seconds: float) -> None:
        """Until the time has passed, or an earlier moment has come up."""
        while True:
            self._poked.clear()
            try:
                async with asyncio.timeout(seconds):  # asyncio.wait_for can swallow a cancellation
                    await self._poked.wait()
            except TimeoutError:
                return
            if self._now or self._target is None:
                return
            seconds = min((self._target - self._clock.now()).total_seconds(), LONGEST_SLEEP)
            if seconds <= 0:
                return


async def canceled(tasks: set[asyncio.Task[None]]) -> None:
    """Ends tasks, and waits until they are gone."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
