"""What a cluster needs: the outbox and the crew (storage gives both), and a queue of batches (an engine gives it)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from flowslot.base.ids import RunId, WorkspaceId

Work = Callable[[str], Awaitable[None]]
"""Works on a batch until each of its runs has ended, waits for something, or belongs to somebody else."""


@dataclass(frozen=True, slots=True)
class Load:
    """What is queued, and what has been given out."""

    waiting: Mapping[WorkspaceId, Sequence[RunId]]
    """Queued runs that nobody was given, the oldest of each workspace; not all of them."""
    at_work: Mapping[WorkspaceId, int]
    """How many runs of each workspace are given out and go on."""
    unclaimed: int
    """Batches that no worker has taken yet."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Runs that are given out together."""

    id: str
    runs: Sequence[RunId]


class Batches(Protocol):
    """A durable queue of batches, in the hands of an engine (DBOS); a second engine is a second module with this.

    Every batch enqueued is worked on at least once, by one worker at a time as far as the engine can tell; fences in
    the journal hold for the rest.
    """

    def start(self, work: Work) -> None:
        """Begins to take batches, and to have them worked on. Blocking; called once, not from an event loop."""
        ...

    def enqueue(self, batches: Sequence[str], *, transaction: object) -> None:
        """Queues batches: in this open transaction of the database where the engine can, else at once.

        Harmless for a batch that was queued before, or whose transaction fails afterwards: it has no runs.
        """
        ...

    def unfinished(self, batches: Collection[str]) -> Collection[str]:
        """Those of these batches that are queued or being worked on."""
        ...

    def take_over(self, dead: Sequence[str]) -> int:
        """Queues again what these workers had taken; how many batches that was."""
        ...

    def clean(self) -> None:
        """Forgets finished batches."""
        ...

    def stop(self, *, grace: float) -> None:
        """Takes no more batches; those being worked on have `grace` seconds to end. Blocking."""
        ...


class Outbox(Protocol):
    """Queued runs that belong to no batch: what an accepting process leaves for the workers. All methods block."""

    def load(self, *, most: int) -> Load:
        """What is queued and given out; at most `most` waiting runs of each workspace."""
        ...

    def give_out(self, batches: Sequence[Batch], enqueue: Callable[[object], None]) -> None:
        """Puts runs into batches and has these enqueued, in one transaction."""
        ...

    def runs_of(self, batch: str) -> Sequence[RunId]:
        """The runs of a batch that go on."""
        ...

    def open_batches(self) -> Collection[str]:
        """Batches with runs that go on."""
        ...

    def put_back(self, batches: Collection[str]) -> int:
        """Queues the runs of these batches again, for no batch; how many that were."""
        ...

    def put_back_of(self, owner: str) -> int:
        """Queues the runs of a worker that ends again, for no batch; how many that were."""
        ...

    def canceled_of(self, owner: str) -> Sequence[RunId]:
        """Runs of a worker that were asked to end."""
        ...

    def adopt(self) -> int:
        """Queues what an embedded engine left in this database; how many runs that were."""
        ...


class Crew(Protocol):
    """The workers of one installation, as the database knows them. All methods block; used by one thread."""

    def beat(self, *, places: int) -> None:
        """Says that this worker is alive."""
        ...

    def lead(self) -> bool:
        """Whether this worker is the leader now; becomes it when there is none."""
        ...

    def census(self) -> Census:
        """Who is alive and who is not."""
        ...

    def leave(self) -> None:
        """Says that this worker is gone, and gives up its leadership: what it still has is taken over at once."""
        ...


@dataclass(frozen=True, slots=True)
class Census:
    """The workers that are alive, with the places they have, and those that have gone silent."""

    places: Mapping[str, int]
    dead: Sequence[str]
