"""Expressions that wait for the sandbox: each thread takes all that wait, and what is alike goes in one call."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flowslot.base.json_text import Json
from flowslot.base.lines import waiting_in
from flowslot.flowlang.values import Compiled

MOST_TOGETHER = 32
"""Evaluations taken from the queue by one thread in one go."""


@dataclass(slots=True)
class Waiting:
    """One evaluation, and whoever waits for it."""

    compiled: Compiled
    data: Mapping[str, Json]
    future: asyncio.Future[Json]
    value: Json = None
    error: BaseException | None = None


Answers = Callable[[Sequence[Waiting]], None]
"""Answers evaluations of one and the same program: sets the value or the error of each. Blocking."""


class SandboxLane:
    """As many threads as there are sandbox processes; they start when something is asked first."""

    def __init__(self, threads: int, *, name: str, answers: Answers) -> None:
        self._count = threads
        self._name = name
        self._answers = answers
        self._queue: queue.SimpleQueue[Waiting | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._closed = False

    async def evaluate(self, compiled: Compiled, data: Mapping[str, Json]) -> Json:
        """The value of compiled expressions, or what `answers` says is wrong with them."""
        if self._closed:
            raise RuntimeError("the sandbox is closed")
        if not self._threads:
            self._start()
        future: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
        self._queue.put(Waiting(compiled, data, future))
        return await future

    def _start(self) -> None:
        for number in range(self._count):
            thread = threading.Thread(target=self._work, name=f"{self._name}-{number}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Takes no more, and waits for what is being answered; what still waits fails."""
        self._closed = True
        threads, self._threads = self._threads, []
        for _ in threads:
            self._queue.put(None)
        for thread in threads:
            thread.join()

    def _work(self) -> None:
        while (first := self._queue.get()) is not None:
            batch = [first, *waiting_in(self._queue, most=MOST_TOGETHER - 1)]
            if self._closed:
                _fail(batch, RuntimeError("the sandbox is closed"))
            else:
                self._answer(batch)
            _tell(batch)

    def _answer(self, batch: Sequence[Waiting]) -> None:
        alike: dict[int, list[Waiting]] = {}
        for waiting in batch:
            alike.setdefault(id(waiting.compiled.program), []).append(waiting)
        for group in alike.values():
            try:
                self._answers(group)
            except Exception as error:  # noqa: BLE001  # a thread's edge: told to those who wait, the thread goes on
                _fail(group, error)


def _fail(batch: Sequence[Waiting], error: BaseException) -> None:
    for waiting in batch:
        waiting.error = waiting.error or error


def _tell(batch: Sequence[Waiting]) -> None:
    """Gives every value to its future, with one call into each loop."""
    loops = {waiting.future.get_loop() for waiting in batch}
    for loop in loops:
        mine = batch if len(loops) == 1 else [each for each in batch if each.future.get_loop() is loop]
        try:
            loop.call_soon_threadsafe(_settle, mine)
        except RuntimeError:  # the loop is closed: nobody waits any more
            continue


def _settle(batch: Sequence[Waiting]) -> None:
    for waiting in batch:
        if waiting.future.done():
            continue
        if waiting.error is not None:
            waiting.future.set_exception(waiting.error)
        else:
            waiting.future.set_result(waiting.value)
