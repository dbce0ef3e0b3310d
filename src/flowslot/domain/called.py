"""What the error of a calling step says about the run it called."""

from __future__ import annotations

import re

from flowslot.base.ids import RunId
from flowslot.domain.runs import RunError, RunStatus

_OWN = re.compile(
    r"The called run (?P<run>\S+) ended as (?P<status>[a-z]+)"
    r"(?:; below it (?P<below>run .*)|(?P<why>(?: at its step '[a-z0-9_]+')?: .*|\.))",
    re.DOTALL,
)


def call_failed(run: RunId, status: RunStatus, error: RunError | None) -> RunError:
    """Names the called run, and the run below it in which it went wrong; the runs between are left out."""
    said = f"The called run {run} ended as {status.value}"
    if error is None:
        return RunError("call_failed", f"{said}.")
    nested = _OWN.fullmatch(error.message) if error.code == "call_failed" else None
    if nested is None:
        at = "" if error.step is None else f" at its step {error.step!r}"
        return RunError("call_failed", f"{said}{at}: {error.message}")
    below = nested["below"] or f"run {nested['run']} ended as {nested['status']}{nested['why']}"
    return RunError("call_failed", f"{said}; below it {below}")
