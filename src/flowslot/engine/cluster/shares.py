"""Who is next: queued runs of many workspaces, shared out so that a newcomer always finds a free place."""

from __future__ import annotations

from collections.abc import Sequence

from flowslot.app.cluster import Load
from flowslot.base.ids import RunId

LEAST_OF_A_BATCH = 8
MOST_OF_A_BATCH = 64
"""Runs of one batch. A batch costs the queue the same whatever its size; what is in it is worked on together."""
BATCHES_AHEAD = 3
"""Batches for each worker that wait to be taken: few, so that they are spread evenly and a newcomer is soon next."""


def shared_out(load: Load, *, places: int, most_of_one: int = 0) -> Sequence[RunId]:
    """The runs to give out now. A workspace gets at most its share of the places, the workspaces taking turns.

    With n workspaces at work each may have one part in n + 1; `most_of_one` (0: none) is a limit beside it.
    """
    taken, lines = dict(load.at_work), {place: list(runs) for place, runs in load.waiting.items() if runs}
    free, given = places - sum(taken.values()), list[RunId]()
    while lines and free > 0:
        for workspace in list(lines):
            at_work = len(taken) + (workspace not in taken)
            share = max(1, places // (at_work + 1))
            if most_of_one:
                share = min(share, most_of_one)
            if free <= 0 or taken.get(workspace, 0) >= share:
                del lines[workspace]
                continue
            given.append(lines[workspace].pop(0))
            taken[workspace] = taken.get(workspace, 0) + 1
            free -= 1
            if not lines[workspace]:
                del lines[workspace]
    return given


def batches_of(runs: Sequence[RunId], *, workers: int, unclaimed: int) -> Sequence[Sequence[RunId]]:
    """The runs in batches, as many as the workers are to be given now; what is over stays queued."""
    free = BATCHES_AHEAD * workers - unclaimed
    if free <= 0 or not runs:
        return ()
    size = min(max(-(-len(runs) // min(free, 2 * workers)), LEAST_OF_A_BATCH), MOST_OF_A_BATCH)
    parts = [runs[start : start + size] for start in range(0, len(runs), size)]
    return parts[:free]
