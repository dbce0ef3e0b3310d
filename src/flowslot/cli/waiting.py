"""Waiting for a run to end, with a line that shows it on a terminal."""

from __future__ import annotations

import sys
import time
from contextlib import AbstractContextManager, nullcontext

from flowslot.base.json_text import Json
from flowslot.cli.client import Answer
from flowslot.cli.refusals import refused_here
from flowslot.cli.session import Session

ENDED = frozenset({"success", "failed", "exception", "canceled"})
_FIRST, _LONGEST = 0.05, 1.0


def ended(run: Json) -> bool:
    """Whether nothing more will happen in a run."""
    return run["status"] in ENDED


def wait_for(session: Session, run: str, *, seconds: float) -> Answer:
    """The run as it ended. Raises Refused when it has not after so many seconds."""
    deadline, pause = time.monotonic() + seconds, _FIRST
    with _spinner(f"Waiting for {run}"):
        while True:
            answer = session.client.get("runs", run)
            if ended(answer.value):
                return answer
            if time.monotonic() > deadline:
                raise refused_here("timeout", f"The run {run} is still {answer.value['status']} after {seconds:g} s.")
            time.sleep(pause)  # between two looks at the run, longer each time
            pause = min(pause * 1.5, _LONGEST)


def _spinner(text: str) -> AbstractContextManager[object]:
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(text)
