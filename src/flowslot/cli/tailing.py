"""flowslot run tail: a line whenever a run changes, as the server tells it; connects again when the server was away."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flowslot.base.json_text import Json, dump
from flowslot.cli.changes import Changes, Lost
from flowslot.cli.refusals import NotReached, Refused
from flowslot.cli.run_pages import where_it_is
from flowslot.cli.session import Session, print_raw
from flowslot.cli.tables import cell, console, ran_on
from flowslot.cli.waiting import ended

PATIENCE = 60.0
"""Seconds that a server may be away before the command gives up with exit status 3."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
LOOKED_AT = 200
"""Newest runs that are read at a time; older ones are read one by one when they change."""
ONE_BY_ONE = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs: one, until it ends, or all that fit."""

    run: str | None = None
    flow: str | None = None
    workspace: str | None = None
    status: str | None = None

    def fits(self, run: Json) -> bool:
        of = {"id": self.run, "flow": self.flow, "workspace": self.workspace, "status": self.status}
        return all(wanted is None or run[name] == wanted for name, wanted in of.items())

    def concerns(self, event: Mapping[str, Json]) -> bool:
        """Whether an event may be of such a run."""
        places = all(wanted in (None, event.get(name)) for name, wanted in _places(self).items())
        return places and self.run in (None, event["about"]["run"])


def _places(wanted: Wanted) -> dict[str, str | None]:
    return {"flow": wanted.flow, "workspace": wanted.workspace}


@dataclass(slots=True)
class _Tail:
    """What was printed of each run."""

    session: Session
    wanted: Wanted
    printed: dict[str, str] = field(default_factory=dict)
    over: bool = False
    """The one run asked for has ended."""

    def begin(self) -> None:
        """Prints the runs that are open now; of those that have ended, only what changes from now on."""
        for run in self._newest():
            if self.wanted.run is None and ended(run):
                self.printed[run["id"]] = run["status"]
            else:
                self._print_if_changed(run)

    def look(self, changed: set[str]) -> None:
        """Prints what has changed; `changed` are the runs the server told of, which may be older than the newest."""
        newest = self._newest()
        older = sorted(changed - {run["id"] for run in newest})[-ONE_BY_ONE:]
        for run in [*self._each(older), *newest]:
            self._print_if_changed(run)
        if len(self.printed) > 10 * LOOKED_AT:
            kept = sorted(self.printed)[-5 * LOOKED_AT :]
            self.printed = {run: self.printed[run] for run in kept}

    def _newest(self) -> list[Json]:
        """Oldest first."""
        if self.wanted.run is not None:
            return [self.session.client.get("runs", self.wanted.run).value]
        query = {**_places(self.wanted), "limit": LOOKED_AT}
        items: list[Json] = self.session.client.get("runs", query=query).value["items"]
        return items[::-1]

    def _each(self, runs: list[str]) -> Iterator[Json]:
        for run in runs:
            try:
                yield self.session.client.get("runs", run).value
            except Refused:
                continue  # removed meanwhile

    def _print_if_changed(self, run: Json) -> None:
        if self.printed.get(run["id"]) != run["status"]:
            self.printed[run["id"]] = run["status"]
            if self.wanted.fits(run):
                _print_line(self.session, run)
        self.over = self.over or (run["id"] == self.wanted.run and ended(run))


def tail(session: Session, wanted: Wanted) -> None:
    """Prints a line for each change, until Ctrl+C, or until the one run asked for has ended."""
    followed = _Tail(session, wanted)
    try:
        followed.begin()
        _follow(followed)
    except KeyboardInterrupt:
        return  # the way to end it


def _follow(followed: _Tail) -> None:
    pause, away_since = FIRST_PAUSE, time.monotonic()
    while not followed.over:
        try:
            with Changes(followed.session.client) as changes:
                changes.opened()
                followed.look(set())  # what happened while nobody listened
                pause, away_since = FIRST_PAUSE, time.monotonic()
                while not followed.over:
                    told = [event for event in changes.some() if followed.wanted.concerns(event)]
                    away_since = time.monotonic()
                    if told:
                        followed.look({event["about"]["run"] for event in told})
        except (NotReached, Lost) as lost:
            if time.monotonic() - away_since > PATIENCE:
                raise NotReached(str(lost)) from None
            sys.stderr.write("The server is away; connecting again.\n")
            time.sleep(pause)  # a server that starts again is not asked without rest
            pause = min(pause * 2, LONGEST_PAUSE)


def _print_line(session: Session, run: Json) -> None:
    if session.json:
        print_raw(dump(run))
        return
    where = f"{run['flow']} in {run['workspace']}"
    words = (run["ended_at"] or run["started_at"] or run["queued_at"], run["status"], run["id"], where)
    line = [cell(each).plain for each in words]
    said = where_it_is(run)
    console().print("  ".join([*line, ran_on(run), said]), markup=False, soft_wrap=True)
