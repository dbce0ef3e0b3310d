"""Sandbox processes and the threads that wait for them, opened when first used.

A process that is going to fork must do so before it opens one: in a child of a process with an open pool nothing of the
sandbox works any more, not even a pool of its own. That is refused here, where it would otherwise wait for ever.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar

from flowslot.flowlang.sandbox_process import WorkerProgram

if TYPE_CHECKING:
    from pydantic_monty import Monty, MontySession, OSPolicy, ResourceLimits

MAX_MEMORY = 64_000_000
"""Bytes a program may use in the sandbox."""
MAX_RECURSION = 200
MAX_QUESTIONS = 200
"""Questions to the host that one program may ask."""
_GRACE = 0.25
"""Seconds after its time limit that a process is left to stop by itself before it is killed."""
_LONGEST = 70.0
"""Seconds after which a process is killed, whatever it does: longer than any time limit."""

T = TypeVar("T")

_opened_in: list[int] = []
"""The process that opened the first pool, if any was."""


class NoProcess(Exception):
    """No sandbox process could be started, or none became free; this is the machine's fault, not the program's."""


class SandboxPool:
    """Up to `processes` sandbox processes. With `fresh` each is used once."""

    def __init__(
        self,
        processes: int,
        *,
        program: WorkerProgram,
        fresh: bool = False,
        name: str = "sandbox",
        took: Callable[[float, str], None] | None = None,
    ) -> None:
        """`took` is told of each piece of work how many seconds it took, and the name of the pool."""
        self._took = took
        self._processes = processes
        self._program = program
        self._fresh = fresh
        self._name = name
        self._opening = threading.Lock()
        self._pool: Monty | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._closed = False

    async def run(self, work: Callable[[], T]) -> T:
        """Does blocking work with this pool in one of its threads, so that no process is ever waited for elsewhere."""
        began = perf_counter()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor(), work)
        finally:
            if self._took is not None:
                self._took(perf_counter() - began, self._name)

    def _executor(self) -> ThreadPoolExecutor:
        with self._opening:
            self._refuse_if_closed()
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._processes, thread_name_prefix=self._name)
            return self._threads

    def _opened(self) -> Monty:
        with self._opening:
            self._refuse_if_closed()
            path = self._program.path()
            if self._pool is None:
                self._pool = self._started(path)
            return self._pool

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("the sandbox is closed")
        if _opened_in and _opened_in[0] != os.getpid():
            raise RuntimeError("this process was forked from one that had opened a sandbox; fork before that")

    def _started(self, path: str | None) -> Monty:
        from pydantic_monty import Monty

        _opened_in[:] = [os.getpid()]
        _without_telemetry()
        pool = Monty(
            binary_path=path,
            min_processes=0 if self._fresh else 1,
            max_processes=self._processes,
            checkout_timeout=_LONGEST,
            request_timeout=_LONGEST,
            max_checkouts_per_worker=1 if self._fresh else None,
            feed_duration_limit_grace=_GRACE,
            turn_duration_limit_grace=_GRACE,
        )
        try:
            return pool.__enter__()
        except RuntimeError as error:
            raise NoProcess(f"No sandbox process could be started: {error}") from error

    def warm(self) -> None:
        """Opens the pool, so that the first program need not wait for it."""
        self._opened()

    @contextmanager
    def session(self, seconds: float) -> Iterator[MontySession]:
        """A clean session with all limits set. Raises NoProcess."""
        limits, policy = limited(seconds)
        opened = self._opened()
        with _entered(opened.checkout(script_name="expression", limits=limits, os_policy=policy)) as session:
            yield session

    @contextmanager
    def checking(self, stubs: str, seconds: float) -> Iterator[MontySession]:
        """A session that checks the types of what it is fed. Raises NoProcess."""
        limits, policy = limited(seconds)
        checkout = self._opened().checkout(
            script_name="flow",
            limits=limits,
            os_policy=policy,
            type_check=True,
            type_check_stubs=stubs,
            type_check_format="json",
        )
        with _entered(checkout) as session:
            yield session

    def end_work(self) -> None:
        """Takes no more work, and waits for what is being done; what still waits for a thread fails."""
        with self._opening:
            self._closed = True
            threads, self._threads = self._threads, None
        if threads is not None and _opened_in in ([], [os.getpid()]):
            threads.shutdown(wait=True, cancel_futures=True)

    def close(self) -> None:
        """Ends the work and the processes. Sessions that are still held keep theirs: give them back before."""
        self.end_work()
        with self._opening:
            pool, self._pool = self._pool, None
        if pool is not None and _opened_in == [os.getpid()]:
            pool.__exit__(None, None, None)


@contextmanager
def _entered(checkout: MontySession) -> Iterator[MontySession]:
    with ExitStack() as stack:
        try:
            session = stack.enter_context(checkout)
        except (RuntimeError, TimeoutError) as error:
            raise NoProcess(f"No sandbox process could be started: {error}") from error
        yield session


def _without_telemetry() -> None:
    """Says once that OpenTelemetry is not installed: Monty would look for it on the disk at every call."""
    if "opentelemetry" not in sys.modules and find_spec("opentelemetry") is None:
        sys.modules["opentelemetry"] = None  # type: ignore[assignment]  # so an import of it fails at once


def limited(seconds: float) -> tuple[ResourceLimits, OSPolicy]:
    """The limits of a session: time, memory, depth; no clock, no sleep, no randomness."""
    return {
        "max_feed_duration_secs": seconds,
        "max_turn_duration_secs": seconds,
        "max_memory": MAX_MEMORY,
        "max_recursion_depth": MAX_RECURSION,
        "max_suspensions": MAX_QUESTIONS,
        "max_total_sleep_secs": 0.0,
    }, {"sleep": "zero", "datetime": "call_host", "random_start": "call_host"}
