"""The demo on a cluster: two API processes and three workers on one PostgreSQL, and one worker is killed on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from flowslot.base.json_text import Json
from flowslot.cli.demo.desk import Desk
from flowslot.cli.demo.guard import Guard, guarded
from flowslot.cli.demo.serving import Served, Started, Working
from flowslot.cli.demo.verifying import Verifier

if TYPE_CHECKING:
    from flowslot.cli.client import Client

S = TypeVar("S", bound=Started)

WORKERS = 3


@dataclass(frozen=True, slots=True)
class Cluster:
    """What runs."""

    servers: Sequence[Served]
    workers: Sequence[Working]

    @property
    def living(self) -> int:
        """How many of the workers live."""
        return sum(worker.lives for worker in self.workers)


@contextmanager
def running_cluster(folder: Path, *, port: int, token: str, more: Sequence[str]) -> Iterator[Cluster]:
    """Two servers and three workers; all of them end with the block."""
    with guarded() as guard, ThreadPoolExecutor() as threads, ExitStack() as ends:

        def begun(begin: Callable[[], S]) -> Future[S]:
            return threads.submit(_watched, begin, guard, ends)

        def serve(port: int) -> Served:
            return Served(port=port, data=folder, token=token, more=(*more, "--engine", "dbos"))

        def work() -> Working:
            return Working(data=folder, more=more)

        first = begun(lambda: serve(port)).result()  # it makes the key file and the tables
        second, leader = begun(lambda: serve(0)), begun(work)
        leader.result()
        others = [begun(work) for _ in range(WORKERS - 1)]
        cluster = Cluster((first, second.result()), [each.result() for each in (leader, *others)])
        yield cluster
        list(threads.map(lambda started: started.stop(), (*cluster.servers, *cluster.workers)))


def _watched(begin: Callable[[], S], guard: Guard, ends: ExitStack) -> S:
    started = begin()
    ends.callback(started.stop)
    guard.watch(started.pid)
    return started


class Killer:
    """Kills the worker that leads, with kill -9, as soon as the first tickets are at the desk: while runs are open."""

    def __init__(self, cluster: Cluster, desk: Desk) -> None:
        self._cluster = cluster
        self._desk = desk
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._kill, daemon=True)
        self.killed: str | None = None

    def __enter__(self) -> Killer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _kill(self) -> None:
        while not self._desk.tickets.everything():
            if self._over.wait(0.01):
                return
        worker = self._cluster.workers[0]  # the first to come leads
        worker.kill()
        self.killed = worker.name


def verify_cluster(cluster: Cluster, killer: Killer, other: Client, verify: Verifier) -> None:
    """The statements about the cluster itself, made at the API process that the story did not talk to."""
    verify.step("The cluster: a worker was killed with kill -9 in the middle, and nobody noticed")
    verify.say(f"Killed was {killer.killed}, which gave out the runs and watched the time.")
    runs: list[Json] = list(other.every("runs", query={"limit": 200}))
    ended = {run["id"] for run in runs if run["status"] in ("success", "failed")}
    verify.expect("one worker was killed, two are left", expected=WORKERS - 1, seen=cluster.living)
    verify.expect("the other API process shows every run, and all have ended", expected=len(runs), seen=len(ended))
    verify.expect("both API processes live", expected=[True, True], seen=[server.lives for server in cluster.servers])
