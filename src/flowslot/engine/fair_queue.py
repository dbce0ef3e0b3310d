"""The stretches that wait for their turn: first come, first served within a workspace, the workspaces taking turns."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass

from flowslot.app.journal import Loaded
from flowslot.base.ids import RunId, WorkspaceId


@dataclass(slots=True)
class Job:
    """A run whose next stretch is to be worked on."""

    run: RunId
    workspace: WorkspaceId | None
    """None where it is not known yet; these take turns as one more workspace."""
    loaded: Loaded | None
    failures: int = 0
    """How often the stretch could not be worked on; the pause before the next try grows with it."""


class FairQueue:
    """Queued jobs. A workspace gets at most its share of the places, so that a newcomer always finds one free."""

    def __init__(self, places: int) -> None:
        self._places = places
        self._waiting: OrderedDict[WorkspaceId | None, deque[Job]] = OrderedDict()
        self._working: dict[WorkspaceId | None, int] = {}
        self._taken = 0
        self.length = 0

    def put(self, job: Job) -> None:
        line = self._waiting.get(job.workspace)
        if line is None:
            line = self._waiting[job.workspace] = deque()
        line.append(job)
        self.length += 1

    def take(self) -> Job | None:
        """The next job to work on; None when there is none, or no place for it."""
        if self._taken >= self._places:
            return None
        for workspace, line in self._waiting.items():
            if self._working.get(workspace, 0) < self._share(workspace):
                return self._begin(workspace, line)
        return None

    def done(self, workspace: WorkspaceId | None) -> None:
        """A job of the workspace is no longer worked on."""
        self._taken -= 1
        left = self._working[workspace] - 1
        if left:
            self._working[workspace] = left
        else:
            del self._working[workspace]

    def _begin(self, workspace: WorkspaceId | None, line: deque[Job]) -> Job:
        job = line.popleft()
        self.length -= 1
        if line:
            self._waiting.move_to_end(workspace)
        else:
            del self._waiting[workspace]
        self._taken += 1
        self._working[workspace] = self._working.get(workspace, 0) + 1
        return job

    def _share(self, workspace: WorkspaceId | None) -> int:
        """With n workspaces at work each may have one part in n + 1."""
        at_work = len(self._working) + (workspace not in self._working)
        return max(1, self._places // (at_work + 1))
