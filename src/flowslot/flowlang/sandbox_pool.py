"""Sandbox processes and the threads that wait for them; opened when first used, never before a fork."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
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


class SandboxPool:
    """Up to `processes` sandbox processes. With `fresh` each is used once."""

    def __init__(self, processes: int, *, program: WorkerProgram, fresh: bool = False, name: str = "sandbox") -> None:
        self._processes = processes
        self._program = program
        self._fresh = fresh
        self._name = name
        self._opening = threading.Lock()
        self._pool: Monty | None = None
        self._threads: ThreadPoolExecutor | None = None
        self._owner = 0
        self._closed = False

    async def run(self, work: Callable[[], T]) -> T:
        """Does blocking work with this pool in one of its threads, so that no process is ever waited for elsewhere."""
        return await asyncio.get_running_loop().run_in_executor(self._executor(), work)

    def _executor(self) -> ThreadPoolExecutor:
        if self._threads is None or self._owner != os.getpid():
            self._open()
        assert self._threads is not None
        return self._threads

    def _open(self) -> None:
        with self._opening:
            if self._closed:
                raise RuntimeError("the sandbox is closed")
            if self._owner != os.getpid():  # a pool of the process we were forked from must not be touched
                self._pool, self._threads = None, None
                self._owner = os.getpid()
            if self._threads is None:
                self._threads = ThreadPoolExecutor(self._processes, thread_name_prefix=self._name)

    def _opened(self) -> Monty:
        self._executor()
        with self._opening:
            if self._pool is not None and not self._program.is_there():
                self._pool.__exit__(None, None, None)
                self._pool = None
            if self._pool is None:
                self._pool = self._started()
            return self._pool

    def _started(self) -> Monty:
        from pydantic_monty import Monty

        pool = Monty(
            binary_path=self._program.path(),
            min_processes=0 if self._fresh else 1,
            max_processes=self._processes,
            checkout_timeout=_LONGEST,
            request_timeout=_LONGEST,
            max_checkouts_per_worker=1 if self._fresh else None,
            feed_duration_limit_grace=_GRACE,
            turn_duration_limit_grace=_GRACE,
        )
        return pool.__enter__()

    def warm(self) -> None:
        """Opens the pool, so that the first program need not wait for it."""
        self._opened()

    @contextmanager
    def session(self, seconds: float) -> Iterator[MontySession]:
        """A clean session with all limits set."""
        limits, policy = limited(seconds)
        with self._opened().checkout(script_name="expression", limits=limits, os_policy=policy) as session:
            yield session

    @contextmanager
    def checking(self, stubs: str, seconds: float) -> Iterator[MontySession]:
        """A session that checks the types of what it is fed."""
        limits, policy = limited(seconds)
        with self._opened().checkout(
            script_name="flow",
            limits=limits,
            os_policy=policy,
            type_check=True,
            type_check_stubs=stubs,
            type_check_format="json",
        ) as session:
            yield session

    def close(self) -> None:
        """Ends the processes; what still waits for one fails."""
        with self._opening:
            self._closed = True
            pool, threads = self._pool, self._threads
            self._pool, self._threads = None, None
        if self._owner != os.getpid():
            return
        if threads is not None:
            threads.shutdown(wait=True, cancel_futures=True)
        if pool is not None:
            pool.__exit__(None, None, None)


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
