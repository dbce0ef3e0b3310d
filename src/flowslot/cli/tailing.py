"""flowslot run tail: a line whenever a run changes."""

from __future__ import annotations

import time
from collections.abc import Mapping

from flowslot.base.json_text import Json, dump
from flowslot.cli.session import Session, print_raw
from flowslot.cli.tables import cell, console, slot_words
from flowslot.cli.waiting import ended

_PAUSE = 0.5
_LOOKED_AT = 200


def tail(session: Session, *, run: str | None, flow: str | None, workspace: str | None) -> None:
    """Prints a line for each change, until Ctrl+C, or until the one run asked for has ended."""
    try:
        if run is not None:
            _tail_one(session, run)
        else:
            _tail_all(session, {"flow": flow, "workspace": workspace, "limit": _LOOKED_AT})
    except KeyboardInterrupt:
        return  # the way to end it


def _tail_one(session: Session, run: str) -> None:
    status = None
    while True:
        found = session.client.get("runs", run).value
        if found["status"] != status:
            status = found["status"]
            _print_line(session, found)
        if ended(found):
            return
        time.sleep(_PAUSE)


def _tail_all(session: Session, query: Mapping[str, object]) -> None:
    """The newest runs are looked at again and again; what was there before the start is not printed."""
    known: dict[str, str] | None = None
    while True:
        runs = session.client.get("runs", query=query).value["items"]
        for run in reversed(runs if known is not None else []):
            if known and known.get(run["id"]) == run["status"]:
                continue
            _print_line(session, run)
        known = {run["id"]: run["status"] for run in runs}
        time.sleep(_PAUSE)


def _print_line(session: Session, run: Json) -> None:
    if session.json:
        print_raw(dump(run))
        return
    message = (run["error"] or run["outcome"] or {}).get("message") or ""
    where = f"{run['flow']} in {run['workspace']}"
    words = (run["ended_at"] or run["started_at"] or run["queued_at"], run["status"], run["id"], where)
    line = [cell(each).plain for each in words]
    console().print("  ".join([*line, slot_words(run["slot"], run["version"]), message]), markup=False, soft_wrap=True)
